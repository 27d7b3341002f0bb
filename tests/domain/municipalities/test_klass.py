"""Lists from Statistics Norway: real answers taken into use, broken ones refused whole."""

import gzip
import json
from collections import Counter
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Model

from samlop.audit.models import Event
from samlop.lib.actors import Machine
from samlop.lib.errors import FileRefused
from samlop.municipalities import queries
from samlop.municipalities.imports import klass, reference
from samlop.municipalities.models import (
    CodeChange,
    Municipality,
    MunicipalityCode,
    RegionMembership,
    SuccessorFact,
    VendorProfile,
)
from samlop.municipalities.queries.codes import CodeBook
from samlop.municipalities.rules.code_lists import DiffKind, DiffRefusal
from samlop.municipalities.rules.kinds import Certainty, ChangeKind, RegionKind
from samlop.municipalities.services import codes
from samlop.municipalities.services import reference as reference_services
from tests import factories
from tests.rules.test_codes import changes as our_changes
from tests.rules.test_codes import expected

pytestmark = pytest.mark.django_db

KLASS = Path(__file__).parents[2] / "data" / "klass"
BY = Machine("Prøve")
DAY = date(2024, 1, 1)


def answer(name: str) -> bytes:
    return gzip.decompress((KLASS / f"{name}.json.gz").read_bytes())


def parsed(name: str) -> klass.Parsed:
    return klass.parse(answer(name), f"{name}.json")


def take(name: str) -> None:
    codes.apply(klass.diff(parsed(name), changes=parsed("changes")), by=BY)


def counties() -> None:
    reference_services.load_counties(reference.counties())


def state() -> list[list[tuple[Any, ...]]]:
    tables: list[type[Model]] = [Municipality, MunicipalityCode, CodeChange, RegionMembership]
    return [list(table._default_manager.order_by("pk").values_list()) for table in tables]


def a_list(*codes: tuple[str, str], valid_from: str = "2024-01-01") -> bytes:
    items = [{"code": number, "name": name, "level": "1"} for number, name in codes]
    return json.dumps({"validFrom": valid_from, "classificationItems": items}).encode()


def a_change_list(*lines: tuple[str, str, str, str]) -> bytes:
    keys = ("oldCode", "newCode", "newName", "changeOccurred")
    return json.dumps(
        {"codeChanges": [dict(zip(keys, line, strict=True)) for line in lines]}
    ).encode()


# Real answers


def test_the_list_of_2020_and_the_changes_give_356_and_the_list_of_2024_gives_357() -> None:
    counties()

    take("version-2020")
    assert len(queries.at(date(2020, 1, 1))) == 356
    halden = MunicipalityCode.objects.get(number="3001").municipality_id
    aalesund = MunicipalityCode.objects.get(number="1507").municipality_id

    take("version-2024")
    now = {row.number: row for row in queries.at(DAY)}
    assert len(now) == 357
    assert now["3101"].pk == halden
    assert (now["3101"].county_number, now["3101"].county_name) == ("31", "Østfold")
    assert aalesund not in {row.pk for row in now.values()}
    assert len(queries.at(date(2023, 12, 31))) == 356
    assert {now["1508"].name, now["1580"].name} == {"Ålesund", "Haram"}
    assert now["5612"].name == "Kautokeino"
    assert now["1818"].qualified_name == "Herøy (Nordland)"
    evenes = MunicipalityCode.objects.filter(number="1853").order_by("valid_from")
    assert [(code.official_name, code.valid_from) for code in evenes] == [
        ("Evenes", date(2020, 1, 1)),
        ("Evenes - Evenášši", date(2022, 1, 1)),
    ]


def test_every_number_of_2020_to_2023_becomes_what_the_code_map_says() -> None:
    counties()
    take("version-2020")
    take("version-2024")

    numbers = set(
        MunicipalityCode.objects.valid_on(date(2020, 1, 1)).values_list("number", flat=True)
    )
    book = CodeBook(numbers)
    found = {
        number: {new.number for new in book.resolve(number, on=DAY).successors}
        for number in numbers
    }
    assert found == {number: expected()[number] for number in numbers}
    assert found["1507"] == {"1508", "1580"}


