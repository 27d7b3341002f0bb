"""The list of regions and one region's page, as visitors and the signed-in see them."""

import csv
import io
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from samlop.accounts.rules import Role
from samlop.municipalities.models import CountyAuthority, Population, RegionMembership
from samlop.municipalities.rules.kinds import Certainty, RegionKind
from tests import factories as make
from tests.web.regions.conftest import Group, SignIn

pytestmark = pytest.mark.django_db


def rows_of(response_bytes: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response_bytes.decode("utf-8-sig")), delimiter=";"))


def test_the_list_puts_the_regional_groups_first(client: Client, group: Group) -> None:
    make.region(kind=RegionKind.COUNTY, name="Agder", number="42")

    text = client.get("/regioner/").text

    assert text.index("E-helse Agder") < text.index(">Agder<")


def test_the_list_says_how_many_members_are_assumed(client: Client, group: Group) -> None:
    RegionMembership.objects.filter(pk=group.memberships[0].pk).update(
        certainty=Certainty.CONFIRMED.value
    )

    assert "1 av 2" in client.get("/regioner/").text


def test_the_list_adds_up_the_newest_count_of_each_member(client: Client, group: Group) -> None:
    for municipality, count in ((group.first, 40_000), (group.second, 7_000)):
        for year, inhabitants in ((2024, count - 1), (2025, count)):
            Population.objects.create(
                municipality=municipality,
                counted_on=date(year, 1, 1),
                inhabitants=inhabitants,
                source="test",
            )

    assert "47\N{NO-BREAK SPACE}000" in client.get("/regioner/").text


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("", {"E-helse Agder", "Østre Agder", "Agder fylke"}),
        ("?q=østre", {"Østre Agder"}),
        ("?q=42", {"Agder fylke"}),
        ("?q=4", set()),
        ("?type=ehealth_group", {"E-helse Agder"}),
        ("?type=tull", {"E-helse Agder", "Østre Agder", "Agder fylke"}),
        ("?q=agder&type=county", {"Agder fylke"}),
        ("?q=finnes-ikke", set()),
        ("?dato=2023-12-31", set()),
        ("?dato=tull", {"E-helse Agder", "Østre Agder", "Agder fylke"}),
    ],
)
def test_page_and_files_hold_the_same_regions(
    client: Client, group: Group, query: str, there: set[str]
) -> None:
    make.region(kind=RegionKind.HEALTH_COMMUNITY, name="Østre Agder")
    make.region(kind=RegionKind.COUNTY, name="Agder fylke", number="42")

    page = client.get(f"/regioner/{query}")
    in_csv = client.get(f"/regioner/{query}{'&' if query else '?'}format=csv")
    in_json = client.get(f"/regioner/{query}{'&' if query else '?'}format=json")

    names = [row["Navn"] for row in rows_of(in_csv.content)]
    assert {
        name for name in ("E-helse Agder", "Østre Agder", "Agder fylke") if name in page.text
    } == there
    assert set(names) == there
    assert [row["navn"] for row in in_json.json()["regioner"]] == names


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("navn", ["Aust", "Midt", "Øst"]),
        ("-navn", ["Øst", "Midt", "Aust"]),
        ("-kommuner", ["Midt", "Aust", "Øst"]),
        ("finnes-ikke", ["Aust", "Midt", "Øst"]),
    ],
)
def test_the_list_is_sorted_inside_its_kinds(client: Client, order: str, names: list[str]) -> None:
    for name, members in (("Øst", 0), ("Aust", 1), ("Midt", 2)):
        make.region(name=name, members=tuple(make.municipality() for _ in range(members)))

    response = client.get(f"/regioner/?sorter={order}&format=csv")

    assert [row["Navn"] for row in rows_of(response.content)] == names


def test_an_unknown_format_is_not_found(client: Client) -> None:
    assert client.get("/regioner/?format=exe").status_code == 404


def test_excel_opens_with_the_same_rows(client: Client, group: Group) -> None:
    response = client.get("/regioner/?format=xlsx")

    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(response.content))
        .get_sheet_by_index(0)
        .to_python()
    )
    assert rows[1][2] == "E-helse Agder"


@pytest.mark.parametrize(
    ("role", "offered"), [(None, False), (Role.CONTACT_PERSON, False), (Role.ADMINISTRATOR, True)]
)
def test_an_empty_kind_says_what_to_do_to_those_who_may(
    client: Client, sign_in: SignIn, role: Role | None, offered: bool
) -> None:
    if role:
        sign_in(role)

    text = client.get("/regioner/?type=ikt_cooperation").text

    assert "Ingen IKT-samarbeid er registrert ennå" in text
    assert ("/regioner/ny/?type=ikt_cooperation" in text) is offered


def test_htmx_gets_the_list_alone_and_a_short_address(client: Client, group: Group) -> None:
    response = client.get("/regioner/?q=agder&type=&dato=", headers={"HX-Request": "true"})

    assert response.text.lstrip().startswith('<div id="regioner"')
    assert response.headers["HX-Push-Url"] == "/regioner/?q=agder"


