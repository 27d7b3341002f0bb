"""Which municipalities there are on a day, and what has become of a number."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import FilteredRelation, OuterRef, Q, Subquery

from samlop.db.periods import valid_on
from samlop.municipalities.models import CodeChange, MunicipalityCode, Population, SuccessorFact
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


class CodeBook:
    """Every number, change and fact, read at once. Runs three queries when made, none after."""

    def __init__(self) -> None:
        self.periods = periods()
        self.history = rules.History.of(
            self.periods,
            [
                rules.Change(old, new, day, ChangeKind(kind))
                for old, new, day, kind in CodeChange.objects.values_list(
                    "old_number", "new_number", "happened_on", "kind"
                )
            ],
            [
                rules.Fact(*values)
                for values in SuccessorFact.objects.values_list(
                    "old_number", "new_number", "holds_from"
                )
            ],
        )
        self._by_number: dict[str, list[rules.CodePeriod]] = {}
        for period in self.periods:
            self._by_number.setdefault(period.number, []).append(period)

    def resolve(self, number: str, *, on: date) -> Answer:
        found = rules.resolve(number, on=on, history=self.history)
        successors = tuple(
            period for new in found.numbers for period in self._by_number[new] if period.holds(on)
        )
        was = None
        if found.outcome is not rules.Outcome.VALID:
            was = max(
                (
                    period
                    for period in self._by_number.get(number, ())
                    if period.valid_to is not None and period.valid_to <= on
                ),
                key=lambda period: period.valid_from,
                default=None,
            )
        return Answer(found, successors, was)


def periods() -> list[rules.CodePeriod]:
    """Every number and name in its period; the municipality is its primary key. One query."""
    return [
        rules.CodePeriod(
            municipality=municipality,
            number=number,
            name=name,
            qualified_name=qualified_name,
            official_name=official_name,
            valid_from=valid_from,
            valid_to=valid_to,
        )
        for (
            municipality,
            number,
            name,
            qualified_name,
            official_name,
            valid_from,
            valid_to,
        ) in MunicipalityCode.objects.order_by("number", "valid_from").values_list(
            "municipality_id",
            "number",
            "name",
            "qualified_name",
            "official_name",
            "valid_from",
            "valid_to",
        )
    ]


def resolve(number: str, *, on: date) -> Answer:
    """One successor, several or none: see `rules.codes.resolve`. Three queries."""
    return CodeBook().resolve(number, on=on)


def municipality(number: str, *, on: date) -> Answer:
    """The municipality a number ever stood for, as it is on the day; a lookup for addresses.

    One query when the number is valid that day, four when it is not.
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
