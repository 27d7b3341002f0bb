"""A vendor's own page: «stemmer» per row and for all, and the link in a mail."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from samlop.accounts.rules import Role
from samlop.lib.actors import Machine
from samlop.messages.models import Message
from samlop.portfolio.models import ReadinessEvent, ReadinessLink
from samlop.portfolio.rules.readiness import Readiness
from samlop.portfolio.rules.solutions import SolutionKind
from samlop.portfolio.services import readiness_links as links
from tests import factories as make
from tests.web.readiness.conftest import SignIn, Stage, soon, today

pytestmark = pytest.mark.django_db


def events() -> int:
    return ReadinessEvent.objects.count()


@pytest.mark.parametrize("role", list(Role))
def test_who_sees_it_and_who_confirms(
    client: Client, stage: Stage, sign_in: SignIn, role: Role
) -> None:
    sign_in(role)
    sees = role in {Role.VENDOR, Role.PORTFOLIO_OWNER}
    assert client.get(stage.own).status_code == (200 if sees else 403)
    posted = client.post(stage.own, {"rad": stage.key})
    assert posted.status_code == (302 if role is Role.VENDOR else 403)
    assert events() == (2 if role is Role.VENDOR else 1)


def test_another_vendor_may_neither_see_nor_confirm(
    client: Client, stage: Stage, sign_in: SignIn
) -> None:
    sign_in(Role.VENDOR, vendor=make.product().vendor)
    assert client.get(stage.own).status_code == 403
    assert client.post(stage.own, {"rad": stage.key}).status_code == 403


def test_what_waits_is_told_and_what_is_confirmed_no_longer_waits(
    client: Client, stage: Stage, sign_in: SignIn
) -> None:
    sign_in(Role.VENDOR)
    assert "1 rad venter på at dere bekrefter den." in client.get(stage.own).text

    answer = client.post(stage.own, {"rad": stage.key}, follow=True)

    assert "1 rad er bekreftet. Takk!" in answer.text
    assert "Ingen rader venter på svar fra dere nå." in answer.text
    assert ReadinessEvent.objects.latest("pk").told_on == today()


def test_all_is_all_that_can_be_confirmed_as_shown(
    client: Client, stage: Stage, sign_in: SignIn
) -> None:
    sign_in(Role.VENDOR)
    late = make.product(vendor=stage.vendor, name="Sen")
    make.readiness(
        offer=stage.home,
        product=late,
        state=Readiness.IN_TEST,
        release_on=today() - timedelta(days=1),
        told_on=today() - timedelta(days=50),
    )
    page = client.get(stage.own).text
    assert "Datoen er passert. Rett den." in page
    assert page.count('name="alle_rader"') == 1

    client.post(stage.own, {"alle": "1", "alle_rader": [stage.key]})

    assert events() == 3


def test_nothing_ticked_and_a_row_that_has_changed_are_told(
    client: Client, stage: Stage, sign_in: SignIn
) -> None:
    sign_in(Role.VENDOR)
    nothing = client.post(stage.own, {}, follow=True)
    assert "Velg minst én rad som stemmer." in nothing.text
    make.readiness(offer=stage.home, product=stage.product, release_on=soon(5), told_on=today())
    changed = client.post(stage.own, {"rad": stage.key}, follow=True)
    assert "Noen andre har endret raden" in changed.text
    assert events() == 2


def test_rows_of_others_and_nonsense_are_not_found(
    client: Client, stage: Stage, sign_in: SignIn
) -> None:
    sign_in(Role.VENDOR)
    other = make.product()
    said = make.readiness(offer=stage.home, product=other)
    for key in (f"{stage.home.pk}-{other.pk}-{said.pk}", "tull", "1-2", "1-2-x", "1-2-3-4"):
        assert client.post(stage.own, {"rad": key}).status_code == 404
    assert client.post(stage.own, {"rad": f"1-2-{'9' * 30}"}).status_code == 404


def test_an_empty_page_says_what_to_do(client: Client, stage: Stage, sign_in: SignIn) -> None:
    vendor = make.product().vendor
    sign_in(Role.VENDOR, vendor=vendor)
    text = client.get(f"/leverandorer/{vendor.slug}/status/").text
    assert "Ingen har sagt noe om produktene deres ennå" in text
    assert "Meld fra om en løsning til" in text


def test_a_solution_more_is_chosen_and_then_told_of(
    client: Client, stage: Stage, sign_in: SignIn
) -> None:
    sign_in(Role.VENDOR)
    process = make.offer(solution=make.solution(name="Modell", kind=SolutionKind.JOINT_PROCESS))
    page = client.get(f"{stage.own}legg-til/").text
    assert "Legemiddelliste, sykehjem" in page
    assert process.solution.name not in page

    answer = client.post(
        f"{stage.own}legg-til/",
        {"product": stage.product.slug, "offer": "legemiddelliste/nursing_home"},
    )

    there = answer.headers["Location"]
    assert there.startswith(f"{stage.address}nursing_home/{stage.product.slug}/rett/?neste=")
    assert client.get(there).status_code == 200
    bad = client.post(f"{stage.own}legg-til/", {"product": "x", "offer": "y"})
    assert bad.status_code == 422


def test_the_page_costs_the_same_for_one_row_and_for_twenty(
    client: Client, stage: Stage, sign_in: SignIn
) -> None:
    sign_in(Role.VENDOR)
    with CaptureQueriesContext(connection) as for_one:
        client.get(stage.own)
    for _ in range(19):
        make.readiness(
            offer=stage.home, product=make.product(vendor=stage.vendor), release_on=soon()
        )
    with CaptureQueriesContext(connection) as for_twenty:
        response = client.get(stage.own)
    assert response.text.count('name="rad"') == 20
    assert len(for_twenty) == len(for_one)


# --- the link ---


def asked(stage: Stage) -> str:
    (link,) = links.ask(vendor=stage.vendor, by=Machine("tests"), on=today(), at=timezone.now())
    return f"/leverandorstatus/{links.token(link)}/"


def test_the_link_reads_the_rows_and_says_how_to_answer(
    client: Client, stage: Stage, sign_in: SignIn
) -> None:
    person = sign_in(Role.VENDOR)
    client.logout()
    there = asked(stage)

    page = client.get(there)

    assert page.status_code == 200
    assert "Journalen" in page.text
    assert "Du leser radene med lenken fra e-posten." in page.text
    assert 'name="rad"' not in page.text
    assert "Rett<" not in page.text
    assert f"/konto/logg-inn/?next=%2Fleverandorer%2F{stage.vendor.slug}%2Fstatus%2F" in page.text
    # Whoever the mail is forwarded to learns of nobody's address.
    assert person.email is not None
    assert person.email not in page.text
    assert "no-store" in page.headers["Cache-Control"]
    assert client.post(there, {"rad": stage.key}).status_code == 405
    assert client.post(stage.own, {"rad": stage.key}).status_code == 302
    assert events() == 1


def test_the_vendors_own_people_are_led_to_their_page(
    client: Client, stage: Stage, sign_in: SignIn
) -> None:
    sign_in(Role.VENDOR)
    assert client.get(asked(stage)).headers["Location"] == stage.own


def test_another_who_is_signed_in_only_reads(client: Client, stage: Stage, sign_in: SignIn) -> None:
    sign_in(Role.VENDOR)
    there = asked(stage)
    sign_in(Role.MUNICIPAL_COORDINATOR)
    assert "Du leser radene med lenken fra e-posten." in client.get(there).text


def test_a_link_that_is_old_revoked_or_made_up_opens_nothing(
    client: Client, stage: Stage, sign_in: SignIn
) -> None:
    sign_in(Role.VENDOR)
    client.logout()
    there = asked(stage)
    link = ReadinessLink.objects.get()
    links.revoke(links=[link], by=Machine("tests"), at=timezone.now())
    for address in (there, "/leverandorstatus/1.abc/", "/leverandorstatus/x/"):
        gone = client.get(address)
        assert gone.status_code == 404
        assert "Lenken virker ikke lenger" in gone.text
        assert "Journalen" not in gone.text


# --- asking ---


@pytest.mark.parametrize("role", list(Role))
def test_who_may_ask(client: Client, stage: Stage, sign_in: SignIn, role: Role) -> None:
    sign_in(Role.VENDOR)
    sign_in(role)
    may = role in {Role.PORTFOLIO_OWNER, Role.PROGRAMME}
    there = f"{stage.address}spor/{stage.vendor.slug}/"
    assert client.get(there).status_code == (200 if may else 403)
    assert client.post(there, {"spor": "1"}).status_code == (302 if may else 403)
    assert Message.objects.filter(kind=links.ASKED).exists() is may


def test_asked_twice_is_refused_and_links_are_taken_back(
    client: Client, stage: Stage, sign_in: SignIn
) -> None:
    sign_in(Role.VENDOR)
    sign_in(Role.PROGRAMME)
    there = f"{stage.address}spor/{stage.vendor.slug}/"
    assert "1 person hos Fjord data får en e-post" in client.get(there).text
    done = client.post(there, {"spor": "1"}, follow=True)
    assert "Spørsmålet er sendt til 1 person." in done.text
    again = client.post(there, {"spor": "1"})
    assert again.status_code == 422
    assert "for mindre enn en uke siden" in again.text

    back = client.post(there, {"trekk": "1"}, follow=True)

    assert "1 lenke er trukket tilbake." in back.text
    assert ReadinessLink.objects.get().revoked_at is not None


def test_a_vendor_without_people_cannot_be_asked(
    client: Client, stage: Stage, sign_in: SignIn
) -> None:
    sign_in(Role.PROGRAMME)
    there = f"{stage.address}spor/{stage.vendor.slug}/"
    assert "har ingen personer i Samløp" in client.get(there).text
    assert client.post(there, {"spor": "1"}).status_code == 422
