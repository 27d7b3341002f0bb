"""A plan is laid before the coordination group, which answers with advice and with collisions."""

from datetime import date, datetime

from django.utils import translation
from django.utils.translation import gettext, ngettext

from samlop.audit.services import change
from samlop.governance import services as governance
from samlop.governance.models import Body, Case
from samlop.lib.actors import Actor
from samlop.municipalities.texts import day_words
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts.solutions import AREAS
from samlop.rollouts.models import Rollout
from samlop.rollouts.queries import cohorts as cohort_queries
from samlop.rollouts.queries import plans
from samlop.rollouts.queries import rollouts as queries
from samlop.rollouts.queries.cohorts import COORDINATION_GROUP
from samlop.rollouts.queries.plans import Colliding
from samlop.rollouts.rules.cohorts import CohortState
from samlop.rollouts.rules.rollouts import (
    OVER,
    SHARED_WITH_GROUP,
    CollisionKind,
    RolloutKind,
    RolloutRefusal,
    RolloutState,
    TargetGroup,
)
from samlop.rollouts.services.plan_refusals import CannotPlan
from samlop.rollouts.texts import rollouts as texts


def share_plan(*, rollout: Rollout, remark: str, by: Actor, on: date, at: datetime) -> Case:
    """A case of the coordination group, with what collides as of the day.

    Raises CannotPlan and CannotGovern. One that was withdrawn may be shared again.
    """
    with change("rollouts.rollout.shared", by=by, at=at) as record:
        Rollout.objects.select_for_update(no_key=True).get(pk=rollout.pk)
        rows = Rollout.objects.select_related("offer__solution", "region", "case")
        row = rows.get(pk=rollout.pk)
        if RolloutState(row.state) in OVER:
            raise CannotPlan(RolloutRefusal.IS_OVER)
        if RolloutKind(row.kind) not in SHARED_WITH_GROUP:
            raise CannotPlan(RolloutRefusal.ANNOUNCED_NOT_SHARED)
        if row.case is not None and row.case.withdrawn_at is None:
            raise CannotPlan(RolloutRefusal.ALREADY_ANNOUNCED)
        # Cases are written in bokmål, whatever language the page is in.
        with translation.override("nb"):
            title = gettext("%(name)s: plan for innføringsløpet") % {"name": row.name}
            about = case_words(row, plans.collisions_of(row, on), remark, on)
            wish = gettext("Koordineringsgruppen gir råd om planen før den åpnes for påmelding.")
        case = governance.open_case(
            body=Body.objects.get(slug=COORDINATION_GROUP),
            title=title[:200],
            about=about,
            recommendation=wish,
            by=by,
            on=on,
        )
        row.case = case
        row.announced_at = row.announced_at or at
        row.version += 1
        row.save(update_fields=["case", "announced_at", "version"])
        record(row, details={"name": row.name, "number": case.number_words})
    return case


def case_words(rollout: Rollout, collisions: tuple[Colliding, ...], remark: str, on: date) -> str:
    """What the group reads: the plan in five lines, what it collides with, and the remark."""
    members = len(queries.target_of(rollout, on))
    lines = [
        gettext("Løsning: %(solution)s, %(area)s.")
        % {
            "solution": rollout.offer.solution.name,
            "area": str(AREAS[Area(rollout.offer.area)]).lower(),
        },
        gettext("Type: %(kind)s. Målgruppe: %(target)s (%(count)d i dag).")
        % {
            "kind": texts.KINDS[RolloutKind(rollout.kind)],
            "target": texts.TARGETS[TargetGroup(rollout.target)],
            "count": members,
        },
        gettext("Starter %(day)s. Ventet antall kommuner: %(count)d.")
        % {"day": day_words(rollout.starts_on), "count": rollout.expected},
        gettext("Trenger Norsk helsenett.")
        if rollout.needs_nhn
        else gettext("Trenger ikke Norsk helsenett."),
    ]
    lines += [
        gettext("%(name)s: fra %(start)s, svarfrist %(due)s, %(minimum)d–%(maximum)d plasser.")
        % {
            "name": one.name,
            "start": day_words(one.starts_on),
            "due": day_words(one.answer_by),
            "minimum": one.minimum,
            "maximum": one.maximum,
        }
        for one in cohort_queries.cohorts_of(rollout.pk)
        if one.state is not CohortState.CANCELLED
    ]
    lines.append("")
    if collisions:
        lines.append(gettext("Andre innføringsløp i de samme kvartalene:"))
        lines += [f"– {colliding_words(one)}" for one in collisions]
    else:
        lines.append(gettext("Ingen andre innføringsløp tar av det samme i disse kvartalene."))
    if remark.strip():
        lines += ["", remark.strip()]
    return "\n".join(lines)[:8000]


def colliding_words(one: Colliding) -> str:
    """«Digihelse 2027: samme kommuner (12), samme leverandører (Visma)»."""
    found = []
    for clash in one.collision.clashes:
        words = str(texts.COLLISION_KINDS[clash])
        words = f"{words[:1].lower()}{words[1:]}"
        if clash is CollisionKind.MUNICIPALITIES:
            count = len(one.collision.municipalities)
            words += (
                " ("
                + ngettext("%(count)d kommune", "%(count)d kommuner", count) % {"count": count}
                + ")"
            )
        elif clash is CollisionKind.VENDORS:
            words += f" ({', '.join(one.collision.vendors)})"
        found.append(words)
    return f"{one.other.name}: {', '.join(found)}"
