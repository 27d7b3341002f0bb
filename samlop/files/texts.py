"""The words people read for the codes in rules."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.files.rules import DocumentKind, DocumentRefusal, FileKind, FileRefusal

Words = str | Promise

FILE_KINDS: Final[Mapping[FileKind, Words]] = {
    FileKind.PDF: _("PDF"),
    FileKind.DOCX: _("Word-dokument"),
    FileKind.XLSX: _("Excel-regneark"),
    FileKind.PPTX: _("PowerPoint-presentasjon"),
    FileKind.ODT: _("OpenDocument-tekst"),
    FileKind.ODS: _("OpenDocument-regneark"),
    FileKind.ODP: _("OpenDocument-presentasjon"),
    FileKind.PNG: _("PNG-bilde"),
    FileKind.JPEG: _("JPEG-bilde"),
    FileKind.TEXT: _("tekstfil"),
    FileKind.CSV: _("CSV-fil"),
}

FILE_REFUSALS: Final[Mapping[FileRefusal, Words]] = {
    FileRefusal.EMPTY: _("Filen er tom. Velg en fil med innhold."),
    FileRefusal.TOO_LARGE: _(
        "Filen er større enn 25 MB. Gjør bildene i den mindre, eller del den i flere."
    ),
    FileRefusal.NO_NAME: _(
        "Filen mangler et vanlig navn med ending. Kall den for eksempel «Mandat.pdf»."
    ),
    FileRefusal.WRONG_TYPE: _(
        "Denne typen filer tas ikke imot. Lagre den som PDF, eller i et vanlig kontorformat."
    ),
    FileRefusal.ENDING_DIFFERS: _(
        "Filen er ikke det navnet sier. Åpne den, og lagre den på nytt som PDF eller i formatet "
        "den er laget i."
    ),
    FileRefusal.DAMAGED: _(
        "Filen er skadet og kan ikke leses. Åpne den, lagre den på nytt, og prøv igjen."
    ),
    FileRefusal.ENCRYPTED: _("Filen er låst med passord. Lagre en kopi uten passord."),
    FileRefusal.MACROS: _(
        "Filen har makroer, som kan kjøre på andres maskiner. Lagre den uten makroer (DOCX, XLSX "
        "eller PPTX)."
    ),
    FileRefusal.SCRIPT: _("Filen er en nettside eller har skript i seg. Skriv den ut til PDF."),
    FileRefusal.ARCHIVE: _(
        "Filen er en pakke med filer. Pakk den ut, og last opp filene én for én."
    ),
    FileRefusal.NESTED: _(
        "Filen har en annen fil inni seg. Ta den ut, og last opp de to hver for seg."
    ),
    FileRefusal.BOMB: _(
        "Filen blir altfor stor når den åpnes. Lagre den på nytt uten det som ikke trengs, eller "
        "som PDF."
    ),
    FileRefusal.TWO_IN_ONE: _(
        "Filen har noe annet gjemt i seg. Åpne den, og lagre den på nytt som PDF eller bilde."
    ),
    FileRefusal.OLD_OFFICE: _(
        "Filen er i et gammelt format. Lagre den som DOCX, XLSX, PPTX eller PDF."
    ),
    FileRefusal.BINARY: _(
        "Filen er ikke ren tekst. Lagre den som tekst i UTF-8, eller i formatet den er laget i."
    ),
}

DOCUMENT_KINDS: Final[Mapping[DocumentKind, Words]] = {
    DocumentKind.MANDATE: _("Mandat"),
    DocumentKind.AGREEMENT: _("Avtale"),
    DocumentKind.MEETING_PLAN: _("Møteplan"),
    DocumentKind.MINUTES: _("Referat"),
    DocumentKind.OTHER: _("Annet"),
}

DOCUMENT_REFUSALS: Final[Mapping[DocumentRefusal, Words]] = {
    DocumentRefusal.NO_TITLE: _("Skriv hva dokumentet heter."),
    DocumentRefusal.TITLE_TAKEN: _(
        "Det finnes allerede et dokument som heter «%(title)s». Gi dette et annet navn, for "
        "eksempel med årstall, eller fjern det gamle først."
    ),
    DocumentRefusal.TOO_MANY: _(
        "Regionen har allerede %(most)s dokumenter. Fjern noen som ikke trengs lenger."
    ),
    DocumentRefusal.ALREADY_REMOVED: _("Dokumentet er allerede fjernet."),
    DocumentRefusal.NOT_REMOVED: _("Dokumentet er ikke fjernet."),
    DocumentRefusal.GONE: _(
        "Dokumentet ble fjernet for lenge siden og er slettet. Last det opp på nytt."
    ),
    DocumentRefusal.REGION_ENDED: _("Regionen er avsluttet, og får ikke nye dokumenter."),
}


def file_kind_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in FILE_KINDS.items()]


def document_kind_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in DOCUMENT_KINDS.items()]
