"""Freezing how widely an offer is introduced, and making the same file again."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from pytest_django import DjangoAssertNumQueries

from samlop.audit.models import Event
from samlop.lib.actors import Machine
from samlop.municipalities.models import Municipality, MunicipalityCode, Population
from samlop.portfolio.models import Offer
from samlop.uptake.models import LedgerEntry, LedgerPlace, LedgerRemark, StageDefinition, StageEvent
from samlop.uptake.queries import ledger as queries
from samlop.uptake.queries.ledger import Check, Frozen
from samlop.uptake.rules.ledger import LedgerBase, LedgerMeasure, LedgerRefusal
from samlop.uptake.rules.stages import REPLY_DAYS, Source, Stage
from samlop.uptake.services import ledger as services
from samlop.uptake.services.ledger import CannotKeepLedger
from tests import factories as make

pytestmark = pytest.mark.django_db

BY = Machine("Koordineringsgruppen")
TODAY = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
SPRING = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def offer() -> Offer:
    made = make.offer()
    for stage in (Stage.TECHNICALLY_INTRODUCED, Stage.IN_USE):
        define(made, stage)
    return made


def define(offer: Offer, stage: Stage, version: int = 1, at: datetime = SPRING) -> None:
    StageDefinition.objects.create(
        solution=offer.solution,
        stage=stage.value,
        version=version,
        words=f"Versjon {version}.",
        valid_from=date(2020, 1, 1),
        published_at=at,
    )


def municipality(number: str, inhabitants: int) -> Municipality:
    made = make.municipality(number=number)
    Population.objects.create(
        municipality=made, counted_on=date(2026, 1, 1), inhabitants=inhabitants
    )
    return made


def said(
    offer: Offer,
    municipality: Municipality,
    stage: Stage,
    *,
    source: Source = Source.MUNICIPALITY,
    at: datetime = SPRING,
) -> StageEvent:
    return StageEvent.objects.create(
        offer=offer,
        municipality=municipality,
        stage=stage.value,
        happened_on=date(2026, 2, 1),
        source=source.value,
        recorded_at=at,
    )


def freeze(offer: Offer, at: datetime = AT, measured_on: date = TODAY) -> LedgerEntry:
    return services.freeze(offer=offer, measured_on=measured_on, by=BY, on=TODAY, at=at)


def refused(offer: Offer, measured_on: date = TODAY) -> LedgerRefusal:
    with pytest.raises(CannotKeepLedger) as error:
        freeze(offer, measured_on=measured_on)
    return error.value.refusal


def content(entry: LedgerEntry) -> dict[str, object]:
    found: dict[str, object] = json.loads(entry.content)
    return found


def newest() -> Frozen:
    return queries.read(queries.entries()[0])


def test_a_measurement_counts_what_is_agreed(offer: Offer) -> None:
    large, small = municipality("9001", 700), municipality("9002", 60)
    municipality("9003", 40)
    said(offer, large, Stage.IN_USE)
    said(offer, small, Stage.TECHNICALLY_INTRODUCED)
    freeze(offer)
    row = queries.read(queries.entries().get())
    assert {(one.measure, one.base): (one.count, one.of) for one in row.shares} == {
        (LedgerMeasure.MADE_AVAILABLE, LedgerBase.MUNICIPALITIES): (2, 3),
        (LedgerMeasure.MADE_AVAILABLE, LedgerBase.INHABITANTS): (760, 800),
        (LedgerMeasure.MADE_AVAILABLE, LedgerBase.POSSIBLE): (2, 2),
        (LedgerMeasure.IN_USE, LedgerBase.MUNICIPALITIES): (1, 3),
        (LedgerMeasure.IN_USE, LedgerBase.INHABITANTS): (700, 800),
        (LedgerMeasure.IN_USE, LedgerBase.POSSIBLE): (1, 2),
    }
    assert Event.objects.get(code="uptake.ledger.frozen").details["sha256"] == row.sha256


def test_what_a_municipality_may_still_answer_is_not_counted(offer: Offer) -> None:
    there = municipality("9001", 700)
    told = AT - timedelta(days=REPLY_DAYS - 1)
    said(offer, there, Stage.TECHNICALLY_INTRODUCED, source=Source.VENDOR, at=told)
    entry = freeze(offer)
    assert content(entry)["await_reply"] == 1
    assert newest().shares[0].count == 0
    freeze(offer, at=AT + timedelta(days=2))
    assert newest().shares[0].count == 1


def test_the_same_bytes_come_again_whatever_is_said_later(offer: Offer) -> None:
    there, other = municipality("9001", 700), municipality("9002", 60)
    event = said(offer, there, Stage.IN_USE)
    remark = services.remark(
        offer=offer, municipality=there, words="Bare i én avdeling.", by=BY, at=SPRING
    )
    entry = freeze(offer)
    assert "Bare i én avdeling." in entry.content
    later = AT + timedelta(days=1)
    said(offer, other, Stage.IN_USE, at=later)
    StageEvent.objects.filter(pk=event.pk).update(withdrawn_at=later)
    services.withdraw_remark(remark=remark, by=BY, at=later)
    define(offer, Stage.IN_USE, version=2, at=later)
    Population.objects.filter(municipality=there).update(inhabitants=1)
    MunicipalityCode.objects.filter(municipality=there).update(qualified_name="Et annet navn")
    type(offer.solution).objects.filter(pk=offer.solution_id).update(name="Et annet navn")
    entry = LedgerEntry.objects.get(pk=entry.pk)
    assert queries.again(entry).decode() == entry.content
    assert queries.check(entry) == Check(entry.sha256, is_same=True)
    newer = freeze(offer, at=later + timedelta(days=1))
    assert newer.sha256 != entry.sha256


def test_a_word_that_is_being_written_is_not_in_the_measurement(offer: Offer) -> None:
    there, other = municipality("9001", 700), municipality("9002", 60)
    said(offer, there, Stage.IN_USE)
    entry = freeze(offer)
    # Its request began before the freezing and ended after it.
    said(offer, other, Stage.IN_USE, at=AT - timedelta(minutes=2))
    assert queries.again(entry).decode() == entry.content


def test_a_day_gone_by_is_measured_as_it_was(offer: Offer) -> None:
    said(offer, municipality("9001", 700), Stage.IN_USE)
    freeze(offer, measured_on=date(2026, 2, 1))
    assert newest().shares[0].count == 1
    assert refused(offer, date(2026, 1, 31)) is LedgerRefusal.NOTHING_SAID


def test_a_measurement_is_refused_with_the_reason(offer: Offer) -> None:
    assert refused(offer) is LedgerRefusal.NOTHING_SAID
    assert refused(offer, TODAY + timedelta(days=1)) is LedgerRefusal.IN_THE_FUTURE
    there = municipality("9001", 700)
    said(offer, there, Stage.IN_USE)
    undefined = make.offer()
    said(undefined, there, Stage.IN_USE)
    assert refused(undefined) is LedgerRefusal.NO_DEFINITION
    freeze(offer)
    assert refused(offer) is LedgerRefusal.ALREADY_FROZEN
    assert LedgerEntry.objects.count() == 1


def test_a_new_remark_takes_the_place_of_the_old(offer: Offer) -> None:
    there = municipality("9001", 700)
    services.remark(offer=offer, municipality=there, words="Først.", by=BY, at=SPRING)
    last = services.remark(offer=offer, municipality=there, words=" Så  dette.", by=BY, at=AT)
    assert [row.words for row in LedgerRemark.objects.known_at(None)] == ["Så dette."]
    assert [row.words for row in LedgerRemark.objects.known_at(SPRING)] == ["Først."]
    for words, refusal in (("Så dette.", LedgerRefusal.SAME_WORDS), (" ", LedgerRefusal.NO_WORDS)):
        with pytest.raises(CannotKeepLedger) as error:
            services.remark(offer=offer, municipality=there, words=words, by=BY, at=AT)
        assert error.value.refusal is refusal
    services.withdraw_remark(remark=last, by=BY, at=AT)
    with pytest.raises(CannotKeepLedger) as error:
        services.withdraw_remark(remark=last, by=BY, at=AT)
    assert error.value.refusal is LedgerRefusal.ALREADY_WITHDRAWN
    codes = Event.objects.filter(municipality_id=there.pk).values_list("code", flat=True)
    assert set(codes) == {"uptake.ledger.remarked", "uptake.ledger.remark_withdrawn"}


def test_a_file_that_does_not_come_out_the_same_is_found(offer: Offer) -> None:
    there = municipality("9001", 700)
    said(offer, there, Stage.IN_USE)
    entry = freeze(offer)
    # As if somebody had gone around the rules and written into the past.
    said(offer, municipality("9002", 60), Stage.IN_USE)
    LedgerPlace.objects.create(
        entry=entry, municipality=Municipality.objects.exclude(pk=there.pk).get(), number="9002"
    )
    found = queries.check(entry)
    assert not found.is_same
    assert found.sha256 != entry.sha256


def test_a_frozen_measurement_cannot_be_changed_or_deleted(offer: Offer) -> None:
    said(offer, municipality("9001", 700), Stage.IN_USE)
    entry = freeze(offer)
    for change in (
        lambda: LedgerEntry.objects.filter(pk=entry.pk).update(content=""),
        lambda: entry.places.all().delete(),
        lambda: entry.places.update(possible=True),
    ):
        with pytest.raises(DatabaseError, match="pgtrigger: Cannot"), transaction.atomic():
            change()


@pytest.mark.parametrize("municipalities", [1, 20])
def test_measuring_costs_the_same_for_few_and_many(
    offer: Offer, municipalities: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for index in range(municipalities):
        said(offer, municipality(f"9{index:03}", 100), Stage.IN_USE)
    entry = freeze(offer)
    offer = Offer.objects.select_related("solution").get(pk=offer.pk)
    with django_assert_num_queries(5):
        queries.places(offer, TODAY)
    entry = LedgerEntry.objects.select_related("offer").get(pk=entry.pk)
    with django_assert_num_queries(4):
        queries.again(entry)
