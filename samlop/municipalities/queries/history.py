"""What has happened to a municipality's number and name, one event per day it changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from samlop.municipalities.models import CodeChange, MunicipalityCode
from samlop.municipalities.rules.codes import FIRST_DAY
from samlop.municipalities.rules.kinds import ChangeKind

_Line = tuple[str, str, ChangeKind]


@dataclass(frozen=True, slots=True)
class Named:
    """A number with the name it had that day; `partly` when only some of its land took part."""

    number: str
    name: str
    partly: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeEvent:
    """One day's change; `kind` is None when nothing but the name changed."""

    happened_on: date
    kind: ChangeKind | None
    before: tuple[Named, ...]
    after: tuple[Named, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeHistory:
    """The newest event first; `ended_on` is the first day the municipality was no more."""

    events: tuple[CodeEvent, ...]
    ended_on: date | None


def code_history(municipality_id: int) -> CodeHistory:
    """Everything since 2017. Three queries."""
    periods = list(
        MunicipalityCode.objects.filter(municipality=municipality_id)
        .order_by("valid_from")
        .values_list("number", "valid_from", "valid_to")
    )
    if not periods:
        return CodeHistory(events=(), ended_on=None)
    _, _, ended_on = periods[-1]
    days = {begins for _, begins, _ in periods} | ({ended_on} if ended_on else set())
    lines: dict[date, list[_Line]] = {}
    for old, new, day, kind in CodeChange.objects.filter(happened_on__in=days).values_list(
        "old_number", "new_number", "happened_on", "kind"
    ):
        lines.setdefault(day, []).append((old, new, ChangeKind(kind)))
    found = [
        (day, _lines_of_beginning(number, lines.get(day, ())), number) for number, day, _ in periods
    ]
    if ended_on:
        number = periods[-1][0]
        found.append((ended_on, _lines_of_ending(number, lines.get(ended_on, ())), number))
    numbers = {number for number, _, _ in periods}
    for _, about, _ in found:
        numbers |= {one for old, new, _ in about for one in (old, new)}
    names = _Names(numbers)
    events = [
        event
        for day, about, number in found
        if (event := _event(day, about, number, names)) is not None
    ]
    return CodeHistory(events=tuple(reversed(events)), ended_on=ended_on)


def _lines_of_beginning(number: str, lines: Iterable[_Line]) -> tuple[_Line, ...]:
    """Those that led to the number; of a number that was divided, where the rest went too."""
    lines = tuple(lines)
    here = tuple(line for line in lines if line[1] == number)
    if len(here) == 1 and here[0][2] is ChangeKind.SPLIT:
        return tuple(line for line in lines if line[0] == here[0][0])
    return here


def _lines_of_ending(number: str, lines: Iterable[_Line]) -> tuple[_Line, ...]:
    """Those that led from the number; of a merger, the others that took part too."""
    lines = tuple(lines)
    here = tuple(line for line in lines if line[0] == number)
    if len(here) == 1:
        return tuple(line for line in lines if line[1] == here[0][1])
    return here


class _Names:
    """The names of some numbers on any day. One query when made."""

    def __init__(self, numbers: Iterable[str]) -> None:
        self._rows = list(
            MunicipalityCode.objects.filter(number__in=set(numbers))
            .order_by("valid_from")
            .values_list("number", "name", "valid_from", "valid_to")
        )

    def on(self, number: str, day: date) -> str:
        """Empty for a number that ended before the first day we know."""
        for this, name, begins, ends in self._rows:
            if this == number and begins <= day and (ends is None or day < ends):
                return name
        return ""


def _event(day: date, lines: tuple[_Line, ...], number: str, names: _Names) -> CodeEvent | None:
    before = day - timedelta(days=1)
    if not lines:
        old, new = names.on(number, before), names.on(number, day)
        if day <= FIRST_DAY or not old or old == new:
            return None
        return CodeEvent(
            happened_on=day,
            kind=None,
            before=(Named(number, old),),
            after=(Named(number, new),),
        )
    olds = sorted({(old, kind is ChangeKind.SPLIT) for old, _, kind in lines})
    news = sorted({new for _, new, _ in lines})
    kinds = {kind for _, _, kind in lines}
    if len(news) > 1:
        kinds = {ChangeKind.SPLIT}
    elif len(olds) > 1:
        kinds = {ChangeKind.MERGED}
    return CodeEvent(
        happened_on=day,
        kind=min(kinds),
        before=tuple(Named(old, names.on(old, before), partly) for old, partly in olds),
        after=tuple(Named(new, names.on(new, day)) for new in news),
    )
