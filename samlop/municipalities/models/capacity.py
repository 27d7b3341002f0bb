"""Room for more, blackout periods and the load ledger."""

from datetime import date
from typing import Self

import pghistory
from django.db import models
from django.db.models import Q

from samlop.db.columns import first_of_quarter, known_code
from samlop.db.periods import no_overlap, period_in_order, valid_on
from samlop.municipalities import texts
from samlop.municipalities.models.municipality import Municipality
from samlop.municipalities.rules.kinds import CapacityRole, LoadKind, Room


@pghistory.track()
class RoomAnswer(models.Model):
    """«Rom for nytt»: a municipality's own answer for one quarter."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="room_answers")
    quarter = models.DateField(help_text="First day of the quarter")
    room = models.CharField(max_length=10, choices=texts.room_choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "quarter"], name="room_answer_once_a_quarter"
            ),
            first_of_quarter("quarter", "room_answer_quarter_is_first_day"),
            known_code("room", Room, "room_answer_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.quarter} {self.room}"


@pghistory.track()
class CapacityHours(models.Model):
    """Hours of one role in one quarter, set by the municipality itself.

    Without such a row the hours are an estimate from the size class and the room answer.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="capacity_hours")
    quarter = models.DateField(help_text="First day of the quarter")
    role = models.CharField(max_length=20, choices=texts.capacity_role_choices)
    hours = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "quarter", "role"], name="capacity_hours_once"
            ),
            first_of_quarter("quarter", "capacity_hours_quarter_is_first_day"),
            known_code("role", CapacityRole, "capacity_hours_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.quarter} {self.role} {self.hours} h"


class BlackoutQuerySet(models.QuerySet["Blackout"]):
    def valid_on(self, day: date) -> Self:
        return self.filter(valid_on(day))


@pghistory.track()
class Blackout(models.Model):
    """A period in which nothing new suits the municipality, with its reason."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="blackouts")
    valid_from = models.DateField()
    valid_to = models.DateField()
    reason = models.CharField(max_length=200)

    objects = BlackoutQuerySet.as_manager()

    class Meta:
        constraints = [
            period_in_order("blackout_period_in_order"),
            no_overlap("blackout_once", ["municipality"]),
            models.CheckConstraint(condition=~Q(reason=""), name="blackout_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.valid_from}–{self.valid_to}"


class LoadEntryQuerySet(models.QuerySet["LoadEntry"]):
    def between(self, first: date, before: date) -> Self:
        return self.filter(quarter__gte=first, quarter__lt=before)


@pghistory.track()
class LoadEntry(models.Model):
    """Hours that something asks of one role in one municipality in one quarter.

    `source_key` names what asks («rollouts.participation.17»): the app that wrote the entry
    replaces or withdraws all entries of its key at once.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="load_entries")
    quarter = models.DateField(help_text="First day of the quarter")
    role = models.CharField(max_length=20, choices=texts.capacity_role_choices)
    hours = models.DecimalField(max_digits=7, decimal_places=1)
    kind = models.CharField(max_length=20, choices=texts.load_kind_choices)
    source_key = models.CharField(max_length=100)
    title = models.CharField(max_length=200)

    objects = LoadEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source_key", "municipality", "quarter", "role"], name="load_entry_once"
            ),
            first_of_quarter("quarter", "load_entry_quarter_is_first_day"),
            known_code("role", CapacityRole, "load_entry_role_is_known"),
            known_code("kind", LoadKind, "load_entry_kind_is_known"),
            models.CheckConstraint(condition=Q(hours__gt=0), name="load_entry_hours_are_positive"),
        ]
        indexes = [
            models.Index(fields=["municipality", "quarter"], name="load_entry_municipality"),
        ]

    def __str__(self) -> str:
        return f"{self.title}: {self.hours} h"
