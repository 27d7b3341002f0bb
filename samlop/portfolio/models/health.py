"""Health-professional assessments of an offer, and the conditions that they and gates set."""

from datetime import date
from typing import Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from samlop.accounts.models import Person
from samlop.db.columns import known_code
from samlop.portfolio.models.solution import Offer
from samlop.portfolio.rules.health import ConditionState, Severity, Soundness
from samlop.portfolio.texts import health as texts

_WHEN_OPEN = """
    IF TG_OP <> 'INSERT' THEN
        SELECT concluded_at INTO concluded FROM portfolio_healthassessment
            WHERE id = OLD.assessment_id FOR SHARE;
        IF concluded IS NOT NULL THEN
            RAISE EXCEPTION 'pgtrigger: a concluded health assessment stands';
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        SELECT concluded_at INTO concluded FROM portfolio_healthassessment
            WHERE id = NEW.assessment_id FOR SHARE;
        IF concluded IS NOT NULL THEN
            RAISE EXCEPTION 'pgtrigger: a concluded health assessment stands';
        END IF;
        RETURN NEW;
    END IF;
    RETURN OLD;
"""


def _only_while_open() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="only_while_open",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("concluded", "timestamptz")],
        func=_WHEN_OPEN,
    )


class HealthAssessmentQuerySet(models.QuerySet["HealthAssessment"]):
    def under_way(self) -> Self:
        return self.filter(concluded_at=None)

    def concluded(self) -> Self:
        return self.exclude(concluded_at=None)


@pghistory.track()
class HealthAssessment(models.Model):
    """Whether an offer is sound to give health care with, by others than those who made it."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="health_assessments")
    opened_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    opened_at = models.DateTimeField()
    conclusion = models.CharField(max_length=20, choices=texts.soundness_choices, blank=True)
    summary = models.TextField(max_length=4000, blank=True)
    concluded_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True
    )
    concluded_at = models.DateTimeField(null=True, blank=True)

    objects = HealthAssessmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["offer"],
                condition=Q(concluded_at=None),
                name="health_assessment_one_under_way",
            ),
            models.CheckConstraint(
                condition=Q(concluded_at=None, conclusion="")
                | Q(
                    concluded_at__gte=F("opened_at"),
                    conclusion__in=sorted(one.value for one in Soundness),
                )
                & ~Q(summary=""),
                name="health_assessment_concluded_whole",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="concluded_stands",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__concluded_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Health assessment of offer {self.offer_id}"


@pghistory.track()
class HealthAssessor(models.Model):
    """A person who is named to assess; what she was for is written, her name is not."""

    assessment = models.ForeignKey(HealthAssessment, models.PROTECT, related_name="assessors")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    # «Fagsjef helse, Bergen kommune».
    position = models.CharField(max_length=160, blank=True)
    named_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "person"], name="health_assessor_named_once"
            ),
        ]
        triggers = [_only_while_open()]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.assessment_id}"


@pghistory.track()
class HealthQuestion(models.Model):
    """One question and the assessors' answer."""

    assessment = models.ForeignKey(HealthAssessment, models.PROTECT, related_name="questions")
    position = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=300)
    answer = models.TextField(max_length=4000, blank=True)
    # Whoever saves says which one she read.
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "position"], name="health_question_place_once"
            ),
            models.CheckConstraint(condition=~Q(question=""), name="health_question_asks"),
        ]
        triggers = [_only_while_open()]

    def __str__(self) -> str:
        return self.question


@pghistory.track()
class HealthFinding(models.Model):
    """Something the assessors found, how much it matters, and what they advise."""

    assessment = models.ForeignKey(HealthAssessment, models.PROTECT, related_name="findings")
    severity = models.CharField(max_length=20, choices=texts.severity_choices)
    text = models.TextField(max_length=2000)
    advice = models.TextField(max_length=2000, blank=True)

    class Meta:
        constraints = [
            known_code("severity", Severity, "health_finding_severity_is_known"),
            models.CheckConstraint(condition=~Q(text=""), name="health_finding_says_something"),
        ]
        triggers = [_only_while_open()]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.severity}"


class ConditionQuerySet(models.QuerySet["Condition"]):
    def open(self) -> Self:
        return self.filter(met_on=None)


@pghistory.track()
class Condition(models.Model):
    """What must be done by a day, set by the health assessors or by the body that decided."""

    health = models.ForeignKey(
        HealthAssessment, models.PROTECT, related_name="conditions", null=True, blank=True
    )
    gate = models.ForeignKey(
        "portfolio.Gate", models.PROTECT, related_name="conditions", null=True, blank=True
    )
    text = models.CharField(max_length=500)
    due_by = models.DateField()
    met_on = models.DateField(null=True, blank=True)
    # What shows that it is met.
    note = models.CharField(max_length=500, blank=True)

    objects = ConditionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(health__isnull=False, gate=None) | Q(health=None, gate__isnull=False),
                name="condition_set_by_one",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="condition_says_something"),
            models.CheckConstraint(
                condition=Q(met_on=None) | ~Q(note=""), name="condition_met_with_a_note"
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def state_on(self, day: date) -> ConditionState:
        if self.met_on is not None and self.met_on <= day:
            return ConditionState.MET
        return ConditionState.OVERDUE if self.due_by < day else ConditionState.DUE
