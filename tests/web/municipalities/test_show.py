"""One municipality: what each reader sees, and where an old number leads."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from samlop.accounts.rules import Role
from samlop.municipalities.models import LoadEntry, MunicipalityName
from samlop.municipalities.rules.capacity import quarters_from
from samlop.municipalities.rules.kinds import CapacityRole, LoadKind
from samlop.web import clock
from tests import factories as make
from tests.web.municipalities.conftest import SignIn, World, give

pytestmark = pytest.mark.django_db

OWN, OTHER = "/kommuner/4219/", "/kommuner/5536/"


def html(client: Client, address: str = OWN) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_visitors_see_the_group_but_neither_names_nor_load(client: Client, world: World) -> None:
    give(Role.CONTACT_PERSON, world, phone="+47 900 00 000")

    page = html(client)

    assert "Digi Agder" in page
    assert "contact_person her" not in page
    assert "900 00 000" not in page
    assert "Arbeidsmengde" not in page
    assert "Folk i kommunen" not in page


def test_the_signed_in_see_the_contact_person_and_can_ring(
    client: Client, world: World, sign_in: SignIn
) -> None:
    give(Role.CONTACT_PERSON, world, phone="+47 900 00 000")
    give(Role.DECISION_MAKER, world)
    sign_in(Role.ANALYST)

    page = html(client)

    assert "contact_person her" in page
    assert 'href="tel:+4790000000"' in page
    assert "decision_maker her" in page


SEES_HOURS = frozenset(
    {
        Role.MUNICIPAL_COORDINATOR,
        Role.DECISION_MAKER,
        Role.PROJECT_LEADER,
        Role.CONTACT_PERSON,
        Role.COORDINATION_GROUP_MEMBER,
    }
)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("address", [OWN, OTHER])
def test_hours_are_for_the_municipality_its_region_and_the_coordination_group(
    client: Client, world: World, sign_in: SignIn, role: Role, address: str
) -> None:
    LoadEntry.objects.bulk_create(
        LoadEntry(
            municipality=one,
            quarter=quarters_from(clock.today(), 2)[1].starts_on,
            role=CapacityRole.IT.value,
            hours=7,
            kind=LoadKind.OTHER.value,
            source_key="test",
            title="Kartlegging av nett",
        )
        for one in (world.own, world.other)
    )
    sign_in(role)
    inside = role in SEES_HOURS and (address == OWN or role is Role.COORDINATION_GROUP_MEMBER)

    page = html(client, address)

    assert ("7 av 45 timer" in page) is inside
    assert ("Kartlegging av nett" in page) is inside
    assert ("Middels" in page) is True


@pytest.mark.parametrize("role", [None, Role.ANALYST, Role.CONTACT_PERSON])
def test_buttons_are_there_for_those_who_may(
    client: Client, world: World, sign_in: SignIn, role: Role | None
) -> None:
    if role:
        sign_in(role)

    page = html(client)

    assert ("Endre systemer" in page) is (role is Role.CONTACT_PERSON)
    assert "Endre opplysninger" not in page


def test_the_own_history_names_the_role_and_is_shown_to_those_inside(
    client: Client, world: World, sign_in: SignIn
) -> None:
    sign_in(Role.MUNICIPAL_COORDINATOR)
    client.post(f"{OWN}rom-for-nytt/timer/", {})
    quarter = quarters_from(clock.today(), 2)[1]
    client.post(f"{OWN}rom-for-nytt/", {f"rom-{quarter}": "full", f"sett-{quarter}": "-"})

    inside = html(client)
    sign_in(Role.ANALYST)
    outside = html(client)

    assert "Rom for nytt endret av lokal koordinator" in inside
    assert "Rom for nytt endret" not in outside


def test_names_in_other_languages_carry_their_language(client: Client, world: World) -> None:
    MunicipalityName.objects.create(municipality=world.other, language="se", name="Ivgu <i>")

    page = html(client, OTHER)

    assert '<span lang="se">Ivgu &lt;i&gt;</span>' in page


def test_a_website_is_a_link_whatever_it_is_written_like_and_never_a_script(
    client: Client, world: World
) -> None:
    type(world.own).objects.filter(pk=world.own.pk).update(website="javascript:alert(1)")

    assert 'href="javascript:' not in html(client)
    assert 'href="https://javascript:alert(1)"' in html(client)


def test_the_page_costs_the_same_however_much_the_municipality_has(
    client: Client, world: World, sign_in: SignIn
) -> None:
    sign_in(Role.MUNICIPAL_COORDINATOR)
    with CaptureQueriesContext(connection) as before:
        html(client)
    for index in range(10):
        give(Role.DECISION_MAKER, world)
        make.region(members=(world.own,))
        make.municipality(number=f"9{index:03}")
    with CaptureQueriesContext(connection) as after:
        html(client)

    assert len(after) == len(before), [q["sql"] for q in after]


@pytest.mark.parametrize("number", ["9999", "abc", "42190"])
def test_what_never_was_a_number_is_not_found(client: Client, world: World, number: str) -> None:
    assert client.get(f"/kommuner/{number}/").status_code == 404
