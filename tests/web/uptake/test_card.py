"""«Stemmer dette?»: one card for everything, all or nothing, once, and possible to put right."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from samlop.accounts.rules import Role
from samlop.lib.actors import Machine
from samlop.lib.quarters import Quarter
from samlop.municipalities.models import Municipality, RoomAnswer
from samlop.municipalities.rules.kinds import Room
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import Area, SolutionKind
from samlop.uptake.models import BenefitFigure, HindranceReport, QuarterCard, StageEvent
from samlop.uptake.queries import stages as queries
from samlop.uptake.queries.stages import Standing
from samlop.uptake.rules.benefits import Beneficiary, BenefitKind, Measure
from samlop.uptake.rules.stages import Source, Stage
from samlop.uptake.services import benefits
from samlop.uptake.services.benefits import Written
from tests import factories as make
from tests.web.uptake.conftest import LONG_AGO, TODAY, Say, SignInAs

pytestmark = pytest.mark.django_db

CARD = "/kommuner/9042/stemmer-dette/"
OWN, LOG, VENDOR = Source.MUNICIPALITY, Source.USAGE_LOG, Source.VENDOR


def standing(offer: Offer, place: Municipality, on: date = TODAY) -> Standing:
    return queries.standing([offer.pk], on).get((offer.pk, place.pk), queries.NOTHING)


def answers(offer: Offer, event: StageEvent | None, **more: str) -> dict[str, str]:
    """What the browser sends for one offer; `more` without the offer's number."""
    found = {f"sett-{offer.pk}": str(event.pk if event else 0), "kort": ""}
    found |= {f"{name}-{offer.pk}": value for name, value in more.items()}
    return found


def test_yes_is_the_municipalitys_own_word_from_the_same_day(
    client: Client, place: Municipality, offer: Offer, say: Say, sign_in: SignInAs
) -> None:
    event = say(Stage.IN_USE, LOG)
    sign_in()

    html = client.get(CARD).text
    assert "Tatt i bruk 10. januar 2025 (brukslogg)" in html

    told = client.post(CARD, answers(offer, event, svar="ja"), follow=True).text

    assert "Neste gang: 1. januar 2027." in told
    found = standing(offer, place)
    assert (found.agreed, found.since) == (Stage.IN_USE, LONG_AGO)
    assert found.confirmed_by == {OWN, LOG}
    assert QuarterCard.objects.get().quarter == Quarter.of(TODAY).starts_on


def test_no_asks_for_what_is_right_and_keeps_the_rest_of_the_answers(
    client: Client, place: Municipality, offer: Offer, say: Say, sign_in: SignInAs
) -> None:
    event = say(Stage.TECHNICALLY_INTRODUCED, VENDOR)
    sign_in()

    refused = client.post(
        CARD, answers(offer, event, svar="nei", steg="in_use", bruker="4", enheter="6")
    )
    assert refused.status_code == 422
    assert "Skriv når det skjedde." in refused.text
    assert 'value="4"' in refused.text
    assert not QuarterCard.objects.exists()

    sent = answers(
        offer, event, svar="nei", steg="in_use", dato="2026-10-01", bruker="4", enheter="6"
    )
    assert client.post(CARD, sent).status_code == 302
    found = standing(offer, place)
    assert (found.agreed, found.since) == (Stage.IN_USE, date(2026, 10, 1))
    assert (found.units_in_use, found.units) == (4, 6)


def test_not_further_than_this_needs_no_date_and_shows_that_sources_disagree(
    client: Client, place: Municipality, offer: Offer, say: Say, sign_in: SignInAs
) -> None:
    event = say(Stage.ACTIVE_USE, LOG)
    sign_in()

    sent = answers(offer, event, svar="nei", steg="technically_introduced")
    assert client.post(CARD, sent).status_code == 302

    found = standing(offer, place)
    assert (found.agreed, found.disagrees) == (Stage.TECHNICALLY_INTRODUCED, True)
    assert "Brukslogg: i aktiv bruk" in client.get(f"{CARD}?pa-nytt=1").text


