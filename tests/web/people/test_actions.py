"""What happens when people invite, hand over, take over, end and erase on the pages."""

from datetime import timedelta

import pytest
from django.test import Client

from samlop.accounts import services as accounts
from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.audit.models import Event
from samlop.messages.models import Message
from samlop.web import clock
from tests import factories as make
from tests.web.people.conftest import TESTS, Hold, SignIn, World

pytestmark = pytest.mark.django_db

HERE = "/kommuner/4211/personer/"
R = Role


def invitation(**changed: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "role": R.MUNICIPAL_COORDINATOR.value,
        "name": "Kari Berg",
        "email": "kari@example.org",
        "starts": clock.today().isoformat(),
    }
    return usual | changed


def test_inviting_makes_a_person_with_a_role_and_a_mail(
    client: Client, sign_in: SignIn, world: World
) -> None:
    sign_in(R.CONTACT_PERSON)

    response = client.post(f"{HERE}inviter/", invitation(phone="91234567"), follow=True)

    assert "kari@example.org er invitert." in response.text
    assert "Har ikke logget inn" in response.text
    membership = Membership.objects.get(municipality=world.here)
    assert membership.person.phone == "912 34 567"
    assert Message.objects.filter(recipient=membership.person).count() == 1
    event = Event.objects.get(code="accounts.membership.granted", actor_id__isnull=False)
    assert event.actor_label == "Kontaktperson e-helse"


def test_a_known_and_an_unknown_address_answer_alike(
    client: Client, sign_in: SignIn, hold: Hold
) -> None:
    known = hold(R.ANALYST).person
    sign_in(R.CONTACT_PERSON)
    answers = []
    for email in (known.email, "ukjent@example.org"):
        response = client.post(f"{HERE}inviter/", invitation(email=email))
        answers.append((response.status_code, response.headers["Location"]))
        message = client.get("/kommuner/").text
        assert f"{email} er invitert." in message
        assert known.name not in message

    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"email": "kari"}, "ingen e-postadresse"),
        ({"email": "post@example.org"}, "felles postkasse"),
        ({"name": ""}, "Skriv navnet"),
        ({"role": ""}, "Velg en rolle"),
        ({"role": "administrator"}, "administrator"),
        ({"phone": "12"}, "ikke ett telefonnummer"),
        ({"starts": "2020-01-01"}, "Velg i dag eller en dag senere"),
    ],
)
def test_what_cannot_be_used_is_said_and_what_was_typed_stays(
    client: Client, sign_in: SignIn, changed: dict[str, object], sentence: str
) -> None:
    sign_in(R.CONTACT_PERSON)
    before = Person.objects.count()

    response = client.post(f"{HERE}inviter/", invitation(title="Helsesjef", **changed))

    assert response.status_code == 422
    assert sentence in response.text
    assert "Helsesjef" in response.text
    assert Person.objects.count() == before
    assert not Message.objects.exists()


def test_a_portfolio_owner_invites_to_a_programme_and_nothing_else(
    client: Client, sign_in: SignIn
) -> None:
    sign_in(R.PORTFOLIO_OWNER)
    page = "/personer/inviter/"
    make.solution(name="Kjernejournal", slug="kjernejournal")

    assert client.post(page, invitation(role=R.ANALYST.value)).status_code == 422
    assert client.post(page, invitation(role=R.PROGRAMME.value)).status_code == 422
    done = client.post(page, invitation(role=R.PROGRAMME.value, solution_slug="kjernejournal"))

    assert done.status_code == 302
    assert Membership.objects.get(role=R.PROGRAMME.value).solution_slug == "kjernejournal"
    assert "Kjernejournal" in client.get("/personer/").text


def test_the_last_coordinator_is_told_the_ways_out(client: Client, sign_in: SignIn) -> None:
    mine = sign_in(R.MUNICIPAL_COORDINATOR).memberships.get()
    page = f"/personer/roller/{mine.pk}/avslutt/"

    assert "eneste lokale koordinatoren" in client.get(page).text
    response = client.post(page, {"ends": clock.today().isoformat()})

    assert response.status_code == 422
    mine.refresh_from_db()
    assert mine.valid_to is None


def test_a_coordinator_hands_over_and_leaves(client: Client, sign_in: SignIn, world: World) -> None:
    person = sign_in(R.MUNICIPAL_COORDINATOR)
    mine = person.memberships.get()

    response = client.post(
        f"/personer/roller/{mine.pk}/gi-videre/",
        {"name": "Ola Dal", "email": "ola@example.org"},
    )

    assert response.headers["Location"] == "/"
    held = Membership.objects.valid_on(clock.today()).get(municipality=world.here)
    assert held.person.email == "ola@example.org"
    assert client.get(HERE).status_code == 403
    assert [message.recipient for message in Message.objects.all()] == [held.person]


