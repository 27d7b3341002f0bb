"""The municipalities that try a solution out, with what a reader compares them by."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from samlop.municipalities.models import MunicipalityCode, Population, VendorProfile
from samlop.municipalities.rules.kinds import ProductKind
from samlop.portfolio.models import Solution, TrialMunicipality
from samlop.portfolio.rules.solutions import Area, covered


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One municipality and one service area; `record_systems` those it used while it tried."""

    pk: int
    area: Area
    number: str
    name: str
    inhabitants: int | None
    record_systems: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    source: str

    def goes_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Use:
    area: str
    product: str
    valid_from: date
    valid_to: date | None


def of(solution: Solution, *, on: date) -> tuple[Trial, ...]:
    """Those that had begun by the day, in the order of areas and numbers. Four queries."""
    rows = list(
        TrialMunicipality.objects.filter(offer__solution=solution)
        .begun_on(on)
        .select_related("offer", "record_system")
    )
    places = {row.municipality_id for row in rows}
    codes = _codes(places, on)
    uses = _uses(places)
    inhabitants = _inhabitants(places, on)
    found = [
        Trial(
            pk=row.pk,
            area=Area(row.offer.area),
            number=codes[row.municipality_id][0],
            name=codes[row.municipality_id][1],
            inhabitants=inhabitants.get(row.municipality_id),
            record_systems=(row.record_system.name,)
            if row.record_system
            else _systems(row, uses.get(row.municipality_id, ()), on),
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            source=row.source,
        )
        for row in rows
    ]
    order = list(Area)
    return tuple(sorted(found, key=lambda one: (order.index(one.area), one.number, one.valid_from)))


def _codes(places: Iterable[int], on: date) -> Mapping[int, tuple[str, str]]:
    """Number and name of the day; the last ones for a municipality that is no more. One query."""
    rows = MunicipalityCode.objects.filter(municipality__in=places, valid_from__lte=on)
    return {
        pk: (number, name)
        for pk, number, name in rows.order_by("valid_from").values_list(
            "municipality_id", "number", "qualified_name"
        )
    }


def _inhabitants(places: Iterable[int], on: date) -> Mapping[int, int]:
    """As last counted by the day. One query."""
    rows = Population.objects.filter(municipality__in=places, counted_on__lte=on)
    return dict(rows.order_by("counted_on").values_list("municipality_id", "inhabitants"))


def _uses(places: Iterable[int]) -> Mapping[int, Sequence[_Use]]:
    """What each of the municipalities uses and has used as a record system. One query."""
    rows = VendorProfile.objects.filter(
        municipality__in=places, kind=ProductKind.RECORD_SYSTEM.value
    ).order_by("valid_from", "pk")
    found: dict[int, list[_Use]] = {}
    for pk, area, product, start, end in rows.values_list(
        "municipality_id", "service_area", "product__name", "valid_from", "valid_to"
    ):
        found.setdefault(pk, []).append(
            _Use(area=area, product=product, valid_from=start, valid_to=end)
        )
    return found


def _systems(row: TrialMunicipality, uses: Iterable[_Use], on: date) -> tuple[str, ...]:
    """Those of the last day it tried, or of the day that is asked for when it still does."""
    day = on
    if row.valid_to is not None and row.valid_to <= on:
        day = row.valid_to - timedelta(days=1)
    areas = {area.value for area in covered(Area(row.offer.area))}
    names = [
        use.product
        for use in uses
        if use.area in areas
        and use.valid_from <= day
        and (use.valid_to is None or day < use.valid_to)
    ]
    return tuple(dict.fromkeys(names))
