"""A region's municipalities side by side: who is invited, silent, in trouble, full, asks for help.

As many queries for forty municipalities as for four.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from samlop.lib.quarters import Quarter
from samlop.municipalities.queries import capacity
from samlop.municipalities.queries.regions import Member, members_of
from samlop.municipalities.rules.capacity import Level, quarters_from
from samlop.portfolio.models import Offer
from samlop.rollouts.queries import heart
from samlop.rollouts.queries import help as help_queries
from samlop.rollouts.queries.heart import Ask, Heart
from samlop.rollouts.queries.help import Question as HelpQuestion
from samlop.rollouts.rules.help import Urgency
from samlop.uptake.queries import stages
from samlop.uptake.rules.stages import Hindrance

# The quarter that runs and the three after it: a year to plan in.
QUARTERS = 4


class Group(StrEnum):
    """Which municipalities of a region to look at; the value stands in addresses."""

    INVITED = "inviterte"
    SILENT = "stille"
    TROUBLED = "vanskeligheter"
    FULL = "fullt"
    HELP = "hjelp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hindered:
    solution: str
    hindrances: tuple[Hindrance, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One municipality of the region that day."""

    pk: int
    number: str
    name: str
    heart: Heart
    help: tuple[HelpQuestion, ...]
    hindered: tuple[Hindered, ...]
    full: tuple[Quarter, ...]
    groups: frozenset[Group]

    @property
    def is_silent(self) -> bool:
        return Group.SILENT in self.groups


def rows(region: int, *, on: date) -> tuple[Row, ...]:
    """Those that need somebody most come first. Some thirteen queries."""
    members = members_of(region, on=on)
    pks = [one.municipality for one in members]
    asked = heart.of(pks, on=on)
    helped: dict[int, list[HelpQuestion]] = {}
    for one in help_queries.open_of_municipalities(pks):
        helped.setdefault(one.municipality, []).append(one)
    solutions = dict(Offer.objects.order_by("pk").values_list("pk", "solution__name"))
    hindered: dict[int, dict[str, tuple[Hindrance, ...]]] = {}
    for (offer, pk), said in stages.hindered(solutions, on, municipalities=pks).items():
        hindered.setdefault(pk, {})[solutions[offer]] = said.hindrances
    full = _full(pks, on)
    found = [
        _row(one, asked, helped.get(one.municipality, ()), hindered, full, on) for one in members
    ]
    return tuple(sorted(found, key=_need))


def _full(municipalities: Sequence[int], on: date) -> Mapping[int, tuple[Quarter, ...]]:
    quarters = quarters_from(on, QUARTERS)
    found = capacity.levels(on=on, quarters=quarters, municipalities=municipalities)
    return {
        pk: tuple(quarter for quarter in quarters if levels[quarter] is Level.HIGH)
        for pk, levels in found.items()
    }


def _row(
    one: Member,
    asked: Heart,
    helped: Sequence[HelpQuestion],
    hindered: Mapping[int, Mapping[str, tuple[Hindrance, ...]]],
    full: Mapping[int, tuple[Quarter, ...]],
    on: date,
) -> Row:
    pk = one.municipality
    own = asked.of(pk)
    hinders = tuple(
        Hindered(solution=solution, hindrances=codes)
        for solution, codes in sorted(hindered.get(pk, {}).items())
    )
    groups = set()
    if own.questions:
        groups.add(Group.INVITED)
    if any(is_silent(question, on) for question in own.questions):
        groups.add(Group.SILENT)
    if hinders or any(question.urgency is Urgency.STUCK for question in helped):
        groups.add(Group.TROUBLED)
    if full.get(pk):
        groups.add(Group.FULL)
    if helped:
        groups.add(Group.HELP)
    return Row(
        pk=pk,
        number=one.number,
        name=one.name,
        heart=own,
        help=tuple(helped),
        hindered=hinders,
        full=full.get(pk, ()),
        groups=frozenset(groups),
    )


def is_silent(question: heart.Question, on: date) -> bool:
    """Nothing was said by the deadline, or after as many reminders as there are."""
    return question.ask is Ask.INVITATION and (
        question.to_call or (question.due is not None and question.due < on)
    )


_FIRST = (Group.HELP, Group.SILENT, Group.TROUBLED, Group.INVITED, Group.FULL)


def _need(row: Row) -> tuple[bool, tuple[bool, ...], str]:
    awaits = any(question.awaits_region for question in row.help)
    return (not awaits, tuple(group not in row.groups for group in _FIRST), row.number)
