"""The A/B/C card on its pages: who may, what is shown, and what a refusal keeps."""

import csv
import io
import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from samlop.accounts.rules import Role
from samlop.lib.actors import Machine
from samlop.portfolio.models import CardAnswer, Offer, TypeChoice
from samlop.portfolio.rules.cards import Choosing, Question, RolloutType, SharedKey
from samlop.portfolio.rules.readiness import Readiness
from samlop.portfolio.rules.solutions import Area, SolutionKind
from samlop.portfolio.services import cards as services
from samlop.portfolio.services.cards import Given
from tests import factories as make
from tests.web.solutions.conftest import sign_in

pytestmark = pytest.mark.django_db

HERE = "/losninger/legemiddellista/innforingstype/"
BY = Machine("tests")
ANSWERERS = {Role.PROGRAMME, Role.PORTFOLIO_OWNER, Role.COORDINATION_GROUP_MEMBER}
CHOOSERS = {Role.PORTFOLIO_OWNER, Role.COORDINATION_GROUP_MEMBER}


@pytest.fixture
def offer() -> Offer:
    solution = make.solution(name="Legemiddellista", slug="legemiddellista")
    return make.offer(solution=solution, area=Area.HOME_CARE)


def answered(offer: Offer, scores: dict[Question, int], *, seen: int = 0) -> None:
    services.answer(
        offer=offer,
        answers={q: Given(score=s, argument=f"Derfor {s}") for q, s in scores.items()},
        seen=dict.fromkeys(scores, seen),
        by=BY,
        on=date(2026, 3, 1),
        at=timezone.now(),
    )


def chosen(offer: Offer, type_: RolloutType = RolloutType.REGIONAL, *, seen: int = 0) -> None:
    partly = type_ is RolloutType.PARTLY
    services.choose(
        offer=offer,
        wish=Choosing(
            type=type_,
            reason="Slik vil vi ha det",
            chosen_on=date(2026, 3, 1),
            key=SharedKey.RECORD_SYSTEM if partly else None,
            move_at=80 if partly else None,
        ),
        seen=seen,
        by=BY,
        on=date(2026, 3, 1),
        at=timezone.now(),
    )


FIVE = dict(zip(Question, (3, 4, 2, 3, 5), strict=True))


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.split("<main", 1)[1]).split())


def answers_of(scores: dict[Question, int], *, seen: int = 0) -> dict[str, str]:
    data = {}
    for question in Question:
        data[f"sett-{question}"] = str(seen)
        if question in scores:
            data[f"svar-{question}"] = str(scores[question])
            data[f"hvorfor-{question}"] = f"Derfor {scores[question]}"
    return data


CHOICE = {"type": "b", "reason": "Regionene er klare", "chosen_on": "2026-03-01", "seen": "0"}


@pytest.mark.parametrize("role", Role)
def test_who_may_answer_and_choose(role: Role, client: Client, offer: Offer) -> None:
    sign_in(client, role)
    answer = client.post(f"{HERE}svar/", answers_of(FIVE))
    choose = client.post(f"{HERE}valg/", CHOICE)
    page = client.get(HERE).text

    assert answer.status_code == (302 if role in ANSWERERS else 403)
    assert choose.status_code == (302 if role in CHOOSERS else 403)
    assert CardAnswer.objects.exists() is (role in ANSWERERS)
    assert TypeChoice.objects.exists() is (role in CHOOSERS)
    assert ("Svar på spørsmålene" in page) is (role in ANSWERERS)
    assert ("Velg på nytt" in page) is (role in CHOOSERS)


def test_the_programme_of_another_solution_may_not(client: Client, offer: Offer) -> None:
    sign_in(client, Role.PROGRAMME, solution="annen")
    assert client.post(f"{HERE}svar/", answers_of(FIVE)).status_code == 403
    assert not CardAnswer.objects.exists()


def test_visitors_read_the_card_and_are_asked_to_sign_in_to_change_it(
    client: Client, offer: Offer
) -> None:
    answered(offer, FIVE)
    chosen(offer)
    page = words(client.get(HERE).text)
    assert "Felles regionalt innføringsløp" in page
    assert "Slik vil vi ha det" in page
    assert "Delvis nasjonalt innføringsløp" in page
    assert "Svarene peker nå mot en annen type" in page
    assert "Avgjør" in page
    for path in ("svar/", "valg/"):
        assert client.get(f"{HERE}{path}").status_code == 302


def test_an_unanswered_card_says_what_is_missing(client: Client, offer: Offer) -> None:
    answered(offer, {Question.READY: 3})
    page = words(client.get(HERE).text)
    assert "Forslaget kommer når alle fem" in page
    assert "Mangler: behov og gevinster, samtidighet" in page
    assert "har ikke valgt innføringstype ennå" in page


def test_the_card_as_it_was_on_a_day(client: Client, offer: Offer) -> None:
    chosen(offer)
    assert "Slik vil vi ha det" in client.get(HERE).text
    assert "Slik vil vi ha det" not in client.get(f"{HERE}?dato=2026-02-01").text


