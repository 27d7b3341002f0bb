"""The material library: items, their versions, what each version says in each language form."""

from typing import Self

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from samlop.accounts.models import Person
from samlop.db.columns import known_code
from samlop.files.models import File
from samlop.municipalities.rules.kinds import LanguageForm
from samlop.portfolio.models.solution import Solution
from samlop.portfolio.rules.copies import TemplateKind
from samlop.portfolio.rules.material import (
    Content,
    ForWhom,
    MaterialKind,
    Reading,
    RolloutStep,
    Use,
)
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts import copies as copy_texts
from samlop.portfolio.texts import material as texts
from samlop.portfolio.texts import solutions as solution_texts

# Norwegian endings are taken off, so that «kommunene» finds «kommune».
CONFIG = "norwegian"
WRITTEN_FORMS = (LanguageForm.BOKMAL, LanguageForm.NYNORSK)


class MaterialQuerySet(models.QuerySet["Material"]):
    def standing(self) -> Self:
        """Those that nobody has withdrawn."""
        return self.filter(withdrawn_at=None)

    def open_to(self, *, signed_in: bool) -> Self:
        """What a reader may see of what stands; the signed-in see all of it."""
        return self.standing() if signed_in else self.standing().filter(is_public=True)

    def of_solution(self, slug: str) -> Self:
        return self.filter(
            Exists(MaterialSolution.objects.filter(material=OuterRef("pk"), solution__slug=slug))
        )


@pghistory.track(exclude=["document"])
class Material(models.Model):
    """One thing in the library, through all its versions."""

    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=20, choices=texts.material_kind_choices)
    # The programme's own word, when none of the kinds fits.
    own_kind = models.CharField(max_length=60, blank=True)
    # A template with rows that municipalities copy, or empty.
    template = models.CharField(max_length=20, choices=copy_texts.template_kind_choices, blank=True)
    title = models.CharField(max_length=160)
    summary = models.CharField(max_length=600, blank=True)
    # Organisations, never persons.
    owner = models.CharField(max_length=120, blank=True)
    maintained_by = models.CharField(max_length=120, blank=True)
    review_on = models.DateField(null=True, blank=True)
    # The review date somebody has been told of, so that each is told of once.
    told_of = models.DateField(null=True, blank=True)
    for_whom = ArrayField(
        models.CharField(max_length=20, choices=texts.for_whom_choices), default=list, blank=True
    )
    step = models.CharField(max_length=20, choices=texts.rollout_step_choices, blank=True)
    # Empty for one that is of use in every area of its solutions.
    areas = ArrayField(
        models.CharField(max_length=20, choices=solution_texts.area_choices),
        default=list,
        blank=True,
    )
    is_public = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    # Two who change it at once: the second is told, and overwrites nothing.
    revision = models.PositiveIntegerField(default=0)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)
    document = models.GeneratedField(
        expression=SearchVector("title", weight="A", config=CONFIG)
        + SearchVector("summary", weight="B", config=CONFIG)
        + SearchVector("owner", "own_kind", weight="C", config=CONFIG),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = MaterialQuerySet.as_manager()

    class Meta:
        constraints = [
            known_code("kind", MaterialKind, "material_kind_is_known"),
            models.CheckConstraint(
                condition=Q(own_kind="") | Q(kind=MaterialKind.OTHER.value),
                name="material_own_kind_only_for_other",
            ),
            models.CheckConstraint(
                condition=Q(template__in=["", *sorted(kind.value for kind in TemplateKind)]),
                name="material_template_is_known",
            ),
            # A template of risks is filed under risks, or nobody would find it there.
            models.CheckConstraint(
                condition=Q(template="") | Q(template=F("kind")),
                name="material_template_is_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(step__in=["", *sorted(step.value for step in RolloutStep)]),
                name="material_step_is_known",
            ),
            models.CheckConstraint(
                condition=Q(for_whom__contained_by=sorted(one.value for one in ForWhom)),
                name="material_for_whom_is_known",
            ),
            models.CheckConstraint(
                condition=Q(areas__contained_by=sorted(area.value for area in Area)),
                name="material_areas_are_known",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="material_has_a_title"),
            models.CheckConstraint(
                condition=(Q(withdrawn_at=None) & Q(withdrawn_reason=""))
                | (
                    # A comparison with nothing is neither true nor false, and would pass.
                    Q(withdrawn_at__isnull=False)
                    & Q(withdrawn_at__gte=F("created_at"))
                    & ~Q(withdrawn_reason="")
                ),
                name="material_withdrawn_for_a_reason",
            ),
        ]
        indexes = [GinIndex(fields=["document"], name="material_document")]

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class MaterialSolution(models.Model):
    """An item is about a solution; one may be about several."""

    material = models.ForeignKey(Material, models.CASCADE, related_name="solutions")
    solution = models.ForeignKey(Solution, models.PROTECT, related_name="material")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["material", "solution"], name="material_once_per_solution"
            )
        ]

    def __str__(self) -> str:
        return f"{self.material_id} {self.solution_id}"


