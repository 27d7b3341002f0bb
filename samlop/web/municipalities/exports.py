"""The register as a file: the page's rows, order and columns, with names rather than ids."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext

from samlop.web.downloads import Download, Field
from samlop.web.municipalities.table import NUMERIC, Column, Table

WIDTHS: Final[Mapping[Column, int]] = {
    Column.NAME: 24,
    Column.NUMBER: 9,
    Column.GROUP: 28,
    Column.COUNTY: 18,
    Column.OTHER_NAMES: 24,
    Column.CENTRE: 22,
    Column.POSTMOTTAK: 36,
    Column.WEBSITE: 30,
}


def register(table: Table) -> Download:
    return Download(
        name="kommuner",
        sheet=gettext("Kommuner"),
        on=table.on,
        fields=[
            Field(
                column.value,
                table.heading(column),
                WIDTHS.get(column, 14),
                "#,##0" if column in NUMERIC else "",
            )
            for column in table.shown
        ],
        rows=list(zip(*(table.values(column) for column in table.shown), strict=True)),
    )
