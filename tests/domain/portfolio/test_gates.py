"""Decisions on «klar til bruk»: refused with what is in the way, frozen when they are made."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pypdf
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from samlop.accounts import services as accounts
from samlop.accounts.models import Person
from samlop.audit.models import Event
from samlop.files import queries as files
from samlop.governance import services as governance
from samlop.governance.models import Body, Decision
from samlop.governance.rules import BodyKind, DecisionKind, GovernanceRefusal
from samlop.governance.services import CannotGovern
from samlop.lib import pdf
from samlop.lib.errors import Refused
from samlop.portfolio.models import (
    Answer,
    Assessment,
    Condition,
    CriteriaSet,
    Gate,
    GateCase,
    Offer,
    PhaseEvent,
)
from samlop.portfolio.queries import dossiers
from samlop.portfolio.queries import gates as queries
from samlop.portfolio.rules import gates as rules
from samlop.portfolio.rules.assessments import Content, Verdict
from samlop.portfolio.rules.gates import GateOutcome, GateRefusal
from samlop.portfolio.rules.health import Soundness
from samlop.portfolio.rules.solutions import Area, Phase, SolutionKind
from samlop.portfolio.services import assessments, gate_paper, phases
from samlop.portfolio.services import gates as services
from samlop.portfolio.services.gates import CannotDecide, ConditionWish
from tests import factories as make
from tests import portfolio_making as making
from tests.portfolio_making import AT, BY, DAY

pytestmark = pytest.mark.django_db

SOON = date(2027, 6, 1)


@pytest.fixture
def offer() -> Offer:
    making.criteria_one()
    solution = make.solution(name="Pasientens legemiddelliste", slug="pasientens-legemiddelliste")
    made = make.offer(solution=solution, area=Area.HOME_CARE)
    make.phase(offer=made, phase=Phase.UNDER_TRIAL)
    return made


@pytest.fixture
def ready(offer: Offer) -> Offer:
    """All in place: answered, shown, agreed on, and sound."""
    making.assessed(offer)
    making.found_sound(offer)
    return offer


def decide(
    offer: Offer,
    outcome: GateOutcome,
    *,
    reason: str = "Fordi.",
    seen: str | None = None,
    conditions: tuple[ConditionWish, ...] = (),
    by: Any = BY,
) -> Gate:
    case = queries.open_case_of(offer) or making.case(offer)
    return services.decide(
        case=case,
        outcome=outcome,
        reason=reason,
        decided_on=DAY,
        by=by,
        on=DAY,
        at=AT,
        seen=dossiers.dossier_of(offer, on=DAY).fingerprint if seen is None else seen,
        conditions=conditions,
    )


def refused(call: Callable[[], object]) -> CannotDecide:
    with pytest.raises(CannotDecide) as error:
        call()
    assert "%(" not in str(error.value)
    return error.value


def phase_of(offer: Offer, day: date = DAY) -> Phase:
    return Phase(PhaseEvent.objects.filter(offer=offer).current_on(day).get().phase)


# --- the case ---


def test_the_case_goes_to_the_body_that_the_criteria_name(ready: Offer) -> None:
    case = making.case(ready)

    assert (case.body.slug, case.number_words) == ("ks", "1/27")
    assert case.title == "Pasientens legemiddelliste, hjemmetjeneste: klar til bruk?"
    assert queries.open_case_of(ready) == case
    twice = refused(lambda: making.case(ready))
    assert twice.refusal is GateRefusal.CASE_IS_OPEN
    assert "Sak 1/27" in str(twice)


def test_a_case_about_readiness_is_not_decided_like_others(ready: Offer) -> None:
    case = making.case(ready)
    with pytest.raises(CannotGovern) as error:
        governance.decide(
            case=case,
            kind=DecisionKind.DECISION,
            text="Ja",
            decided_on=DAY,
            by=BY,
            on=DAY,
            at=AT,
        )
    assert error.value.refusal is GovernanceRefusal.DECIDED_ELSEWHERE


def test_a_withdrawn_case_leaves_room_for_another(ready: Offer) -> None:
    governance.withdraw_case(case=making.case(ready), reason="For tidlig", by=BY, at=AT)
    assert queries.open_case_of(ready) is None
    assert making.case(ready).number_words == "2/27"


def test_what_a_case_is_refused_for(offer: Offer) -> None:
    process = make.offer(solution=make.solution(kind=SolutionKind.JOINT_PROCESS))
    assert refused(lambda: making.case(process)).refusal is GateRefusal.JOINT_PROCESS
    assert refused(lambda: making.case(offer)).refusal is GateRefusal.NO_ASSESSMENT
    making.assessed(offer)
    Body.objects.filter(slug="ks").update(kind=BodyKind.ADVISORY.value)
    advises = refused(lambda: making.case(offer))
    assert advises.refusal is GateRefusal.BODY_ONLY_ADVISES


# --- refused ---


def test_passing_is_refused_naming_the_musts_and_the_missing_health_assessment(
    offer: Offer,
) -> None:
    making.assessed(offer, but={"leverandorer": Verdict.NOT_MET, "forvaltningsmodell": None})

    error = refused(lambda: decide(offer, GateOutcome.PASSED))

    assert error.refusals == (GateRefusal.MUSTS_UNMET, GateRefusal.HEALTH_MISSING)
    titles = dict(
        Answer.objects.values_list("criterion__code", "criterion__title").order_by("criterion")
    )
    assert f"«{titles['leverandorer']}» (ikke oppfylt)" in str(error)
    assert f"«{titles['forvaltningsmodell']}» (ikke besvart)" in str(error)
    assert "helsefaglige vurderingen er ikke avsluttet" in str(error)
    # The health criterion is judged by its own conclusion, and not named twice.
    assert titles["helsefaglig"] not in str(error)
    assert not Decision.objects.exists()
    assert phase_of(offer) is Phase.UNDER_TRIAL


@pytest.mark.parametrize(
    ("conclusion", "refusal"),
    [
        (Soundness.NOT_SOUND, GateRefusal.HEALTH_NOT_SOUND),
        (Soundness.ON_CONDITIONS, GateRefusal.HEALTH_ON_CONDITIONS),
    ],
)
def test_passing_is_refused_when_it_is_not_sound(
    offer: Offer, conclusion: Soundness, refusal: GateRefusal
) -> None:
    making.assessed(offer)
    making.found_sound(offer, conclusion)
    assert refused(lambda: decide(offer, GateOutcome.PASSED)).refusals == (refusal,)


def test_a_reason_is_asked_for_whatever_the_outcome(ready: Offer) -> None:
    for outcome in GateOutcome:
        empty = refused(lambda outcome=outcome: decide(ready, outcome, reason=" "))  # type: ignore[misc]
        assert empty.refusal is GateRefusal.NO_REASON


def test_an_answer_that_changes_while_the_decider_reads_stops_the_decision(
    ready: Offer,
) -> None:
    case = making.case(ready)
    seen = dossiers.dossier_of(ready, on=DAY).fingerprint
    answer = Answer.objects.get(criterion__code="gevinster")
    sent = Content(verdict=Verdict.NOT_MET, line="Gevinstene uteble.")
    assessments.save_answer(answer=answer, base=answer.content, sent=sent, by=BY, at=AT)

    error = refused(lambda: decide(ready, GateOutcome.NOT_PASSED, seen=seen))

    assert error.refusal is GateRefusal.CHANGED_MEANWHILE
    assert queries.open_case_of(ready) == case


def test_a_case_at_another_body_than_the_criteria_name_is_refused(ready: Offer) -> None:
    making.case(ready)
    other = governance.create_body(name="Et annet organ", kind=BodyKind.DECIDING, by=BY)
    CriteriaSet.objects.bulk_create(
        [CriteriaSet(number=2, deciding_body=other, standing="proposed", source="x", created_at=AT)]
    )
    Assessment.objects.update(criteria_set=CriteriaSet.objects.get(number=2))
    error = refused(lambda: decide(ready, GateOutcome.NOT_PASSED))
    assert error.refusal is GateRefusal.OTHER_BODY
    assert "Et annet organ" in str(error)


@pytest.mark.parametrize(
    ("text", "due_by", "refusal"),
    [
        ("Rett feilen", None, GateRefusal.CONDITION_WITHOUT_DATE),
        ("", SOON, GateRefusal.CONDITION_WITHOUT_DATE),
        ("Rett feilen", date(2027, 3, 13), GateRefusal.CONDITION_IN_THE_PAST),
    ],
)
def test_a_condition_is_whole(
    ready: Offer, text: str, due_by: date | None, refusal: GateRefusal
) -> None:
    wish = ConditionWish(text, due_by)
    error = refused(lambda: decide(ready, GateOutcome.ON_CONDITIONS, conditions=(wish,)))
    assert error.refusal is refusal


# --- decided ---


def test_a_yes_makes_the_offer_ready_in_the_same_breath(ready: Offer) -> None:
    gate = decide(ready, GateOutcome.PASSED)

    assert phase_of(ready) is Phase.READY_FOR_USE
    event = PhaseEvent.objects.get(offer=ready, phase=Phase.READY_FOR_USE.value)
    assert (event.happened_on, event.reason) == (DAY, "Besluttet i sak 1/27 hos KS")
    assert gate.decision.text == "Pasientens legemiddelliste, hjemmetjeneste: Klar til bruk."
    state = queries.gate_of(ready, DAY)
    assert state is not None
    assert (state.outcome, state.opens, state.case_number) == (GateOutcome.PASSED, True, "1/27")
    assert queries.gate_of(ready, date(2027, 3, 13)) is None
    assert queries.open_case_of(ready) is None
    assert Event.objects.filter(code="portfolio.gate.decided").count() == 1


def test_what_fails_after_the_decision_takes_it_back(
    ready: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(phases, "record_phase", fails)
    with pytest.raises(RuntimeError):
        decide(ready, GateOutcome.PASSED)
    assert not Decision.objects.exists()
    assert not Gate.objects.exists()


def test_a_yes_on_conditions_follows_them_up(offer: Offer) -> None:
    making.assessed(offer, but={"forvaltningsmodell": Verdict.PARTLY})
    making.found_sound(offer)

    decide(
        offer,
        GateOutcome.ON_CONDITIONS,
        conditions=(ConditionWish("Avtalen er signert", SOON), ConditionWish("", None)),
    )

    assert phase_of(offer) is Phase.READY_FOR_USE
    assert Condition.objects.get().text == "Avtalen er signert"
    on_time, late = queries.gate_of(offer, SOON), queries.gate_of(offer, date(2027, 6, 2))
    assert on_time is not None
    assert late is not None
    assert (on_time.overdue, late.overdue) == (0, 1)


@pytest.mark.parametrize("outcome", [GateOutcome.NOT_PASSED, GateOutcome.EXCEPTION])
def test_a_no_and_an_exception_leave_the_phase(offer: Offer, outcome: GateOutcome) -> None:
    making.assessed(offer, but={"leverandorer": Verdict.NOT_MET})

    gate = decide(offer, outcome, reason="Fem kommuner trenger den før sommeren.")

    assert phase_of(offer) is Phase.UNDER_TRIAL
    assert gate.unmet == [
        Answer.objects.get(criterion__code="leverandorer").criterion.title,
    ]
    state = queries.gate_of(offer, DAY)
    assert state is not None
    assert state.opens is (outcome is GateOutcome.EXCEPTION)
    found = queries.exceptions_of([offer.pk], DAY)
    assert bool(found) is (outcome is GateOutcome.EXCEPTION)
    if found:
        assert found[offer.pk].reason == "Fem kommuner trenger den før sommeren."


def test_an_offer_that_is_further_on_is_not_set_back(ready: Offer) -> None:
    make.phase(offer=ready, phase=Phase.NATIONAL_ROLLOUT, on=date(2027, 1, 1))
    decide(ready, GateOutcome.PASSED)
    assert phase_of(ready) is Phase.NATIONAL_ROLLOUT


def test_a_later_decision_replaces_an_exception(offer: Offer) -> None:
    making.assessed(offer)
    decide(offer, GateOutcome.EXCEPTION)
    making.found_sound(offer)
    decide(offer, GateOutcome.PASSED)

    assert queries.exceptions_of([offer.pk], DAY) == {}
    assert [one.outcome for one in queries.decisions_on([offer.pk], DAY)] == [
        GateOutcome.PASSED,
        GateOutcome.EXCEPTION,
    ]


# --- frozen ---


def test_the_decision_freezes_the_assessment_as_it_was(ready: Offer) -> None:
    gate = decide(ready, GateOutcome.PASSED)
    before = gate.snapshot
    answer = Answer.objects.get(criterion__code="gevinster")
    sent = Content(verdict=Verdict.NOT_MET, line="Gevinstene uteble.")
    assessments.save_answer(answer=answer, base=answer.content, sent=sent, by=BY, at=AT)

    gate.refresh_from_db()

    assert gate.snapshot == before
    frozen = {one["code"]: one for one in gate.snapshot["assessment"]["criteria"]}
    assert frozen["gevinster"]["verdict"] == "met"
    assert frozen["gevinster"]["evidence"][0]["link"] == "https://example.org/rapport"
    assert gate.snapshot["health"]["conclusion"] == "sound"
    assert gate.snapshot_sha256 == dossiers.sha256(gate.snapshot)


def test_the_database_refuses_to_change_or_delete_a_decision(ready: Offer) -> None:
    gate = decide(ready, GateOutcome.PASSED)
    for change in (
        lambda: Gate.objects.filter(pk=gate.pk).update(reason="Nei"),
        lambda: Gate.objects.filter(pk=gate.pk).delete(),
        lambda: GateCase.objects.all().delete(),
        gate.paper.delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    gate.paper.content.data = b"noe annet"
    with pytest.raises(DatabaseError), transaction.atomic():
        gate.paper.content.save()


def test_the_database_holds_the_decisions(ready: Offer) -> None:
    gate = decide(ready, GateOutcome.PASSED)
    other = governance.decide(
        case=governance.open_case(
            body=Body.objects.get(slug="ks"), title="x", about="x", by=BY, on=DAY
        ),
        kind=DecisionKind.DECISION,
        text="x",
        decided_on=DAY,
        by=BY,
        on=DAY,
        at=AT,
    )
    gate.pk, gate.decision, gate.reason = None, other, ""
    with pytest.raises(IntegrityError, match="gate_has_a_reason"), transaction.atomic():
        gate.save(force_insert=True)
    gate.reason, gate.outcome = "x", "noe"
    with pytest.raises(IntegrityError, match="gate_outcome_is_known"), transaction.atomic():
        gate.save(force_insert=True)


def test_the_paper_is_the_same_bytes_when_it_is_made_again(ready: Offer) -> None:
    by = make.person(name="Kari Berg")
    gate = decide(ready, GateOutcome.PASSED, by=by)

    names = {
        one.pk: str(one)
        for one in Person.objects.filter(pk__in=gate_paper.people_in(gate.snapshot))
    }
    again = gate_paper.make(gate.snapshot, names)

    assert again.content == files.content_of(gate.paper)
    assert gate.compiler == again.compiler == pdf.compiler()
    read = pypdf.PdfReader(BytesIO(again.content))
    assert read.metadata is not None
    assert read.metadata.creation_date == gate.decision.recorded_at
    assert read.metadata.title == "Pasientens legemiddelliste: Klar til bruk"


def test_the_paper_keeps_the_names_and_the_snapshot_does_not(ready: Offer) -> None:
    by = make.person(name="Kari Berg")
    gate = decide(ready, GateOutcome.PASSED, by=by)
    content = files.content_of(gate.paper)
    words = " ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)

    assert "Kari Berg" in words
    assert "Fordi." in words
    assert "Kari Berg" not in dossiers.canonical(gate.snapshot)
    accounts.erase(person=by, by=BY, on=DAY, at=datetime(2027, 5, 1, tzinfo=UTC))
    assert files.content_of(gate.paper) == content


@pytest.mark.parametrize("outcome", list(GateOutcome))
def test_every_outcome_has_a_paper(offer: Offer, outcome: GateOutcome) -> None:
    """Each compiles under PDF/UA with what it has: conditions, findings, or nothing at all."""
    whole = outcome in {GateOutcome.PASSED, GateOutcome.ON_CONDITIONS}
    making.assessed(offer, but={} if whole else {"leverandorer": None})
    if whole:
        making.found_sound(
            offer, Soundness.SOUND if outcome is GateOutcome.PASSED else Soundness.ON_CONDITIONS
        )
    gate = decide(offer, outcome)
    read = pypdf.PdfReader(BytesIO(files.content_of(gate.paper)))
    assert len(read.pages) >= 2


def test_the_advice_that_a_case_builds_on_stands_in_the_snapshot(ready: Offer) -> None:
    advice = governance.open_case(
        body=Body.objects.get(slug="fpu-e-helse"), title="Råd", about="Om PLL", by=BY, on=DAY
    )
    governance.decide(
        case=advice,
        kind=DecisionKind.ADVICE,
        text="FPU rår til ja.",
        decided_on=DAY,
        by=BY,
        on=DAY,
        at=AT,
    )
    services.open_case(offer=ready, builds_on=advice, by=BY, on=DAY, at=AT)
    gate = decide(ready, GateOutcome.PASSED)
    assert gate.snapshot["advice"]["text"] == "FPU rår til ja."


# --- two at once ---


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_once_make_one_decision(
    ready: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    making.case(ready)
    seen = dossiers.dossier_of(ready, on=DAY).fingerprint
    barrier = threading.Barrier(2)
    real = rules.in_the_way

    def waiting(*args: Any, **kwargs: Any) -> Any:
        answer = real(*args, **kwargs)
        try:
            barrier.wait(0.5)
        except threading.BrokenBarrierError:
            barrier.reset()
        return answer

    monkeypatch.setattr(rules, "in_the_way", waiting)
    case = queries.open_case_of(ready)
    assert case is not None

    def run(outcome: GateOutcome) -> str | None:
        try:
            services.decide(
                case=case,
                outcome=outcome,
                reason="Fordi.",
                decided_on=DAY,
                by=BY,
                on=DAY,
                at=AT,
                seen=seen,
            )
        except Refused as error:
            return str(error)
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(run, [GateOutcome.PASSED, GateOutcome.NOT_PASSED]))

    assert Gate.objects.count() == Decision.objects.count() == 1
    assert sum(sentence is None for sentence in said) == 1
    assert any("allerede avgjort" in (sentence or "") for sentence in said)


def test_the_decisions_cost_two_queries_however_many(
    ready: Offer, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    decide(ready, GateOutcome.PASSED)
    decide(ready, GateOutcome.NOT_PASSED)
    with django_assert_num_queries(2):
        assert len(queries.decisions_on([ready.pk], DAY)) == 2
