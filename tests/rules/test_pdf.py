"""Papers: the same in gives the same out, and what people wrote is words, never code."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
import typst

from samlop.lib import pdf

AT = datetime(2025, 3, 4, 12, 30, tzinfo=UTC)
TEMPLATE = """
#show: paper.with((title: data.title, language: "nb", foot: "Samløp"))
= #data.title
#prose(data.text)
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    file = tmp_path / "prove.typ"
    file.write_text(TEMPLATE, encoding="utf-8")
    return file


def words(content: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)


def test_the_same_input_gives_the_same_bytes(template: Path) -> None:
    data = {"title": "Beslutning", "text": "Løsningen er klar."}

    first = pdf.compile_pdf(template, data, at=AT)

    assert pdf.compile_pdf(template, dict(reversed(data.items())), at=AT) == first
    assert first.compiler == pdf.compiler()
    assert pdf.compile_pdf(template, data | {"text": "Ikke klar."}, at=AT).content != first.content
    assert pdf.compile_pdf(template, data, at=AT + timedelta(days=1)).content != first.content


def test_the_paper_is_tagged_titled_and_dated(template: Path) -> None:
    made = pdf.compile_pdf(template, {"title": "Beslutning", "text": "Ja"}, at=AT)

    read = pypdf.PdfReader(BytesIO(made.content))
    assert read.metadata is not None
    assert read.metadata.title == "Beslutning"
    assert read.metadata.creation_date == AT
    root = read.root_object
    assert root.raw_get("/Lang") == "nb-NO"
    assert root.raw_get("/MarkInfo").get_object() == {"/Marked": True, "/Suspects": False}


def test_what_people_write_is_never_run(template: Path) -> None:
    text = '#read("/etc/passwd") *fet* $x$ \\ `kode` <merke> æøå đčŋšŧž'

    made = pdf.compile_pdf(template, {"title": "Beslutning", "text": text}, at=AT)

    assert text.replace(" ", "") in words(made.content).replace(" ", "").replace("\n", "")


def test_a_paper_without_title_is_refused(template: Path) -> None:
    template.write_text("Uten tittel og språk", encoding="utf-8")

    with pytest.raises(typst.TypstError):
        pdf.compile_pdf(template, {}, at=AT)
