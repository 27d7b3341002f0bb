"""The upload matrix: what is let in, and the sentence for everything that is not."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

import pypdf
import pytest

from samlop.files import rules
from samlop.files.rules import ENDINGS, FileKind, FileRefusal, NotAccepted, accept, tidy_name

R = FileRefusal
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 40 + b"\xff\xd9"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
SCRIPT = b"<script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def locked_pdf(*, user: str) -> bytes:
    """As a word processor locks one; without a password of the reader it still opens."""
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt(user, "eieren", algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


def archive(parts: Mapping[str, bytes], *, comment: bytes = b"") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
        packed.comment = comment
    return file.getvalue()


MAIN = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}


def office(ending: str = "docx", *, comment: bytes = b"", **more: bytes) -> bytes:
    """`more` are further parts, with __ for a slash and 0 for a dot."""
    parts = {"[Content_Types].xml": b"<Types/>", MAIN[ending]: b"<x/>"}
    parts |= {name.replace("__", "/").replace("0", "."): data for name, data in more.items()}
    return archive(parts, comment=comment)


def open_document(kind: FileKind, manifest: bytes = b"<manifest/>", **more: bytes) -> bytes:
    parts = {"mimetype": rules.MEDIA_TYPES[kind].encode(), "META-INF/manifest.xml": manifest}
    return archive(parts | {name.replace("__", "/"): data for name, data in more.items()})


def plain_pdf() -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    # A word that stands in the metadata of many files locks nothing.
    writer.add_metadata({"/EncryptMetadata": "nei", "/Title": "/Encrypt"})
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def locked_zip() -> bytes:
    """The bit that says «encrypted» set on every part."""
    content = bytearray(office())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(mark, at + 4)
    return bytes(content)


def lying_zip() -> bytes:
    """A part that says it is small, and unpacks to more."""
    content = bytearray(office(word__big0xml=b"\0" * 5_000_000))
    at = content.rfind(b"PK\x01\x02")
    struct.pack_into("<I", content, at + 24, 10)
    return bytes(content)


WORKBOOK = office("xlsx")

GOOD = {
    "Mandat.pdf": (PDF, FileKind.PDF),
    "MANDAT.PDF": (PDF, FileKind.PDF),
    "Fra et program.pdf": (plain_pdf(), FileKind.PDF),
    "Referat.docx": (office(), FileKind.DOCX),
    "Budsjett.xlsx": (office("xlsx"), FileKind.XLSX),
    "Innlegg.pptx": (office("pptx"), FileKind.PPTX),
    "Med diagram.pptx": (
        office("pptx", ppt__embeddings__Ark10xlsx=WORKBOOK),
        FileKind.PPTX,
    ),
    "Notat.odt": (open_document(FileKind.ODT), FileKind.ODT),
    "Tall.ods": (open_document(FileKind.ODS), FileKind.ODS),
    "Lysark.odp": (open_document(FileKind.ODP), FileKind.ODP),
    "bilde.png": (png(), FileKind.PNG),
    "bilde.jpg": (JPEG, FileKind.JPEG),
    "bilde.jpeg": (JPEG + b"SEFT extra from a telephone", FileKind.JPEG),
    "les.txt": ("blåbærsyltetøy\r\n".encode(), FileKind.TEXT),
    "gammel.txt": ("blåbær".encode("cp1252"), FileKind.TEXT),
    "liste.csv": ("\ufeffnavn;tall\nRisør;1\n".encode(), FileKind.CSV),
}

BAD = {
    "empty": ("a.pdf", b"", R.EMPTY),
    "too large": ("a.pdf", PDF + b"\0" * rules.MOST_BYTES, R.TOO_LARGE),
    "no ending": (tidy_name("mandat"), PDF, R.NO_NAME),
    "program": ("a.exe", b"MZ" + b"\0" * 99, R.WRONG_TYPE),
    "program as PDF": ("a.pdf", b"MZ" + b"\0" * 99, R.ENDING_DIFFERS),
    "program as text": ("a.txt", b"MZ\x90\0\x03", R.BINARY),
    "program as picture": ("a.png", b"\x7fELF" + b"\0" * 99, R.ENDING_DIFFERS),
    "picture as PDF": ("a.pdf", png(), R.ENDING_DIFFERS),
    "PDF as picture": ("a.png", PDF, R.ENDING_DIFFERS),
    "JPEG as PNG": ("a.png", JPEG, R.ENDING_DIFFERS),
    "workbook as document": ("a.docx", office("xlsx"), R.ENDING_DIFFERS),
    "document as text": ("a.txt", office(), R.ENDING_DIFFERS),
    "page": ("a.html", SCRIPT, R.SCRIPT),
    "SVG": ("a.svg", SVG, R.SCRIPT),
    "page as text": ("a.txt", b"\n <!DOCTYPE html><p>", R.SCRIPT),
    "script in CSV": ("a.csv", b"navn;\n" + SCRIPT, R.SCRIPT),
    "SVG as PNG": ("a.png", SVG, R.SCRIPT),
    "page as PDF": ("a.pdf", b"<html>" + SCRIPT, R.SCRIPT),
    "script in PDF": ("a.pdf", PDF.replace(b"/Catalog", b"/Catalog/S/JavaScript"), R.SCRIPT),
    "hidden script in PDF": ("a.pdf", PDF.replace(b"/Cat", b"/J#61vaScript /Cat"), R.SCRIPT),
    "PDF that starts a program": ("a.pdf", PDF.replace(b"/Cat", b"/Launch /Cat"), R.SCRIPT),
    "half a PDF": ("a.pdf", PDF[:40], R.DAMAGED),
    "half a picture": ("a.png", png()[:-6], R.DAMAGED),
    "half a JPEG": ("a.jpg", JPEG[:-2], R.DAMAGED),
    "half a document": ("a.docx", office()[:-30], R.DAMAGED),
    "picture with a page behind": ("a.png", png() + SCRIPT, R.TWO_IN_ONE),
    "JPEG with a page inside": ("a.jpg", JPEG[:20] + SCRIPT + JPEG[20:], R.TWO_IN_ONE),
    "JPEG with an archive behind": ("a.jpg", JPEG + office(), R.TWO_IN_ONE),
    "JPEG with a PDF in front": ("a.jpg", JPEG[:20] + PDF + JPEG[20:], R.TWO_IN_ONE),
    "PDF with an archive behind": ("a.pdf", PDF + office(), R.TWO_IN_ONE),
    "PDF that is a page too": ("a.pdf", b"%PDF-1.7\n" + SCRIPT + PDF, R.TWO_IN_ONE),
    "document with a comment": ("a.docx", office(comment=b"hello"), R.TWO_IN_ONE),
    "document that is a PDF too": (
        "a.docx",
        archive({"%PDF-1.7": b"", "[Content_Types].xml": b"", "word/document.xml": b""}),
        R.TWO_IN_ONE,
    ),
    "archive": ("a.zip", archive({"a.txt": b"a"}), R.ARCHIVE),
    "archive as document": ("a.docx", archive({"a.txt": b"a"}), R.ARCHIVE),
    "two documents in one": ("a.docx", office(xl__workbook0xml=b""), R.ARCHIVE),
    "unknown open document": ("a.odt", archive({"mimetype": b"application/x"}), R.ARCHIVE),
    "macro ending": ("a.docm", office(), R.MACROS),
    "macros": ("a.docx", office(word__vbaProject0bin=b"x"), R.MACROS),
    "macros of another name": (
        "a.xlsx",
        office("xlsx")
        and archive(
            {
                "[Content_Types].xml": b'<Override ContentType="x.macroEnabled.main+xml"/>',
                "xl/workbook.xml": b"",
            }
        ),
        R.MACROS,
    ),
    "controls": ("a.docx", office(word__activeX__x0bin=b"x"), R.MACROS),
    "open document with macros": (
        "a.odt",
        open_document(FileKind.ODT, Basic__x=b"x"),
        R.MACROS,
    ),
    "encrypted office": ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), R.ENCRYPTED),
    "locked PDF": ("a.pdf", locked_pdf(user="hemmelig"), R.ENCRYPTED),
    "PDF locked against changes": ("a.pdf", locked_pdf(user=""), R.ENCRYPTED),
    "PDF locked in its stream": (
        "a.pdf",
        PDF.replace(b"trailer", b"9 0 obj<</Type/XRef/Encrypt<</Filter/Standard>>>>endobj trailer"),
        R.ENCRYPTED,
    ),
    "PDF locked by another spelling": (
        "a.pdf",
        PDF.replace(b"/Root", b"/Encr#79pt 8 0 R/Root"),
        R.ENCRYPTED,
    ),
    "encrypted parts": ("a.docx", locked_zip(), R.ENCRYPTED),
    "encrypted open document": (
        "a.odt",
        open_document(FileKind.ODT, b"<manifest:encryption-data/>"),
        R.ENCRYPTED,
    ),
    "old office": ("a.doc", OLE, R.OLD_OFFICE),
    "old office as new": ("a.docx", OLE, R.OLD_OFFICE),
    "archive inside": ("a.docx", office(word__media__a0png=archive({"a": b"a"})), R.NESTED),
    "program inside": ("a.docx", office(word__media__a0png=b"MZ\x90"), R.NESTED),
    "old object inside": ("a.docx", office(word__embeddings__o0bin=OLE), R.NESTED),
    "archive inside the workbook inside": (
        "a.pptx",
        office(
            "pptx",
            ppt__embeddings__a0xlsx=office("xlsx", xl__embeddings__b0xlsx=WORKBOOK),
        ),
        R.NESTED,
    ),
    "macros in the workbook inside": (
        "a.pptx",
        office("pptx", ppt__embeddings__a0xlsx=office("xlsx", xl__vbaProject0bin=b"x")),
        R.MACROS,
    ),
    "bomb": ("a.docx", office(word__big0xml=b"\0" * 30_000_000), R.BOMB),
    "bomb in the workbook inside": (
        "a.pptx",
        office("pptx", ppt__embeddings__a0xlsx=office("xlsx", xl__big0xml=b"\0" * 30_000_000)),
        R.BOMB,
    ),
    "lying bomb": ("a.docx", lying_zip(), R.DAMAGED),
    "too many parts": (
        "a.docx",
        archive({f"word/{number}": b"" for number in range(rules.MOST_PARTS + 1)}),
        R.BOMB,
    ),
    "part that leads out": ("a.docx", archive({"../../etc/passwd": b""}), R.DAMAGED),
    "part with a drive": ("a.docx", archive({"C:\\x": b""}), R.DAMAGED),
    "UTF-16": ("a.txt", "tekst".encode("utf-16"), R.BINARY),
    "control characters": ("a.csv", b"a;b\x1b[2J", R.BINARY),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_is_let_in(name: str) -> None:
    content, kind = GOOD[name]
    assert accept(name, content) is kind


def test_every_kind_is_let_in_some_way() -> None:
    assert {kind for _, kind in GOOD.values()} == set(FileKind) == set(ENDINGS.values())


@pytest.mark.parametrize("case", BAD)
def test_what_is_refused(case: str) -> None:
    name, content, refusal = BAD[case]
    with pytest.raises(NotAccepted) as refused:
        accept(name, content)
    assert refused.value.refusal is refusal


def test_every_refusal_is_met() -> None:
    assert {refusal for _, _, refusal in BAD.values()} == set(FileRefusal)


def test_a_large_honest_document_is_let_in() -> None:
    """Repeated text of an ordinary report: 30 MB unpacked, packed to a fiftieth."""
    rows = b"".join(b"<row n='%d'>%d</row>" % (n, n * n % 9973) for n in range(900_000))
    assert len(rows) > rules.GROWTH_COUNTS_FROM
    assert accept("a.xlsx", office("xlsx", xl__sheet0xml=rows)) is FileKind.XLSX


@pytest.mark.parametrize(
    ("given", "tidy"),
    [
        ("Mandat 2027.pdf", "Mandat 2027.pdf"),
        ("Møteplan – vår.docx", "Møteplan – vår.docx"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Brukere\\kari\\avtale.pdf", "avtale.pdf"),
        ("..\\..\\a.pdf", "a.pdf"),
        ("a\0b\r\nc.pdf", "abc.pdf"),
        ("avtale\u202efdp.exe", "avtalefdp.exe"),
        ("a\u200b.pdf", "a.pdf"),
        ("  .skjult.pdf ", "skjult.pdf"),
        (".pdf", ""),
        ("pdf", ""),
        ("", ""),
        ("/", ""),
        ("....pdf", ""),
        ('a"; filename="b.pdf', "a- filename=-b.pdf"),
        ("a<script>.pdf", "a-script-.pdf"),
        ("a%2e%2e.pdf", "a-2e-2e.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("A\u030a.pdf", "Å.pdf"),
    ],
)
def test_names_are_made_harmless(given: str, tidy: str) -> None:
    assert tidy_name(given) == tidy
    assert len(tidy) <= rules.LONGEST_NAME


@pytest.mark.parametrize("ending", ["p" * 200, "pdf" + "\u202e" * 50])
def test_a_name_is_never_longer_than_its_column(ending: str) -> None:
    assert len(tidy_name(f"a.{ending}")) <= rules.LONGEST_NAME
