"""A template as Word or Excel, filled in with what we know: the first choice for most.

Municipalities have their own tools for risk; a file with the version on it fits into all of
them. Text is only ever text: no cell is written as a formula.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import xlsxwriter
from django.utils.translation import gettext
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from samlop.municipalities.texts import day_words
from samlop.portfolio.rules.copies import (
    CHOICES,
    FIELDS,
    AnswerField,
    RowChangeKind,
    RowText,
    TemplateKind,
)
from samlop.portfolio.texts import copies as texts

DOCX_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# What XML cannot hold, and a spreadsheet therefore cannot open.
_NOT_XML: Final = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledRow:
    """A row, what became of it since the version the reader had, and answers when there are any."""

    text: RowText
    change: RowChangeKind | None = None
    answers: Mapping[AnswerField, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A template with what is known of the municipality and the solution written in."""

    title: str
    kind: TemplateKind
    # «nb» or «nn», as a document names its language.
    language: str
    number: int
    published_on: date
    note: str
    solutions: tuple[str, ...]
    owner: str
    # Empty in a file for nobody in particular.
    municipality: str
    # Service area and the systems in use there.
    systems: tuple[tuple[str, str], ...]
    # The version that «nytt siden» compares with.
    since: int | None
    rows: tuple[FilledRow, ...]
    removed: tuple[str, ...]
    has_answers: bool
    made_on: date

    @property
    def version_words(self) -> str:
        return gettext("Versjon %(number)d, publisert %(day)s") % {
            "number": self.number,
            "day": day_words(self.published_on),
        }

    @property
    def is_compared(self) -> bool:
        return self.since is not None

    def facts(self) -> tuple[tuple[str, str], ...]:
        """What stands above the rows; what is not known is left for the reader to write in."""
        unknown = gettext("(fylles ut)")
        found = [
            (gettext("Mal"), self.version_words),
            (gettext("Løsning"), ", ".join(self.solutions) or unknown),
            (gettext("Malen er laget av"), self.owner or unknown),
            (gettext("Kommune"), self.municipality or unknown),
        ]
        found += [
            (gettext("System i %(area)s") % {"area": area[:1].lower() + area[1:]}, names)
            for area, names in self.systems
        ]
        if not self.systems:
            found.append((gettext("Systemer hos oss"), unknown))
        found += [
            (gettext("Vurderingen er gjort av (roller)"), unknown),
            (gettext("Godkjent av, dato"), unknown),
            (gettext("Lastet ned"), day_words(self.made_on)),
        ]
        return tuple(found)

    def news(self) -> tuple[str, ...]:
        """What is new since the version the reader had, a line each."""
        lines = [
            f"{texts.ROW_CHANGES[row.change]}: {row.text.heading}"
            for row in self.rows
            if row.change is not None
        ]
        lines += [
            f"{texts.ROW_CHANGES[RowChangeKind.REMOVED]}: {heading}" for heading in self.removed
        ]
        return tuple(lines)

    def news_heading(self) -> str:
        return gettext("Nytt siden versjon %(number)d") % {"number": self.since or 0}

    def private_words(self) -> str:
        """Answers about risk are not for everybody; a file must say so itself."""
        if not self.has_answers:
            return ""
        return gettext(
            "Filen inneholder kommunens egne svar. Del den bare med dem som skal kjenne risikoen."
        )


def columns(kind: TemplateKind) -> tuple[str, ...]:
    """The headings over the programme's text and over the answers."""
    return (
        str(texts.HEADINGS[kind]),
        str(texts.BODIES[kind]),
        str(texts.SUGGESTIONS[kind]),
        *(str(texts.ANSWER_FIELDS[field]) for field in FIELDS[kind]),
    )


def _plain(text: str) -> str:
    return text.translate(_NOT_XML)


def _answer(field: AnswerField, value: str) -> str:
    return str(texts.choice_words(field).get(value, value))


def _cells(filled: Filled, row: FilledRow) -> tuple[str, ...]:
    return (
        row.text.heading,
        row.text.body,
        row.text.suggestion,
        *(_answer(field, row.answers.get(field, "")) for field in FIELDS[filled.kind]),
    )


# --- Excel ---