def test_an_unanswered_line_is_asked_for_and_one_button_says_yes_to_the_rest(
    client: Client, place: Municipality, offer: Offer, say: Say, sign_in: SignInAs
) -> None:
    other = make.offer(solution=make.solution(name="DigiHelse"), area=Area.HOME_CARE)
    first, second = say(Stage.IN_USE, LOG), say(Stage.IN_USE, LOG, of=other)
    sign_in()
    sent = answers(offer, first, svar="ja") | answers(other, second)

    refused = client.post(CARD, sent)
    assert refused.status_code == 422
    assert "Svar ja eller nei." in refused.text
    assert not QuarterCard.objects.exists()

    assert client.post(CARD, sent | {"alt": "1"}).status_code == 302
    assert OWN in standing(offer, place).confirmed_by
    assert OWN in standing(other, place).confirmed_by


def test_a_second_click_does_nothing_twice(
    client: Client, place: Municipality, offer: Offer, say: Say, sign_in: SignInAs
) -> None:
    event = say(Stage.TECHNICALLY_INTRODUCED, VENDOR)
    sign_in()
    sent = answers(
        offer, event, svar="nei", steg="in_use", dato="2026-10-01", bruker="1", enheter="2"
    )

    for _ in range(2):
        assert client.post(CARD, sent).status_code == 302

    assert StageEvent.objects.count() == 2
    assert QuarterCard.objects.count() == 1


def test_what_somebody_said_meanwhile_is_not_answered_unseen(
    client: Client, place: Municipality, offer: Offer, say: Say, sign_in: SignInAs
) -> None:
    event = say(Stage.IN_USE, LOG)
    sign_in()
    say(Stage.ACTIVE_USE, Source.PROGRAMME, happened_on=date(2026, 9, 1), told_on=TODAY)

    refused = client.post(CARD, answers(offer, event, svar="ja", merknad="Vår egen"))

    assert refused.status_code == 422
    assert "Noen har svart for Kjernejournal mens du så på siden." in refused.text
    assert "Vår egen" in refused.text
    assert "I aktiv bruk" in refused.text
    assert OWN not in standing(offer, place).per_source

    newest = StageEvent.objects.latest("pk")
    assert client.post(CARD, answers(offer, newest, svar="ja")).status_code == 302
    assert standing(offer, place).agreed is Stage.ACTIVE_USE


def test_hindrances_are_chips_that_the_public_never_reads(
    client: Client, place: Municipality, offer: Offer, say: Say, sign_in: SignInAs
) -> None:
    event = say(Stage.TECHNICALLY_INTRODUCED, VENDOR)
    sign_in()

    client.post(CARD, answers(offer, event, svar="ja", hinder="economy"))

    assert HindranceReport.objects.get().hindrances == ["economy"]
    here = "/kommuner/9042/utbredelse/"
    assert "Hindrer: Økonomi" in client.get(here).text
    client.logout()
    assert "Økonomi" not in client.get(here).text


def test_a_draft_is_kept_until_it_is_sent(
    client: Client, offer: Offer, say: Say, sign_in: SignInAs
) -> None:
    event = say(Stage.IN_USE, LOG)
    sign_in()
    written = answers(offer, event, svar="nei", steg="active_use", bruker="3", hinder="people")
    written |= {"rom-2027-1": "some", "sett-2027-1": "-"}

    kept = client.post(CARD, written | {"utkast": "1"}, headers={"HX-Request": "true"})
    assert kept.status_code == 204
    assert not QuarterCard.objects.exists()
    html = client.get(CARD).text
    assert "Du har et utkast" in html
    assert 'value="nei" checked' in html
    assert 'value="people" checked' in html
    assert 'value="some" checked' in html
    assert '<option value="active_use" selected>' in html

    client.post(CARD, answers(offer, event, svar="ja"))
    assert "Du har et utkast" not in client.get(CARD).text
    # What was on its way when the card was sent is not a new draft.
    client.post(CARD, written | {"utkast": "1"})
    assert "Du har et utkast" not in client.get(CARD).text