def test_the_change_list_gives_the_same_changes_as_our_own_files() -> None:
    counties()
    take("version-2024")

    stored = CodeChange.objects.values_list("old_number", "new_number", "happened_on", "kind")
    ours = {
        (line.old_number, line.new_number, line.happened_on, line.kind) for line in our_changes()
    }
    assert {(*values, ChangeKind(kind)) for *values, kind in stored} == ours


def test_four_years_at_once_end_where_one_by_one_does() -> None:
    counties()
    take("version-2019")
    found = klass.diff(parsed("version-2024"), changes=parsed("changes"))
    codes.apply(found, by=BY)

    assert found.refusal is None
    assert len(queries.at(date(2019, 1, 1))) == 422
    assert len(queries.at(date(2020, 1, 1))) == 356
    assert len(queries.at(DAY)) == 357
    book = CodeBook(expected().keys())
    # What only the sourced facts know, the change list alone does not.
    through_1507 = {"1504", "1523", "1529", "1534", "1546"}
    for number in expected().keys() - through_1507:
        found_numbers = {new.number for new in book.resolve(number, on=DAY).successors}
        assert found_numbers == expected()[number], number


@pytest.mark.parametrize("year", [2019, 2020, 2023, 2024])
@pytest.mark.parametrize("with_changes", [True, False])
def test_our_own_files_and_the_official_lists_are_the_same(year: int, with_changes: bool) -> None:
    reference_services.load(reference.read())
    found = klass.diff(
        parsed(f"version-{year}"), changes=parsed("changes") if with_changes else None
    )
    assert found.is_empty
    assert found.unchanged == {2019: 422, 2020: 356, 2023: 356, 2024: 357}[year]


def test_the_reference_data_fills_in_around_an_import() -> None:
    counties()
    take("version-2020")
    halden = MunicipalityCode.objects.get(number="3001").municipality_id

    reference_services.load(reference.read())

    assert len(queries.at(date(2017, 1, 1))) == 426
    assert len(queries.at(DAY)) == 357
    now = {row.number: row for row in queries.at(DAY)}
    assert now["3101"].pk == halden
    assert now["1103"].language_form == "neutral"
    assert SuccessorFact.objects.count() == 5
    assert all(row.county_number == row.number[:2] for row in queries.at(date(2018, 1, 1)))


def test_importing_the_same_again_changes_nothing() -> None:
    counties()
    take("version-2024")
    before, events = state(), Event.objects.count()

    take("version-2024")

    assert state() == before
    assert Event.objects.count() == events


def test_what_comes_of_a_split_keeps_the_regions_and_what_ended_leaves_them() -> None:
    reference_services.load(reference.read())
    listed = klass.parse(
        a_list(
            *[
                (
                    row.number,
                    row.qualified_name if "(" in row.qualified_name else row.official_name,
                )
                for row in MunicipalityCode.objects.valid_on(date(2028, 1, 1))
                if row.number != "1580"
            ],
            ("1581", "Haram"),
            ("1582", "Fjørtoft"),
            valid_from="2028-01-01",
        ),
        "2028.json",
    )
    changes = klass.parse(
        a_change_list(
            ("1580", "1581", "Haram", "2028-01-01"), ("1580", "1582", "Fjørtoft", "2028-01-01")
        ),
        "changes.json",
    )
    haram = MunicipalityCode.objects.get(number="1580").municipality
    product = factories.product()
    VendorProfile.objects.create(
        municipality=haram,
        service_area="home_care",
        product=product,
        kind=product.kind,
        valid_from=DAY,
    )

    codes.apply(klass.diff(listed, changes=changes), by=BY)

    day = date(2028, 1, 1)
    assert not haram.region_memberships.valid_on(day).exists()
    assert haram.region_memberships.valid_on(date(2027, 12, 31)).count() == 3
    assert not haram.vendor_profiles.valid_on(day).exists()
    for number in ("1581", "1582"):
        new = MunicipalityCode.objects.get(number=number).municipality
        held = {
            row.kind: (row.region.name, row.certainty, row.source)
            for row in new.region_memberships.valid_on(day).select_related("region")
        }
        assert held == {
            RegionKind.COUNTY: ("Møre og Romsdal", Certainty.CONFIRMED, "SSB KLASS 131"),
            RegionKind.HEALTH_REGION: (
                "Helse Midt-Norge",
                Certainty.CONFIRMED,
                "Fulgte med fra 1580 Haram",
            ),
            RegionKind.EHEALTH_GROUP: (
                "Digi Møre og Romsdal",
                Certainty.ASSUMED,
                "Fulgte med fra 1580 Haram",
            ),
        }
        assert new.language_form == haram.language_form


