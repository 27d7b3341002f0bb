"""What stands above every page about one solution: its name, its phases and its parts.

A page about a solution has a field `frame: Frame` and a template that extends
`solutions/frame.html`, where it fills the block `section`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from samlop.portfolio.models import Solution
from samlop.portfolio.queries import solutions as queries
from samlop.portfolio.rules.solutions import Area, Phase, SolutionKind
from samlop.portfolio.texts import solutions as texts
from samlop.web import clock
from samlop.web.request import PublicRequest, Request
from samlop.web.shell.navigation import SOLUTIONS


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the pages about a solution; `of_process`: also when it is a joint process."""

    words: str | Promise
    view: str
    of_process: bool = True


PARTS: Final[Mapping[str, _Part]] = {
    "overview": _Part(_("Oversikt"), "solutions:show"),
    "assessment": _Part(_("Klar til bruk?"), "assessments:show", of_process=False),
    "vendors": _Part(_("Leverandører"), "readiness:solution", of_process=False),
    "rollout_type": _Part(_("Innføringstype"), "cards:show"),
    "rollouts": _Part(_("Innføringsløp"), "rollouts:of_solution"),
    "uptake": _Part(_("Utbredelse"), "uptake:solution"),
    "material": _Part(_("Materiell"), "material:solution"),
    "benefits": _Part(_("Gevinster"), "benefits:solution"),
    "cost": _Part(_("Kostnad"), "costs:show"),
    "decisions": _Part(_("Beslutninger"), "gates:list", of_process=False),
    "history": _Part(_("Historikk"), "solutions:history"),
}

# How a phase is coloured wherever it stands as a tag; the words always stand in it.
COLORS: Final[Mapping[Phase, str]] = {
    Phase.IDEA: "neutral",
    Phase.UNDER_DEVELOPMENT: "neutral",
    Phase.UNDER_TRIAL: "info",
    Phase.READY_FOR_USE: "success",
    Phase.NATIONAL_ROLLOUT: "success",
    Phase.OPERATION: "success",
    Phase.PAUSED: "warning",
    Phase.INTAKE_STOPPED: "warning",
    Phase.SUPERSEDED: "warning",
    Phase.PHASED_OUT: "neutral",
    Phase.SIGNED_UP: "info",
    Phase.UNDER_WAY: "info",
    Phase.COMPLETED: "success",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaPhase:
    """A service area, and the phase the solution is in there; no `phase` when none is known."""

    offer: int
    area: Area
    area_words: str
    phase: Phase | None = None
    phase_words: str = ""
    color: str = "neutral"
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    pk: int
    slug: str
    name: str
    kind: SolutionKind
    kind_words: str
    summary: str
    is_joint_process: bool
    areas: tuple[AreaPhase, ...]
    # Words, address, and whether it is the page that is open.
    tabs: tuple[tuple[str, str, bool], ...]
    section: str
    on: date
    # Set when the page is asked for as of another day; `today_address` leads back.
    past_day: date | None
    today_address: str
    address: str
    is_overview: bool

    def area(self, area: Area) -> AreaPhase:
        return next(one for one in self.areas if one.area is area)


def area_phase(found: queries.OfferedIn) -> AreaPhase:
    words = str(texts.AREAS[found.area])
    if found.phase is None:
        return AreaPhase(offer=found.offer, area=found.area, area_words=words)
    return AreaPhase(
        offer=found.offer,
        area=found.area,
        area_words=words,
        phase=found.phase.phase,
        phase_words=str(texts.PHASES[found.phase.phase]),
        color=COLORS[found.phase.phase],
        since=found.phase.since,
    )


def frame(request: PublicRequest | Request, solution: Solution, *, active: str) -> Frame:
    """The frame with the part `active` (a key of PARTS) open. Two queries."""
    on = clock.chosen_day(request)
    past_day = on if on != clock.today() else None
    kind = SolutionKind(solution.kind)
    return Frame(
        pk=solution.pk,
        slug=solution.slug,
        name=solution.name,
        kind=kind,
        kind_words=str(texts.SOLUTION_KINDS[kind]),
        summary=solution.summary,
        is_joint_process=solution.is_joint_process,
        areas=tuple(area_phase(one) for one in queries.offered(solution, on=on)),
        tabs=_tabs(solution, active, f"?dato={on.isoformat()}" if past_day else ""),
        section=str(PARTS[active].words),
        on=on,
        past_day=past_day,
        today_address=request.path,
        address=reverse("solutions:show", args=[solution.slug]),
        is_overview=active == "overview",
    )


def _tabs(solution: Solution, active: str, suffix: str) -> tuple[tuple[str, str, bool], ...]:
    """Only the parts that make sense for what it is; one without a page is left out."""
    tabs = []
    for code, part in PARTS.items():
        if solution.is_joint_process and not part.of_process:
            continue
        try:
            address = reverse(part.view, args=[solution.slug])
        except NoReverseMatch:
            continue
        tabs.append((str(part.words), f"{address}{suffix}", code == active))
    return tuple(tabs)


def trail(frame: Frame) -> tuple[tuple[str, str], ...]:
    """The breadcrumbs above a page or a form about the solution."""
    return ((gettext("Løsninger"), SOLUTIONS), (frame.name, frame.address))
