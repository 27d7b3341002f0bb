"""The example's frozen measurements have the figures of the report, and come out the same again."""

from datetime import date

import pytest

from samlop.example.portfolio import solutions
from samlop.example.uptake import ledger as example
from samlop.example.uptake import stages
from samlop.lib.actors import Machine
from samlop.uptake.models import LedgerEntry
from samlop.uptake.queries import ledger as queries
from samlop.uptake.rules.ledger import LedgerBase, LedgerMeasure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("norway")]

BY = Machine("Eksempel")
TODAY = date(2026, 11, 22)


def test_the_figures_of_the_report_are_frozen_and_can_be_made_again() -> None:
    solutions.load(by=BY, on=TODAY)
    stages.load(by=BY, on=TODAY)
    assert example.load(by=BY, on=TODAY) == len(example.MEASURED)
    assert example.load(by=BY, on=TODAY) == 0
    counted = {
        (row.slug, row.measured_on, share.measure): (share.count, share.of)
        for row in map(queries.read, queries.entries())
        for share in row.shares
        if share.base is LedgerBase.MUNICIPALITIES
    }
    made_available = LedgerMeasure.MADE_AVAILABLE
    assert counted["kjernejournal", date(2023, 11, 1), made_available] == (263, 356)
    assert counted["kjernejournal", date(2026, 6, 30), made_available] == (264, 357)
    assert counted["digihelsestasjon", date(2024, 1, 31), LedgerMeasure.IN_USE] == (160, 357)
    for entry in LedgerEntry.objects.select_related("offer"):
        assert queries.check(entry).is_same
        assert (example.REMARK in entry.content) is (entry.slug == "kjernejournal")
