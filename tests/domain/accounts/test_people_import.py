"""A list of people: read in any order and spelling, held against a region, never guessed."""

from datetime import date

import pytest

from samlop.accounts import services
from samlop.accounts.imports import people
from samlop.accounts.imports.people import Column, Outcome, Plan, Written
from samlop.accounts.rules import Grant, Role
from samlop.lib.actors import Machine
from samlop.lib.errors import FileRefused
from samlop.municipalities.models import MunicipalityCode, Region
from tests import factories as make
from tests import messy_list

TODAY = date(2026, 11, 22)
BY = Machine("tests")
HEADER = "kommune;navn;rolle;e-post;telefon\n"

pytestmark = pytest.mark.django_db


@pytest.fixture
def agder(norway: None) -> Region:
    return Region.objects.get(slug="digi-agder")


@pytest.fixture
def grants(agder: Region) -> tuple[Grant, ...]:
    return (Grant(role=Role.CONTACT_PERSON, region=agder.pk),)


def planned(region: Region, grants: tuple[Grant, ...], *rows: str, header: str = HEADER) -> Plan:
    lines = people.read((header + "\n".join(rows)).encode())
    return people.plan(lines, region=region, grants=grants, on=TODAY)


# --- reading: no database ---


@pytest.mark.parametrize(
    "text",
    [
        "kommune;navn;rolle;e-post;telefon\nGjerstad;Kari Berg;koordinator;k@a.no;91234567",
        "Kommune,Navn,Rolle,E-post,Telefon\nGjerstad,Kari Berg,koordinator,k@a.no,91234567",
        "NAMN\tROLLE\tMOBIL\tE-POST\tKOMMUNE\nKari Berg\tkoordinator\t91234567\tk@a.no\tGjerstad",
        "Epostadresse;Tlf.;Kommunenavn;Fornavn;Etternavn;Funksjon\n"
        "k@a.no;91234567;Gjerstad;Kari;Berg;koordinator",
        "\n\nKontakter i Agder;;;;\n\nkommune;fullt navn;rolle;mail;tlf\n"
        "\nGjerstad;Kari  Berg;koordinator;k@a.no;91234567;til overs\n",
        "\ufeffkommune;navn;rolle;e-post;telefon\r\nGjerstad;Kari Berg;koordinator;k@a.no;91234567",
    ],
)
def test_columns_are_found_in_any_order_and_spelling(text: str) -> None:
    (row,) = people.read(text.encode())

    assert (row.municipality, row.name, row.role, row.email, row.phone) == (
        "Gjerstad",
        "Kari Berg",
        "koordinator",
        "k@a.no",
        "91234567",
    )


def test_rows_keep_the_number_the_spreadsheet_shows() -> None:
    rows = people.read(b"Liste\n\nkommune;navn;rolle;e-post\n\nGjerstad;Kari;koordinator;k@a.no\n")

    assert [row.row for row in rows] == [5]


def test_a_title_beside_the_role_is_kept() -> None:
    (row,) = people.read(
        b"kommune;navn;rolle;stilling;e-post\nGjerstad;Kari;beslutningstaker;Helsesjef;k@a.no"
    )
    assert (row.role, row.title) == ("beslutningstaker", "Helsesjef")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Filen er tom"),
        ("Gjerstad;Kari;koordinator;k@a.no", "ingen rad med overskrifter"),
        ("kommune;navn;rolle\nGjerstad;Kari;koordinator", "kolonne «e-post»: Kolonnen mangler"),
        ("navn;rolle;e-post\nKari;koordinator;k@a.no", "kolonne «kommune»: Kolonnen mangler"),
        ("kommune;navn;rolle;e-post\n", "ingen personer under overskriften"),
        ("kommune;navn;rolle;e-post\nGjerstad;;;", "ingen personer under overskriften"),
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(FileRefused) as refused:
        people.read(text.encode())
    assert sentence.casefold() in str(refused.value).casefold()


@pytest.mark.parametrize("content", [b"PK\x03\x04 ikke noe regneark", b"\xd0\xcf\x11\xe0\0\0"])
def test_what_cannot_be_opened_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(FileRefused, match="Lagre den som"):
        people.read(content)


# --- municipalities ---


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Gjerstad", "Gjerstad"),
        ("gjerstad kommune", "Gjerstad"),
        ("4211", "Gjerstad"),
        ("4211 Gjerstad", "Gjerstad"),
        ("0911", "Gjerstad"),
        ("911", "Gjerstad"),
        ("Mandal", "Lindesnes"),
        ("Songdalen", "Kristiansand"),
        ("Risør", "Risør"),
        ("Risor", "Risør"),
        ("Risoer", "Risør"),
        ("Aamli", "Åmli"),
        ("Amli", "Åmli"),
        ("Haegebostad", "Hægebostad"),
    ],
)
def test_a_municipality_is_found_by_any_name_it_has_or_had(
    agder: Region, grants: tuple[Grant, ...], written: str, name: str
) -> None:
    (row,) = planned(agder, grants, f"{written};Kari;koordinator;k@a.no;").rows

    assert row.outcome is Outcome.NEW, row.problems
    assert row.place.endswith(f" {name}")


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("Sandnes", "Sandnes er ikke med i Digi Agder."),
        ("1507", "1508 Ålesund, 1580 Haram"),
        ("Lillevik", "ingen kommune"),
        ("9999", "ingen kommune"),
        ("", "Kommunen mangler"),
    ],
)
def test_what_is_not_one_of_ours_is_refused(
    agder: Region, grants: tuple[Grant, ...], written: str, sentence: str
) -> None:
    (row,) = planned(agder, grants, f"{written};Kari;koordinator;k@a.no;").rows

    assert row.outcome is Outcome.REFUSED
    assert set(row.problems) == {Column.MUNICIPALITY}
    assert sentence in row.problems[Column.MUNICIPALITY]


