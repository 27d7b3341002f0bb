"""The paper of a decision: the snapshot in words, always in bokmål, as tagged PDF."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext

from samlop.governance.rules import DecisionKind
from samlop.governance.texts import DECISION_KINDS
from samlop.lib.pdf import Pdf, compile_pdf
from samlop.municipalities.texts import day_words
from samlop.portfolio.rules.assessments import Lack, Opinion, Verdict
from samlop.portfolio.rules.criteria import CriterionWeight, SetStanding
from samlop.portfolio.rules.gates import GateOutcome
from samlop.portfolio.rules.health import Severity, Soundness
from samlop.portfolio.rules.readiness import Readiness
from samlop.portfolio.rules.solutions import Area, Phase
from samlop.portfolio.texts import assessments, criteria, gates, health, readiness, solutions

TEMPLATE: Final = Path(__file__).resolve().parents[1] / "data" / "gate.typ"


def people_in(snapshot: Mapping[str, Any]) -> set[int]:
    """Whose names the paper keeps: who recorded the decision, and the health assessors."""
    found = {snapshot["decision"]["recorded_by"]}
    if snapshot["health"]:
        found |= {one["person"] for one in snapshot["health"]["assessors"]}
    return {one for one in found if one is not None}


def make(snapshot: Mapping[str, Any], names: Mapping[int, str]) -> Pdf:
    """The same snapshot and names give the same bytes, whatever day they are put together."""
    with translation.override("nb"):
        data = _words(snapshot, names)
    return compile_pdf(
        TEMPLATE, data, at=datetime.fromisoformat(snapshot["decision"]["recorded_at"])
    )


def _words(snapshot: Mapping[str, Any], names: Mapping[int, str]) -> dict[str, Any]:
    decision, case, advice = snapshot["decision"], snapshot["case"], snapshot["advice"]
    assessment = snapshot["assessment"]
    head = assessment["criteria_set"]
    outcome = str(gates.GATE_OUTCOMES[GateOutcome(decision["outcome"])])
    who = names.get(decision["recorded_by"] or 0, "")
    return {
        "title": f"{snapshot['solution']['name']}: {outcome}",
        "foot": gettext("Samløp. Sak %(number)s, %(body)s. Besluttet %(day)s.")
        % {
            "number": case["number"],
            "body": case["body"],
            "day": _day(decision["decided_on"]),
        },
        "kicker": gettext("Beslutning om klar til bruk"),
        "headings": {
            "reason": gettext("Begrunnelse"),
            "conditions": gettext("Vilkår"),
            "unmet": gettext("Må-kriterier som ikke var oppfylt"),
            "case": gettext("Saken"),
            "recommendation": gettext("Innstilling"),
            "advice": gettext("Råd saken bygger på"),
            "health": gettext("Helsefaglig vurdering"),
            "findings": gettext("Funn"),
            "questions": gettext("Spørsmål og svar"),
            "health_conditions": gettext("Vilkår fra vurdererne"),
            "criteria": gettext("Vurdering mot kriteriene"),
            "products": gettext("Status hos leverandørene"),
        },
        "facts": [
            [gettext("Løsning"), snapshot["solution"]["name"]],
            [gettext("Tjenesteområde"), str(solutions.AREAS[Area(snapshot["area"])])],
            [gettext("Utfall"), outcome],
            [gettext("Organ"), case["body"]],
            [gettext("Sak"), case["number"]],
            [
                str(DECISION_KINDS[DecisionKind(decision["kind"])]),
                _day(decision["decided_on"]),
            ],
            [
                gettext("Registrert av"),
                ", ".join(dict.fromkeys(one for one in (who, decision["recorded_as"]) if one)),
            ],
            [
                gettext("Fase før beslutningen"),
                str(solutions.PHASES[Phase(snapshot["phase"])]) if snapshot["phase"] else "–",
            ],
            [
                gettext("Kriterier"),
                gettext("Versjon %(number)s. %(standing)s")
                % {
                    "number": head["number"],
                    "standing": criteria.SET_STANDINGS[SetStanding(head["standing"])],
                },
            ],
        ],
        "reason": decision["reason"],
        "conditions": [_condition(one) for one in decision["conditions"]],
        "unmet": decision["unmet"],
        "about": case["about"],
        "recommendation": case["recommendation"],
        "advice": gettext("%(body)s, sak %(number)s, %(day)s: %(text)s")
        % {
            "body": advice["body"],
            "number": advice["number"],
            "day": _day(advice["decided_on"]),
            "text": advice["text"],
        }
        if advice
        else "",
        "health": _health(snapshot["health"], names),
        "progress": gettext("%(answered)s av %(total)s kriterier var besvart.")
        % {"answered": assessment["answered"], "total": assessment["total"]},
        "criteria": [_criterion(one) for one in assessment["criteria"]],
        "products": [_product(one) for one in snapshot["products"]],
        "product_columns": [
            gettext("Produkt"),
            gettext("Leverandør"),
            gettext("Status"),
            gettext("Sist opplyst"),
        ],
        "no_products": gettext("Ingen leverandør har meldt noe ennå."),
        "condition_columns": [gettext("Vilkår"), gettext("Frist")],
        "finding_columns": [gettext("Alvorsgrad"), gettext("Funn"), gettext("Råd")],
    }


def _health(state: Mapping[str, Any] | None, names: Mapping[int, str]) -> dict[str, Any]:
    if state is None:
        return {"conclusion": gettext("Ingen helsefaglig vurdering var avsluttet.")}
    return {
        "conclusion": gettext("%(conclusion)s. Avsluttet %(day)s.")
        % {
            "conclusion": health.SOUNDNESSES[Soundness(state["conclusion"])],
            "day": _day(state["concluded_at"][:10]),
        },
        "summary": state["summary"],
        "assessors": [_assessor(one, names) for one in state["assessors"]],
        "findings": [
            [str(health.SEVERITIES[Severity(one["severity"])]), one["text"], one["advice"]]
            for one in state["findings"]
        ],
        "questions": [[one["question"], one["answer"]] for one in state["questions"]],
        "conditions": [_condition(one) for one in state["conditions"]],
    }


def _assessor(one: Mapping[str, Any], names: Mapping[int, str]) -> str:
    words = names.get(one["person"], gettext("Helsefaglig vurderer"))
    if one["position"]:
        words = f"{words}, {one['position']}"
    if one["programme_from"]:
        words += gettext(" (i programmet bak løsningen fra %(day)s)") % {
            "day": _day(one["programme_from"])
        }
    return words


def _condition(one: Mapping[str, Any]) -> list[str]:
    text = one["text"]
    if one.get("met_on"):
        text += gettext(" (oppfylt %(day)s)") % {"day": _day(one["met_on"])}
    return [text, _day(one["due_by"])]


def _criterion(one: Mapping[str, Any]) -> dict[str, Any]:
    opinion = one["opinion"]
    heard = ""
    if opinion:
        heard = gettext("Organet: %(opinion)s") % {
            "opinion": str(assessments.OPINIONS[Opinion(opinion["opinion"])]).lower()
        }
        if not opinion["stands"]:
            heard += gettext(" (om et tidligere svar)")
        if opinion["comment"]:
            heard += f": {opinion['comment']}"
    return {
        "title": one["title"],
        "weight": str(criteria.CRITERION_WEIGHTS[CriterionWeight(one["weight"])]),
        "question": one["question"],
        "verdict": str(assessments.VERDICTS[Verdict(one["verdict"])])
        if one["verdict"]
        else gettext("Ikke besvart"),
        "line": one["line"],
        "comment": one["comment"],
        "opinion": heard,
        "lacks": gettext("Mangler: %(lacks)s")
        % {"lacks": ", ".join(str(assessments.LACKS[Lack(lack)]) for lack in one["lacks"])}
        if one["lacks"]
        else "",
        "evidence": [_evidence(each) for each in one["evidence"]],
    }


def _evidence(one: Mapping[str, Any]) -> str:
    if one["link"]:
        return f"{one['words']}: {one['link']}"
    return gettext("%(words)s: %(file)s (kontrollsum %(sum)s)") % {
        "words": one["words"],
        "file": one["file"],
        "sum": one["sha256"][:16],
    }


def _product(one: Mapping[str, Any]) -> list[str]:
    state = str(readiness.READINESS[Readiness(one["state"])])
    if one["version"]:
        state += f", {one['version']}"
    if one["release_on"]:
        state += f", {_day(one['release_on'])}"
    return [one["product"], one["vendor"], state, _day(one["told_on"])]


def _day(iso: str) -> str:
    return day_words(date.fromisoformat(iso[:10]))
