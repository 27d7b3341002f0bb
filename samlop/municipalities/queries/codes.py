"""Which municipalities there are on a day, and what has become of a number."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.db import connection
from django.db.models import FilteredRelation, OuterRef, Q, Subquery

from samlop.db.periods import valid_on
from samlop.municipalities.models import MunicipalityCode, Population
from samlop.municipalities.rules import codes as rules
from samlop.municipalities.rules.kinds import ChangeKind, LanguageForm, RegionKind


@dataclass(frozen=True, slots=True)
class MunicipalityOn:
    """A municipality as it is on a day; facts without dates are the newest known."""

    pk: int
    number: str
    name: str
    qualified_name: str
    official_name: str
    county_number: str | None
    county_name: str | None
    county_slug: str | None
    population: int | None
    area_km2: Decimal | None
    centrality: int | None
    language_form: LanguageForm
    organisation_number: str | None
    latitude: Decimal | None
    longitude: Decimal | None


def at(day: date) -> list[MunicipalityOn]:
    """All municipalities of a day in Norwegian order. One query."""
    latest = Population.objects.filter(
        municipality=OuterRef("municipality"), counted_on__lte=day
    ).order_by("-counted_on")
    to_memberships = "municipality__region_memberships"
    rows = (
        MunicipalityCode.objects.valid_on(day)
        .annotate(
            in_county=FilteredRelation(
                to_memberships,
                condition=Q(**{f"{to_memberships}__kind": RegionKind.COUNTY.value})
                & valid_on(day, to_memberships),
            ),
            population=Subquery(latest.values("inhabitants")[:1]),
        )
        .in_norwegian_order()
        .values_list(
            "municipality_id",
            "number",
            "name",
            "qualified_name",
            "official_name",
            "in_county__region__number",
            "in_county__region__name",
            "in_county__region__slug",
            "population",
            "municipality__area_km2",
            "municipality__centrality",
            "municipality__language_form",
            "municipality__organisation_number",
            "municipality__latitude",
            "municipality__longitude",
        )
    )
    return [
        MunicipalityOn(
            pk,
            number,
            name,
            qualified_name,
            official_name,
            county_number,
            county_name,
            county_slug,
            population,
            area_km2,
            centrality,
            LanguageForm(language_form),
            organisation_number,
            latitude,
            longitude,
        )
        for (
            pk,
            number,
            name,
            qualified_name,
            official_name,
            county_number,
            county_name,
            county_slug,
            population,
            area_km2,
            centrality,
            language_form,
            organisation_number,
            latitude,
            longitude,
        ) in rows
    ]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a number stands for on a day, with the names people know.

    `was` is the number's own last period when it is not valid on the day; None when the number
    is valid, unknown, or remembered by the change list alone.
    """

    resolution: rules.Resolution
    successors: tuple[rules.CodePeriod, ...]
    was: rules.CodePeriod | None


# Every number that one of the wanted numbers has become, step by step.
_LINES: Final = """
with recursive line as (
  select old_number, new_number, happened_on as day, kind from municipalities_codechange
  union all
  select old_number, new_number, holds_from, null from municipalities_successorfact
),
reached (number) as (
  select unnest(%(numbers)s::text[])
  union
  select line.new_number from line join reached on line.old_number = reached.number
)
select line.* from line join reached on line.old_number = reached.number
"""


class CodeBook:
    """All that is known about some numbers and what they became. Two queries when made."""

    def __init__(self, numbers: Collection[str]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_LINES, {"numbers": list(numbers)})
            lines = cursor.fetchall()
        changes = [
            rules.Change(old, new, day, ChangeKind(kind))
            for old, new, day, kind in lines
            if kind is not None
        ]
        facts = [rules.Fact(old, new, day) for old, new, day, kind in lines if kind is None]
        known = set(numbers) | {line[1] for line in lines}
        self._periods: dict[str, list[rules.CodePeriod]] = defaultdict(list)
        for period in periods(known):
            self._periods[period.number].append(period)
        self._history = rules.History.of(
            [
                (period.number, period.valid_from, period.valid_to)
                for of_number in self._periods.values()
                for period in of_number
            ],
            changes,
            facts,
        )

    def resolve(self, number: str, *, on: date) -> Answer:
        found = rules.resolve(number, on=on, history=self._history)
        successors = tuple(
            period for new in found.numbers for period in self._periods[new] if period.holds(on)
        )
        was = None
        if found.outcome is not rules.Outcome.VALID:
            ended = [
                period
                for period in self._periods.get(number, ())
                if period.valid_to is not None and period.valid_to <= on
            ]
            was = max(ended, key=lambda period: period.valid_from, default=None)
        return Answer(found, successors, was)


def periods(numbers: Collection[str] | None = None) -> list[rules.CodePeriod]:
    """Numbers and names in their periods; the municipality is its primary key. One query."""
    rows = MunicipalityCode.objects.order_by("number", "valid_from", "pk")
    if numbers is not None:
        rows = rows.filter(number__in=numbers)
    return [period_of(row) for row in rows]


def resolve(number: str, *, on: date) -> Answer:
    """One successor, several or none: see `rules.codes.resolve`. Two queries."""
    return CodeBook([number]).resolve(number, on=on)


def municipality(number: str, *, on: date) -> Answer:
    """The municipality a number ever stood for, as it is on the day; a lookup for addresses.

    One query when the number is valid that day, three when it is not.
    """
    for row in MunicipalityCode.objects.valid_on(on).filter(number=number):
        resolution = rules.Resolution(
            number=number, on=on, outcome=rules.Outcome.VALID, numbers=(number,)
        )
        return Answer(resolution, (period_of(row),), None)
    return resolve(number, on=on)


def period_of(row: MunicipalityCode) -> rules.CodePeriod:
    return rules.CodePeriod(
        municipality=row.municipality_id,
        number=row.number,
        name=row.name,
        qualified_name=row.qualified_name,
        official_name=row.official_name,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )
