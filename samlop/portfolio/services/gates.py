"""The case about «klar til bruk», and its decision, which freezes what it was made on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from samlop.accounts.models import Person
from samlop.audit.services import change
from samlop.files import services as files
from samlop.governance import services as governance
from samlop.governance.models import Body, Case, Decision
from samlop.governance.rules import KINDS_OF, BodyKind, GovernanceRefusal, Matter
from samlop.governance.services import CannotGovern
from samlop.lib import slugs
from samlop.lib.actors import Actor
from samlop.lib.errors import Refused
from samlop.portfolio.models import Assessment, Condition, Gate, GateCase, Offer, PhaseEvent
from samlop.portfolio.queries import dossiers
from samlop.portfolio.queries import gates as queries
from samlop.portfolio.queries.dossiers import Dossier, MustLine
from samlop.portfolio.rules import gates as rules
from samlop.portfolio.rules.gates import MAKES_READY, GateOutcome, GateRefusal
from samlop.portfolio.rules.solutions import Area, Phase
from samlop.portfolio.services import assessments, gate_paper, health, phases
from samlop.portfolio.texts import assessments as assessment_texts
from samlop.portfolio.texts import gates as texts
from samlop.portfolio.texts import solutions as solution_texts

SNAPSHOT_FORMAT = 1
# From these the offer becomes ready; one that is further on, or on its way out, stays there.
_BEFORE_READY = frozenset(
    {
        None,
        Phase.IDEA,
        Phase.UNDER_DEVELOPMENT,
        Phase.UNDER_TRIAL,
        Phase.PAUSED,
        Phase.INTAKE_STOPPED,
    }
)


class CannotDecide(Refused):
    """The body cannot decide so; every reason at once. Nothing was changed.

    `before` says what cannot be decided, `sentences` each thing in the way, for a list.
    """

    def __init__(
        self,
        *refusals: GateRefusal,
        before: str = "",
        musts: Sequence[str] = (),
        **words: object,
    ) -> None:
        found: list[str] = []
        for refusal in refusals:
            if refusal is GateRefusal.MUSTS_UNMET:
                found += [str(texts.MUST_IN_THE_WAY) % {"must": must} for must in musts]
            else:
                found.append(str(texts.GATE_REFUSALS[refusal]) % words)
        listed = {"musts": ", ".join(musts), **words}
        sentences = [str(texts.GATE_REFUSALS[refusal]) % listed for refusal in refusals]
        super().__init__(" ".join([before, *sentences] if before else sentences))
        self.before, self.sentences = before, tuple(found)
        self.refusals = refusals
        self.refusal = refusals[0]


@dataclass(frozen=True, slots=True)
class ConditionWish:
    """A condition as it is written: either part may be missing."""

    text: str
    due_by: date | None


def open_case(
    *,
    offer: Offer,
    by: Actor,
    on: date,
    at: datetime,
    about: str = "",
    recommendation: str = "",
    builds_on: Case | None = None,
) -> Case:
    """A case before the body that the criteria name. Raises CannotDecide and CannotGovern."""
    solution = offer.solution
    if solution.is_joint_process:
        raise CannotDecide(GateRefusal.JOINT_PROCESS)
    with change("portfolio.gate.case_opened", by=by, at=at) as record:
        _lock(offer)
        assessment = dossiers.assessment_row(offer)
        if assessment is None:
            raise CannotDecide(GateRefusal.NO_ASSESSMENT)
        body = assessment.criteria_set.deciding_body
        _require_deciding(body)
        if (already := queries.open_case_of(offer)) is not None:
            raise CannotDecide(GateRefusal.CASE_IS_OPEN, number=already.number_words)
        with translation.override("nb"):
            area = _area(offer)
            title = gettext("%(solution)s, %(area)s: klar til bruk?") % {
                "solution": solution.name,
                "area": area,
            }
            usual = gettext(
                "Organet skal ta stilling til om %(solution)s er klar til bruk i kommunene "
                "(%(area)s), vurdert mot versjon %(version)s av kriteriene."
            ) % {
                "solution": solution.name,
                "area": area,
                "version": assessment.criteria_set.number,
            }
        case = governance.open_case(
            body=body,
            title=title,
            about=about or usual,
            recommendation=recommendation,
            builds_on=builds_on,
            matter=Matter.READY_FOR_USE,
            by=by,
            on=on,
        )
        GateCase.objects.create(offer=offer, case=case)
        record(solution, details={**_told(offer), "number": case.number_words})
    return case


def decide(
    *,
    case: Case,
    outcome: GateOutcome,
    reason: str,
    decided_on: date,
    by: Actor,
    on: date,
    at: datetime,
    seen: str,
    conditions: Sequence[ConditionWish] = (),
) -> Gate:
    """What the body decided, for good; a yes makes the offer ready for use in the same breath.

    `seen` is the fingerprint of the dossier that was read; `on` the day it is recorded.
    Raises CannotDecide with everything that is in the way, and CannotGovern.
    """
    reason = reason.replace("\0", "").strip()
    wished = _conditions(conditions, on=on)
    if not reason:
        raise CannotDecide(GateRefusal.NO_REASON)
    with change("portfolio.gate.decided", by=by, reason=reason, at=at) as record:
        gate_case = GateCase.objects.select_related("offer__solution", "case__body").get(case=case)
        offer = gate_case.offer
        # Whoever decides second waits here, and then finds the case decided.
        _lock(offer)
        # Nobody answers or concludes between what is judged and what is frozen.
        assessments.hold(offer.pk)
        health.hold(offer.pk)
        if Decision.objects.filter(case=case).exists():
            raise CannotGovern(GovernanceRefusal.ALREADY_DECIDED)
        assessment = dossiers.assessment_row(offer)
        if assessment is None:
            raise CannotDecide(GateRefusal.NO_ASSESSMENT)
        body = assessment.criteria_set.deciding_body
        if body.pk != gate_case.case.body_id:
            raise CannotDecide(GateRefusal.OTHER_BODY, body=body.name)
        _require_deciding(body)
        dossier = dossiers.dossier_of(offer, on=on)
        if dossier.fingerprint != seen:
            raise CannotDecide(GateRefusal.CHANGED_MEANWHILE)
        _require_free_way(outcome, dossier, conditions=len(wished))
        with translation.override("nb"):
            text = f"{offer.solution.name}, {_area(offer)}: {texts.GATE_OUTCOMES[outcome]}."
        decision = governance.decide(
            case=case,
            kind=KINDS_OF[BodyKind(body.kind)][0],
            text=text,
            reason=reason,
            decided_on=decided_on,
            matter=Matter.READY_FOR_USE,
            by=by,
            on=on,
            at=at,
        )
        gate = _freeze(offer, assessment, decision, dossier, outcome, wished, by=by, at=at)
        if outcome in MAKES_READY:
            _make_ready(offer, decision, by=by, on=on, at=at)
        record(
            offer.solution,
            details={
                **_told(offer),
                "number": decision.case.number_words,
                "body": body.name,
                "outcome": outcome.value,
            },
        )
    return gate


def _freeze(
    offer: Offer,
    assessment: Assessment,
    decision: Decision,
    dossier: Dossier,
    outcome: GateOutcome,
    conditions: Sequence[tuple[str, date]],
    *,
    by: Actor,
    at: datetime,
) -> Gate:
    unmet = [must.title for must in dossier.musts]
    content = _snapshot(offer, decision, dossier, outcome, conditions, unmet, by=by)
    names = gate_paper.people_in(content)
    paper = gate_paper.make(
        content, {one.pk: str(one) for one in Person.objects.filter(pk__in=names)}
    )
    case = decision.case
    file = files.store(
        name=slugs.slug(
            f"klar-til-bruk {offer.solution.slug} {offer.area} sak {case.number} {case.year}",
            longest=100,
        )
        + ".pdf",
        content=paper.content,
        by=by,
        at=at,
    )
    gate = Gate.objects.create(
        offer=offer,
        decision=decision,
        criteria_set=assessment.criteria_set,
        assessment=assessment,
        health_id=dossier.health.pk if dossier.health else None,
        outcome=outcome.value,
        unmet=unmet,
        reason=decision.reason,
        snapshot=content,
        snapshot_sha256=dossiers.sha256(content),
        paper=file,
        compiler=paper.compiler,
        decided_at=decision.recorded_at,
    )
    Condition.objects.bulk_create(
        Condition(gate=gate, text=text, due_by=due_by) for text, due_by in conditions
    )
    return gate


def _snapshot(
    offer: Offer,
    decision: Decision,
    dossier: Dossier,
    outcome: GateOutcome,
    conditions: Sequence[tuple[str, date]],
    unmet: Sequence[str],
    *,
    by: Actor,
) -> dict[str, Any]:
    """Everything the decision was made on, as JSON takes it."""
    solution, case = offer.solution, decision.case
    advice = case.builds_on
    phase = PhaseEvent.objects.filter(offer=offer).current_on(decision.decided_on).first()
    return {
        "format": SNAPSHOT_FORMAT,
        "solution": {
            "slug": solution.slug,
            "name": solution.name,
            "kind": solution.kind,
            "owner": solution.owner,
            "programme": solution.programme,
        },
        "area": offer.area,
        "phase": phase.phase if phase else None,
        "case": {
            "body": case.body.name,
            "number": case.number_words,
            "title": case.title,
            "about": case.about,
            "recommendation": case.recommendation,
            "opened_on": case.opened_on.isoformat(),
        },
        "advice": {
            "body": advice.body.name,
            "number": advice.number_words,
            "kind": advice.decision.kind,
            "text": advice.decision.text,
            "decided_on": advice.decision.decided_on.isoformat(),
        }
        if advice is not None and hasattr(advice, "decision")
        else None,
        "decision": {
            "kind": decision.kind,
            "outcome": outcome.value,
            "text": decision.text,
            "reason": decision.reason,
            "decided_on": decision.decided_on.isoformat(),
            "recorded_at": decision.recorded_at.isoformat(),
            "recorded_by": decision.recorded_by_id,
            "recorded_as": by.actor_label,
            "unmet": list(unmet),
            "conditions": [
                {"text": text, "due_by": due_by.isoformat()} for text, due_by in conditions
            ],
        },
        **dossier.content(),
    }


def _make_ready(offer: Offer, decision: Decision, *, by: Actor, on: date, at: datetime) -> None:
    """Unless it is further on already, or on its way out."""
    event = PhaseEvent.objects.filter(offer=offer).current_on(decision.decided_on).first()
    if (Phase(event.phase) if event else None) not in _BEFORE_READY:
        return
    with translation.override("nb"):
        why = gettext("Besluttet i sak %(number)s hos %(body)s") % {
            "number": decision.case.number_words,
            "body": decision.case.body.name,
        }
    phases.record_phase(
        offer=offer,
        phase=Phase.READY_FOR_USE,
        happened_on=decision.decided_on,
        reason=why,
        by=by,
        on=on,
        at=at,
    )


def _require_free_way(outcome: GateOutcome, dossier: Dossier, *, conditions: int) -> None:
    facts = dossier.facts(conditions=conditions)
    refusals = rules.in_the_way(outcome, facts)
    if not refusals:
        return
    musts = {must.title for must in rules.musts_in_the_way(outcome, facts)}
    raise CannotDecide(
        *refusals,
        before=gettext("Det kan ikke besluttes «%(outcome)s» nå.")
        % {"outcome": str(texts.GATE_OUTCOMES[outcome])},
        musts=[must_words(must) for must in dossier.musts if must.title in musts],
    )


def must_words(must: MustLine) -> str:
    """«Leverandørene er klare» (mangler dokumentasjon)."""
    lacks = ", ".join(str(assessment_texts.LACKS[lack]) for lack in must.lacks)
    return f"«{must.title}» ({lacks})"


def _conditions(wishes: Sequence[ConditionWish], *, on: date) -> tuple[tuple[str, date], ...]:
    """Whole conditions only; a line left empty is none. Raises CannotDecide."""
    found = []
    for wish in wishes:
        text = " ".join(wish.text.replace("\0", "").split())[:500]
        if not text and wish.due_by is None:
            continue
        if not text or wish.due_by is None:
            raise CannotDecide(GateRefusal.CONDITION_WITHOUT_DATE)
        if wish.due_by < on:
            raise CannotDecide(GateRefusal.CONDITION_IN_THE_PAST)
        found.append((text, wish.due_by))
    return tuple(found)


def _require_deciding(body: Body) -> None:
    if body.kind == BodyKind.ADVISORY.value:
        raise CannotDecide(GateRefusal.BODY_ONLY_ADVISES, body=body.name)


def _lock(offer: Offer) -> None:
    Offer.objects.select_for_update(of=("self",), no_key=True).get(pk=offer.pk)


def _area(offer: Offer) -> str:
    words = str(solution_texts.AREAS[Area(offer.area)])
    return f"{words[:1].lower()}{words[1:]}"


def _told(offer: Offer) -> dict[str, object]:
    return {"solution": offer.solution.slug, "name": offer.solution.name, "area": offer.area}
