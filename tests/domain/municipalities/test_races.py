"""Two people at once: the second waits until the first is done, and is then told.

Each service is called in two threads, with the rule (or the reading) it depends on replaced
by one that waits for its rival. With the lock the rival never arrives, and the wait runs out;
without it both meet, both see room, and the test fails every time.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from samlop.lib.actors import Machine
from samlop.lib.errors import Refused
from samlop.lib.quarters import Quarter
from samlop.municipalities.models import (
    Blackout,
    LoadEntry,
    Municipality,
    Region,
    RegionMembership,
    RoomAnswer,
    VendorProfile,
)
from samlop.municipalities.rules import capacity as capacity_rules
from samlop.municipalities.rules import regions as region_rules
from samlop.municipalities.rules import vendors as vendor_rules
from samlop.municipalities.rules.kinds import (
    CapacityRole,
    LoadKind,
    ProductKind,
    RegionKind,
    Room,
    ServiceArea,
)
from samlop.municipalities.services import capacity, load, regions, vendors
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2027, 3, 1)
QUARTER = Quarter(2027, 3)
BY = Machine("test")
PATIENCE = 0.3


def meet(monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> None:
    """Let whoever calls the function wait for a rival that calls it too, before it answers."""
    barrier = threading.Barrier(2)
    real = getattr(module, name)

    def waiting(*args: Any, **kwargs: Any) -> Any:
        answer = real(*args, **kwargs)
        try:
            barrier.wait(PATIENCE)
        except threading.BrokenBarrierError:
            barrier.reset()
        return answer

    monkeypatch.setattr(module, name, waiting)


def both(*calls: Callable[[], object]) -> list[str]:
    """Runs the calls at once; answers the sentences of those that were refused."""

    def run(call: Callable[[], object]) -> str | None:
        try:
            call()
        except Refused as refused:
            return str(refused)
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(calls)) as pool:
        return [sentence for sentence in pool.map(run, calls) if sentence]


def test_two_who_answer_the_same_quarter(monkeypatch: pytest.MonkeyPatch) -> None:
    here = make.municipality()
    meet(monkeypatch, RoomAnswer.objects, "filter")

    def answer(room: Room) -> None:
        capacity.answer_room(municipality=here, answers={QUARTER: room}, seen={}, by=BY, on=DAY)

    refused = both(lambda: answer(Room.SOME), lambda: answer(Room.FULL))

    assert len(refused) == 1
    assert "mens du fylte ut" in refused[0]
    assert RoomAnswer.objects.count() == 1


def test_two_who_block_the_same_weeks(monkeypatch: pytest.MonkeyPatch) -> None:
    here = make.municipality()
    meet(monkeypatch, capacity_rules, "first_overlap")

    def block(reason: str) -> None:
        capacity.add_blackout(
            municipality=here,
            starts_on=date(2027, 6, 1),
            ends_before=date(2027, 7, 1),
            reason=reason,
            by=BY,
            on=DAY,
        )

    refused = both(lambda: block("Valg"), lambda: block("Ferie"))

    assert len(refused) == 1
    assert "overlapper" in refused[0]
    assert Blackout.objects.count() == 1


def test_two_who_take_a_municipality_into_their_ehealth_groups(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = make.municipality()
    groups = [make.region(kind=RegionKind.EHEALTH_GROUP) for _ in range(2)]
    meet(monkeypatch, region_rules, "in_the_way")

    def add(group: Region) -> None:
        regions.add_member(region=group, municipality=here, valid_from=DAY, by=BY)

    refused = both(lambda: add(groups[0]), lambda: add(groups[1]))

    assert len(refused) == 1
    assert "bare være med i én slik gruppe" in refused[0]
    assert RegionMembership.objects.count() == 1


def test_a_region_that_ends_while_somebody_joins(monkeypatch: pytest.MonkeyPatch) -> None:
    here = make.municipality()
    region = make.region()
    meet(monkeypatch, region_rules, "refusal_of_membership")

    both(
        lambda: regions.add_member(region=region, municipality=here, valid_from=DAY, by=BY),
        lambda: regions.end_region(region=region, ends_on=date(2028, 1, 1), by=BY),
    )

    region.refresh_from_db()
    assert region.valid_to == date(2028, 1, 1)
    ends = set(RegionMembership.objects.values_list("valid_to", flat=True))
    assert ends <= {date(2028, 1, 1)}


def test_two_who_register_a_record_system(monkeypatch: pytest.MonkeyPatch) -> None:
    here = make.municipality()
    vendor = vendors.create_vendor(name="Journal AS", by=BY)
    products = [
        vendors.create_product(vendor=vendor, name=name, kind=ProductKind.RECORD_SYSTEM, by=BY)
        for name in ("Én", "To")
    ]
    meet(monkeypatch, vendor_rules, "take_into_use")

    def use(number: int) -> None:
        vendors.set_profile(
            municipality=here,
            service_area=ServiceArea.HOME_CARE,
            product=products[number],
            valid_from=DAY,
            by=BY,
        )

    refused = both(lambda: use(0), lambda: use(1))

    assert len(refused) == 1
    assert "registrert som journalsystem fra" in refused[0]
    assert VendorProfile.objects.count() == 1


def test_two_who_write_the_same_key_leave_one_of_the_two_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places = [make.municipality() for _ in range(3)]
    meet(monkeypatch, load, "_stored")

    def write(*of: Municipality) -> None:
        load.write(
            source_key="rollouts.participation.17",
            kind=LoadKind.ROLLOUT,
            title="Kjernejournal",
            entries=[
                load.Entry(
                    municipality_id=one.pk,
                    quarter=QUARTER,
                    role=CapacityRole.IT,
                    hours=Decimal(len(of)),
                )
                for one in of
            ],
            by=BY,
        )

    both(lambda: write(places[0], places[1]), lambda: write(places[2]))

    left = set(LoadEntry.objects.values_list("municipality_id", flat=True))
    assert left in ({places[0].pk, places[1].pk}, {places[2].pk})


def test_two_who_make_a_region_of_the_same_name(monkeypatch: pytest.MonkeyPatch) -> None:
    meet(monkeypatch, regions, "_require_free_name")

    def create() -> None:
        regions.create_region(
            kind=RegionKind.IKT_COOPERATION, name="Hedmark IKT", valid_from=DAY, by=BY
        )

    refused = both(create, create)

    assert len(refused) == 1
    assert "finnes allerede" in refused[0]
    assert Region.objects.count() == 1
