"""Documents and files as pages show them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from samlop.files.models import Document, File
from samlop.files.rules import DocumentKind, FileKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """One document of a region; `removed_at` for one that can still be brought back."""

    pk: int
    title: str
    kind: DocumentKind
    key: UUID
    name: str
    file_kind: FileKind
    size: int
    added_at: datetime
    added_by: int | None
    removed_at: datetime | None


def documents_of(region_id: int, *, at: datetime, removed: bool) -> tuple[DocumentLine, ...]:
    """The newest first; with `removed`, those taken away that can be brought back. One query."""
    rows = Document.objects.filter(region=region_id, file__isnull=False)
    rows = rows.can_be_brought_back(at) if removed else rows.current()
    return tuple(
        DocumentLine(
            pk=pk,
            title=title,
            kind=DocumentKind(kind),
            key=key,
            name=name,
            file_kind=FileKind(file_kind),
            size=size,
            added_at=added_at,
            added_by=added_by,
            removed_at=removed_at,
        )
        for (
            pk,
            title,
            kind,
            key,
            name,
            file_kind,
            size,
            added_at,
            added_by,
            removed_at,
        ) in rows.order_by("-added_at", "-pk").values_list(
            "pk",
            "title",
            "kind",
            "file__key",
            "file__name",
            "file__kind",
            "file__size",
            "added_at",
            "file__stored_by_id",
            "removed_at",
        )
    )


def open_to_the_signed_in(key: UUID) -> File | None:
    """The file of a region's document, unless it was taken away. One query."""
    return File.objects.filter(key=key, document__removed_at=None, document__isnull=False).first()


def content_of(file: File) -> bytes:
    """Every byte. One query."""
    return bytes(file.content.data)