def test_a_sami_name_and_one_of_two_namesakes_are_found_in_their_region(norway: None) -> None:
    troms = Region.objects.get(
        kind="ehealth_group", memberships__municipality__codes__number="5501"
    )
    nordland = Region.objects.get(slug="digi-nordland")

    for region, written, number in ((troms, "Omasvuotna", "5538"), (nordland, "Herøy", "1818")):
        held = (Grant(role=Role.CONTACT_PERSON, region=region.pk),)
        (row,) = planned(region, held, f"{written};Kari;koordinator;k@a.no;").rows
        assert row.place.startswith(number), row.problems


def test_number_and_name_must_agree(agder: Region, grants: tuple[Grant, ...]) -> None:
    header = "kommunenr;kommune;navn;rolle;e-post\n"
    rows = planned(
        agder,
        grants,
        "4211;Gjerstad;Kari;koordinator;k@a.no",
        "4211;Valle;Ola;koordinator;o@a.no",
        header=header,
    ).rows

    assert [row.outcome for row in rows] == [Outcome.NEW, Outcome.REFUSED]
    assert "4211 Gjerstad, men navnet er 4221 Valle" in rows[1].problems[Column.MUNICIPALITY]


# --- roles ---


def test_a_title_is_a_decision_makers(agder: Region, grants: tuple[Grant, ...]) -> None:
    (row,) = planned(agder, grants, "Valle;Kari;Helseleder;k@a.no;").rows

    assert [(one.role, one.title) for one in row.entries] == [(Role.DECISION_MAKER, "Helseleder")]


def test_two_roles_in_a_cell_are_two(agder: Region, grants: tuple[Grant, ...]) -> None:
    rows = planned(
        agder,
        grants,
        "Valle;Kari;koordinator / prosjektleder;k@a.no;",
        "Valle;Ola;Kommunalsjef helse/omsorg;o@a.no;",
    ).rows

    assert {one.role for one in rows[0].entries} == {
        Role.MUNICIPAL_COORDINATOR,
        Role.PROJECT_LEADER,
    }
    assert [one.title for one in rows[1].entries] == ["Kommunalsjef helse/omsorg"]


def test_regional_roles_have_no_municipality(agder: Region, grants: tuple[Grant, ...]) -> None:
    rows = planned(
        agder,
        grants,
        ";Kari;innføringsleder;k@a.no;",
        "Digi Agder;Ola;nettverksressurs;o@a.no;",
        "Valle;Per;innføringsleder;p@a.no;",
    ).rows

    assert [row.outcome for row in rows] == [Outcome.NEW, Outcome.NEW, Outcome.REFUSED]
    assert rows[0].entries[0].where.region == agder
    assert "La kommunen stå tom" in rows[2].problems[Column.MUNICIPALITY]


@pytest.mark.parametrize(
    ("role", "sentence"),
    [
        ("", "Rollen mangler"),
        ("kontaktperson", "kan være kommunens eller regionens"),
        ("vaktmester", "ingen rolle vi kjenner"),
        ("koordinator / innføringsleder", "Del dem på to rader"),
    ],
)
def test_a_role_is_not_guessed(
    agder: Region, grants: tuple[Grant, ...], role: str, sentence: str
) -> None:
    (row,) = planned(agder, grants, f"Valle;Kari;{role};k@a.no;").rows

    assert sentence in row.problems[Column.ROLE]


def test_a_list_gives_no_role_its_reader_may_not_give(agder: Region) -> None:
    administrator = (Grant(role=Role.ADMINISTRATOR),)
    rows = planned(
        agder,
        administrator,
        "Valle;Kari;koordinator;k@a.no;",
        ";Ola;kontaktperson e-helse;o@a.no;",
        ";Per;innføringsleder;p@a.no;",
    ).rows

    assert [row.outcome for row in rows] == [Outcome.REFUSED, Outcome.NEW, Outcome.REFUSED]
    assert "Du kan ikke gi rollen lokal koordinator i Valle" in rows[0].problems[Column.ROLE]


# --- people ---


