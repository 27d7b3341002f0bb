"""What municipalities say of a rollout when they have been through it."""

import pghistory
import pgtrigger
from django.db import models

from samlop.accounts.models import Person
from samlop.db.columns import known_code
from samlop.rollouts.models.place import Place
from samlop.rollouts.rules.evaluations import MOST_WORDS, Again
from samlop.rollouts.texts import evaluations as texts


@pghistory.track()
class Evaluation(models.Model):
    """A municipality's word of the cohort it had a place in. A new word is a new row."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="evaluations")
    worked = models.CharField(max_length=MOST_WORDS, blank=True)
    otherwise = models.CharField(max_length=MOST_WORDS, blank=True)
    again = models.CharField(max_length=10, choices=texts.again_choices)
    given_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    # Role and organisation as they were, never a name.
    given_as = models.CharField(max_length=200)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [known_code("again", Again, "evaluation_again_is_known")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]
        indexes = [models.Index(fields=["place", "-given_at"])]

    def __str__(self) -> str:
        return f"{self.place_id} {self.again}"
