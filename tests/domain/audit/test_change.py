"""A change is one transaction whose history carries intent, person and reason."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import ProgrammingError, transaction
from django.db.models import Model, QuerySet

from samlop.accounts.models import Person
from samlop.audit.models import Event
from samlop.audit.services import NothingRecorded, change, request_scope
from samlop.lib.actors import Machine
from samlop.municipalities.models import Vendor

pytestmark = pytest.mark.django_db


def history(row: Model) -> QuerySet[Any]:
    """The rows that the triggers wrote about it."""
    return row.events.all()  # type: ignore[attr-defined, no-any-return]


@pytest.fixture
def person() -> Person:
    return Person.objects.create(name="Kari", email="kari@example.invalid")


def test_row_history_carries_the_intent_the_person_and_the_request(person: Person) -> None:
    request_id = uuid4()
    with (
        request_scope(request_id),
        change("municipalities.vendor.added", by=person, reason="ny avtale") as record,
    ):
        vendor = Vendor.objects.create(slug="v", name="V")
        record(vendor, details={"name": "V"})

    written = history(vendor).get()
    assert written.pgh_context.metadata == {
        "intent": "municipalities.vendor.added",
        "person": person.pk,
        "as": "person",
        "reason": "ny avtale",
        "request": str(request_id),
    }
    event = Event.objects.about(vendor).get()
    assert (event.actor_id, event.reason, event.request_id) == (person.pk, "ny avtale", request_id)


def test_two_changes_of_one_request_keep_their_own_intents(person: Person) -> None:
    with request_scope(uuid4()):
        for slug in ("a", "b"):
            with change(f"municipalities.vendor.{slug}", by=person) as record:
                record(Vendor.objects.create(slug=slug, name=slug))

    intents = {
        vendor.slug: history(vendor).get().pgh_context.metadata["intent"]
        for vendor in Vendor.objects.all()
    }
    assert intents == {"a": "municipalities.vendor.a", "b": "municipalities.vendor.b"}


def test_a_change_inside_a_change_keeps_the_outer_intent_and_has_its_own_event() -> None:
    by = Machine("tests")
    with change("outer.change", by=by) as outer:
        with change("inner.change", by=by) as inner:
            vendor = Vendor.objects.create(slug="v", name="V")
            inner(vendor)
        outer(vendor)

    assert history(vendor).get().pgh_context.metadata["intent"] == "outer.change"
    assert set(Event.objects.values_list("code", flat=True)) == {"outer.change", "inner.change"}


def test_a_change_that_fails_leaves_neither_row_nor_event() -> None:
    def fail() -> None:
        with change("a.b", by=Machine("tests")) as record:
            record(Vendor.objects.create(slug="v", name="V"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert not Vendor.objects.exists()
    assert not Event.objects.exists()


def test_a_change_that_records_nothing_is_undone() -> None:
    with pytest.raises(NothingRecorded), change("a.b", by=Machine("tests")):
        Vendor.objects.create(slug="v", name="V")

    assert not Vendor.objects.exists()


@pytest.mark.parametrize("table", ["event", "row history"])
@pytest.mark.parametrize("how", ["update", "delete"])
def test_the_database_refuses_to_change_what_happened(table: str, how: str) -> None:
    with change("a.b", by=Machine("tests")) as record:
        vendor = Vendor.objects.create(slug="v", name="V")
        record(vendor)
    rows = Event.objects.all() if table == "event" else history(vendor)
    column = "code" if table == "event" else "name"

    with (
        pytest.raises(ProgrammingError, match="Cannot update or delete rows"),
        transaction.atomic(),
    ):
        rows.update(**{column: "x.y"}) if how == "update" else rows._raw_delete(rows.db)


def test_deleting_a_row_leaves_its_history() -> None:
    vendor = Vendor.objects.create(slug="v", name="V")
    rows = history(vendor).model.objects
    vendor.delete()

    assert list(rows.order_by("pgh_id").values_list("pgh_label", "name")) == [
        ("insert", "V"),
        ("delete", "V"),
    ]
