"""Alerts about use: the municipality reads them first, its contact person later, others never."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from samlop.accounts import services as accounts
from samlop.accounts.rules import Role
from samlop.lib.actors import Machine
from samlop.messages.services.kinds import Draft, kind
from samlop.municipalities.models import Municipality, Region
from samlop.municipalities.rules.kinds import RegionKind
from samlop.uptake.models import Indicator, UseAlert
from samlop.uptake.rules.indicators import IndicatorKind, Rhythm
from samlop.uptake.rules.watch import Concern
from samlop.uptake.services import watch_mails
from samlop.web import clock
from tests import factories as make

pytestmark = pytest.mark.django_db

BY = Machine("tests")
OWN = "/kommuner/9042/utbredelse/"
PAGES = (OWN, "/kommuner/9042/", "/regioner/gruppen/", "/losninger/kjernejournal/utbredelse/")
FALLEN = "Bruken har gått ned"


@pytest.fixture
def place() -> Municipality:
    return make.municipality(number="9042", name="Nyvik")


@pytest.fixture
def group(place: Municipality) -> Region:
    return make.region(kind=RegionKind.EHEALTH_GROUP, slug="gruppen", members=(place,))


@pytest.fixture
def indicator() -> Indicator:
    return Indicator.objects.create(
        solution=make.solution(name="Kjernejournal", slug="kjernejournal"),
        slug="oppslag",
        name="Oppslag",
        unit="oppslag",
        kind=IndicatorKind.COUNT.value,
        rhythm=Rhythm.MONTH.value,
    )


def alert(indicator: Indicator, place: Municipality, **more: object) -> UseAlert:
    return UseAlert.objects.create(
        indicator=indicator,
        municipality=place,
        concern=Concern.FALLEN.value,
        raised_on=clock.today() - timedelta(days=20),
        level=5.0,
        against=10.0,
        **more,
    )


def sign_in(client: Client, role: Role, **where: object) -> None:
    person = make.person()
    accounts.grant(person=person, role=role, by=BY, on=clock.today(), **where)  # type: ignore[arg-type]
    client.force_login(person)


@pytest.mark.parametrize("address", PAGES)
def test_the_public_reads_none(
    client: Client, indicator: Indicator, place: Municipality, group: Region, address: str
) -> None:
    alert(indicator, place, region_told_on=clock.today())
    assert "Oppfølging av bruk" not in client.get(address).text


@pytest.mark.parametrize("address", PAGES)
def test_the_municipality_reads_it_at_once(
    client: Client, indicator: Indicator, place: Municipality, group: Region, address: str
) -> None:
    alert(indicator, place)
    sign_in(client, Role.MUNICIPAL_COORDINATOR, municipality=place)
    html = client.get(address).text
    assert FALLEN in html
    assert "Bruken er nå 5,0 oppslag per 1 000 innbyggere." in html


@pytest.mark.parametrize("address", PAGES)
def test_another_municipality_reads_none(
    client: Client, indicator: Indicator, place: Municipality, group: Region, address: str
) -> None:
    alert(indicator, place, region_told_on=clock.today())
    sign_in(client, Role.MUNICIPAL_COORDINATOR, municipality=make.municipality())
    assert FALLEN not in client.get(address).text


@pytest.mark.parametrize("address", PAGES)
def test_the_contact_person_reads_it_when_she_has_been_told(
    client: Client, indicator: Indicator, place: Municipality, group: Region, address: str
) -> None:
    row = alert(indicator, place)
    sign_in(client, Role.CONTACT_PERSON, region=group)
    assert FALLEN not in client.get(address).text
    row.region_told_on = clock.today()
    row.save(update_fields=["region_told_on"])
    assert FALLEN in client.get(address).text


def test_a_lowered_one_is_told_of_for_a_while(
    client: Client, indicator: Indicator, place: Municipality
) -> None:
    sign_in(client, Role.MUNICIPAL_COORDINATOR, municipality=place)
    row = alert(indicator, place, lowered_on=clock.today(), lowered_level=9.0)
    assert "Bruken har tatt seg opp" in client.get(OWN).text
    UseAlert.objects.filter(pk=row.pk).update(lowered_level=None)
    assert "Bruken følges ikke lenger" in client.get(OWN).text
    other = make.municipality(number="9043")
    sign_in(client, Role.MUNICIPAL_COORDINATOR, municipality=other)
    UseAlert.objects.create(
        indicator=indicator,
        municipality=other,
        concern=Concern.FALLEN.value,
        raised_on=date(2025, 1, 1),
        level=5.0,
        against=10.0,
        lowered_on=date(2025, 3, 1),
        lowered_level=9.0,
    )
    assert "Bruken har tatt seg opp" not in client.get("/kommuner/9043/utbredelse/").text


def test_my_page_asks_the_municipality_and_later_the_contact_person(
    client: Client, indicator: Indicator, place: Municipality, group: Region
) -> None:
    row = alert(indicator, place)
    sign_in(client, Role.MUNICIPAL_COORDINATOR, municipality=place)
    html = client.get("/").text
    assert "Se på bruken av Kjernejournal" in html
    assert f'href="{OWN}#bruk"' in html

    sign_in(client, Role.CONTACT_PERSON, region=group)
    assert "trenger hjelp med bruken" not in client.get("/").text
    UseAlert.objects.filter(pk=row.pk).update(region_told_on=clock.today())
    assert "Hør om 1 kommune trenger hjelp med bruken" in client.get("/").text
    UseAlert.objects.filter(pk=row.pk).update(lowered_on=clock.today())
    assert "trenger hjelp med bruken" not in client.get("/").text


@pytest.mark.parametrize("address", [*PAGES, "/"])
def test_more_alerts_cost_no_more_queries(
    client: Client, indicator: Indicator, place: Municipality, group: Region, address: str
) -> None:
    sign_in(client, Role.CONTACT_PERSON, region=group)

    def one_more() -> None:
        member = make.municipality()
        make.membership(region=group, of=member)
        alert(indicator, member, region_told_on=clock.today())

    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    alert(indicator, place, region_told_on=clock.today())
    one_more()
    count()
    few = count()
    for _ in range(3):
        one_more()
    assert count() == few


def test_the_mail_leads_to_where_it_stands(
    client: Client, indicator: Indicator, place: Municipality
) -> None:
    own = make.person()
    accounts.grant(
        person=own,
        role=Role.MUNICIPAL_COORDINATOR,
        municipality=place,
        by=BY,
        on=clock.today(),
    )
    row = alert(indicator, place)
    draft = Draft(recipient=own, context={"alert": row.pk}, home="https://example.org/")
    mail = kind(watch_mails.ALERT).write(draft)
    assert mail is not None
    assert mail.address == f"https://example.org{OWN}#bruk"
    client.force_login(own)
    assert 'id="bruk"' in client.get(OWN).text
