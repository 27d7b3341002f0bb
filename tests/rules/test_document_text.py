"""Words inside files: found where they are, cut off where they must, and never a way in."""

import io
import zipfile

import docx
import pytest
import typst
import xlsxwriter

from samlop.lib.document_text import MOST_CHARACTERS, Unreadable, isolated, words
from tests.rules.test_files import PDF


def word(*paragraphs: str) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def archive(**parts: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, text in parts.items():
            file.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return made.getvalue()


def sheet() -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        page = book.add_worksheet()
        page.write_string(0, 0, "Nullpunkt")
        page.write_number(1, 0, 12)
    return made.getvalue()


SPLIT = "<w:p><w:r><w:t>lege</w:t></w:r><w:r><w:t>middel</w:t></w:r><w:tab/><w:t>liste</w:t></w:p>"


@pytest.mark.parametrize(
    ("ending", "content", "expected"),
    [
        ("txt", "Hei på deg".encode(), "Hei på deg"),
        ("txt", "Hei på deg".encode("cp1252"), "Hei på deg"),
        ("csv", b"a;b\nc;d", "a;b\nc;d"),
        ("docx", word("Opplæring", "i  Kjernejournal"), "Opplæring\ni Kjernejournal"),
        # One word in two runs is one word.
        ("docx", archive(word__document_xml=SPLIT), "legemiddel liste"),
        ("docx", archive(word__document_xml="<w:p>a &lt;b&gt; &amp; c</w:p>"), "a <b> & c"),
        ("pptx", archive(ppt__slides__slide1_xml="<a:p><a:t>Lysbilde</a:t></a:p>"), "Lysbilde"),
        ("odt", archive(content_xml="<text:p>Fri tekst</text:p>"), "Fri tekst"),
        ("xlsx", sheet(), "Nullpunkt\n12"),
        ("pdf", typst.compile(b"En *risikovurdering*"), "En risikovurdering"),
        ("png", b"\x89PNG", ""),
    ],
)
def test_words_are_found(ending: str, content: bytes, expected: str) -> None:
    assert words(ending, content) == expected


@pytest.mark.parametrize(
    ("ending", "content"),
    [("pdf", b"%PDF-1.7 tull %%EOF"), ("docx", b"ikke en pakke"), ("xlsx", b"PK\x03\x04tull")],
)
def test_what_cannot_be_read_is_said_to_be_so(ending: str, content: bytes) -> None:
    with pytest.raises(Unreadable):
        words(ending, content)
    with pytest.raises(Unreadable):
        isolated(ending, content)


def test_a_long_text_is_cut_off() -> None:
    assert len(words("txt", b"ord " * MOST_CHARACTERS)) <= MOST_CHARACTERS


def test_a_process_of_its_own_finds_the_same() -> None:
    content = word("Samstemming av legemidler")
    assert isolated("docx", content) == words("docx", content) == "Samstemming av legemidler"
    assert isolated("png", b"") == ""
    assert isolated("pdf", typst.compile(b"Norsk: \xc3\xa6\xc3\xb8\xc3\xa5")) == "Norsk: æøå"


def test_one_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unreadable):
        isolated("pdf", PDF, seconds=0)


def test_an_entity_that_grows_is_only_text() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><w:p>&b;</w:p>'
    assert len(words("docx", archive(word__document_xml=bomb))) < 100
