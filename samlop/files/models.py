"""Files as they came in, and the documents that regions keep."""

from datetime import datetime, timedelta
from typing import Final, Self
from uuid import uuid4

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from samlop.accounts.models import Person
from samlop.db.columns import known_code
from samlop.files import texts
from samlop.files.rules import MOST_BYTES, DocumentKind, FileKind
from samlop.municipalities.models import Region

# How long a document that was taken away can be brought back.
KEPT_FOR: Final = timedelta(days=30)


@pghistory.track()
class File(models.Model):
    """One checked upload. What it belongs to, and so who may read it, is another table's matter."""

    # In addresses: nobody can count her way to another's file.
    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=texts.file_kind_choices)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    # Empty when a machine did it.
    stored_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    stored_at = models.DateTimeField()

    class Meta:
        constraints = [
            known_code("kind", FileKind, "file_kind_is_known"),
            models.CheckConstraint(
                condition=Q(size__gt=0, size__lte=MOST_BYTES), name="file_size_within_bounds"
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="file_sha256_is_one"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FileContent(models.Model):
    """The bytes, in the database so that one dump is a whole backup; a table of its own so that
    no list reads them.
    """

    file = models.OneToOneField(File, models.CASCADE, related_name="content", primary_key=True)
    data = models.BinaryField()

    class Meta:
        triggers = [
            # What was checked is what is served: bytes come and go, and never change.
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return f"Content of file {self.file_id}"


class DocumentQuerySet(models.QuerySet["Document"]):
    def current(self) -> Self:
        return self.filter(removed_at=None)

    def can_be_brought_back(self, at: datetime) -> Self:
        return self.filter(removed_at__gt=at - KEPT_FOR)


@pghistory.track()
class Document(models.Model):
    """A region's mandate, agreement, meeting plan or minutes, for everybody who is signed in."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="documents")
    # Empty when the document was taken away long ago and its bytes are gone.
    file = models.OneToOneField(
        File, models.SET_NULL, related_name="document", null=True, blank=True
    )
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=texts.document_kind_choices)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            known_code("kind", DocumentKind, "document_kind_is_known"),
            models.CheckConstraint(
                condition=Q(removed_at=None) | Q(removed_at__gte=models.F("added_at")),
                name="document_removed_after_added",
            ),
            models.CheckConstraint(
                condition=Q(file__isnull=False) | Q(removed_at__isnull=False),
                name="document_without_file_is_removed",
            ),
            models.UniqueConstraint(
                "region",
                Lower("title"),
                condition=Q(removed_at=None),
                name="document_title_once_per_region",
            ),
        ]

    def __str__(self) -> str:
        return self.title
