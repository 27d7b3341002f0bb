"""Surveys among contact persons, and interest in a solution: who fills in, and who reads."""

import itertools
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from samlop.accounts import services as accounts
from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.municipalities.models import Municipality, Region
from samlop.municipalities.rules.kinds import RegionKind
from samlop.portfolio.models import Solution
from samlop.rollouts.models import Interest, Rollout, Survey, SurveyAnswer
from samlop.rollouts.rules.before import Stance
from samlop.rollouts.services import interests, surveys
from samlop.web import clock
from tests import factories as make
from tests.rollout_making import AT, BY, DAY, a_rollout, a_worker

pytestmark = pytest.mark.django_db
# Apart from those that have a number here.
_numbers = itertools.count(8100)

SURVEY = "/innforingslop/lopet/kartlegging/"
Enter = Callable[..., Person]


def another() -> Municipality:
    return make.municipality(number=str(next(_numbers)))


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: DAY)
    monkeypatch.setattr(timezone, "now", lambda: AT + timedelta(hours=1))


@pytest.fixture
def place() -> Municipality:
    return make.municipality(number="9042", name="Nyvik")


@pytest.fixture
def elsewhere() -> Municipality:
    return make.municipality(number="9043", name="Utnes")


@pytest.fixture
def group(place: Municipality) -> Region:
    return make.region(kind=RegionKind.EHEALTH_GROUP, name="Gruppen", members=(place,))


@pytest.fixture
def rollout(place: Municipality, elsewhere: Municipality) -> Rollout:
    return a_rollout(slug="lopet", members=(place, elsewhere))


@pytest.fixture
def enter(client: Client) -> Enter:
    def enter(role: Role, **where: object) -> Person:
        person = make.person()
        accounts.grant(person=person, role=role, by=BY, on=DAY, **where)  # type: ignore[arg-type]
        client.force_login(person)
        return person

    return enter


@pytest.fixture
def asked(rollout: Rollout, group: Region) -> Survey:
    return surveys.ask(
        rollout=rollout,
        question="Hva skal til?",
        answer_by=DAY + timedelta(days=14),
        by=BY,
        on=DAY,
        at=AT,
    )


def row(survey: Survey, place: Municipality) -> SurveyAnswer:
    return SurveyAnswer.objects.get(survey=survey, municipality=place)


def works(client: Client, rollout: Rollout) -> None:
    person = make.person()
    a_worker(rollout, person)
    client.force_login(person)


# --- surveys ---


def test_the_leader_asks_reads_and_closes(client: Client, rollout: Rollout, group: Region) -> None:
    works(client, rollout)
    assert "Ingen har spurt ennå" in client.get(SURVEY).text
    assert "Målgruppen er 2 kommuner" in client.get(f"{SURVEY}spor/").text
    late = client.post(f"{SURVEY}spor/", {"question": "", "answer_by": "2027-01-01"})
    assert late.status_code == 422
    assert "Dagen er passert" in late.text
    sent = {"question": "Hva skal til?", "answer_by": "2027-04-01"}
    assert client.post(f"{SURVEY}spor/", sent).status_code == 302
    html = client.get(SURVEY).text
    assert "Hva skal til?" in html
    assert "Svar innen 1. april 2027" in html
    assert "Nyvik" in html
    assert "Gruppen" in html
    assert "En kartlegging er alt i gang" in client.post(f"{SURVEY}spor/", sent).text
    survey = Survey.objects.get()
    assert "Avslutt kartleggingen" in client.get(f"{SURVEY}{survey.pk}/avslutt/").text
    assert Survey.objects.get(pk=survey.pk).closed_at is None
    assert client.post(f"{SURVEY}{survey.pk}/avslutt/").status_code == 302
    assert "Avsluttet" in client.get(SURVEY).text
    again = client.post(f"{SURVEY}{survey.pk}/avslutt/", follow=True)
    assert "Kartleggingen er avsluttet, så svarene kan ikke endres" in again.text


def test_the_contact_person_fills_in_her_rows_and_no_others(
    client: Client,
    asked: Survey,
    place: Municipality,
    elsewhere: Municipality,
    group: Region,
    enter: Enter,
) -> None:
    enter(Role.CONTACT_PERSON, region=group)
    own, other = row(asked, place), row(asked, elsewhere)
    html = client.get(SURVEY).text
    assert f'name="trolig-{own.pk}"' in html
    assert f'name="trolig-{other.pk}"' not in html
    sent = {
        f"hinder-{own.pk}": "vendor",
        f"trolig-{own.pk}": "maybe",
        f"hvem-{own.pk}": "helseleder",
        f"merknad-{own.pk}": "Venter på versjon 7",
        f"trolig-{other.pk}": "no",
        f"merknad-{other.pk}": "Ikke min",
    }
    assert client.post(SURVEY, sent).status_code == 302
    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.obstacle, own.likely, own.ask_whom) == ("vendor", "maybe", "helseleder")
    assert own.answered_as == "Kontaktperson e-helse"
    assert (other.likely, other.remark) == ("", "")
    assert "1 av 1 besvart" in client.get(SURVEY).text


