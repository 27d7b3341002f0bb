"""Who reads which part of the history, and how it reads."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from samlop.accounts import services as accounts
from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.audit.services import change
from samlop.lib.actors import Machine
from samlop.lib.quarters import Quarter
from samlop.municipalities.models import Municipality
from samlop.municipalities.rules.kinds import Room
from samlop.municipalities.services import capacity, regions
from samlop.web.history.pages import ON_A_PAGE
from tests import factories as make
from tests.web.municipalities.conftest import SignIn, World, give

pytestmark = pytest.mark.django_db

ALL = "/historikk/"
OWN = "/kommuner/4219/historikk/"
OTHER = "/kommuner/5536/historikk/"
QUARTER = Quarter(2027, 2)

READS_OWN = {
    Role.MUNICIPAL_COORDINATOR,
    Role.DECISION_MAKER,
    Role.PROJECT_LEADER,
    Role.CONTACT_PERSON,
    Role.COORDINATION_GROUP_MEMBER,
    Role.ADMINISTRATOR,
}
READS_OTHERS = {Role.COORDINATION_GROUP_MEMBER, Role.ADMINISTRATOR}


def words(html: str) -> str:
    """The page's text on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.split("<main", 1)[1]).split())


def event(
    code: str,
    municipality: Municipality | None = None,
    *,
    by: Person | Machine | None = None,
    at: datetime | None = None,
    reason: str = "",
    **details: object,
) -> None:
    with change(code, by=by or Machine("Tester"), reason=reason, at=at) as record:
        record(
            municipality or Municipality(pk=1),
            municipality_id=municipality.pk if municipality else None,
            details=details,
        )


@pytest.mark.parametrize("role", Role)
def test_who_reads_a_municipalitys_history(
    role: Role, client: Client, world: World, sign_in: SignIn
) -> None:
    sign_in(role)

    assert client.get(OWN).status_code == (200 if role in READS_OWN else 403)
    assert client.get(OTHER).status_code == (200 if role in READS_OTHERS else 403)
    assert client.get(ALL).status_code == (200 if role in READS_OWN else 403)


def test_visitors_are_asked_to_log_in(client: Client, world: World) -> None:
    for address in (ALL, OWN):
        response = client.get(address)
        assert response.status_code == 302
        assert response.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("role", sorted(READS_OWN))
def test_rooms_and_reasons_stay_inside(
    role: Role, client: Client, world: World, sign_in: SignIn
) -> None:
    sign_in(role)
    for one in (world.own, world.other):
        event("municipalities.capacity.changed", one, room={"2027-2": [None, "full"]})
        event("municipalities.vendor_profile.ended", one, reason="vi orker ikke", product="Gerica")
        event("municipalities.facts.imported", one, reason="SSB 2026", postmottak=["", "a@b.no"])
    inside = {world.own.pk} if role is not Role.ADMINISTRATOR else set()
    if role is Role.COORDINATION_GROUP_MEMBER:
        inside.add(world.other.pk)

    for one, address in ((world.own, OWN), (world.other, OTHER)):
        response = client.get(address)
        if response.status_code == 403:
            continue
        shown = words(response.text)
        assert ("Rom for nytt endret" in shown) is (one.pk in inside)
        assert ("vi orker ikke" in shown) is (one.pk in inside)
        assert "Gerica avsluttet" in shown
        assert "SSB 2026" in shown
    whole = words(client.get(ALL).text)
    assert whole.count("Rom for nytt endret") == len(inside)
    assert whole.count("vi orker ikke") == len(inside)


def test_a_coordinator_is_told_of_her_own_place_only(
    client: Client, world: World, sign_in: SignIn
) -> None:
    sign_in(Role.MUNICIPAL_COORDINATOR)
    event("municipalities.facts.changed", world.own, website=["", "https://egen.no"])
    event("municipalities.facts.changed", world.other, website=["", "https://annen.no"])
    event("municipalities.vendor.created", name="Nyleverandør")

    shown = words(client.get(ALL).text)

    assert "https://egen.no" in shown
    assert "https://annen.no" not in shown
    assert "Nyleverandør" not in shown


def test_a_contact_person_is_told_of_her_own_region_and_its_people(
    client: Client, world: World, sign_in: SignIn
) -> None:
    sign_in(Role.CONTACT_PERSON)
    for region, name in ((world.group, "Digi Agder ny"), (world.other_group, "Digi Nord ny")):
        regions.edit_region(region=region, name=name, website="", note="", by=Machine("Tester"))
        accounts.grant(
            person=make.person(name=f"Leder i {name}"),
            role=Role.ROLLOUT_LEADER,
            region=region,
            by=Machine("Tester"),
            on=make.SOME_DAY,
        )

    shown = words(client.get(ALL).text)

    assert "Digi Agder → Nå: Digi Agder ny" in shown
    assert "Rollen «Innføringsleder» gitt : Leder i Digi Agder ny" in shown.replace(
        "gitt:", "gitt :"
    )
    assert "Digi Nord ny" not in shown


