"""The list a contact person really has: 41 people of Agder, three of whom cannot be used."""

import io
from typing import Final

import xlsxwriter

# The municipality as somebody wrote it, and what it is called.
MUNICIPALITIES: Final = (
    ("0911", "Gjerstad"),
    ("Vegarshei", "Vegårshei"),
    ("Tvedestrand kommune", "Tvedestrand"),
    ("Froland", "Froland"),
    ("LILLESAND", "Lillesand"),
    ("birkenes", "Birkenes"),
    ("Aamli", "Åmli"),
    ("Iveland", "Iveland"),
    ("4219 Evje og Hornnes", "Evje og Hornnes"),
    ("Bygland", "Bygland"),
    ("Valle", "Valle"),
    ("Bykle", "Bykle"),
    ("Vennesla", "Vennesla"),
    ("Aseral", "Åseral"),
    ("Audnedal", "Lyngdal"),
    ("Haegebostad", "Hægebostad"),
    ("Kvinesdal", "Kvinesdal"),
    ("Sirdal", "Sirdal"),
    ("Risor", "Risør"),
    ("Grimstad", "Grimstad"),
    ("Arendal", "Arendal"),
    ("4204", "Kristiansand"),
    ("Mandal", "Lindesnes"),
    ("Farsund", "Farsund"),
    ("Flekkefjord", "Flekkefjord"),
)
HEADER: Final = ("E-postadresse", "Mobil", "Kommune", "Fornavn", "Etternavn", "Rolle / funksjon")
FIRST_ROW: Final = 5
# Rows in the sheet that are refused, and what puts them right.
OUTSIDE: Final = 43
SAME_ADDRESS: Final = 44
AMBIGUOUS: Final = 45


def people() -> list[tuple[object, ...]]:
    """38 that can be used and 3 that cannot, as cells."""
    rows: list[tuple[object, ...]] = [
        (
            f"Koordinator {name} <k{index}@example.org>",
            # A telephone that the spreadsheet took for an amount.
            90000000 + index,
            written,
            "Koordinator",
            name,
            "E-helsekoordinator" if index % 2 else "lokal koordinator",
        )
        for index, (written, name) in enumerate(MUNICIPALITIES)
    ]
    rows += [
        (
            f"leder{index}@example.org",
            f"+47 380 000 {index:02}",
            written,
            "Leder",
            name,
            "Kommunalsjef helse og omsorg",
        )
        for index, (written, name) in enumerate(MUNICIPALITIES[:13])
    ]
    return [
        *rows,
        ("sandnes@example.org", "", "Sandnes", "Siri", "Sand", "koordinator"),
        ("K3@example.org", "", "Froland", "Per", "Holm", "prosjektleder"),
        ("anne@example.org", "900 00 099", "Valle", "Anne", "Dal", "kontaktperson"),
    ]


def workbook() -> bytes:
    """A cover sheet, a title and an empty row above the header, an empty row below."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("Forside").write(0, 0, "Digi Agder, oppdatert i november")
        sheet = book.add_worksheet("Folk")
        sheet.write(0, 0, "Kontakter i kommunene")
        for column, title in enumerate(HEADER):
            sheet.write(2, column, title)
        for row, cells in enumerate(people(), start=FIRST_ROW - 1):
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell)
        # A municipality nobody is named for.
        sheet.write(FIRST_ROW + len(people()), 2, "Iveland")
    return file.getvalue()
