"""What the shell's own pages show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.urls import reverse

from samlop.accounts.models import Person
from samlop.municipalities import queries
from samlop.municipalities.models import Municipality, Region
from samlop.municipalities.queries.search import LONGEST, HitKind
from samlop.municipalities.queries.search import Hit as Found
from samlop.municipalities.rules.kinds import RegionKind
from samlop.portfolio.models import Offer, Solution
from samlop.portfolio.queries import portfolio
from samlop.portfolio.rules.solutions import SolutionKind
from samlop.portfolio.texts import solutions as portfolio_texts
from samlop.web.assessments.home import UnderWay, under_way
from samlop.web.national import lines
from samlop.web.national.lines import Line
from samlop.web.shell import tasks
from samlop.web.shell.navigation import MUNICIPALITIES, REGIONS, SOLUTIONS, UPTAKE, HeldRole
from samlop.web.shell.task import Task
from samlop.web.shell.working import Working, rollouts_of

MOST_UPTAKE: Final = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere the person holds a role, with every role she holds there."""

    name: str
    address: str | None
    roles: tuple[str, ...]
    # Where those with a role in the same place are listed.
    people: str
    # A municipality's budget for the coming year; empty for other places.
    year: str = ""


@dataclass(frozen=True, slots=True)
class HomePage:
    """«Min side»: one page per person, the tasks of all her roles merged."""

    name: str
    person_address: str
    today: date
    tasks: tuple[Task, ...]
    places: tuple[Place, ...]
    assessments: tuple[UnderWay, ...]
    rollouts: tuple[Working, ...]

    @classmethod
    def of(cls, person: Person, roles: Sequence[HeldRole], *, on: date) -> "HomePage":
        assessments = under_way(roles)
        return cls(
            name=str(person),
            person_address=reverse("people:person", args=[person.pk]),
            today=on,
            tasks=tasks.of(roles, on=on, assessments=assessments, person=person.pk),
            places=_places(roles),
            assessments=assessments,
            rollouts=rollouts_of(person.pk),
        )


def _places(roles: Sequence[HeldRole]) -> tuple[Place, ...]:
    held: dict[tuple[str, str | None, str], list[HeldRole]] = {}
    for role in roles:
        held.setdefault((role.place, role.address, role.people), []).append(role)
    return tuple(
        Place(
            name=name,
            address=address,
            roles=tuple(role.role_words for role in here),
            people=people,
            year=f"{address}e-helse-neste-ar/" if address and here[0].municipality else "",
        )
        for (name, address, people), here in held.items()
    )


@dataclass(frozen=True, slots=True)
class FrontPage:
    """The page for visitors: what Samløp is, and what is open to all."""

    municipalities: int
    counties: int
    groups: int
    solutions: int
    # The solutions that most have made available, and how far they have come.
    uptake: tuple[Line, ...] = ()
    uptake_address: str = UPTAKE
    solutions_address: str = SOLUTIONS
    municipalities_address: str = MUNICIPALITIES
    regions_address: str = REGIONS

    @classmethod
    def of(cls, *, on: date) -> "FrontPage":
        kinds = list(Region.objects.valid_on(on).values_list("kind", flat=True))
        return cls(
            municipalities=Municipality.objects.existing_on(on).count(),
            counties=kinds.count(RegionKind.COUNTY.value),
            groups=kinds.count(RegionKind.EHEALTH_GROUP.value),
            solutions=Solution.objects.count(),
            uptake=lines.short_lines_of(
                list(Offer.objects.select_related("solution").order_by("pk")),
                on=on,
                most=MOST_UPTAKE,
            ),
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that the search found; `why` when its name does not say it."""

    name: str
    kind: str
    why: str
    address: str

    @classmethod
    def of(cls, hit: Found) -> "Hit":
        if hit.kind is HitKind.REGION:
            return cls(hit.title, hit.subtitle, hit.note, f"{REGIONS}{hit.key}/")
        place = ", ".join(part for part in (hit.key, hit.subtitle) if part)
        return cls(hit.title, place, hit.note, f"{MUNICIPALITIES}{hit.key}/")

    @classmethod
    def of_solution(cls, solution: Solution) -> "Hit":
        name = solution.name
        if solution.short_name:
            name = f"{name} ({solution.short_name})"
        kind = str(portfolio_texts.SOLUTION_KINDS[SolutionKind(solution.kind)])
        return cls(name, kind, "", f"{SOLUTIONS}{solution.slug}/")


@dataclass(frozen=True, slots=True)
class SearchPage:
    text: str
    hits: tuple[Hit, ...]
    municipalities_address: str = MUNICIPALITIES

    @classmethod
    def of(cls, text: str, *, on: date, most: int) -> "SearchPage":
        text = " ".join(text.replace("\0", "").split())[:LONGEST]
        if not text:
            return cls(text=text, hits=())
        # There are few of them, and whoever writes «PLL» is after no municipality.
        solutions = portfolio.search(text, limit=most)
        places = queries.search(text, on=on, limit=most)
        hits = [*map(Hit.of_solution, solutions), *map(Hit.of, places)]
        return cls(text=text, hits=tuple(hits[:most]))


@dataclass(frozen=True, slots=True)
class AccessibilityPage:
    """The developers' account, and the operator's own statement when there is one."""

    statement: str
