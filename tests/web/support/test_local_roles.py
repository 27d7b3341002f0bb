"""Who does what in a municipality, and handing it over."""

import io

import pytest
from django.test import Client
from docx import Document
from pypdf import PdfReader

from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.municipalities.rules.capacity import LocalRole
from samlop.portfolio.models import Solution
from samlop.rollouts.models import RoleHolder
from samlop.rollouts.rules.answers import AnswerState
from samlop.rollouts.services import local_roles as services
from samlop.rollouts.services.local_roles import CannotGiveLocalRole
from tests import factories as make
from tests import rollout_making as making
from tests.rollout_making import BY, DAY
from tests.web.municipalities.conftest import SignIn, World, give

pytestmark = pytest.mark.django_db

ROLES = "/kommuner/4219/lokale-roller/"


@pytest.fixture
def solution() -> Solution:
    return make.solution(name="Kjernejournal")


def held(world: World) -> dict[str, int]:
    return dict(
        RoleHolder.objects.filter(municipality=world.own, ended_on=None).values_list(
            "role", "person_id"
        )
    )


def hold(world: World, solution: Solution, role: LocalRole, person: Person) -> RoleHolder:
    return services.give(
        municipality=world.own, solution=solution, role=role, person=person, by=BY, on=DAY
    )


def test_a_role_goes_to_one_person_at_a_time(
    client: Client, world: World, sign_in: SignIn, solution: Solution
) -> None:
    first, second = give(Role.PROJECT_LEADER, world), sign_in(Role.MUNICIPAL_COORDINATOR)
    form = {"solution": solution.pk, "role": "coordinator", "reason": ""}

    client.post(ROLES, {**form, "person": first.pk})
    client.post(ROLES, {**form, "person": second.pk})

    assert held(world) == {"coordinator": second.pk}
    ended = RoleHolder.objects.get(person=first)
    assert ended.ended_on == DAY
    assert ended.handed_to is not None
    page = client.get(ROLES).content.decode()
    assert "Lokal koordinator" in page
    assert "Kan holdes av samme person: EPJ-ansvarlig, kommunikasjonsansvarlig" in page
    assert "Lokal koordinator, Kjernejournal" in client.get("/kommuner/4219/").content.decode()


def test_an_owner_who_also_coordinates_is_asked_why(
    client: Client, world: World, sign_in: SignIn, solution: Solution
) -> None:
    person = sign_in(Role.DECISION_MAKER)
    hold(world, solution, LocalRole.PROJECT_OWNER, person)
    form = {"solution": solution.pk, "role": "coordinator", "person": person.pk}

    refused = client.post(ROLES, {**form, "reason": ""})
    assert refused.status_code == 422
    assert "Prosjekteieren er også lokal koordinator. Det går" in refused.content.decode()

    client.post(ROLES, {**form, "reason": "Vi er få."})
    assert held(world) == {"project_owner": person.pk, "coordinator": person.pk}
    assert "Vi er få." in client.get(ROLES).content.decode()


def test_no_role_is_given_or_handed_over_by_a_slip(
    client: Client, world: World, sign_in: SignIn, solution: Solution
) -> None:
    person = sign_in(Role.MUNICIPAL_COORDINATOR)
    hold(world, solution, LocalRole.IT, person)
    for address, fields in ((ROLES, 3), (f"{ROLES}overfor/", 2)):
        page = client.get(address).content.decode()
        assert page.count('<option value="" selected>Velg</option>') == fields
        assert client.post(address, {}).status_code == 422
    assert held(world) == {"it": person.pk}


def test_nobody_from_outside_gets_a_local_role(world: World, solution: Solution) -> None:
    stranger = make.person()

    with pytest.raises(CannotGiveLocalRole, match="ingen rolle i kommunen i dag"):
        hold(world, solution, LocalRole.IT, stranger)


def test_everything_a_leaver_does_goes_to_another(
    client: Client, world: World, sign_in: SignIn, solution: Solution
) -> None:
    leaver, to = give(Role.PROJECT_LEADER, world), sign_in(Role.MUNICIPAL_COORDINATOR)
    hold(world, solution, LocalRole.IT, leaver)
    hold(world, solution, LocalRole.COORDINATOR, leaver)

    same = client.post(f"{ROLES}overfor/", {"leaver": leaver.pk, "to": leaver.pk})
    assert same.status_code == 422
    client.post(f"{ROLES}overfor/", {"leaver": leaver.pk, "to": to.pk})

    assert held(world) == {"it": to.pk, "coordinator": to.pk}


def test_a_role_is_ended_and_not_twice(
    client: Client, world: World, sign_in: SignIn, solution: Solution
) -> None:
    row = hold(world, solution, LocalRole.IT, sign_in(Role.DECISION_MAKER))

    client.post(f"{ROLES}{row.pk}/avslutt/")
    again = client.post(f"{ROLES}{row.pk}/avslutt/", follow=True)

    assert held(world) == {}
    assert "Rollen er alt avsluttet." in again.content.decode()


def test_the_contact_person_reads_and_changes_nothing(
    client: Client, world: World, sign_in: SignIn, solution: Solution
) -> None:
    row = hold(world, solution, LocalRole.IT, give(Role.PROJECT_LEADER, world))
    sign_in(Role.CONTACT_PERSON)

    assert "IT-ansvarlig" in client.get(ROLES).content.decode()
    assert client.post(ROLES, {}).status_code == 403
    assert client.post(f"{ROLES}{row.pk}/avslutt/").status_code == 403
    assert client.get(f"{ROLES}overfor/").status_code == 403
    assert client.get("/kommuner/4219/overlevering/").status_code == 403


def test_the_pack_holds_open_tasks_decisions_and_contacts(
    client: Client, world: World, sign_in: SignIn, solution: Solution
) -> None:
    rollout = making.a_rollout(name="Kjernejournal høsten 2027", members=(world.own,))
    making.invited(rollout, world.own)
    answered = making.a_rollout(name="Digihelse 2027", members=(world.own,))
    making.an_answer(AnswerState.LATER, rollout=answered, municipality=world.own)
    give(Role.CONTACT_PERSON, world)
    hold(world, solution, LocalRole.IT, sign_in(Role.PROJECT_LEADER))

    word = client.get("/kommuner/4219/overlevering/?format=docx")
    pdf = client.get("/kommuner/4219/overlevering/?format=pdf")

    document = Document(io.BytesIO(word.content))
    words = "\n".join(
        [one.text for one in document.paragraphs]
        + [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    )
    pages = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages)
    for said in (
        "Svar på invitasjonen til Kjernejournal høsten 2027",
        "Digihelse 2027",
        "Ikke nå",
        "IT-ansvarlig",
        "contact_person her",
    ):
        assert said in words
    assert "Evje og Hornnes" in pages
    assert client.get("/kommuner/4219/overlevering/?format=odt").status_code == 400