@pghistory.track()
class MaterialVersion(models.Model):
    """One version of an item. What it says is never changed: a mend is a new version."""

    material = models.ForeignKey(Material, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    # What is new in it, in a sentence that people read before they change over.
    note = models.CharField(max_length=600, blank=True)
    published_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True
    )
    published_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["material", "number"], name="material_version_number_once"
            ),
            models.UniqueConstraint(
                fields=["material"],
                condition=Q(replaced_at=None),
                name="material_has_one_current_version",
            ),
            models.CheckConstraint(
                condition=Q(replaced_at=None) | Q(replaced_at__gte=F("published_at")),
                name="material_version_replaced_after_published",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="material_versions_count_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.material_id} v{self.number}"


@pghistory.track(exclude=["words", "document"])
class MaterialText(models.Model):
    """What a version says in bokmål or in nynorsk: a file, a text, a link, or rows."""

    version = models.ForeignKey(MaterialVersion, models.PROTECT, related_name="texts")
    language = models.CharField(max_length=10)
    # Its own title in this form; empty when the item's serves.
    title = models.CharField(max_length=160, blank=True)
    content = models.CharField(max_length=10, choices=texts.content_choices)
    # Two versions may share a file: one language form often stays as it was.
    file = models.ForeignKey(
        File, models.PROTECT, related_name="material_texts", null=True, blank=True
    )
    body = models.TextField(max_length=30_000, blank=True)
    link = models.CharField(max_length=500, blank=True)
    # What can be searched for: the words found in the file, the text, or the rows.
    words = models.TextField(blank=True)
    reading = models.CharField(
        max_length=10, choices=texts.reading_choices, default=Reading.DONE.value
    )
    document = models.GeneratedField(
        expression=SearchVector("title", weight="A", config=CONFIG)
        + SearchVector("words", weight="D", config=CONFIG),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "language"], name="material_text_once_per_language"
            ),
            known_code("language", WRITTEN_FORMS, "material_text_language_is_known"),
            known_code("reading", Reading, "material_text_reading_is_known"),
            models.CheckConstraint(
                condition=(
                    Q(content=Content.FILE.value, file__isnull=False, body="", link="")
                    | (Q(content=Content.TEXT.value, file=None, link="") & ~Q(body=""))
                    | (Q(content=Content.LINK.value, file=None, body="") & ~Q(link=""))
                    | Q(content=Content.ROWS.value, file=None, body="", link="")
                ),
                name="material_text_says_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(link="") | Q(link__regex=r"^https?://"),
                name="material_text_link_is_a_page",
            ),
        ]
        indexes = [GinIndex(fields=["document"], name="material_text_document")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.language}"


class TemplateRow(models.Model):
    """One row of a template's version: the programme's text, which no later change touches."""

    text = models.ForeignKey(MaterialText, models.PROTECT, related_name="rows")
    # The same row through all versions and both language forms.
    key = models.CharField(max_length=40)
    position = models.PositiveIntegerField()
    section = models.CharField(max_length=200, blank=True)
    heading = models.CharField(max_length=200)
    body = models.TextField(max_length=4000, blank=True)
    suggestion = models.TextField(max_length=4000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["text", "key"], name="template_row_once_per_text"),
            models.UniqueConstraint(fields=["text", "position"], name="template_row_position_once"),
            models.CheckConstraint(condition=~Q(heading=""), name="template_row_has_a_heading"),
        ]
        triggers = [
            # What a municipality took a stand on must stay what it was.
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.text_id} {self.key}"


class MaterialUse(models.Model):
    """How often a version's text was downloaded or opened on a day: numbers, never who."""

    text = models.ForeignKey(MaterialText, models.CASCADE, related_name="uses")
    day = models.DateField()
    use = models.CharField(max_length=12, choices=texts.use_choices)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["text", "day", "use"], name="material_use_once_a_day"),
            known_code("use", Use, "material_use_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.text_id} {self.day} {self.use}"
