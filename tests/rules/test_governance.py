"""What a body may say in a case, and when."""

from dataclasses import replace
from datetime import date

import pytest

from samlop.governance.rules import (
    KINDS_OF,
    BodyKind,
    CaseFacts,
    CaseState,
    DecisionKind,
    GovernanceRefusal,
    Matter,
    number_words,
    refusal_to_decide,
)

OPENED = date(2027, 2, 1)
DAY = date(2027, 3, 14)
CASE = CaseFacts(
    body=BodyKind.DECIDING, matter=Matter.ORDINARY, state=CaseState.OPEN, opened_on=OPENED
)
ADVISORY = replace(CASE, body=BodyKind.ADVISORY)
STEERING = replace(CASE, body=BodyKind.STEERING)
READY = replace(CASE, matter=Matter.READY_FOR_USE)
R, K = GovernanceRefusal, DecisionKind


@pytest.mark.parametrize(
    ("case", "kind", "decided_on", "refusal"),
    [
        (CASE, K.DECISION, DAY, None),
        (CASE, K.DECISION, OPENED, None),
        (CASE, K.DECISION, date(2027, 1, 31), R.BEFORE_THE_CASE),
        (CASE, K.DECISION, date(2027, 3, 15), R.IN_THE_FUTURE),
        # «Vedtak» is a legal word: only a steering group uses it.
        (CASE, K.RESOLUTION, DAY, R.WRONG_KIND),
        (CASE, K.ADVICE, DAY, R.WRONG_KIND),
        (ADVISORY, K.ADVICE, DAY, None),
        (ADVISORY, K.ENDORSEMENT, DAY, None),
        (ADVISORY, K.DECISION, DAY, R.WRONG_KIND),
        (ADVISORY, K.RESOLUTION, DAY, R.WRONG_KIND),
        (STEERING, K.RESOLUTION, DAY, None),
        (STEERING, K.DECISION, DAY, None),
        (STEERING, K.ADVICE, DAY, R.WRONG_KIND),
        (replace(CASE, state=CaseState.DECIDED), K.DECISION, DAY, R.ALREADY_DECIDED),
        (replace(CASE, state=CaseState.WITHDRAWN), K.DECISION, DAY, R.WITHDRAWN),
        (READY, K.DECISION, DAY, R.DECIDED_ELSEWHERE),
    ],
)
def test_refusal_to_decide(
    case: CaseFacts, kind: DecisionKind, decided_on: date, refusal: GovernanceRefusal | None
) -> None:
    found = refusal_to_decide(case, kind, matter=Matter.ORDINARY, decided_on=decided_on, on=DAY)
    assert found is refusal


def test_a_case_on_readiness_is_decided_by_whoever_knows_that_it_is_one() -> None:
    kind, matter = DecisionKind.DECISION, Matter.READY_FOR_USE
    assert refusal_to_decide(READY, kind, matter=matter, decided_on=DAY, on=DAY) is None
    assert (
        refusal_to_decide(CASE, kind, matter=matter, decided_on=DAY, on=DAY)
        is GovernanceRefusal.DECIDED_ELSEWHERE
    )


def test_every_kind_of_body_can_say_something() -> None:
    assert set(KINDS_OF) == set(BodyKind)
    assert all(KINDS_OF.values())


@pytest.mark.parametrize(
    ("number", "year", "words"), [(12, 2025, "12/25"), (1, 2000, "1/00"), (104, 2027, "104/27")]
)
def test_number_words(number: int, year: int, words: str) -> None:
    assert number_words(number, year) == words
