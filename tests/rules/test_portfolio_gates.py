"""When an offer can be decided ready for use, and everything that is in the way."""

from dataclasses import replace

import pytest

from samlop.portfolio.rules.gates import (
    MAKES_READY,
    OPENS,
    GateFacts,
    GateOutcome,
    GateRefusal,
    Must,
    in_the_way,
    musts_in_the_way,
)
from samlop.portfolio.rules.health import Soundness

PARTLY = Must("Forvaltning", may_be_condition=True)
LACKING = Must("Leverandørene", may_be_condition=False)
# The worked example of docs/domain/portfolio.md: all musts met, and sound.
CLEAN = GateFacts(musts=(), health=Soundness.SOUND, open_conditions=0, conditions=0)
ONE = replace(CLEAN, conditions=1)
SOUND_IF = replace(CLEAN, health=Soundness.ON_CONDITIONS, open_conditions=1)
G, R = GateOutcome, GateRefusal


@pytest.mark.parametrize(
    ("outcome", "facts", "refusals"),
    [
        (G.PASSED, CLEAN, ()),
        (G.PASSED, replace(CLEAN, musts=(LACKING,)), (R.MUSTS_UNMET,)),
        (G.PASSED, replace(CLEAN, musts=(PARTLY,)), (R.MUSTS_UNMET,)),
        (G.PASSED, replace(CLEAN, health=None), (R.HEALTH_MISSING,)),
        (
            G.PASSED,
            replace(CLEAN, musts=(LACKING,), health=None),
            (R.MUSTS_UNMET, R.HEALTH_MISSING),
        ),
        (G.PASSED, replace(CLEAN, health=Soundness.NOT_SOUND), (R.HEALTH_NOT_SOUND,)),
        (G.PASSED, SOUND_IF, (R.HEALTH_ON_CONDITIONS,)),
        # The conditions have been met since: nothing is left of them.
        (G.PASSED, replace(SOUND_IF, open_conditions=0), ()),
        (G.PASSED, ONE, (R.CONDITIONS_TO_SPARE,)),
        (G.ON_CONDITIONS, CLEAN, (R.NEEDS_CONDITIONS,)),
        (G.ON_CONDITIONS, ONE, ()),
        (G.ON_CONDITIONS, replace(ONE, musts=(PARTLY,)), ()),
        # What the health assessors ask for says nothing of the must that is half met.
        (G.ON_CONDITIONS, replace(SOUND_IF, musts=(PARTLY,)), (R.NEEDS_CONDITIONS,)),
        (G.ON_CONDITIONS, SOUND_IF, ()),
        (G.ON_CONDITIONS, replace(ONE, musts=(PARTLY, LACKING)), (R.MUSTS_UNMET,)),
        (G.ON_CONDITIONS, replace(ONE, health=None), (R.HEALTH_MISSING,)),
        (G.ON_CONDITIONS, replace(ONE, health=Soundness.NOT_SOUND), (R.HEALTH_NOT_SOUND,)),
        (G.NOT_PASSED, CLEAN, ()),
        (G.NOT_PASSED, replace(CLEAN, musts=(LACKING,), health=None), ()),
        (G.NOT_PASSED, ONE, (R.CONDITIONS_TO_SPARE,)),
        (G.EXCEPTION, CLEAN, (R.NEEDS_NO_EXCEPTION,)),
        (G.EXCEPTION, replace(CLEAN, musts=(LACKING,)), ()),
        (G.EXCEPTION, replace(CLEAN, health=None), ()),
        (G.EXCEPTION, replace(CLEAN, health=Soundness.NOT_SOUND), ()),
        (G.EXCEPTION, SOUND_IF, ()),
        (G.EXCEPTION, replace(SOUND_IF, open_conditions=0), (R.NEEDS_NO_EXCEPTION,)),
        (G.EXCEPTION, replace(ONE, musts=(LACKING,)), (R.CONDITIONS_TO_SPARE,)),
    ],
)
def test_in_the_way(
    outcome: GateOutcome, facts: GateFacts, refusals: tuple[GateRefusal, ...]
) -> None:
    assert in_the_way(outcome, facts) == refusals


def test_a_must_that_is_half_met_hinders_a_yes_but_not_a_yes_on_conditions() -> None:
    facts = replace(CLEAN, musts=(PARTLY, LACKING))

    assert musts_in_the_way(GateOutcome.PASSED, facts) == (PARTLY, LACKING)
    assert musts_in_the_way(GateOutcome.ON_CONDITIONS, facts) == (LACKING,)
    assert musts_in_the_way(GateOutcome.EXCEPTION, facts) == ()


def test_an_exception_opens_and_makes_nothing_ready() -> None:
    assert {GateOutcome.EXCEPTION} == OPENS - MAKES_READY
    assert GateOutcome.NOT_PASSED not in OPENS
