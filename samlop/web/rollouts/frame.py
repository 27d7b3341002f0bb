"""What stands above every page about one rollout: its name, how far it has come, and its parts.

A page about a rollout has a field `frame: Frame` and a template that extends
`rollouts/frame.html`, where it fills the block `section`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from samlop.lib.quarters import Quarter
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts.solutions import AREAS
from samlop.rollouts.models import Rollout
from samlop.rollouts.queries import rollouts as queries
from samlop.rollouts.rules.rollouts import RolloutKind, RolloutState
from samlop.rollouts.texts import rollouts as texts
from samlop.web import formats
from samlop.web.request import PublicRequest, Request
from samlop.web.rollouts.rights import Standing, is_insider, standing
from samlop.web.shell.navigation import ROLLOUTS


class Audience(StrEnum):
    """Who is led to a part of a rollout."""

    EVERYBODY = "everybody"
    INSIDERS = "insiders"
    WORKERS = "workers"


@dataclass(frozen=True, slots=True)
class _Part:
    words: str | Promise
    view: str
    audience: Audience = Audience.EVERYBODY


PARTS: Final[Mapping[str, _Part]] = {
    "overview": _Part(_("Oversikt"), "rollouts:show"),
    "municipalities": _Part(_("Kommuner"), "rollouts:municipalities"),
    "cohorts": _Part(_("Puljer"), "rollouts:cohorts"),
    "basis": _Part(_("Beslutningsgrunnlag"), "rollouts:basis", Audience.INSIDERS),
    "survey": _Part(_("Kartlegging"), "rollouts:survey", Audience.INSIDERS),
    "invite": _Part(_("Inviter"), "rollouts:invite", Audience.WORKERS),
    "schedule": _Part(_("Fremdriftsplan"), "rollouts:schedule"),
    "evaluation": _Part(_("Evaluering"), "rollouts:evaluation"),
}

# Before anybody has been through it, there is nothing to evaluate.
_LEARNS: Final = frozenset(
    {RolloutState.RUNNING, RolloutState.PAUSED, RolloutState.EVALUATING, RolloutState.CLOSED}
)

# How a state is coloured wherever it stands as a tag; the words always stand in it.
COLORS: Final[Mapping[RolloutState, str]] = {
    RolloutState.PLANNING: "neutral",
    RolloutState.OPEN: "success",
    RolloutState.RUNNING: "success",
    RolloutState.EVALUATING: "info",
    RolloutState.CLOSED: "neutral",
    RolloutState.PAUSED: "warning",
    RolloutState.CANCELLED: "warning",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    pk: int
    slug: str
    name: str
    kind: RolloutKind
    kind_words: str
    state: RolloutState
    state_words: str
    state_reason: str
    color: str
    summary: str
    solution_name: str
    solution_address: str
    area_words: str
    region_name: str
    region_address: str
    quarter_words: str
    starts_on: date
    ends_on: date | None
    # Words, address, and whether it is the page that is open.
    tabs: tuple[tuple[str, str, bool], ...]
    section: str
    address: str
    is_overview: bool
    standing: Standing


def load(request: PublicRequest | Request, slug: str) -> Rollout:
    """A rollout that the reader may see, with its solution, offer and region; else 404."""
    rows = Rollout.objects.select_related("solution", "offer", "region", "case")
    row = rows.filter(slug=slug).first()
    if row is None:
        raise Http404
    # The same one: the database holds them equal.
    row.offer.solution = row.solution
    if (
        not is_insider(request)
        and not queries.visible(to_insiders=False).filter(pk=row.pk).exists()
    ):
        raise Http404
    return row


def frame(request: PublicRequest | Request, rollout: Rollout, *, active: str) -> Frame:
    """The frame with the part `active` (a key of PARTS) open. The queries of `standing`."""
    found = standing(request, rollout)
    kind, state = RolloutKind(rollout.kind), RolloutState(rollout.state)
    region = rollout.region
    return Frame(
        pk=rollout.pk,
        slug=rollout.slug,
        name=rollout.name,
        kind=kind,
        kind_words=str(texts.KINDS[kind]),
        state=state,
        state_words=str(texts.STATES[state]),
        state_reason=rollout.state_reason,
        color=COLORS[state],
        summary=rollout.summary,
        solution_name=rollout.solution.name,
        solution_address=reverse("solutions:show", args=[rollout.solution.slug]),
        area_words=str(AREAS[Area(rollout.offer.area)]),
        region_name=region.name if region else "",
        region_address=reverse("regions:show", args=[region.slug]) if region else "",
        quarter_words=formats.quarter(Quarter.of(rollout.quarter)),
        starts_on=rollout.starts_on,
        ends_on=rollout.ends_on,
        tabs=_tabs(rollout, active, found),
        section=str(PARTS[active].words),
        address=address(rollout),
        is_overview=active == "overview",
        standing=found,
    )


def _tabs(rollout: Rollout, active: str, found: Standing) -> tuple[tuple[str, str, bool], ...]:
    tabs, state = [], RolloutState(rollout.state)
    for code, part in PARTS.items():
        if part.audience is Audience.INSIDERS and not found.insider:
            continue
        if part.audience is Audience.WORKERS and not found.works:
            continue
        if code == "evaluation" and code != active and state not in _LEARNS:
            continue
        try:
            there = reverse(part.view, args=[rollout.slug])
        except NoReverseMatch:
            continue
        tabs.append((str(part.words), there, code == active))
    return tuple(tabs)


def address(rollout: Rollout, view: str = "show", *more: object) -> str:
    return reverse(f"rollouts:{view}", args=[rollout.slug, *more])


def trail(rollout: Rollout) -> tuple[tuple[str, str], ...]:
    """The breadcrumbs above a page or a form about the rollout."""
    return ((gettext("Innføringsløp"), ROLLOUTS), (rollout.name, address(rollout)))
