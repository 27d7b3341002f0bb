"""Before the invitation: what contact persons are asked, and what municipalities wish."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from samlop.accounts.models import Person
from samlop.db.columns import known_code
from samlop.municipalities.models import Municipality
from samlop.portfolio.models import Solution
from samlop.rollouts.models.rollout import Rollout
from samlop.rollouts.rules.answers import Reason
from samlop.rollouts.rules.before import Likely, Obstacle, Stance
from samlop.rollouts.texts import answers as answer_texts
from samlop.rollouts.texts import before as texts


@pghistory.track()
class Survey(models.Model):
    """«Kartlegging»: a leader asks the contact persons what they know of their municipalities."""

    rollout = models.ForeignKey(Rollout, models.PROTECT, related_name="surveys")
    question = models.CharField(max_length=600, blank=True)
    answer_by = models.DateField()
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    asked_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rollout"], condition=Q(closed_at=None), name="survey_one_open"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("asked_at")),
                name="survey_closed_after_asked",
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.rollout_id}"


@pghistory.track()
class SurveyAnswer(models.Model):
    """A row of a survey: one municipality, made when it is asked and filled in bit by bit.

    Whom to ask is a role, never a name. The municipality reads what is written of it.
    """

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="answers")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="survey_answers")
    obstacle = models.CharField(max_length=20, choices=texts.obstacle_choices, blank=True)
    likely = models.CharField(max_length=10, choices=texts.likely_choices, blank=True)
    ask_whom = models.CharField(max_length=120, blank=True)
    remark = models.CharField(max_length=300, blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    # Role and place as they were, never a name.
    answered_as = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "municipality"], name="survey_answer_once_each"
            ),
            models.CheckConstraint(
                condition=Q(obstacle__in=["", *sorted(one.value for one in Obstacle)]),
                name="survey_answer_obstacle_is_known",
            ),
            models.CheckConstraint(
                condition=Q(likely__in=["", *sorted(one.value for one in Likely)]),
                name="survey_answer_likely_is_known",
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]
        indexes = [models.Index(fields=["municipality"], name="survey_answer_municipality")]

    def __str__(self) -> str:
        return f"{self.municipality_id} in {self.survey_id}"


@pghistory.track()
class Interest(models.Model):
    """«Meld interesse» or «Passer dårlig»: a municipality's own word of a solution, uninvited.

    No answer to an invitation and no place. A new word withdraws the one before.
    """

    solution = models.ForeignKey(Solution, models.PROTECT, related_name="interests")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="interests")
    stance = models.CharField(max_length=12, choices=texts.stance_choices)
    reason = models.CharField(max_length=20, choices=answer_texts.reason_choices, blank=True)
    text = models.CharField(max_length=300, blank=True)
    given_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    given_as = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            known_code("stance", Stance, "interest_stance_is_known"),
            models.CheckConstraint(
                condition=Q(reason__in=["", *sorted(one.value for one in Reason)]),
                name="interest_reason_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(stance=Stance.FITS_BADLY.value) | ~Q(reason="", text=""),
                name="interest_fits_badly_for_a_reason",
            ),
            models.UniqueConstraint(
                fields=["solution", "municipality"],
                condition=Q(withdrawn_at=None),
                name="interest_one_stands",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="never_changed", exclude=["withdrawn_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.stance} {self.solution_id}"
