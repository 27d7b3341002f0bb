"""Frozen measurements: read by everybody, frozen by a few, remarked to by municipalities."""

import csv
import hashlib
import io
import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from samlop.accounts import services as accounts
from samlop.accounts.rules import Role
from samlop.lib.actors import Machine
from samlop.municipalities.models import Municipality, Population
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import Area, SolutionKind
from samlop.uptake.models import LedgerEntry, LedgerPlace, LedgerRemark, StageDefinition, StageEvent
from samlop.uptake.rules.stages import Source, Stage
from samlop.uptake.services import ledger as services
from samlop.web import clock
from tests import factories as make
from tests.web.solutions.conftest import sign_in

pytestmark = pytest.mark.django_db

LIST = "/utbredelse/vesentlig-andel/"
NEW = f"{LIST}ny/"
REMARKS = "/kommuner/9001/merknader/"
BY = Machine("tests")
LONG_AGO = datetime(2025, 1, 10, tzinfo=UTC)
MAY_FREEZE = {Role.PORTFOLIO_OWNER, Role.COORDINATION_GROUP_MEMBER}
OWN = {Role.MUNICIPAL_COORDINATOR, Role.DECISION_MAKER, Role.PROJECT_LEADER}


@pytest.fixture
def offer() -> Offer:
    made = make.offer(
        solution=make.solution(name="Kjernejournal", slug="kjernejournal"), area=Area.NURSING_HOME
    )
    for stage in (Stage.TECHNICALLY_INTRODUCED, Stage.IN_USE):
        StageDefinition.objects.create(
            solution=made.solution,
            stage=stage.value,
            version=1,
            words=f"Slik er {stage.value}.",
            valid_from=date(2020, 1, 1),
            published_at=LONG_AGO,
        )
    return made


def municipality(number: str, inhabitants: int = 100) -> Municipality:
    made = make.municipality(number=number, name=f"Kommune {number}")
    Population.objects.create(
        municipality=made, counted_on=date(2025, 1, 1), inhabitants=inhabitants
    )
    return made


def said(offer: Offer, place: Municipality, stage: Stage = Stage.IN_USE) -> None:
    StageEvent.objects.create(
        offer=offer,
        municipality=place,
        stage=stage.value,
        happened_on=date(2025, 1, 10),
        source=Source.MUNICIPALITY.value,
        recorded_at=LONG_AGO,
    )


def frozen(offer: Offer, measured_on: date | None = None) -> LedgerEntry:
    return services.freeze(
        offer=offer,
        measured_on=measured_on or clock.today(),
        by=BY,
        on=clock.today(),
        at=timezone.now(),
    )


@pytest.fixture
def entry(offer: Offer) -> LedgerEntry:
    """Made available in two of three, in use in one; 700 of 800 inhabitants."""
    said(offer, municipality("9001", 700))
    said(offer, municipality("9002", 60), Stage.TECHNICALLY_INTRODUCED)
    municipality("9003", 40)
    return frozen(offer)


def words(html: str) -> str:
    plain = re.sub(r"<[^>]+>", " ", html.split("<main", 1)[1])
    return " ".join(plain.replace("\N{NO-BREAK SPACE}", " ").split())


def sign_in_at(client: Client, role: Role, place: Municipality) -> None:
    person = make.person()
    accounts.grant(person=person, role=role, by=BY, on=make.SOME_DAY, municipality=place)
    client.force_login(person)


# --- reading ---


def test_everybody_reads_the_shares_and_that_the_agreement_gives_no_number(
    client: Client, entry: LedgerEntry
) -> None:
    page = words(client.get(LIST).text)
    assert "bruker «vesentlig andel» uten å tallfeste den" in page
    assert "66,6 % 2 av 3 33,3 % 1 av 3" in page

    page = words(client.get(f"{LIST}{entry.pk}/").text)
    assert "bruker «vesentlig andel» uten å tallfeste den" in page
    assert "av alle kommuner 66,6 % 2 av 3 33,3 % 1 av 3" in page
    assert "av alle innbyggere 95,0 % 760 av 800 87,5 % 700 av 800" in page
    assert "Slik er in_use." in page
    assert "9003 Kommune 9003" in page


def test_nothing_says_that_the_share_is_reached(client: Client, offer: Offer) -> None:
    """Not even when everybody uses it."""
    said(offer, municipality("9001"))
    page = words(client.get(f"{LIST}{frozen(offer).pk}/").text)
    assert "100,0 %" in page
    assert re.findall(r"[^.]*nådd[^.]*\.", page) == [
        " Samløp sier derfor aldri at andelen er nådd."
    ]


