"""When health professionals can say that a solution is sound."""

from dataclasses import replace

import pytest

from samlop.portfolio.rules.health import (
    HealthFacts,
    HealthRefusal,
    Severity,
    Soundness,
    refusal_to_conclude,
    worst,
)

# The worked example of docs/domain/portfolio.md: two assessors, all answered, nothing grave.
WHOLE = HealthFacts(
    assessors=2,
    of_the_programme=0,
    unanswered=0,
    worst=Severity.MODERATE,
    conditions=0,
    summary=True,
)
R, S = HealthRefusal, Soundness


@pytest.mark.parametrize(
    ("conclusion", "facts", "refusal"),
    [
        (S.SOUND, WHOLE, None),
        (S.SOUND, replace(WHOLE, worst=None), None),
        (S.SOUND, replace(WHOLE, assessors=0), R.NO_ASSESSORS),
        (S.SOUND, replace(WHOLE, of_the_programme=1), R.NOW_OF_THE_PROGRAMME),
        (S.NOT_SOUND, replace(WHOLE, of_the_programme=1), R.NOW_OF_THE_PROGRAMME),
        (S.SOUND, replace(WHOLE, unanswered=1), R.UNANSWERED),
        (S.SOUND, replace(WHOLE, summary=False), R.NO_SUMMARY),
        (S.SOUND, replace(WHOLE, worst=Severity.SERIOUS), R.TOO_SERIOUS),
        (S.SOUND, replace(WHOLE, worst=Severity.CRITICAL), R.CRITICAL),
        (S.SOUND, replace(WHOLE, conditions=1), R.CONDITIONS_TO_SPARE),
        (S.ON_CONDITIONS, WHOLE, R.NEEDS_CONDITIONS),
        (S.ON_CONDITIONS, replace(WHOLE, conditions=1), None),
        (S.ON_CONDITIONS, replace(WHOLE, conditions=1, worst=Severity.SERIOUS), None),
        (S.ON_CONDITIONS, replace(WHOLE, conditions=1, worst=Severity.CRITICAL), R.CRITICAL),
        (S.NOT_SOUND, WHOLE, None),
        (S.NOT_SOUND, replace(WHOLE, worst=Severity.CRITICAL, conditions=2), None),
        (S.NOT_SOUND, replace(WHOLE, summary=False), R.NO_SUMMARY),
    ],
)
def test_refusal_to_conclude(
    conclusion: Soundness, facts: HealthFacts, refusal: HealthRefusal | None
) -> None:
    assert refusal_to_conclude(conclusion, facts) is refusal


@pytest.mark.parametrize(
    ("found", "gravest"),
    [
        ((), None),
        ((Severity.LOW,), Severity.LOW),
        ((Severity.SERIOUS, Severity.LOW, Severity.MODERATE), Severity.SERIOUS),
        ((Severity.CRITICAL, Severity.SERIOUS), Severity.CRITICAL),
    ],
)
def test_the_gravest_finding_counts(found: tuple[Severity, ...], gravest: Severity | None) -> None:
    assert worst(found) is gravest
