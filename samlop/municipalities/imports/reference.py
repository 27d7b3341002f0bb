"""Our own data files, read into plain values; docs/data-sources.md says where they come from."""

import hashlib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from samlop.lib import csvio
from samlop.municipalities.rules.codes import Change, CodePeriod, Fact
from samlop.municipalities.rules.kinds import (
    Certainty,
    ChangeKind,
    LanguageForm,
    PointKind,
    RegionKind,
)
from samlop.municipalities.services.reference import (
    Authority,
    Count,
    County,
    Group,
    MunicipalityFacts,
    ReferenceData,
)

FOLDER: Final = Path(__file__).resolve().parent.parent / "data"
FILES: Final = (
    "changes.csv",
    "codes.csv",
    "counties.csv",
    "county_authorities.csv",
    "ehealth_groups.csv",
    "health_regions.csv",
    "municipalities.csv",
    "population.csv",
    "successor_facts.csv",
)


def checksum() -> str:
    """Names this version of the files."""
    digest = hashlib.sha256()
    for name in FILES:
        digest.update((FOLDER / name).read_bytes())
    return digest.hexdigest()


def read() -> ReferenceData:
    return ReferenceData(
        checksum=checksum(),
        codes=tuple(codes()),
        changes=tuple(_changes()),
        facts=tuple(_facts()),
        municipalities=tuple(_municipalities()),
        counties=tuple(counties()),
        authorities=tuple(_authorities()),
        health_regions=tuple(_health_regions()),
        ehealth_groups=tuple(_ehealth_groups()),
        population=tuple(_population()),
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    for row in csvio.read((FOLDER / name).read_bytes()).rows:
        yield row.cells


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def codes() -> Iterator[CodePeriod]:
    for row in _rows("codes.csv"):
        yield CodePeriod(
            municipality=row["municipality"],
            number=row["number"],
            name=row["name"],
            qualified_name=row["qualified_name"],
            official_name=row["official_name"],
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
        )


def _changes() -> Iterator[tuple[Change, str]]:
    for row in _rows("changes.csv"):
        yield (
            Change(
                row["old_number"],
                row["new_number"],
                date.fromisoformat(row["happened_on"]),
                ChangeKind(row["kind"]),
            ),
            row["note"],
        )


def _facts() -> Iterator[tuple[Fact, str]]:
    for row in _rows("successor_facts.csv"):
        yield (
            Fact(row["old_number"], row["new_number"], date.fromisoformat(row["holds_from"])),
            row["source"],
        )


def _municipalities() -> Iterator[MunicipalityFacts]:
    for row in _rows("municipalities.csv"):
        sami = [(row["sami_language"], row["name_sami"])] if row["name_sami"] else []
        kven = [("fkv", row["name_kven"])] if row["name_kven"] else []
        yield MunicipalityFacts(
            municipality=row["number"],
            latitude=Decimal(row["lat"]),
            longitude=Decimal(row["lon"]),
            point_kind=PointKind(row["point_kind"]),
            area_km2=Decimal(row["area_km2"]),
            centrality=int(row["centrality"]),
            centrality_index=int(row["centrality_index"]),
            organisation_number=row["organisation_number"],
            kostra_group=row["kostra_group"],
            postmottak=row["postmottak"],
            language_form=LanguageForm(row["language_form"]),
            administrative_centre=row["administrative_centre"],
            website=row["website"],
            names=(*sami, *kven),
        )


def counties() -> Iterator[County]:
    for row in _rows("counties.csv"):
        yield County(
            number=row["number"],
            name=row["name"],
            official_name=row["official_name"],
            slug=row["slug"],
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
            source=row["source"],
        )


def _authorities() -> Iterator[Authority]:
    for row in _rows("county_authorities.csv"):
        yield Authority(
            county_number=row["county_number"],
            slug=row["slug"],
            name=row["name"],
            organisation_number=row["organisation_number"],
            postmottak=row["postmottak"],
        )


def _health_regions() -> Iterator[Group]:
    for row in _rows("health_regions.csv"):
        yield Group(
            kind=RegionKind.HEALTH_REGION,
            slug=row["slug"],
            name=row["name"],
            county_numbers=frozenset(row["county_numbers"].split(";")),
            certainty=Certainty.CONFIRMED,
            website="",
            note="",
            source=row["source"],
            valid_from=date.fromisoformat(row["valid_from"]),
        )


def _ehealth_groups() -> Iterator[Group]:
    for row in _rows("ehealth_groups.csv"):
        yield Group(
            kind=RegionKind.EHEALTH_GROUP,
            slug=row["slug"],
            name=row["name"],
            county_numbers=frozenset(row["county_numbers"].split(";")),
            certainty=Certainty(row["certainty"]),
            website=row["website"],
            note=row["note"],
            source=row["source"],
            valid_from=date.fromisoformat(row["valid_from"]),
        )


def _population() -> Iterator[Count]:
    for row in _rows("population.csv"):
        yield Count(
            number=row["number"],
            counted_on=date.fromisoformat(row["counted_on"]),
            inhabitants=int(row["inhabitants"]),
        )