def test_it_is_saved_as_she_types_and_a_code_that_is_none_is_left(
    client: Client, asked: Survey, place: Municipality, group: Region, enter: Enter
) -> None:
    enter(Role.CONTACT_PERSON, region=group)
    own = row(asked, place)
    headers = {"HX-Request": "true"}
    saved = client.post(SURVEY, {f"trolig-{own.pk}": "yes"}, headers=headers).text
    assert "Lagret kl." in saved
    assert "1 av 1 besvart" in saved
    assert "<html" not in saved
    client.post(SURVEY, {f"trolig-{own.pk}": "kanskje"}, headers=headers)
    own.refresh_from_db()
    assert own.likely == "yes"
    surveys.close(survey=asked, by=BY, at=AT + timedelta(hours=1))
    refused = client.post(SURVEY, {f"trolig-{own.pk}": "no"}, headers=headers).text
    assert "Kartleggingen er avsluttet" in refused
    plain = client.post(SURVEY, {f"trolig-{own.pk}": "no"})
    assert plain.status_code == 422


def test_the_municipality_reads_what_is_written_of_it_alone(
    client: Client,
    asked: Survey,
    place: Municipality,
    elsewhere: Municipality,
    enter: Enter,
) -> None:
    SurveyAnswer.objects.filter(municipality=place).update(remark="Om Nyvik")
    SurveyAnswer.objects.filter(municipality=elsewhere).update(remark="Om Utnes")
    enter(Role.MUNICIPAL_COORDINATOR, municipality=place)
    html = client.get(SURVEY).text
    assert "Om Nyvik" in html
    assert "Om Utnes" not in html
    assert client.post(SURVEY, {}).status_code == 403
    file = client.get(f"{SURVEY}?format=csv").content.decode("utf-8-sig")
    assert "Om Nyvik" in file
    assert "Om Utnes" not in file


def test_the_leader_chooses_among_the_rows_and_has_them_as_a_file(
    client: Client, rollout: Rollout, asked: Survey, place: Municipality
) -> None:
    SurveyAnswer.objects.filter(municipality=place).update(
        remark="Om Nyvik", likely="no", answered_at=AT, answered_as="Kontaktperson e-helse"
    )
    works(client, rollout)
    for query, shown, hidden in (
        ("?trolig=no", "Nyvik", "Utnes"),
        ("?trolig=ingen", "Utnes", "Nyvik"),
    ):
        assert shown in client.get(SURVEY + query).text
        assert f">{hidden}</a>" not in client.get(SURVEY + query).text
        file = client.get(f"{SURVEY}{query}&format=csv").content.decode("utf-8-sig")
        assert shown in file
        assert hidden not in file
    assert client.get(f"{SURVEY}?format=xlsx").status_code == 200


@pytest.mark.parametrize(
    ("role", "reads"),
    [
        (Role.COORDINATION_GROUP_MEMBER, True),
        (Role.PORTFOLIO_OWNER, False),
        (Role.ANALYST, False),
        (Role.ADMINISTRATOR, False),
    ],
)
def test_who_else_reads_it(
    client: Client, asked: Survey, place: Municipality, enter: Enter, role: Role, reads: bool
) -> None:
    SurveyAnswer.objects.filter(municipality=place).update(remark="Om Nyvik", likely="no")
    enter(role)
    html = client.get(SURVEY).text
    assert ("Om Nyvik" in html) is reads
    # One that is believed not to join would be told by the sum.
    assert ("Trolig med?" in html) is reads
    assert client.post(f"{SURVEY}{asked.pk}/avslutt/").status_code == 403


@pytest.mark.parametrize(
    ("believed", "own", "told"),
    [
        (["yes"] * 5 + ["no"] * 5, 0, True),
        (["yes"] * 5 + ["no"] * 4, 0, False),
        # All of them: each would be told by name.
        (["yes"] * 9, 0, False),
        (["yes"] * 9 + [""], 0, True),
        # Of eight she knows four herself, so that four are left.
        (["yes"] * 6 + ["no"] * 6, 3, True),
        (["yes"] * 6 + ["no"] * 6, 4, False),
    ],
)
def test_what_is_believed_of_others_never_comes_out_of_a_sum(
    client: Client,
    asked: Survey,
    enter: Enter,
    believed: list[str],
    own: int,
    told: bool,
) -> None:
    places = [another() for _ in believed]
    SurveyAnswer.objects.bulk_create(
        SurveyAnswer(survey=asked, municipality=one, likely=likely)
        for one, likely in zip(places, believed, strict=True)
    )
    SurveyAnswer.objects.filter(survey=asked, likely="").exclude(municipality__in=places).update(
        likely=believed[0]
    )
    if own:
        members = tuple(places[:own])
        region = make.region(kind=RegionKind.EHEALTH_GROUP, members=members)
        enter(Role.CONTACT_PERSON, region=region)
    else:
        enter(Role.ANALYST)

    assert ('id="trolig-overskrift"' in client.get(SURVEY).text) is told


