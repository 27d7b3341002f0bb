"""Measurements that were frozen, and a municipality's remark to them."""

from datetime import UTC, date, datetime, time
from typing import Final

from django.db import transaction

from samlop.example.people import MUNICIPALITY
from samlop.lib.actors import Actor
from samlop.municipalities.models import Municipality
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import Area
from samlop.uptake.models import LedgerEntry
from samlop.uptake.services import ledger

# Solution, area, the day it was measured for, and the day it was frozen.
MEASURED: Final = (
    ("kjernejournal", Area.NURSING_HOME, date(2023, 11, 1), date(2024, 2, 16)),
    ("digihelsestasjon", Area.CHILD_HEALTH, date(2024, 1, 31), date(2024, 3, 1)),
    ("kjernejournal", Area.NURSING_HOME, date(2026, 6, 30), date(2026, 8, 20)),
)
REMARKED_ON: Final = date(2024, 1, 8)
REMARK: Final = "Satt opp på ett av to sykehjem. Resten venter på ny journalversjon."


def load(*, by: Actor, on: date) -> int:
    """Freeze what had been measured by the day, if nothing is; returns how many measurements."""
    if LedgerEntry.objects.exists():
        return 0
    offers = {
        (offer.solution.slug, Area(offer.area)): offer
        for offer in Offer.objects.select_related("solution")
    }
    wanted = [one for one in MEASURED if one[:2] in offers and one[3] <= on]
    if not wanted:
        return 0
    # All or nothing: a start that is stopped in between is to be done again.
    with transaction.atomic():
        slug, area, *_ = wanted[0]
        ledger.remark(
            offer=offers[slug, area],
            municipality=Municipality.objects.get(codes__number=MUNICIPALITY, codes__valid_to=None),
            words=REMARK,
            by=by,
            at=_at(REMARKED_ON),
        )
        for slug, area, measured_on, frozen_on in wanted:
            ledger.freeze(
                offer=offers[slug, area],
                measured_on=measured_on,
                by=by,
                on=frozen_on,
                at=_at(frozen_on),
            )
    return len(wanted)


def _at(day: date) -> datetime:
    return datetime.combine(day, time(9), tzinfo=UTC)
