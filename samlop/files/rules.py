"""Which files are let in, judged by their bytes. Pure: nothing is unpacked to disk or run.

A name and an ending are only what somebody says; the content decides what a file is, and the
two must agree. What could run, hide something else, or grow when opened is refused.
"""

import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

MOST_BYTES: Final = 25 * 1024 * 1024
LONGEST_NAME: Final = 120
LONGEST_ENDING: Final = 10

# A long report with pictures unpacks to a fraction of this.
MOST_UNPACKED: Final = 200 * 1024 * 1024
MOST_PARTS: Final = 2_000
# Text shrinks to a tenth, repeated text to a fiftieth; beyond this something is wrong.
MOST_GROWTH: Final = 200
GROWTH_COUNTS_FROM: Final = 10 * 1024 * 1024

_CHUNK: Final = 64 * 1024


class FileKind(StrEnum):
    """What a file may be, named by its usual ending."""

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"
    ODT = "odt"
    ODS = "ods"
    ODP = "odp"
    PNG = "png"
    JPEG = "jpg"
    TEXT = "txt"
    CSV = "csv"


class FileRefusal(StrEnum):
    """Why a file is not let in."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NO_NAME = "no_name"
    WRONG_TYPE = "wrong_type"
    ENDING_DIFFERS = "ending_differs"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    MACROS = "macros"
    SCRIPT = "script"
    ARCHIVE = "archive"
    NESTED = "nested"
    BOMB = "bomb"
    TWO_IN_ONE = "two_in_one"
    OLD_OFFICE = "old_office"
    BINARY = "binary"


class DocumentKind(StrEnum):
    """What a region's document is."""

    MANDATE = "mandate"
    AGREEMENT = "agreement"
    MEETING_PLAN = "meeting_plan"
    MINUTES = "minutes"
    OTHER = "other"


class DocumentRefusal(StrEnum):
    """Why a region's document cannot be kept, taken away or brought back as asked."""

    NO_TITLE = "no_title"
    TITLE_TAKEN = "title_taken"
    TOO_MANY = "too_many"
    ALREADY_REMOVED = "already_removed"
    NOT_REMOVED = "not_removed"
    GONE = "gone"
    REGION_ENDED = "region_ended"


class NotAccepted(Exception):
    """A file that is not let in; `found` is what its content turned out to be, when known."""

    def __init__(self, refusal: FileRefusal, found: FileKind | None = None) -> None:
        super().__init__(refusal.value)
        self.refusal, self.found = refusal, found


MEDIA_TYPES: Final[Mapping[FileKind, str]] = {
    FileKind.PDF: "application/pdf",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    FileKind.ODT: "application/vnd.oasis.opendocument.text",
    FileKind.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    FileKind.ODP: "application/vnd.oasis.opendocument.presentation",
    FileKind.PNG: "image/png",
    FileKind.JPEG: "image/jpeg",
    FileKind.TEXT: "text/plain",
    FileKind.CSV: "text/csv",
}

ENDINGS: Final[Mapping[str, FileKind]] = {
    **{kind.value: kind for kind in FileKind},
    "jpeg": FileKind.JPEG,
}

# Endings that people try, and why each is not let in.
_TOLD_APART: Final[Mapping[str, FileRefusal]] = {
    **dict.fromkeys(("docm", "xlsm", "pptm", "dotm", "xltm", "potm", "xlsb"), FileRefusal.MACROS),
    **dict.fromkeys(("svg", "html", "htm", "xhtml", "mht", "js"), FileRefusal.SCRIPT),
    **dict.fromkeys(("zip", "7z", "rar", "gz", "tar", "jar"), FileRefusal.ARCHIVE),
    **dict.fromkeys(("doc", "xls", "ppt", "rtf"), FileRefusal.OLD_OFFICE),
}

_PDF, _ZIP, _OLE = b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PNG, _PNG_END = b"\x89PNG\r\n\x1a\n", b"\x00\x00\x00\x00IEND\xaeB`\x82"
_JPEG = b"\xff\xd8\xff"
# Readers of PDF accept its mark anywhere in the first kilobyte.
_BEGINNING: Final = 1024
_MARKUP: Final = re.compile(rb"<(?:script|html|svg|iframe|!doctype|\?php)", re.IGNORECASE)
_RUNS_IN_PDF: Final = re.compile(rb"/(?:JavaScript|Launch)\b")
# In the trailer, or in the dictionary of a cross-reference stream: readable without the password.
_LOCKED_PDF: Final = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R\b|<<)")
_ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")

