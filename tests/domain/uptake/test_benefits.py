"""A solution's benefits, a municipality's plan for them, and the figures of the country."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, transaction
from pytest_django import DjangoAssertNumQueries

from samlop.audit.models import Event
from samlop.lib.actors import Machine
from samlop.municipalities.models import Municipality, Population
from samlop.portfolio.models import Offer, Solution
from samlop.uptake.models import (
    Benefit,
    BenefitFigure,
    BenefitNode,
    BenefitPlan,
    ChosenBenefit,
    StageEvent,
)
from samlop.uptake.queries import benefits as queries
from samlop.uptake.rules import benefits as rules
from samlop.uptake.rules.benefit_map import MapColumn, Node
from samlop.uptake.rules.benefits import (
    BaselineState,
    Beneficiary,
    BenefitKind,
    BenefitRefusal,
    Better,
    Experience,
    Figure,
    FigureKind,
    Measure,
    Withheld,
)
from samlop.uptake.rules.stages import Source, Stage
from samlop.uptake.services import benefits as services
from samlop.uptake.services.benefits import Around, CannotChangeBenefit, Written
from samlop.uptake.texts import benefits as texts
from tests import factories as make
from tests.domain.municipalities.test_races import both, meet

pytestmark = pytest.mark.django_db

BY = Machine("Kommunen")
SPRING, LIVE, AUTUMN, TODAY = (
    date(2026, 3, 1),
    date(2026, 5, 1),
    date(2026, 9, 1),
    date(2026, 11, 22),
)
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


def written(
    name: str = "Spart tid",
    *,
    kind: BenefitKind = BenefitKind.TIME,
    measure: Measure = Measure.HOURS,
    unit: str = "",
    people: bool = False,
    proposed: int | None = None,
    baseline: int | None = None,
) -> Written:
    return Written(
        name=name,
        beneficiary=Beneficiary.SERVICE,
        kind=kind,
        measure=measure,
        better=Better.LESS,
        unit=unit,
        people=people,
        proposed=proposed,
        national_baseline=None if baseline is None else Decimal(baseline),
        national_baseline_on=None if baseline is None else date(2025, 1, 1),
        national_baseline_source="" if baseline is None else "Gevinstanalysen",
    )


HOURS = written()
KRONER = written("Færre reiser", kind=BenefitKind.COST, measure=Measure.KRONER)
WORDS = written("Trygghet", kind=BenefitKind.QUALITY, measure=Measure.DESCRIBED)
PEOPLE = written(
    "Uønskede hendelser",
    kind=BenefitKind.QUALITY,
    measure=Measure.NUMBER,
    unit="pasienter i året",
    people=True,
)


def benefit(solution: Solution, what: Written = HOURS) -> Benefit:
    return services.write(solution=solution, written=what, by=BY, at=AT)


def chosen(place: Municipality, *benefits: Benefit, at: datetime = AT) -> list[ChosenBenefit]:
    services.choose(municipality=place, benefits=benefits, by=BY, at=at)
    return [ChosenBenefit.objects.get(plan__municipality=place, benefit=one) for one in benefits]


def measured(
    row: ChosenBenefit,
    value: int | None = None,
    *,
    day: date = AUTUMN,
    kind: FigureKind = FigureKind.MEASUREMENT,
    margin: int | None = None,
    experience: Experience | None = None,
    at: datetime = AT,
) -> BenefitFigure:
    return services.measure(
        chosen=row,
        kind=kind,
        figure=Figure(
            day=day,
            value=None if value is None else Decimal(value),
            margin=None if margin is None else Decimal(margin),
            experience=experience,
        ),
        on=TODAY,
        by=BY,
        at=at,
    )


def baseline(row: ChosenBenefit, value: int, *, day: date = SPRING) -> BenefitFigure:
    return measured(row, value, day=day, kind=FigureKind.BASELINE)


def in_use(offer: Offer, place: Municipality, *, on: date = LIVE) -> None:
    StageEvent.objects.create(
        municipality=place,
        offer=offer,
        stage=Stage.IN_USE.value,
        happened_on=on,
        source=Source.MUNICIPALITY.value,
        recorded_at=AT,
    )


def refused(call: Callable[[], object]) -> BenefitRefusal:
    with pytest.raises(CannotChangeBenefit) as caught:
        call()
    return caught.value.refusal


# --- the programme ---


def test_a_benefit_is_read_back_in_the_order_it_is_proposed() -> None:
    solution = make.solution()
    second = benefit(solution, written("To", proposed=2))
    first = benefit(solution, written("Én", proposed=1))
    other = benefit(solution, written("Tre"))

    found = queries.analysis(solution)

    assert found.proposed == (first, second)
    assert set(found.benefits) == {first, second, other}
    assert Event.objects.filter(code="uptake.benefit.written").count() == 3


def test_no_more_than_three_are_proposed() -> None:
    solution = make.solution()
    for number in (1, 2, 3):
        benefit(solution, written(f"Nr. {number}", proposed=number))
    for number in (0, 3, 4):
        call = partial(benefit, solution, written("Ny", proposed=number))
        assert refused(call) is BenefitRefusal.TOO_MANY_PROPOSED


def test_whoever_saves_an_older_form_is_told() -> None:
    solution = make.solution()
    row = benefit(solution)
    change = partial(services.write, solution=solution, by=BY, at=AT, benefit=row)
    change(written=written("Spart tid på telefon"), seen=1)
    assert (
        refused(lambda: change(written=written("Annet"), seen=1))
        is BenefitRefusal.CHANGED_MEANWHILE
    )
    assert Benefit.objects.get().name == "Spart tid på telefon"


def test_what_is_chosen_keeps_its_meaning_and_may_change_its_words() -> None:
    solution = make.solution()
    row = benefit(solution)
    chosen(make.municipality(), row)
    change = partial(services.write, solution=solution, by=BY, at=AT, benefit=row, seen=1)
    assert refused(lambda: change(written=KRONER)) is BenefitRefusal.MEASURED_ALREADY
    assert change(written=written("Nye ord", baseline=100)).name == "Nye ord"


def test_a_retired_benefit_is_followed_by_those_who_do_and_chosen_by_no_more() -> None:
    solution = make.solution()
    row = benefit(solution, written(proposed=1))
    here, there = make.municipality(), make.municipality()
    chosen(here, row)
    services.retire(benefit=row, by=BY, at=AT)
    row.refresh_from_db()

    assert refused(lambda: chosen(there, row)) is BenefitRefusal.RETIRED
    plan = queries.plan_of(solution, here.pk, on=TODAY)
    assert plan is not None
    assert [one.benefit for one in plan.followed] == [row]
    assert queries.analysis(solution).benefits == ()


def test_the_map_is_drawn_anew_as_a_whole() -> None:
    solution = make.solution()
    row = benefit(solution)
    need = Around(MapColumn.PRECONDITION, "Opplæring", (row.pk,))
    draw = partial(services.draw, solution=solution, by=BY, at=AT)
    draw(around=[need, Around(MapColumn.GOAL, "Mer tid til pasienten", (row.pk,))])
    draw(around=[need])

    found = queries.analysis(solution)

    node = BenefitNode.objects.get()
    assert found.nodes == (
        Node(f"n{node.pk}", MapColumn.PRECONDITION, "Opplæring"),
        Node(f"b{row.pk}", MapColumn.BENEFIT, "Spart tid"),
    )
    assert found.links == {(f"n{node.pk}", f"b{row.pk}")}


def test_the_map_takes_no_benefit_of_another_solution() -> None:
    foreign = benefit(make.solution())
    draw = partial(services.draw, solution=make.solution(), by=BY, at=AT)
    around = Around(MapColumn.GOAL, "Mål", (foreign.pk,))
    assert refused(lambda: draw(around=[around])) is BenefitRefusal.OTHER_SOLUTION


def test_an_overlap_is_said_once_whichever_is_named_first() -> None:
    solution = make.solution()
    one, other = benefit(solution), benefit(solution, KRONER)
    for first, second in ((other, one), (one, other)):
        services.say_overlap(first=first, second=second, by=BY, at=AT)
    assert queries.overlaps(solution) == {frozenset({one.pk, other.pk})}
    assert Event.objects.filter(code="uptake.benefit.overlap_said").count() == 1
    same = partial(services.say_overlap, first=one, second=one, by=BY, at=AT)
    assert refused(same) is BenefitRefusal.SAME_BENEFIT


# --- the municipality ---


def test_at_most_three_are_followed_and_a_place_that_is_left_is_taken() -> None:
    solution, here = make.solution(), make.municipality()
    rows = [benefit(solution, written(f"Nr. {number}")) for number in range(4)]
    first, *_ = chosen(here, *rows[:3])
    assert refused(lambda: chosen(here, rows[3])) is BenefitRefusal.TOO_MANY
    services.drop(chosen=first, by=BY, at=AT)
    (fourth,) = chosen(here, rows[3])
    assert fourth.place == first.place


def test_the_database_refuses_a_fourth_place() -> None:
    solution = make.solution()
    (row,) = chosen(make.municipality(), benefit(solution))
    with pytest.raises(IntegrityError, match="chosen_benefit_of_three"), transaction.atomic():
        ChosenBenefit.objects.create(
            plan=row.plan, benefit=benefit(solution, KRONER), place=4, chosen_at=AT
        )
    with pytest.raises(IntegrityError, match="chosen_benefit_place_once"), transaction.atomic():
        ChosenBenefit.objects.create(
            plan=row.plan, benefit=benefit(solution, KRONER), place=1, chosen_at=AT
        )


def test_one_taken_up_again_has_its_figures_still() -> None:
    solution, here = make.solution(), make.municipality()
    what = benefit(solution)
    (row,) = chosen(here, what)
    baseline(row, 120)
    services.drop(chosen=row, by=BY, at=AT)
    assert refused(lambda: measured(row, 80)) is BenefitRefusal.NOT_CHOSEN
    chosen(here, what)
    measured(row, 80)
    plan = queries.plan_of(solution, here.pk, on=TODAY)
    assert plan is not None
    assert plan.followed[0].outcome.gain == 40


def test_a_plan_says_gain_target_and_baseline() -> None:
    solution, here = make.solution(), make.municipality()
    offer = make.offer(solution=solution)
    (row,) = chosen(here, benefit(solution))
    in_use(offer, here)
    baseline(row, 120)
    measured(row, 90)
    services.aim(
        chosen=row,
        target=Decimal(100),
        target_on=TODAY,
        owner_role=" Leder for hjemmetjenesten ",
        comment="",
        by=BY,
        at=AT,
    )

    plan = queries.plan_of(solution, here.pk, on=TODAY)

    assert plan is not None
    (found,) = plan.followed
    assert (found.outcome.gain, found.reached) == (Decimal(30), True)
    assert found.outcome.baseline_state is BaselineState.BEFORE
    assert found.owner_role == "Leder for hjemmetjenesten"
    assert plan.totals.hours == 30
    assert queries.plan_of(solution, make.municipality().pk, on=TODAY) is None


def test_a_missing_baseline_locks_nothing_and_is_said() -> None:
    solution, here = make.solution(), make.municipality()
    offer = make.offer(solution=solution)
    (row,) = chosen(here, benefit(solution))
    measured(row, 90)

    def state() -> BaselineState:
        plan = queries.plan_of(solution, here.pk, on=TODAY)
        assert plan is not None
        assert plan.followed[0].outcome.gain is None
        return plan.followed[0].outcome.baseline_state

    assert state() is BaselineState.NOT_YET
    in_use(offer, here)
    assert state() is BaselineState.WITHOUT


def test_the_national_baseline_is_one_tap_and_stays_what_it_was() -> None:
    solution, here = make.solution(), make.municipality()
    what = benefit(solution, written(baseline=100))
    (row,) = chosen(here, what)
    services.take_national_baseline(chosen=row, by=BY, at=AT)
    measured(row, 60)
    services.write(
        solution=solution, written=written(baseline=500), by=BY, at=AT, benefit=what, seen=1
    )
    plan = queries.plan_of(solution, here.pk, on=TODAY)
    assert plan is not None
    assert plan.followed[0].outcome.gain == 40
    assert plan.followed[0].outcome.baseline_state is BaselineState.NATIONAL


def test_there_is_no_national_baseline_to_take() -> None:
    (row,) = chosen(make.municipality(), benefit(make.solution()))
    call = partial(services.take_national_baseline, chosen=row, by=BY, at=AT)
    assert refused(call) is BenefitRefusal.NO_NATIONAL_BASELINE


def test_freed_time_is_money_when_the_municipality_says_so_and_no_longer_when_not() -> None:
    solution, here = make.solution(), make.municipality()
    (row,) = chosen(here, benefit(solution))
    baseline(row, 120)
    measured(row, 80)

    def sums() -> tuple[Decimal | None, Decimal | None]:
        plan = queries.plan_of(solution, here.pk, on=TODAY)
        assert plan is not None
        return plan.totals.hours, plan.totals.kroner

    assert sums() == (Decimal(40), None)
    services.say_money(chosen=row, kroner_per_hour=Decimal(450), by=BY, at=AT)
    assert sums() == (None, Decimal(18_000))
    services.say_money(chosen=row, kroner_per_hour=None, by=BY, at=AT)
    assert sums() == (Decimal(40), None)


def test_what_counts_twice_is_warned_of_and_not_added() -> None:
    solution, here = make.solution(), make.municipality()
    one, other = benefit(solution), benefit(solution, written("Færre møter"))
    services.say_overlap(first=one, second=other, by=BY, at=AT)
    for row in chosen(here, one, other):
        baseline(row, 120)
        measured(row, 80)
    plan = queries.plan_of(solution, here.pk, on=TODAY)
    assert plan is not None
    assert plan.totals.hours is None
    assert [(pair.first, pair.second) for pair in plan.totals.twice] == [(one.pk, other.pk)]


def test_fewer_than_five_people_are_stored_nowhere() -> None:
    (row,) = chosen(make.municipality(), benefit(make.solution(), PEOPLE))
    stored = measured(row, 3, margin=1)
    assert (stored.few, stored.value, stored.margin) == (True, None, None)
    with (
        pytest.raises(IntegrityError, match="benefit_figure_few_tells_nothing"),
        transaction.atomic(),
    ):
        BenefitFigure.objects.create(
            chosen=row,
            kind=FigureKind.MEASUREMENT.value,
            day=AUTUMN,
            value=3,
            few=True,
            recorded_at=AT,
        )


def test_a_figure_is_never_changed_only_withdrawn() -> None:
    solution, here = make.solution(), make.municipality()
    (row,) = chosen(here, benefit(solution))
    baseline(row, 120)
    right, wrong = measured(row, 80), measured(row, 8)
    for change in (
        lambda: BenefitFigure.objects.filter(pk=wrong.pk).update(value=9),
        wrong.delete,
    ):
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            change()

    later = AT + timedelta(hours=1)
    assert (
        refused(lambda: services.withdraw(figure=wrong, reason=" ", by=BY, at=later))
        is BenefitRefusal.NO_REASON
    )
    services.withdraw(figure=wrong, reason="Glemte et siffer", by=BY, at=later)
    assert (
        refused(lambda: services.withdraw(figure=wrong, reason="x", by=BY, at=later))
        is BenefitRefusal.ALREADY_WITHDRAWN
    )

    now = queries.plan_of(solution, here.pk, on=TODAY)
    then = queries.plan_of(solution, here.pk, on=TODAY, known_at=AT)
    assert now is not None
    assert then is not None
    assert now.followed[0].outcome.gain == 120 - (right.value or 0)
    assert then.followed[0].outcome.gain == 112


def test_what_is_recorded_tells_no_figure() -> None:
    solution, here = make.solution(), make.municipality()
    (row,) = chosen(here, benefit(solution))
    measured(row, 91_357)
    event = Event.objects.get(code="uptake.benefit.measured")
    assert event.municipality_id == here.pk
    assert event.details == {"name": solution.name}


def test_sharing_twice_is_nothing_new() -> None:
    solution, here = make.solution(), make.municipality()
    chosen(here, benefit(solution))
    plan = BenefitPlan.objects.get()
    for _ in range(2):
        services.share(plan=plan, shared=True, by=BY, at=AT)
    assert queries.shared_plans(solution) == {here.pk}
    services.share(plan=plan, shared=False, by=BY, at=AT)
    assert queries.shared_plans(solution) == frozenset()
    assert Event.objects.filter(code="uptake.benefit.shared").count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_choose_at_once_never_make_it_four(monkeypatch: pytest.MonkeyPatch) -> None:
    solution, here = make.solution(), make.municipality()
    rows = [benefit(solution, written(f"Nr. {number}")) for number in range(4)]
    chosen(here, *rows[:2])
    meet(monkeypatch, rules, "refusal_to_choose")

    refusals = both(lambda: chosen(here, rows[2]), lambda: chosen(here, rows[3]))

    assert refusals == [str(texts.REFUSALS[BenefitRefusal.TOO_MANY])]
    assert ChosenBenefit.objects.standing().count() == 3


# --- the country ---


def all_measured(solution: Solution, count: int) -> Benefit:
    what, offer = benefit(solution), make.offer(solution=solution)
    for _ in range(count):
        place = make.municipality()
        Population.objects.create(
            municipality=place, counted_on=date(2026, 1, 1), inhabitants=1_000
        )
        in_use(offer, place)
        (row,) = chosen(place, what)
        baseline(row, 120)
        measured(row, 80, margin=5)
    return what


def test_the_country_is_those_who_measured_and_says_what_share_they_are() -> None:
    solution = make.solution()
    what = all_measured(solution, 6)
    Population.objects.create(
        municipality=make.municipality(), counted_on=date(2026, 1, 1), inhabitants=6_000
    )
    found = queries.national(solution, on=TODAY)[what.pk]
    assert (found.measured, found.users, found.total) == (6, 6, Decimal(240))
    assert found.share == Fraction(1, 2)
    assert (found.margin, found.without_margin) == (None, 6)
    before = queries.national(solution, on=SPRING)[what.pk]
    assert (before.measured, before.withheld) == (0, Withheld.NOBODY)


def test_fewer_than_five_are_told_of_as_too_few() -> None:
    solution = make.solution()
    what = all_measured(solution, 4)
    found = queries.national(solution, on=TODAY)[what.pk]
    assert (found.measured, found.withheld, found.total) == (4, Withheld.TOO_FEW, None)


def test_words_are_counted_by_answer() -> None:
    solution = make.solution()
    what = benefit(solution, WORDS)
    for number in range(5):
        (row,) = chosen(make.municipality(), what)
        measured(row, experience=Experience.SAME if number else Experience.BETTER)
    found = queries.national(solution, on=TODAY)[what.pk]
    assert found.experiences == {Experience.BETTER: 1, Experience.SAME: 4}
    assert found.total is None


@pytest.mark.parametrize("count", [1, 7])
def test_the_country_costs_the_same_however_many_measured(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    solution = make.solution()
    all_measured(solution, count)
    with django_assert_num_queries(9):
        queries.national(solution, on=TODAY)