def test_what_a_person_chose_for_herself_is_hers_alone(
    client: Client, world: World, sign_in: SignIn
) -> None:
    other = make.person(name="En annen")
    reader = sign_in(Role.ADMINISTRATOR)
    for person in (other, reader):
        event("messages.choice.changed", by=person)

    assert words(client.get(ALL).text).count("Valg av meldinger endret") == 1


def test_a_line_tells_what_by_whom_why_and_what_it_changed(
    client: Client, world: World, sign_in: SignIn
) -> None:
    person = sign_in(Role.MUNICIPAL_COORDINATOR)
    capacity.answer_room(
        municipality=world.own,
        answers={QUARTER: Room.SOME},
        seen={},
        by=person,
        on=date(2027, 1, 1),
        at=datetime(2027, 1, 2, 8, 30, tzinfo=UTC),
    )

    shown = words(client.get(OWN).text)

    assert "2. januar 2027 09.30 Rom for nytt endret" in shown
    assert "2. kvartal 2027: Før: ikke besvart → Nå: Litt" in shown
    assert "municipal_coordinator her, Lokal koordinator, Evje og Hornnes" in shown


def test_the_role_is_the_one_she_had_that_day(
    client: Client, world: World, sign_in: SignIn
) -> None:
    sign_in(Role.ADMINISTRATOR)
    person = make.person(name="Kari Nordmann")
    old = accounts.grant(
        person=person,
        role=Role.ROLLOUT_LEADER,
        region=world.group,
        by=Machine("Tester"),
        on=date(2025, 1, 1),
    )
    accounts.end(membership=old, by=Machine("Tester"), on=date(2026, 1, 1))
    event(
        "municipalities.facts.changed",
        world.own,
        by=person,
        at=datetime(2025, 6, 1, 12, tzinfo=UTC),
    )
    event(
        "municipalities.facts.changed",
        world.own,
        by=person,
        at=datetime(2026, 6, 1, 12, tzinfo=UTC),
    )

    shown = words(client.get(OWN).text)

    assert "Kari Nordmann, Innføringsleder, Digi Agder" in shown
    assert "Kari Nordmann, En person" in shown
    only = client.get(OWN, {"rolle": Role.ROLLOUT_LEADER.value}).text
    assert words(only).count("Opplysninger om kommunen endret") == 1


def test_an_erased_person_has_no_name_left(client: Client, world: World, sign_in: SignIn) -> None:
    sign_in(Role.ADMINISTRATOR)
    person = give(Role.CONTACT_PERSON, world)
    event("municipalities.facts.changed", world.own, by=person)
    name = person.name
    assert name in client.get(OWN).text
    accounts.erase(
        person=person,
        by=Machine("Tester"),
        on=date(2100, 1, 1),
        at=datetime(2100, 1, 1, tzinfo=UTC),
    )

    shown = words(client.get(OWN).text)

    assert name not in shown
    assert "Tidligere kontaktperson e-helse, Digi Agder" in shown


def test_a_coordinator_sees_no_names_of_people_elsewhere(
    client: Client, world: World, sign_in: SignIn
) -> None:
    """The portfolio owner's name is not hers to see; that it was a portfolio owner is."""
    owner = give(Role.PORTFOLIO_OWNER, world)
    sign_in(Role.MUNICIPAL_COORDINATOR)
    event("municipalities.facts.changed", world.own, by=owner)

    shown = words(client.get(OWN).text)

    assert "Porteføljeeier" in shown
    assert owner.name not in shown


def test_filters_by_kind_role_and_period(client: Client, world: World, sign_in: SignIn) -> None:
    reader = sign_in(Role.MUNICIPAL_COORDINATOR)
    for day in (1, 2, 3):
        at = datetime(2026, 3, day, 23, 30, tzinfo=UTC)  # the day after, in Norway
        event("municipalities.facts.changed", world.own, by=reader, at=at)
        event("municipalities.blackout.added", world.own, at=at, reason="valg")

    def found(**query: str) -> tuple[int, int]:
        shown = words(client.get(OWN, query).text)
        return shown.count("Opplysninger om kommunen endret"), shown.count("passer, lagt inn")

    assert found() == (3, 3)
    assert found(type="rom") == (0, 3)
    assert found(rolle="municipal_coordinator") == (3, 0)
    assert found(rolle="system") == (0, 3)
    assert found(fra="2026-03-03", til="2026-03-03") == (1, 1)
    assert found(til="2026-03-02") == (1, 1)
    assert found(fra="i går", type="tull", rolle="konge", side="9" * 5) == (3, 3)
    nothing = client.get(OWN, {"fra": "2030-01-01"})
    assert "Ingenting passer med det du har valgt" in nothing.text


