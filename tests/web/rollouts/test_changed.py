"""«Endret siden dere ble invitert» on the pages of the municipality, and to nobody else."""

from datetime import UTC, date, datetime
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from samlop.accounts import services as accounts
from samlop.accounts.rules import Role
from samlop.municipalities.models import Municipality
from samlop.rollouts.models import InvitationLink, Rollout
from samlop.rollouts.rules.answers import AnswerState
from samlop.rollouts.services import cohorts
from samlop.rollouts.services import invitation_links as links
from samlop.web import clock
from tests import factories as make
from tests import rollout_making as making
from tests.inviting import a_municipality, invite, ready
from tests.rollout_making import BY, DAY

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 15, 9, tzinfo=UTC)
TOLD = "Pulje 1 starter 4. oktober 2027, ikke 16. august 2027."
HEADING = "Endret siden dere ble invitert 14. mars 2027"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: DAY)
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def place() -> Municipality:
    return a_municipality("Utsira")


def changed(place: Municipality, slug: str) -> Rollout:
    """With a cohort that was moved after the municipality was invited."""
    found = ready(place, slug=slug)
    invite(found, place)
    cohort = found.cohorts.get()
    cohorts.edit_cohort(
        cohort=cohort,
        facts=cohorts.Facts(
            name=cohort.name,
            starts_on=date(2027, 10, 4),
            ends_on=cohort.ends_on,
            minimum=cohort.minimum,
            maximum=cohort.maximum,
            answer_by=cohort.answer_by,
            change_until=cohort.change_until,
        ),
        by=BY,
        on=DAY,
        at=NOW,
    )
    return found


@pytest.fixture
def rollout(place: Municipality) -> Rollout:
    return changed(place, "lopet")


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return unescape(answer.content.decode())


def number(place: Municipality) -> str:
    return place.codes.get().number


def test_the_link_tells_it(client: Client, rollout: Rollout) -> None:
    page = text(client, f"/invitasjon/{links.token(InvitationLink.objects.get())}/")
    assert HEADING in page
    assert TOLD in page


def test_its_own_page_and_the_answer_page_tell_it_also_after_a_yes(
    client: Client, rollout: Rollout, place: Municipality
) -> None:
    person = making.a_decision_maker(place)
    client.force_login(person)
    addresses = (
        f"/kommuner/{number(place)}/",
        f"/innforingslop/lopet/svar/{number(place)}/",
    )
    for address in addresses:
        assert TOLD in text(client, address), address
    cohort = rollout.cohorts.get()
    making.an_answer(rollout=rollout, municipality=place, by=person, wishes=(cohort,), at=NOW)
    for address in addresses:
        assert TOLD in text(client, address), address
    assert "Svaret kan endres til og med" in text(client, addresses[1])
    making.an_answer(AnswerState.NO, rollout=rollout, municipality=place, by=person, at=NOW)
    for address in addresses:
        assert TOLD not in text(client, address), address


def test_others_do_not_read_that_it_was_invited(
    client: Client, rollout: Rollout, place: Municipality
) -> None:
    there = f"/kommuner/{number(place)}/"
    assert TOLD not in text(client, there)
    outsider = make.person()
    accounts.grant(
        person=outsider,
        role=Role.DECISION_MAKER,
        municipality=make.municipality(),
        by=BY,
        on=DAY,
    )
    client.force_login(outsider)
    assert TOLD not in text(client, there)


def test_the_municipalitys_page_asks_as_much_for_five_as_for_two(
    client: Client, place: Municipality
) -> None:
    client.force_login(making.a_decision_maker(place))
    address = f"/kommuner/{number(place)}/"
    counts = []
    for number_of, slugs in ((2, ("a", "b")), (5, ("c", "d", "e"))):
        for slug in slugs:
            changed(place, f"lop-{slug}")
        with CaptureQueriesContext(connection) as counted:
            assert text(client, address).count(TOLD) == number_of
        counts.append(len(counted))
    assert counts[0] == counts[1]
