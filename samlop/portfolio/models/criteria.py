"""Sets of criteria: a draft that is written on, then a published version that nothing changes."""

from typing import Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import BooleanField, ExpressionWrapper, Q

from samlop.accounts.models import Person
from samlop.db.columns import known_code
from samlop.governance.models import Body
from samlop.portfolio.rules.criteria import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    Assessor,
    CriterionText,
    CriterionWeight,
    FactsBeside,
    SetStanding,
)
from samlop.portfolio.texts import criteria as texts

_IS_PUBLISHED = pgtrigger.Q(old__published_at__isnull=False)


class CriteriaSetQuerySet(models.QuerySet["CriteriaSet"]):
    def published(self) -> Self:
        return self.exclude(published_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-number")


@pghistory.track()
class CriteriaSet(models.Model):
    """One version of the criteria for «klar til bruk»; a draft until `published_at`."""

    number = models.PositiveSmallIntegerField(unique=True)
    # Who decides whether a solution is ready, and whose advice it asks for first.
    deciding_body = models.ForeignKey(Body, models.PROTECT, related_name="criteria_sets")
    advised_by = models.ForeignKey(
        Body, models.PROTECT, related_name="advised_criteria_sets", null=True, blank=True
    )
    standing = models.CharField(max_length=20, choices=texts.standing_choices)
    # Where the criteria come from: a report, a case number.
    source = models.CharField(max_length=300, blank=True)
    # For programmes that are being measured by the version before.
    what_is_new = models.TextField(max_length=LONGEST_TEXT, blank=True)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True
    )

    objects = CriteriaSetQuerySet.as_manager()

    class Meta:
        constraints = [
            known_code("standing", SetStanding, "criteria_set_standing_is_known"),
            models.CheckConstraint(condition=Q(number__gte=1), name="criteria_set_counts_from_one"),
            models.CheckConstraint(
                condition=Q(published_at=None) | ~Q(source=""),
                name="criteria_set_published_with_source",
            ),
            models.UniqueConstraint(
                ExpressionWrapper(Q(published_at=None), output_field=BooleanField()),
                condition=Q(published_at=None),
                name="criteria_set_one_draft",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_stands",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=_IS_PUBLISHED,
            ),
        ]

    def __str__(self) -> str:
        return f"Criteria version {self.number}"

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


# The set's row is held for as long as the change lasts, so that a criterion cannot slip in
# while somebody publishes.
_SET_IS_A_DRAFT = """
    IF TG_OP <> 'INSERT' THEN
        SELECT published_at INTO published FROM {set_table}
            WHERE id = OLD.criteria_set_id FOR SHARE;
        IF published IS NOT NULL THEN
            RAISE EXCEPTION 'pgtrigger: the criteria of a published version stand';
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        SELECT published_at INTO published FROM {set_table}
            WHERE id = NEW.criteria_set_id FOR SHARE;
        IF published IS NOT NULL THEN
            RAISE EXCEPTION 'pgtrigger: the criteria of a published version stand';
        END IF;
        RETURN NEW;
    END IF;
    RETURN OLD;
"""


@pghistory.track()
class Criterion(models.Model):
    """One question of a set; `code` is the same in every version that asks it."""

    criteria_set = models.ForeignKey(CriteriaSet, models.CASCADE, related_name="criteria")
    code = models.SlugField(max_length=80)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=LONGEST_TITLE)
    question = models.CharField(max_length=500)
    why = models.TextField(max_length=LONGEST_TEXT, blank=True)
    evidence = models.TextField(max_length=LONGEST_TEXT, blank=True)
    assessor = models.CharField(max_length=20, choices=texts.assessor_choices)
    weight = models.CharField(max_length=10, choices=texts.weight_choices)
    beside = models.CharField(
        max_length=20, choices=texts.beside_choices, default=FactsBeside.NONE.value
    )
    # Counts the changes of a draft: whoever saves says which one she read.
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["criteria_set", "code"], name="criterion_code_once_per_set"
            ),
            models.UniqueConstraint(
                fields=["criteria_set", "position"],
                name="criterion_place_once_per_set",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(question=""), name="criterion_asks_something"
            ),
            known_code("assessor", Assessor, "criterion_assessor_is_known"),
            known_code("weight", CriterionWeight, "criterion_weight_is_known"),
            known_code("beside", FactsBeside, "criterion_beside_is_known"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="only_in_a_draft",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("published", "timestamptz")],
                func=_SET_IS_A_DRAFT.format(set_table="portfolio_criteriaset"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def text(self) -> CriterionText:
        return CriterionText(
            code=self.code,
            title=self.title,
            question=self.question,
            why=self.why,
            evidence=self.evidence,
            assessor=Assessor(self.assessor),
            weight=CriterionWeight(self.weight),
            beside=FactsBeside(self.beside),
        )
