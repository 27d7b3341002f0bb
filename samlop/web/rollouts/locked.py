"""What the invited read of a stop rule that keeps their cohort from giving places."""

from datetime import date

from django.utils.translation import gettext

from samlop.rollouts.models import Cohort, Rollout
from samlop.rollouts.queries import cohorts as queries
from samlop.rollouts.queries.answers import Current
from samlop.rollouts.queries.cohorts import Override
from samlop.rollouts.rules.answers import AnswerState
from samlop.rollouts.rules.cohorts import Measured, StopMeasure
from samlop.rollouts.rules.places import MAY_BE_WISHED
from samlop.rollouts.texts import rollouts as texts
from samlop.web import formats
from samlop.web.rollouts.forms import limit_words


def sentences(
    rollout: Rollout, cohort: int | None, said: Current | None, on: date
) -> tuple[str, ...]:
    """Of the cohort one is invited to, or of all that may be wished for. At most seven queries.

    For those who have no place: whoever `said` yes waits for one.
    """
    rules = queries.stop_rule(rollout.pk, on)
    if not rules:
        return ()
    wishable = Cohort.objects.filter(
        rollout=rollout, state__in=[state.value for state in MAY_BE_WISHED]
    )
    asked = set(wishable.values_list("pk", flat=True))
    if cohort is not None:
        asked &= {cohort}
    found: list[str] = []
    locked = False
    for rule in rules:
        if rule.cohort not in asked:
            continue
        if rule.lock is not None:
            locked = True
            found.append(gettext("%(cohort)s er låst av stoppregelen.") % {"cohort": rule.name})
            found += [_missing(name, one) for name, one in rule.lock.missing]
        elif rule.override is not None:
            found.append(_released(rule.name, rule.override))
    if locked:
        found.append(_waits() if _has_said_yes(said) else _may_answer())
    return tuple(found)


def _has_said_yes(said: Current | None) -> bool:
    return said is not None and said.stands and said.state is AnswerState.YES


def _may_answer() -> str:
    return gettext(
        "Dere kan svare som vanlig. Plasser gis når kravet er nådd, eller når "
        "koordineringsgruppen slipper puljen."
    )


def _waits() -> str:
    return gettext(
        "Svaret deres står, og dere beholder nummeret på ventelisten. Plassene tilbys i den "
        "rekkefølgen når kravet er nådd, eller når koordineringsgruppen slipper puljen."
    )


def _missing(name: str, one: Measured) -> str:
    """«Pulje 2: åpne kritiske feil 3 (16. november 2026), høyst 1.»"""
    value = gettext("Ikke kjent").lower()
    if one.value is not None:
        counted = one.measure is StopMeasure.CRITICAL_FAULTS
        value = formats.number(one.value) if counted else formats.percent(one.value / 100)
    day = f" ({formats.long_date(one.figure_on)})" if one.figure_on is not None else ""
    words = str(texts.STOP_MEASURES[one.measure]).lower()
    return f"{name}: {words} {value}{day}, {limit_words(one.measure, one.limit)}."


def _released(name: str, one: Override) -> str:
    words = gettext("%(body)s besluttet %(day)s at puljen kan inviteres likevel:") % {
        "body": one.body,
        "day": formats.long_date(one.decided_on),
    }
    return f"{name}: {words} {one.reason}"
