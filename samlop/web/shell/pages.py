"""What the shell's own pages show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext

from samlop.accounts.models import Person
from samlop.municipalities.models import Municipality, MunicipalityCode, Region
from samlop.municipalities.rules.kinds import RegionKind
from samlop.web.shell import tasks
from samlop.web.shell.navigation import MUNICIPALITIES, REGIONS, HeldRole
from samlop.web.shell.tasks import Task

LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere the person holds a role, with every role she holds there."""

    name: str
    address: str | None
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HomePage:
    """«Min side»: one page per person, the tasks of all her roles merged."""

    name: str
    today: date
    tasks: tuple[Task, ...]
    places: tuple[Place, ...]

    @classmethod
    def of(cls, person: Person, roles: Sequence[HeldRole], *, on: date) -> "HomePage":
        return cls(name=str(person), today=on, tasks=tasks.of(roles, on=on), places=_places(roles))


def _places(roles: Sequence[HeldRole]) -> tuple[Place, ...]:
    held: dict[tuple[str, str | None], list[str]] = {}
    for role in roles:
        held.setdefault((role.place, role.address), []).append(role.role_words)
    return tuple(
        Place(name=name, address=address, roles=tuple(words))
        for (name, address), words in held.items()
    )


@dataclass(frozen=True, slots=True)
class FrontPage:
    """The page for visitors: what Samløp is, and what is open to all."""

    municipalities: int
    counties: int
    groups: int
    municipalities_address: str = MUNICIPALITIES
    regions_address: str = REGIONS

    @classmethod
    def of(cls, *, on: date) -> "FrontPage":
        kinds = list(Region.objects.valid_on(on).values_list("kind", flat=True))
        return cls(
            municipalities=Municipality.objects.existing_on(on).count(),
            counties=kinds.count(RegionKind.COUNTY.value),
            groups=kinds.count(RegionKind.EHEALTH_GROUP.value),
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """A municipality or region that the search found, and why when its name does not say."""

    name: str
    kind: str
    why: str
    address: str


@dataclass(frozen=True, slots=True)
class SearchPage:
    text: str
    hits: tuple[Hit, ...]
    municipalities_address: str = MUNICIPALITIES

    @classmethod
    def of(cls, text: str, *, on: date, most: int) -> "SearchPage":
        text = " ".join(text.split())[:LONGEST_SEARCH]
        return cls(text=text, hits=_hits(text, on=on)[:most] if text else ())


def _hits(text: str, *, on: date) -> tuple[Hit, ...]:
    codes = (
        MunicipalityCode.objects.valid_on(on)
        .filter(Q(number=text) | Q(official_name__istartswith=text))
        .in_norwegian_order()
    )
    return tuple(
        Hit(
            name=code.official_name,
            kind=gettext("kommune"),
            why="",
            address=f"{MUNICIPALITIES}{code.number}/",
        )
        for code in codes
    )
