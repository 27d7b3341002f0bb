"""The threshold ledger: a frozen measurement of how widely an offer is introduced and used.

The cooperation agreement speaks of «vesentlig andel» and gives it no number. The ledger holds
what was the case, measured three ways, and never says that the share is reached.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from samlop.uptake.rules.stages import Source, Stage, has_reached, is_made_available

FORMAT: Final = 1
# A word written while the measurement is made may carry an earlier moment than the measurement
# does; after so long everything that carries one has been stored.
SETTLES: Final = timedelta(minutes=10)


class LedgerMeasure(StrEnum):
    """What is counted."""

    MADE_AVAILABLE = "made_available"
    IN_USE = "in_use"


class LedgerBase(StrEnum):
    """Of what the share is taken."""

    MUNICIPALITIES = "municipalities"
    INHABITANTS = "inhabitants"
    # Municipalities whose vendor makes it possible.
    POSSIBLE = "possible"


class LedgerRefusal(StrEnum):
    """Why a measurement cannot be frozen, or a remark not be made."""

    IN_THE_FUTURE = "in_the_future"
    NOTHING_SAID = "nothing_said"
    NO_DEFINITION = "no_definition"
    ALREADY_FROZEN = "already_frozen"
    NO_WORDS = "no_words"
    SAME_WORDS = "same_words"
    ALREADY_WITHDRAWN = "already_withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One municipality of the day; a stage only once its right of reply has run out."""

    number: str
    name: str
    inhabitants: int | None
    # None where nobody has said anything of the vendors, or no vendor matters.
    possible: bool | None
    stage: Stage | None = None
    since: date | None = None
    confirmed_by: frozenset[Source] = frozenset()
    disagrees: bool = False
    # Something is said that the municipality may still answer; it is not counted.
    awaits_reply: bool = False
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a stage meant."""

    stage: Stage
    version: int
    words: str
    source: str
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What was measured, as of which day, and with what was known at which moment."""

    slug: str
    name: str
    area: str
    on: date
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    measure: LedgerMeasure
    base: LedgerBase
    count: int
    of: int

    @property
    def tenths(self) -> int | None:
        """Tenths of a per cent, rounded down so that nothing looks like more than it is."""
        return self.count * 1000 // self.of if self.of else None


def shares(rows: Sequence[Row]) -> tuple[Share, ...]:
    """Every measure of every base. Inhabitants that are not known are in neither number."""
    found = []
    for measure in LedgerMeasure:
        has = [row for row in rows if _has(row, measure)]
        # Whoever has it shows that it is possible.
        possible = [row for row in rows if row.possible or is_made_available(row.stage)]
        found += [
            Share(measure, LedgerBase.MUNICIPALITIES, len(has), len(rows)),
            Share(measure, LedgerBase.INHABITANTS, _living(has), _living(rows)),
            Share(measure, LedgerBase.POSSIBLE, len(has), len(possible)),
        ]
    return tuple(found)


def _has(row: Row, measure: LedgerMeasure) -> bool:
    if measure is LedgerMeasure.MADE_AVAILABLE:
        return is_made_available(row.stage)
    return has_reached(row.stage, Stage.IN_USE)


def _living(rows: Sequence[Row]) -> int:
    return sum(row.inhabitants or 0 for row in rows)


def document(head: Head, definitions: Sequence[Definition], rows: Sequence[Row]) -> bytes:
    """The snapshot file: the same facts give the same bytes, in whatever order they come."""
    content = {
        "format": FORMAT,
        "solution": {"slug": head.slug, "name": head.name, "area": head.area},
        "on": head.on.isoformat(),
        "known_at": head.known_at.isoformat(),
        "definitions": [
            {
                "stage": one.stage.value,
                "version": one.version,
                "words": one.words,
                "source": one.source,
                "valid_from": one.valid_from.isoformat(),
            }
            for one in sorted(definitions, key=lambda one: one.stage.value)
        ],
        "shares": [
            {"measure": one.measure.value, "base": one.base.value, "count": one.count, "of": one.of}
            for one in shares(rows)
        ],
        "sources": {
            source.value: sum(
                source in row.confirmed_by for row in rows if is_made_available(row.stage)
            )
            for source in Source
        },
        "disagree": sum(row.disagrees for row in rows),
        "await_reply": sum(row.awaits_reply for row in rows),
        "vendors_unknown": sum(row.possible is None for row in rows),
        "municipalities": [_line(row) for row in sorted(rows, key=lambda row: row.number)],
    }
    return (json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def _line(row: Row) -> dict[str, Any]:
    return {
        "number": row.number,
        "name": row.name,
        "inhabitants": row.inhabitants,
        "possible": row.possible,
        "stage": row.stage.value if row.stage else None,
        "since": row.since.isoformat() if row.since else None,
        "confirmed_by": sorted(source.value for source in row.confirmed_by),
        "disagrees": row.disagrees,
        "awaits_reply": row.awaits_reply,
        "remark": row.remark,
    }


def checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a snapshot file says."""

    head: Head
    definitions: tuple[Definition, ...]
    shares: tuple[Share, ...]
    # Of those made available, how many each source confirms.
    sources: Mapping[Source, int]
    disagree: int
    await_reply: int
    vendors_unknown: int
    rows: tuple[Row, ...]


def read(content: bytes) -> Snapshot:
    """The file as facts; `document` of them gives the same bytes."""
    found = json.loads(content)
    return Snapshot(
        head=Head(
            slug=found["solution"]["slug"],
            name=found["solution"]["name"],
            area=found["solution"]["area"],
            on=date.fromisoformat(found["on"]),
            known_at=datetime.fromisoformat(found["known_at"]),
        ),
        definitions=tuple(
            Definition(
                stage=Stage(one["stage"]),
                version=one["version"],
                words=one["words"],
                source=one["source"],
                valid_from=date.fromisoformat(one["valid_from"]),
            )
            for one in found["definitions"]
        ),
        shares=_read_shares(found["shares"]),
        sources={Source(source): count for source, count in found["sources"].items()},
        disagree=found["disagree"],
        await_reply=found["await_reply"],
        vendors_unknown=found["vendors_unknown"],
        rows=tuple(_read_line(one) for one in found["municipalities"]),
    )


def read_shares(content: bytes) -> tuple[Share, ...]:
    """The shares as a snapshot file has them."""
    return _read_shares(json.loads(content)["shares"])


def _read_shares(found: Sequence[Mapping[str, Any]]) -> tuple[Share, ...]:
    return tuple(
        Share(LedgerMeasure(one["measure"]), LedgerBase(one["base"]), one["count"], one["of"])
        for one in found
    )


def _read_line(one: Mapping[str, Any]) -> Row:
    return Row(
        number=one["number"],
        name=one["name"],
        inhabitants=one["inhabitants"],
        possible=one["possible"],
        stage=Stage(one["stage"]) if one["stage"] else None,
        since=date.fromisoformat(one["since"]) if one["since"] else None,
        confirmed_by=frozenset(Source(source) for source in one["confirmed_by"]),
        disagrees=one["disagrees"],
        awaits_reply=one["awaits_reply"],
        remark=one["remark"],
    )
