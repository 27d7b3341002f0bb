"""Whom a rollout for something in common leaves out: why, and what each of them waits for."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from samlop.municipalities.models import MunicipalityCode, VendorProfile
from samlop.portfolio.queries import readiness
from samlop.portfolio.queries.readiness import ProductNames, ProductState
from samlop.portfolio.rules.readiness import Readiness
from samlop.portfolio.rules.solutions import Area, covered
from samlop.rollouts.models import Cohort, Rollout
from samlop.rollouts.queries import answers, cohorts, places
from samlop.rollouts.queries.rollouts import target_of
from samlop.rollouts.rules.places import MAY_BE_WISHED
from samlop.rollouts.rules.rollouts import OVER, RolloutKind, RolloutState


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A product the municipality has there, and when its vendor is ready for the solution."""

    product: ProductNames
    is_ready: bool
    expected_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A municipality in the target group that has nothing the open cohorts are for."""

    municipality: int
    number: str
    name: str
    # What the open cohorts share, in their order.
    keys: tuple[str, ...]
    own: tuple[Own, ...]


def left_out(rollout: Rollout, municipalities: Collection[int], on: date) -> tuple[LeftOut, ...]:
    """Of these municipalities. At most fourteen queries, none where no key is shared."""
    shared = RolloutKind(rollout.kind) is RolloutKind.SHARED
    if not municipalities or not shared or RolloutState(rollout.state) in OVER:
        return ()
    rows = [
        row
        for row in Cohort.objects.filter(rollout=rollout).select_related("product")
        if row.state in {state.value for state in MAY_BE_WISHED}
    ]
    asked = target_of(rollout, on).intersection(municipalities) - set(places.taken(rollout))
    fits = answers.fitting(rows, asked, on)
    outside = {one for one in asked if rows and not fits[one]}
    if not outside:
        return ()
    open_ = {row.pk for row in rows}
    lines = [line for line in cohorts.cohorts_of(rollout.pk) if line.pk in open_]
    own = _own(rollout, {row.product.kind for row in rows if row.product}, outside, on)
    codes = MunicipalityCode.objects.valid_on(on).filter(municipality__in=outside)
    return tuple(
        LeftOut(
            municipality=pk,
            number=number,
            name=name,
            keys=tuple(dict.fromkeys(line.key for line in lines)),
            own=tuple(own[pk]),
        )
        for pk, number, name in codes.order_by("number").values_list(
            "municipality_id", "number", "qualified_name"
        )
    )


def _own(
    rollout: Rollout, keys: Collection[str], outside: Collection[int], on: date
) -> dict[int, list[Own]]:
    """What they use where the solution reaches, of the kinds that are shared. Three queries."""
    said = readiness.on(rollout.offer, on)
    kinds = keys or [kind.value for kind in readiness.kinds_for(rollout.offer, said)]
    areas = [area.value for area in covered(Area(rollout.offer.area))]
    profiles = (
        VendorProfile.objects.valid_on(on)
        .filter(municipality__in=outside, kind__in=kinds, service_area__in=areas)
        .select_related("product__vendor")
        .order_by("product__name", "product_id")
    )
    found: dict[int, dict[int, Own]] = defaultdict(dict)
    for row in profiles:
        found[row.municipality_id][row.product_id] = _one(
            ProductNames.of(row.product), said.get(row.product_id), on
        )
    return defaultdict(list, {pk: list(products.values()) for pk, products in found.items()})


def _one(product: ProductNames, state: ProductState | None, on: date) -> Own:
    ready = state is not None and state.state is Readiness.RELEASED
    expected = state.release_on if state is not None and not ready else None
    return Own(
        product=product,
        is_ready=ready,
        # A day that has passed promises nothing.
        expected_on=expected if expected is not None and expected >= on else None,
    )