_ODF: Final[Mapping[bytes, FileKind]] = {
    MEDIA_TYPES[kind].encode(): kind for kind in (FileKind.ODT, FileKind.ODS, FileKind.ODP)
}
_OOXML: Final[Mapping[str, FileKind]] = {
    "word/document.xml": FileKind.DOCX,
    "xl/workbook.xml": FileKind.XLSX,
    "ppt/presentation.xml": FileKind.PPTX,
}
_CONTENT_TYPES: Final = "[Content_Types].xml"
_MACRO_PARTS: Final = re.compile(
    r"vba(?:Project|Data)|macrosheets/|activeX/|^Basic/|^Scripts/", re.IGNORECASE
)
_EMBEDDED: Final = re.compile(r"^(?:word|xl|ppt)/embeddings/[^/]+\.(?:docx|xlsx|pptx)$")


def tidy_name(text: str) -> str:
    """A name without folders, invisible letters and what file systems refuse; else empty."""
    name = unicodedata.normalize("NFC", text).replace("\\", "/").rsplit("/", 1)[-1]
    # Categories C*: control, direction marks that turn «fdp.exe» around, unassigned.
    name = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C")
    name = re.sub(r'[<>:"|?*;%]+', "-", " ".join(name.split())).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem.strip(". -") or len(ending) > LONGEST_ENDING:
        return ""
    return f"{stem[: LONGEST_NAME - len(ending) - 1].rstrip('. ')}.{ending}"


def ending_of(name: str) -> str:
    return name.rpartition(".")[2].lower()


def accept(name: str, content: bytes) -> FileKind:
    """What the file is; raises NotAccepted. The name must have been tidied."""
    if not name:
        raise NotAccepted(FileRefusal.NO_NAME)
    if not content:
        raise NotAccepted(FileRefusal.EMPTY)
    if len(content) > MOST_BYTES:
        raise NotAccepted(FileRefusal.TOO_LARGE)
    ending = ending_of(name)
    if ending not in ENDINGS:
        raise NotAccepted(_TOLD_APART.get(ending, FileRefusal.WRONG_TYPE))
    said = ENDINGS[ending]
    found = _found(content, said)
    if found is not said:
        raise NotAccepted(FileRefusal.ENDING_DIFFERS, found)
    return found


def _found(content: bytes, said: FileKind) -> FileKind:
    """What the bytes are; text is known by nothing else than its ending."""
    if content.startswith(_PDF):
        return _pdf(content)
    if content.startswith(_ZIP):
        return _office(content)
    if content.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in content
        raise NotAccepted(FileRefusal.ENCRYPTED if locked else FileRefusal.OLD_OFFICE)
    if content.startswith(_PNG):
        return _picture(content, FileKind.PNG)
    if content.startswith(_JPEG):
        return _picture(content, FileKind.JPEG)
    if said in {FileKind.TEXT, FileKind.CSV}:
        return _text(content, said)
    if _MARKUP.search(content[:_BEGINNING]):
        raise NotAccepted(FileRefusal.SCRIPT)
    raise NotAccepted(FileRefusal.ENDING_DIFFERS)


def _pdf(content: bytes) -> FileKind:
    if b"%%EOF" not in content[-4 * _BEGINNING :]:
        raise NotAccepted(FileRefusal.DAMAGED)
    if _MARKUP.search(content[:_BEGINNING]) or _ends_as_zip(content):
        raise NotAccepted(FileRefusal.TWO_IN_ONE)
    # «/J#61vaScript» is the same name to a reader.
    plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), content)
    if _LOCKED_PDF.search(content) or _LOCKED_PDF.search(plain):
        # Nobody could say what is in it, and few could read it.
        raise NotAccepted(FileRefusal.ENCRYPTED)
    if _RUNS_IN_PDF.search(content) or _RUNS_IN_PDF.search(plain):
        raise NotAccepted(FileRefusal.SCRIPT)
    return FileKind.PDF


def _picture(content: bytes, kind: FileKind) -> FileKind:
    if kind is FileKind.PNG and not content.rstrip(b"\x00").endswith(_PNG_END):
        whole = _PNG_END in content
        raise NotAccepted(FileRefusal.TWO_IN_ONE if whole else FileRefusal.DAMAGED)
    if kind is FileKind.JPEG and b"\xff\xd9" not in content:
        raise NotAccepted(FileRefusal.DAMAGED)
    if _PDF in content[:_BEGINNING] or _MARKUP.search(content) or _ends_as_zip(content):
        raise NotAccepted(FileRefusal.TWO_IN_ONE)
    return kind


