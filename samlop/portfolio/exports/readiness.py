"""A vendor's own rows as a workbook that its people fill in and load again."""

import io
from collections.abc import Sequence
from typing import Final

from samlop.lib import csvio
from samlop.portfolio.queries.readiness import OwnRow
from samlop.portfolio.texts import readiness as texts
from samlop.portfolio.texts import solutions as solution_texts

XLSX_TYPE: Final = csvio.XLSX_TYPE

_COLUMNS: Final = (
    csvio.Column(texts.KEY, 20),
    csvio.Column(texts.SOLUTION, 30),
    csvio.Column(texts.AREA, 26),
    csvio.Column(texts.PRODUCT, 28),
    csvio.Column(texts.STATE, 18),
    csvio.Column(texts.VERSION, 12),
    csvio.Column(texts.RELEASE_ON, 12),
    csvio.Column(texts.CONFIRMED, 14),
    csvio.Column(texts.REASON, 40),
    csvio.Column(texts.SOURCE, 40),
)


def workbook(rows: Sequence[OwnRow]) -> bytes:
    """One line per row, in the order of the page."""
    file = io.BytesIO()
    csvio.write_xlsx(
        file,
        sheet=texts.STATE,
        columns=_COLUMNS,
        rows=[
            (
                row.key,
                row.solution,
                str(solution_texts.AREAS[row.area]),
                row.state.product.name,
                str(texts.READINESS[row.state.state]),
                row.state.version,
                row.state.release_on,
                "",
                "",
                "",
            )
            for row in rows
        ],
    )
    return file.getvalue()
