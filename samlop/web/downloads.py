"""A list as a file: the rows of the page, as CSV, Excel or JSON (`?format=csv|xlsx|json`)."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.utils.translation import gettext

from samlop.lib import csvio


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its name in JSON, its title in the other two, and how Excel shows it."""

    code: str
    title: str
    width: int = 14
    number_format: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """`name` is the file's name without its ending, `on` the day the rows are true for."""

    name: str
    sheet: str
    on: date
    fields: Sequence[Field]
    rows: Sequence[Sequence[csvio.Cell]]


def wanted(query: QueryDict) -> Format | None:
    """What the address asks for; None is the page. An unknown format is no page of ours."""
    code = query.get("format")
    if code is None:
        return None
    try:
        return Format(code)
    except ValueError as error:
        raise Http404(gettext("Ukjent format")) from error


def answer(download: Download, as_format: Format) -> HttpResponse:
    file = f"{download.name}-{download.on.isoformat()}.{as_format.value}"
    match as_format:
        case Format.JSON:
            codes = [field.code for field in download.fields]
            rows = [dict(zip(codes, row, strict=True)) for row in download.rows]
            # The keys are the same in every language.
            found = {"dato": download.on, "antall": len(rows), download.name: rows}
            response = JsonResponse(found, json_dumps_params={"ensure_ascii": False})
            response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
            return response
        case Format.CSV:
            titles = [field.title for field in download.fields]
            content, media = csvio.write_csv(titles, download.rows), csvio.CSV_TYPE
        case Format.XLSX:
            book = io.BytesIO()
            columns = [
                csvio.Column(field.title, field.width, field.number_format)
                for field in download.fields
            ]
            csvio.write_xlsx(book, sheet=download.sheet, columns=columns, rows=download.rows)
            content, media = book.getvalue(), csvio.XLSX_TYPE
    return HttpResponse(
        content,
        content_type=media,
        headers={"Content-Disposition": f'attachment; filename="{file}"'},
    )