def test_an_empty_history_says_so(client: Client, world: World, sign_in: SignIn) -> None:
    sign_in(Role.ADMINISTRATOR)
    assert "Ingenting er endret ennå" in client.get(OTHER).text


def test_long_histories_are_leafed_through(client: Client, world: World, sign_in: SignIn) -> None:
    sign_in(Role.ADMINISTRATOR)
    first = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(ON_A_PAGE + 5):
        event(
            "municipalities.facts.changed",
            world.other,
            at=first + timedelta(hours=number),
            website=["", f"https://nr{number}.no"],
        )

    latest, older = client.get(OTHER).text, client.get(OTHER, {"side": "2"}).text

    assert "https://nr54.no" in latest
    assert "https://nr4.no" not in latest
    assert "https://nr4.no" in older
    assert "55 hendelser i alt." in words(latest)
    assert 'href="?side=2"' in latest
    assert "https://nr4.no" in client.get(OTHER, {"side": "999"}).text


def test_it_costs_the_same_for_one_event_and_for_forty(
    client: Client, world: World, sign_in: SignIn
) -> None:
    sign_in(Role.ADMINISTRATOR)
    people = [give(Role.CONTACT_PERSON, world), give(Role.MUNICIPAL_COORDINATOR, world)]

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(ALL).status_code == 200
        return len(queries)

    def write() -> None:
        for person in people:
            event("municipalities.facts.changed", world.own, by=person)
            event("municipalities.vendor.changed", by=person)
        accounts.grant(
            person=make.person(),
            role=Role.ADMINISTRATOR,
            by=Machine("Tester"),
            on=make.SOME_DAY,
        )

    write()
    before = cost()
    for _ in range(8):
        write()

    assert cost() == before
    assert before < 25


def test_files_hold_the_rows_of_the_page(client: Client, world: World, sign_in: SignIn) -> None:
    sign_in(Role.CONTACT_PERSON)
    event(
        "municipalities.capacity.changed",
        world.own,
        at=datetime(2026, 3, 1, 12, tzinfo=UTC),
        room={"2027-2": ["plenty", "full"]},
    )
    event("municipalities.capacity.changed", world.other)

    answer = client.get(ALL, {"format": "csv", "type": "rom"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))

    assert [
        (row["Dag"], row["Klokkeslett"], row["Kommune"], row["Hva"], row["Endring"]) for row in rows
    ] == [
        (
            "2026-03-01",
            "13.00",
            "Evje og Hornnes",
            "Rom for nytt endret",
            "2. kvartal 2027: God plass → Fullt",
        )
    ]
    assert client.get(ALL, {"format": "json"}).json()["historikk"]
    assert client.get(ALL, {"format": "xlsx"}).content[:2] == b"PK"
    assert client.get(ALL, {"format": "pdf"}).status_code == 404


def test_htmx_gets_the_list_alone(client: Client, world: World, sign_in: SignIn) -> None:
    sign_in(Role.MUNICIPAL_COORDINATOR)
    answer = client.get(OWN, {"type": "rom", "fra": ""}, headers={"HX-Request": "true"})

    assert answer.text.lstrip().startswith('<div id="historikk"')
    assert answer.headers["HX-Push-Url"] == f"{OWN}?type=rom"


def test_the_municipalitys_page_shows_the_latest_and_leads_to_the_rest(
    client: Client, world: World, sign_in: SignIn
) -> None:
    sign_in(Role.MUNICIPAL_COORDINATOR)
    event("municipalities.vendor_profile.ended", world.own, reason="bare vårt", product="Gerica")
    page = "/kommuner/4219/"

    own = client.get(page).text
    assert "Gerica avsluttet" in own
    assert "bare vårt" in own
    assert f'href="{OWN}"' in own

    sign_in(Role.ANALYST)
    others = client.get(page).text
    assert "Gerica avsluttet" in others
    assert "bare vårt" not in others
    assert f'href="{OWN}"' not in others


@pytest.mark.parametrize("role", Role)
def test_the_menu_leads_to_it_for_those_who_may(
    role: Role, client: Client, world: World, sign_in: SignIn
) -> None:
    sign_in(role)
    assert ('href="/historikk/"' in client.get("/regioner/").text) is (role in READS_OWN)