def xlsx(filled: Filled) -> bytes:
    """A sheet with the rows and one with the facts; choices are lists to choose from."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False}) as book:
        heading = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#E6EEF7"}
        )
        cell = book.add_format({"text_wrap": True, "valign": "top"})
        to_fill = book.add_format({"text_wrap": True, "valign": "top", "bg_color": "#FFFBE6"})
        page = book.add_worksheet(gettext("Skjema")[:31])
        first = [gettext("Del")]
        if filled.is_compared:
            first.insert(0, filled.news_heading())
        titles = (*first, *columns(filled.kind))
        for index, title in enumerate(titles):
            page.write_string(0, index, _plain(title), heading)
            page.set_column(index, index, 16 if index < len(first) else 34)
        for number, row in enumerate(filled.rows, start=1):
            lead = [row.text.section]
            if filled.is_compared:
                lead.insert(0, str(texts.ROW_CHANGES[row.change]) if row.change else "")
            known = (*lead, *_cells(filled, row))
            answers_from = len(known) - len(FIELDS[filled.kind])
            for index, words in enumerate(known):
                style = to_fill if index >= answers_from else cell
                if words:
                    page.write_string(number, index, _plain(words), style)
                else:
                    page.write_blank(number, index, None, style)
        _choices(page, filled, first=len(first) + 3)
        page.freeze_panes(1, len(first) + 1)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        _about(book.add_worksheet(gettext("Om malen")[:31]), filled, heading, cell)
    return made.getvalue()


def _choices(page: Any, filled: Filled, *, first: int) -> None:
    for index, field in enumerate(FIELDS[filled.kind]):
        if field not in CHOICES or not filled.rows:
            continue
        words = [str(texts.choice_words(field)[code]) for code in CHOICES[field]]
        page.data_validation(
            1,
            first + index,
            len(filled.rows) + 30,
            first + index,
            {"validate": "list", "source": words, "error_type": "information"},
        )


def _about(page: Any, filled: Filled, heading: Any, cell: Any) -> None:
    page.set_column(0, 0, 34)
    page.set_column(1, 1, 80)
    page.write_string(0, 0, _plain(filled.title), heading)
    lines: list[tuple[str, str]] = list(filled.facts())
    if filled.private_words():
        lines.insert(0, (gettext("Merk"), filled.private_words()))
    if filled.note:
        lines.append((gettext("Om denne versjonen"), filled.note))
    if filled.is_compared:
        news = filled.news() or (gettext("Ingen endringer i radene."),)
        lines += [(filled.news_heading() if index == 0 else "", n) for index, n in enumerate(news)]
    for number, (words, value) in enumerate(lines, start=1):
        page.write_string(number, 0, _plain(words), cell)
        page.write_string(number, 1, _plain(value), cell)


# --- Word ---


def docx(filled: Filled) -> bytes:
    """Landscape, a table for each section, its heading row repeated on every page."""
    document = Document()
    document.core_properties.title = _plain(filled.title)
    document.core_properties.language = filled.language
    document.core_properties.author = _plain(filled.owner)
    page = document.sections[0]
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = Cm(29.7), Cm(21)
    page.left_margin = page.right_margin = Cm(1.8)
    page.top_margin = page.bottom_margin = Cm(1.8)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(10)
    _speaks(style, filled.language)
    page.footer.paragraphs[0].text = _plain(f"{filled.title} – {filled.version_words}")

    document.add_heading(_plain(filled.title), level=0)
    if filled.private_words():
        document.add_paragraph().add_run(filled.private_words()).bold = True
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    for words, value in filled.facts():
        cells = table.add_row().cells
        cells[0].text, cells[1].text = _plain(words), _plain(value)
        cells[0].paragraphs[0].runs[0].bold = True
    _widths(table, (Cm(7), Cm(19)))
    if filled.note:
        document.add_paragraph()
        document.add_paragraph(_plain(filled.note))
    if filled.is_compared:
        document.add_heading(filled.news_heading(), level=1)
        for line in filled.news() or (gettext("Ingen endringer i radene."),):
            document.add_paragraph(_plain(line), style="List Bullet")
    _sections(document, filled)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _sections(document: Any, filled: Filled) -> None:
    section: str | None = None
    table: Any = None
    titles = columns(filled.kind)
    width = Cm(26 / len(titles))
    for row in filled.rows:
        if table is None or row.text.section != section:
            section = row.text.section
            document.add_heading(_plain(section or filled.title), level=1)
            table = document.add_table(rows=1, cols=len(titles), style="Table Grid")
            for cell, title in zip(table.rows[0].cells, titles, strict=True):
                cell.text = ""
                cell.paragraphs[0].add_run(_plain(title)).bold = True
            _repeat(table.rows[0])
        cells = table.add_row().cells
        for cell, words in zip(cells, _cells(filled, row), strict=True):
            cell.text = _plain(words)
        if row.change is not None:
            mark = cells[0].paragraphs[0].insert_paragraph_before()
            mark.add_run(f"[{texts.ROW_CHANGES[row.change]}]").bold = True
        _widths(table, (width,) * len(titles))


def _widths(table: Any, widths: tuple[Any, ...]) -> None:
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width


def _repeat(row: Any) -> None:
    """So that a reader, and a screen reader, knows what a column is on every page."""
    marked = OxmlElement("w:tblHeader")
    marked.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(marked)  # noqa: SLF001 - python-docx has no other way


def _speaks(style: Any, language: str) -> None:
    told = OxmlElement("w:lang")
    told.set(qn("w:val"), f"{language}-NO")
    style.element.get_or_add_rPr().append(told)
