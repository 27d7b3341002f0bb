"""Whole days as iCalendar (RFC 5545): what calendars subscribe to and what mail carries.

Written here: the whole of it is lines of text, and no library we have makes them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

CONTENT_TYPE: Final = "text/calendar; charset=utf-8"
# A line is folded so that none is longer, in octets.
_MOST_OCTETS: Final = 75
_NOT_TEXT: Final = dict.fromkeys([*range(9), 11, 12, *range(13, 32), 127])


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A day or some days; `uid` is the same each time the same thing is told of."""

    uid: str
    on: date
    # The last day, when there are several.
    until: date | None = None
    summary: str
    description: str = ""
    address: str = ""


def calendar(name: str, events: Iterable[Event], *, at: datetime) -> bytes:
    """A calendar of events, told at a moment; readers ask again twice a day."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Samlop//Samlop//NO",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT12H",
        "X-PUBLISHED-TTL:PT12H",
    ]
    for event in events:
        lines += _event(event, at)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line)).encode()


def _event(event: Event, at: datetime) -> Iterator[str]:
    # The end is the day after the last.
    after = (event.until or event.on) + timedelta(days=1)
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(event.uid)}"
    yield f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{event.on:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{after:%Y%m%d}"
    yield f"SUMMARY:{_text(event.summary)}"
    if event.description:
        yield f"DESCRIPTION:{_text(event.description)}"
    if event.address:
        yield f"URL:{event.address}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _text(words: str) -> str:
    plain = words.replace("\r\n", "\n").translate(_NOT_TEXT)
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Never in the middle of a letter: readers join the lines before they decode, some after."""
    piece, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > _MOST_OCTETS:
            yield piece
            piece, size = " ", 1
        piece += letter
        size += octets
    yield piece