def test_a_visitor_is_led_to_log_in(client: Client, asked: Survey) -> None:
    assert client.get(SURVEY).status_code == 302


def test_more_rows_cost_no_more_queries(
    client: Client, rollout: Rollout, asked: Survey, group: Region, enter: Enter
) -> None:
    enter(Role.CONTACT_PERSON, region=group)

    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(SURVEY).status_code == 200
        return len(found)

    count()
    few = count()
    for _ in range(4):
        one = another()
        make.membership(region=group, of=one)
        SurveyAnswer.objects.create(survey=asked, municipality=one)
    assert count() == few


# --- interest ---


@pytest.fixture
def solution() -> Solution:
    return make.solution(name="Kjernejournal", slug="kjernejournal")


PLACE = "/kommuner/9042/interesse/"
ONE = f"{PLACE}kjernejournal/"
OF_SOLUTION = "/losninger/kjernejournal/interesse/"


def test_a_municipality_says_it_uninvited_and_takes_it_back(
    client: Client, solution: Solution, place: Municipality, enter: Enter
) -> None:
    enter(Role.MUNICIPAL_COORDINATOR, municipality=place)
    assert ONE in client.get(OF_SOLUTION).text
    assert ONE in client.get(PLACE).text
    assert client.post(ONE, {"stance": "interested"}).status_code == 302
    assert "Vi er interessert" in client.get(PLACE).text
    refused = client.post(ONE, {"stance": "fits_badly"})
    assert refused.status_code == 422
    assert "Velg en grunn, eller skriv" in refused.text
    sent = {"stance": "fits_badly", "reason": "vendor_not_ready", "text": "Bytter system."}
    assert client.post(ONE, sent).status_code == 302
    assert "Leverandøren er ikke klar – Bytter system." in client.get(PLACE).text
    assert client.get(f"{ONE}trekk/").status_code == 200
    assert client.post(f"{ONE}trekk/").status_code == 302
    assert not Interest.objects.filter(withdrawn_at=None).exists()
    assert "ingenting å trekke" in client.post(f"{ONE}trekk/").text


@pytest.mark.parametrize(
    ("role", "reads"),
    [
        (Role.CONTACT_PERSON, True),
        (Role.COORDINATION_GROUP_MEMBER, True),
        (Role.PORTFOLIO_OWNER, False),
        (Role.ADMINISTRATOR, False),
        (None, False),
    ],
)
def test_who_reads_what_a_municipality_said(
    client: Client,
    solution: Solution,
    place: Municipality,
    group: Region,
    enter: Enter,
    role: Role | None,
    reads: bool,
) -> None:
    interests.state(
        solution=solution,
        municipality=place,
        stance=Stance.FITS_BADLY,
        text="Vi har ikke råd.",
        by=BY,
        on=DAY,
        at=AT,
    )
    if role is Role.CONTACT_PERSON:
        enter(role, region=group)
    elif role is not None:
        enter(role)
    assert ("Vi har ikke råd." in client.get(OF_SOLUTION).text) is reads
    assert client.get(PLACE).status_code == (200 if reads else 302 if role is None else 403)
    assert client.post(ONE, {"stance": "interested"}).status_code == (302 if role is None else 403)
    assert Interest.objects.get().withdrawn_at is None


def test_the_public_is_told_of_five_or_more(
    client: Client, solution: Solution, place: Municipality, enter: Enter
) -> None:
    def one_more(of: Municipality) -> None:
        interests.state(
            solution=solution, municipality=of, stance=Stance.INTERESTED, by=BY, on=DAY, at=AT
        )

    one_more(place)
    for _ in range(3):
        one_more(another())
    assert "har meldt interesse" not in client.get(OF_SOLUTION).text
    one_more(another())
    assert "5 kommuner har meldt interesse." in client.get(OF_SOLUTION).text
    # Of the five one is her own: the other four are not told.
    enter(Role.MUNICIPAL_COORDINATOR, municipality=place)
    assert "5 kommuner har meldt interesse." not in client.get(OF_SOLUTION).text


@pytest.mark.parametrize("address", [OF_SOLUTION, PLACE])
def test_more_interest_costs_no_more_queries(
    client: Client,
    solution: Solution,
    place: Municipality,
    group: Region,
    enter: Enter,
    address: str,
) -> None:
    enter(Role.CONTACT_PERSON, region=group)

    def one_more() -> None:
        member = another()
        make.membership(region=group, of=member)
        for of, what in ((member, solution), (place, make.solution())):
            interests.state(
                solution=what,
                municipality=of,
                stance=Stance.INTERESTED,
                by=BY,
                on=DAY,
                at=AT,
            )

    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    one_more()
    count()
    few = count()
    for _ in range(3):
        one_more()
    assert count() == few
