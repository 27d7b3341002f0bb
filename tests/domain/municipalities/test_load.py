"""The load ledger: written as a whole per source key, withdrawn as a whole."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError

from samlop.audit.models import Event
from samlop.lib.actors import Machine
from samlop.lib.quarters import Quarter
from samlop.municipalities.models import LoadEntry, Municipality
from samlop.municipalities.rules.kinds import CapacityRole, LoadKind
from samlop.municipalities.services import load
from tests import factories as make

pytestmark = pytest.mark.django_db

Q3, Q4 = Quarter(2027, 3), Quarter(2027, 4)
IT, EPJ = CapacityRole.IT, CapacityRole.EPJ_MANAGER
KEY = "rollouts.participation.17"
BY = Machine("test")


def asks(
    of: Municipality, hours: float | str, *, role: CapacityRole = IT, quarter: Quarter = Q3
) -> load.Entry:
    return load.Entry(municipality_id=of.pk, quarter=quarter, role=role, hours=Decimal(str(hours)))


def write(*entries: load.Entry, key: str = KEY, title: str = "Kjernejournal") -> None:
    load.write(source_key=key, kind=LoadKind.ROLLOUT, title=title, entries=entries, by=BY)


def ledger(key: str = KEY) -> set[tuple[int, Quarter, str, Decimal]]:
    return {
        (row.municipality_id, Quarter.of(row.quarter), row.role, row.hours)
        for row in LoadEntry.objects.filter(source_key=key)
    }


def test_writing_replaces_all_entries_of_the_key_and_of_no_other() -> None:
    here, there = make.municipality(), make.municipality()
    write(asks(here, 5), asks(there, 7), asks(here, 3, quarter=Q4))
    write(asks(here, 9), key="other.key")

    write(asks(here, 6), asks(here, 2, role=EPJ))

    assert ledger() == {
        (here.pk, Q3, "it", Decimal(6)),
        (here.pk, Q3, "epj_manager", Decimal(2)),
    }
    assert ledger("other.key") == {(here.pk, Q3, "it", Decimal(9))}


def test_writing_the_same_again_touches_no_row_and_records_nothing() -> None:
    here = make.municipality()
    write(asks(here, 5))
    before = LoadEntry.objects.get().pk

    write(asks(here, 5))

    assert LoadEntry.objects.get().pk == before
    assert Event.objects.count() == 1


def test_a_new_title_changes_the_rows() -> None:
    here = make.municipality()
    write(asks(here, 5))

    write(asks(here, 5), title="Kjernejournal, pulje 2")

    assert LoadEntry.objects.get().title == "Kjernejournal, pulje 2"


def test_each_municipality_that_notices_gets_an_event_and_no_other() -> None:
    here, there, unchanged = (make.municipality() for _ in range(3))
    write(asks(here, 5), asks(unchanged, 1))

    write(asks(there, 5), asks(unchanged, 1))

    events = Event.objects.order_by("pk")[2:]
    assert [event.municipality_id for event in events] == [here.pk, there.pk]
    assert {event.code for event in events} == {"municipalities.load.written"}
    assert events[0].details == {"source_key": KEY, "title": "Kjernejournal"}


def test_hours_of_the_same_role_are_added_and_rounded_to_a_tenth() -> None:
    here = make.municipality()

    write(asks(here, "1.02"), asks(here, "1.03"), asks(here, "0.04", role=EPJ))

    assert ledger() == {(here.pk, Q3, "it", Decimal("2.1"))}


def test_withdrawing_takes_out_the_key_and_records_it_once() -> None:
    here = make.municipality()
    write(asks(here, 5))
    write(asks(here, 9), key="other.key")

    load.withdraw(source_key=KEY, by=BY, reason="Kommunen gikk ut av puljen")
    load.withdraw(source_key=KEY, by=BY)

    assert ledger() == set()
    assert len(ledger("other.key")) == 1
    event = Event.objects.get(code="municipalities.load.withdrawn")
    assert (event.municipality_id, event.reason) == (here.pk, "Kommunen gikk ut av puljen")


def test_negative_hours_and_missing_names_are_faults() -> None:
    here = make.municipality()
    with pytest.raises(ValueError, match="negative"):
        write(asks(here, -1))
    with pytest.raises(ValueError, match="source key"):
        write(asks(here, 1), key="")
    with pytest.raises(ValueError, match="title"):
        write(asks(here, 1), title="")


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({}, "load_entry_once"),
        ({"source_key": "b", "quarter": date(2027, 8, 1)}, "load_entry_quarter_is_first_day"),
        ({"source_key": "b", "role": "boss"}, "load_entry_role_is_known"),
        ({"source_key": "b", "kind": "party"}, "load_entry_kind_is_known"),
        ({"source_key": "b", "hours": 0}, "load_entry_hours_are_positive"),
    ],
)
def test_the_database_refuses_an_entry(values: dict[str, object], constraint: str) -> None:
    sound = {
        "municipality": make.municipality(),
        "quarter": Q3.starts_on,
        "role": "it",
        "hours": 1,
        "kind": "rollout",
        "source_key": "a",
        "title": "Kjernejournal",
    }
    LoadEntry.objects.create(**sound)
    with pytest.raises(IntegrityError, match=constraint):
        LoadEntry.objects.create(**{**sound, **values})
