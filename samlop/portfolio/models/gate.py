"""Decisions on «klar til bruk»: the case before, and the frozen decision after."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from samlop.db.columns import known_code
from samlop.files.models import File
from samlop.governance.models import Case, Decision
from samlop.portfolio.models.assessment import Assessment
from samlop.portfolio.models.criteria import CriteriaSet
from samlop.portfolio.models.health import HealthAssessment
from samlop.portfolio.models.solution import Offer
from samlop.portfolio.rules.gates import GateOutcome
from samlop.portfolio.texts import gates as texts


class GateCase(models.Model):
    """A numbered case in which a body is to decide whether an offer is ready."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="gate_cases")
    case = models.OneToOneField(Case, models.PROTECT, related_name="gate_case")

    class Meta:
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} about offer {self.offer_id}"


class Gate(models.Model):
    """What a body decided of an offer, with the assessment exactly as it was; never changed.

    `snapshot` names people by their primary keys only; the paper keeps their names, as the
    archive copy. The paper is made of the snapshot and those names, by `compiler`, with the
    decision's moment as its own: the same again gives the same bytes.
    """

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="gates")
    decision = models.OneToOneField(Decision, models.PROTECT, related_name="gate")
    criteria_set = models.ForeignKey(CriteriaSet, models.PROTECT, related_name="gates")
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="gates")
    health = models.ForeignKey(
        HealthAssessment, models.PROTECT, related_name="gates", null=True, blank=True
    )
    outcome = models.CharField(max_length=20, choices=texts.gate_outcome_choices)
    # Titles of the must-criteria that were not met: what an exception was made from.
    unmet = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    reason = models.TextField(max_length=8000)
    snapshot = models.JSONField()
    snapshot_sha256 = models.CharField(max_length=64)
    paper = models.OneToOneField(File, models.PROTECT, related_name="gate")
    compiler = models.CharField(max_length=60)
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            known_code("outcome", GateOutcome, "gate_outcome_is_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="gate_has_a_reason"),
            models.CheckConstraint(
                condition=Q(snapshot_sha256__regex=r"^[0-9a-f]{64}$"), name="gate_sha256_is_one"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]
        indexes = [models.Index(fields=["offer", "-decided_at"], name="gate_newest_of_offer")]

    def __str__(self) -> str:
        return f"{self.offer_id} {self.outcome}"