def test_the_file_is_what_was_frozen_to_the_byte(client: Client, entry: LedgerEntry) -> None:
    answer = client.get(f"{LIST}{entry.pk}/fil/")
    assert hashlib.sha256(answer.content).hexdigest() == entry.sha256
    assert answer.headers["ETag"] == f'"{entry.sha256}"'
    assert "attachment" in answer.headers["Content-Disposition"]
    assert json.loads(answer.content)["solution"]["slug"] == "kjernejournal"
    assert entry.sha256 in client.get(f"{LIST}{entry.pk}/").text


def test_it_is_made_again_and_compared_when_asked_to(
    client: Client, offer: Offer, entry: LedgerEntry
) -> None:
    here = f"{LIST}{entry.pk}/"
    assert "Samme fil" not in client.get(here).text
    services.remark(
        offer=offer,
        municipality=Municipality.objects.get(codes__number="9001"),
        words="Sagt etterpå.",
        by=BY,
        at=timezone.now(),
    )
    assert "Samme fil, samme kontrollsum" in client.get(here, {"kontroll": "ja"}).text
    # Somebody goes around the rules, and writes into the past.
    place = municipality("9004")
    said(offer, place)
    LedgerPlace.objects.create(entry=entry, municipality=place, number="9004")
    page = client.get(here, {"kontroll": "ja"}).text
    assert "Samme fil" not in page
    assert "Filen ble ikke den samme" in page


def test_the_list_and_the_municipalities_are_files_too(client: Client, entry: LedgerEntry) -> None:
    listed = client.get(LIST, {"format": "csv"}).content.decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(listed), delimiter=";"))) == 1 + 6
    assert entry.sha256 in listed
    places = client.get(f"{LIST}{entry.pk}/", {"format": "csv"}).content.decode("utf-8-sig")
    assert "Kommune 9002" in places
    assert client.get(f"{LIST}{entry.pk}/", {"format": "xlsx"}).status_code == 200


def test_the_list_is_filtered_by_solution_and_says_when_it_is_empty(
    client: Client, offer: Offer
) -> None:
    assert "Ingen målinger er fryst" in client.get(LIST).text
    said(offer, municipality("9001"))
    frozen(offer)
    assert f"{LIST}{LedgerEntry.objects.get().pk}/" in client.get(LIST).text
    page = client.get(LIST, {"losning": "annen"}).text
    assert f"{LIST}{LedgerEntry.objects.get().pk}/" not in page
    assert "Ingen målinger er fryst for løsningen" in page
    assert client.get(f"{LIST}0/").status_code == 404


def test_example_data_is_said_to_be_that(
    client: Client, entry: LedgerEntry, settings: Settings
) -> None:
    settings.SAMLOP_EXAMPLE = False
    assert "eksempeldata" not in client.get(f"{LIST}{entry.pk}/").text
    settings.SAMLOP_EXAMPLE = True
    assert "Målingen er av eksempeldata" in client.get(f"{LIST}{entry.pk}/").text
    answer = client.get(f"{LIST}{entry.pk}/fil/")
    assert 'filename="eksempel-maling-kjernejournal' in answer.headers["Content-Disposition"]


def test_the_list_costs_the_same_for_one_and_many(client: Client, offer: Offer) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(LIST)
        return len(found)

    said(offer, municipality("9001"))
    frozen(offer)
    one = queries()
    for ago in range(1, 6):
        frozen(offer, clock.today() - timedelta(days=ago))
    assert queries() == one


def test_a_measurement_costs_the_same_for_few_and_many_municipalities(
    client: Client, offer: Offer
) -> None:
    def queries(entry: LedgerEntry) -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(f"{LIST}{entry.pk}/", {"kontroll": "ja"})
        return len(found)

    said(offer, municipality("9001"))
    few = queries(frozen(offer))
    for index in range(2, 12):
        said(offer, municipality(f"90{index:02}"))
    assert queries(frozen(offer, clock.today() - timedelta(days=1))) == few


# --- freezing ---


@pytest.mark.parametrize("role", Role)
def test_who_may_freeze(role: Role, client: Client, offer: Offer) -> None:
    said(offer, municipality("9001"))
    sign_in(client, role, solution="kjernejournal")
    may = role in MAY_FREEZE
    assert client.get(NEW).status_code == (200 if may else 403)
    answer = client.post(NEW, {"offer": offer.pk, "measured_on": clock.today().isoformat()})
    assert answer.status_code == (302 if may else 403)
    assert LedgerEntry.objects.exists() is may
    assert ("Frys en måling" in client.get(LIST).text) is may