def test_a_solution_that_is_offered_nowhere_says_so(client: Client) -> None:
    make.solution(name="Legemiddellista", slug="legemiddellista")
    assert "ikke lagt inn i noe tjenesteområde" in client.get(HERE).text
    assert client.get(f"{HERE}star-utenfor/").status_code == 404


def test_each_service_area_has_its_own_card(client: Client, offer: Offer) -> None:
    other = make.offer(solution=offer.solution, area=Area.NURSING_HOME)
    chosen(other)
    assert "Slik vil vi ha det" in client.get(f"{HERE}?omrade=sykehjem").text
    assert "Slik vil vi ha det" not in client.get(f"{HERE}?omrade=hjemmetjeneste").text


def test_an_answer_without_an_argument_keeps_what_was_typed(client: Client, offer: Offer) -> None:
    sign_in(client, Role.PROGRAMME)
    data = answers_of(FIVE) | {"hvorfor-ready": ""}
    response = client.post(f"{HERE}svar/", data)
    assert response.status_code == 422
    assert "Et tall uten begrunnelse lagres ikke" in response.text
    assert "Derfor 5" in response.text
    assert not CardAnswer.objects.exists()


def test_an_argument_without_an_answer_is_asked_about(client: Client, offer: Offer) -> None:
    sign_in(client, Role.PROGRAMME)
    response = client.post(f"{HERE}svar/", {"hvorfor-ready": "Fordi", "sett-ready": "0"})
    assert response.status_code == 422
    assert "Velg et svar fra 1 til 5" in response.text


def test_two_who_answer_different_questions_do_not_stand_in_each_others_way(
    client: Client, offer: Offer
) -> None:
    answered(offer, FIVE)
    sign_in(client, Role.PROGRAMME)
    # The form was opened; then somebody else answers another question.
    typed = answers_of({**FIVE, Question.FITS: 1}, seen=1)
    answered(offer, {Question.READY: 1}, seen=1)

    assert client.post(f"{HERE}svar/", typed).status_code == 302

    newest = {one.question: one.score for one in CardAnswer.objects.newest()}
    assert (newest["ready"], newest["fits"]) == (1, 1)


def test_two_who_answer_the_same_question_are_told_and_may_save_once_more(
    client: Client, offer: Offer
) -> None:
    answered(offer, FIVE)
    sign_in(client, Role.PROGRAMME)
    typed = answers_of({**FIVE, Question.FITS: 1}, seen=1)
    answered(offer, {Question.FITS: 5, Question.READY: 2}, seen=1)

    refused = client.post(f"{HERE}svar/", typed)

    assert refused.status_code == 422
    assert "Noen har endret svaret mens du skrev" in refused.text
    assert "Nå lagret: 5 – Derfor 5" in refused.text
    # What she never touched follows what is stored, and what she wrote stays.
    again = _fields(refused.text)
    assert (again["svar-ready"], again["svar-fits"]) == ("2", "1")
    assert client.post(f"{HERE}svar/", again).status_code == 302
    newest = {one.question: one.score for one in CardAnswer.objects.newest()}
    assert (newest["ready"], newest["fits"]) == (2, 1)


