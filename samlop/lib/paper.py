"""A paper of headings, text, lists and tables, told once: a Word document or a tagged PDF of it."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from samlop.lib import pdf
from samlop.lib.pdf import Pdf

DOCX_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF_TYPE: Final = "application/pdf"

_TEMPLATE: Final = Path(__file__).parent / "data" / "blocks.typ"
_WIDTH: Final = 17.0
# What XML cannot hold, and a document therefore cannot be opened with.
_NOT_XML: Final = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


@dataclass(frozen=True, slots=True)
class Heading:
    """Level 2 under the title, level 3 under that."""

    words: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Text:
    """A blank line begins a paragraph."""

    words: str
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Words and value, one pair under the other."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of short lines."""

    items: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Its caption says what it shows; the first row is repeated on every page."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


Block = Heading | Text | Facts | Bullets | Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """Every word of it, in the language it is made in: «nb», «nn» or «en»."""

    language: str
    title: str
    # Above the title: whose paper it is.
    kicker: str = ""
    foot: str
    blocks: Sequence[Block]


def to_pdf(paper: Paper, *, at: datetime) -> Pdf:
    """PDF/UA-1, the same bytes for the same words and moment."""
    return pdf.compile_pdf(
        _TEMPLATE,
        {
            "language": paper.language,
            "title": paper.title,
            "kicker": paper.kicker,
            "foot": paper.foot,
            "blocks": [as_data(block) for block in paper.blocks],
        },
        at=at,
    )


def as_data(block: Block) -> Mapping[str, Any]:
    """A block for a template of any kind: its `kind`, and what it holds."""
    match block:
        case Heading(words, level):
            return {"kind": "heading", "words": words, "level": level}
        case Text(words, quiet):
            return {"kind": "text", "words": words, "quiet": quiet}
        case Facts(pairs):
            return {"kind": "facts", "pairs": [list(pair) for pair in pairs]}
        case Bullets(items):
            return {"kind": "bullets", "items": list(items)}
        case Table():
            return {
                "kind": "table",
                "caption": block.caption,
                "headings": list(block.headings),
                "rows": [list(row) for row in block.rows],
            }


def to_docx(paper: Paper) -> bytes:
    """To be changed in Word: real headings, lists and tables, and the language named."""
    document = Document()
    document.core_properties.title = _plain(paper.title)
    document.core_properties.language = f"{paper.language}-NO"
    document.core_properties.author = "Samløp"
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(11)
    told = OxmlElement("w:lang")
    told.set(qn("w:val"), "en-GB" if paper.language == "en" else f"{paper.language}-NO")
    style.element.get_or_add_rPr().append(told)
    page.footer.paragraphs[0].text = _plain(paper.foot)
    if paper.kicker:
        document.add_paragraph(_plain(paper.kicker))
    document.add_heading(_plain(paper.title), level=1)
    for block in paper.blocks:
        _write(document, block)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _write(document: Any, block: Block) -> None:
    match block:
        case Heading(words, level):
            document.add_heading(_plain(words), level=level)
        case Text(words, _quiet):
            for part in words.split("\n\n"):
                document.add_paragraph(_plain(part))
        case Facts(pairs):
            table = document.add_table(rows=0, cols=2, style="Table Grid")
            for words, value in pairs:
                cells = table.add_row().cells
                cells[0].text, cells[1].text = _plain(words), _plain(value)
                cells[0].width, cells[1].width = Cm(6), Cm(_WIDTH - 6)
            document.add_paragraph()
        case Bullets(items):
            for item in items:
                document.add_paragraph(_plain(item), style="List Bullet")
        case Table():
            _write_table(document, block)


def _write_table(document: Any, block: Table) -> None:
    document.add_paragraph(_plain(block.caption), style="Caption")
    table = document.add_table(rows=1, cols=len(block.headings), style="Table Grid")
    for cell, words in zip(table.rows[0].cells, block.headings, strict=True):
        cell.text = ""
        cell.paragraphs[0].add_run(_plain(words)).bold = True
    marked = OxmlElement("w:tblHeader")
    marked.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(marked)  # noqa: SLF001 - there is no other way
    for row in block.rows:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = _plain(words)
    document.add_paragraph()


def _plain(words: str) -> str:
    return words.translate(_NOT_XML)
