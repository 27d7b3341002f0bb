"""How far a municipality has come when several sources speak of it."""

from datetime import date

import pytest

from samlop.uptake.rules.stages import (
    CEILING,
    ENDED,
    LADDER,
    PROCESS,
    Source,
    Stage,
    StageRefusal,
    Word,
    agreement,
    can_see,
    carried,
    current,
    has_reached,
    is_made_available,
    rank,
    reached_on,
    refusal_of,
)

JAN, MARCH, MAY, JUNE, JULY = (date(2027, month, 1) for month in (1, 3, 5, 6, 7))
NEXT = date(2027, 5, 4)
PREPARED, TECHNICAL = Stage.PREPARED, Stage.TECHNICALLY_INTRODUCED
IN_USE, ACTIVE, STOPPED = Stage.IN_USE, Stage.ACTIVE_USE, Stage.STOPPED
VENDOR, LOG, OWN = Source.VENDOR, Source.USAGE_LOG, Source.MUNICIPALITY
PROGRAMME, REGISTER = Source.PROGRAMME, Source.REGISTER


def word(
    source: Source,
    stage: Stage,
    on: date,
    *,
    told_on: date | None = None,
    units: tuple[int, int] | None = None,
) -> Word:
    return Word(
        source=source,
        stage=stage,
        on=on,
        told_on=told_on or on,
        units_in_use=units[0] if units else None,
        units=units[1] if units else None,
    )


@pytest.mark.parametrize(
    ("said", "agreed", "disagrees"),
    [
        ([], None, False),
        ([(VENDOR, TECHNICAL, MARCH)], TECHNICAL, False),
        ([(OWN, PREPARED, JAN), (VENDOR, TECHNICAL, MARCH)], TECHNICAL, False),
        ([(VENDOR, TECHNICAL, MARCH), (OWN, IN_USE, MAY)], IN_USE, False),
        # A vendor cannot see use, so a later «technically introduced» is no contradiction.
        ([(OWN, IN_USE, MARCH), (VENDOR, TECHNICAL, MAY)], IN_USE, False),
        ([(OWN, PREPARED, MAY), (VENDOR, TECHNICAL, MARCH)], PREPARED, True),
        ([(OWN, PREPARED, MARCH), (VENDOR, TECHNICAL, MARCH)], PREPARED, True),
        ([(LOG, IN_USE, MAY), (OWN, TECHNICAL, JUNE)], TECHNICAL, True),
        ([(OWN, IN_USE, MARCH), (LOG, TECHNICAL, JUNE)], TECHNICAL, True),
        ([(LOG, ACTIVE, MARCH), (PROGRAMME, IN_USE, MAY), (OWN, TECHNICAL, JUNE)], TECHNICAL, True),
        # Two say the top, the newer of them after the lower word: it is older news.
        ([(LOG, ACTIVE, JAN), (OWN, IN_USE, MARCH), (PROGRAMME, ACTIVE, MAY)], ACTIVE, False),
        ([(LOG, ACTIVE, MAY), (OWN, STOPPED, JUNE)], STOPPED, False),
        ([(LOG, ACTIVE, JUNE), (OWN, STOPPED, JUNE)], STOPPED, False),
        ([(OWN, STOPPED, JUNE), (LOG, IN_USE, JULY)], STOPPED, True),
        ([(OWN, IN_USE, MARCH), (VENDOR, STOPPED, JUNE)], IN_USE, False),
        ([(OWN, IN_USE, MARCH), (REGISTER, STOPPED, JUNE)], STOPPED, True),
        ([(REGISTER, STOPPED, JUNE)], STOPPED, False),
        (
            [(OWN, Stage.UNDER_WAY, MAY), (PROGRAMME, Stage.SIGNED_UP, MARCH)],
            Stage.UNDER_WAY,
            False,
        ),
    ],
)
def test_the_agreed_stage_follows_from_what_each_source_says(
    said: list[tuple[Source, Stage, date]], agreed: Stage | None, disagrees: bool
) -> None:
    for ordered in (said, said[::-1]):
        found = agreement([word(*one) for one in ordered])
        assert (found.agreed, found.disagrees) == (agreed, disagrees)


def test_a_stage_is_confirmed_by_those_who_say_it_or_more() -> None:
    found = agreement(
        [word(VENDOR, TECHNICAL, MARCH), word(LOG, IN_USE, MAY), word(OWN, ACTIVE, JUNE)]
    )
    assert found.confirmed_by == {OWN}
    found = agreement([word(VENDOR, TECHNICAL, MARCH), word(REGISTER, TECHNICAL, JAN)])
    assert found.confirmed_by == {VENDOR, REGISTER}
    found = agreement([word(LOG, IN_USE, MAY), word(OWN, TECHNICAL, JUNE)])
    assert found.confirmed_by == {LOG, OWN}


def test_it_is_so_since_the_day_the_municipality_says_else_the_first_day_anyone_says() -> None:
    both = [word(LOG, IN_USE, MARCH), word(OWN, IN_USE, MAY)]
    assert agreement(both).since == MAY
    assert agreement([word(LOG, IN_USE, MAY), word(PROGRAMME, IN_USE, MARCH)]).since == MARCH


def test_the_units_are_the_municipalitys_own_when_it_has_told_them() -> None:
    own = word(OWN, IN_USE, MARCH, units=(4, 6))
    other = word(PROGRAMME, IN_USE, MAY, units=(2, 6))
    found = agreement([own, other])
    assert (found.units_in_use, found.units) == (4, 6)
    assert agreement([word(OWN, IN_USE, MARCH), other]).units_in_use == 2
    assert agreement([word(OWN, IN_USE, MARCH)]).units is None