def test_a_draft_does_not_answer_for_what_has_changed_since(
    client: Client, offer: Offer, say: Say, sign_in: SignInAs
) -> None:
    event = say(Stage.IN_USE, LOG)
    sign_in()
    client.post(CARD, answers(offer, event, svar="ja") | {"utkast": "1"})
    say(Stage.ACTIVE_USE, Source.PROGRAMME, told_on=TODAY)

    assert 'value="ja" checked' not in client.get(CARD).text


def test_an_answer_can_be_put_right_and_taken_back(
    client: Client, place: Municipality, offer: Offer, say: Say, sign_in: SignInAs
) -> None:
    event = say(Stage.TECHNICALLY_INTRODUCED, VENDOR)
    sign_in()
    client.post(CARD, answers(offer, event, svar="nei", steg="in_use", dato="2026-10-01"))
    assert "Dere svarte" in client.get(CARD).text

    one = "/kommuner/9042/utbredelse/kjernejournal/sykehjem/"
    newest = StageEvent.objects.latest("pk")
    client.post(one, answers(offer, newest, svar="nei", steg="in_use", dato="2026-09-01"))
    assert standing(offer, place).since == date(2026, 9, 1)
    assert QuarterCard.objects.count() == 1

    own = StageEvent.objects.known_at(None).get(source=OWN.value)
    back = f"/kommuner/9042/utbredelse/{own.pk}/trekk-tilbake/"
    assert client.post(back, {"reason": " "}).status_code == 422
    assert client.post(back, {"reason": "Feil kommune"}).status_code == 302
    assert standing(offer, place).agreed is Stage.TECHNICALLY_INTRODUCED
    assert client.post(back, {"reason": "Feil kommune"}).status_code == 404


def test_only_its_own_word_can_be_taken_back(client: Client, say: Say, sign_in: SignInAs) -> None:
    event = say(Stage.IN_USE, LOG)
    sign_in()
    address = f"/kommuner/9042/utbredelse/{event.pk}/trekk-tilbake/"
    assert client.get(address).status_code == 404


def test_a_solution_nobody_has_spoken_of_is_told_of_by_itself(
    client: Client, place: Municipality, offer: Offer, sign_in: SignInAs
) -> None:
    sign_in()
    one = "/kommuner/9042/utbredelse/kjernejournal/sykehjem/"
    assert one in client.get(CARD).text
    assert "Stemmer dette?<" not in client.get(one).text

    client.post(one, answers(offer, None, steg="in_use", dato="2026-10-01"))

    assert standing(offer, place).agreed is Stage.IN_USE
    assert client.get(one.replace("sykehjem", "tannhelse")).status_code == 404


def test_units_are_both_or_none_and_in_order(
    client: Client, offer: Offer, say: Say, sign_in: SignInAs
) -> None:
    event = say(Stage.IN_USE, LOG)
    sign_in()
    one = client.post(CARD, answers(offer, event, svar="ja", bruker="3"))
    assert "Skriv begge tallene, eller ingen av dem." in one.text
    more = client.post(CARD, answers(offer, event, svar="ja", bruker="3", enheter="2"))
    assert "Det kan ikke være flere enn dere har i alt." in more.text
    assert not QuarterCard.objects.exists()


def test_room_for_new_things_is_on_the_same_card_and_all_or_nothing(
    client: Client, place: Municipality, offer: Offer, say: Say, sign_in: SignInAs
) -> None:
    event = say(Stage.IN_USE, LOG)
    sign_in()
    rooms = {"rom-2027-1": "some", "sett-2027-1": "-", "rom-2027-2": "full", "sett-2027-2": "-"}
    bad = rooms | {"starts": "2027-02-01", "last": "2027-01-01", "reason": "Valg"}

    refused = client.post(CARD, answers(offer, event, svar="ja") | bad)
    assert refused.status_code == 422
    assert not StageEvent.objects.filter(source=OWN.value).exists()
    assert not RoomAnswer.objects.exists()

    assert client.post(CARD, answers(offer, event, svar="ja") | rooms).status_code == 302
    assert [row.room for row in RoomAnswer.objects.order_by("quarter")] == [Room.SOME, Room.FULL]