def _text(content: bytes, kind: FileKind) -> FileKind:
    if _CONTROL.search(content):
        raise NotAccepted(FileRefusal.BINARY)
    if _MARKUP.search(content[: 4 * _BEGINNING]):
        raise NotAccepted(FileRefusal.SCRIPT)
    if _PDF in content[:_BEGINNING]:
        raise NotAccepted(FileRefusal.TWO_IN_ONE)
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            content.decode("cp1252")
        except UnicodeDecodeError as error:
            raise NotAccepted(FileRefusal.BINARY) from error
    return kind


def _ends_as_zip(content: bytes) -> bool:
    """Whether an unpacker would find an archive at the end of something else."""
    return zipfile.is_zipfile(io.BytesIO(content))


class _Budget:
    """How much may still be unpacked, shared by a document and those inside it."""

    def __init__(self, packed: int) -> None:
        self._packed, self._unpacked, self._parts = max(packed, 1), 0, 0

    def part(self) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise NotAccepted(FileRefusal.BOMB)

    def unpacked(self, count: int) -> None:
        self._unpacked += count
        grown = self._unpacked / self._packed
        if self._unpacked > MOST_UNPACKED or (
            self._unpacked > GROWTH_COUNTS_FROM and grown > MOST_GROWTH
        ):
            raise NotAccepted(FileRefusal.BOMB)


def _office(content: bytes) -> FileKind:
    """Which office document an archive is."""
    return _archive(content, _Budget(len(content)), inside=False)


def _archive(content: bytes, budget: _Budget, *, inside: bool) -> FileKind:
    if _PDF in content[:_BEGINNING]:
        raise NotAccepted(FileRefusal.TWO_IN_ONE)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _judged(archive, budget, inside=inside)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise NotAccepted(FileRefusal.DAMAGED) from error


def _judged(archive: zipfile.ZipFile, budget: _Budget, *, inside: bool) -> FileKind:
    parts = archive.infolist()
    names = [part.orig_filename for part in parts]
    # What is said of size comes first: it costs nothing to read.
    for part in parts:
        budget.part()
        if part.flag_bits & 1:
            raise NotAccepted(FileRefusal.ENCRYPTED)
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise NotAccepted(FileRefusal.BOMB)
    if archive.comment:
        raise NotAccepted(FileRefusal.TWO_IN_ONE)
    if len(set(names)) != len(names) or any(map(_leads_out, names)):
        raise NotAccepted(FileRefusal.DAMAGED)
    kind = _kind_by_parts(archive, set(names))
    if any(map(_MACRO_PARTS.search, names)):
        raise NotAccepted(FileRefusal.MACROS)
    for part in parts:
        _look_into(archive, part, budget, inside=inside)
    return kind


def _leads_out(name: str) -> bool:
    return (
        name.startswith(("/", "\\"))
        or ".." in re.split(r"[/\\]", name)
        or ":" in name
        or any(ord(letter) < 32 for letter in name)
    )


def _kind_by_parts(archive: zipfile.ZipFile, names: set[str]) -> FileKind:
    if "mimetype" in names:
        kind = _ODF.get(_start_of(archive, "mimetype", 200).strip())
        if kind is None:
            raise NotAccepted(FileRefusal.ARCHIVE)
        if b"encryption-data" in _start_of(archive, "META-INF/manifest.xml", _BEGINNING * 1024):
            raise NotAccepted(FileRefusal.ENCRYPTED)
        return kind
    found = [kind for part, kind in _OOXML.items() if part in names]
    if len(found) != 1 or _CONTENT_TYPES not in names:
        raise NotAccepted(FileRefusal.ARCHIVE)
    if b"macroenabled" in _start_of(archive, _CONTENT_TYPES, _BEGINNING * 1024).lower():
        raise NotAccepted(FileRefusal.MACROS)
    return found[0]


def _start_of(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    try:
        with archive.open(name) as part:
            return part.read(most)
    except KeyError:
        return b""


def _look_into(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, budget: _Budget, *, inside: bool
) -> None:
    """Unpack one part in memory, piece by piece, to count it and to see what it begins with."""
    embedded = _EMBEDDED.match(part.filename) and not inside
    kept = bytearray()
    with archive.open(part) as content:
        first = True
        while piece := content.read(_CHUNK):
            budget.unpacked(len(piece))
            if (
                first
                and not embedded
                and piece.startswith((_ZIP, _OLE, b"MZ", b"\x7fELF", b"Rar!"))
            ):
                raise NotAccepted(FileRefusal.NESTED)
            first = False
            if embedded:
                kept += piece
    if embedded:
        # Charts keep their figures in a workbook of their own, one level down.
        _archive(bytes(kept), budget, inside=True)
