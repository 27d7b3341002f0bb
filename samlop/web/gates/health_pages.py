"""What the page of a health-professional assessment shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext

from samlop.accounts.models import Membership
from samlop.accounts.rules import Role
from samlop.db.text_keys import SortKey
from samlop.portfolio.models import Offer
from samlop.portfolio.queries import health as queries
from samlop.portfolio.queries.health import HealthState
from samlop.portfolio.rules.health import Severity
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts import health as texts
from samlop.web.assessments.areas import ADDRESSES
from samlop.web.gates import names
from samlop.web.gates.offers import address
from samlop.web.gates.pages import (
    SOUNDNESS_COLORS,
    ConditionRow,
    assessor_words,
    condition_row,
    joined_words,
)
from samlop.web.gates.rights import Rights
from samlop.web.solutions.frame import AreaPhase, Frame

SEVERITY_COLORS: Mapping[Severity, str] = {
    Severity.LOW: "neutral",
    Severity.MODERATE: "info",
    Severity.SERIOUS: "warning",
    Severity.CRITICAL: "danger",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessorRow:
    words: str
    joined: str
    remove: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    pk: int
    severity: str
    color: str
    text: str
    advice: str
    edit: str
    remove: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCondition:
    """A condition that is still being written."""

    text: str
    due_by: date
    remove: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentView:
    """One assessment as the reader may see it; `inner` when also its questions and findings."""

    inner: bool
    conclusion: str
    color: str
    summary: str
    concluded_at: datetime | None
    opened_at: datetime
    assessors: tuple[AssessorRow, ...]
    questions: tuple[tuple[str, str], ...]
    answered: int
    findings: tuple[FindingRow, ...]
    conditions: tuple[ConditionRow, ...]
    own_conditions: tuple[OwnCondition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthPage:
    frame: Frame
    area: AreaPhase
    areas: tuple[tuple[str, str, bool], ...]
    under_way: AssessmentView | None
    newest: AssessmentView | None
    earlier: tuple[AssessmentView, ...]
    decisions: str
    begin: str
    name_assessor: str
    # For the named only.
    write: str
    add_question: str
    add_finding: str
    add_condition: str
    conclude: str
    # Somebody with the role who is not named is told why she cannot write.
    not_named: bool


def health_page(
    offer: Offer, frame: Frame, rights: Rights, *, reader: int | None, on: date
) -> HealthPage:
    """About thirteen queries, however much has been written."""
    slug, area = offer.solution.slug, Area(offer.area)
    under_way = queries.under_way(offer, on=on) if rights.see else None
    concluded = queries.history(offer, on=on)
    every = [*concluded, *([under_way] if under_way else [])]
    known = (
        names.of(each.person for one in every for each in one.assessors) if rights.insider else {}
    )
    named = under_way is not None and any(one.person == reader for one in under_way.assessors)
    writes = named and rights.assess
    views = [_view(one, slug, rights, known, writes=False) for one in concluded]
    return HealthPage(
        frame=frame,
        area=frame.area(area),
        areas=tuple(
            (
                one.area_words,
                reverse("gates:health", args=[slug, ADDRESSES[one.area]]),
                one.area is area,
            )
            for one in frame.areas
        ),
        under_way=_view(under_way, slug, rights, known, writes=writes) if under_way else None,
        newest=views[0] if views else None,
        earlier=tuple(views[1:]),
        decisions=address(offer, "offer"),
        begin=address(offer, "begin_health") if rights.name_assessors and under_way is None else "",
        name_assessor=address(offer, "name_assessor")
        if rights.name_assessors and under_way is not None
        else "",
        write=address(offer, "write_health") if writes else "",
        add_question=address(offer, "add_question") if writes else "",
        add_finding=address(offer, "add_finding") if writes else "",
        add_condition=address(offer, "add_condition") if writes else "",
        conclude=address(offer, "conclude_health") if writes else "",
        not_named=rights.assess and under_way is not None and not named,
    )


def _view(
    state: HealthState,
    slug: str,
    rights: Rights,
    known: Mapping[int, str],
    *,
    writes: bool,
) -> AssessmentView:
    done = state.concluded_at is not None
    inner = rights.see or (done and rights.insider)
    may_remove = rights.name_assessors and not done
    return AssessmentView(
        inner=inner,
        conclusion=str(texts.SOUNDNESSES[state.conclusion]) if state.conclusion else "",
        color=SOUNDNESS_COLORS[state.conclusion] if state.conclusion else "info",
        summary=state.summary,
        concluded_at=state.concluded_at,
        opened_at=state.opened_at,
        assessors=tuple(
            AssessorRow(
                words=assessor_words(known.get(one.person, ""), one.position),
                joined=joined_words(known.get(one.person, ""), one.position, one.programme_from)
                if one.programme_from is not None
                else "",
                remove=reverse("gates:remove_assessor", args=[slug, one.pk]) if may_remove else "",
            )
            for one in state.assessors
        ),
        questions=tuple((one.question, one.answer) for one in state.questions) if inner else (),
        answered=len(state.questions) - state.unanswered,
        findings=tuple(
            FindingRow(
                pk=one.pk,
                severity=str(texts.SEVERITIES[one.severity]),
                color=SEVERITY_COLORS[one.severity],
                text=one.text,
                advice=one.advice,
                edit=reverse("gates:edit_finding", args=[slug, one.pk]) if writes else "",
                remove=reverse("gates:remove_finding", args=[slug, one.pk]) if writes else "",
            )
            for one in state.findings
        )
        if inner
        else (),
        conditions=tuple(
            condition_row(one, slug, may_follow_up=rights.assess) for one in state.conditions
        )
        if done
        else (),
        own_conditions=tuple(
            OwnCondition(
                text=one.text,
                due_by=one.due_by,
                remove=reverse("gates:remove_condition", args=[slug, one.pk]) if writes else "",
            )
            for one in state.conditions
        )
        if not done
        else (),
    )


def assessor_choices(slug: str, *, on: date) -> Iterable[tuple[str, str]]:
    """Everybody with the role, those of the programme marked: they are refused. Two queries."""
    held = (
        Membership.objects.filter(role=Role.HEALTH_ASSESSOR.value, person__is_active=True)
        .valid_on(on)
        .select_related("person")
        .order_by(SortKey("person__name"), "person_id")
    )
    rows = list(held)
    theirs = queries.of_programme([row.person_id for row in rows], slug, on=on)
    found = []
    for row in rows:
        words = ", ".join(part for part in (str(row.person), row.title) if part)
        if row.person_id in theirs:
            words = gettext("%(who)s (hører til programmet)") % {"who": words}
        found.append((str(row.person_id), words))
    return found
