"""One rollout as everybody reads it: what, whom for, when, and who else must be ready."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from samlop.lib.quarters import Quarter
from samlop.rollouts.models import Rollout
from samlop.rollouts.queries import cohorts as cohort_queries
from samlop.rollouts.queries import rollouts as queries
from samlop.rollouts.queries.cohorts import CohortLine
from samlop.rollouts.rules.rollouts import TargetGroup
from samlop.rollouts.texts import rollouts as texts
from samlop.web import formats
from samlop.web.rollouts.frame import Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewPage:
    frame: Frame
    facts: tuple[tuple[str, str], ...]
    cohorts: tuple[CohortLine, ...]


def overview_page(rollout: Rollout, frame: Frame, *, on: date) -> OverviewPage:
    """At most five queries."""
    return OverviewPage(
        frame=frame,
        facts=_facts(rollout, on),
        cohorts=cohort_queries.cohorts_of(rollout.pk),
    )


def _facts(rollout: Rollout, on: date) -> tuple[tuple[str, str], ...]:
    target = len(queries.target_of(rollout, on))
    words = str(texts.TARGETS[TargetGroup(rollout.target)])
    return (
        (gettext("For"), f"{words} ({formats.number(target)})"),
        (gettext("Begynner"), formats.quarter(Quarter.of(rollout.quarter))),
        (gettext("Ventet antall kommuner"), formats.number(rollout.expected)),
        (
            gettext("Trenger Norsk helsenett"),
            gettext("Ja") if rollout.needs_nhn else gettext("Nei"),
        ),
    )