def _fields(html: str) -> dict[str, str]:
    """What a browser would send of the answers form."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name is None or ('type="radio"' in tag and " checked" not in tag):
            continue
        found[name[1]] = value[1] if value else ""
    for name_, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\s*([^<]*)</textarea>', html):
        found[name_] = text.strip()
    return {
        name_: value
        for name_, value in found.items()
        if name_.startswith(("svar-", "hvorfor-", "kilde-", "sett-"))
    }


def test_a_choice_that_somebody_else_made_meanwhile_is_shown(client: Client, offer: Offer) -> None:
    sign_in(client, Role.COORDINATION_GROUP_MEMBER)
    chosen(offer)

    refused = client.post(f"{HERE}valg/", {**CHOICE, "type": "a"})

    assert refused.status_code == 422
    assert "«Slik vil vi ha det»" in refused.text
    assert 'name="seen" value="1"' in refused.text
    assert client.post(f"{HERE}valg/", {**CHOICE, "type": "a", "seen": "1"}).status_code == 302
    assert [one.type for one in TypeChoice.objects.order_by("number")] == ["b", "a"]
    assert "1 tidligere valg" in client.get(HERE).text


def test_c_asks_what_the_municipalities_have_in_common(client: Client, offer: Offer) -> None:
    make.municipality()
    sign_in(client, Role.COORDINATION_GROUP_MEMBER)
    refused = client.post(f"{HERE}valg/", {**CHOICE, "type": "c"})
    assert refused.status_code == 422
    assert "Velg hva kommunene i en pulje skal ha felles" in refused.text
    data = {**CHOICE, "type": "c", "key": "record_system", "move_at": "80"}
    assert client.post(f"{HERE}valg/", data).status_code == 302
    # What is filled in under C is of no account for the others.
    data = {**CHOICE, "seen": "1", "key": "record_system", "move_at": "80"}
    assert client.post(f"{HERE}valg/", data).status_code == 302


def test_the_groups_of_a_cohort_are_listed(client: Client, offer: Offer) -> None:
    world(offer, 4)
    sign_in(client, Role.COORDINATION_GROUP_MEMBER)
    data = {**CHOICE, "type": "c", "key": "record_system", "move_at": "80"}
    client.post(f"{HERE}valg/", data)
    page = words(client.get(HERE).text)
    assert "Kommunene går sammen etter: samme journalsystem" in page
    at = page.index("Ventesystem")
    assert " 2 0 " in page[at : at + 80], page[at : at + 80]

    client.post(f"{HERE}valg/", {**data, "seen": "1", "key": "joint_procurement"})
    assert "vises samlet i stedet" in words(client.get(HERE).text)


def test_a_joint_process_is_not_offered_c(client: Client) -> None:
    process = make.solution(
        name="Legemiddellista", slug="legemiddellista", kind=SolutionKind.JOINT_PROCESS
    )
    make.offer(solution=process, area=Area.HEALTH_AND_CARE)
    sign_in(client, Role.COORDINATION_GROUP_MEMBER)
    page = client.get(f"{HERE}valg/").text
    assert 'value="b"' in page
    assert 'value="c"' not in page
    assert "move_at" not in page


def world(offer: Offer, count: int) -> None:
    """So many municipalities of which every other waits, and one whose system nobody knows."""
    out, waiting = make.product(), make.product(name="Ventesystem")
    for index in range(count):
        make.use(municipality=make.municipality(), product=waiting if index % 2 else out)
    make.municipality(name="Ukjentvik")
    make.use(municipality=make.municipality(), product=make.product(name="Taust system"))
    make.readiness(offer=offer, product=out, state=Readiness.RELEASED)
    make.readiness(
        offer=offer, product=waiting, state=Readiness.IN_TEST, release_on=date(2030, 3, 1)
    )


def test_a_move_from_c_to_a_is_proposed_to_the_group(client: Client, offer: Offer) -> None:
    product = make.product()
    for _ in range(4):
        make.use(municipality=make.municipality(), product=product)
    chosen(offer, RolloutType.PARTLY)
    make.readiness(offer=offer, product=product, state=Readiness.RELEASED, told_on=date(2026, 5, 1))
    sign_in(client, Role.COORDINATION_GROUP_MEMBER)

    assert "Forslag: gå fra C til A" in client.get(HERE).text
    home = client.get("/").text
    assert "Svar på om Legemiddellista skal gå fra C til A" in home
    client.post(f"{HERE}valg/", {**CHOICE, "type": "a", "seen": "1"})
    assert "skal gå fra C til A" not in client.get("/").text


def test_those_left_out_are_listed_filtered_and_downloaded(client: Client, offer: Offer) -> None:
    world(offer, 6)
    page = words(client.get(f"{HERE}star-utenfor/").text)
    assert "5 kommuner står utenfor" in page
    assert "Til test hos leverandøren" in page
    assert "1.3.2030" in page
    assert "Ukjentvik" in page

    unknown = words(client.get(f"{HERE}star-utenfor/?hindring=system_unknown").text)
    assert "1 av 5 kommuner" in unknown
    rows = client.get(f"{HERE}star-utenfor/?hindring=in_test&format=csv").content
    table = list(csv.DictReader(io.StringIO(rows.decode("utf-8-sig")), delimiter=";"))
    assert len(table) == 3
    assert {row["System"] for row in table} == {"Ventesystem"}
    json = client.get(f"{HERE}star-utenfor/?format=json").json()
    assert json["antall"] == 5


def test_htmx_gets_the_rows_alone(client: Client, offer: Offer) -> None:
    world(offer, 2)
    response = client.get(f"{HERE}star-utenfor/", HTTP_HX_REQUEST="true")
    assert "<html" not in response.text
    assert 'id="utenfor"' in response.text


def test_nobody_left_out_is_said(client: Client, offer: Offer) -> None:
    assert "Ingen kommuner står utenfor" in client.get(f"{HERE}star-utenfor/").text


def test_the_pages_cost_the_same_for_few_and_for_many(client: Client, offer: Offer) -> None:
    world(offer, 2)
    answered(offer, FIVE)
    chosen(offer, RolloutType.PARTLY)
    counts = {}
    for address in (HERE, f"{HERE}star-utenfor/"):
        client.get(address)
        with CaptureQueriesContext(connection) as few:
            client.get(address)
        counts[address] = len(few)
    for seen in (1, 2, 3):
        answered(offer, {Question.READY: 1 + seen % 3}, seen=seen)
    for _ in range(10):
        make.use(municipality=make.municipality(), product=make.product())
    for address, count in counts.items():
        with CaptureQueriesContext(connection) as many:
            client.get(address)
        assert len(many) == count, [query["sql"] for query in many]


def test_a_page_of_an_unknown_solution_is_not_found(client: Client) -> None:
    for path in ("", "svar/", "valg/", "star-utenfor/"):
        address = f"/losninger/finnes-ikke/innforingstype/{path}"
        assert client.get(address).status_code in {302, 404}