@pytest.mark.parametrize(
    ("cells", "column", "sentence"),
    [
        ("Valle;;koordinator;k@a.no;", Column.NAME, "Navnet mangler"),
        ("Valle;123;koordinator;k@a.no;", Column.NAME, "minst én bokstav"),
        ("Valle;Kari;koordinator;;", Column.EMAIL, "E-postadressen mangler"),
        ("Valle;Kari;koordinator;kari;", Column.EMAIL, "ingen e-postadresse"),
        ("Valle;Kari;koordinator;postmottak@a.no;", Column.EMAIL, "felles postkasse"),
        ("Valle;Kari;koordinator;k@a.no;123", Column.PHONE, "ikke ett telefonnummer"),
    ],
)
def test_what_is_wrong_is_said_at_its_column(
    agder: Region, grants: tuple[Grant, ...], cells: str, column: Column, sentence: str
) -> None:
    (row,) = planned(agder, grants, cells).rows

    assert set(row.problems) == {column}
    assert sentence in row.problems[column]


def test_the_same_address_twice(agder: Region, grants: tuple[Grant, ...]) -> None:
    rows = planned(
        agder,
        grants,
        "Valle;Kari Berg;koordinator;kari@a.no;",
        "Valle;Kari  Berg;helseleder;KARI@a.no;",
        "Valle;kari berg;koordinator;kari@a.no;",
        "Valle;Ola Dal;prosjektleder;kari@a.no;",
    ).rows

    assert [row.outcome for row in rows] == [
        Outcome.NEW,
        Outcome.NEW,
        Outcome.THERE,
        Outcome.REFUSED,
    ]
    assert rows[2].note == "Står også på rad 2."
    assert rows[3].problems[Column.EMAIL] == "Adressen står også på rad 2, med navnet Kari Berg."


def test_who_holds_the_role_already_is_there(agder: Region, grants: tuple[Grant, ...]) -> None:
    valle = MunicipalityCode.objects.get(number="4221").municipality
    kari = make.person(name="Kari Berg", email="kari@a.no")
    services.grant(
        person=kari, role=Role.MUNICIPAL_COORDINATOR, municipality=valle, by=BY, on=TODAY
    )

    rows = planned(
        agder,
        grants,
        "Valle;Kari Berg;koordinator;Kari@a.no;",
        "Valle;Kari Dal;helseleder;kari@a.no;",
    ).rows

    assert [row.outcome for row in rows] == [Outcome.THERE, Outcome.REFUSED]


def test_the_name_we_have_is_told_only_of_people_one_may_see(
    agder: Region, grants: tuple[Grant, ...]
) -> None:
    valle, sandnes = (
        MunicipalityCode.objects.get(number=number, valid_to=None).municipality
        for number in ("4221", "1108")
    )
    for name, email, where in (("Kari", "kari@a.no", valle), ("Ola", "ola@a.no", sandnes)):
        services.grant(
            person=make.person(name=f"{name} Kjent", email=email),
            role=Role.DECISION_MAKER,
            municipality=where,
            by=BY,
            on=TODAY,
        )

    seen, unseen, unknown = planned(
        agder,
        grants,
        "Valle;Anne Ny;koordinator;kari@a.no;",
        "Valle;Bea Ny;koordinator;ola@a.no;",
        "Valle;Cato Ny;koordinator;ukjent@a.no;",
    ).rows

    assert seen.note == "Adressen tilhører Kari Kjent. Navnet i lista blir ikke brukt."
    assert (unseen.outcome, unseen.note) == (unknown.outcome, unknown.note) == (Outcome.NEW, "")


# --- corrections ---


def test_a_corrected_row_keeps_what_was_not_corrected() -> None:
    row = Written(row=7, number="4211", municipality="Valle", name="Kari", role="kontaktperson")

    changed = row.corrected({Column.ROLE: "koordinator", Column.MUNICIPALITY: "Valle"})

    assert (changed.row, changed.number, changed.municipality) == (7, "", "Valle")
    assert (changed.name, changed.role) == ("Kari", "koordinator")
    assert row.corrected({Column.MUNICIPALITY: "4211 Valle"}) == row


# --- the whole list ---


def test_the_messy_list_comes_to_38_and_three_to_put_right(
    agder: Region, grants: tuple[Grant, ...]
) -> None:
    rows = people.read(messy_list.workbook())
    assert len(rows) == 41
    plan = people.plan(rows, region=agder, grants=grants, on=TODAY)

    refused = plan.of(Outcome.REFUSED)
    assert {row.written.row: set(row.problems) for row in refused} == {
        messy_list.OUTSIDE: {Column.MUNICIPALITY},
        messy_list.SAME_ADDRESS: {Column.EMAIL},
        messy_list.AMBIGUOUS: {Column.ROLE},
    }
    new = plan.of(Outcome.NEW)
    assert len(new) == 38
    names = [name for _, name in messy_list.MUNICIPALITIES]
    assert [row.place.split(" ", 1)[1] for row in new] == names + names[:13]
    assert new[0].phone == "900 00 000"
    assert new[25].phone == "38 00 00 00"


def test_a_long_list_costs_as_many_queries_as_a_short_one(
    agder: Region, grants: tuple[Grant, ...], django_assert_max_num_queries: object
) -> None:
    rows = people.read(messy_list.workbook())
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        people.plan(rows, region=agder, grants=grants, on=TODAY)