def test_the_list_costs_the_same_for_one_region_and_for_twenty(client: Client) -> None:
    make.region(members=(make.municipality(),))
    with CaptureQueriesContext(connection) as for_one:
        client.get("/regioner/")
    for _ in range(19):
        make.region(members=(make.municipality(), make.municipality()))

    with CaptureQueriesContext(connection) as for_twenty:
        response = client.get("/regioner/")

    assert response.text.count("<tr>") == 21
    assert len(for_twenty) == len(for_one), [query["sql"] for query in for_twenty]


# --- one region ---


def test_a_visitor_sees_the_members_and_no_names_of_people(
    client: Client, group: Group, sign_in: SignIn
) -> None:
    person = sign_in(Role.CONTACT_PERSON, region=group.region)
    person.phone = "000 00 001"
    person.save(update_fields=["phone"])
    client.logout()

    text = client.get(group.address).text

    assert "Arendal" in text
    assert person.name not in text
    assert "000 00 001" not in text
    assert "Logg inn" in text
    assert "Bekreft" not in text


def test_the_signed_in_see_who_to_call(client: Client, group: Group, sign_in: SignIn) -> None:
    person = sign_in(Role.CONTACT_PERSON, region=group.region)
    person.phone = "000 00 001"
    person.save(update_fields=["phone"])
    sign_in(Role.ANALYST)

    text = client.get(group.address).text

    assert person.name in text
    assert 'href="tel:00000001"' in text


def test_somebody_elses_people_are_not_shown(client: Client, group: Group, sign_in: SignIn) -> None:
    sign_in(Role.ROLLOUT_LEADER, region=make.region(kind=RegionKind.EHEALTH_GROUP))

    assert "Ingen har en rolle i regionen ennå" in client.get(group.address).text


def test_an_unknown_region_is_not_found(client: Client) -> None:
    assert client.get("/regioner/finnes-ikke/").status_code == 404


def test_a_county_shows_its_fylkeskommune(client: Client) -> None:
    county = make.region(kind=RegionKind.COUNTY, name="Agder", slug="agder", number="42")
    CountyAuthority.objects.create(
        county=county,
        slug="agder-fylkeskommune",
        name="Agder fylkeskommune",
        organisation_number="921707134",
    )

    text = client.get("/regioner/agder/").text

    assert "Agder fylkeskommune" in text
    assert "921707134" in text
    assert "Folk i regionen" not in text
    assert "Status" not in text


def test_members_are_those_of_the_day_asked_for(client: Client, group: Group) -> None:
    RegionMembership.objects.filter(pk=group.memberships[1].pk).update(valid_to=date(2025, 1, 1))

    then = client.get(f"{group.address}?dato=2024-06-01")
    now = client.get(group.address)

    assert "Risør" in then.text
    assert "1. juni 2024" in then.text
    assert "Risør" not in now.text


def test_nothing_can_be_changed_in_the_past(client: Client, group: Group, sign_in: SignIn) -> None:
    sign_in(Role.ADMINISTRATOR)

    assert "Bekreft alle" in client.get(group.address).text
    assert "Bekreft alle" not in client.get(f"{group.address}?dato=2024-06-01").text


def test_an_ended_region_shows_its_last_members(client: Client, sign_in: SignIn) -> None:
    member = make.municipality(name="Grimstad")
    make.region(
        slug="gammel", members=(member,), valid_from=date(2024, 1, 1), valid_to=date(2025, 1, 1)
    )
    sign_in(Role.ADMINISTRATOR)

    text = client.get("/regioner/gammel/").text

    assert "Grimstad" in text
    assert "31. desember 2024" in text
    assert "Legg til kommune" not in text


def test_the_members_in_the_file_are_those_of_the_page_in_its_order(
    client: Client, group: Group
) -> None:
    response = client.get(f"{group.address}?sorter=nummer&format=csv")

    assert [(row["Nummer"], row["Status"]) for row in rows_of(response.content)] == [
        ("4201", "Antatt"),
        ("4203", "Antatt"),
    ]


def test_a_region_costs_the_same_for_one_member_and_for_twenty(
    client: Client, sign_in: SignIn
) -> None:
    region = make.region(slug="en", members=(make.municipality(),))
    sign_in(Role.ADMINISTRATOR)
    with CaptureQueriesContext(connection) as for_one:
        client.get("/regioner/en/")
    for _ in range(19):
        make.membership(region=region, of=make.municipality())

    with CaptureQueriesContext(connection) as for_twenty:
        response = client.get("/regioner/en/")

    assert response.text.count('<tr id="medlem-') == 20
    assert len(for_twenty) == len(for_one), [query["sql"] for query in for_twenty]


def test_each_source_of_the_members_is_told_once(client: Client, group: Group) -> None:
    RegionMembership.objects.update(source="Skrevet fra fylkeslisten")
    RegionMembership.objects.filter(pk=group.memberships[0].pk).update(
        source="Vedtak 3/25 https://example.org/a https://example.org/b"
    )

    text = " ".join(client.get(group.address).text.split())

    assert text.count("Skrevet fra fylkeslisten") == 1
    assert 'href="https://example.org/b">example.org (2)</a>' in text
