"""A municipality's own four lines, in words: what, how much, how it was worked out, and whence."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext

from samlop.municipalities.rules.capacity import SizeClass, size_class
from samlop.municipalities.texts import CAPACITY_ROLES, SIZE_CLASSES
from samlop.portfolio.rules.costs import (
    Calculation,
    CostKey,
    CostKind,
    CostPlace,
    Deal,
    Figure,
    Money,
    Part,
    PricePer,
    Span,
)
from samlop.portfolio.texts import costs as texts
from samlop.web import formats

NBSP = formats.NBSP


@dataclass(frozen=True, slots=True, kw_only=True)
class PartShown:
    title: str
    amount: str
    how: str
    note: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineShown:
    """One of the three lines of money. `lacks`: a part of it is not known."""

    heading: str
    amount: str
    per: str
    lacks: bool
    parts: tuple[PartShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursShown:
    heading: str
    span: str
    roles: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FourLines:
    money: tuple[LineShown, ...]
    hours: HoursShown
    size: str


def four_lines(figure: Figure, size: SizeClass) -> FourLines:
    """Always the same four, also when one of them is nothing."""
    return FourLines(
        money=tuple(
            LineShown(
                heading=str(texts.PLACES[place]),
                amount=money_words(figure.sum(place)),
                per=str(texts.PLACE_PER[place]),
                lacks=not figure.sum(place).complete,
                parts=tuple(_part(part) for part in figure.of(place)),
            )
            for place in CostPlace
        ),
        hours=HoursShown(
            heading=str(texts.OWN_HOURS),
            span=span_words(figure.span),
            roles=tuple(
                (str(CAPACITY_ROLES[role]), span_words(span)) for role, span in figure.hours.items()
            ),
        ),
        size=str(SIZE_CLASSES[size]).lower(),
    )


def kroner(amount: int) -> str:
    """«kr 12 345»."""
    return f"kr{NBSP}{formats.number(amount)}"


def money_words(money: Money) -> str:
    """«minst kr 12 345» when something is missing from the sum."""
    if money.complete:
        return kroner(money.amount)
    if not money.amount:
        return gettext("Ikke kjent")
    return gettext("Minst %(kroner)s") % {"kroner": kroner(money.amount)}


def span_words(span: Span) -> str:
    """«45–90 timer», «45 timer»."""
    if span.low == span.high:
        return gettext("%(hours)s timer") % {"hours": formats.number(span.high)}
    return gettext("%(low)s–%(high)s timer") % {
        "low": formats.number(span.low),
        "high": formats.number(span.high),
    }


def price_words(part: Part) -> str:
    return f"kr{NBSP}{formats.number(part.price, 0 if part.price == int(part.price) else 2)}"


def _part(part: Part) -> PartShown:
    return PartShown(
        title=part.title if part.deal is None else _deal_title(part.deal),
        amount=kroner(part.amount) if part.amount is not None else gettext("Ikke kjent"),
        how=_how(part),
        note=_note(part),
        source=part.source,
    )


def _deal_title(deal: Deal) -> str:
    return gettext("Felles tilbud fra %(vendor)s") % {"vendor": deal.vendor}


def _how(part: Part) -> str:
    """The formula with the municipality's own numbers in it."""
    if part.deal is not None:
        if part.deal.per is PricePer.INHABITANT:
            return _per_inhabitant(part)
        return gettext("%(price)s for hver kommune") % {"price": price_words(part)}
    if part.line is None:
        return ""
    match part.line.kind:
        case CostKind.FIXED_SHARE | CostKind.VARIABLE_SHARE:
            return _share(part, part.line.key, variable=part.line.kind is CostKind.VARIABLE_SHARE)
        case (
            CostKind.ALWAYS_PER_INHABITANT
            | CostKind.JOINED_PER_INHABITANT
            | CostKind.ONCE_PER_INHABITANT
        ):
            return _per_inhabitant(part)
        case _:
            return gettext("%(price)s for hver kommune") % {"price": price_words(part)}


def _per_inhabitant(part: Part) -> str:
    if part.units is None:
        return gettext("Innbyggertallet er ikke kjent.")
    return gettext("%(price)s × %(count)s innbyggere") % {
        "price": price_words(part),
        "count": formats.number(part.units),
    }


def _share(part: Part, key: CostKey | None, *, variable: bool) -> str:
    if not part.own:
        return gettext("Innbyggertallet er ikke kjent.")
    if variable and part.adopters is None:
        return gettext("Det er ikke kjent hvor mange kommuner som bruker løsningen.")
    if key is CostKey.EQUAL:
        words = gettext("%(total)s delt likt på %(count)s kommuner")
    elif key is CostKey.INHABITANTS or part.stands_in:
        words = gettext("%(total)s × %(own)s av %(all)s innbyggere")
        if variable:
            words = gettext(
                "%(total)s × %(own)s av anslagsvis %(all)s innbyggere i %(count)s kommuner"
            )
    else:
        words = gettext("%(total)s × %(share)s av delkostnadsnøkkelen for kommunehelse")
    return words % {
        "total": price_words(part),
        "own": formats.number(float(part.own)),
        "all": formats.number(float(part.among)),
        "count": part.adopters
        if part.adopters is not None
        else formats.number(float(part.among / part.own)),
        "share": formats.percent(float(part.own / part.among), 3),
    }


def _note(part: Part) -> str:
    if part.deal is not None:
        until = ""
        if part.deal.valid_to is not None:
            last = part.deal.valid_to - timedelta(days=1)
            until = gettext("Gjelder til og med %(day)s.") % {"day": formats.long_date(last)}
        return " ".join(words for words in (part.deal.included, until) if words)
    notes = []
    if part.line is not None and part.line.kind is CostKind.VARIABLE_SHARE and part.amount:
        notes.append(
            gettext("Regnes ut hver måned, om lag %(kroner)s.")
            % {"kroner": kroner(round(part.amount / 12))}
        )
    if part.stands_in:
        notes.append(
            gettext(
                "Delkostnadsnøkkelen for kommunehelse er ikke lagt inn. Innbyggere er brukt i "
                "stedet."
            )
        )
    return " ".join(notes)


def size_of(calculation: Calculation, municipality: int) -> SizeClass:
    return size_class(calculation.country.inhabitants.get(municipality))


def own_municipality(held: Iterable[int | None]) -> int | None:
    """The municipality the reader works for, when there is just one such."""
    found = {pk for pk in held if pk is not None}
    return next(iter(found)) if len(found) == 1 else None
