"""A rollout from the first plan to the end, by its services: what is told, frozen and refused."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.management import call_command

from samlop.audit.models import Event
from samlop.governance import services as governance
from samlop.governance.models import Case
from samlop.governance.rules import DecisionKind
from samlop.lib.quarters import Quarter
from samlop.municipalities.models import Municipality
from samlop.municipalities.rules.kinds import RegionKind
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.assessments import Verdict
from samlop.portfolio.rules.gates import GateOutcome
from samlop.portfolio.rules.solutions import Area, SolutionKind
from samlop.rollouts.models import (
    Basis,
    Cohort,
    ContributingActor,
    Place,
    Rollout,
    TargetMember,
    Worker,
)
from samlop.rollouts.queries import cohorts as cohort_queries
from samlop.rollouts.queries import plans
from samlop.rollouts.queries import rollouts as queries
from samlop.rollouts.rules.cohorts import CohortRefusal, CohortState, StopMeasure, Threshold
from samlop.rollouts.rules.rollouts import (
    ActorKind,
    CollisionKind,
    RolloutKind,
    RolloutRefusal,
    RolloutState,
    TargetGroup,
    WorkFunction,
    WorkRefusal,
)
from samlop.rollouts.services import cohorts, sharing, staffing, stop_rule
from samlop.rollouts.services import rollouts as services
from samlop.rollouts.services.plan_refusals import CannotForm, CannotPlan, CannotStaff
from samlop.rollouts.services.rollouts import Anchoring, Facts
from samlop.uptake.rules.stages import Source, Stage
from samlop.uptake.services import stages
from samlop.uptake.services.stages import Said
from tests import factories as make
from tests import portfolio_making as portfolio
from tests import rollout_making as rollouts

pytestmark = pytest.mark.django_db
DAY, AT, BY = rollouts.DAY, rollouts.AT, rollouts.BY


def facts(offer: Offer | None = None, **changes: object) -> Facts:
    offer = offer or make.offer(area=Area.NURSING_HOME)
    plain = Facts(
        name="Kjernejournal høsten",
        offer=offer,
        kind=RolloutKind.NATION,
        target=TargetGroup.NOT_INTRODUCED,
        starts_on=date(2027, 8, 16),
        ends_on=date(2028, 3, 31),
        expected=30,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def a_plan(**changes: object) -> Rollout:
    offer = changes.pop("offer", None)
    assert offer is None or isinstance(offer, Offer)
    return services.create_rollout(
        facts=facts(offer, **changes), leader=make.person(), by=BY, on=DAY, at=AT
    )


def a_cohort(rollout: Rollout, *, name: str = "Pulje 1", starts_on: date | None = None) -> Cohort:
    first = starts_on or rollout.starts_on
    return cohorts.create_cohort(
        rollout=rollout,
        facts=cohorts.Facts(
            name=name,
            starts_on=first,
            ends_on=date(first.year + 1, first.month, 1),
            minimum=1,
            maximum=10,
            answer_by=date(2027, 5, 3),
            change_until=date(2027, 6, 1),
        ),
        by=BY,
        at=AT,
    )


def the_group_decides(rollout: Rollout) -> None:
    rollout.refresh_from_db()
    assert rollout.case is not None
    governance.decide(
        case=rollout.case,
        kind=DecisionKind.DECISION,
        text="Gruppen tar planen til orientering.",
        decided_on=DAY,
        by=BY,
        on=DAY,
        at=AT,
    )


def says(
    offer: Offer, municipality: Municipality, stage: Stage, *, since: date, on: date = DAY
) -> None:
    stages.say(
        offer=offer,
        municipality=municipality,
        said=Said(source=Source.PROGRAMME, stage=stage, happened_on=since),
        by=BY,
        on=on,
        at=datetime.combine(on, time(12), tzinfo=UTC),
    )


# --- what it is ---


def test_a_plan_has_an_address_a_leader_and_the_quarter_of_its_start() -> None:
    one, two = a_plan(), a_plan()

    assert [one.slug, two.slug] == ["kjernejournal-hosten", "kjernejournal-hosten-2"]
    assert Quarter.of(one.quarter) == Quarter(2027, 3)
    assert one.state == RolloutState.PLANNING.value
    assert Worker.objects.get(rollout=one).function == WorkFunction.LEADER.value


def test_a_word_that_is_a_page_is_no_address() -> None:
    assert a_plan(name="Plan").slug == "plan-2"


def test_a_new_plan_like_an_earlier_one_moves_its_days() -> None:
    like = a_plan()
    a_cohort(like)
    rollouts.a_basis(like)
    staffing.add_actor(
        rollout=like,
        facts=staffing.ActorFacts(
            kind=ActorKind.HOSPITAL_TRUST,
            name="Sykehuset",
            must="Sender epikriser",
            ready_by=date(2027, 8, 1),
        ),
        by=BY,
        at=AT,
    )
    stop_rule.fix_thresholds(
        rollout=like,
        thresholds=[Threshold(measure=StopMeasure.CRITICAL_FAULTS, limit=0)],
        by=BY,
        on=DAY,
        at=AT,
    )

    made = services.create_rollout(
        facts=facts(like.offer, name="Våren", starts_on=date(2028, 1, 17)),
        like=like,
        by=BY,
        on=DAY,
        at=AT,
    )

    moved = date(2028, 1, 17) - like.starts_on
    cohort = Cohort.objects.get(rollout=made)
    assert cohort.starts_on == date(2028, 1, 17)
    assert cohort.answer_by == date(2027, 5, 3) + moved
    assert cohort.state == CohortState.PLANNED.value
    assert ContributingActor.objects.get(rollout=made).ready_by == date(2027, 8, 1) + moved
    assert [one.limit for one in cohort_queries.thresholds_of(made.pk)] == [0]
    assert Basis.objects.get(rollout=made).gains == "Færre telefoner."


def test_two_who_edit_at_once_do_not_undo_each_other() -> None:
    plan = a_plan()
    services.edit_rollout(rollout=plan, version=1, facts=facts(plan.offer, name="Ny"), by=BY, at=AT)
    with pytest.raises(CannotPlan) as refused:
        services.edit_rollout(
            rollout=plan, version=1, facts=facts(plan.offer, name="Nyere"), by=BY, at=AT
        )
    assert refused.value.refusal is RolloutRefusal.CHANGED_MEANWHILE


def test_a_joint_process_is_no_a_b_or_c() -> None:
    process = make.offer(solution=make.solution(kind=SolutionKind.JOINT_PROCESS))
    with pytest.raises(CannotPlan) as refused:
        a_plan(offer=process)
    assert refused.value.refusal is RolloutRefusal.PROCESS_ONLY


# --- telling others ---


def test_a_region_tells_of_its_plan_at_once() -> None:
    region = make.region(kind=RegionKind.EHEALTH_GROUP)
    made = services.intend(
        facts=facts(kind=RolloutKind.REGION, region=region, needs_nhn=True),
        anchoring=Anchoring(where="Helseledernettverket", on=date(2027, 3, 1)),
        leader=make.person(),
        by=BY,
        on=DAY,
        at=AT,
    )
    assert made.announced_at == AT
    assert made.anchored_in == "Helseledernettverket"
    assert queries.visible(to_insiders=False).get() == made
    with pytest.raises(CannotPlan) as refused:
        sharing.share_plan(rollout=made, remark="", by=BY, on=DAY, at=AT)
    assert refused.value.refusal is RolloutRefusal.ANNOUNCED_NOT_SHARED


def test_a_plan_is_shared_with_what_it_collides_with() -> None:
    call_command("load_bodies", verbosity=0)
    municipality = make.municipality()
    other = a_plan(name="Digihelse", needs_nhn=True)
    plan = a_plan(needs_nhn=True)
    a_cohort(plan)

    case = sharing.share_plan(rollout=plan, remark="Passer uke 34?", by=BY, on=DAY, at=AT)

    assert municipality.pk in queries.target_of(plan, DAY)
    assert case.body.slug == "nasjonal-koordineringsgruppe"
    assert "Digihelse: samme kommuner (1 kommune), begge trenger Norsk helsenett" in case.about
    assert "Pulje 1: fra 16. august 2027" in case.about
    assert "Passer uke 34?" in case.about
    plan.refresh_from_db()
    assert plan.case == case
    assert [one.slug for one in plans.awaits_group(DAY)] == [plan.slug]
    the_group_decides(plan)
    assert plans.awaits_group(DAY) == ()
    assert other.slug == "digihelse"


def test_rollouts_of_the_same_solution_are_shown_to_both() -> None:
    offer = make.offer()
    one, two = a_plan(offer=offer), a_plan(offer=offer, starts_on=date(2027, 10, 1))

    for row, other in ((one, two), (two, one)):
        found = plans.collisions_of(row, DAY)
        assert [each.other.slug for each in found] == [other.slug]
        assert CollisionKind.SAME_SOLUTION in found[0].collision.clashes
        assert found[0].collision.quarters[0] == Quarter(2027, 4)


# --- opening ---


def test_everything_that_is_missing_is_said_at_once() -> None:
    plan = services.create_rollout(facts=facts(), by=BY, on=DAY, at=AT)
    with pytest.raises(CannotPlan) as refused:
        services.open_enrolment(rollout=plan, by=BY, on=DAY, at=AT)
    assert set(refused.value.refusals) == {
        RolloutRefusal.NO_LEADER,
        RolloutRefusal.NO_COHORT,
        RolloutRefusal.NOBODY_IN_TARGET,
        RolloutRefusal.BASIS_INCOMPLETE,
        RolloutRefusal.NOT_SHARED,
        RolloutRefusal.GATE_CLOSED,
    }


@pytest.mark.parametrize("outcome", [GateOutcome.PASSED, GateOutcome.EXCEPTION])
def test_opening_freezes_whom_it_is_for(outcome: GateOutcome) -> None:
    portfolio.criteria_one()
    offer = make.offer(area=Area.NURSING_HOME)
    unmet = {"leverandorer": Verdict.NOT_MET} if outcome is GateOutcome.EXCEPTION else None
    portfolio.assessed(offer, but=unmet)
    if outcome is GateOutcome.PASSED:
        portfolio.found_sound(offer)
    portfolio.decided(offer, outcome)
    inside, has_it = make.municipality(), make.municipality()
    says(offer, has_it, Stage.TECHNICALLY_INTRODUCED, since=date(2027, 1, 4))
    plan = a_plan(offer=offer)
    cohort = a_cohort(plan)
    rollouts.a_basis(plan)
    sharing.share_plan(rollout=plan, remark="", by=BY, on=DAY, at=AT)

    opened = services.open_enrolment(rollout=plan, by=BY, on=DAY, at=AT)

    assert opened.state == RolloutState.OPEN.value
    assert list(TargetMember.objects.values_list("municipality", flat=True)) == [inside.pk]
    cohort.refresh_from_db()
    assert cohort.state == CohortState.ENROLLING.value
    make.municipality()
    assert queries.target_of(opened, DAY) == {inside.pk}
    with pytest.raises(CannotPlan) as refused:
        services.edit_rollout(
            rollout=opened,
            version=opened.version,
            facts=facts(offer, target=TargetGroup.EVERYBODY),
            by=BY,
            at=AT,
        )
    assert refused.value.refusal is RolloutRefusal.FROZEN
    assert Event.objects.filter(code="rollouts.rollout.opened").count() == 1


def test_a_joint_process_asks_for_no_gate_and_a_b_is_for_its_region_that_day() -> None:
    inside, outside = make.municipality(), make.municipality()
    region = make.region(kind=RegionKind.EHEALTH_GROUP, members=(inside,))
    process = make.offer(solution=make.solution(kind=SolutionKind.JOINT_PROCESS))
    plan = a_plan(offer=process, kind=RolloutKind.PROCESS, region=region)
    a_cohort(plan)
    rollouts.a_basis(plan, priced=False)

    opened = services.open_enrolment(rollout=plan, by=BY, on=DAY, at=AT)

    assert queries.target_of(opened, DAY) == {inside.pk}
    make.membership(region=region, of=outside)
    assert queries.target_of(opened, DAY) == {inside.pk}


# --- how far it is ---


def test_pausing_and_going_on_keeps_the_answers() -> None:
    rollout = rollouts.a_rollout()
    place = rollouts.a_place(
        cohort=rollouts.a_cohort(rollout=rollout), municipality=make.municipality()
    )
    for to, reason in ((RolloutState.PAUSED, "Leverandøren trenger tid."), (RolloutState.OPEN, "")):
        services.move(rollout=rollout, to=to, reason=reason, by=BY, on=DAY, at=AT)
    rollout.refresh_from_db()
    assert rollout.state_reason == ""
    assert Place.objects.get(pk=place.pk).ended_at is None


def test_a_cancelled_rollout_gives_back_its_places() -> None:
    rollout = rollouts.a_rollout()
    cohort = rollouts.a_cohort(rollout=rollout)
    place = rollouts.a_place(cohort=cohort, municipality=make.municipality())

    services.move(
        rollout=rollout, to=RolloutState.CANCELLED, reason="Ikke nå.", by=BY, on=DAY, at=AT
    )

    place.refresh_from_db()
    cohort.refresh_from_db()
    assert place.ended_at is not None
    assert cohort.state == CohortState.CANCELLED.value
    assert not rollout.waits.filter(ended_at=None).exists()


def test_closing_says_what_was_learnt_or_why_not() -> None:
    rollout = rollouts.a_rollout(state=RolloutState.EVALUATING)
    with pytest.raises(CannotPlan) as refused:
        services.move(rollout=rollout, to=RolloutState.CLOSED, by=BY, on=DAY, at=AT)
    assert refused.value.refusal is RolloutRefusal.NOT_EVALUATED


# --- who works with it ---


def test_a_new_leader_makes_the_old_one_a_member() -> None:
    plan = a_plan()
    old = Worker.objects.get(rollout=plan)
    new = staffing.add_worker_by_email(
        rollout=plan,
        email="ny.leder@example.org",
        name="Ny Leder",
        function=WorkFunction.LEADER,
        by=BY,
        on=DAY,
        at=AT,
    )
    with pytest.raises(CannotStaff) as refused:
        staffing.end_worker(worker=new, by=BY, on=DAY, at=AT)
    assert refused.value.refusal is WorkRefusal.IS_LEADER
    staffing.end_worker(worker=old, by=BY, on=DAY, at=AT)
    assert list(Worker.objects.filter(ended_on=None)) == [new]


# --- cohorts and the stop rule ---


def test_a_cohort_never_has_fewer_places_than_are_taken() -> None:
    cohort = rollouts.a_cohort(maximum=5)
    for _ in range(2):
        rollouts.a_place(cohort=cohort, municipality=make.municipality())
    with pytest.raises(CannotForm) as refused:
        cohorts.edit_cohort(
            cohort=cohort,
            facts=replace(cohorts.facts_of(cohort), maximum=1),
            by=BY,
            on=DAY,
            at=AT,
        )
    assert refused.value.refusal is CohortRefusal.FEWER_THAN_TAKEN


def two_cohorts() -> tuple[Cohort, Cohort]:
    rollout = rollouts.a_rollout(starts_on=date(2027, 4, 5))
    first = rollouts.a_cohort(rollout=rollout, name="Første")
    second = rollouts.a_cohort(rollout=rollout, name="Andre", starts_on=date(2027, 10, 4))
    stop_rule.fix_thresholds(
        rollout=rollout,
        thresholds=[
            Threshold(measure=StopMeasure.SHARE_IN_USE, limit=50, after_days=30),
            Threshold(measure=StopMeasure.CRITICAL_FAULTS, limit=1),
        ],
        by=BY,
        on=DAY,
        at=AT,
    )
    return first, second


LATER = date(2027, 6, 1)


def figure(cohort: Cohort, value: int) -> None:
    stop_rule.record_figure(
        cohort=cohort,
        measure=StopMeasure.CRITICAL_FAULTS,
        value=value,
        figure_on=LATER,
        link="https://example.org/feil",
        by=BY,
        on=LATER,
        at=AT,
    )


def test_the_next_cohort_waits_until_the_first_has_met_the_rule() -> None:
    first, second = two_cohorts()
    using = make.municipality()
    rollouts.a_place(cohort=first, municipality=using)
    assert cohort_queries.cohort_lock(first, DAY) is None
    lock = cohort_queries.cohort_lock(second, LATER)
    assert lock is not None
    assert [(name, one.measure, one.met) for name, one in lock.missing] == [
        ("Første", StopMeasure.SHARE_IN_USE, False),
        ("Første", StopMeasure.CRITICAL_FAULTS, None),
    ]

    figure(first, 1)
    says(first.rollout.offer, using, Stage.IN_USE, since=date(2027, 5, 10), on=LATER)

    assert cohort_queries.cohort_lock(second, LATER) is None
    # Before day 30 nothing is known, whatever was said.
    assert cohort_queries.cohort_lock(second, date(2027, 5, 4)) is not None
    figure(first, 2)
    assert cohort_queries.cohort_lock(second, LATER) is not None


def test_a_cohort_that_is_gone_through_with_still_counts() -> None:
    first, second = two_cohorts()
    using = make.municipality()
    rollouts.a_place(cohort=first, municipality=using)
    says(first.rollout.offer, using, Stage.IN_USE, since=date(2027, 5, 10), on=LATER)
    figure(first, 0)
    cohorts.start_cohort(cohort=first, by=BY, on=first.starts_on, at=AT)
    cohorts.finish_cohort(cohort=first, by=BY, on=LATER, at=AT)

    assert cohort_queries.cohorts_of(first.rollout_id)[0].taken == 1
    assert cohort_queries.cohort_lock(second, LATER) is None


def test_the_rule_stands_once_the_first_cohort_has_begun() -> None:
    first, _ = two_cohorts()
    cohorts.start_cohort(cohort=first, by=BY, on=DAY, at=AT)
    with pytest.raises(CannotForm) as refused:
        stop_rule.fix_thresholds(rollout=first.rollout, thresholds=[], by=BY, on=DAY, at=AT)
    assert refused.value.refusal is CohortRefusal.HAS_STARTED


def test_a_locked_cohort_does_not_start() -> None:
    _, second = two_cohorts()
    with pytest.raises(CannotForm) as refused:
        cohorts.start_cohort(cohort=second, by=BY, on=DAY, at=AT)
    assert refused.value.refusal is CohortRefusal.LOCKED


def test_only_a_decision_of_the_coordination_group_overrides() -> None:
    call_command("load_bodies", verbosity=0)
    _, second = two_cohorts()
    rollout = second.rollout
    plan = sharing.share_plan(rollout=rollout, remark="", by=BY, on=DAY, at=AT)
    case = governance.open_case(
        body=plan.body, title="Andre pulje", about="Kan den inviteres?", by=BY, on=DAY
    )

    def override(cited: Case = case, cohort: Cohort = second) -> None:
        stop_rule.override(cohort=cohort, case=cited, reason="Haster.", by=BY, on=LATER, at=AT)

    the_group_decides(rollout)
    # It is not decided; and what was said of the plan says nothing of the rule.
    for cited in (case, plan):
        with pytest.raises(CannotForm) as refused:
            override(cited)
        assert refused.value.refusal is CohortRefusal.NOT_DECIDED
    governance.decide(
        case=case, kind=DecisionKind.DECISION, text="Ja.", decided_on=DAY, by=BY, on=DAY, at=AT
    )
    override()

    rule = cohort_queries.stop_rule(rollout.pk, LATER)[1]
    assert rule.lock is None
    assert rule.override is not None
    assert rule.override.reason == "Haster."
    assert not all(one.met for one in rule.before)
    with pytest.raises(CannotForm) as refused:
        override()
    assert refused.value.refusal is CohortRefusal.ALREADY_OVERRIDDEN
    third = rollouts.a_cohort(rollout=rollout, starts_on=date(2028, 1, 10))
    with pytest.raises(CannotForm) as refused:
        override(cohort=third)
    assert refused.value.refusal is CohortRefusal.NOT_DECIDED


def test_nobody_steps_past_a_cohort_that_is_under_way() -> None:
    first, second = two_cohorts()
    facts = cohorts.facts_of(second)
    cohorts.start_cohort(cohort=first, by=BY, on=first.starts_on, at=AT)

    def change(cohort: Cohort, **changed: object) -> None:
        wanted = replace(cohorts.facts_of(cohort), **changed)  # type: ignore[arg-type]
        cohorts.edit_cohort(cohort=cohort, facts=wanted, by=BY, on=DAY, at=AT)

    at_once = {
        "starts_on": first.starts_on,
        "answer_by": first.answer_by,
        "change_until": first.change_until,
    }
    for step in (
        lambda: change(second, **at_once),
        lambda: cohorts.create_cohort(
            rollout=first.rollout,
            facts=replace(facts, name="Tredje", **at_once),  # type: ignore[arg-type]
            by=BY,
            at=AT,
        ),
    ):
        with pytest.raises(CannotForm) as refused:
            step()
        assert refused.value.refusal is CohortRefusal.BEFORE_ONE_BEGUN
    with pytest.raises(CannotForm) as refused:
        change(first, starts_on=first.starts_on + timedelta(days=1))
    assert refused.value.refusal is CohortRefusal.START_STANDS
    change(first, maximum=first.maximum + 1)
    change(second, starts_on=second.starts_on + timedelta(days=7))
