"""An offer's answers to one version of the criteria, what they show, and what the body thinks."""

from typing import Self

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from samlop.accounts.models import Person
from samlop.db.columns import known_code
from samlop.files.models import File
from samlop.portfolio.models.criteria import CriteriaSet, Criterion
from samlop.portfolio.models.solution import Offer
from samlop.portfolio.rules.assessments import (
    LONGEST_COMMENT,
    LONGEST_LINE,
    Content,
    Opinion,
    Verdict,
)
from samlop.portfolio.texts import assessments as texts


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def current(self) -> Self:
        """Those that are worked on; a move to a newer version ends the one before."""
        return self.filter(ended_at=None)


@pghistory.track()
class Assessment(models.Model):
    """An offer measured by one version of the criteria."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="assessments")
    criteria_set = models.ForeignKey(CriteriaSet, models.PROTECT, related_name="assessments")
    # The assessment by an older version that this one went on from.
    moved_from = models.OneToOneField(
        "self", models.PROTECT, related_name="moved_to", null=True, blank=True
    )
    opened_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["offer"], condition=Q(ended_at=None), name="assessment_one_per_offer"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("opened_at")),
                name="assessment_ended_after_opened",
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Offer {self.offer_id} by criteria {self.criteria_set_id}"


@pghistory.track()
class Answer(models.Model):
    """What the assessment says to one criterion; there from the start, empty until answered."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="answers")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="answers")
    verdict = models.CharField(max_length=20, choices=texts.verdict_choices, blank=True)
    line = models.CharField(max_length=LONGEST_LINE, blank=True)
    comment = models.TextField(max_length=LONGEST_COMMENT, blank=True)
    # Who last changed what the answer claims or shows; the comment does not count.
    changed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    changed_as = models.CharField(max_length=120, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "criterion"], name="answer_once_per_criterion"
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=["", *sorted(one.value for one in Verdict)]),
                name="answer_verdict_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(verdict=Verdict.NOT_RELEVANT.value) | ~Q(line=""),
                name="answer_not_relevant_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(verdict="") | Q(changed_at__isnull=False),
                name="answer_has_date",
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Answer {self.assessment_id}/{self.criterion_id}"

    @property
    def content(self) -> Content:
        return Content(
            verdict=Verdict(self.verdict) if self.verdict else None,
            line=self.line,
            comment=self.comment,
        )


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def standing(self) -> Self:
        return self.filter(removed_at=None)


@pghistory.track()
class Evidence(models.Model):
    """A link or a file that shows what an answer claims; taken away, never deleted."""

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="evidence")
    words = models.CharField(max_length=150)
    link = models.URLField(max_length=500, blank=True)
    file = models.ForeignKey(File, models.PROTECT, related_name="evidence", null=True, blank=True)
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    added_as = models.CharField(max_length=120)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(file=None) & ~Q(link="")) | (Q(file__isnull=False) & Q(link="")),
                name="evidence_is_link_or_file",
            ),
            models.CheckConstraint(condition=~Q(words=""), name="evidence_has_words"),
            models.CheckConstraint(
                condition=Q(removed_at=None) | Q(removed_at__gte=F("added_at")),
                name="evidence_removed_after_added",
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.words


@pghistory.track()
class Confirmation(models.Model):
    """What the deciding body's assessor thought of an answer, and of which answer exactly.

    The newest counts, for as long as the answer still says what is written here.
    """

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="confirmations")
    opinion = models.CharField(max_length=20, choices=texts.opinion_choices)
    comment = models.TextField(max_length=LONGEST_COMMENT, blank=True)
    verdict = models.CharField(max_length=20, choices=texts.verdict_choices)
    line = models.CharField(max_length=LONGEST_LINE, blank=True)
    # Primary keys of the evidence that stood there.
    evidence = ArrayField(models.BigIntegerField(), default=list, blank=True)
    given_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    given_as = models.CharField(max_length=120)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            known_code("opinion", Opinion, "confirmation_opinion_is_known"),
            known_code("verdict", Verdict, "confirmation_verdict_is_known"),
            models.CheckConstraint(
                condition=Q(opinion=Opinion.AGREES.value) | ~Q(comment=""),
                name="confirmation_disagreement_has_reason",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="never_changed"),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]
        indexes = [models.Index(fields=["answer", "-given_at"], name="confirmation_newest")]

    def __str__(self) -> str:
        return f"{self.opinion} on {self.answer_id}"