@pytest.mark.parametrize(
    ("words", "open_from"),
    [
        ([word(VENDOR, TECHNICAL, JAN, told_on=MARCH)], date(2027, 3, 22)),
        ([word(OWN, TECHNICAL, JAN, told_on=MARCH)], MARCH),
        # The municipality confirms inside its right of reply: open at once.
        ([word(LOG, IN_USE, JAN, told_on=MAY), word(OWN, IN_USE, JAN, told_on=NEXT)], NEXT),
        # Its older, lower word is no answer.
        ([word(LOG, IN_USE, MAY), word(OWN, TECHNICAL, JAN)], date(2027, 5, 22)),
        ([], None),
    ],
)
def test_the_public_reads_it_when_the_right_of_reply_has_run_out(
    words: list[Word], open_from: date | None
) -> None:
    assert agreement(words).open_from == open_from


def test_the_newest_word_of_a_source_counts_and_of_one_day_the_last_recorded() -> None:
    words = [word(OWN, IN_USE, MARCH), word(OWN, PREPARED, JAN), word(OWN, TECHNICAL, MARCH)]
    assert [one.stage for one in current(words)] == [TECHNICAL]


def test_having_ended_is_to_have_reached_nothing() -> None:
    assert all(not has_reached(stage, Stage.DECIDED) for stage in ENDED)
    assert not has_reached(None, Stage.DECIDED)
    assert not has_reached(Stage.COMPLETED, Stage.DECIDED)
    assert not has_reached(ACTIVE, Stage.SIGNED_UP)
    assert has_reached(Stage.COMPLETED, Stage.SIGNED_UP)


@pytest.mark.parametrize(
    ("stage", "available"),
    [(PREPARED, False), (TECHNICAL, True), (ACTIVE, True), (STOPPED, False), (None, False)],
)
def test_made_available_is_technically_introduced_or_beyond(
    stage: Stage | None, available: bool
) -> None:
    assert is_made_available(stage) is available


def test_every_stage_has_a_rank_and_every_source_a_ceiling() -> None:
    assert [rank(stage) for stage in LADDER] == [1, 2, 3, 4, 5, 6]
    assert [rank(stage) for stage in PROCESS] == [1, 2, 3]
    assert set(LADDER) | set(PROCESS) | ENDED == set(Stage)
    assert set(CEILING) == set(Source)


def test_only_the_municipality_sees_benefit_and_a_vendor_sees_no_use() -> None:
    seeing = {one for one in Source if can_see(one, Stage.BENEFIT_DOCUMENTED)}
    assert seeing == {OWN}
    assert {one for one in Source if not can_see(one, IN_USE)} == {VENDOR}


def test_a_stage_is_first_reached_on_the_day_it_first_was_agreed() -> None:
    words = [word(OWN, PREPARED, JAN), word(VENDOR, TECHNICAL, MARCH), word(OWN, IN_USE, MAY)]
    assert reached_on(words, PREPARED) == JAN
    assert reached_on(words, TECHNICAL) == MARCH
    assert reached_on(words, IN_USE) == MAY
    assert reached_on(words, ACTIVE) is None
    assert reached_on([], PREPARED) is None


def test_a_contradicted_stage_is_not_reached_that_day() -> None:
    words = [word(LOG, IN_USE, MARCH), word(OWN, TECHNICAL, MARCH), word(OWN, IN_USE, JUNE)]
    assert reached_on(words, IN_USE) == JUNE


@pytest.mark.parametrize(
    ("said", "joint_process", "refusal"),
    [
        (word(OWN, IN_USE, MAY), False, None),
        (word(OWN, IN_USE, JULY), False, StageRefusal.IN_THE_FUTURE),
        (word(OWN, IN_USE, MAY), True, StageRefusal.OTHER_LADDER),
        (word(OWN, Stage.SIGNED_UP, MAY), False, StageRefusal.OTHER_LADDER),
        (word(OWN, Stage.SIGNED_UP, MAY), True, None),
        (word(OWN, STOPPED, MAY), True, None),
        (word(VENDOR, IN_USE, MAY), False, StageRefusal.CANNOT_SEE),
        (word(PROGRAMME, Stage.BENEFIT_DOCUMENTED, MAY), False, StageRefusal.CANNOT_SEE),
        (word(OWN, IN_USE, MAY, units=(0, 6)), False, None),
        (word(OWN, IN_USE, MAY, units=(6, 6)), False, None),
        (word(OWN, IN_USE, MAY, units=(7, 6)), False, StageRefusal.UNITS_OUT_OF_ORDER),
        (word(OWN, IN_USE, MAY, units=(0, 0)), False, StageRefusal.UNITS_OUT_OF_ORDER),
    ],
)
def test_a_word_is_refused_with_its_reason(
    said: Word, joint_process: bool, refusal: StageRefusal | None
) -> None:
    assert refusal_of(said, on=JUNE, joint_process=joint_process) is refusal


def test_units_are_told_both_or_none() -> None:
    half = Word(source=OWN, stage=IN_USE, on=MAY, told_on=MAY, units=6)
    assert refusal_of(half, on=JUNE, joint_process=False) is StageRefusal.UNITS_OUT_OF_ORDER


@pytest.mark.parametrize(
    ("former", "proposed"),
    [
        ([IN_USE], IN_USE),
        ([IN_USE, TECHNICAL], TECHNICAL),
        ([IN_USE, None], None),
        ([None], None),
        ([], None),
        ([STOPPED], STOPPED),
        ([STOPPED, STOPPED], STOPPED),
        ([STOPPED, IN_USE], None),
        ([STOPPED, Stage.SUPERSEDED], None),
    ],
)
def test_a_new_municipality_begins_with_the_lowest_of_its_former_ones(
    former: list[Stage | None], proposed: Stage | None
) -> None:
    assert carried(former) is proposed
