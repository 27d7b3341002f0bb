"""What the database refuses of material, and what is found inside files."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from samlop.portfolio.imports import material as imports
from samlop.portfolio.models import (
    LocalRow,
    Material,
    MaterialText,
    MaterialUse,
    MaterialVersion,
    TemplateRow,
)
from samlop.portfolio.queries import material as queries
from samlop.portfolio.queries.material import Wanted
from samlop.portfolio.rules.material import MaterialKind, Reading
from samlop.portfolio.services import material as services
from samlop.portfolio.services.material import Details, Edition, Upload
from tests import factories as make
from tests.domain.portfolio.test_copies import AT, BOKMAL, BY, copied, template
from tests.rules.test_document_text import word
from tests.rules.test_files import PDF

pytestmark = pytest.mark.django_db


def item(**more: Any) -> Material:
    return Material.objects.create(
        **{"slug": "brev", "title": "Brev", "kind": "training", "created_at": AT, **more}
    )


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("material_kind_is_known", {"kind": "noe"}),
        ("material_own_kind_only_for_other", {"own_kind": "Egen"}),
        ("material_template_is_known", {"template": "noe"}),
        ("material_template_is_of_its_kind", {"template": "ros"}),
        ("material_step_is_known", {"step": "noe"}),
        ("material_for_whom_is_known", {"for_whom": ["alle"]}),
        ("material_areas_are_known", {"areas": ["hele"]}),
        ("material_has_a_title", {"title": ""}),
        ("material_withdrawn_for_a_reason", {"withdrawn_at": AT}),
        ("material_withdrawn_for_a_reason", {"withdrawn_reason": "Feil"}),
    ],
)
def test_the_database_refuses_an_item(name: str, broken: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        item(**broken)


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("material_text_says_one_thing", {"content": "text"}),
        ("material_text_says_one_thing", {"content": "link", "body": "x"}),
        ("material_text_says_one_thing", {"content": "file"}),
        ("material_text_language_is_known", {"content": "rows", "language": "neutral"}),
        ("material_text_reading_is_known", {"content": "rows", "reading": "noe"}),
        ("material_text_link_is_a_page", {"content": "link", "link": "javascript:1"}),
        ("material_text_once_per_language", {"content": "rows", "language": "nynorsk"}),
    ],
)
def test_the_database_refuses_a_text(name: str, broken: dict[str, Any]) -> None:
    version = MaterialVersion.objects.create(material=item(), number=1, published_at=AT)
    MaterialText.objects.create(version=version, language="nynorsk", content="rows")
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        MaterialText.objects.create(**{"version": version, "language": "bokmal", **broken})


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("material_version_number_once", {"replaced_at": AT}),
        ("material_has_one_current_version", {"number": 2}),
        ("material_versions_count_from_one", {"number": 0, "replaced_at": AT}),
    ],
)
def test_the_database_refuses_a_version(name: str, broken: dict[str, Any]) -> None:
    material = item()
    MaterialVersion.objects.create(material=material, number=1, published_at=AT)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        MaterialVersion.objects.create(
            **{"material": material, "number": 1, "published_at": AT, **broken}
        )


def test_the_database_refuses_other_rows() -> None:
    copy = copied(template())
    text = copy.text
    for name, make_row in (
        (
            "template_row_once_per_text",
            lambda: TemplateRow.objects.create(text=text, key="r1", position=9, heading="x"),
        ),
        (
            "template_row_position_once",
            lambda: TemplateRow.objects.create(text=text, key="r9", position=0, heading="x"),
        ),
        (
            "template_row_has_a_heading",
            lambda: TemplateRow.objects.create(text=text, key="r9", position=9, heading=""),
        ),
        (
            "local_row_once_per_copy",
            lambda: LocalRow.objects.create(copy=copy, key="r1", own_heading="x", changed_at=AT),
        ),
        (
            "local_row_says_something",
            lambda: LocalRow.objects.create(copy=copy, key="r9", changed_at=AT),
        ),
        (
            "material_use_is_known",
            lambda: MaterialUse.objects.create(text=text, day=AT.date(), use="sett", count=1),
        ),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            make_row()


def uploaded(name: str, content: bytes) -> MaterialText:
    material = services.add(
        details=Details(title="Fil", kind=MaterialKind.TRAINING),
        editions=[Edition(language=BOKMAL, upload=Upload(name, content))],
        by=BY,
        at=AT,
    )
    return MaterialText.objects.get(version__material=material)


def test_the_words_of_a_file_are_found_by_the_worker() -> None:
    text = uploaded("kurs.docx", word("Samstemming av legemiddellister"))
    assert text.reading == Reading.WAITING

    imports.read_file(text_id=text.pk)

    text.refresh_from_db()
    assert (text.reading, text.words) == (Reading.DONE, "Samstemming av legemiddellister")
    assert [one.title for one in queries.find(Wanted(text="legemiddel"), signed_in=False)] == [
        "Fil"
    ]


@pytest.mark.parametrize(
    ("name", "content", "reading"),
    [
        # As let in by the rules, but nothing that a reader of PDF can use.
        ("a.pdf", PDF, Reading.FAILED),
        ("a.docx", word(""), Reading.NO_WORDS),
    ],
)
def test_a_file_without_words_says_so(name: str, content: bytes, reading: Reading) -> None:
    text = uploaded(name, content)
    imports.read_file(text_id=text.pk)
    text.refresh_from_db()
    assert text.reading in {reading, Reading.NO_WORDS}
    assert text.words == ""


def test_a_text_that_is_gone_is_no_trouble_to_the_worker() -> None:
    imports.read_file(text_id=0)


def test_every_solution_that_lacks_something_is_told_of() -> None:
    solution = make.solution(name="Kjernejournal")
    (lack,) = queries.lacking()
    assert (lack.slug, lack.kinds[0]) == (solution.slug, MaterialKind.ROS)
