"""The A/B/C card: the answers to the five questions, and the types a group has chosen."""

from typing import Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q

from samlop.accounts.models import Person
from samlop.db.columns import known_code
from samlop.portfolio.models.solution import Offer
from samlop.portfolio.rules.cards import HIGHEST, LOWEST, Question, RolloutType, SharedKey
from samlop.portfolio.texts import cards as texts


class CardAnswerQuerySet(models.QuerySet["CardAnswer"]):
    def newest(self) -> Self:
        """The answer that holds, per offer and question."""
        return self.order_by("offer_id", "question", "-number").distinct("offer_id", "question")


@pghistory.track()
class CardAnswer(models.Model):
    """One question of one offer answered 1 to 5, with the argument. A new answer is a new row."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="card_answers")
    question = models.CharField(max_length=10, choices=texts.question_choices)
    # Counts up per question; two who save at once cannot both get the next.
    number = models.PositiveSmallIntegerField()
    score = models.PositiveSmallIntegerField()
    argument = models.CharField(max_length=600)
    source = models.CharField(max_length=300, blank=True)
    # The person's id, and the role she answered in; the name lives in one place only.
    answered_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    answered_as = models.CharField(max_length=160)
    answered_on = models.DateField()
    recorded_at = models.DateTimeField()

    objects = CardAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["offer", "question", "number"], name="card_answer_number_once"
            ),
            known_code("question", Question, "card_answer_question_is_known"),
            models.CheckConstraint(
                condition=Q(score__range=(LOWEST, HIGHEST)), name="card_answer_is_on_scale"
            ),
            models.CheckConstraint(condition=~Q(argument=""), name="card_answer_has_argument"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} {self.question} {self.score}"


class TypeChoiceQuerySet(models.QuerySet["TypeChoice"]):
    def newest(self) -> Self:
        """The choice that holds, per offer."""
        return self.order_by("offer_id", "-number").distinct("offer_id")


@pghistory.track()
class TypeChoice(models.Model):
    """The group chose A, B or C for an offer on a day. A new choice is a new row."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="type_choices")
    number = models.PositiveSmallIntegerField()
    type = models.CharField(max_length=1, choices=texts.rollout_type_choices)
    chosen_on = models.DateField()
    reason = models.CharField(max_length=1000)
    # What the cohorts have in common, and at which coverage a move to A is proposed: C alone.
    key = models.CharField(max_length=20, choices=texts.shared_key_choices, blank=True)
    move_at = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Whole per cent")
    # What the answers pointed to then; empty when they were not complete.
    suggested = models.CharField(max_length=1, choices=texts.rollout_type_choices, blank=True)
    scores = models.JSONField(default=dict, blank=True)
    ready = models.PositiveSmallIntegerField(help_text="Municipalities covered by vendors then")
    concerned = models.PositiveSmallIntegerField(help_text="Municipalities the offer concerned")
    chosen_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    chosen_as = models.CharField(max_length=160)
    recorded_at = models.DateTimeField()

    objects = TypeChoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "number"], name="type_choice_number_once"),
            known_code("type", RolloutType, "type_choice_type_is_known"),
            models.CheckConstraint(
                condition=Q(suggested="")
                | Q(suggested__in=sorted(one.value for one in RolloutType)),
                name="type_choice_suggested_is_known",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="type_choice_has_reason"),
            models.CheckConstraint(
                condition=Q(
                    type=RolloutType.PARTLY.value,
                    key__in=sorted(one.value for one in SharedKey),
                )
                | (~Q(type=RolloutType.PARTLY.value) & Q(key="", move_at=None)),
                name="type_choice_key_belongs_to_partly",
            ),
            models.CheckConstraint(
                condition=Q(move_at=None) | Q(move_at__range=(1, 100)),
                name="type_choice_move_at_is_a_share",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} {self.type} {self.chosen_on}"
