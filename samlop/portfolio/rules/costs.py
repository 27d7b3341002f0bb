"""What a solution costs a municipality: shares that add up, to the krone, and hours as a span.

Amounts are kroner without VAT. Everything is exact (decimals and fractions); a share is rounded
to whole kroner once, at the end. Pure: no Django, no database, no clock.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import floor
from types import MappingProxyType
from typing import Final, TypeVar

from samlop.municipalities.rules.capacity import SOME_HOURS, SizeClass, size_class
from samlop.municipalities.rules.kinds import CapacityRole

MAX_AMOUNT: Final = Decimal(1_000_000_000)
MAX_HOURS: Final = 5000
MAX_LINES: Final = 12
# The size of municipality that the hours of a model are given for.
HOURS_GIVEN_FOR: Final = SizeClass.UNDER_10000

KeyT = TypeVar("KeyT")
Number = Decimal | Fraction | int


class CostPlace(StrEnum):
    """The three lines of money a municipality sees; its own hours are the fourth."""

    ANYWAY = "anyway"
    IF_JOINING = "if_joining"
    ONE_OFF = "one_off"


class CostKind(StrEnum):
    """What an amount is, and so how it becomes a municipality's own."""

    # So much a year, divided among all municipalities.
    FIXED_SHARE = "fixed_share"
    # So much a year, divided among those that use the solution.
    VARIABLE_SHARE = "variable_share"
    ALWAYS_PER_INHABITANT = "always_per_inhabitant"
    ALWAYS_EACH = "always_each"
    JOINED_PER_INHABITANT = "joined_per_inhabitant"
    JOINED_EACH = "joined_each"
    ONCE_PER_INHABITANT = "once_per_inhabitant"
    ONCE_EACH = "once_each"


class CostKey(StrEnum):
    """By what a total is divided."""

    HEALTH_NEED = "health_need"
    INHABITANTS = "inhabitants"
    EQUAL = "equal"


class PricePer(StrEnum):
    """What a vendor's price is for."""

    MUNICIPALITY = "municipality"
    INHABITANT = "inhabitant"


class CostRefusal(StrEnum):
    """Why a cost model or a vendor's joint offer cannot be saved."""

    NO_SOURCE = "no_source"
    NO_TITLE = "no_title"
    NO_AMOUNT = "no_amount"
    BAD_AMOUNT = "bad_amount"
    NO_KEY = "no_key"
    TOO_MANY_LINES = "too_many_lines"
    NO_ADOPTERS = "no_adopters"
    TOO_MANY_ADOPTERS = "too_many_adopters"
    BAD_HOURS = "bad_hours"
    NOTHING_AT_ALL = "nothing_at_all"
    CHANGED_MEANWHILE = "changed_meanwhile"
    NO_PRICE = "no_price"
    NOT_SAID_WHAT = "not_said_what"
    ENDS_BEFORE_IT_BEGINS = "ends_before_it_begins"
    OTHER_VENDOR = "other_vendor"
    NO_REASON = "no_reason"
    ALREADY_WITHDRAWN = "already_withdrawn"
    JOINT_PROCESS = "joint_process"


