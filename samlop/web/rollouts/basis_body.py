"""The decision basis for one municipality in words: the body that several pages show.

`basis_body(found)` gives what the macro of `rollouts/basis_body.html` shows; a page that uses it
takes the style sheet `app/basis.css` along.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.translation import gettext

from samlop.municipalities.rules.capacity import Level
from samlop.municipalities.texts import LEVELS, LOCAL_ROLES, SIZE_CLASSES
from samlop.portfolio.rules.costs import CostPlace
from samlop.rollouts.queries.basis import BasisFor, Example, PrerequisiteFor
from samlop.rollouts.rules.basis import SMALL, PrerequisiteStanding
from samlop.rollouts.rules.rollouts import RolloutKind
from samlop.rollouts.services import case_paper
from samlop.rollouts.texts import basis as texts
from samlop.web import formats
from samlop.web.costs.own import LineShown, four_lines

COLORS: Final[Mapping[PrerequisiteStanding, str]] = {
    PrerequisiteStanding.MET: "success",
    PrerequisiteStanding.UNDER_WAY: "info",
    PrerequisiteStanding.OPEN: "warning",
    PrerequisiteStanding.UNKNOWN: "neutral",
}
LEVEL_COLORS: Final[Mapping[Level, str]] = {
    Level.LOW: "success",
    Level.MEDIUM: "info",
    Level.HIGH: "warning",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrerequisiteShown:
    title: str
    kind: str
    done_when: str
    owner: str
    standing: str
    color: str
    # What is known of it: versions of systems, or somebody's word.
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleShown:
    role: str
    staffed: str
    total: str
    monthly: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadShown:
    words: str
    level: str
    color: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleShown:
    name: str
    address: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisBody:
    """Everything in the order it is read."""

    municipality: str
    # The five lines that decide: start, answer by, hours, kroner, what is in place.
    brief: tuple[tuple[str, str], ...]
    # Why there is no start for it; empty when there is one.
    left_out: str
    exception: str
    exception_address: str
    what: str
    gains: str
    gains_source: str
    gains_link: str
    met: str
    prerequisites: tuple[PrerequisiteShown, ...]
    money: tuple[LineShown, ...]
    cost_source: str
    size: str
    small: bool
    months: tuple[str, ...]
    roles: tuple[RoleShown, ...]
    load: tuple[LoadShown, ...]
    steps: tuple[tuple[str, str], ...]
    consequence: str
    similar: tuple[ExampleShown, ...]
    nearby: tuple[ExampleShown, ...]
    changed: date


def basis_body(found: BasisFor) -> BasisBody:
    """No query."""
    own, basis = found.own, found.basis
    staffed = {one.role: one for one in found.staffing}
    longest = max((len(one.monthly) for one in own.roles), default=0)
    return BasisBody(
        municipality=found.name,
        brief=brief(found),
        left_out=left_out(found),
        exception=case_paper.exception_words(found),
        exception_address=reverse(
            "gates:show", args=[found.rollout.solution.slug, found.exception.pk]
        )
        if found.exception
        else "",
        what=basis.told_what,
        gains=basis.told_gains,
        gains_source=basis.gains_source,
        gains_link=basis.gains_link,
        met=met_words(found),
        prerequisites=tuple(_prerequisite(one) for one in found.prerequisites),
        money=four_lines(own.figure, own.size).money if own.figure else (),
        cost_source=found.version.source if found.version else "",
        size=str(SIZE_CLASSES[own.size]).lower(),
        small=own.size in SMALL,
        months=tuple(_month(day) for day in found.months)
        or tuple(str(number) for number in range(1, longest + 1)),
        roles=tuple(
            RoleShown(
                role=str(LOCAL_ROLES[one.role]),
                staffed=case_paper.staffed_words(needed=one.needed, alone=staffed[one.role].alone),
                total=texts.hour_figure(one.total),
                monthly=tuple(
                    texts.hour_figure(one.monthly[index]) if index < len(one.monthly) else "–"
                    for index in range(longest)
                ),
            )
            for one in own.roles
        ),
        load=tuple(
            LoadShown(
                words=case_paper.load_words(one),
                level=str(LEVELS[one.ahead.level]) if one.ahead else "",
                color=LEVEL_COLORS[one.ahead.level] if one.ahead else "",
            )
            for one in found.load
        ),
        steps=tuple(
            (case_paper.step_words(one.weeks, one.on), one.told_words) for one in found.steps
        ),
        consequence=basis.told_consequence,
        similar=tuple(_example(one) for one in found.similar),
        nearby=tuple(_example(one) for one in found.nearby),
        changed=timezone.localdate(found.changed_at),
    )


def brief(found: BasisFor) -> tuple[tuple[str, str], ...]:
    """What a health leader reads first, and what an invitation says."""
    first = found.cohorts[0] if found.cohorts else None
    figure = found.own.figure
    return tuple(
        (words, value)
        for words, value in (
            (gettext("Oppstart"), formats.long_date(first.starts_on) if first else ""),
            (gettext("Svarfrist"), formats.long_date(first.answer_by) if first else ""),
            (
                gettext("Deres egne timer"),
                gettext("om lag %(hours)s") % {"hours": texts.hours(found.own.hours)}
                if found.own.hours
                else "",
            ),
            (
                gettext("Kommer i tillegg om dere blir med"),
                gettext("%(yearly)s per år, %(once)s én gang")
                % {
                    "yearly": texts.money(figure.sum(CostPlace.IF_JOINING)),
                    "once": texts.money(figure.sum(CostPlace.ONE_OFF)),
                }
                if figure
                else "",
            ),
            (gettext("På plass hos dere"), met_words(found)),
        )
        if value
    )


def left_out(found: BasisFor) -> str:
    """What those read for whom there is no cohort; of C, that none shares their key."""
    if found.cohorts:
        return ""
    if found.rollout.kind == RolloutKind.SHARED.value:
        return gettext(
            "Ingen av puljene er for kommuner med deres systemer eller samarbeid. Meld interesse, "
            "så blir dere spurt når det kommer en pulje som passer."
        )
    return gettext("Ingen pulje tar imot påmelding nå.")


def met_words(found: BasisFor) -> str:
    """«4 av 6»."""
    if not found.prerequisites:
        return gettext("Ingenting kreves på forhånd")
    return gettext("%(met)s av %(all)s") % {"met": found.met, "all": len(found.prerequisites)}


def _prerequisite(one: PrerequisiteFor) -> PrerequisiteShown:
    lines = [case_paper.system_words(each) for each in one.systems]
    if one.note:
        lines.append(one.note)
    if one.told_on is not None:
        lines.append(
            gettext("Opplyst av %(who)s %(day)s.")
            % {"who": one.told_as.lower() or "–", "day": formats.long_date(one.told_on)}
        )
    kind = str(texts.KINDS[one.kind])
    return PrerequisiteShown(
        title=one.told_title,
        kind=kind if kind != one.told_title else "",
        done_when=one.done_when,
        owner=case_paper.owner_words(one),
        standing=str(texts.STANDINGS[one.standing]) if one.standing else "",
        color=COLORS[one.standing] if one.standing else "",
        lines=tuple(lines),
    )


def _month(day: date) -> str:
    """«aug. 2027»."""
    return dateformat.format(day, "N Y").lower()


def _example(one: Example) -> ExampleShown:
    return ExampleShown(
        name=one.name,
        address=reverse("municipalities:show", args=[one.number]),
        words=case_paper.example_words(one).removeprefix(f"{one.name}: "),
    )
