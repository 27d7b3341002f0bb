"""What a municipality tells once a quarter, and what it says of being carried over."""

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from samlop.accounts.models import Person
from samlop.db.columns import first_of_quarter, known_code
from samlop.municipalities.models import Municipality
from samlop.portfolio.models import Offer
from samlop.uptake.rules.stages import Hindrance, Stage
from samlop.uptake.texts import stages as texts


@pghistory.track()
class QuarterCard(models.Model):
    """A municipality has answered «Stemmer dette?» for a quarter."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="quarter_cards")
    quarter = models.DateField()
    answered_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipality", "quarter"], name="quarter_card_once"),
            first_of_quarter("quarter", "quarter_card_is_of_a_quarter"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.quarter}"


@pghistory.track()
class HindranceReport(models.Model):
    """What hinders a municipality in an offer, as it says itself; the newest counts.

    An empty list says that nothing hinders any more.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="hindrances")
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="hindrances")
    hindrances = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    note = models.CharField(max_length=300, blank=True)
    told_on = models.DateField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(hindrances__contained_by=sorted(code.value for code in Hindrance)),
                name="hindrance_report_codes_are_known",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]
        indexes = [models.Index(fields=["offer", "municipality", "-told_on"])]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.offer_id} {self.told_on}"


@pghistory.track()
class CarryDecision(models.Model):
    """A person said whether a new municipality carries over what its former ones had."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="carry_decisions")
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="carry_decisions")
    stage = models.CharField(max_length=24, choices=texts.stage_choices)
    carried = models.BooleanField()
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipality", "offer"], name="carry_decided_once"),
            known_code("stage", Stage, "carry_decision_stage_is_known"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.offer_id} {self.carried}"
