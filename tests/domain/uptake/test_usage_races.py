"""Two imports of the same periods at once: the second waits, and the sums are those of both."""

from datetime import date

import pytest

from samlop.uptake.models import IndicatorPeriod, Observation
from samlop.uptake.services import usage
from tests import factories as make
from tests.domain.municipalities.test_races import both, meet
from tests.domain.uptake.test_usage import AT, BY, csv_of, measured, read

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_imports_of_overlapping_periods(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in ("9001", "9002", "9003"):
        make.municipality(number=number)
    indicator, source = measured()
    first = read(source, csv_of([("9001", "2024-05", "10"), ("9002", "2024-05", "20")]))
    second = read(source, csv_of([("9002", "2024-05", "30"), ("9003", "2024-05", "40")]))
    for row in (first, second):
        usage.ask_to_take_in(usage_import=row, by=BY, at=AT)
    meet(monkeypatch, usage, "_next_place")

    refused = both(
        lambda: usage.take_in(import_id=first.pk, at=AT),
        lambda: usage.take_in(import_id=second.pk, at=AT),
    )

    assert refused == []
    standing = Observation.objects.known_at(None).filter(indicator=indicator)
    values = sorted(value for value in standing.values_list("value", flat=True) if value)
    assert values in ([10, 20, 40], [10, 30, 40])
    kept = IndicatorPeriod.objects.get(indicator=indicator, period_start=date(2024, 5, 1))
    assert (kept.measured, kept.total) == (3, sum(values))
    first.refresh_from_db()
    second.refresh_from_db()
    assert {first.taken_in_as, second.taken_in_as} == {1, 2}


def test_the_same_import_twice_at_once_is_taken_in_once(monkeypatch: pytest.MonkeyPatch) -> None:
    make.municipality(number="9001")
    _, source = measured()
    row = read(source, csv_of([("9001", "2024-05", "10")]))
    usage.ask_to_take_in(usage_import=row, by=BY, at=AT)
    meet(monkeypatch, usage, "_next_place")

    def take_in() -> None:
        usage.take_in(import_id=row.pk, at=AT)

    assert both(take_in, take_in) == []
    assert Observation.objects.count() == 1
    row.refresh_from_db()
    assert row.taken_in_as == 1
