"""Loading our own data files: adds what is missing and overwrites nothing people have entered.

The rule, also in docs/domain/municipalities.md: facts that nobody edits here (numbers, names,
changes, area, centrality, points, population, counties) follow the files when the files are new;
what people enter (organisation number, postmottak, website, administrative centre, KOSTRA group,
language form, e-health groups and their members) is written only where nothing stands yet.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from samlop.audit.services import change
from samlop.lib.actors import Actor, Machine
from samlop.municipalities.models import (
    CodeChange,
    CountyAuthority,
    Municipality,
    MunicipalityCode,
    MunicipalityName,
    Population,
    ReferenceLoad,
    Region,
    RegionMembership,
    SuccessorFact,
)
from samlop.municipalities.queries.codes import period_of, periods
from samlop.municipalities.rules import codes as rules
from samlop.municipalities.rules.kinds import Certainty, LanguageForm, PointKind, RegionKind
from samlop.municipalities.services import codes as code_services

MACHINE: Final = Machine("Referansedata")
POPULATION_SOURCE: Final = "SSB tabell 07459"


@dataclass(frozen=True, slots=True, kw_only=True)
class MunicipalityFacts:
    """The newest known facts about a municipality, found by its key in the code list."""

    municipality: str
    latitude: Decimal
    longitude: Decimal
    point_kind: PointKind
    area_km2: Decimal
    centrality: int
    centrality_index: int
    organisation_number: str
    kostra_group: str
    postmottak: str
    language_form: LanguageForm
    administrative_centre: str
    website: str
    names: tuple[tuple[str, str], ...]
    """(language, name) pairs in other languages than Norwegian."""


@dataclass(frozen=True, slots=True, kw_only=True)
class County:
    number: str
    name: str
    official_name: str
    slug: str
    valid_from: date
    valid_to: date | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    county_number: str
    slug: str
    name: str
    organisation_number: str
    postmottak: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A health region or an e-health group, and the counties whose municipalities it holds."""

    kind: RegionKind
    slug: str
    name: str
    county_numbers: frozenset[str]
    certainty: Certainty
    website: str
    note: str
    source: str
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    number: str
    counted_on: date
    inhabitants: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceData:
    """Everything in our data files; `checksum` names this version of them."""

    checksum: str
    codes: tuple[rules.CodePeriod, ...]
    changes: tuple[tuple[rules.Change, str], ...]
    """Each with its note."""
    facts: tuple[tuple[rules.Fact, str], ...]
    """Each with its source."""
    municipalities: tuple[MunicipalityFacts, ...]
    counties: tuple[County, ...]
    authorities: tuple[Authority, ...]
    health_regions: tuple[Group, ...]
    ehealth_groups: tuple[Group, ...]
    population: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows of each table were added; empty when the files were known already."""

    added: Mapping[str, int]


def is_loaded(checksum: str) -> bool:
    """Whether this version of the files was the last one loaded. One query."""
    newest = ReferenceLoad.objects.order_by("-pk").values_list("checksum", flat=True).first()
    return newest == checksum


def load_counties(counties: Iterable[County], *, by: Actor = MACHINE) -> int:
    """Only the counties, which an import from SSB needs to stand on; how many were new."""
    with change("municipalities.reference.loaded", by=by) as record:
        code_services.lock()
        regions = _save_counties(tuple(counties))
        for region in regions[:1]:
            record(region, details={"counties": len(regions)})
        if not regions:
            record.nothing_changed()
        return len(regions)


def load(data: ReferenceData, *, by: Actor = MACHINE) -> Loaded:
    """Everything, in one transaction. Does nothing when this version was the last one loaded."""
    if is_loaded(data.checksum):
        return Loaded({})
    with change("municipalities.reference.loaded", by=by) as record:
        # Two processes may start at once: the second waits, and finds everything loaded.
        code_services.lock()
        if is_loaded(data.checksum):
            record.nothing_changed()
            return Loaded({})
        added: dict[str, int] = {}
        added["regions"] = len(_save_counties(data.counties))
        _save_authorities(data.authorities)
        before = Municipality.objects.count()
        ids = _save_codes(data)
        added["municipalities"] = Municipality.objects.count() - before
        _save_facts(data.municipalities, ids)
        added["population"] = _save_population(data.population)
        added["changes"] = _save_changes(data)
        code_services.county_memberships_follow_codes(set(ids.values()))
        added["regions"] += _save_groups(data.health_regions + data.ehealth_groups)
        loaded = ReferenceLoad.objects.create(checksum=data.checksum)
        record(loaded, details=added)
        return Loaded(added)


def _save_counties(counties: Sequence[County]) -> list[Region]:
    known = {region.slug: region for region in Region.objects.filter(kind=RegionKind.COUNTY)}
    fields = ("number", "name", "official_name", "source", "valid_from", "valid_to")
    new: list[Region] = []
    for county in counties:
        values = {field: getattr(county, field) for field in fields}
        if county.slug not in known:
            new.append(Region(kind=RegionKind.COUNTY.value, slug=county.slug, **values))
        else:
            _update(known[county.slug], values)
    return Region.objects.bulk_create(new)


def _save_authorities(authorities: Sequence[Authority]) -> None:
    counties = {
        region.number: region.pk
        for region in Region.objects.filter(kind=RegionKind.COUNTY, valid_to=None)
    }
    known = {authority.slug: authority for authority in CountyAuthority.objects.all()}
    new: list[CountyAuthority] = []
    for authority in authorities:
        if authority.slug not in known:
            new.append(
                CountyAuthority(
                    county_id=counties[authority.county_number],
                    slug=authority.slug,
                    name=authority.name,
                    organisation_number=authority.organisation_number or None,
                    postmottak=authority.postmottak,
                )
            )
            continue
        entered = {
            "organisation_number": authority.organisation_number or None,
            "postmottak": authority.postmottak,
        }
        _update(known[authority.slug], _only_empty(known[authority.slug], entered))
    CountyAuthority.objects.bulk_create(new)


def _save_codes(data: ReferenceData) -> dict[str, int]:
    """Write what the database lacks of the code list; the primary key of each file key."""
    known: dict[str, list[rules.CodePeriod]] = defaultdict(list)
    of_municipality: dict[int, list[rules.CodePeriod]] = defaultdict(list)
    row_of: dict[rules.CodePeriod, MunicipalityCode] = {}
    for row in MunicipalityCode.objects.all():
        period = period_of(row)
        row_of[period] = row
        known[row.number].append(period)
        of_municipality[row.municipality_id].append(period)

    wanted: dict[str, list[rules.CodePeriod]] = defaultdict(list)
    for code in data.codes:
        wanted[str(code.municipality)].append(code)

    ids: dict[str, int] = {}
    for key, codes in wanted.items():
        for code in codes:
            for other in known[code.number]:
                if other.overlaps(code):
                    ids[key] = int(other.municipality)
    unknown = [key for key in wanted if key not in ids]
    facts = {fact.municipality: fact for fact in data.municipalities}
    created = Municipality.objects.bulk_create(
        Municipality(**_facts(facts[key]), **_entered(facts[key]))
        if key in facts
        else Municipality()
        for key in unknown
    )
    ids |= {key: row.pk for key, row in zip(unknown, created, strict=True)}

    new: list[MunicipalityCode] = []
    for key, codes in wanted.items():
        todo = rules.additions(of_municipality[ids[key]], codes)
        for period, end in todo.end:
            _update(row_of[period], {"valid_to": end})
        new += [code_services.code_row(code, ids[key]) for code in todo.create]
    MunicipalityCode.objects.bulk_create(new)
    return ids


def _facts(fact: MunicipalityFacts) -> dict[str, Any]:
    """What nobody edits here, so that new files win."""
    return {
        "latitude": fact.latitude,
        "longitude": fact.longitude,
        "point_kind": fact.point_kind.value,
        "area_km2": fact.area_km2,
        "centrality": fact.centrality,
        "centrality_index": fact.centrality_index,
    }


def _entered(fact: MunicipalityFacts) -> dict[str, Any]:
    """What people may have entered, so that the files only fill empty places."""
    return {
        "language_form": fact.language_form.value,
        "organisation_number": fact.organisation_number or None,
        "kostra_group": fact.kostra_group,
        "postmottak": fact.postmottak,
        "website": fact.website,
        "administrative_centre": fact.administrative_centre,
    }


def _save_facts(facts: Sequence[MunicipalityFacts], ids: Mapping[str, int]) -> None:
    rows = Municipality.objects.in_bulk(list(ids.values()))
    names = set(MunicipalityName.objects.values_list("municipality", "language", "name"))
    new: list[MunicipalityName] = []
    for fact in facts:
        row = rows[ids[fact.municipality]]
        values = _facts(fact) | _only_empty(row, _entered(fact))
        if row.latitude is None:
            # No file has known this one before, so its language form is only the default.
            values["language_form"] = fact.language_form.value
        _update(row, values)
        new += [
            MunicipalityName(municipality_id=row.pk, language=language, name=name)
            for language, name in fact.names
            if (row.pk, language, name) not in names
        ]
    MunicipalityName.objects.bulk_create(new)


def _save_population(counts: Sequence[Count]) -> int:
    codes: dict[str, list[rules.CodePeriod]] = defaultdict(list)
    for period in periods():
        codes[period.number].append(period)
    known = {(row.municipality_id, row.counted_on): row for row in Population.objects.all()}
    new: list[Population] = []
    for count in counts:
        (pk,) = {
            int(code.municipality) for code in codes[count.number] if code.holds(count.counted_on)
        }
        row = known.get((pk, count.counted_on))
        if row is None:
            new.append(
                Population(
                    municipality_id=pk,
                    counted_on=count.counted_on,
                    inhabitants=count.inhabitants,
                    source=POPULATION_SOURCE,
                )
            )
        elif row.source == POPULATION_SOURCE:
            _update(row, {"inhabitants": count.inhabitants})
    return len(Population.objects.bulk_create(new))


def _save_changes(data: ReferenceData) -> int:
    known = set(CodeChange.objects.values_list("old_number", "new_number", "happened_on"))
    new = [
        CodeChange(
            old_number=line.old_number,
            new_number=line.new_number,
            happened_on=line.happened_on,
            kind=line.kind.value,
            note=note,
        )
        for line, note in data.changes
        if (line.old_number, line.new_number, line.happened_on) not in known
    ]
    CodeChange.objects.bulk_create(new)
    facts = set(SuccessorFact.objects.values_list("old_number", "holds_from"))
    SuccessorFact.objects.bulk_create(
        SuccessorFact(
            old_number=fact.old_number,
            new_number=fact.new_number,
            holds_from=fact.holds_from,
            source=source,
        )
        for fact, source in data.facts
        if (fact.old_number, fact.holds_from) not in facts
    )
    return len(new)


def _save_groups(groups: Sequence[Group]) -> int:
    """Health regions and e-health groups; members are written only with a group that is new."""
    known = set(Region.objects.values_list("slug", flat=True))
    new = [group for group in groups if group.slug not in known]
    regions = Region.objects.bulk_create(
        Region(
            kind=group.kind.value,
            slug=group.slug,
            name=group.name,
            website=group.website,
            note=group.note,
            certainty=group.certainty.value,
            source=group.source,
            valid_from=group.valid_from,
        )
        for group in new
    )
    members = RegionMembership.objects.filter(kind=RegionKind.COUNTY).select_related("region")
    in_counties: dict[int, list[tuple[str, date, date | None]]] = defaultdict(list)
    for row in members.order_by("valid_from"):
        number = str(row.region.number)
        in_counties[row.municipality_id].append((number, row.valid_from, row.valid_to))
    taken = set(
        RegionMembership.objects.filter(
            kind__in=[RegionKind.HEALTH_REGION, RegionKind.EHEALTH_GROUP]
        ).values_list("kind", "municipality")
    )
    rows: list[RegionMembership] = []
    for group, region in zip(new, regions, strict=True):
        fact = group.kind is RegionKind.HEALTH_REGION
        for municipality_id, times in in_counties.items():
            if (group.kind.value, municipality_id) in taken:
                continue
            for start, end in _times_inside(group, times):
                rows.append(
                    RegionMembership(
                        region=region,
                        municipality_id=municipality_id,
                        kind=group.kind.value,
                        certainty=(Certainty.CONFIRMED if fact else Certainty.ASSUMED).value,
                        source=group.source if fact else "Skrevet fra fylkeslisten",
                        valid_from=start,
                        valid_to=end,
                    )
                )
    RegionMembership.objects.bulk_create(rows)
    return len(new)


def _times_inside(
    group: Group, times: Iterable[tuple[str, date, date | None]]
) -> list[tuple[date, date | None]]:
    """When a municipality was in one of the group's counties, since the group began."""
    found: list[tuple[date, date | None]] = []
    for number, valid_from, end in times:
        start = max(valid_from, group.valid_from)
        if number not in group.county_numbers or (end is not None and end <= start):
            continue
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _only_empty(row: Municipality | CountyAuthority, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values for which nothing stands in the row."""
    return {field: value for field, value in values.items() if value and not getattr(row, field)}


def _update(
    row: Region | CountyAuthority | Municipality | MunicipalityCode | Population | RegionMembership,
    values: Mapping[str, Any],
) -> None:
    """Save the fields that differ, if any."""
    changed = [field for field, value in values.items() if getattr(row, field) != value]
    for field in changed:
        setattr(row, field, values[field])
    if changed:
        row.save(update_fields=changed)
