"""Members of regions from a CSV file: rehearsed, then applied whole or not at all."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from samlop.audit.models import Event
from samlop.lib.actors import Machine
from samlop.lib.errors import FileRefused
from samlop.municipalities.imports import regions as imports
from samlop.municipalities.models import (
    CodeChange,
    Municipality,
    MunicipalityCode,
    MunicipalityName,
    Region,
    RegionMembership,
)
from samlop.municipalities.rules.kinds import Certainty, RegionKind
from tests import factories as make

pytestmark = pytest.mark.django_db

BY = Machine("test")
TODAY = date(2027, 3, 1)
COOPERATION, GROUP = RegionKind.IKT_COOPERATION, RegionKind.EHEALTH_GROUP


def load(
    text: str, *, kind: RegionKind = COOPERATION, region: Region | None = None
) -> imports.Difference:
    return imports.apply(text.encode(), kind=kind, on=TODAY, by=BY, region=region)


def problems(
    text: str, *, kind: RegionKind = COOPERATION, region: Region | None = None
) -> list[tuple[int | None, str | None, str]]:
    with pytest.raises(FileRefused) as refused:
        load(text, kind=kind, region=region)
    return [(one.row, one.column, one.message) for one in refused.value.problems]


@pytest.fixture
def tromso() -> Municipality:
    made = make.municipality(number="5501", name="Tromsø", official_name="Tromsø - Romsa")
    MunicipalityName.objects.create(municipality=made, language="se", name="Romsa")
    return made


@pytest.fixture
def senja() -> Municipality:
    """Tranøy became part of Senja, which got a new number later."""
    made = make.municipality(number="5530", name="Senja")
    MunicipalityCode.objects.create(
        municipality=made,
        number="5421",
        name="Senja",
        qualified_name="Senja",
        official_name="Senja",
        valid_from=date(2020, 1, 1),
        valid_to=date(2024, 1, 1),
    )
    make.municipality(
        number="1927", name="Tranøy", valid_from=date(2017, 1, 1), valid_to=date(2020, 1, 1)
    )
    for old, new, day, kind in (
        ("1927", "5421", date(2020, 1, 1), "merged"),
        ("5421", "5530", date(2024, 1, 1), "renumbered"),
    ):
        CodeChange.objects.create(old_number=old, new_number=new, happened_on=day, kind=kind)
    return made


def test_a_file_makes_regions_and_members_in_one_go(
    tromso: Municipality, senja: Municipality
) -> None:
    difference = load(
        "region;kommune;fra;til;kilde\r\n"
        "Nord IKT;5501;2025-01-01;;Avtale 2024\r\n"
        "Nord IKT;Senja kommune;1.6.2025;2028-01-01;\r\n"
    )

    region = Region.objects.get()
    assert (region.name, region.slug, region.kind) == ("Nord IKT", "nord-ikt", "ikt_cooperation")
    assert region.valid_from == date(2025, 1, 1)
    assert set(
        region.memberships.values_list("municipality", "valid_from", "valid_to", "source")
    ) == {
        (tromso.pk, date(2025, 1, 1), None, "Avtale 2024"),
        (senja.pk, date(2025, 6, 1), date(2028, 1, 1), ""),
    }
    assert difference.new_regions == ("Nord IKT",)
    assert (len(difference.added), difference.changes) == (2, 2)
    assert set(Event.objects.values_list("code", flat=True)) == {
        "municipalities.region.created",
        "municipalities.membership.added",
    }


def test_comparing_says_the_same_as_applying_and_changes_nothing(tromso: Municipality) -> None:
    content = b"region,kommune,fra\nNord IKT,5501,2025-01-01\n"

    before = imports.compare(content, kind=COOPERATION, on=TODAY, by=BY)

    assert not Region.objects.exists()
    assert not Event.objects.exists()
    assert imports.apply(content, kind=COOPERATION, on=TODAY, by=BY) == before


@pytest.mark.parametrize(
    "cell", ["5501", "5501 Tromsø", "Tromsø", "TROMSØ", "Romsa", "Tromsø - Romsa", "tromsø kommune"]
)
def test_a_municipality_is_known_by_number_and_by_any_name(cell: str, tromso: Municipality) -> None:
    load(f"region;kommune\nNord IKT;{cell}\n")
    membership = RegionMembership.objects.get()
    assert (membership.municipality, membership.valid_from) == (tromso, TODAY)


@pytest.mark.parametrize("cell", ["1927", "1927 Tranøy", "Tranøy", "5421"])
def test_an_old_number_or_name_is_followed_to_what_it_became(
    cell: str, senja: Municipality
) -> None:
    load(f"region;kommune\nNord IKT;{cell}\n")
    assert RegionMembership.objects.get().municipality == senja


def test_a_number_that_lost_its_first_zero_is_given_it_back() -> None:
    oslo = make.municipality(number="0301", name="Oslo")
    load("region;kommune\nDigi;301\n")
    assert RegionMembership.objects.get().municipality == oslo


def test_a_divided_number_is_refused_naming_its_successors() -> None:
    for number, name in (("1508", "Ålesund"), ("1580", "Haram")):
        make.municipality(number=number, name=name)
        CodeChange.objects.create(
            old_number="1507",
            new_number=number,
            happened_on=date(2024, 1, 1),
            kind="split",
        )
    make.municipality(
        number="1507", name="Ålesund", valid_from=date(2020, 1, 1), valid_to=date(2024, 1, 1)
    )

    ((row, column, message),) = problems("region;kommune\nØst IKT;1507\n")

    assert (row, column) == (2, "kommune")
    assert "1508 Ålesund, 1580 Haram" in message
    assert not Region.objects.exists()


def test_namesakes_are_refused_naming_both() -> None:
    for number, county in (("1515", "Møre og Romsdal"), ("1818", "Nordland")):
        make.municipality(number=number, name="Herøy", qualified_name=f"Herøy ({county})")

    ((_, _, message),) = problems("region;kommune\nIKT;Herøy\n")
    assert "1515 Herøy (Møre og Romsdal), 1818 Herøy (Nordland)" in message

    load("region;kommune\nIKT;Herøy (Nordland)\n")
    assert RegionMembership.objects.get().municipality.codes.get().number == "1818"


def test_every_broken_row_is_named_and_nothing_is_changed(tromso: Municipality) -> None:
    found = problems(
        "region;kommune;fra;til;kilde\n"
        "Nord IKT;5501;;;\n"
        ";Atlantis;i går;2027-02-30;\n"
        "Nord IKT;;;;\n"
        "Nord IKT;9999;;;\n"
    )

    assert [(row, column) for row, column, _ in found] == [
        (3, "fra"),
        (3, "til"),
        (3, "region"),
        (3, "kommune"),
        (4, "kommune"),
        (5, "kommune"),
    ]
    assert not Region.objects.exists()


def test_what_the_services_refuse_is_refused_with_its_row(tromso: Municipality) -> None:
    make.region(kind=GROUP, name="Digi Troms", members=(tromso,))
    make.municipality(number="5530", name="Senja")

    ((row, column, message),) = problems(
        "region;kommune\nDigi Nord;Senja\nDigi Nord;Tromsø\n", kind=GROUP
    )

    assert (row, column) == (3, "kommune")
    assert "Tromsø er med i Digi Troms" in message
    assert not Region.objects.filter(name="Digi Nord").exists()


def test_two_rows_that_contradict_each_other_are_refused(tromso: Municipality) -> None:
    ((row, _, message),) = problems("region;kommune\nDigi A;5501\nDigi B;5501\n", kind=GROUP)
    assert row == 3
    assert "med i Digi A" in message


def test_the_same_file_again_changes_nothing(tromso: Municipality) -> None:
    text = "region;kommune;fra;til\nNord IKT;5501;2025-01-01;2028-01-01\n"
    load(text)
    events = Event.objects.count()

    again = load(text)

    assert (again.changes, len(again.unchanged)) == (0, 1)
    assert Event.objects.count() == events


def test_a_file_confirms_assumed_members_and_sets_ends(tromso: Municipality) -> None:
    senja = make.municipality(number="5530", name="Senja")
    lyngen = make.municipality(number="5536", name="Lyngen")
    make.region(
        kind=GROUP,
        name="Digi Troms",
        members=(tromso, senja, lyngen),
        certainty=Certainty.ASSUMED,
    )

    difference = load(
        "region;kommune;til;kilde\nDigi Troms;5501;;Avtale\nDigi Troms;5530;2027-07-01;\n",
        kind=GROUP,
    )

    rows = RegionMembership.objects.values_list("municipality", "certainty", "valid_to", "source")
    assert set(rows) == {
        (tromso.pk, "confirmed", None, "Avtale"),
        (senja.pk, "confirmed", date(2027, 7, 1), ""),
        # The file does not mention Lyngen, and takes nobody out.
        (lyngen.pk, "assumed", None, ""),
    }
    assert (len(difference.confirmed), len(difference.ended)) == (1, 1)


def test_a_file_about_one_region_needs_no_region_column(tromso: Municipality) -> None:
    region = make.region(kind=COOPERATION, name="Nord IKT", slug="nord-ikt")
    load("kommune;kilde\nTromsø;Avtale\n", region=region)
    assert region.memberships.get().municipality == tromso

    ((row, column, message),) = problems(
        "region;kommune\nnord ikt;5501\nSør IKT;5501\n", region=region
    )
    assert (row, column) == (3, "region")
    assert "Filen gjelder Nord IKT" in message


@pytest.mark.parametrize(
    ("text", "row", "column"),
    [
        ("", None, None),
        ("region;kommune\n", None, None),
        ("kommune\n5501\n", 1, "region"),
        ("region;fra\nNord IKT;2025-01-01\n", 1, "kommune"),
        ("region;kommune;frå\nNord IKT;5501;2025-01-01\n", 1, "frå"),
        ("region;kommune\nNord IKT;5501;x\n", 2, None),
    ],
)
def test_a_file_that_is_not_laid_out_right_is_refused(
    text: str, row: int | None, column: str | None, tromso: Municipality
) -> None:
    assert [(one[0], one[1]) for one in problems(text)] == [(row, column)]


def test_the_command_says_what_the_file_comes_to_and_saves_it(
    tromso: Municipality, tmp_path: Path
) -> None:
    file = tmp_path / "samarbeid.csv"
    file.write_text("region;kommune;fra\nNord IKT;5501;2025-01-01\n", encoding="utf-8")
    said = StringIO()

    call_command(
        "import_region_members", file, "--kind", "ikt_cooperation", "--dry-run", stdout=said
    )
    assert not Region.objects.exists()
    call_command("import_region_members", file, "--kind", "ikt_cooperation", stdout=said)

    assert RegionMembership.objects.get().municipality == tromso
    told = ["Ny region: Nord IKT", "1 nye, 0 bekreftet, 0 avsluttet, 0 som før."]
    assert said.getvalue().splitlines() == [*told, "Ingenting er lagret (--dry-run).", *told]


def test_the_command_takes_only_kinds_that_people_keep(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="county"):
        call_command("import_region_members", tmp_path / "x.csv", "--kind", "county")


def test_the_command_refuses_a_broken_file_with_its_rows(tmp_path: Path) -> None:
    file = tmp_path / "samarbeid.csv"
    file.write_text("region;kommune\nNord IKT;9999\n", encoding="utf-8")
    with pytest.raises(CommandError, match="Rad 2, kolonne «kommune»") as refused:
        call_command("import_region_members", file, "--kind", "ikt_cooperation")
    assert str(refused.value).endswith("Ingenting er endret.")
