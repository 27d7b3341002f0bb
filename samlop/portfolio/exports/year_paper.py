"""«E-helse neste år» as one sheet of tagged PDF."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from samlop.lib import pdf
from samlop.lib.pdf import Pdf

TEMPLATE: Final = Path(__file__).parent.parent / "data" / "year.typ"

# Solution, phase, three amounts, hours, and whether it is counted.
Row = tuple[str | bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class YearPaper:
    """Every word of the sheet, in the language it is made in."""

    language: str
    title: str
    municipality: str
    lead: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    sums: tuple[str, ...]
    sums_note: str
    without_heading: str
    without: tuple[str, ...]
    foot: str


def year_pdf(paper: YearPaper, *, at: datetime) -> Pdf:
    """The same bytes for the same words and moment."""
    return pdf.compile_pdf(
        TEMPLATE,
        {
            "language": paper.language,
            "title": f"{paper.title}: {paper.municipality}",
            "heading": paper.title,
            "municipality": paper.municipality,
            "lead": paper.lead,
            "headings": paper.headings,
            "rows": paper.rows,
            "sums": paper.sums,
            "sums_note": paper.sums_note,
            "without_heading": paper.without_heading,
            "without": paper.without,
            "foot": paper.foot,
        },
        at=at,
    )
