"""Municipalities that endure, and the codes and names they carry in a period."""

from datetime import date
from typing import Self

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q

from samlop.db.columns import known_code
from samlop.db.periods import no_overlap, period_in_order, valid_on
from samlop.db.text_keys import SearchKey, SortKey
from samlop.municipalities import texts
from samlop.municipalities.rules.kinds import ChangeKind, LanguageForm, PointKind


class MunicipalityQuerySet(models.QuerySet["Municipality"]):
    def existing_on(self, day: date) -> Self:
        return self.filter(
            models.Exists(
                MunicipalityCode.objects.filter(municipality=models.OuterRef("pk")).valid_on(day)
            )
        )


@pghistory.track()
class Municipality(models.Model):
    """A municipality through its changes of number and name.

    It ends when it is merged into another number or divided; a new number alone (renumbered)
    does not end it. Facts here are the newest known; what has dates lies in other tables.
    """

    organisation_number = models.CharField(max_length=9, null=True, blank=True, unique=True)
    kostra_group = models.CharField(max_length=20, blank=True)
    postmottak = models.EmailField(blank=True)
    website = models.CharField(max_length=200, blank=True)
    administrative_centre = models.CharField(max_length=100, blank=True)
    language_form = models.CharField(
        max_length=10, choices=texts.language_form_choices, default=LanguageForm.NEUTRAL.value
    )
    area_km2 = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    centrality = models.PositiveSmallIntegerField(null=True, blank=True)
    centrality_index = models.PositiveSmallIntegerField(null=True, blank=True)
    latitude = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    longitude = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    point_kind = models.CharField(
        max_length=20, choices=texts.point_kind_choices, null=True, blank=True
    )

    objects = MunicipalityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation_number=None) | Q(organisation_number__regex=r"^\d{9}$"),
                name="municipality_organisation_number_is_nine_digits",
            ),
            known_code("language_form", LanguageForm, "municipality_language_form_is_known"),
            models.CheckConstraint(
                condition=Q(point_kind=None)
                | Q(point_kind__in=sorted(kind.value for kind in PointKind)),
                name="municipality_point_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(centrality=None) | Q(centrality__range=(1, 6)),
                name="municipality_centrality_is_one_to_six",
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None, point_kind=None)
                | Q(latitude__isnull=False, longitude__isnull=False, point_kind__isnull=False),
                name="municipality_point_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"Municipality {self.pk}"


class MunicipalityCodeQuerySet(models.QuerySet["MunicipalityCode"]):
    def valid_on(self, day: date) -> Self:
        return self.filter(valid_on(day))

    def in_norwegian_order(self) -> Self:
        return self.order_by(SortKey("name"), "number", "pk")


@pghistory.track(exclude=["search_key"])
class MunicipalityCode(models.Model):
    """The number and official name a municipality has in a period.

    A change of name alone starts a new row with the same number. The first day Samløp knows
    is 2017-01-01: older periods begin there.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="codes")
    number = models.CharField(max_length=4)
    name = models.CharField(max_length=100)
    # Tells namesakes apart: «Herøy (Nordland)»; equal to the name for all others.
    qualified_name = models.CharField(max_length=120)
    official_name = models.CharField(max_length=120)
    # Stored, because a search compares it with every name there ever was while somebody types.
    search_key = models.GeneratedField(
        expression=SearchKey("official_name"),
        output_field=models.CharField(max_length=240),
        db_persist=True,
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects = MunicipalityCodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(number__regex=r"^\d{4}$"), name="municipality_code_is_four_digits"
            ),
            period_in_order("municipality_code_period_in_order"),
            no_overlap("municipality_code_means_one", ["number"]),
            no_overlap("municipality_has_one_code", ["municipality"]),
        ]
        indexes = [
            GinIndex(
                OpClass(SearchKey("official_name"), name="gin_trgm_ops"),
                name="municipality_code_search",
            ),
            models.Index(fields=["number", "valid_from"], name="municipality_code_number"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


@pghistory.track()
class MunicipalityName(models.Model):
    """A municipality's name in one more language, as officially adopted."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="names")
    # ISO 639: nb, se (Northern Sámi), smj (Lule), sma (Southern), fkv (Kven).
    language = models.CharField(max_length=3)
    name = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "language", "name"], name="municipality_name_once"
            ),
            models.CheckConstraint(
                condition=Q(language__in=["fkv", "nb", "se", "sma", "smj"]),
                name="municipality_name_language_is_known",
            ),
        ]
        indexes = [
            GinIndex(
                OpClass(SearchKey("name"), name="gin_trgm_ops"), name="municipality_name_search"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"


@pghistory.track()
class Population(models.Model):
    """Inhabitants of a municipality on a day, as counted by Statistics Norway."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="populations")
    counted_on = models.DateField()
    inhabitants = models.PositiveIntegerField()
    source = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "counted_on"], name="population_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inhabitants} on {self.counted_on}"


@pghistory.track()
class CodeChange(models.Model):
    """One line of the official change list: what became of a number on a day.

    A divided municipality has several lines, and so has one that several were merged into.
    """

    old_number = models.CharField(max_length=4)
    new_number = models.CharField(max_length=4)
    happened_on = models.DateField()
    kind = models.CharField(max_length=10, choices=texts.change_kind_choices)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["old_number", "new_number", "happened_on"], name="code_change_once"
            ),
            known_code("kind", ChangeKind, "code_change_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.old_number} → {self.new_number} on {self.happened_on}"


@pghistory.track()
class SuccessorFact(models.Model):
    """A sourced answer that wins over the chain of changes.

    1504 Ålesund went through 1507, which was divided: the chain alone gives two successors,
    the statistics of municipal time series knows one.
    """

    old_number = models.CharField(max_length=4)
    new_number = models.CharField(max_length=4)
    holds_from = models.DateField()
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["old_number", "holds_from"], name="successor_fact_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old_number} → {self.new_number} from {self.holds_from}"


@pghistory.track()
class Boundary(models.Model):
    """A municipality's outline as ready SVG path data, computed once when imported.

    Integer coordinates in the shared view box of `rules.boundaries`.
    """

    municipality = models.OneToOneField(Municipality, models.PROTECT, related_name="boundary")
    path = models.TextField()
    source = models.CharField(max_length=200)
    imported_on = models.DateField()

    def __str__(self) -> str:
        return f"Boundary of {self.municipality_id}"
