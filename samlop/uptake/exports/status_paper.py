"""«Status e-helse til utvalget» as one sheet of tagged PDF."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from samlop.lib import pdf
from samlop.lib.pdf import Pdf

TEMPLATE: Final = Path(__file__).parent.parent / "data" / "status.typ"

# Solution, area, how far, since when, units, and the middle one of those alike.
Row = tuple[str, str, str, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPaper:
    """Every word of the sheet, in the language it is made in."""

    language: str
    title: str
    municipality: str
    lead: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str
    foot: str


def status_pdf(paper: StatusPaper, *, at: datetime) -> Pdf:
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
            "note": paper.note,
            "foot": paper.foot,
        },
        at=at,
    )
