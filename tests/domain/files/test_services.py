"""A region's documents: kept, taken away, brought back, and in the end forgotten."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from samlop.audit.models import Event
from samlop.files import queries, services
from samlop.files.models import KEPT_FOR, Document, File, FileContent
from samlop.files.rules import DocumentKind, DocumentRefusal, FileRefusal
from samlop.files.services import CannotChangeDocuments, CannotStore
from samlop.lib.actors import Machine
from samlop.municipalities.models import Region
from samlop.municipalities.rules.kinds import RegionKind
from tests import factories as make
from tests.rules.test_files import PDF

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
TESTS = Machine("tests")


@pytest.fixture
def region() -> Region:
    return make.region(kind=RegionKind.EHEALTH_GROUP, name="Digi Agder")


def add(
    region: Region, title: str = "Mandat", *, content: bytes = PDF, at: datetime = AT
) -> Document:
    return services.add_document(
        region=region,
        kind=DocumentKind.MANDATE,
        title=title,
        name="C:\\mandat.pdf",
        content=content,
        by=TESTS,
        at=at,
    )


def refused(region: Region, title: str) -> DocumentRefusal:
    with pytest.raises(CannotChangeDocuments) as error:
        add(region, title)
    assert str(error.value)
    return error.value.refusal


def titles(region: Region, at: datetime = AT, *, removed: bool = False) -> list[str]:
    return [one.title for one in queries.documents_of(region.pk, at=at, removed=removed)]


def test_a_document_is_kept_with_its_bytes_and_told_of(region: Region) -> None:
    document = add(region, "  Mandat   2027 ")

    assert document.title == "Mandat 2027"
    assert document.file is not None
    assert (document.file.name, document.file.size) == ("mandat.pdf", len(PDF))
    assert queries.content_of(document.file) == PDF
    codes = Event.objects.order_by("pk").values_list("code", flat=True)
    assert list(codes) == ["files.file.stored", "files.document.added"]
    told = Event.objects.get(code="files.document.added").details
    assert told == {"title": "Mandat 2027", "region_name": "Digi Agder", "region_id": region.pk}


def test_a_file_that_is_not_let_in_leaves_nothing(region: Region) -> None:
    with pytest.raises(CannotStore) as error:
        add(region, content=b"<svg/>")

    assert error.value.refusal is FileRefusal.SCRIPT
    assert not File.objects.exists()
    assert not Event.objects.exists()


def test_two_documents_of_a_region_have_different_titles(region: Region) -> None:
    add(region)
    other = make.region(kind=RegionKind.EHEALTH_GROUP)

    assert refused(region, "MANDAT") is DocumentRefusal.TITLE_TAKEN
    assert add(other).title == "Mandat"
    with pytest.raises(IntegrityError, match="document_title_once_per_region"):
        Document.objects.create(
            region=region,
            title="mandat",
            kind=DocumentKind.OTHER.value,
            added_at=AT,
            file=services.store(name="b.pdf", content=PDF, by=TESTS, at=AT),
        )


def test_a_document_needs_a_title_a_region_that_lives_and_room(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = make.region(kind=RegionKind.EHEALTH_GROUP, valid_to=date(2026, 1, 1))
    assert refused(region, "  ") is DocumentRefusal.NO_TITLE
    assert refused(ended, "Mandat") is DocumentRefusal.REGION_ENDED
    monkeypatch.setattr(services, "MOST_DOCUMENTS", 1)
    add(region, "Et")
    assert refused(region, "To") is DocumentRefusal.TOO_MANY


def test_taken_away_brought_back_and_forgotten(region: Region) -> None:
    document = add(region)
    assert document.file is not None
    key = document.file.key
    services.remove_document(document=document, by=TESTS, at=AT)
    assert titles(region) == []
    assert titles(region, removed=True) == ["Mandat"]
    assert queries.open_to_the_signed_in(key) is None

    services.restore_document(document=document, by=TESTS, at=AT + timedelta(days=29))
    assert titles(region) == ["Mandat"]
    assert queries.open_to_the_signed_in(key) is not None

    services.remove_document(document=document, by=TESTS, at=AT)
    assert services.forget_removed(at=AT + KEPT_FOR - timedelta(seconds=1)) == 0
    assert services.forget_removed(at=AT + KEPT_FOR) == 1
    assert services.forget_removed(at=AT + KEPT_FOR) == 0
    assert not FileContent.objects.exists()
    assert titles(region, removed=True) == []
    with pytest.raises(CannotChangeDocuments) as error:
        services.restore_document(document=document, by=TESTS, at=AT + KEPT_FOR)
    assert error.value.refusal is DocumentRefusal.GONE


def test_what_is_already_so_is_refused(region: Region) -> None:
    document = add(region)
    with pytest.raises(CannotChangeDocuments) as error:
        services.restore_document(document=document, by=TESTS, at=AT)
    assert error.value.refusal is DocumentRefusal.NOT_REMOVED
    services.remove_document(document=document, by=TESTS, at=AT)
    with pytest.raises(CannotChangeDocuments) as error:
        services.remove_document(document=document, by=TESTS, at=AT)
    assert error.value.refusal is DocumentRefusal.ALREADY_REMOVED


def test_one_is_not_brought_back_beside_another_of_its_name(region: Region) -> None:
    first = add(region)
    services.remove_document(document=first, by=TESTS, at=AT)
    add(region)

    with pytest.raises(CannotChangeDocuments) as error:
        services.restore_document(document=first, by=TESTS, at=AT)
    assert error.value.refusal is DocumentRefusal.TITLE_TAKEN


def test_the_database_refuses_to_change_the_bytes(region: Region) -> None:
    add(region)
    with pytest.raises(DatabaseError, match="Cannot update rows"), transaction.atomic():
        FileContent.objects.update(data=b"other")