def test_a_project_leader_answers_without_being_asked_about_room(
    client: Client, offer: Offer, say: Say, sign_in: SignInAs
) -> None:
    event = say(Stage.IN_USE, LOG)
    sign_in(Role.PROJECT_LEADER)
    assert "Har dere rom" not in client.get(CARD).text
    rooms = {"rom-2027-1": "full", "sett-2027-1": "-"}
    assert client.post(CARD, answers(offer, event, svar="ja") | rooms).status_code == 302
    assert QuarterCard.objects.exists()
    assert not RoomAnswer.objects.exists()


def test_the_chosen_benefits_are_measured_in_the_same_go_and_once(
    client: Client, place: Municipality, offer: Offer, say: Say, sign_in: SignInAs
) -> None:
    event = say(Stage.IN_USE, LOG)
    by, at = Machine("tests"), event.recorded_at
    benefit = benefits.write(
        solution=offer.solution,
        written=Written(
            name="Færre telefoner",
            beneficiary=Beneficiary.SERVICE,
            kind=BenefitKind.TIME,
            measure=Measure.HOURS,
        ),
        by=by,
        at=at,
    )
    plan = benefits.choose(municipality=place, benefits=[benefit], by=by, at=at)
    field = f"gevinst-{plan.chosen.get().pk}"
    sign_in()
    assert "Færre telefoner" in client.get(CARD).text

    sent = answers(offer, event, svar="ja") | {field: "1 200,5"}
    for _ in range(2):
        assert client.post(CARD, sent).status_code == 302

    figure = BenefitFigure.objects.get()
    assert (figure.value, figure.day) == (Decimal("1200.5"), TODAY)
    assert "Sist: 1" in client.get(f"{CARD}?pa-nytt=1").text


def test_a_joint_process_has_its_own_steps_and_no_units(
    client: Client, place: Municipality, say: Say, sign_in: SignInAs
) -> None:
    process = make.offer(
        solution=make.solution(slug="modellen", kind=SolutionKind.JOINT_PROCESS),
        area=Area.HEALTH_AND_CARE,
    )
    event = say(Stage.SIGNED_UP, Source.PROGRAMME, of=process)
    sign_in()
    html = client.get(CARD).text
    assert "I gang" in html
    assert "Teknisk innført" not in html
    assert "enheter" not in html

    client.post(CARD, answers(process, event, svar="nei", steg="under_way", dato="2026-10-01"))
    assert standing(process, place).agreed is Stage.UNDER_WAY


def test_others_are_kept_out(client: Client, say: Say, sign_in: SignInAs) -> None:
    say(Stage.IN_USE, LOG)
    assert client.get(CARD).status_code == 302
    sign_in(municipality=make.municipality(number="9043"))
    assert client.get(CARD).status_code == 403
    assert client.post(CARD, {}).status_code == 403


def test_her_own_page_says_what_is_to_be_answered(
    client: Client, place: Municipality, offer: Offer, say: Say, sign_in: SignInAs
) -> None:
    sign_in()
    assert "Stemmer det som står" not in client.get("/").text

    event = say(Stage.IN_USE, LOG, told_on=TODAY - timedelta(days=3))
    html = client.get("/").text
    assert "Stemmer det som står om løsningene deres?" in html
    assert "Svar på det andre har opplyst: Kjernejournal" in html
    assert "/kommuner/9042/utbredelse/kjernejournal/sykehjem/" in html
    # Three weeks from the day it was told, that day not counted.
    assert "Frist 9. desember 2026" in html

    client.post(CARD, answers(offer, event, svar="ja"))
    html = client.get("/").text
    assert "Stemmer det som står" not in html
    assert "Svar på det andre" not in html


def test_more_solutions_cost_no_more_queries(client: Client, say: Say, sign_in: SignInAs) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(CARD).status_code == 200
        return len(found)

    say(Stage.IN_USE, LOG)
    sign_in()
    count()
    one = count()
    for _ in range(4):
        say(Stage.IN_USE, LOG, of=make.offer())
    assert count() == one
