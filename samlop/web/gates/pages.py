"""What the pages of decisions on «klar til bruk» show, as far as the reader may see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from samlop.governance.models import Case
from samlop.portfolio.models import Gate, Offer, Solution
from samlop.portfolio.queries import gates as queries
from samlop.portfolio.queries import health as health_queries
from samlop.portfolio.queries import readiness
from samlop.portfolio.queries.dossiers import Dossier
from samlop.portfolio.queries.gates import GateState
from samlop.portfolio.queries.health import ConditionLine, HealthState
from samlop.portfolio.rules import gates as rules
from samlop.portfolio.rules.assessments import Lack, Opinion, Verdict
from samlop.portfolio.rules.criteria import CriterionWeight
from samlop.portfolio.rules.gates import GateOutcome, GateRefusal
from samlop.portfolio.rules.health import ConditionState, Soundness
from samlop.portfolio.rules.readiness import Readiness
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.services.gates import must_words
from samlop.portfolio.texts import assessments as assessment_texts
from samlop.portfolio.texts import criteria as criteria_texts
from samlop.portfolio.texts import gates as texts
from samlop.portfolio.texts import health as health_texts
from samlop.portfolio.texts import readiness as readiness_texts
from samlop.portfolio.texts import solutions as solution_texts
from samlop.web import formats
from samlop.web.assessments.areas import ADDRESSES
from samlop.web.assessments.pages import COLORS as VERDICT_COLORS
from samlop.web.downloads import Download, Field
from samlop.web.gates import names
from samlop.web.gates.forms import GateForm
from samlop.web.gates.offers import address
from samlop.web.gates.rights import Rights
from samlop.web.governance.addresses import of_case
from samlop.web.solutions.frame import AreaPhase, Frame

OUTCOME_COLORS: Final[Mapping[GateOutcome, str]] = {
    GateOutcome.PASSED: "success",
    GateOutcome.ON_CONDITIONS: "success",
    GateOutcome.NOT_PASSED: "danger",
    GateOutcome.EXCEPTION: "warning",
}
SOUNDNESS_COLORS: Final[Mapping[Soundness, str]] = {
    Soundness.SOUND: "success",
    Soundness.ON_CONDITIONS: "warning",
    Soundness.NOT_SOUND: "danger",
}
CONDITION_COLORS: Final[Mapping[ConditionState, str]] = {
    ConditionState.MET: "success",
    ConditionState.DUE: "info",
    ConditionState.OVERDUE: "danger",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionRow:
    pk: int
    text: str
    due_by: date
    state: str
    color: str
    met_on: date | None
    note: str
    meet: str
    reopen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """One decision, as everybody may read it."""

    address: str
    area: str
    outcome: str
    color: str
    reason: str
    unmet: tuple[str, ...]
    is_exception: bool
    conditions: tuple[ConditionRow, ...]
    decided_on: date
    case: str
    case_address: str
    body: str
    criteria_version: int


def condition_row(one: ConditionLine, slug: str, *, may_follow_up: bool) -> ConditionRow:
    met = one.state is ConditionState.MET
    return ConditionRow(
        pk=one.pk,
        text=one.text,
        due_by=one.due_by,
        state=str(health_texts.CONDITION_STATES[one.state]),
        color=CONDITION_COLORS[one.state],
        met_on=one.met_on,
        note=one.note,
        meet=""
        if met or not may_follow_up
        else reverse("gates:meet_condition", args=[slug, one.pk]),
        reopen=reverse("gates:reopen_condition", args=[slug, one.pk])
        if met and may_follow_up
        else "",
    )


def decision_row(state: GateState, slug: str, area: Area, *, may_follow_up: bool) -> DecisionRow:
    return DecisionRow(
        address=reverse("gates:show", args=[slug, state.pk]),
        area=str(solution_texts.AREAS[area]),
        outcome=str(texts.GATE_OUTCOMES[state.outcome]),
        color=OUTCOME_COLORS[state.outcome],
        reason=state.reason,
        unmet=state.unmet,
        is_exception=state.outcome is GateOutcome.EXCEPTION,
        conditions=tuple(
            condition_row(one, slug, may_follow_up=may_follow_up) for one in state.conditions
        ),
        decided_on=state.decided_on,
        case=state.case_number,
        case_address=reverse(
            "governance:case", args=[state.body_slug, state.case_year, state.case_count]
        ),
        body=state.body,
        criteria_version=state.criteria_version,
    )


# --- every decision on a solution ---


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaDecisions:
    area: AreaPhase
    address: str
    newest: DecisionRow | None
    earlier: tuple[DecisionRow, ...]
    health: str
    health_color: str
    health_address: str
    open_case: str
    may_see: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionsPage:
    frame: Frame
    areas: tuple[AreaDecisions, ...]
    csv: str
    xlsx: str
    has_decisions: bool


def decisions_page(solution: Solution, frame: Frame, rights: Rights, *, on: date) -> DecisionsPage:
    """Four queries, however many areas and decisions."""
    offers = [one.offer for one in frame.areas]
    areas = {one.offer: one.area for one in frame.areas}
    decided = queries.decisions_on(offers, on)
    cases = queries.open_cases_of(offers) if rights.insider else {}
    conclusions = health_queries.conclusions_of(offers)
    found = []
    for one in frame.areas:
        rows = [
            decision_row(state, solution.slug, areas[state.offer], may_follow_up=rights.decide)
            for state in decided
            if state.offer == one.offer
        ]
        sound = conclusions.get(one.offer)
        where = [solution.slug, ADDRESSES[one.area]]
        found.append(
            AreaDecisions(
                area=one,
                address=reverse("gates:offer", args=where),
                newest=rows[0] if rows else None,
                earlier=tuple(rows[1:]),
                health=str(health_texts.SOUNDNESSES[sound]) if sound else "",
                health_color=SOUNDNESS_COLORS[sound] if sound else "neutral",
                health_address=reverse("gates:health", args=where),
                open_case=cases[one.offer].number_words if one.offer in cases else "",
                may_see=rights.see,
            )
        )
    return DecisionsPage(
        frame=frame,
        areas=tuple(found),
        csv="?format=csv",
        xlsx="?format=xlsx",
        has_decisions=bool(decided),
    )


def decisions_download(solution: Solution, offers: Sequence[Offer], *, on: date) -> Download:
    """Two queries."""
    areas = {offer.pk: Area(offer.area) for offer in offers}
    return Download(
        name=f"beslutninger-{solution.slug}",
        sheet=gettext("Beslutninger"),
        on=on,
        fields=(
            Field("losning", gettext("Løsning"), 30),
            Field("tjenesteomrade", gettext("Tjenesteområde"), 26),
            Field("utfall", gettext("Utfall"), 30),
            Field("dato", gettext("Dato"), 12),
            Field("organ", gettext("Organ"), 30),
            Field("sak", gettext("Sak"), 10),
            Field("kriterier", gettext("Versjon av kriteriene"), 12),
            Field("begrunnelse", gettext("Begrunnelse"), 60),
            Field("ikke_oppfylt", gettext("Må-kriterier som ikke var oppfylt"), 40),
        ),
        rows=[
            (
                solution.name,
                str(solution_texts.AREAS[areas[state.offer]]),
                str(texts.GATE_OUTCOMES[state.outcome]),
                state.decided_on,
                state.body,
                state.case_number,
                state.criteria_version,
                state.reason,
                ", ".join(state.unmet),
            )
            for state in queries.decisions_on(areas, on)
        ],
    )


# --- what is to be decided on ---


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionLine:
    title: str
    weight: str
    is_must: bool
    verdict: str
    color: str
    line: str
    evidence: int
    opinion: str
    lacks: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductLine:
    product: str
    vendor: str
    state: str
    told_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthBrief:
    """What everybody may read of the newest conclusion."""

    conclusion: str
    color: str
    summary: str
    concluded_at: datetime
    conditions: tuple[ConditionRow, ...]
    # For readers with a role: a name each; for others what they are.
    assessors: tuple[str, ...]
    joined: tuple[str, ...]
    findings: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseBrief:
    number: str
    body: str
    address: str
    about: str
    recommendation: str
    advice: str
    advice_address: str
    opened_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPage:
    frame: Frame
    area: AreaPhase
    # Words, address, current: the same page of the other areas.
    areas: tuple[tuple[str, str, bool], ...]
    newest: DecisionRow | None
    earlier: tuple[DecisionRow, ...]
    health: HealthBrief | None
    health_address: str
    health_under_way: bool
    may_see: bool
    assessment_address: str
    has_assessment: bool
    criteria_words: str
    progress_done: int
    progress_total: int
    criteria: tuple[CriterionLine, ...]
    products: tuple[ProductLine, ...]
    coverage: str
    vendors_address: str
    case: CaseBrief | None
    open_case: str
    # Everything that hinders a plain yes, in sentences; nothing when it can be given.
    hinders: tuple[str, ...]
    form: GateForm | None
    decide: str


def offer_page(
    offer: Offer,
    frame: Frame,
    rights: Rights,
    dossier: Dossier,
    *,
    on: date,
    form: GateForm | None = None,
) -> OfferPage:
    """A fixed number of queries, however much the dossier holds."""
    slug, area = offer.solution.slug, Area(offer.area)
    decided = [
        decision_row(state, slug, area, may_follow_up=rights.decide)
        for state in queries.decisions_on([offer.pk], on)
    ]
    state = dossier.assessment
    case = queries.open_case_of(offer) if rights.see else None
    cover = readiness.coverage(offer, on) if rights.see else None
    under_way = rights.see and health_queries.under_way(offer, on=on) is not None
    return OfferPage(
        frame=frame,
        area=frame.area(area),
        areas=tuple(
            (
                one.area_words,
                reverse("gates:offer", args=[slug, ADDRESSES[one.area]]),
                one.area is area,
            )
            for one in frame.areas
        ),
        newest=decided[0] if decided else None,
        earlier=tuple(decided[1:]),
        health=health_brief(dossier.health, slug, rights) if dossier.health else None,
        health_address=address(offer, "health"),
        health_under_way=under_way,
        may_see=rights.see,
        assessment_address=reverse("assessments:area", args=[slug, ADDRESSES[area]]),
        has_assessment=state is not None,
        criteria_words=gettext("Versjon %(number)s. %(standing)s")
        % {
            "number": state.criteria_set.number,
            "standing": criteria_texts.SET_STANDINGS[state.criteria_set.standing],
        }
        if state
        else "",
        progress_done=state.progress.settled if state else 0,
        progress_total=state.progress.total if state else 0,
        criteria=criterion_lines(dossier.content()["assessment"]) if rights.see else (),
        products=product_lines(dossier.content()["products"]) if rights.see else (),
        coverage=_coverage_words(len(cover.covered), cover.count) if cover else "",
        vendors_address=reverse("readiness:solution", args=[slug]),
        case=case_brief(case) if case else None,
        open_case=address(offer, "open_case")
        if rights.open_case and state is not None and case is None
        else "",
        hinders=hinders(dossier) if rights.see else (),
        form=form if case is not None and rights.decide else None,
        decide=address(offer, "decide"),
    )


def hinders(dossier: Dossier) -> tuple[str, ...]:
    """What is in the way of a plain yes, one sentence each."""
    facts = dossier.facts(conditions=0)
    found = []
    for refusal in rules.in_the_way(GateOutcome.PASSED, facts):
        if refusal is GateRefusal.MUSTS_UNMET:
            found += [must_words(must) for must in dossier.musts]
        else:
            found.append(str(texts.GATE_REFUSALS[refusal]))
    return tuple(found)


def case_brief(case: Case) -> CaseBrief:
    before = case.builds_on
    decision = before.decision if before is not None and hasattr(before, "decision") else None
    return CaseBrief(
        number=case.number_words,
        body=case.body.name,
        address=of_case(case),
        about=case.about,
        recommendation=case.recommendation,
        advice=gettext("%(body)s, sak %(number)s: %(text)s")
        % {"body": before.body.name, "number": before.number_words, "text": decision.text}
        if before is not None and decision is not None
        else "",
        advice_address=of_case(before) if before is not None else "",
        opened_on=case.opened_on,
    )


def health_brief(state: HealthState, slug: str, rights: Rights) -> HealthBrief:
    """One query for a reader with a role."""
    known = names.of(one.person for one in state.assessors) if rights.insider else {}
    conclusion = state.conclusion
    if conclusion is None or state.concluded_at is None:
        raise TypeError("Only a concluded assessment is told of in brief.")
    return HealthBrief(
        conclusion=str(health_texts.SOUNDNESSES[conclusion]),
        color=SOUNDNESS_COLORS[conclusion],
        summary=state.summary,
        concluded_at=state.concluded_at,
        conditions=tuple(
            condition_row(one, slug, may_follow_up=rights.assess) for one in state.conditions
        ),
        assessors=tuple(
            assessor_words(known.get(one.person, ""), one.position) for one in state.assessors
        ),
        joined=tuple(
            joined_words(known.get(one.person, ""), one.position, one.programme_from)
            for one in state.assessors
            if one.programme_from is not None
        ),
        findings=ngettext("%(num)s funn", "%(num)s funn", len(state.findings))
        % {"num": len(state.findings)}
        if state.findings
        else gettext("Ingen funn"),
    )


def assessor_words(name: str, position: str) -> str:
    words = ", ".join(part for part in (name, position) if part)
    return words or gettext("Helsefaglig vurderer")


def joined_words(name: str, position: str, since: date) -> str:
    """Whoever reads the conclusion must know that an assessor has come to the programme since."""
    return gettext("%(who)s hører til programmet bak løsningen fra %(day)s.") % {
        "who": assessor_words(name, position),
        "day": formats.long_date(since),
    }


def criterion_lines(assessment: Mapping[str, Any] | None) -> tuple[CriterionLine, ...]:
    """From what is frozen, or from what would be if it were decided now."""
    return tuple(_criterion(one) for one in assessment["criteria"]) if assessment else ()


def _criterion(one: Mapping[str, Any]) -> CriterionLine:
    verdict = Verdict(one["verdict"]) if one["verdict"] else None
    opinion = one["opinion"]
    heard = ""
    if opinion:
        heard = str(assessment_texts.OPINIONS[Opinion(opinion["opinion"])])
        if not opinion["stands"]:
            heard = gettext("%(opinion)s, om et tidligere svar") % {"opinion": heard}
        if opinion["comment"]:
            heard = f"{heard}: {opinion['comment']}"
    weight = CriterionWeight(one["weight"])
    return CriterionLine(
        title=one["title"],
        weight=str(criteria_texts.CRITERION_WEIGHTS[weight]),
        is_must=weight is CriterionWeight.MUST,
        verdict=str(assessment_texts.VERDICTS[verdict]) if verdict else gettext("Ikke besvart"),
        color=VERDICT_COLORS[verdict] if verdict else "neutral",
        line=one["line"],
        evidence=len(one["evidence"]),
        opinion=heard,
        lacks=", ".join(str(assessment_texts.LACKS[Lack(lack)]) for lack in one["lacks"]),
    )


def product_lines(products: Sequence[Mapping[str, Any]]) -> tuple[ProductLine, ...]:
    return tuple(_product(one) for one in products)


def _product(one: Mapping[str, Any]) -> ProductLine:
    state = str(readiness_texts.READINESS[Readiness(one["state"])])
    if one["version"]:
        state = f"{state}, {one['version']}"
    if one["release_on"]:
        state = f"{state}, {formats.long_date(date.fromisoformat(one['release_on']))}"
    return ProductLine(
        product=one["product"],
        vendor=one["vendor"],
        state=state,
        told_on=date.fromisoformat(one["told_on"]),
    )


def _coverage_words(covered: int, count: int) -> str:
    if not count:
        return ""
    return gettext(
        "%(covered)s av %(count)s kommuner bruker et produkt som er klart (%(share)s)."
    ) % {
        "covered": formats.number(covered),
        "count": formats.number(count),
        "share": formats.percent(covered / count),
    }


# --- one decision, as it was ---


@dataclass(frozen=True, slots=True, kw_only=True)
class GatePage:
    frame: Frame
    row: DecisionRow
    text: str
    health: str
    health_color: str
    health_summary: str
    insider: bool
    criteria: tuple[CriterionLine, ...]
    products: tuple[ProductLine, ...]
    paper: str
    compiler: str
    sha256: str
    recorded_by: str
    recorded_at: datetime
    offer_address: str


def gate_page(gate: Gate, state: GateState, frame: Frame, rights: Rights) -> GatePage:
    """One query beside what is given."""
    content = gate.snapshot
    slug = frame.slug
    health = content["health"]
    sound = Soundness(health["conclusion"]) if health else None
    by = content["decision"]["recorded_by"]
    known = names.of([by]) if rights.insider else {}
    role = content["decision"]["recorded_as"]
    return GatePage(
        frame=frame,
        row=decision_row(state, slug, Area(gate.offer.area), may_follow_up=rights.decide),
        text=content["decision"]["text"],
        health=str(health_texts.SOUNDNESSES[sound])
        if sound
        else gettext("Ikke avsluttet da det ble besluttet"),
        health_color=SOUNDNESS_COLORS[sound] if sound else "neutral",
        health_summary=health["summary"] if health else "",
        insider=rights.insider,
        criteria=criterion_lines(content["assessment"]) if rights.insider else (),
        products=product_lines(content["products"]) if rights.insider else (),
        paper=reverse("gates:paper", args=[slug, gate.pk]) if rights.insider else "",
        compiler=gate.compiler,
        sha256=gate.paper.sha256,
        # The example's people are called by their roles: once is enough.
        recorded_by=", ".join(dict.fromkeys(one for one in (known.get(by), role) if one)),
        recorded_at=gate.decided_at,
        offer_address=reverse("gates:offer", args=[slug, ADDRESSES[Area(gate.offer.area)]]),
    )
