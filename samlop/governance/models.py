"""Bodies, their members' terms, their numbered cases, and what they decided."""

from datetime import date
from typing import Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from samlop.accounts.models import Person
from samlop.db.columns import known_code
from samlop.db.periods import no_overlap, period_in_order, valid_on
from samlop.governance import texts
from samlop.governance.rules import (
    BodyKind,
    CaseFacts,
    CaseState,
    DecisionKind,
    Function,
    Matter,
    number_words,
)


@pghistory.track()
class Body(models.Model):
    """Somebody together: a council, a committee, a group with a mandate."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=20, choices=texts.body_kind_choices)
    mandate = models.TextField(max_length=4000, blank=True)
    # Where the mandate is taken from.
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [known_code("kind", BodyKind, "body_kind_is_known")]

    def __str__(self) -> str:
        return self.name


class MemberQuerySet(models.QuerySet["Member"]):
    def valid_on(self, day: date) -> Self:
        return self.filter(valid_on(day))


@pghistory.track()
class Member(models.Model):
    """A person sits in a body in a function for a period."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="seats")
    function = models.CharField(max_length=20, choices=texts.function_choices)
    # Whom she sits there for: «KS», «Norsk helsenett», «Agder».
    organisation = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            known_code("function", Function, "member_function_is_known"),
            period_in_order("member_period_in_order"),
            no_overlap("member_once_per_body", ["body", "person"]),
            no_overlap("member_one_leader", ["body"], Q(function=Function.LEADER.value)),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.body_id}"


class CaseQuerySet(models.QuerySet["Case"]):
    def decided(self) -> Self:
        return self.filter(decision__isnull=False)

    def open(self) -> Self:
        return self.filter(decision=None, withdrawn_at=None)

    def withdrawn(self) -> Self:
        return self.filter(withdrawn_at__isnull=False)


@pghistory.track()
class Case(models.Model):
    """A matter before a body, numbered n/yy per body and year."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="cases")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    matter = models.CharField(max_length=20, choices=texts.matter_choices)
    about = models.TextField(max_length=8000)
    recommendation = models.TextField(max_length=4000, blank=True)
    # The earlier case whose outcome this one builds on: advice to the body that decides.
    builds_on = models.ForeignKey(
        "self", models.PROTECT, related_name="followed_by", null=True, blank=True
    )
    opened_on = models.DateField()
    opened_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body", "year", "number"], name="case_number_once_per_body_and_year"
            ),
            known_code("matter", Matter, "case_matter_is_known"),
            models.CheckConstraint(condition=Q(number__gte=1), name="case_number_from_one"),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lt=2100), name="case_year_is_ours"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_reason="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason=""),
                name="case_withdrawn_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(builds_on=None) | ~Q(builds_on=F("id")), name="case_not_on_itself"
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.number_words} {self.title}"

    @property
    def number_words(self) -> str:
        return number_words(self.number, self.year)

    def state(self) -> CaseState:
        """Runs one query unless the decision was loaded with the case."""
        if self.withdrawn_at is not None:
            return CaseState.WITHDRAWN
        return CaseState.DECIDED if hasattr(self, "decision") else CaseState.OPEN

    def facts(self) -> CaseFacts:
        """Runs queries unless body and decision were loaded with the case."""
        return CaseFacts(
            body=BodyKind(self.body.kind),
            matter=Matter(self.matter),
            state=self.state(),
            opened_on=self.opened_on,
        )


class Decision(models.Model):
    """What a body came to in a case; the database refuses to change or delete it."""

    # One case, one outcome: who comes second is refused by the database.
    case = models.OneToOneField(Case, models.PROTECT, related_name="decision")
    kind = models.CharField(max_length=20, choices=texts.decision_kind_choices)
    text = models.TextField(max_length=8000)
    reason = models.TextField(max_length=8000, blank=True)
    decided_on = models.DateField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            known_code("kind", DecisionKind, "decision_kind_is_known"),
            models.CheckConstraint(condition=~Q(text=""), name="decision_says_something"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]
        indexes = [models.Index(fields=["-decided_on"], name="decision_newest")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"
