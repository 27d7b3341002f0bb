"""What a solution gave: baselines, gains, money only when said, and sums that tell their limits."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from samlop.uptake.rules import benefits
from samlop.uptake.rules.benefits import (
    BaselineState,
    Beneficiary,
    BenefitKind,
    BenefitRefusal,
    Better,
    Experience,
    Facts,
    Figure,
    Measure,
    Outcome,
    Overlap,
    Part,
    Said,
    Totals,
    Twice,
    Withheld,
)

D = Decimal
SPRING, LIVE, AUTUMN, TODAY = (
    date(2026, 3, 1),
    date(2026, 5, 1),
    date(2026, 9, 1),
    date(2026, 11, 22),
)
HOURS = Facts(pk=1, kind=BenefitKind.TIME, measure=Measure.HOURS)
KRONER = Facts(pk=2, kind=BenefitKind.COST, measure=Measure.KRONER)
NUMBER = Facts(pk=3, kind=BenefitKind.QUALITY, measure=Measure.NUMBER, better=Better.MORE)
RATE = Facts(pk=4, kind=BenefitKind.QUALITY, measure=Measure.RATE)
WORDS = Facts(pk=5, kind=BenefitKind.QUALITY, measure=Measure.DESCRIBED)
PEOPLE = Facts(pk=6, kind=BenefitKind.QUALITY, measure=Measure.NUMBER, people=True)


def figure(
    value: str | None = None,
    *,
    day: date = AUTUMN,
    margin: str | None = None,
    national: bool = False,
    few: bool = False,
    experience: Experience | None = None,
    words: str = "",
) -> Figure:
    return Figure(
        day=day,
        value=None if value is None else D(value),
        margin=None if margin is None else D(margin),
        national=national,
        few=few,
        experience=experience,
        words=words,
    )


def test_a_benefit_is_somebodys() -> None:
    assert {one.value for one in Beneficiary} == {"user", "next_of_kin", "service", "society"}


@pytest.mark.parametrize(
    ("facts", "name", "unit", "baseline", "source", "refusal"),
    [
        (HOURS, "Spart tid", "", None, "", None),
        (HOURS, "  ", "", None, "", BenefitRefusal.NO_NAME),
        (NUMBER, "Telefoner", "", None, "", BenefitRefusal.NO_UNIT),
        (RATE, "Minutter", "minutter per besøk", None, "", None),
        (HOURS, "Spart tid", "", D(10), "", BenefitRefusal.BASELINE_WITHOUT_SOURCE),
        (HOURS, "Spart tid", "", D(10), "Analysen", None),
        (HOURS, "Spart tid", "", D(-1), "Analysen", BenefitRefusal.BAD_VALUE),
        (WORDS, "Trygghet", "", D(10), "Analysen", BenefitRefusal.DESCRIBED_HAS_NO_BASELINE),
    ],
)
def test_what_a_benefit_must_say(
    facts: Facts,
    name: str,
    unit: str,
    baseline: Decimal | None,
    source: str,
    refusal: BenefitRefusal | None,
) -> None:
    said = benefits.refusal_of_benefit(
        facts, name=name, unit=unit, national_baseline=baseline, baseline_source=source
    )
    assert said is refusal


@pytest.mark.parametrize("kind", BenefitKind)
@pytest.mark.parametrize("measure", Measure)
def test_only_a_cost_is_in_kroner_and_only_quality_is_described(
    kind: BenefitKind, measure: Measure
) -> None:
    facts = Facts(pk=1, kind=kind, measure=measure)
    refused = benefits.refusal_of_benefit(facts, name="x", unit="x") is not None
    assert refused is (measure not in benefits.MEASURES_OF[kind])
    if measure is Measure.KRONER:
        assert refused is (kind is not BenefitKind.COST)
    if measure is Measure.DESCRIBED:
        assert refused is (kind is not BenefitKind.QUALITY)


@pytest.mark.parametrize(
    ("benefit", "chosen", "same", "retired", "refusal"),
    [
        (1, (), True, False, None),
        (3, (1, 2), True, False, None),
        (4, (1, 2, 3), True, False, BenefitRefusal.TOO_MANY),
        (3, (1, 2, 3), True, False, BenefitRefusal.ALREADY_CHOSEN),
        (1, (), True, True, BenefitRefusal.RETIRED),
        (1, (), False, False, BenefitRefusal.OTHER_SOLUTION),
    ],
)
def test_at_most_three_are_followed(
    benefit: int,
    chosen: tuple[int, ...],
    same: bool,
    retired: bool,
    refusal: BenefitRefusal | None,
) -> None:
    said = benefits.refusal_to_choose(benefit, chosen=chosen, same_solution=same, retired=retired)
    assert said is refusal


@pytest.mark.parametrize(
    ("facts", "given", "refusal"),
    [
        (HOURS, figure("0"), None),
        (HOURS, figure("12.5", margin="2"), None),
        (HOURS, figure("12.5", day=TODAY), None),
        (HOURS, figure("12.5", day=date(2026, 11, 23)), BenefitRefusal.DAY_AHEAD),
        (HOURS, figure(), BenefitRefusal.NO_VALUE),
        (HOURS, figure(few=True), BenefitRefusal.NO_VALUE),
        (HOURS, figure("-1"), BenefitRefusal.BAD_VALUE),
        (HOURS, figure("10000000000"), BenefitRefusal.BAD_VALUE),
        (HOURS, figure("1", margin="-1"), BenefitRefusal.BAD_VALUE),
        (PEOPLE, figure("7.5"), BenefitRefusal.WHOLE_PEOPLE),
        (PEOPLE, figure("7"), None),
        (PEOPLE, figure(few=True), None),
        (WORDS, figure(experience=Experience.SAME), None),
        (WORDS, figure(words="Færre uhell"), None),
        (WORDS, figure(words=" "), BenefitRefusal.NO_EXPERIENCE),
        (WORDS, figure("3", experience=Experience.SAME), BenefitRefusal.NOT_COUNTED),
    ],
)
def test_what_a_figure_must_be(facts: Facts, given: Figure, refusal: BenefitRefusal | None) -> None:
    assert benefits.refusal_of_figure(facts, given, on=TODAY) is refusal


@pytest.mark.parametrize(
    ("facts", "value", "few"),
    [
        (PEOPLE, "0", True),
        (PEOPLE, "4", True),
        (PEOPLE, "5", False),
        (NUMBER, "4", False),
        (HOURS, "1", False),
    ],
)
def test_a_count_of_people_below_five_loses_its_number(facts: Facts, value: str, few: bool) -> None:
    stored = benefits.as_stored(facts, figure(value, margin="1", words="Alle fire i Sone 2"))
    assert stored.few is few
    assert (stored.value is None) is few
    assert (stored.margin is None and not stored.words) is few
    assert stored.day == AUTUMN


@pytest.mark.parametrize(
    ("baseline", "live_on", "state"),
    [
        (None, None, BaselineState.NOT_YET),
        (None, date(2026, 12, 1), BaselineState.NOT_YET),
        (None, LIVE, BaselineState.WITHOUT),
        (None, TODAY, BaselineState.WITHOUT),
        (figure("1", day=SPRING), None, BaselineState.BEFORE),
        (figure("1", day=SPRING), LIVE, BaselineState.BEFORE),
        (figure("1", day=LIVE), LIVE, BaselineState.AFTER),
        (figure("1", day=AUTUMN), LIVE, BaselineState.AFTER),
        (figure("1", day=AUTUMN, national=True), LIVE, BaselineState.NATIONAL),
        (figure("1", day=SPRING, national=True), None, BaselineState.NATIONAL),
    ],
)
def test_every_state_of_a_baseline(
    baseline: Figure | None, live_on: date | None, state: BaselineState
) -> None:
    assert benefits.baseline_state(baseline, live_on=live_on, on=TODAY) is state


@pytest.mark.parametrize(
    ("facts", "baseline", "measured", "gain", "margin"),
    [
        # Fewer hours is better, more replies are.
        (HOURS, figure("120", day=SPRING), figure("80"), "40", None),
        (HOURS, figure("80", day=SPRING), figure("120"), "-40", None),
        (NUMBER, figure("10", day=SPRING), figure("25"), "15", None),
        (
            HOURS,
            figure("120", day=SPRING, margin="10"),
            figure("80", margin="5"),
            "40",
            "15",
        ),
        (HOURS, figure("120", day=SPRING, margin="10"), figure("80"), "40", None),
        (HOURS, None, figure("80"), None, None),
        (HOURS, figure("120", day=SPRING), None, None, None),
        # A measurement older than the baseline is not what came of it.
        (HOURS, figure("120", day=AUTUMN), figure("80", day=LIVE), None, None),
        (HOURS, figure("120", day=AUTUMN, national=True), figure("80", day=LIVE), "40", None),
        (PEOPLE, figure("12", day=SPRING), figure(few=True), None, None),
    ],
)
def test_the_gain_is_how_much_better_it_is(
    facts: Facts,
    baseline: Figure | None,
    measured: Figure | None,
    gain: str | None,
    margin: str | None,
) -> None:
    found = benefits.outcome(
        facts,
        baseline=baseline,
        measurements=[measured] if measured else [],
        live_on=LIVE,
        on=TODAY,
    )
    assert found.gain == (None if gain is None else D(gain))
    assert found.margin == (None if margin is None else D(margin))
    assert found.few is bool(measured and measured.few)


def test_the_newest_measurement_by_the_day_counts() -> None:
    rows = [figure("90", day=LIVE), figure("70", day=AUTUMN), figure("60", day=AUTUMN)]
    assert benefits.newest(rows, on=TODAY) == rows[2]
    assert benefits.newest(rows, on=date(2026, 8, 31)) == rows[0]
    assert benefits.newest(rows, on=SPRING) is None


def test_what_is_described_has_an_experience_and_no_gain() -> None:
    found = benefits.outcome(
        WORDS,
        baseline=None,
        measurements=[figure(experience=Experience.BETTER)],
        live_on=LIVE,
        on=TODAY,
    )
    assert (found.experience, found.gain) == (Experience.BETTER, None)


@pytest.mark.parametrize(
    ("facts", "measured", "target", "there"),
    [
        (HOURS, figure("80"), D(80), True),
        (HOURS, figure("81"), D(80), False),
        (NUMBER, figure("81"), D(80), True),
        (NUMBER, figure("79"), D(80), False),
        (NUMBER, None, D(80), None),
        (NUMBER, figure("79"), None, None),
        (PEOPLE, figure(few=True), D(3), None),
    ],
)
def test_whether_a_target_is_reached(
    facts: Facts, measured: Figure | None, target: Decimal | None, there: bool | None
) -> None:
    assert benefits.reached(facts, measured, target) is there


# --- money and double counting ---


@pytest.mark.parametrize(
    ("facts", "price", "refusal"),
    [
        (HOURS, D(450), None),
        (HOURS, None, BenefitRefusal.NO_PRICE),
        (HOURS, D(0), BenefitRefusal.NO_PRICE),
        (KRONER, D(450), BenefitRefusal.ONLY_TIME_BECOMES_MONEY),
        (WORDS, D(450), BenefitRefusal.ONLY_TIME_BECOMES_MONEY),
        (NUMBER, D(450), BenefitRefusal.ONLY_TIME_BECOMES_MONEY),
    ],
)
def test_only_hours_can_be_said_to_be_money(
    facts: Facts, price: Decimal | None, refusal: BenefitRefusal | None
) -> None:
    assert benefits.refusal_of_money(facts, price) is refusal


FREED = Part(facts=HOURS, gain=D(40))
SOLD = Part(facts=HOURS, gain=D(40), kroner_per_hour=D(450))
SAVED = Part(facts=KRONER, gain=D(5_000))
MORE_FREED = Part(facts=Facts(pk=7, kind=BenefitKind.TIME, measure=Measure.HOURS), gain=D(10))


@pytest.mark.parametrize(
    ("parts", "named", "expected"),
    [
        ([], (), Totals()),
        # Freed time is time, until the municipality says that it is money; then it is no time.
        ([FREED], (), Totals(hours=D(40))),
        ([SOLD], (), Totals(kroner=D(18_000))),
        ([FREED, SAVED], (), Totals(hours=D(40), kroner=D(5_000))),
        ([FREED, MORE_FREED], (), Totals(hours=D(50))),
        # Numbers, rates and words are added to nothing.
        (
            [FREED, Part(facts=NUMBER, gain=D(3)), Part(facts=RATE, gain=D(3)), Part(facts=WORDS)],
            (),
            Totals(hours=D(40)),
        ),
        # What may be the same thing is not added.
        (
            [FREED, MORE_FREED],
            ({1, 7},),
            Totals(twice=(Twice(1, 7, Overlap.NAMED),)),
        ),
        (
            [FREED, SAVED],
            ({1, 2},),
            Totals(twice=(Twice(1, 2, Overlap.NAMED),)),
        ),
        (
            [SOLD, SAVED],
            (),
            Totals(twice=(Twice(1, 2, Overlap.SAME_HOURS),)),
        ),
        # The doubt between two leaves the third alone when it is added elsewhere.
        (
            [SOLD, SAVED, MORE_FREED],
            (),
            Totals(hours=D(10), twice=(Twice(1, 2, Overlap.SAME_HOURS),)),
        ),
        ([FREED, Part(facts=WORDS)], ({1, 5},), Totals(hours=D(40))),
        ([Part(facts=HOURS)], (), Totals()),
    ],
)
def test_the_sums_of_a_municipality(
    parts: list[Part], named: tuple[set[int], ...], expected: Totals
) -> None:
    assert benefits.totals(parts, named=[frozenset(pair) for pair in named]) == expected
    # The order they were chosen in is nothing to the sums.
    assert benefits.totals(parts[::-1], named=[frozenset(pair) for pair in named]) == expected


def test_two_benefits_read_from_one_indicator_count_the_same() -> None:
    one = Part(
        facts=Facts(pk=8, kind=BenefitKind.TIME, measure=Measure.HOURS, indicator="oppslag"),
        gain=D(5),
    )
    other = Part(
        facts=Facts(pk=9, kind=BenefitKind.QUALITY, measure=Measure.NUMBER, indicator="oppslag"),
        gain=D(5),
    )
    found = benefits.counted_twice([other, one])
    assert [(pair.first, pair.second, pair.why) for pair in found] == [
        (8, 9, Overlap.SAME_INDICATOR)
    ]


# --- all municipalities ---

COUNTRY = dict.fromkeys(range(1, 11), 1_000)


def said(
    pk: int,
    gain: int | None = 10,
    *,
    shared: bool = False,
    margin: int | None = None,
    state: BaselineState = BaselineState.BEFORE,
    few: bool = False,
    experience: Experience | None = None,
    measured: bool = True,
) -> Said:
    return Said(
        municipality=pk,
        shared=shared,
        outcome=Outcome(
            baseline_state=state,
            measured_on=AUTUMN if measured else None,
            gain=None if gain is None else D(gain),
            margin=None if margin is None else D(margin),
            few=few,
            experience=experience,
        ),
    )


def test_a_national_sum_says_how_many_and_what_share_measured() -> None:
    rows = [said(pk, pk * 10, margin=2 if pk < 6 else None) for pk in range(1, 7)]
    found = benefits.national(HOURS, rows, users=9, inhabitants=COUNTRY)
    assert (found.measured, found.users, found.withheld) == (6, 9, None)
    assert found.share == Fraction(6, 10)
    assert found.total == 210
    assert (found.margin, found.without_margin) == (D(10), 1)
    assert found.middle is None


@pytest.mark.parametrize(
    ("closed", "shared", "shown"),
    [(0, 0, None), (1, 0, None), (4, 5, None), (5, 0, D(10)), (5, 2, D(14)), (0, 1, D(2))],
)
def test_a_margin_of_few_is_not_told(closed: int, shared: int, shown: D | None) -> None:
    rows = [said(pk, margin=2 if pk <= closed else None) for pk in range(1, 7)]
    rows += [said(100 + pk, shared=True, margin=2 if pk <= shared else None) for pk in range(1, 7)]
    found = benefits.national(HOURS, rows, users=20, inhabitants=COUNTRY)
    assert found.margin == shown
    assert found.without_margin == 12 - closed - shared


def test_a_national_sum_says_what_it_leaves_out() -> None:
    rows = [
        *(said(pk) for pk in range(1, 6)),
        said(6, state=BaselineState.NATIONAL),
        said(7, None, state=BaselineState.WITHOUT),
        said(8, None, few=True),
        said(9, None, measured=False),
    ]
    found = benefits.national(HOURS, rows, users=9, inhabitants=COUNTRY)
    assert (found.measured, found.total) == (6, D(60))
    assert found.with_national_baseline == 1
    assert found.without_baseline == 1
    assert found.few == 1


def test_rates_have_a_middle_and_never_a_sum() -> None:
    rows = [said(pk, gain) for pk, gain in enumerate((1, 2, 3, 4, 100), start=1)]
    found = benefits.national(RATE, rows, users=5, inhabitants=COUNTRY)
    assert (found.total, found.middle, found.low, found.high) == (None, D(3), D(2), D(4))


def test_what_is_described_is_never_summed() -> None:
    rows = [said(pk, None, experience=Experience.BETTER) for pk in range(1, 5)]
    rows.append(said(5, None, experience=Experience.WORSE))
    found = benefits.national(WORDS, rows, users=5, inhabitants=COUNTRY)
    assert found.experiences == {Experience.BETTER: 4, Experience.WORSE: 1}
    assert (found.total, found.middle, found.margin) == (None, None, None)


@pytest.mark.parametrize(
    ("closed", "shared", "measured", "withheld"),
    [
        (0, 0, 0, Withheld.NOBODY),
        (4, 0, 4, Withheld.TOO_FEW),
        (0, 4, 4, Withheld.TOO_FEW),
        (5, 0, 5, None),
        (0, 5, 5, None),
        # Whoever subtracts the shared ones must never find fewer than five others.
        (4, 4, 8, Withheld.TOO_FEW),
        (1, 5, 5, None),
        (4, 6, 6, None),
        (5, 1, 6, None),
    ],
)
def test_nobody_can_be_found_by_subtraction(
    closed: int, shared: int, measured: int, withheld: Withheld | None
) -> None:
    rows = [said(pk) for pk in range(closed)]
    rows += [said(100 + pk, shared=True) for pk in range(shared)]
    found = benefits.national(HOURS, rows, users=20, inhabitants=COUNTRY)
    assert (found.measured, found.withheld) == (measured, withheld)
    if withheld is not None:
        assert (found.total, found.share, found.margin) == (None, None, None)


@pytest.mark.parametrize("inhabitants", [{}, {1: 100}, {9: 100}])
def test_a_share_that_is_not_known_is_not_given(inhabitants: Mapping[int, int]) -> None:
    rows = [said(pk) for pk in range(1, 6)]
    found = benefits.national(HOURS, rows, users=5, inhabitants=inhabitants)
    assert (found.share, found.total) == (None, D(50))