def test_the_region_takes_over_and_the_page_says_so(
    client: Client, sign_in: SignIn, hold: Hold, world: World
) -> None:
    last = hold(R.MUNICIPAL_COORDINATOR)
    sign_in(R.CONTACT_PERSON)
    page = f"/personer/roller/{last.pk}/overta/"

    assert client.post(page, {"reason": ""}).status_code == 422
    response = client.post(page, {"reason": "Har sluttet"}, follow=True)

    assert "Ingen lokal koordinator. Digi Agder følger opp." in response.text
    last.refresh_from_db()
    assert last.taken_over_by == world.group
    assert "Ingen lokal koordinator. Digi Agder følger opp." in client.get("/kommuner/4211/").text


def test_ending_names_the_reason_and_tells_the_person(
    client: Client, sign_in: SignIn, hold: Hold
) -> None:
    target = hold(R.PROJECT_LEADER)
    sign_in(R.DECISION_MAKER)
    tomorrow = clock.today() + timedelta(days=1)

    client.post(
        f"/personer/roller/{target.pk}/avslutt/",
        {"ends": tomorrow.isoformat(), "reason": "Prosjektet er ferdig"},
    )

    target.refresh_from_db()
    assert target.valid_to == tomorrow
    assert Message.objects.get().recipient == target.person
    assert "Prosjektet er ferdig" in client.get(f"/personer/{target.person_id}/").text


def test_an_invitation_is_sent_again_but_not_at_once(
    client: Client, sign_in: SignIn, world: World
) -> None:
    sign_in(R.CONTACT_PERSON)
    client.post(f"{HERE}inviter/", invitation())
    membership = Membership.objects.get(municipality=world.here)
    page = f"/personer/roller/{membership.pk}/inviter-igjen/"

    client.post(page)
    assert Message.objects.count() == 1

    Message.objects.all().delete()
    assert "Invitasjonen er sendt igjen." in client.post(page, follow=True).text
    assert Message.objects.count() == 1


def test_erasing_says_before_what_stays(
    client: Client, sign_in: SignIn, hold: Hold, world: World
) -> None:
    target = hold(R.MUNICIPAL_COORDINATOR)
    person = target.person
    sign_in(R.ADMINISTRATOR)
    page = f"/personer/{person.pk}/slett/"

    said = client.get(page).text
    assert "At noen var Lokal koordinator, Gjerstad" in said
    assert "Gjerstad blir uten lokal koordinator. Digi Agder følger opp." in said
    client.post(page)

    person.refresh_from_db()
    assert (person.name, person.email, person.phone) == ("", None, "")
    shown = client.get(f"/personer/{person.pk}/").text
    assert "Tidligere lokal koordinator" in shown
    assert "Tidligere lokal koordinator" in client.get(HERE).text


def test_whoever_erases_herself_is_signed_out(client: Client, sign_in: SignIn) -> None:
    person = sign_in(R.PROJECT_LEADER)

    response = client.post(f"/personer/{person.pk}/slett/")

    assert response.headers["Location"] == "/"
    assert "_auth_user_id" not in client.session


def test_the_last_administrator_is_not_erased(client: Client, sign_in: SignIn) -> None:
    person = sign_in(R.ADMINISTRATOR)

    response = client.post(f"/personer/{person.pk}/slett/")

    assert response.status_code == 422
    assert "eneste administratoren" in response.text


def test_one_of_two_coordinators_may_be_ended_from_her_own_page(
    client: Client, sign_in: SignIn, hold: Hold
) -> None:
    """The page shows one of them, and must still know of the other."""
    first = hold(R.MUNICIPAL_COORDINATOR)
    sign_in(R.CONTACT_PERSON)
    page = f"/personer/{first.person_id}/"
    end, take_over = (f'href="/personer/roller/{first.pk}/{one}/"' for one in ("avslutt", "overta"))
    alone = client.get(page).text
    assert end not in alone
    assert take_over in alone

    hold(R.MUNICIPAL_COORDINATOR)
    together = client.get(page).text
    assert end in together
    assert take_over not in together


def test_an_empty_region_says_what_to_do_first(
    client: Client, sign_in: SignIn, world: World
) -> None:
    sign_in(R.CONTACT_PERSON)

    text = client.get("/regioner/digi-agder/personer/").text

    assert "Last inn en liste" in text
    assert "1 av 1 har ingen" in text
    assert 'href="/kommuner/4211/personer/"' in text


def test_a_person_with_roles_in_two_places_is_one_page(
    client: Client, sign_in: SignIn, hold: Hold, world: World
) -> None:
    target = hold(R.DECISION_MAKER)
    accounts.grant(
        person=target.person,
        role=R.NETWORK_RESOURCE,
        region=world.other_group,
        by=TESTS,
        on=make.SOME_DAY,
    )
    sign_in(R.CONTACT_PERSON)

    text = client.get(f"/personer/{target.person_id}/").text

    assert "Gjerstad" in text
    assert "Digi Rogaland" in text


@pytest.mark.parametrize(
    "page",
    [
        "/kommuner/4211/",
        "/regioner/digi-agder/",
        "/leverandorer/journal/",
        "/",
    ],
)
def test_the_pages_of_a_place_lead_to_its_people(
    client: Client, sign_in: SignIn, page: str
) -> None:
    sign_in(R.MUNICIPAL_COORDINATOR)

    people = HERE if page == "/" else f"{page}personer/"
    assert f'href="{people}"' in client.get(page).text
