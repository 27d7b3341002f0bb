"""What the example's municipalities have learnt, and what has changed since they were invited.

The rollouts are there already. Who says what is made up.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle
from typing import Final

from samlop.accounts import texts as account_texts
from samlop.accounts.models import Membership
from samlop.accounts.rules import Role
from samlop.example.people import MUNICIPALITY
from samlop.example.portfolio.governance import InRole, holder
from samlop.municipalities.models import Municipality
from samlop.rollouts.models import Cohort, Evaluation, Place, Rollout
from samlop.rollouts.queries import basis as basis_queries
from samlop.rollouts.rules.evaluations import Again
from samlop.rollouts.rules.places import PlaceEnd
from samlop.rollouts.services import basis, cohorts, evaluations
from samlop.rollouts.services.basis import Step

LEARNT: Final = "digihelse-puljer"
CHANGED: Final = "digihelsestasjon-agder"
# So many of those who have been through it have not said anything yet.
SILENT: Final = 2
SAID: Final[Sequence[tuple[Again, str, str]]] = (
    (Again.YES, "Felles opplæring sparte oss for mye.", ""),
    (Again.PARTLY, "God støtte fra de andre i puljen.", "Opplæringen burde kommet før sommeren."),
    (Again.YES, "", ""),
    (Again.NO, "", "Vi var for få til å ta det ved siden av journalbyttet."),
)


def load(*, on: date) -> int:
    """Add it once, when the rollouts are there; returns how many municipalities have spoken."""
    found = {row.slug: row for row in Rollout.objects.filter(slug__in=(LEARNT, CHANGED))}
    leader = holder(Role.ROLLOUT_LEADER)
    if len(found) < 2 or leader is None or Evaluation.objects.exists():
        return 0
    _changed(found[CHANGED], InRole(leader.pk, str(account_texts.ROLES[Role.ROLLOUT_LEADER])), on)
    return _learnt(found[LEARNT], on)


def _learnt(rollout: Rollout, on: date) -> int:
    places = Place.objects.filter(cohort__rollout=rollout, end=PlaceEnd.FINISHED.value).exclude(
        municipality__codes__number=MUNICIPALITY
    )
    pks = list(places.order_by("pk").values_list("municipality_id", flat=True))[:-SILENT]
    deciders = {
        row.municipality_id: row.person_id
        for row in Membership.objects.valid_on(on).filter(
            municipality__in=pks, role=Role.DECISION_MAKER.value
        )
    }
    label = str(account_texts.ROLES[Role.DECISION_MAKER])
    for days, (pk, (again, worked, otherwise)) in enumerate(zip(pks, cycle(SAID), strict=False)):
        day = on - timedelta(days=30 - days)
        evaluations.evaluate(
            rollout=rollout,
            municipality=Municipality.objects.get(pk=pk),
            again=again,
            worked=worked,
            otherwise=otherwise,
            by=InRole(deciders[pk], label),
            on=day,
            at=_noon(day),
        )
    return len(pks)


def _changed(rollout: Rollout, by: InRole, on: date) -> None:
    """The last cohort takes two weeks more, and meets once again at the end."""
    day = on - timedelta(days=2)
    cohort = Cohort.objects.filter(rollout=rollout).order_by("-number")[0]
    facts = cohorts.facts_of(cohort)
    cohorts.edit_cohort(
        cohort=cohort,
        facts=replace(facts, ends_on=facts.ends_on + timedelta(weeks=2)),
        by=by,
        on=day,
        at=_noon(day),
    )
    made = basis_queries.of(rollout)
    if made is not None:
        steps = [Step(row.weeks, row.words, row.words_nn) for row in made.steps.all()]
        last = Step(26, "Erfaringsmøte", "Erfaringsmøte")
        basis.set_steps(basis=made, steps=[*steps, last], seen=made.version, by=by, at=_noon(day))


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(11), UTC)
