"""The front page for visitors and «Min side» for whoever is signed in."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.municipalities.models import Municipality, RoomAnswer
from samlop.municipalities.rules.kinds import Certainty, RegionKind, Room
from samlop.rollouts.models import Invitation, ReceivedAnswer
from samlop.rollouts.rules.answers import AnswerState, Channel
from samlop.rollouts.rules.rollouts import RolloutState
from samlop.web import clock
from samlop.web.shell.navigation import held_roles
from samlop.web.shell.pages import FrontPage, HomePage
from samlop.web.shell.task import Task
from tests import factories as make
from tests import rollout_making as rollouts

pytestmark = pytest.mark.django_db
TODAY = date(2027, 2, 10)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def hold(person: Person, role: Role, **place: object) -> None:
    Membership.objects.create(person=person, role=role.value, valid_from=date(2024, 1, 1), **place)


def answer(municipality: Municipality, quarter: date) -> None:
    RoomAnswer.objects.create(municipality=municipality, quarter=quarter, room=Room.SOME.value)


def tasks_of(person: Person) -> tuple[Task, ...]:
    return HomePage.of(person, held_roles(person, on=TODAY), on=TODAY).tasks


def test_the_front_page_counts_what_is_there(client: Client) -> None:
    members = tuple(make.municipality() for _ in range(3))
    make.municipality(valid_to=date(2025, 1, 1))
    make.region(kind=RegionKind.COUNTY, members=members)

    make.solution()

    assert FrontPage.of(on=TODAY) == FrontPage(municipalities=3, counties=1, groups=0, solutions=1)
    page = client.get("/").text
    assert "<dt>løsning</dt><dd>1</dd>" in page
    assert "<dt>kommuner</dt><dd>3</dd>" in page
    assert "<dt>fylke</dt><dd>1</dd>" in page
    assert "<dt>regional" not in page


@pytest.mark.parametrize("role", [Role.MUNICIPAL_COORDINATOR, Role.DECISION_MAKER])
def test_a_municipality_is_asked_for_the_next_two_quarters(role: Role) -> None:
    person = make.person()
    hold(person, role, municipality=make.municipality(number="4219", name="Evje og Hornnes"))

    (task,) = tasks_of(person)

    assert task.title == "Svar på om dere har rom for noe nytt i 2. og 3. kvartal 2027"
    assert task.where == "Evje og Hornnes"
    assert task.address == "/kommuner/4219/rom-for-nytt/"


def test_only_what_is_not_answered_is_asked_for() -> None:
    bygd = make.municipality()
    person = make.person()
    hold(person, Role.MUNICIPAL_COORDINATOR, municipality=bygd)

    answer(bygd, date(2027, 4, 1))
    assert "i 3. kvartal 2027" in tasks_of(person)[0].title

    answer(bygd, date(2027, 7, 1))
    assert tasks_of(person) == ()


def test_a_role_that_may_not_answer_is_not_asked() -> None:
    person = make.person()
    hold(person, Role.PROJECT_LEADER, municipality=make.municipality())
    hold(person, Role.ANALYST)

    assert tasks_of(person) == ()


def test_a_contact_person_is_asked_to_confirm_what_is_assumed() -> None:
    agder = make.region(kind=RegionKind.EHEALTH_GROUP, name="Agder", slug="agder")
    for certainty in (Certainty.ASSUMED, Certainty.ASSUMED, Certainty.CONFIRMED):
        make.membership(region=agder, of=make.municipality(), certainty=certainty)
    make.membership(
        region=agder,
        of=make.municipality(),
        certainty=Certainty.ASSUMED,
        valid_to=date(2025, 1, 1),
    )
    person = make.person()
    hold(person, Role.CONTACT_PERSON, region=agder)

    (task,) = tasks_of(person)

    assert task.title == "Bekreft om 2 kommuner hører til Agder"
    assert task.address == "/regioner/agder/#kommuner"


def test_tasks_of_all_roles_stand_on_one_page(client: Client) -> None:
    agder = make.region(
        kind=RegionKind.EHEALTH_GROUP,
        name="Agder",
        members=(make.municipality(),),
        certainty=Certainty.ASSUMED,
    )
    person = make.person()
    hold(person, Role.CONTACT_PERSON, region=agder)
    hold(person, Role.MUNICIPAL_COORDINATOR, municipality=make.municipality())
    client.force_login(person)

    page = client.get("/").text

    assert page.count('class="task"') == 2
    assert "2 ting venter på svar fra deg." in page
    assert "Bekreft om 1 kommune hører til Agder" in page


def test_a_person_with_nothing_to_do_is_told_so(client: Client) -> None:
    person = make.person()
    hold(person, Role.ANALYST)
    client.force_login(person)

    page = client.get("/").text

    assert "Ingenting venter på deg nå" in page
    assert "Når noe skal besvares eller bekreftes, står det her." in page
    assert "Hele landet" in page


def test_a_person_without_a_role_is_told_whom_to_ask(client: Client) -> None:
    client.force_login(make.person())

    assert "Du har ingen rolle ennå. Be kontaktperson e-helse" in client.get("/").text


def test_one_place_with_two_roles_is_shown_once() -> None:
    bygd = make.municipality(name="Utsira")
    person = make.person()
    hold(person, Role.MUNICIPAL_COORDINATOR, municipality=bygd)
    hold(person, Role.DECISION_MAKER, municipality=bygd)

    page = HomePage.of(person, held_roles(person, on=TODAY), on=TODAY)

    assert [(place.name, place.roles) for place in page.places] == [
        ("Utsira", ("Lokal koordinator", "Beslutningstaker"))
    ]
    assert len(page.tasks) == 1


def test_the_page_costs_the_same_for_one_role_and_for_twelve(client: Client) -> None:
    person = make.person()
    client.force_login(person)

    def costs() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/")
        return len(asked)

    hold(person, Role.MUNICIPAL_COORDINATOR, municipality=make.municipality())
    hold(person, Role.CONTACT_PERSON, region=_assumed())
    for_two = costs()
    for _ in range(5):
        hold(person, Role.MUNICIPAL_COORDINATOR, municipality=make.municipality())
        hold(person, Role.CONTACT_PERSON, region=_assumed())

    assert costs() == for_two


def _assumed() -> object:
    return make.region(
        kind=RegionKind.EHEALTH_GROUP,
        members=(make.municipality(),),
        certainty=Certainty.ASSUMED,
    )


def test_whoever_works_in_rollouts_sees_how_each_stands(client: Client) -> None:
    person = make.person()
    client.force_login(person)
    assert "Innføringsløp du arbeider i" not in client.get("/").text
    places = tuple(make.municipality() for _ in range(4))
    rollout = rollouts.a_rollout(name="Kjernejournal", slug="kj", members=places)
    rollouts.a_worker(rollout, person)
    silent, called, mailed, answered = (rollouts.invited(rollout, one) for one in places)
    Invitation.objects.filter(pk=called.pk).update(to_call_since=TODAY)
    rollouts.a_place(cohort=rollouts.a_cohort(rollout=rollout, maximum=30), municipality=places[3])
    ReceivedAnswer.objects.create(
        rollout=rollout,
        municipality=mailed.municipality,
        channel=Channel.EMAIL.value,
        state=AnswerState.NO.value,
        decided_by="kommunestyret",
        received_on=TODAY,
        registered_by=person,
        registered_at=rollouts.AT,
    )
    ended = rollouts.a_rollout(name="Over", state=RolloutState.CLOSED, state_reason="Ferdig.")
    rollouts.a_worker(ended, person)

    page = client.get("/").text
    assert 'href="/innforingslop/kj/kommuner/"' in page
    assert "1 kommune bør ringes." in page
    assert "2 av 4 inviterte har ikke svart. Svarfrist 13. mai 2027." in page
    assert "1 av 30 plasser er tatt." in page
    assert "Over" not in page
    assert "Du har ingen rolle ennå" not in page
    assert silent.pk
    assert answered.pk

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/")
        return len(queries)

    count()
    before = count()
    plan = rollouts.a_rollout(name="Planen", slug="planen", state=RolloutState.PLANNING)
    rollouts.a_worker(plan, person)
    rollouts.a_cohort(rollout=plan)
    assert count() == before
    assert 'href="/innforingslop/planen/"' in client.get("/").text