PLACE_OF: Final[Mapping[CostKind, CostPlace]] = MappingProxyType(
    {
        CostKind.FIXED_SHARE: CostPlace.ANYWAY,
        CostKind.VARIABLE_SHARE: CostPlace.IF_JOINING,
        CostKind.ALWAYS_PER_INHABITANT: CostPlace.ANYWAY,
        CostKind.ALWAYS_EACH: CostPlace.ANYWAY,
        CostKind.JOINED_PER_INHABITANT: CostPlace.IF_JOINING,
        CostKind.JOINED_EACH: CostPlace.IF_JOINING,
        CostKind.ONCE_PER_INHABITANT: CostPlace.ONE_OFF,
        CostKind.ONCE_EACH: CostPlace.ONE_OFF,
    }
)
SHARES: Final = frozenset({CostKind.FIXED_SHARE, CostKind.VARIABLE_SHARE})
PER_INHABITANT: Final = frozenset(
    {
        CostKind.ALWAYS_PER_INHABITANT,
        CostKind.JOINED_PER_INHABITANT,
        CostKind.ONCE_PER_INHABITANT,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One amount of a model: a total to divide, or a price per inhabitant or municipality."""

    kind: CostKind
    title: str
    amount: Decimal
    key: CostKey | None = None
    source: str = ""

    @property
    def place(self) -> CostPlace:
        return PLACE_OF[self.kind]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Hours from `low` to `high`."""

    low: int
    high: int

    def __add__(self, other: "Span") -> "Span":
        return Span(self.low + other.low, self.high + other.high)


NO_HOURS: Final = Span(0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The amounts, and each role's hours in a municipality of 5 000 to 9 999 inhabitants.

    `adopters`: how many municipalities use the solution now.
    """

    lines: tuple[Line, ...] = ()
    hours: Mapping[CapacityRole, Span] = field(default_factory=dict)
    adopters: int | None = None

    @property
    def depends_on_adopters(self) -> bool:
        return any(line.kind is CostKind.VARIABLE_SHARE for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """A vendor's joint offer: what it costs one municipality, once and every year."""

    pk: int
    vendor: str
    product: str = ""
    one_off: Decimal | None = None
    yearly: Decimal | None = None
    per: PricePer = PricePer.MUNICIPALITY
    included: str = ""
    valid_to: date | None = None
    source: str = ""


# --- dividing ---


def whole(amount: Number) -> int:
    """To the nearest krone, half upwards."""
    return floor(Fraction(amount) + Fraction(1, 2))


def split(total: Number, weights: Mapping[KeyT, Number]) -> dict[KeyT, int]:
    """The total in whole kroner, divided by weight; the parts add up to it exactly.

    Each gets its share rounded down; the kroner left over go one by one to those who lost most
    by it, the first named first when two lost as much. Raises ValueError without any weight.
    """
    weighed = {key: Fraction(weight) for key, weight in weights.items()}
    everything = sum(weighed.values(), Fraction(0))
    if everything <= 0 or min(weighed.values()) < 0:
        raise ValueError("Nothing to divide by.")
    kroner = whole(total)
    exact = {key: kroner * weight / everything for key, weight in weighed.items()}
    parts = {key: floor(share) for key, share in exact.items()}
    left = kroner - sum(parts.values())
    # A stable sort: ties keep the order of the weights.
    losers = sorted(parts, key=lambda key: parts[key] - exact[key])
    for key in losers[:left]:
        parts[key] += 1
    return parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """Every municipality of the day, what is known of each, and the keys.

    `need` is the index that the state's grant system uses for health; empty until it is loaded,
    and then inhabitants stand in for it.
    """

    municipalities: tuple[int, ...]
    inhabitants: Mapping[int, int] = field(default_factory=dict)
    need: Mapping[int, Decimal] = field(default_factory=dict)

    def stands_in(self, key: CostKey) -> bool:
        """Whether inhabitants are used because the key itself is not known."""
        return key is CostKey.HEALTH_NEED and not self.need

    def weights(self, key: CostKey) -> dict[int, Fraction]:
        """Each municipality's weight; one of which nothing is known weighs nothing."""
        known: Mapping[int, Number]
        match key:
            case CostKey.EQUAL:
                known = dict.fromkeys(self.municipalities, 1)
            case CostKey.HEALTH_NEED if self.need:
                known = self.need
            case _:
                known = self.inhabitants
        return {pk: Fraction(known.get(pk, 0)) for pk in self.municipalities}


def weight_among(own: Number, everything: Number, *, of: int, adopters: int) -> Fraction:
    """What the adopters weigh together: itself, and the others at the average of all others."""
    own, everything = Fraction(own), Fraction(everything)
    others = (everything - own) / (of - 1) * (adopters - 1) if of > 1 else Fraction(0)
    return own + others


def share_among(total: Number, own: Number, everything: Number, *, of: int, adopters: int) -> int:
    """The share of one among `adopters`, of whom the others are of average weight.

    Nobody knows which municipalities will use the solution: each of the others counts as the
    average of all but this one. With all of them as adopters that is the exact share.
    """
    among = weight_among(own, everything, of=of, adopters=adopters)
    return whole(Fraction(whole(total)) * Fraction(own) / among) if among else 0


# --- one municipality's own figures ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One amount as a municipality's own, with what it was made of.

    `amount` is None where something that it depends on is not known. `own` of `among` is the
    weight of a share, `units` the inhabitants of a price.
    """

    place: CostPlace
    title: str
    amount: int | None
    line: Line | None = None
    deal: Deal | None = None
    price: Decimal = Decimal(0)
    own: Fraction = Fraction(0)
    among: Fraction = Fraction(0)
    units: int | None = None
    adopters: int | None = None
    stands_in: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Money:
    """A sum of whole kroner; `complete` is False when a part of it is not known."""

    amount: int
    complete: bool = True

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + other.amount, self.complete and other.complete)


NOTHING: Final = Money(0)


def total(parts: Iterable[Part]) -> Money:
    """What is shown adds up: the parts are whole kroner before they are added."""
    found = NOTHING
    for part in parts:
        found += Money(part.amount or 0, part.amount is not None)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A municipality's own four lines: three of money, and its hours as a span per role."""

    parts: tuple[Part, ...]
    hours: Mapping[CapacityRole, Span]
    adopters: int | None

    def of(self, place: CostPlace) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.place is place)

    def sum(self, place: CostPlace) -> Money:
        return total(self.of(place))

    @property
    def span(self) -> Span:
        return sum(self.hours.values(), NO_HOURS)


@dataclass(frozen=True, slots=True)
class Weights:
    """Each municipality's weight by one key, and what they add up to."""

    each: Mapping[int, Fraction]
    everything: Fraction

    @classmethod
    def of(cls, country: Country, key: CostKey) -> "Weights":
        each = country.weights(key)
        return cls(each, sum(each.values(), Fraction(0)))


@dataclass(frozen=True, slots=True)
class Calculation:
    """A model in a country; weights and fixed shares are made once for all municipalities."""

    model: Model
    country: Country
    weights: Mapping[CostKey, Weights]
    # By the place of the line in the model.
    fixed: Mapping[int, Mapping[int, int]]

    @classmethod
    def of(cls, model: Model, country: Country) -> "Calculation":
        keys = {line.key for line in model.lines if line.key is not None}
        weights = {key: Weights.of(country, key) for key in keys}
        fixed = {
            index: split(line.amount, weights[line.key].each)
            for index, line in enumerate(model.lines)
            if line.kind is CostKind.FIXED_SHARE
            and line.key is not None
            and weights[line.key].everything > 0
        }
        return cls(model, country, weights, fixed)

    def figure(
        self, municipality: int, *, adopters: int | None = None, deals: Iterable[Deal] = ()
    ) -> Figure:
        """Its own figures when so many use the solution, itself among them.

        Without a number: as many as use it now. `deals` are those that fit its systems.
        """
        count = self._adopters(adopters)
        parts = [
            self._part(index, line, municipality, count)
            for index, line in enumerate(self.model.lines)
        ]
        inhabitants = self.country.inhabitants.get(municipality)
        parts += [part for deal in deals for part in _deal_parts(deal, inhabitants)]
        return Figure(
            parts=tuple(parts),
            hours=hours_in(self.model.hours, size_class(inhabitants)),
            adopters=count,
        )

    def _adopters(self, wanted: int | None) -> int | None:
        count = wanted if wanted is not None else self.model.adopters
        if count is None:
            return None
        return min(max(count, 1), max(len(self.country.municipalities), 1))

    def _part(self, index: int, line: Line, municipality: int, adopters: int | None) -> Part:
        part = Part(
            place=line.place,
            title=line.title,
            amount=None,
            line=line,
            price=line.amount,
            source=line.source,
        )
        if line.key is None:
            per_inhabitant = line.kind in PER_INHABITANT
            inhabitants = self.country.inhabitants.get(municipality)
            return _priced(
                part, inhabitants if per_inhabitant else None, per_inhabitant=per_inhabitant
            )
        weights = self.weights[line.key]
        own = weights.each.get(municipality, Fraction(0))
        among, amount, count = weights.everything, None, len(weights.each)
        if own > 0 and line.kind is CostKind.FIXED_SHARE:
            amount = self.fixed[index][municipality]
        elif own > 0 and adopters is not None:
            among = weight_among(own, weights.everything, of=count, adopters=adopters)
            amount = share_among(line.amount, own, weights.everything, of=count, adopters=adopters)
        return replace(
            part,
            amount=amount,
            own=own,
            among=among,
            adopters=adopters if line.kind is CostKind.VARIABLE_SHARE else None,
            stands_in=self.country.stands_in(line.key),
        )


def _priced(part: Part, units: int | None, *, per_inhabitant: bool) -> Part:
    if not per_inhabitant:
        return replace(part, amount=whole(part.price))
    return replace(part, amount=None if units is None else whole(part.price * units), units=units)


def _deal_parts(deal: Deal, inhabitants: int | None) -> list[Part]:
    per_inhabitant = deal.per is PricePer.INHABITANT
    return [
        _priced(
            Part(
                place=place,
                title=deal.product or deal.vendor,
                amount=None,
                deal=deal,
                price=price,
                source=deal.source,
            ),
            inhabitants if per_inhabitant else None,
            per_inhabitant=per_inhabitant,
        )
        for place, price in (
            (CostPlace.IF_JOINING, deal.yearly),
            (CostPlace.ONE_OFF, deal.one_off),
        )
        if price is not None
    ]


def hours_in(hours: Mapping[CapacityRole, Span], size: SizeClass) -> dict[CapacityRole, Span]:
    """The spans of a model as they are for a municipality of this size.

    By the same table as the room for new things: a role that has twice the hours to give in a
    larger municipality also needs twice as many there.
    """
    return {
        role: Span(
            *(
                whole(Fraction(given * SOME_HOURS[size][role], SOME_HOURS[HOURS_GIVEN_FOR][role]))
                for given in (span.low, span.high)
            )
        )
        for role, span in hours.items()
    }


def steps(adopters: int | None, of: int) -> tuple[int, ...]:
    """How many adopters a table shows: now, and round figures from then to everybody."""
    if of < 1:
        return ()
    now = min(max(adopters or 1, 1), of)
    rounded = {count for count in (50, 100, 150, 200, 250, 300, 350) if now < count < of}
    return tuple(sorted({now, *rounded, of}))


# --- saving ---


def refusal_of_line(line: Line) -> CostRefusal | None:
    """Why one amount of a model cannot be saved, or None."""
    if not line.title.strip():
        return CostRefusal.NO_TITLE
    if not 0 < line.amount <= MAX_AMOUNT:
        return CostRefusal.BAD_AMOUNT
    if (line.kind in SHARES) is not (line.key is not None):
        return CostRefusal.NO_KEY
    return None


def refusal_of_span(span: Span) -> CostRefusal | None:
    return None if 0 <= span.low <= span.high <= MAX_HOURS else CostRefusal.BAD_HOURS


def refusal_of_model(model: Model, *, source: str, municipalities: int) -> CostRefusal | None:
    """Why a version of a model cannot be published, or None."""
    if not source.strip():
        return CostRefusal.NO_SOURCE
    if not model.lines and not model.hours:
        return CostRefusal.NOTHING_AT_ALL
    if len(model.lines) > MAX_LINES:
        return CostRefusal.TOO_MANY_LINES
    found = (
        *(refusal_of_line(line) for line in model.lines),
        *(refusal_of_span(span) for span in model.hours.values()),
    )
    if wrong := next((one for one in found if one is not None), None):
        return wrong
    if model.depends_on_adopters and not model.adopters:
        return CostRefusal.NO_ADOPTERS
    if model.adopters is not None and model.adopters > municipalities:
        return CostRefusal.TOO_MANY_ADOPTERS
    return None


def refusal_of_deal(
    deal: Deal, *, valid_from: date, vendor: int, products_vendor: int | None
) -> CostRefusal | None:
    """Why a vendor's joint offer cannot be saved, or None."""
    prices = [price for price in (deal.one_off, deal.yearly) if price is not None]
    if not prices:
        return CostRefusal.NO_PRICE
    if not all(0 <= price <= MAX_AMOUNT for price in prices):
        return CostRefusal.BAD_AMOUNT
    if not deal.included.strip():
        return CostRefusal.NOT_SAID_WHAT
    if deal.valid_to is not None and deal.valid_to <= valid_from:
        return CostRefusal.ENDS_BEFORE_IT_BEGINS
    if products_vendor is not None and products_vendor != vendor:
        return CostRefusal.OTHER_VENDOR
    if not deal.source.strip():
        return CostRefusal.NO_SOURCE
    return None


def fits(
    *, vendor: int, product: int | None, used: Collection[int], used_vendors: Collection[int]
) -> bool:
    """Whether a deal is for a municipality that uses these products of these vendors."""
    return product in used if product is not None else vendor in used_vendors


def whole_sums(figures: Sequence[Figure]) -> tuple[Mapping[CostPlace, Money], Span]:
    """Several solutions together: what each line adds up to, and the hours."""
    sums = {place: sum((figure.sum(place) for figure in figures), NOTHING) for place in CostPlace}
    return sums, sum((figure.span for figure in figures), NO_HOURS)
