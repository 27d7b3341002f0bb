"""The decision basis: whether it is complete, and everything in it for one municipality."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.utils.translation import get_language

from samlop.db.text_keys import SortKey
from samlop.lib.quarters import Quarter
from samlop.lib.reach import Reach
from samlop.municipalities.models import (
    Municipality,
    MunicipalityCode,
    RegionMembership,
    VendorProfile,
)
from samlop.municipalities.queries import capacity, population, similar
from samlop.municipalities.queries.capacity import QuarterAhead
from samlop.municipalities.rules.capacity import LocalRole as Role
from samlop.municipalities.rules.capacity import SizeClass, size_class
from samlop.municipalities.rules.kinds import CapacityRole, LanguageForm, ProductKind
from samlop.portfolio.models import CostModel, Offer
from samlop.portfolio.queries import costs, gates, readiness
from samlop.portfolio.queries.costs import Version
from samlop.portfolio.queries.gates import GateState
from samlop.portfolio.queries.readiness import ProductNames, ProductState
from samlop.portfolio.rules.costs import NO_HOURS, Figure, Span
from samlop.portfolio.rules.solutions import Area, covered
from samlop.rollouts.models import (
    Basis,
    BasisPrerequisite,
    Cohort,
    Invitation,
    Place,
    PrerequisiteWord,
    RoleHolder,
    Rollout,
    Worker,
)
from samlop.rollouts.queries.prices import Prices, version_for
from samlop.rollouts.rules import basis as rules
from samlop.rollouts.rules.basis import (
    BasisFacts,
    BasisItem,
    PrerequisiteKind,
    PrerequisiteOwner,
    PrerequisiteStanding,
    RoleHours,
    Staffed,
)
from samlop.rollouts.rules.cohorts import CohortState
from samlop.rollouts.rules.rollouts import RolloutKind, WorkFunction
from samlop.uptake.queries import stages
from samlop.uptake.rules.stages import ENDED, Stage

EXAMPLES: Final = 5
# How far each municipality has come, and since when.
Open = Mapping[int, tuple[Stage, date | None]]
JOINABLE: Final = (CohortState.PLANNED.value, CohortState.ENROLLING.value)


# --- is it complete ---


def missing(rollout: Rollout) -> tuple[BasisItem, ...]:
    """What must still be filled in before anybody can be invited. Six queries."""
    return rules.missing(_facts(rollout))


def checklist(rollout: Rollout) -> tuple[tuple[BasisItem, bool], ...]:
    """Everything that must be in it, and whether it is. Six queries."""
    lacking = missing(rollout)
    return tuple((item, item not in lacking) for item in rules.items(RolloutKind(rollout.kind)))


def of(rollout: Rollout) -> Basis | None:
    """The basis as it is stored, or None. One query."""
    return Basis.objects.filter(rollout=rollout).first()


def prerequisites_of(basis: Basis) -> tuple[BasisPrerequisite, ...]:
    """Those that stand, the earliest to be in place first. One query."""
    return tuple(basis.prerequisites.standing().select_related("solution"))


def roles_of(basis: Basis) -> tuple[RoleHours, ...]:
    """In the order of the list, with the hours of 5 000 to 9 999 inhabitants. One query."""
    order = list(Role)
    rows = sorted(basis.roles.all(), key=lambda row: order.index(Role(row.role)))
    return tuple(
        RoleHours(
            role=Role(row.role),
            needed=row.needed,
            monthly=tuple(Decimal(hours) for hours in row.monthly),
        )
        for row in rows
    )


def hours_of_model(rollout: Rollout) -> Span:
    """What the cost model says of 5 000 to 9 999 inhabitants. At most four queries."""
    offers = Offer.objects.filter(solution=rollout.solution_id).values_list("pk", flat=True)
    versions = costs.versions_on(rollout.starts_on, offers=list(offers))
    version = version_for(versions, rollout.offer_id)
    return sum(version.model.hours.values(), NO_HOURS) if version else NO_HOURS


def _facts(rollout: Rollout) -> BasisFacts:
    basis = of(rollout)
    return BasisFacts(
        kind=RolloutKind(rollout.kind),
        what=bool(basis and basis.what),
        gains=bool(basis and basis.gains),
        gains_source=bool(basis and basis.gains_source),
        prerequisites=basis.prerequisites.standing().count() if basis else 0,
        no_prerequisites=bool(basis and basis.no_prerequisites),
        has_cost=_has_cost(rollout),
        roles=roles_of(basis) if basis else (),
        cohorts=Cohort.objects.filter(rollout=rollout)
        .exclude(state=CohortState.CANCELLED.value)
        .count(),
        steps=basis.steps.count() if basis else 0,
        consequence=bool(basis and basis.consequence),
        has_leader=Worker.objects.filter(
            rollout=rollout, function=WorkFunction.LEADER.value, ended_on=None
        ).exists(),
    )


def _has_cost(rollout: Rollout) -> bool:
    models = CostModel.objects.current_on(rollout.starts_on).filter(
        offer__solution=rollout.solution_id
    )
    return any(one.for_all_areas or one.offer_id == rollout.offer_id for one in models)


# --- what it costs and asks of many ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What a rollout comes to for one municipality: kroner, and the hours of each role."""

    figure: Figure | None
    size: SizeClass
    inhabitants: int | None
    roles: tuple[RoleHours, ...]

    @property
    def hours(self) -> Decimal:
        """Of the roles it must have; those advised are not counted."""
        return sum((one.total for one in self.roles if one.needed), Decimal(0))

    def asked(self, starts_on: date) -> Mapping[Quarter, Mapping[CapacityRole, Decimal]]:
        """Hours per quarter and capacity role, for the load ledger."""
        return rules.asked((one for one in self.roles if one.needed), starts_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """What the roles a municipality must have ask of it: in all, and per quarter and role."""

    total: Decimal
    asked: Mapping[Quarter, Mapping[CapacityRole, Decimal]]


def hours(
    rollout: Rollout, municipalities: Collection[int], on: date, *, starts_on: date | None
) -> Mapping[int, Hours]:
    """The hours alone, of a cohort that starts then. Three queries, for one as for all."""
    basis = of(rollout)
    roles = roles_of(basis) if basis else ()
    living = population.inhabitants(municipalities, on=on)
    # They follow from the size, of which there are a handful.
    of_size: dict[SizeClass, Hours] = {}
    found = {}
    for pk in municipalities:
        size = size_class(living.get(pk))
        if size not in of_size:
            needed = [one for one in rules.for_size(roles, size) if one.needed]
            of_size[size] = Hours(
                total=sum((one.total for one in needed), Decimal(0)),
                asked=rules.asked(needed, starts_on) if starts_on else {},
            )
        found[pk] = of_size[size]
    return found


def figures(rollout: Rollout, municipalities: Collection[int], on: date) -> Mapping[int, Own]:
    """What it comes to for each of them. Ten queries, for one as for all."""
    basis = of(rollout)
    roles = roles_of(basis) if basis else ()
    priced = Prices.of([rollout.solution_id], on, costs.systems_of(on)).priced(rollout)
    living = population.inhabitants(municipalities, on=on)
    return {
        pk: Own(
            figure=priced.figure(pk),
            size=size_class(living.get(pk)),
            inhabitants=living.get(pk),
            roles=rules.for_size(roles, size_class(living.get(pk))),
        )
        for pk in municipalities
    }


# --- everything for one municipality ---


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortFor:
    """A cohort that the municipality may wish for."""

    pk: int
    name: str
    starts_on: date
    answer_by: date
    change_until: date

    @classmethod
    def of(cls, row: Cohort) -> "CohortFor":
        return cls(
            pk=row.pk,
            name=row.name,
            starts_on=row.starts_on,
            answer_by=row.answer_by,
            change_until=row.change_until,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemFor:
    """A product the municipality uses where the solution reaches, and what is said of it."""

    product: ProductNames
    said: ProductState | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrerequisiteFor:
    """A prerequisite, when it must be in place, and how it stands in the municipality.

    `note` and `told_on` are somebody's word; `standing` is None where the reader may not know.
    """

    pk: int
    kind: PrerequisiteKind
    title: str
    # Empty where nobody has written it in nynorsk.
    title_nn: str
    done_when: str
    owner: PrerequisiteOwner
    days_before: int
    due_by: date | None
    standing: PrerequisiteStanding | None
    note: str = ""
    told_on: date | None = None
    told_as: str = ""
    systems: tuple[SystemFor, ...] = ()
    solution: str = ""
    solution_slug: str = ""
    role: Role | None = None

    @property
    def told_title(self) -> str:
        """As it is read in the language of now."""
        return (get_language() == "nn" and self.title_nn) or self.title

    @property
    def is_told(self) -> bool:
        """Whether somebody says how it stands; the others are known by themselves."""
        return self.kind not in rules.KNOWN_BY_ITSELF

    @property
    def is_met(self) -> bool:
        return self.standing is PrerequisiteStanding.MET


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFor:
    """A step of the schedule: weeks from the start, and the day when there is a cohort."""

    words: str
    words_nn: str
    weeks: int
    on: date | None

    @property
    def told_words(self) -> str:
        """As it is read in the language of now."""
        return (get_language() == "nn" and self.words_nn) or self.words


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadFor:
    """A quarter in which the rollout asks for hours, and how full the municipality is then.

    `ahead` is what is already there, and None further ahead than anybody has planned.
    """

    quarter: Quarter
    asked: Mapping[CapacityRole, Decimal]
    ahead: QuarterAhead | None

    @property
    def hours(self) -> Decimal:
        return sum(self.asked.values(), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """How far another municipality has come, of those that the public may read."""

    number: str
    name: str
    stage: Stage
    since: date | None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisFor:
    """Everything one municipality needs to decide. `inside`: as its own people see it."""

    rollout: Rollout
    basis: Basis
    municipality: int
    number: str
    name: str
    language: LanguageForm
    inside: bool
    missing: tuple[BasisItem, ...]
    cohorts: tuple[CohortFor, ...]
    own: Own
    version: Version | None
    months: tuple[date, ...]
    staffing: tuple[Staffed, ...]
    prerequisites: tuple[PrerequisiteFor, ...]
    systems: tuple[SystemFor, ...]
    steps: tuple[StepFor, ...]
    load: tuple[LoadFor, ...]
    similar: tuple[Example, ...]
    nearby: tuple[Example, ...]
    exception: GateState | None
    on: date

    @property
    def starts_on(self) -> date | None:
        """When the first cohort it may wish for starts."""
        return self.cohorts[0].starts_on if self.cohorts else None

    @property
    def met(self) -> int:
        return sum(one.is_met for one in self.prerequisites)

    @property
    def lacking(self) -> tuple[PrerequisiteFor, ...]:
        """Those that are not known to be in place."""
        return tuple(one for one in self.prerequisites if not one.is_met)

    @property
    def changed_at(self) -> datetime:
        return self.basis.changed_at


def basis_for(
    rollout: Rollout, municipality: int, on: date, *, inside: bool = False
) -> BasisFor | None:
    """The basis for one municipality; None before anybody has begun on it, or if it is no more.

    `inside` is for the municipality's own people and those who help it: what they have said of
    prerequisites, and hours against room. As many queries whatever is in it, about forty.
    """
    basis = of(rollout)
    code = (
        MunicipalityCode.objects.valid_on(on)
        .filter(municipality=municipality)
        .select_related("municipality")
        .first()
    )
    if basis is None or code is None:
        return None
    cohorts = _cohorts(rollout, municipality, on, inside=inside)
    starts_on = cohorts[0].starts_on if cohorts else None
    uses = costs.systems_of(on, municipalities=[municipality])
    priced = Prices.of([rollout.solution_id], on, uses).priced(rollout)
    living = population.inhabitants([municipality], on=on).get(municipality)
    size = size_class(living)
    roles = rules.for_size(roles_of(basis), size)
    own = Own(figure=priced.figure(municipality), size=size, inhabitants=living, roles=roles)
    systems = _systems(rollout, municipality, on)
    longest = max((len(one.monthly) for one in roles), default=0)
    known = _open_stages(rollout, on)
    return BasisFor(
        rollout=rollout,
        basis=basis,
        municipality=municipality,
        number=code.number,
        name=code.qualified_name,
        language=LanguageForm(code.municipality.language_form),
        inside=inside,
        missing=missing(rollout),
        cohorts=cohorts,
        own=own,
        version=priced.version,
        months=rules.months_from(starts_on, longest) if starts_on else (),
        staffing=rules.staffing(roles, size),
        prerequisites=_prerequisites(
            basis,
            rollout.solution_id,
            municipality,
            systems,
            starts_on=starts_on,
            on=on,
            inside=inside,
        ),
        systems=systems,
        steps=tuple(
            StepFor(
                words=row.words,
                words_nn=row.words_nn,
                weeks=row.weeks,
                on=rules.due_by(starts_on, -7 * row.weeks) if starts_on else None,
            )
            for row in basis.steps.all()
        ),
        load=_load(own, municipality, starts_on, on=on, inside=inside),
        similar=_similar(known, municipality, on),
        nearby=_nearby(known, code.municipality, on),
        exception=gates.exceptions_of([rollout.offer_id], on).get(rollout.offer_id),
        on=on,
    )


def _cohorts(
    rollout: Rollout, municipality: int, on: date, *, inside: bool
) -> tuple[CohortFor, ...]:
    """The one it has a place in; else those it is asked about, by the day it must answer.

    Five queries at most.
    """
    taken = Place.objects.taken().filter(cohort__rollout=rollout, municipality=municipality)
    place = taken.select_related("cohort").first()
    if place is not None:
        return (CohortFor.of(place.cohort),)
    found = cohorts_for(rollout, municipality, on)
    invitation = Invitation.objects.filter(
        rollout=rollout, municipality=municipality, withdrawn_at=None
    ).first()
    if invitation is None or not inside:
        return found
    return tuple(
        replace(one, answer_by=invitation.answer_by)
        for one in found
        if invitation.cohort_id in {None, one.pk}
    )


def cohorts_for(rollout: Rollout, municipality: int, on: date) -> tuple[CohortFor, ...]:
    """Those not begun that it may wish for: of C, where it shares the key. Three queries."""
    rows = list(
        Cohort.objects.filter(rollout=rollout, state__in=JOINABLE).order_by("starts_on", "number")
    )
    products = frozenset(
        VendorProfile.objects.valid_on(on)
        .filter(
            municipality=municipality,
            service_area__in=[area.value for area in covered(Area(rollout.offer.area))],
        )
        .values_list("product_id", flat=True)
    )
    regions = frozenset(
        RegionMembership.objects.valid_on(on)
        .filter(municipality=municipality)
        .values_list("region_id", flat=True)
    )
    return tuple(CohortFor.of(row) for row in rows if shares_key(row, products, regions))


def shares_key(cohort: Cohort, products: Collection[int], cooperations: Collection[int]) -> bool:
    """Whether who uses these and belongs to these may be in it."""
    return (cohort.product_id is None or cohort.product_id in products) and (
        cohort.cooperation_id is None or cohort.cooperation_id in cooperations
    )


def _systems(rollout: Rollout, municipality: int, on: date) -> tuple[SystemFor, ...]:
    """The municipality's products that the offer depends on. Two queries, and the offer's own."""
    offer = Offer.objects.select_related("solution").get(pk=rollout.offer_id)
    said = readiness.on(offer, on)
    kinds = readiness.kinds_for(offer, said)
    rows = (
        VendorProfile.objects.valid_on(on)
        .filter(
            municipality=municipality,
            service_area__in=[area.value for area in covered(Area(offer.area))],
        )
        .select_related("product__vendor")
        .order_by("product__name")
    )
    products = {
        row.product_id: ProductNames.of(row.product)
        for row in rows
        if ProductKind(row.kind) in kinds
    }
    return tuple(SystemFor(product=names, said=said.get(pk)) for pk, names in products.items())


def _prerequisites(
    basis: Basis,
    solution: int,
    municipality: int,
    systems: Collection[SystemFor],
    *,
    starts_on: date | None,
    on: date,
    inside: bool,
) -> tuple[PrerequisiteFor, ...]:
    """Five queries at most."""
    rows = prerequisites_of(basis)
    words = {
        word.prerequisite_id: word
        for word in PrerequisiteWord.objects.filter(
            prerequisite__in=rows, municipality=municipality, told_on__lte=on
        )
        .order_by("prerequisite_id", "-recorded_at", "-pk")
        .distinct("prerequisite_id")
    }
    required = {row.solution_id for row in rows if row.solution_id is not None}
    agreed = _agreed(required, municipality, on, inside=inside)
    staffed = frozenset(
        Role(code)
        for code in RoleHolder.objects.filter(
            municipality=municipality, solution=solution, ended_on=None
        ).values_list("role", flat=True)
    )
    found = []
    for row in rows:
        kind = PrerequisiteKind(row.kind)
        due = rules.due_by(starts_on, row.days_before) if starts_on else None
        word = words.get(row.pk) if inside else None
        role = Role(row.role) if row.role else None
        standing: PrerequisiteStanding | None
        match kind:
            case PrerequisiteKind.SYSTEM_VERSION:
                standing = rules.standing_of_system(
                    [one.said.claim if one.said else None for one in systems],
                    by=due or on,
                    on=on,
                )
            case PrerequisiteKind.OTHER_SOLUTION:
                standing = rules.standing_of_solution(agreed.get(row.solution_id or 0, ()))
            case _ if not inside:
                standing = None
            case _ if role in staffed:
                standing = PrerequisiteStanding.MET
            case _:
                standing = (
                    PrerequisiteStanding(word.standing) if word else PrerequisiteStanding.UNKNOWN
                )
        found.append(
            PrerequisiteFor(
                pk=row.pk,
                kind=kind,
                title=row.title,
                title_nn=row.title_nn,
                done_when=row.done_when,
                owner=PrerequisiteOwner(row.owner),
                days_before=row.days_before,
                due_by=due,
                standing=standing,
                note=word.note if word else "",
                told_on=word.told_on if word else None,
                told_as=word.recorded_as if word else "",
                systems=tuple(systems) if kind is PrerequisiteKind.SYSTEM_VERSION else (),
                solution=row.solution.name if row.solution else "",
                solution_slug=row.solution.slug if row.solution else "",
                role=role,
            )
        )
    return tuple(found)


def _agreed(
    solutions: Collection[int], municipality: int, on: date, *, inside: bool
) -> Mapping[int, tuple[Stage | None, ...]]:
    """The agreed stages in every area of these solutions; others see only what is open."""
    if not solutions:
        return {}
    offers = dict(Offer.objects.filter(solution__in=solutions).values_list("pk", "solution_id"))
    found: dict[int, list[Stage | None]] = {}
    for (offer, _), known in stages.standing(
        list(offers), on, municipalities=[municipality]
    ).items():
        if inside or known.is_open_on(on):
            found.setdefault(offers[offer], []).append(known.agreed)
    return {solution: tuple(agreed) for solution, agreed in found.items()}


def _load(
    own: Own, municipality: int, starts_on: date | None, *, on: date, inside: bool
) -> tuple[LoadFor, ...]:
    """Five queries, none when it asks for no hours."""
    asked = own.asked(starts_on) if starts_on else {}
    if not asked:
        return ()
    now, last = Quarter.of(on), max(asked)
    count = (last.year - now.year) * 4 + last.number - now.number + 1
    ahead = (
        {
            one.quarter: one
            for one in capacity.year_ahead(
                municipality, on=on, reach=Reach(everywhere=inside), count=count
            )
        }
        if count > 0
        else {}
    )
    return tuple(
        LoadFor(quarter=quarter, asked=hours, ahead=ahead.get(quarter))
        for quarter, hours in asked.items()
    )


def _similar(known: Open, municipality: int, on: date) -> tuple[Example, ...]:
    """Municipalities that are like it and have come somewhere. Six queries."""
    like = similar.similar_to(municipality, on=on, count=4 * EXAMPLES)
    found = [
        Example(
            number=one.number,
            name=one.name,
            stage=known[one.pk][0],
            since=known[one.pk][1],
            why=one.why,
        )
        for one in like
        if one.pk in known
    ]
    return tuple(found[:EXAMPLES])


def _nearby(known: Open, municipality: Municipality, on: date) -> tuple[Example, ...]:
    """The nearest municipalities that have come somewhere. One query."""
    if municipality.latitude is None or municipality.longitude is None:
        return ()
    points: dict[int, rules.Point] = {}
    names: dict[int, tuple[str, str]] = {}
    for pk, number, name, latitude, longitude in (
        MunicipalityCode.objects.valid_on(on)
        .exclude(municipality=municipality)
        .order_by(SortKey("name"))
        .values_list(
            "municipality_id",
            "number",
            "qualified_name",
            "municipality__latitude",
            "municipality__longitude",
        )
    ):
        if latitude is not None and longitude is not None:
            points[pk] = (float(latitude), float(longitude))
            names[pk] = (number, name)
    here = (float(municipality.latitude), float(municipality.longitude))
    near = rules.nearest(here, points, count=2 * EXAMPLES)
    found = [
        Example(number=names[pk][0], name=names[pk][1], stage=known[pk][0], since=known[pk][1])
        for pk in near
        if pk in known
    ]
    return tuple(found[:EXAMPLES])


def _open_stages(rollout: Rollout, on: date) -> Open:
    """How far others have come, as far as the public may read it. One query."""
    return {
        municipality: (known.agreed, known.since)
        for (_, municipality), known in stages.standing([rollout.offer_id], on).items()
        if known.agreed is not None and known.agreed not in ENDED and known.is_open_on(on)
    }
