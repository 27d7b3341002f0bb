"""Taking files in, and keeping the documents of a region."""

import hashlib
from datetime import datetime
from typing import Final

from django.db.models.functions import Lower

from samlop.audit.services import change
from samlop.db import locks
from samlop.files import rules, texts
from samlop.files.models import KEPT_FOR, Document, File, FileContent
from samlop.files.rules import DocumentKind, DocumentRefusal, FileRefusal, NotAccepted
from samlop.lib.actors import Actor, Machine
from samlop.lib.errors import Refused
from samlop.municipalities.models import Region

MOST_DOCUMENTS: Final = 200
MACHINE: Final = Machine("Opprydding")


class CannotStore(Refused):
    """A file is not let in; nothing was stored."""

    def __init__(self, refusal: FileRefusal) -> None:
        super().__init__(str(texts.FILE_REFUSALS[refusal]))
        self.refusal = refusal


class CannotChangeDocuments(Refused):
    """A rule says no to a document; nothing was changed."""

    def __init__(self, refusal: DocumentRefusal, **words: object) -> None:
        super().__init__(str(texts.DOCUMENT_REFUSALS[refusal]) % words)
        self.refusal = refusal


def store(*, name: str, content: bytes, by: Actor, at: datetime) -> File:
    """Check a file and keep it as it is. Raises CannotStore."""
    tidy = rules.tidy_name(name)
    try:
        kind = rules.accept(tidy, content)
    except NotAccepted as error:
        raise CannotStore(error.refusal) from error
    with change("files.file.stored", by=by, at=at) as record:
        file = File.objects.create(
            name=tidy,
            kind=kind.value,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            stored_by_id=by.pk,
            stored_at=at,
        )
        FileContent.objects.create(file=file, data=content)
        record(file, details={"kind": kind.value, "size": len(content)})
    return file


def add_document(
    *,
    region: Region,
    kind: DocumentKind,
    title: str,
    name: str,
    content: bytes,
    by: Actor,
    at: datetime,
) -> Document:
    """A new document of the region. Raises CannotStore and CannotChangeDocuments."""
    title = " ".join(title.split())[:120]
    if not title:
        raise CannotChangeDocuments(DocumentRefusal.NO_TITLE)
    with change("files.document.added", by=by, at=at) as record:
        locks.hold(_key(region.pk))
        if Region.objects.get(pk=region.pk).valid_to is not None:
            raise CannotChangeDocuments(DocumentRefusal.REGION_ENDED)
        _require_free_title(region.pk, title)
        # Those taken away take room too until they are gone.
        if Document.objects.filter(region=region, file__isnull=False).count() >= MOST_DOCUMENTS:
            raise CannotChangeDocuments(DocumentRefusal.TOO_MANY, most=MOST_DOCUMENTS)
        document = Document.objects.create(
            region=region,
            file=store(name=name, content=content, by=by, at=at),
            title=title,
            kind=kind.value,
            added_at=at,
        )
        record(document, details=_told(document, region))
    return document


def remove_document(*, document: Document, by: Actor, at: datetime) -> None:
    """Take it away at once; for thirty days it can be brought back."""
    with change("files.document.removed", by=by, at=at) as record:
        row = _locked(document)
        if row.removed_at is not None:
            raise CannotChangeDocuments(DocumentRefusal.ALREADY_REMOVED)
        row.removed_at = at
        row.save(update_fields=["removed_at"])
        record(row, details=_told(row, row.region))


def restore_document(*, document: Document, by: Actor, at: datetime) -> None:
    """Bring back what was taken away. Raises CannotChangeDocuments."""
    with change("files.document.restored", by=by, at=at) as record:
        row = _locked(document)
        if row.removed_at is None:
            raise CannotChangeDocuments(DocumentRefusal.NOT_REMOVED)
        if row.file_id is None or row.removed_at <= at - KEPT_FOR:
            raise CannotChangeDocuments(DocumentRefusal.GONE)
        _require_free_title(row.region_id, row.title)
        row.removed_at = None
        row.save(update_fields=["removed_at"])
        record(row, details=_told(row, row.region))


def forget_removed(*, at: datetime, by: Actor = MACHINE) -> int:
    """Delete the bytes of documents that can no longer be brought back; says how many."""
    gone = 0
    for document in Document.objects.filter(
        file__isnull=False, removed_at__lte=at - KEPT_FOR
    ).order_by("pk"):
        with change("files.document.forgotten", by=by, at=at) as record:
            row = _locked(document)
            if row.file is None or row.removed_at is None or row.removed_at > at - KEPT_FOR:
                record.nothing_changed()
                continue
            row.file.delete()
            record(row, details=_told(row, row.region))
            gone += 1
    return gone


def _told(document: Document, region: Region) -> dict[str, object]:
    return {"title": document.title, "region_name": region.name, "region_id": region.pk}


def _key(region_id: int) -> str:
    return f"files.documents:{region_id}"


def _locked(document: Document) -> Document:
    locks.hold(_key(document.region_id))
    return Document.objects.select_related("region", "file").get(pk=document.pk)


def _require_free_title(region_id: int, title: str) -> None:
    current = Document.objects.filter(region=region_id).current()
    if current.annotate(lower=Lower("title")).filter(lower=title.lower()).exists():
        raise CannotChangeDocuments(DocumentRefusal.TITLE_TAKEN, title=title)