def test_the_figures_are_seen_before_they_are_frozen(client: Client, offer: Offer) -> None:
    said(offer, municipality("9001"))
    municipality("9002")
    sign_in(client, Role.PORTFOLIO_OWNER)
    asked: dict[str, str | int] = {
        "offer": offer.pk,
        "measured_on": clock.today().isoformat(),
    }
    page = words(client.get(NEW, asked).text)
    assert "50,0 % 1 av 2" in page
    assert "Frys målingen" in page
    assert not LedgerEntry.objects.exists()

    answer = client.post(NEW, asked, follow=True)
    assert "Målingen er fryst" in answer.text
    assert "50,0 % 1 av 2" in words(answer.text)
    # A second click does nothing twice.
    again = client.post(NEW, asked)
    assert again.status_code == 422
    assert "allerede fryst" in again.text
    assert LedgerEntry.objects.count() == 1


def test_a_day_to_come_and_a_solution_without_definitions_are_refused(
    client: Client, offer: Offer
) -> None:
    place = municipality("9001")
    said(offer, place)
    undefined = make.offer()
    said(undefined, place)
    sign_in(client, Role.PORTFOLIO_OWNER)
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    early: dict[str, str | int] = {"offer": offer.pk, "measured_on": tomorrow}
    unknown: dict[str, str | int] = {"offer": "x", "measured_on": tomorrow}
    for method in (client.get, client.post):
        assert "Velg i dag eller en tidligere dag." in method(NEW, early).text
        assert "Velg en løsning." in method(NEW, unknown).text
    answer = client.post(NEW, {"offer": undefined.pk, "measured_on": clock.today().isoformat()})
    assert answer.status_code == 422
    assert "Skriv definisjonene først" in answer.text
    assert not LedgerEntry.objects.exists()


def test_a_joint_process_has_no_threshold(client: Client) -> None:
    process = make.offer(solution=make.solution(name="Mal", kind=SolutionKind.JOINT_PROCESS))
    sign_in(client, Role.PORTFOLIO_OWNER)
    assert f'value="{process.pk}"' not in client.get(NEW).text


# --- remarks ---


@pytest.mark.parametrize("role", OWN)
def test_a_municipality_writes_changes_and_withdraws_its_remark(
    role: Role, client: Client, offer: Offer
) -> None:
    place = municipality("9001")
    said(offer, place)
    sign_in_at(client, role, place)
    assert "Dere har ingen merknad." in client.get(REMARKS).text
    here = f"{REMARKS}{offer.pk}/"

    assert client.post(here, {"words": " "}).status_code == 422
    answer = client.post(here, {"words": "Bare i én avdeling."}, follow=True)
    assert "Merknaden er lagret, og vises for alle." in answer.text
    assert "Bare i én avdeling." in client.get(here).text
    assert client.post(here, {"words": "Bare i én avdeling."}).status_code == 422
    client.post(here, {"words": "I to avdelinger."})
    entry = frozen(offer)
    # What was written less than ten minutes ago is not yet in a measurement.
    assert json.loads(entry.content)["municipalities"][0]["remark"] == ""

    assert "I to avdelinger." in Client().get(REMARKS).text
    assert "Målinger som alt er fryst, beholder merknaden." in client.get(f"{here}trekk/").text
    client.post(f"{here}trekk/")
    assert not LedgerRemark.objects.known_at(None).exists()
    assert "Det står ingen merknad der." in client.post(f"{here}trekk/", follow=True).text


def test_a_remark_stands_beside_the_measurement(client: Client, offer: Offer) -> None:
    place = municipality("9001")
    said(offer, place)
    services.remark(
        offer=offer, municipality=place, words="Bare i én avdeling.", by=BY, at=LONG_AGO
    )
    page = words(client.get(f"{LIST}{frozen(offer).pk}/").text)
    assert "Merknader fra kommunene Kommune 9001 Bare i én avdeling." in page


@pytest.mark.parametrize("role", Role)
def test_nobody_else_writes_for_it(role: Role, client: Client, offer: Offer) -> None:
    place = municipality("9001")
    said(offer, place)
    services.remark(offer=offer, municipality=place, words="Vår.", by=BY, at=LONG_AGO)
    sign_in(client, role, solution="kjernejournal")
    here = f"{REMARKS}{offer.pk}/"
    assert client.post(here, {"words": "Deres."}).status_code == 403
    assert client.post(f"{here}trekk/").status_code == 403
    page = client.get(REMARKS).text
    assert "Vår." in page
    assert here not in page


def test_what_a_municipality_may_still_answer_is_not_listed_for_others(
    client: Client, offer: Offer
) -> None:
    said(offer, municipality("9001"))
    page = client.get(REMARKS).text
    assert "Kommunen har ingen merknader" in page
    assert "Kjernejournal" not in words(page)
