"""A private address for calendars: whoever has it reads the dates, until it is closed."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from samlop.accounts.models import Membership
from samlop.accounts.rules import Role
from samlop.rollouts.models import CalendarAddress
from tests import rollout_making as making
from tests.rollout_making import DAY
from tests.web.municipalities.conftest import SignIn, World

pytestmark = pytest.mark.django_db

CALENDAR = "/kommuner/4219/kalender/"


def address(client: Client) -> str:
    found = re.search(
        r'value="https?://[^/"]+(/kalender/[^"]+\.ics)"', client.get(CALENDAR).content.decode()
    )
    assert found is not None
    return found[1]


def test_the_feed_tells_deadlines_and_starts_without_signing_in(
    client: Client, world: World, sign_in: SignIn
) -> None:
    asked = making.a_rollout(name="Digihelse", members=(world.own,))
    making.invited(asked, world.own)
    cohort = making.a_cohort(rollout=making.a_rollout(name="Kjernejournal"), name="Pulje 1")
    making.a_place(cohort=cohort, municipality=world.own)
    sign_in(Role.DECISION_MAKER)
    client.post(CALENDAR, {"ny": ""})
    there = address(client)

    response = Client().get(there)

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "private" in response.headers["Cache-Control"]
    whole = response.content.decode().replace("\r\n ", "")
    assert "SUMMARY:Svarfrist: Digihelse" in whole
    assert f"DTSTART;VALUE=DATE:{DAY + timedelta(days=60):%Y%m%d}" in whole
    assert "SUMMARY:Oppstart: Kjernejournal\\, Pulje 1" in whole
    assert f"DTSTART;VALUE=DATE:{cohort.starts_on:%Y%m%d}" in whole


def test_a_closed_or_replaced_address_is_gone(
    client: Client, world: World, sign_in: SignIn
) -> None:
    sign_in(Role.DECISION_MAKER)
    client.post(CALENDAR, {"ny": ""})
    first = address(client)
    client.post(CALENDAR, {"ny": ""})
    second = address(client)
    assert first != second
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200

    client.post(CALENDAR, {"tilbakekall": ""})

    assert Client().get(second).status_code == 404
    assert CalendarAddress.objects.filter(revoked_at=None).count() == 0


def test_it_stops_when_the_person_has_left(client: Client, world: World, sign_in: SignIn) -> None:
    person = sign_in(Role.DECISION_MAKER)
    client.post(CALENDAR, {"ny": ""})
    there = address(client)

    Membership.objects.filter(person=person).update(valid_to=date(2027, 3, 14))

    assert Client().get(there).status_code == 404


def test_only_the_signed_address_opens_it(client: Client, world: World, sign_in: SignIn) -> None:
    sign_in(Role.DECISION_MAKER)
    client.post(CALENDAR, {"ny": ""})
    row = CalendarAddress.objects.get()

    for guess in (f"{row.pk}", f"{row.pk}.abc", "x.y", "."):
        assert Client().get(f"/kalender/{guess}.ics").status_code == 404


def test_the_contact_person_has_no_address_there(
    client: Client, world: World, sign_in: SignIn
) -> None:
    sign_in(Role.CONTACT_PERSON)

    assert client.get(CALENDAR).status_code == 403
    assert client.post(CALENDAR, {"ny": ""}).status_code == 403
