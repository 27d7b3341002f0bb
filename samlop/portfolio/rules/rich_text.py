"""Text with headings, lists, bold and links: written in plain marks, never as HTML.

    ## Heading        - a line of a list        **bold**        [words](https://example.org)

What is not one of these is shown as it was written.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from samlop.portfolio.rules.material import is_link


class Block(StrEnum):
    """What a part of a text is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of words; with an address it is a link."""

    words: str
    bold: bool = False
    address: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A heading, a paragraph, or a list whose lines are `lines`."""

    block: Block
    lines: tuple[tuple[Span, ...], ...]


_INLINE: Final = re.compile(r"\*\*(?P<bold>[^*\n]+)\*\*|\[(?P<words>[^\]\n]+)\]\((?P<at>[^)\s]+)\)")
_MARK_OF_A_LINE: Final = re.compile(r"^[-*•]\s+")


def parsed(text: str) -> tuple[Part, ...]:
    """The parts of a text, in order. Never fails: any text is a text."""
    parts: list[Part] = []
    words: list[str] = []
    lines: list[tuple[Span, ...]] = []

    def flush() -> None:
        if words:
            parts.append(Part(Block.PARAGRAPH, (_spans(" ".join(words)),)))
            words.clear()
        if lines:
            parts.append(Part(Block.LIST, tuple(lines)))
            lines.clear()

    for raw in text.replace("\r\n", "\n").split("\n"):
        line = raw.strip()
        if not line:
            flush()
        elif line.startswith("#"):
            flush()
            heading = line.lstrip("#").strip()
            if heading:
                parts.append(Part(Block.HEADING, (_spans(heading),)))
        elif found := _MARK_OF_A_LINE.match(line):
            if words:
                flush()
            lines.append(_spans(line[found.end() :]))
        elif lines:
            lines[-1] += (Span(" "), *_spans(line))
        else:
            words.append(line)
    flush()
    return tuple(parts)


def plain(text: str) -> str:
    """The words alone, to search in and to write into a document."""
    return "\n".join(
        "".join(span.words for span in line) for part in parsed(text) for line in part.lines
    )


def _spans(text: str) -> tuple[Span, ...]:
    found: list[Span] = []
    at = 0
    for match in _INLINE.finditer(text):
        if match.start() > at:
            found.append(Span(text[at : match.start()]))
        if match["bold"]:
            found.append(Span(match["bold"], bold=True))
        elif is_link(match["at"]):
            found.append(Span(match["words"], address=match["at"]))
        else:
            found.append(Span(match[0]))
        at = match.end()
    if at < len(text):
        found.append(Span(text[at:]))
    return tuple(found)
