"""The register of solutions: what each is, and in which service areas it is offered."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import ProtectedError
from django.db.models.functions import Lower

from samlop.audit.services import change
from samlop.db import locks
from samlop.lib import slugs
from samlop.lib.actors import Actor
from samlop.lib.errors import Refused
from samlop.municipalities.rules import writing
from samlop.portfolio.models import Offer, PhaseEvent, Solution
from samlop.portfolio.rules import solutions as rules
from samlop.portfolio.rules.solutions import Area, Sector, SolutionKind, SolutionRefusal
from samlop.portfolio.texts import solutions as texts

_REGISTER = "portfolio.solutions"


class CannotChangeSolution(Refused):
    """A rule says no to something about a solution; nothing was saved."""

    def __init__(self, refusal: SolutionRefusal, **words: str) -> None:
        super().__init__(str(texts.SOLUTION_REFUSALS[refusal]) % words)
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a solution is. The last two are a joint process's; others leave them empty."""

    name: str
    kind: SolutionKind
    short_name: str = ""
    summary: str = ""
    description: str = ""
    owner: str = ""
    programme: str = ""
    maintainer: str = ""
    audience: str = ""
    sectors: tuple[Sector, ...] = ()
    process_leader: str = ""
    status_survey: str = ""


def facts_of(solution: Solution) -> Facts:
    """What is stored about the solution now."""
    return Facts(
        name=solution.name,
        kind=SolutionKind(solution.kind),
        short_name=solution.short_name,
        summary=solution.summary,
        description=solution.description,
        owner=solution.owner,
        programme=solution.programme,
        maintainer=solution.maintainer,
        audience=solution.audience,
        sectors=tuple(Sector(code) for code in solution.sectors),
        process_leader=solution.process_leader,
        status_survey=solution.status_survey,
    )


def create_solution(
    *,
    facts: Facts,
    areas: Collection[Area],
    by: Actor,
    slug: str = "",
    at: datetime | None = None,
) -> Solution:
    """A new solution, offered in the areas. Raises CannotChangeSolution.

    `slug` is for what is loaded and must have a known address; else it comes of the name.
    """
    columns = _columns(facts)
    if not areas:
        raise CannotChangeSolution(SolutionRefusal.NO_AREA)
    with change("portfolio.solution.created", by=by, at=at) as record:
        locks.hold(_REGISTER)
        _require_free(columns["name"])
        solution = Solution.objects.create(
            slug=slug
            or slugs.free_slug(
                columns["name"],
                # «ny» is the address of the form that makes one.
                {"ny", *Solution.objects.values_list("slug", flat=True)},
                otherwise="losning",
            ),
            **columns,
        )
        taken: set[Area] = set()
        for area in sorted(areas, key=list(Area).index):
            _require_room(area, taken)
            Offer.objects.create(solution=solution, area=area.value)
            taken.add(area)
        record(
            solution,
            details={
                "name": solution.name,
                "kind": solution.kind,
                "areas": [area.value for area in sorted(areas, key=list(Area).index)],
            },
        )
    return solution


def edit_solution(
    *, solution: Solution, version: int, facts: Facts, by: Actor, at: datetime | None = None
) -> Solution:
    """Store what the solution is; the address stays as it was. Raises CannotChangeSolution.

    `version` is the one the facts were read at: with another stored since, nothing is saved.
    """
    columns = _columns(facts)
    with change("portfolio.solution.changed", by=by, at=at) as record:
        locks.hold(_REGISTER)
        row = Solution.objects.select_for_update(no_key=True).get(pk=solution.pk)
        changed = {
            field: [getattr(row, field), value]
            for field, value in columns.items()
            if getattr(row, field) != value
        }
        if not changed:
            record.nothing_changed()
            return row
        if row.version != version:
            raise CannotChangeSolution(SolutionRefusal.CHANGED_MEANWHILE)
        _require_free(columns["name"], but=row)
        process = SolutionKind.JOINT_PROCESS
        if (facts.kind is process) != row.is_joint_process and _has_phases(row):
            raise CannotChangeSolution(SolutionRefusal.ANOTHER_WAY_OF_WORKING, name=row.name)
        for field, value in columns.items():
            setattr(row, field, value)
        row.version += 1
        row.save(update_fields=[*columns, "version"])
        record(row, details=changed)
    return row


def add_offer(*, solution: Solution, area: Area, by: Actor, at: datetime | None = None) -> Offer:
    """The solution is offered in one more service area. Raises CannotChangeSolution."""
    with change("portfolio.offer.added", by=by, at=at) as record:
        # What may stand beside it depends on the others: the solution is the queue.
        row = Solution.objects.select_for_update(no_key=True).get(pk=solution.pk)
        offered = {Area(code) for code in row.offers.values_list("area", flat=True)}
        _require_room(area, offered)
        offer = Offer.objects.create(solution=row, area=area.value)
        record(row, details={"area": area.value})
    return offer


def remove_offer(*, offer: Offer, by: Actor, at: datetime | None = None) -> None:
    """It was never offered there: while nothing stands on it. Raises CannotChangeSolution."""
    with change("portfolio.offer.removed", by=by, at=at) as record:
        solution = Solution.objects.select_for_update(no_key=True).get(pk=offer.solution_id)
        row = Offer.objects.select_for_update().filter(pk=offer.pk).first()
        if row is None:
            record.nothing_changed()
            return
        area = str(texts.AREAS[Area(row.area)])
        if solution.offers.count() == 1:
            raise CannotChangeSolution(SolutionRefusal.NO_AREA)
        record(solution, details={"area": row.area})
        try:
            row.delete()
        except ProtectedError as error:
            raise CannotChangeSolution(SolutionRefusal.AREA_IN_USE, area=area) from error


def _columns(facts: Facts) -> dict[str, Any]:
    """The facts as they are stored: tidied, and without what only the other kind has."""
    name = writing.name(facts.name)
    if name is None:
        raise CannotChangeSolution(SolutionRefusal.NO_NAME)
    columns: dict[str, Any] = {
        field: value.strip() for field, value in asdict(facts).items() if isinstance(value, str)
    }
    if facts.kind is not SolutionKind.JOINT_PROCESS:
        columns |= {"process_leader": "", "status_survey": ""}
    order = list(Sector)
    sectors = [sector.value for sector in sorted(set(facts.sectors), key=order.index)]
    return columns | {"name": name, "kind": facts.kind.value, "sectors": sectors}


def _require_free(name: str, *, but: Solution | None = None) -> None:
    others = Solution.objects.exclude(pk=but.pk) if but else Solution.objects.all()
    if others.annotate(lower=Lower("name")).filter(lower=name.lower()).exists():
        raise CannotChangeSolution(SolutionRefusal.NAME_TAKEN, name=name)


def _require_room(area: Area, offered: Collection[Area]) -> None:
    if refusal := rules.refusal_to_offer_in(area, offered):
        raise CannotChangeSolution(refusal, area=str(texts.AREAS[area]))


def _has_phases(solution: Solution) -> bool:
    """Runs one query."""
    return PhaseEvent.objects.standing().filter(offer__solution=solution).exists()
