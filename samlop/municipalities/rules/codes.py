"""What became of a municipality number: follows the official changes and never guesses."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from operator import itemgetter
from typing import Final, Self

from samlop.municipalities.rules.kinds import ChangeKind

FIRST_DAY: Final = date(2017, 1, 1)
"""The first day Samløp knows; older periods begin there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePeriod:
    """A number and a name in the half-open period [valid_from, valid_to).

    `municipality` is whatever identifies the municipality that carries it.
    """

    municipality: int | str
    number: str
    name: str
    qualified_name: str
    official_name: str
    valid_from: date
    valid_to: date | None = None

    def holds(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def overlaps(self, other: "CodePeriod") -> bool:
        return (self.valid_to is None or other.valid_from < self.valid_to) and (
            other.valid_to is None or self.valid_from < other.valid_to
        )


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the change list: from this day the old number's land has the new number."""

    old_number: str
    new_number: str
    happened_on: date
    kind: ChangeKind


@dataclass(frozen=True, slots=True)
class Fact:
    """A sourced successor that wins over the chain of changes from a day on."""

    old_number: str
    new_number: str
    holds_from: date


class Outcome(StrEnum):
    """How a number stands on a day."""

    VALID = "valid"
    SUCCEEDED = "succeeded"
    DIVIDED = "divided"
    NOT_YET = "not_yet"
    BEFORE_OUR_TIME = "before_our_time"
    NO_SUCCESSOR = "no_successor"
    UNKNOWN_NUMBER = "unknown_number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """The numbers that a number stands for on a day: itself, one, several or none.

    `ended_on` is the first day the number itself was no longer valid, when it has ended.
    """

    number: str
    on: date
    outcome: Outcome
    numbers: tuple[str, ...] = ()
    ended_on: date | None = None

    @property
    def successor(self) -> str | None:
        """The only number, or None when there are none or several."""
        return self.numbers[0] if len(self.numbers) == 1 else None


@dataclass(frozen=True, slots=True)
class Run:
    """Days without a break on which a number was in use, whatever name it had."""

    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class History:
    """All that is known about numbers over time, arranged for looking up."""

    runs: Mapping[str, tuple[Run, ...]]
    changes: Mapping[str, tuple[Change, ...]]
    facts: Mapping[str, tuple[Fact, ...]]

    @classmethod
    def of(
        cls,
        periods: Iterable[tuple[str, date, date | None]],
        changes: Iterable[Change],
        facts: Iterable[Fact],
    ) -> Self:
        """`periods` are (number, valid_from, valid_to), one for each name a number had."""
        runs: dict[str, list[Run]] = defaultdict(list)
        for number, valid_from, valid_to in sorted(periods, key=itemgetter(0, 1)):
            of_number = runs[number]
            if of_number and of_number[-1].valid_to == valid_from:
                of_number[-1] = Run(of_number[-1].valid_from, valid_to)
            else:
                of_number.append(Run(valid_from, valid_to))
        by_old: dict[str, list[Change]] = defaultdict(list)
        for change in sorted(changes, key=lambda change: (change.happened_on, change.new_number)):
            by_old[change.old_number].append(change)
        facts_by_old: dict[str, list[Fact]] = defaultdict(list)
        for fact in sorted(facts, key=lambda fact: fact.holds_from, reverse=True):
            facts_by_old[fact.old_number].append(fact)
        return cls(
            runs={number: tuple(of_number) for number, of_number in runs.items()},
            changes={number: tuple(lines) for number, lines in by_old.items()},
            facts={number: tuple(found) for number, found in facts_by_old.items()},
        )


def resolve(number: str, *, on: date, history: History) -> Resolution:
    """What a number stands for on a day.

    A number valid that day stands for itself. One that has ended is followed forwards through
    the changes of the day it ended, as often as needed; a sourced fact wins over the chain.
    A number that begins only later answers none: what it was before is not guessed.
    """
    runs = history.runs.get(number, ())
    if any(_holds(run, on) for run in runs):
        return Resolution(number=number, on=on, outcome=Outcome.VALID, numbers=(number,))

    ends = [run.valid_to for run in runs if run.valid_to is not None and run.valid_to <= on]
    if not runs:
        # It ended before the first day we know, and only the change list remembers it.
        ends = [line.happened_on for line in history.changes.get(number, ())]
        if not ends:
            return Resolution(number=number, on=on, outcome=Outcome.UNKNOWN_NUMBER)
        ends = [end for end in ends if end <= on]
    if not ends:
        outcome = Outcome.BEFORE_OUR_TIME if on < FIRST_DAY else Outcome.NOT_YET
        return Resolution(number=number, on=on, outcome=outcome)

    ended_on = max(ends)
    found = tuple(sorted(_successors(number, ended_on, on, history)))
    outcome = (
        Outcome.NO_SUCCESSOR
        if not found
        else Outcome.SUCCEEDED
        if len(found) == 1
        else Outcome.DIVIDED
    )
    return Resolution(number=number, on=on, outcome=outcome, numbers=found, ended_on=ended_on)


def _holds(run: Run, day: date) -> bool:
    return run.valid_from <= day and (run.valid_to is None or day < run.valid_to)


def _successors(number: str, ended_on: date, on: date, history: History) -> set[str]:
    """The numbers valid on the day that the number ended on another day has become."""
    for fact in history.facts.get(number, ()):
        # A fact from before the number ended is about an earlier use of the same number.
        if ended_on <= fact.holds_from <= on:
            return _standing(fact.new_number, fact.holds_from, on, history)
    found: set[str] = set()
    for line in history.changes.get(number, ()):
        if line.happened_on == ended_on and line.new_number != number:
            found |= _standing(line.new_number, ended_on, on, history)
    return found


def _standing(number: str, since: date, on: date, history: History) -> set[str]:
    """What a number that began or went on at `since` has become on the day."""
    runs = history.runs.get(number, ())
    for run in runs:
        if _holds(run, since):
            if run.valid_to is None or on < run.valid_to:
                return {number}
            return _successors(number, run.valid_to, on, history)
    # The change list reaches further back than our lists: follow it until they begin.
    begins = min((run.valid_from for run in runs if run.valid_from > since), default=date.max)
    for line in history.changes.get(number, ()):
        if since < line.happened_on <= min(on, begins):
            return _successors(number, line.happened_on, on, history)
    return _standing(number, begins, on, history) if begins <= on else set()


def kinds_of_changes(lines: Iterable[tuple[str, str]]) -> dict[tuple[str, str], ChangeKind | None]:
    """What each (old number, new number) of one day is; None for a mere change of name.

    One old number to several new ones is a split, several to one is a merger also for the
    one that keeps its number, and one to one is a new number.
    """
    pairs = set(lines)
    new_of: dict[str, set[str]] = defaultdict(set)
    old_of: dict[str, set[str]] = defaultdict(set)
    for old, new in pairs:
        new_of[old].add(new)
        old_of[new].add(old)
    found: dict[tuple[str, str], ChangeKind | None] = {}
    for old, new in pairs:
        if len(new_of[old]) > 1:
            found[old, new] = ChangeKind.SPLIT
        elif len(old_of[new]) > 1:
            found[old, new] = ChangeKind.MERGED
        else:
            found[old, new] = None if old == new else ChangeKind.RENUMBERED
    return found


@dataclass(frozen=True, slots=True)
class Additions:
    """What is to be written so that known periods agree with wanted ones."""

    create: tuple[CodePeriod, ...] = ()
    end: tuple[tuple[CodePeriod, date], ...] = ()


def additions(known: Sequence[CodePeriod], wanted: Sequence[CodePeriod]) -> Additions:
    """Fill what one municipality's known periods lack, without contradicting them.

    An end wins over an open period on either side: whoever knows that a number ended knows
    more than the one who does not.
    """
    end: list[tuple[CodePeriod, date]] = []
    now: list[CodePeriod] = []
    for code in known:
        ends = [
            other.valid_to
            for other in wanted
            if other.number == code.number and other.valid_to and other.overlaps(code)
        ]
        if code.valid_to is None and ends:
            end.append((code, min(ends)))
            now.append(replace(code, valid_to=min(ends)))
        else:
            now.append(code)

    create: list[CodePeriod] = []
    for code in wanted:
        limit = code.valid_to
        same = [other for other in known if other.number == code.number and other.overlaps(code)]
        if limit is None and same:
            last = max(same, key=lambda other: other.valid_from)
            limit = last.valid_to
        create += _uncovered(replace(code, valid_to=limit), now)
    return Additions(tuple(create), tuple(end))


def _uncovered(code: CodePeriod, covered: Iterable[CodePeriod]) -> list[CodePeriod]:
    """The parts of a period that no other period covers."""
    parts: list[CodePeriod] = []
    start = code.valid_from
    for other in sorted(covered, key=lambda other: other.valid_from):
        if not other.overlaps(replace(code, valid_from=start)):
            continue
        if start < other.valid_from:
            parts.append(replace(code, valid_from=start, valid_to=other.valid_from))
        if other.valid_to is None:
            return parts
        start = other.valid_to
        if code.valid_to is not None and start >= code.valid_to:
            return parts
    return [*parts, replace(code, valid_from=start)]


def county_runs(codes: Iterable[CodePeriod]) -> list[tuple[str, Run]]:
    """Which county number one municipality's numbers say it belonged to, and when.

    The first two digits are the county, by the definition of municipality numbers.
    """
    runs: list[tuple[str, Run]] = []
    for code in sorted(codes, key=lambda code: code.valid_from):
        county = code.number[:2]
        if runs and runs[-1][0] == county and runs[-1][1].valid_to == code.valid_from:
            runs[-1] = (county, Run(runs[-1][1].valid_from, code.valid_to))
        else:
            runs.append((county, Run(code.valid_from, code.valid_to)))
    return runs
