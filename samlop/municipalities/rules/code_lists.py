"""What an official list of municipalities would change: compared, explained, never guessed."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from samlop.municipalities.rules.codes import Change, CodePeriod, kinds_of_changes
from samlop.municipalities.rules.kinds import ChangeKind


@dataclass(frozen=True, slots=True)
class Listed:
    """A number and its name as an official list has it; `row` is its place in the file.

    A namesake carries its part of the country in parentheses: «Herøy (Nordland)».
    """

    number: str
    name: str
    row: int

    @property
    def official_name(self) -> str:
        return self.name.partition(" (")[0]


@dataclass(frozen=True, slots=True)
class ListedChange:
    """A line of an official change list; the name is the new number's."""

    old_number: str
    new_number: str
    new_name: str
    happened_on: date
    row: int


class DiffKind(StrEnum):
    """What a list says happened to a municipality."""

    NEW = "new"
    RENUMBERED = "renumbered"
    MERGED = "merged"
    SPLIT = "split"
    RENAMED = "renamed"
    ENDED = "ended"


class DiffRefusal(StrEnum):
    """Why a list may be looked at but not applied."""

    UNEXPLAINED = "unexplained"
    OLDER_THAN_KNOWN = "older_than_known"


@dataclass(frozen=True, slots=True)
class Named:
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class DiffRow:
    """One thing that happened: from these numbers to those."""

    kind: DiffKind
    happened_on: date
    old: tuple[Named, ...]
    new: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A municipality that begins, and those it comes from."""

    municipality: str
    begins_on: date
    predecessors: tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Writes:
    """Exactly what applying a difference writes.

    A municipality that does not exist yet is named by a text, which an `Arrival` explains.
    """

    end: tuple[tuple[CodePeriod, date], ...]
    rename: tuple[tuple[CodePeriod, CodePeriod], ...]
    create: tuple[CodePeriod, ...]
    arrivals: tuple[Arrival, ...]
    departures: tuple[tuple[int | str, date], ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """The difference between an official list and what is known.

    `fingerprint` names the state that the list was compared with.
    """

    valid_from: date
    rows: tuple[DiffRow, ...]
    unchanged: int
    fingerprint: str
    refusal: DiffRefusal | None
    writes: Writes

    @property
    def is_empty(self) -> bool:
        return not self.rows and not self.writes.changes

    def count(self, kind: DiffKind) -> int:
        return sum(row.kind is kind for row in self.rows)


def fingerprint(periods: Iterable[CodePeriod], changes: Iterable[Change]) -> str:
    """Names a state of numbers and changes, whatever order they come in."""
    digest = hashlib.sha256()
    for line in sorted(repr(item) for item in (*periods, *changes)):
        digest.update(line.encode())
    return digest.hexdigest()


def same_name(one: str, other: str) -> bool:
    """Statistics Norway writes n for the Sámi ŋ: «Porsángu» is no other name than «Porsáŋgu»."""
    return one.replace("ŋ", "n") == other.replace("ŋ", "n")


def norwegian_name(official_name: str, foreign: Collection[str], known: Collection[str]) -> str:
    """The Norwegian one of the names that an official name joins.

    `known` are Norwegian names it may well be, `foreign` names in other languages. When they
    do not settle it the whole official name is used: which part is Norwegian is not guessed.
    """
    parts = official_name.split(" - ")
    if len(parts) == 1:
        return official_name
    for candidates in (
        [part for part in parts if part in known],
        [part for part in parts if part not in foreign],
    ):
        if len(candidates) == 1:
            return candidates[0]
    return official_name


def compare(
    *,
    periods: Sequence[CodePeriod],
    known_changes: Collection[Change],
    listed: Sequence[Listed],
    changes: Sequence[ListedChange],
    valid_from: date,
    foreign: Collection[str],
) -> Diff:
    """What a list, valid from a day, and a change list say that is not known yet.

    The changes are followed from what is known until they reach the list. A number that
    appears or disappears without a change is shown, but such a list may not be applied.
    `foreign` are known names in other languages than Norwegian.
    """
    lines = [line for line in changes if line.happened_on <= valid_from]
    known = {(line.old_number, line.new_number, line.happened_on) for line in known_changes}
    by_number = {item.number: item for item in listed}
    begun = {line.new_number for line in lines if line.new_number != line.old_number}
    state = _State(periods, foreign=foreign, lasting=set(by_number) - begun)
    was_empty = not state.at(valid_from)

    rows: list[DiffRow] = []
    new_changes: list[Change] = []
    for day in sorted({line.happened_on for line in lines}):
        of_day = _Day(day, [line for line in lines if line.happened_on == day], state)
        unknown = [pair for pair in of_day.kinds if (*pair, day) not in known]
        new_changes += [Change(*pair, day, of_day.kinds[pair]) for pair in sorted(unknown)]
        rows += state.follow(of_day, unknown)
        for item in of_day.new_names:
            # A name that began on that day or later is no news of an older one.
            if (now := state.at(day).get(item.number)) and now.valid_from < day:
                rows += state.rename(now, item, day)

    now_valid = state.at(valid_from)
    rows += [
        state.begin(item, valid_from)
        for number, item in sorted(by_number.items())
        if number not in now_valid
    ]
    for number, period in sorted(now_valid.items()):
        if number in by_number:
            rows += state.rename(period, by_number[number], valid_from)
        else:
            rows.append(state.end(period, valid_from))

    refusal = None
    if rows and any(max(p.valid_from, p.valid_to or p.valid_from) > valid_from for p in periods):
        refusal = DiffRefusal.OLDER_THAN_KNOWN
    elif not was_empty and set(now_valid) != set(by_number):
        refusal = DiffRefusal.UNEXPLAINED
    touched = {named.number for row in rows for named in row.new}
    return Diff(
        valid_from=valid_from,
        rows=tuple(rows),
        unchanged=len(set(by_number) - touched),
        fingerprint=fingerprint(periods, known_changes),
        refusal=refusal,
        writes=state.writes(new_changes),
    )


class _State:
    """The numbers as they are after the changes followed so far."""

    def __init__(
        self, periods: Sequence[CodePeriod], *, foreign: Collection[str], lasting: Collection[str]
    ) -> None:
        """`lasting` are numbers on the list that no change begins."""
        self.lasting = lasting
        self._foreign = foreign
        # Each period as it is now, with how it is stored; None for one that is not stored yet.
        self._stored: dict[CodePeriod, CodePeriod | None] = {period: period for period in periods}
        self._arrivals: list[Arrival] = []

    def at(self, day: date) -> dict[str, CodePeriod]:
        return {period.number: period for period in self._stored if period.holds(day)}

    def before(self, day: date) -> dict[str, CodePeriod]:
        """What was valid until a day, whether or not it was afterwards."""
        return {
            period.number: period
            for period in self._stored
            if period.valid_from < day and (period.valid_to is None or period.valid_to >= day)
        }

    def follow(self, day: "_Day", pairs: Collection[tuple[str, str]]) -> list[DiffRow]:
        """Let changes of a day happen to those municipalities that are known and have not ended."""
        before = {n: p for n, p in self.before(day.day).items() if p.valid_to is None}
        sources: dict[str, list[CodePeriod]] = defaultdict(list)
        targets: dict[str, list[str]] = defaultdict(list)
        for old, new in sorted(pairs):
            if old in before:
                sources[new].append(before[old])
                targets[old].append(new)
        for old in targets:
            if old not in day.staying:
                self._replace(before[old], replace(before[old], valid_to=day.day))
        rows: list[DiffRow] = []
        for old, news in targets.items():
            if day.kinds[old, news[0]] is ChangeKind.SPLIT:
                new_names = tuple(Named(new, day.names[new].name) for new in news)
                rows.append(DiffRow(DiffKind.SPLIT, day.day, (_named(before[old]),), new_names))
        for new, olds in sources.items():
            kinds = {day.kinds[old.number, new] for old in olds}
            stays = new in day.staying and new in before
            if not stays:
                heir = olds[0] if kinds == {ChangeKind.RENUMBERED} else None
                self._create(day.names[new], day.day, heir, olds)
            if kinds != {ChangeKind.SPLIT}:
                if stays and before[new] not in olds:
                    olds.append(before[new])
                kind = DiffKind.MERGED if ChangeKind.MERGED in kinds else DiffKind.RENUMBERED
                old_names = tuple(sorted((_named(old) for old in olds), key=_number))
                rows.append(DiffRow(kind, day.day, old_names, (Named(new, day.names[new].name),)))
        return rows

    def rename(self, period: CodePeriod, item: Listed, day: date) -> list[DiffRow]:
        if same_name(period.official_name, item.official_name) and (
            _addition(period.qualified_name) == _addition(item.name)
        ):
            return []
        renamed = replace(
            self._period(item, day, period.municipality, [period]), valid_to=period.valid_to
        )
        if period.valid_from == day:
            self._replace(period, renamed)
        else:
            self._replace(period, replace(period, valid_to=day))
            self._stored[renamed] = None
        return [DiffRow(DiffKind.RENAMED, day, (_named(period),), (Named(item.number, item.name),))]

    def begin(self, item: Listed, day: date) -> DiffRow:
        self._create(item, day, None, [])
        return DiffRow(DiffKind.NEW, day, (), (Named(item.number, item.name),))

    def end(self, period: CodePeriod, day: date) -> DiffRow:
        self._replace(period, replace(period, valid_to=day))
        return DiffRow(DiffKind.ENDED, day, (_named(period),), ())

    def _create(
        self, item: Listed, day: date, heir: CodePeriod | None, olds: Sequence[CodePeriod]
    ) -> None:
        if heir is not None:
            municipality = heir.municipality
        else:
            municipality = f"{item.number} {day}"
            predecessors = tuple(dict.fromkeys(old.municipality for old in olds))
            self._arrivals.append(Arrival(municipality, day, predecessors))
        self._stored[self._period(item, day, municipality, olds)] = None

    def _period(
        self, item: Listed, day: date, municipality: int | str, olds: Sequence[CodePeriod]
    ) -> CodePeriod:
        official = item.official_name
        for old in olds:
            if same_name(old.official_name, official):
                official = old.official_name
        name = norwegian_name(official, self._foreign, {old.name for old in olds})
        return CodePeriod(
            municipality=municipality,
            number=item.number,
            name=name,
            qualified_name=name + _addition(item.name),
            official_name=official,
            valid_from=day,
        )

    def _replace(self, period: CodePeriod, other: CodePeriod) -> None:
        self._stored[other] = self._stored.pop(period)

    def writes(self, changes: Sequence[Change]) -> Writes:
        end: list[tuple[CodePeriod, date]] = []
        rename: list[tuple[CodePeriod, CodePeriod]] = []
        create: list[CodePeriod] = []
        lasts_until: dict[int | str, date | None] = {}
        touched: set[int | str] = set()
        for period in sorted(self._stored, key=lambda period: (period.valid_from, period.number)):
            stored = self._stored[period]
            lasts_until[period.municipality] = period.valid_to
            if period == stored:
                continue
            touched.add(period.municipality)
            if stored is None:
                create.append(period)
                continue
            renamed = replace(period, valid_to=stored.valid_to)
            if renamed != stored:
                rename.append((stored, renamed))
            if period.valid_to is not None and period.valid_to != stored.valid_to:
                end.append((stored, period.valid_to))
        departures = [
            (municipality, day)
            for municipality, day in lasts_until.items()
            if municipality in touched and day is not None
        ]
        return Writes(
            end=tuple(end),
            rename=tuple(rename),
            create=tuple(create),
            arrivals=tuple(self._arrivals),
            departures=tuple(departures),
            changes=tuple(changes),
        )


class _Day:
    """The lines of one day: what each of them is, and which numbers stay through it."""

    def __init__(self, day: date, lines: Sequence[ListedChange], state: _State) -> None:
        self.day = day
        self.names = {
            line.new_number: Listed(line.new_number, line.new_name, line.row) for line in lines
        }
        before = state.before(day)
        pairs = {(line.old_number, line.new_number) for line in lines}
        olds = {old for old, _ in pairs}
        self.staying = {old for old, new in pairs if old == new}
        self.staying |= {
            number
            for pair in pairs
            for number in pair
            if number in before and (number in state.lasting or number not in olds)
        }
        # Land that moves between two that both stay is no change of numbers.
        pairs -= {
            (old, new)
            for old, new in pairs
            if old != new and new in before and {old, new} <= self.staying
        }
        # A list may leave unsaid that the one that gives or takes keeps its number.
        unsaid = {(number, number) for pair in pairs for number in pair if number in self.staying}
        kinds = kinds_of_changes(pairs | unsaid)
        self.kinds = {pair: kind for pair in pairs if (kind := kinds[pair]) is not None}
        self.new_names = [
            self.names[old] for old, new in sorted(pairs) if old == new and kinds[old, new] is None
        ]


def _named(period: CodePeriod) -> Named:
    added = _addition(period.qualified_name)
    return Named(period.number, period.official_name + added)


def _number(named: Named) -> str:
    return named.number


def _addition(name: str) -> str:
    """« (Nordland)», which tells a namesake apart, or nothing."""
    _, opened, rest = name.partition(" (")
    return opened + rest
