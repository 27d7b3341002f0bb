"""The documents of a region, as its page lists them."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext

from samlop.accounts.models import Person
from samlop.files import queries, texts
from samlop.files.models import KEPT_FOR
from samlop.files.queries import DocumentLine
from samlop.web import formats

KB, MB = 1024, 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    pk: int
    title: str
    kind: str
    address: str
    # «PDF, 1,2 MB»
    file: str
    added_at: datetime
    added_by: str
    kept_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """`removed` are shown to those who may bring them back."""

    region: str
    rows: tuple[DocumentRow, ...]
    removed: tuple[DocumentRow, ...]
    may_keep: bool


def documents(region_id: int, slug: str, *, may_keep: bool, at: datetime) -> Documents:
    """At most three queries, however many documents."""
    current = queries.documents_of(region_id, at=at, removed=False)
    removed = queries.documents_of(region_id, at=at, removed=True) if may_keep else ()
    names = _names({one.added_by for one in (*current, *removed) if one.added_by is not None})
    return Documents(
        region=slug,
        rows=tuple(_row(one, names) for one in current),
        removed=tuple(_row(one, names) for one in removed),
        may_keep=may_keep,
    )


def _row(line: DocumentLine, names: dict[int, str]) -> DocumentRow:
    return DocumentRow(
        pk=line.pk,
        title=line.title,
        kind=str(texts.DOCUMENT_KINDS[line.kind]),
        address=reverse("files:serve", args=[line.key, line.name]),
        file=f"{texts.FILE_KINDS[line.file_kind]}, {size(line.size)}",
        added_at=line.added_at,
        added_by=names.get(line.added_by or 0, ""),
        kept_until=line.removed_at + KEPT_FOR if line.removed_at else None,
    )


def _names(people: set[int]) -> dict[int, str]:
    """Those who kept a region's documents are its people, whom the signed-in may know."""
    if not people:
        return {}
    rows = Person.objects.filter(pk__in=people).exclude(name="")
    return dict(rows.values_list("pk", "name"))


def size(count: int) -> str:
    """«840 kB», «1,2 MB»."""
    if count < KB:
        return gettext("%(count)s byte") % {"count": formats.number(count)}
    if count < MB:
        return gettext("%(count)s kB") % {"count": formats.number(round(count / KB))}
    return gettext("%(count)s MB") % {"count": formats.number(count / MB, 1)}
