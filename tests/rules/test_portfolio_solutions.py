"""Where a solution may be offered, what a phase may follow, and circles of prerequisites."""

from datetime import date

import pytest

from samlop.municipalities.rules.kinds import ServiceArea
from samlop.portfolio.rules.solutions import (
    STAGES,
    Area,
    Phase,
    PhaseWish,
    SolutionKind,
    SolutionRefusal,
    chain,
    covered,
    phases_of,
    refusal_to_offer_in,
    refusal_to_record,
)

TODAY = date(2026, 11, 22)


def test_every_area_of_the_closed_list_can_be_offered_in() -> None:
    assert {area.value for area in Area} - {"health_and_care"} == {
        area.value for area in ServiceArea
    }


def test_health_and_care_reaches_all_but_dental_care() -> None:
    assert covered(Area.HEALTH_AND_CARE) == set(ServiceArea) - {ServiceArea.DENTAL_CARE}
    assert covered(Area.HOME_CARE) == {ServiceArea.HOME_CARE}


@pytest.mark.parametrize(
    ("area", "offered", "refusal"),
    [
        (Area.HOME_CARE, (), None),
        (Area.HOME_CARE, (Area.NURSING_HOME,), None),
        (Area.HOME_CARE, (Area.HOME_CARE,), SolutionRefusal.AREA_TAKEN),
        (Area.HOME_CARE, (Area.HEALTH_AND_CARE,), SolutionRefusal.AREA_OVERLAPS),
        (Area.HEALTH_AND_CARE, (Area.HOME_CARE,), SolutionRefusal.AREA_OVERLAPS),
        (Area.HEALTH_AND_CARE, (Area.HEALTH_AND_CARE,), SolutionRefusal.AREA_TAKEN),
        (Area.DENTAL_CARE, (Area.HEALTH_AND_CARE,), None),
    ],
)
def test_an_area_is_offered_once_and_not_as_a_part_of_the_whole(
    area: Area, offered: tuple[Area, ...], refusal: SolutionRefusal | None
) -> None:
    assert refusal_to_offer_in(area, offered) is refusal


def test_a_joint_process_has_stages_and_everything_else_has_phases() -> None:
    assert phases_of(SolutionKind.JOINT_PROCESS) == (
        Phase.SIGNED_UP,
        Phase.UNDER_WAY,
        Phase.COMPLETED,
    )
    for kind in set(SolutionKind) - {SolutionKind.JOINT_PROCESS}:
        assert set(phases_of(kind)) == set(Phase) - set(STAGES)


NATIONAL, PROCESS = SolutionKind.NATIONAL, SolutionKind.JOINT_PROCESS


@pytest.mark.parametrize(
    ("wish", "refusal"),
    [
        (PhaseWish(kind=NATIONAL, phase=Phase.UNDER_TRIAL, happened_on=TODAY), None),
        (
            PhaseWish(kind=NATIONAL, phase=Phase.UNDER_TRIAL, happened_on=date(2026, 11, 23)),
            SolutionRefusal.PHASE_AHEAD,
        ),
        (
            PhaseWish(
                kind=NATIONAL,
                phase=Phase.UNDER_TRIAL,
                before=Phase.UNDER_TRIAL,
                happened_on=TODAY,
            ),
            SolutionRefusal.PHASE_UNCHANGED,
        ),
        (
            # Back to the trial is sad, and true.
            PhaseWish(
                kind=NATIONAL,
                phase=Phase.UNDER_TRIAL,
                before=Phase.READY_FOR_USE,
                happened_on=TODAY,
            ),
            None,
        ),
        (
            PhaseWish(kind=NATIONAL, phase=Phase.SIGNED_UP, happened_on=TODAY),
            SolutionRefusal.PHASE_OF_ANOTHER_KIND,
        ),
        (
            PhaseWish(kind=PROCESS, phase=Phase.UNDER_TRIAL, happened_on=TODAY),
            SolutionRefusal.PHASE_OF_ANOTHER_KIND,
        ),
        (PhaseWish(kind=PROCESS, phase=Phase.UNDER_WAY, happened_on=TODAY), None),
        (
            PhaseWish(kind=NATIONAL, phase=Phase.INTAKE_STOPPED, happened_on=TODAY),
            SolutionRefusal.PHASE_NEEDS_REASON,
        ),
        (
            PhaseWish(
                kind=NATIONAL, phase=Phase.INTAKE_STOPPED, happened_on=TODAY, has_reason=True
            ),
            None,
        ),
        (
            PhaseWish(
                kind=NATIONAL, phase=Phase.READY_FOR_USE, happened_on=TODAY, has_successor=True
            ),
            SolutionRefusal.ONLY_WHEN_SUPERSEDED,
        ),
        (
            PhaseWish(
                kind=NATIONAL,
                phase=Phase.SUPERSEDED,
                happened_on=TODAY,
                has_reason=True,
                has_successor=True,
                succeeds_itself=True,
            ),
            SolutionRefusal.SUPERSEDED_BY_ITSELF,
        ),
        (
            PhaseWish(
                kind=NATIONAL,
                phase=Phase.SUPERSEDED,
                happened_on=TODAY,
                has_reason=True,
                has_successor=True,
            ),
            None,
        ),
        (
            # What comes instead need not be known yet.
            PhaseWish(kind=NATIONAL, phase=Phase.SUPERSEDED, happened_on=TODAY, has_reason=True),
            None,
        ),
    ],
)
def test_a_phase_is_recorded_when_it_has_come(
    wish: PhaseWish, refusal: SolutionRefusal | None
) -> None:
    assert refusal_to_record(wish, on=TODAY) is refusal


@pytest.mark.parametrize(
    ("requires", "start", "wanted", "circle"),
    [
        ({}, 1, 2, ()),
        ({2: [3]}, 1, 2, ()),
        ({2: [1]}, 1, 2, (1, 2, 1)),
        ({2: [3], 3: [1]}, 1, 2, (1, 2, 3, 1)),
        # The shortest way round is named, whatever order the rows come in.
        ({2: [3, 4], 3: [5], 4: [1], 5: [1]}, 1, 2, (1, 2, 4, 1)),
        ({2: [4, 3], 4: [1], 3: [1]}, 1, 2, (1, 2, 3, 1)),
        # A circle elsewhere neither hangs the search nor is blamed.
        ({2: [3], 3: [2]}, 1, 2, ()),
    ],
)
def test_a_circle_is_named_from_its_start_to_its_start(
    requires: dict[int, list[int]], start: int, wanted: int, circle: tuple[int, ...]
) -> None:
    assert chain(requires, start, wanted) == circle