def test_each_municipality_touched_gets_the_import_in_its_history() -> None:
    counties()
    codes.apply(klass.diff(klass.parse(a_list(("0301", "Oslo")), "a.json")), by=BY)
    pk = MunicipalityCode.objects.get(number="0301").municipality_id
    event = Event.objects.get(code="municipalities.codes.imported")
    assert (event.municipality_id, event.actor_label) == (pk, "Prøve")
    assert event.details == {"valid_from": "2024-01-01", "began": ["0301 Oslo"]}


# Refusals


def test_a_list_without_the_changes_that_explain_it_is_shown_and_not_applied() -> None:
    counties()
    take("version-2020")
    found = klass.diff(parsed("version-2024"))
    before = state()

    assert found.refusal is DiffRefusal.UNEXPLAINED
    assert Counter(row.kind for row in found.rows) == {
        DiffKind.NEW: 115,
        DiffKind.ENDED: 114,
        DiffKind.RENAMED: 6,
    }
    with pytest.raises(codes.CannotApply, match="Ta med endringslista"):
        codes.apply(found, by=BY)
    assert state() == before


def test_a_list_that_is_older_than_what_is_known_cannot_be_applied() -> None:
    reference_services.load(reference.read())
    content = answer("version-2020").replace(b'"Eigersund"', b'"Egersund"')
    found = klass.diff(klass.parse(content, "version.json"))
    with pytest.raises(codes.CannotApply, match="eldre enn kommunene"):
        codes.apply(found, by=BY)


def test_a_difference_that_is_no_longer_true_is_refused() -> None:
    counties()
    found = klass.diff(klass.parse(a_list(("0301", "Oslo")), "a.json"))
    factories.municipality(number="1101")
    before = state()
    with pytest.raises(codes.StaleDiff, match="Se over lista på nytt"):
        codes.apply(found, by=BY)
    assert state() == before


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Filen er tom."),
        (b'{"classificationItems": [', "Rad 1: Filen er ikke hel JSON"),
        (b'{\n"codes": [\n{"code": "0301"\n', "Rad 4: Filen er ikke hel JSON"),
        (b'{"codes": []}', "Filen har ingen kommuner."),
        (b'{"codes": [{"code": "9999", "name": "Uoppgitt"}]}', "Filen har ingen kommuner."),
        (b'{"codeChanges": []}', "Filen har ingen endringer."),
        (b'{"features": []}', "Filen er ikke en kommuneliste"),
        (b"[1, 2]", "Filen er ikke en kommuneliste"),
        (b"nummer;navn\n0301;Oslo\n", "Filen er ikke en kommuneliste"),
        (b'{"codes": ["0301"]}', "Rad 1: Raden er ikke et objekt."),
        (b'{"codes": [{"code": "0301"}]}', "Rad 1, kolonne «name»: Feltet mangler."),
        (b'{"codes": [{"code": "0301", "name": " "}]}', "Rad 1, kolonne «name»: Feltet mangler."),
        (b'{"codes": [{"name": "Oslo"}]}', "Rad 1, kolonne «code»: Feltet mangler."),
        (b'{"codes": [{"code": 301, "name": "Oslo"}]}', "kolonne «code»: Feltet er ikke tekst."),
        (b'{"codes": [{"code": "301", "name": "Oslo"}]}', "«301» er ikke et kommunenummer"),
        (
            '{"codes": [{"code": "٠٣٠١", "name": "Oslo"}]}'.encode(),
            "er ikke et kommunenummer",
        ),
        (
            b'{"codes": [{"code": "0301", "name": "Oslo", "level": "2"}]}',
            "kolonne «level»: Nivået er ikke 1",
        ),
        (
            b'{"codes": [{"code": "0301", "name": "A"}, {"code": "0301", "name": "B"}]}',
            "Rad 2, kolonne «code»: 0301 står også i rad 1.",
        ),
        (
            b'{"validFrom": "i dag", "codes": [{"code": "0301", "name": "A"}]}',
            "Kolonne «validFrom»: «i dag» er ikke en dato.",
        ),
        # Wrong character sets, in each of the ways they show.
        (
            '{"codes": [{"code": "1818", "name": "Herøy"}]}'.encode("cp1252"),
            "JSON skal være i UTF-8",
        ),
        ("code;name\n1818;Herøy\n".encode("utf-16"), "Filen er ikke tekst"),
        (
            "code;name\n1818;Herøy\n".encode("cp850"),
            "Rad 2, kolonne «name»: Tegnet «›» hører ikke til",
        ),
        (
            "code;name\n1818;HerÃ¸y\n".encode(),
            "Rad 2, kolonne «name»: Tegnet «¸» hører ikke til",
        ),
        (
            "code;name\n1818;Her\ufffdy\n".encode(),
            "Rad 2, kolonne «name»: Tegnet",
        ),
        # Broken rows of CSV.
        (b"code;name\n0301\n", "Rad 2: Raden har 1 felt, men overskriften har 2."),
        (b"code;name\n0301;Oslo;x\n", "Rad 2: Raden har 3 felt"),
        (b'code;name\n0301;"Oslo\n', "anførselstegn mangler"),
        (b"code;name\n;Oslo\n", "Rad 2, kolonne «code»: Feltet mangler."),
        (b"oldCode;newCode;newName\n0101;0102;By\n", "kolonne «changeOccurred»: Kolonnen mangler."),
        (
            b"oldCode;newCode;newName;changeOccurred\n0101;0102;By;2024\n",
            "Rad 2, kolonne «changeOccurred»: «2024» er ikke en dato",
        ),
        (
            b"oldCode;newCode;newName;changeOccurred\n"
            b"0101;0102;By;2024-01-01\n0101;0102;By;2024-01-01\n",
            "Rad 3, kolonne «newCode»: 0101 → 0102 samme dag står også i rad 2.",
        ),
        (
            b"oldCode;newCode;newName;changeOccurred\n"
            b"0101;0103;By;2024-01-01\n0102;0103;Byen;2024-01-01\n",
            "Rad 3, kolonne «newName»: 0103 heter «Byen» her og «By» i rad 2.",
        ),
    ],
)
def test_a_broken_file_is_refused_with_its_place(content: bytes, words: str) -> None:
    with pytest.raises(FileRefused) as refused:
        klass.parse(content, "fil")
    assert words in str(refused.value)


