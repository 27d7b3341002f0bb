"""A municipality's own copy of a template, and its own answers in it.

Nobody but the municipality reads the answers: they are in no history table, and every query
for them asks for the municipality.
"""

import pghistory
from django.db import models
from django.db.models import F, Q

from samlop.accounts.models import Person
from samlop.municipalities.models import Municipality
from samlop.portfolio.models.material import Material, MaterialText, TemplateRow


@pghistory.track()
class LocalCopy(models.Model):
    """A municipality's copy of one template."""

    material = models.ForeignKey(Material, models.PROTECT, related_name="copies")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="template_copies")
    # The newest version in which the municipality has taken a stand on every change.
    text = models.ForeignKey(MaterialText, models.PROTECT, related_name="copies")
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    created_at = models.DateTimeField()
    # Taken away by the municipality; its answers went with it.
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["material", "municipality"],
                condition=Q(removed_at=None),
                name="copy_once_per_municipality",
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None) | Q(removed_at__gte=F("created_at")),
                name="copy_removed_after_created",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.material_id} in {self.municipality_id}"


# The answers are the municipality's inner matter: what is taken away is gone, and no history
# table keeps what was written over.
@pghistory.track(exclude=["answers", "own_section", "own_heading"])
class LocalRow(models.Model):
    """One row of a copy: which text of the programme it shows, and what the municipality says."""

    copy = models.ForeignKey(LocalCopy, models.PROTECT, related_name="rows")
    key = models.CharField(max_length=40)
    # None in a row the municipality added itself.
    shown = models.ForeignKey(TemplateRow, models.PROTECT, related_name="+", null=True, blank=True)
    # The newest text the municipality has taken a stand on; None when the master dropped the row.
    seen = models.ForeignKey(TemplateRow, models.PROTECT, related_name="+", null=True, blank=True)
    # Declined when it was new, or taken out together with the master.
    hidden = models.BooleanField(default=False)
    own_section = models.CharField(max_length=200, blank=True)
    own_heading = models.CharField(max_length=200, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    # Two who answer the same row at once: the second is told, and overwrites nothing.
    revision = models.PositiveIntegerField(default=0)
    changed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["copy", "key"], name="local_row_once_per_copy"),
            models.CheckConstraint(
                condition=Q(shown__isnull=False) | ~Q(own_heading="") | Q(hidden=True),
                name="local_row_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.copy_id} {self.key}"
