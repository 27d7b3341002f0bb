"""The decision basis of a rollout, and how its prerequisites stand in each municipality."""

from typing import Self

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from samlop.accounts.models import Person
from samlop.db.columns import known_code
from samlop.municipalities import texts as municipality_texts
from samlop.municipalities.models import Municipality
from samlop.municipalities.rules.capacity import LocalRole
from samlop.portfolio.models import Solution
from samlop.rollouts.models.rollout import Rollout
from samlop.rollouts.rules.basis import (
    MAX_DAYS_BEFORE,
    MAX_MONTHS,
    PrerequisiteKind,
    PrerequisiteOwner,
    PrerequisiteStanding,
)
from samlop.rollouts.texts import basis as texts

TELLABLE = tuple(one for one in PrerequisiteStanding if one is not PrerequisiteStanding.UNKNOWN)


def local_role_choices() -> list[tuple[str, municipality_texts.Words]]:
    return [(role.value, municipality_texts.LOCAL_ROLES[role]) for role in LocalRole]


@pghistory.track()
class Basis(models.Model):
    """What municipalities are told before they decide; one for each rollout."""

    rollout = models.OneToOneField(Rollout, models.PROTECT, related_name="basis")
    what = models.TextField(max_length=2000, blank=True)
    gains = models.TextField(max_length=2000, blank=True)
    gains_source = models.CharField(max_length=300, blank=True)
    gains_link = models.URLField(max_length=300, blank=True)
    consequence = models.TextField(max_length=1500, blank=True)
    # The same in nynorsk, for those who want it so; empty where nobody has written it.
    what_nn = models.TextField(max_length=2000, blank=True)
    gains_nn = models.TextField(max_length=2000, blank=True)
    consequence_nn = models.TextField(max_length=1500, blank=True)
    # Said outright, so that an empty list is not just forgotten.
    no_prerequisites = models.BooleanField(default=False)
    changed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    changed_at = models.DateTimeField()
    # Counts the changes, so that two who edit at once do not undo each other's.
    version = models.PositiveIntegerField(default=1)

    class Meta:
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"basis of {self.rollout_id}"

    @property
    def told_what(self) -> str:
        """As it is read in the language of now: nynorsk where it is written so."""
        return (get_language() == "nn" and self.what_nn) or self.what

    @property
    def told_gains(self) -> str:
        return (get_language() == "nn" and self.gains_nn) or self.gains

    @property
    def told_consequence(self) -> str:
        return (get_language() == "nn" and self.consequence_nn) or self.consequence


class BasisPrerequisiteQuerySet(models.QuerySet["BasisPrerequisite"]):
    def standing(self) -> Self:
        """Those that have not been taken out, in the order they must be in place."""
        return self.filter(removed_at=None).order_by("-days_before", "pk")


@pghistory.track()
class BasisPrerequisite(models.Model):
    """What must be in place, what counts as done, whose move it is, and how long before start."""

    basis = models.ForeignKey(Basis, models.PROTECT, related_name="prerequisites")
    kind = models.CharField(max_length=20, choices=texts.kind_choices)
    title = models.CharField(max_length=160)
    # In nynorsk, for those who want it so; empty where nobody has written it.
    title_nn = models.CharField(max_length=160, blank=True)
    done_when = models.CharField(max_length=300)
    owner = models.CharField(max_length=20, choices=texts.owner_choices)
    days_before = models.PositiveSmallIntegerField(default=0)
    # Of another solution: which one must be in use.
    solution = models.ForeignKey(Solution, models.PROTECT, related_name="+", null=True, blank=True)
    # Of a role that somebody must have.
    role = models.CharField(max_length=20, choices=local_role_choices, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = BasisPrerequisiteQuerySet.as_manager()

    class Meta:
        constraints = [
            known_code("kind", PrerequisiteKind, "basis_prerequisite_kind_is_known"),
            known_code("owner", PrerequisiteOwner, "basis_prerequisite_owner_is_known"),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(done_when=""), name="basis_prerequisite_says_what"
            ),
            models.CheckConstraint(
                condition=Q(days_before__lte=MAX_DAYS_BEFORE),
                name="basis_prerequisite_days_in_bounds",
            ),
            models.CheckConstraint(
                condition=Q(kind=PrerequisiteKind.OTHER_SOLUTION.value, solution__isnull=False)
                | (~Q(kind=PrerequisiteKind.OTHER_SOLUTION.value) & Q(solution=None)),
                name="basis_prerequisite_solution_of_kind",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind=PrerequisiteKind.NAMED_ROLE.value,
                    role__in=sorted(role.value for role in LocalRole),
                )
                | (~Q(kind=PrerequisiteKind.NAMED_ROLE.value) & Q(role="")),
                name="basis_prerequisite_role_of_kind",
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]
        indexes = [models.Index(fields=["basis", "-days_before"])]

    def __str__(self) -> str:
        return self.title

    @property
    def told_title(self) -> str:
        """As it is read in the language of now: nynorsk where it is written so."""
        return (get_language() == "nn" and self.title_nn) or self.title


@pghistory.track()
class PrerequisiteWord(models.Model):
    """What somebody has said of a prerequisite in a municipality; the newest counts."""

    prerequisite = models.ForeignKey(BasisPrerequisite, models.PROTECT, related_name="words")
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="prerequisite_words"
    )
    standing = models.CharField(max_length=10, choices=texts.told_choices)
    note = models.CharField(max_length=300, blank=True)
    told_on = models.DateField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    # Role and organisation as they were, never a name.
    recorded_as = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            known_code("standing", TELLABLE, "prerequisite_word_standing_is_known"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]
        indexes = [models.Index(fields=["municipality", "prerequisite", "-recorded_at"])]

    def __str__(self) -> str:
        return f"{self.prerequisite_id} in {self.municipality_id}: {self.standing}"


@pghistory.track()
class BasisRole(models.Model):
    """A role to staff, with its hours in a municipality of 5 000 to 9 999 inhabitants."""

    basis = models.ForeignKey(Basis, models.PROTECT, related_name="roles")
    role = models.CharField(max_length=20, choices=local_role_choices)
    # Every municipality must have it; the others are advised.
    needed = models.BooleanField(default=True)
    # Month by month, the first being the month the cohort starts in.
    monthly = ArrayField(
        models.DecimalField(max_digits=5, decimal_places=1), default=list, blank=True
    )

    class Meta:
        constraints = [
            known_code("role", LocalRole, "basis_role_is_known"),
            models.UniqueConstraint(fields=["basis", "role"], name="basis_role_once"),
            models.CheckConstraint(
                condition=Q(monthly__len__lte=MAX_MONTHS), name="basis_role_months_in_bounds"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} in {self.basis_id}"


@pghistory.track()
class BasisStep(models.Model):
    """One step of the common schedule, in weeks before (negative) or after the cohort starts."""

    basis = models.ForeignKey(Basis, models.PROTECT, related_name="steps")
    place = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=160)
    # In nynorsk, for those who want it so; empty where nobody has written it.
    words_nn = models.CharField(max_length=160, blank=True)
    weeks = models.SmallIntegerField()

    class Meta:
        ordering = ["weeks", "place"]
        constraints = [
            models.UniqueConstraint(fields=["basis", "place"], name="basis_step_place_once"),
            models.CheckConstraint(condition=~Q(words=""), name="basis_step_has_words"),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def told_words(self) -> str:
        """As it is read in the language of now: nynorsk where it is written so."""
        return (get_language() == "nn" and self.words_nn) or self.words