def test_every_fault_is_named_at_once_up_to_a_bound() -> None:
    items = ",".join('{"code": "1", "name": ""}' for _ in range(40))
    with pytest.raises(FileRefused) as refused:
        klass.parse(f'{{"codes": [{items}]}}'.encode(), "fil")
    assert len(refused.value.problems) == 51
    assert str(refused.value.problems[-1]) == "… og 30 feil til."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_list_as_csv_is_read_as_it_is_downloaded(encoding: str, delimiter: str) -> None:
    content = (
        '"code","parentCode","level","name","shortName"\r\n'
        '"0301","","1","Oslo",""\r\n"1818","","1","Herøy (Nordland)",""\r\n'
        '"9999","","1","Uoppgitt",""\r\n'
    ).replace(",", delimiter)
    found = klass.parse(content.encode(encoding), "codes.csv")
    assert [(item.number, item.name, item.row) for item in found.codes] == [
        ("0301", "Oslo", 2),
        ("1818", "Herøy (Nordland)", 3),
    ]
    assert found.valid_from is None


def test_a_change_list_as_csv_is_the_same_as_in_json() -> None:
    content = (
        "oldCode,oldName,oldShortName,newCode,newName,newShortName,changeOccurred\n"
        "1507,Ålesund,,1508,Ålesund,,2024-01-01\n1507,Ålesund,,1580,Haram,,2024-01-01\n"
    )
    found = klass.parse(content.encode(), "changes.csv")
    real = {line.new_number: line for line in parsed("changes").changes}
    assert found.is_change_list
    assert [replace(line, row=0) for line in found.changes] == [
        replace(real[number], row=0) for number in ("1508", "1580")
    ]


def test_the_answer_to_codes_at_is_read_and_needs_a_day() -> None:
    counties()
    found = klass.parse(b'{"codes": [{"code": "0301", "name": "Oslo"}]}', "codesAt.json")
    with pytest.raises(FileRefused, match="Oppgi dagen"):
        klass.diff(found)
    assert klass.diff(found, valid_from=DAY).count(DiffKind.NEW) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (a_list(("0301", "Oslo"), ("9701", "By")), "Rad 2, kolonne «code»: Fylke 97 finnes ikke"),
        # Viken is no more.
        (a_list(("3001", "Halden")), "Rad 1, kolonne «code»: Fylke 30 finnes ikke 2024-01-01."),
    ],
)
def test_a_county_that_is_unknown_on_the_day_is_refused(content: bytes, words: str) -> None:
    counties()
    with pytest.raises(FileRefused) as refused:
        klass.diff(klass.parse(content, "a.json"))
    assert words in str(refused.value)


def test_a_county_that_a_change_leads_through_must_be_known_too() -> None:
    counties()
    codes.apply(klass.diff(klass.parse(a_list(("0301", "Oslo")), "a.json")), by=BY)
    changes = a_change_list(
        ("0301", "9801", "Oslo", "2025-01-01"), ("9801", "0301", "Oslo", "2026-01-01")
    )
    with pytest.raises(FileRefused, match=r"Rad 1, kolonne «newCode»: Fylke 98 finnes ikke"):
        klass.diff(
            klass.parse(a_list(("0301", "Oslo"), valid_from="2026-01-01"), "a.json"),
            changes=klass.parse(changes, "changes.json"),
        )


def test_without_counties_nothing_can_be_imported() -> None:
    with pytest.raises(FileRefused, match="load-reference"):
        klass.diff(klass.parse(a_list(("0301", "Oslo")), "a.json"))


def test_the_two_files_cannot_be_swapped_and_the_day_cannot_be_two() -> None:
    counties()
    codes_list, change_list = parsed("version-2024"), parsed("changes")
    with pytest.raises(FileRefused, match="er en endringsliste"):
        klass.diff(change_list)
    with pytest.raises(FileRefused, match="er ikke en endringsliste"):
        klass.diff(codes_list, changes=codes_list)
    with pytest.raises(FileRefused, match="ikke fra 2020-01-01"):
        klass.diff(codes_list, valid_from=date(2020, 1, 1))


# The command


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name in ("version-2020", "version-2024", "changes"):
        (tmp_path / f"{name}.json").write_bytes(answer(name))
    return tmp_path


def run(*arguments: object) -> list[str]:
    said = StringIO()
    call_command("import_municipalities", *map(str, arguments), stdout=said)
    return said.getvalue().splitlines()


def test_the_command_prints_what_changes_and_applies_it(files: Path) -> None:
    counties()
    changes = ("--changes", files / "changes.json")
    run(files / "version-2020.json", *changes)

    only_said = run(files / "version-2024.json", *changes, "--dry-run")
    assert only_said[-1] == "Ingenting er lagret (--dry-run)."
    assert len(queries.at(DAY)) == 356

    said = run(files / "version-2024.json", *changes)
    assert "2024-01-01 Delt: 1507 Ålesund → 1508 Ålesund + 1580 Haram" in said
    assert "2024-01-01 Nytt nummer: 3001 Halden → 3101 Halden" in said
    assert "2022-01-01 Nytt navn: 1853 Evenes → 1853 Evenes - Evenášši" in said
    assert said[-2] == (
        "Kommuner fra 2024-01-01: 113 nytt nummer, 1 delt, 6 nytt navn, 236 uendret."
    )
    assert said[-1] == "Lagret."
    assert len(queries.at(DAY)) == 357

    again = run(files / "version-2024.json", *changes)
    assert again == ["Kommuner fra 2024-01-01: 357 uendret.", "Ingen endringer."]


def test_the_command_refuses_a_broken_file_whole(files: Path) -> None:
    counties()
    broken = files / "broken.json"
    broken.write_bytes(answer("version-2020").replace(b'"1101"', b'"1103"'))
    with pytest.raises(CommandError, match=r"Rad 3, kolonne «code»: 1103 står også i rad 2\."):
        run(broken)
    assert not MunicipalityCode.objects.exists()


def test_the_command_says_when_it_cannot_read_the_file(files: Path) -> None:
    with pytest.raises(CommandError, match="Kan ikke lese"):
        run(files / "none.json")
