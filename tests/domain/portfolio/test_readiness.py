"""What is said of vendors' products: recorded, confirmed, taken back, and asked for."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.audit.models import Event
from samlop.lib.actors import Machine
from samlop.lib.errors import Refused
from samlop.messages.models import Message
from samlop.messages.services import writing
from samlop.municipalities.models import Product, Vendor
from samlop.municipalities.rules.kinds import ProductKind, ServiceArea
from samlop.portfolio import tasks
from samlop.portfolio.models import Offer, ReadinessEvent, ReadinessLink
from samlop.portfolio.queries import readiness as queries
from samlop.portfolio.rules import readiness as rules
from samlop.portfolio.rules.readiness import (
    Claim,
    Readiness,
    ReadinessRefusal,
    Slip,
    Standing,
    Teller,
)
from samlop.portfolio.rules.solutions import Area, SolutionKind
from samlop.portfolio.services import readiness as services
from samlop.portfolio.services import readiness_links as links
from samlop.portfolio.services.readiness import CannotState, Row, Statement
from tests import factories as make

pytestmark = pytest.mark.django_db

TODAY = date(2027, 3, 14)
AT = datetime(2027, 3, 14, 9, tzinfo=UTC)
SEPTEMBER = date(2027, 9, 1)
NEXT_YEAR = date(2028, 1, 15)
BY = Machine("tests")
PLANNED = Claim(state=Readiness.PLANNED, release_on=SEPTEMBER)
LATER = Claim(state=Readiness.PLANNED, release_on=NEXT_YEAR)
RELEASED = Claim(state=Readiness.RELEASED, version="7.2", release_on=date(2027, 2, 1))


@dataclass
class Field:
    offer: Offer
    product: Product
    vendor: Vendor


@pytest.fixture
def field() -> Field:
    product = make.product(name="Gerica")
    return Field(offer=make.offer(), product=product, vendor=product.vendor)


def newest(field: Field) -> int | None:
    row = ReadinessEvent.objects.known_at(None).newest_first().first()
    return row.pk if row else None


def say(
    field: Field,
    claim: Claim = PLANNED,
    *,
    reason: str = "",
    source: str = "",
    teller: Teller = Teller.VENDOR,
    on: date = TODAY,
    **more: Any,
) -> ReadinessEvent:
    return services.state(
        offer=field.offer,
        product=field.product,
        seen=more.pop("seen", newest(field)),
        claim=claim,
        teller=teller,
        source=source,
        reason=reason,
        by=BY,
        on=on,
        at=AT + (on - TODAY),
        **more,
    )


def refusal(call: Callable[[], object]) -> ReadinessRefusal:
    with pytest.raises(CannotState) as error:
        call()
    assert str(error.value)
    assert "%(" not in str(error.value)
    return error.value.refusal


# --- saying ---


def test_a_word_is_kept_and_told_of(field: Field) -> None:
    event = say(field, RELEASED, source=" Fra  leverandøren ")

    assert event.claim == RELEASED
    assert (event.source, event.told_on) == ("Fra leverandøren", TODAY)
    told = Event.objects.get(code="portfolio.readiness.stated")
    assert told.subject_id == event.pk
    assert told.details["product"] == "Gerica"
    assert told.details["was"] is None


def test_a_later_date_needs_a_reason_and_is_recorded_as_a_slip(field: Field) -> None:
    say(field)

    assert refusal(lambda: say(field, LATER)) is ReadinessRefusal.NO_REASON
    say(field, LATER, reason="Testen tar lengre tid.")

    told = Event.objects.filter(code="portfolio.readiness.stated").latest("pk")
    assert told.reason == "Testen tar lengre tid."
    assert told.details["slip"] == Slip.LATER
    assert told.details["was_on"] == "2027-09-01"


@pytest.mark.parametrize(
    ("claim", "teller", "expected"),
    [
        (Claim(state=Readiness.PLANNED), Teller.VENDOR, ReadinessRefusal.NO_DATE),
        (PLANNED, Teller.PROGRAMME, ReadinessRefusal.NO_SOURCE),
        (PLANNED, Teller.MUNICIPALITY, ReadinessRefusal.NO_SOURCE),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_saved(
    field: Field, claim: Claim, teller: Teller, expected: ReadinessRefusal
) -> None:
    assert refusal(lambda: say(field, claim, teller=teller)) is expected
    assert not ReadinessEvent.objects.exists()
    assert not Event.objects.exists()


def test_a_municipality_that_tells_is_named(field: Field) -> None:
    assert (
        refusal(lambda: say(field, PLANNED, teller=Teller.MUNICIPALITY, source="Møte"))
        is ReadinessRefusal.NO_MUNICIPALITY
    )
    here = make.municipality()
    event = say(field, PLANNED, teller=Teller.MUNICIPALITY, source="Møte", municipality=here)
    assert event.municipality == here


def test_a_joint_process_has_no_vendors(field: Field) -> None:
    field.offer = make.offer(solution=make.solution(kind=SolutionKind.JOINT_PROCESS))
    assert refusal(lambda: say(field)) is ReadinessRefusal.JOINT_PROCESS


def test_whoever_saw_an_older_word_is_told(field: Field) -> None:
    first = say(field)
    say(field, RELEASED)

    found = refusal(lambda: say(field, PLANNED, seen=first.pk, reason="Feil"))

    assert found is ReadinessRefusal.CHANGED_MEANWHILE
    assert ReadinessEvent.objects.count() == 2


def test_whoever_saw_no_word_is_told_of_the_one_there_is(field: Field) -> None:
    say(field)
    assert refusal(lambda: say(field, seen=None)) is ReadinessRefusal.CHANGED_MEANWHILE


def test_a_word_from_before_the_newest_is_refused(field: Field) -> None:
    say(field)
    yesterday = TODAY - timedelta(days=1)
    assert refusal(lambda: say(field, on=yesterday)) is ReadinessRefusal.OLDER_THAN_KNOWN


# --- confirming ---


def row(field: Field, seen: int | None) -> Row:
    return Row(offer=field.offer.pk, product=field.product.pk, seen=seen)


def test_to_confirm_is_to_say_the_same_anew(field: Field) -> None:
    first = say(field, teller=Teller.PROGRAMME, source="Prosjektplan")
    day = TODAY + timedelta(days=40)

    (event,) = services.confirm(rows=[row(field, first.pk)], by=BY, on=day, at=AT)

    assert event.claim == first.claim
    assert (event.told_by, event.told_on) == (Teller.VENDOR.value, day)
    assert Event.objects.filter(code="portfolio.readiness.confirmed").count() == 1


def test_what_has_passed_cannot_be_confirmed_and_then_nothing_is(field: Field) -> None:
    say(field)
    other = Field(field.offer, make.product(vendor=field.vendor), field.vendor)
    good = services.state(
        offer=other.offer,
        product=other.product,
        seen=None,
        claim=LATER,
        teller=Teller.VENDOR,
        by=BY,
        on=TODAY,
        at=AT,
    )
    old = ReadinessEvent.objects.get(product=field.product)
    late = SEPTEMBER + timedelta(days=1)

    found = refusal(
        lambda: services.confirm(
            rows=[row(other, good.pk), row(field, old.pk)],
            by=BY,
            on=late,
            at=AT,
        )
    )

    assert found is ReadinessRefusal.OUT_OF_DATE
    assert ReadinessEvent.objects.count() == 2


def test_nothing_to_confirm(field: Field) -> None:
    empty: list[Row] = []
    for rows in (empty, [row(field, None)]):
        found = refusal(
            lambda rows=rows: services.confirm(  # type: ignore[misc]
                rows=rows, by=BY, on=TODAY, at=AT
            )
        )
        assert found is ReadinessRefusal.NOTHING_TO_CONFIRM


# --- many at once ---


def statement(field: Field, claim: Claim, seen: int | None, reason: str = "") -> Statement:
    return Statement(row=row(field, seen), claim=claim, teller=Teller.VENDOR, reason=reason)


def state_all(field: Field, *statements: Statement) -> list[ReadinessEvent]:
    return services.state_all(vendor=field.vendor, statements=statements, by=BY, on=TODAY, at=AT)


def test_rows_of_a_file_are_said_or_confirmed(field: Field) -> None:
    first = say(field)
    other = Field(field.offer, make.product(vendor=field.vendor), field.vendor)

    state_all(field, statement(field, PLANNED, first.pk), statement(other, RELEASED, None))

    codes = Event.objects.order_by("pk").values_list("code", flat=True)
    assert list(codes)[1:] == ["portfolio.readiness.confirmed", "portfolio.readiness.stated"]


def test_one_bad_row_leaves_all_as_they_were(field: Field) -> None:
    first = say(field)
    other = Field(field.offer, make.product(vendor=field.vendor), field.vendor)

    found = refusal(
        lambda: state_all(
            field, statement(other, RELEASED, None), statement(field, LATER, first.pk)
        )
    )

    assert found is ReadinessRefusal.NO_REASON
    assert ReadinessEvent.objects.count() == 1


def test_a_vendor_speaks_of_its_own_products_only(field: Field) -> None:
    other = Field(field.offer, make.product(), field.vendor)
    assert (
        refusal(lambda: state_all(field, statement(other, PLANNED, None)))
        is ReadinessRefusal.OTHER_VENDOR
    )


# --- taking back ---


def test_what_is_taken_back_leaves_the_word_before_it(field: Field) -> None:
    say(field)
    wrong = say(field, LATER, reason="Trodde vi")

    services.withdraw(event=wrong, reason="Feil rad", by=BY, at=AT)

    assert queries.on(field.offer, TODAY)[field.product.pk].claim == PLANNED
    assert refusal(lambda: services.withdraw(event=wrong, reason="x", by=BY, at=AT)) is (
        ReadinessRefusal.ALREADY_WITHDRAWN
    )


def test_to_take_back_needs_a_reason(field: Field) -> None:
    event = say(field)
    assert (
        refusal(lambda: services.withdraw(event=event, reason="  ", by=BY, at=AT))
        is ReadinessRefusal.NO_REASON
    )


# --- what the database refuses ---


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"state": "rumoured"}, "readiness_state_is_known"),
        ({"told_by": "neighbour"}, "readiness_told_by_is_known"),
        ({"release_on": None}, "readiness_planned_has_date"),
        (
            {"state": "not_planned", "release_on": SEPTEMBER},
            "readiness_not_planned_has_no_date",
        ),
        (
            {"state": "released", "release_on": TODAY, "version": ""},
            "readiness_released_has_version_and_past_date",
        ),
        (
            {"state": "released", "release_on": SEPTEMBER, "version": "1"},
            "readiness_released_has_version_and_past_date",
        ),
        ({"told_by": "municipality"}, "readiness_municipality_when_it_tells"),
        (
            {"withdrawn_at": AT - timedelta(days=1)},
            "readiness_withdrawn_after_recorded",
        ),
    ],
)
def test_the_database_refuses(field: Field, changes: dict[str, Any], constraint: str) -> None:
    values: dict[str, Any] = {
        "offer": field.offer,
        "product": field.product,
        "state": "planned",
        "release_on": SEPTEMBER,
        "told_by": "vendor",
        "told_on": TODAY,
        "recorded_at": AT,
    }
    with pytest.raises(IntegrityError, match=constraint):
        ReadinessEvent.objects.create(**(values | changes))


def test_a_word_can_neither_be_changed_nor_deleted(field: Field) -> None:
    event = say(field)
    for change in (
        lambda: ReadinessEvent.objects.filter(pk=event.pk).update(release_on=NEXT_YEAR),
        lambda: ReadinessEvent.objects.filter(pk=event.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            change()


# --- asking as of a day ---


def test_a_row_is_told_as_it_was_on_the_day_and_as_it_was_known(field: Field) -> None:
    say(field)
    moved = say(field, LATER, reason="Senere", on=TODAY + timedelta(days=10))
    before = AT + timedelta(days=9)
    services.withdraw(event=moved, reason="Feil", by=BY, at=AT + timedelta(days=20))
    pk = field.product.pk

    assert queries.on(field.offer, TODAY - timedelta(days=1)) == {}
    assert queries.on(field.offer, TODAY)[pk].claim == PLANNED
    day = TODAY + timedelta(days=15)
    assert queries.on(field.offer, day)[pk].claim == PLANNED
    assert queries.on(field.offer, day, known_at=before)[pk].claim == PLANNED
    known_then = queries.on(field.offer, day, known_at=AT + timedelta(days=12))
    assert known_then[pk].claim == LATER


def test_coverage_follows_who_uses_what_that_day(
    field: Field, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    covered, waiting, other, moved = (make.municipality() for _ in range(4))
    make.use(municipality=covered, product=field.product)
    make.use(municipality=moved, product=field.product, valid_to=TODAY)
    later = make.product()
    make.use(municipality=waiting, product=later)
    # In a service area that the offer does not reach, and of a kind that does not matter.
    make.use(municipality=other, product=field.product, area=ServiceArea.CHILD_HEALTH)
    make.use(
        municipality=other, product=make.product(kind=ProductKind.OTHER), area=ServiceArea.HOME_CARE
    )
    make.readiness(offer=field.offer, product=field.product, state=Readiness.RELEASED)
    make.readiness(offer=field.offer, product=later, release_on=SEPTEMBER)

    with django_assert_num_queries(3):
        found = queries.coverage(field.offer, TODAY)

    assert found.covered == {covered.pk}
    assert found.waiting == {waiting.pk}
    assert found.unknown == {other.pk, moved.pk}
    assert found.expected == {waiting.pk: SEPTEMBER}
    assert found.blockers == {waiting.pk: (later.pk,)}
    before = queries.coverage(field.offer, TODAY - timedelta(days=1))
    assert before.covered == {covered.pk, moved.pk}


def test_a_fylkeskommunal_service_concerns_no_municipality() -> None:
    make.municipality()
    offer = make.offer(area=Area.DENTAL_CARE)
    assert queries.coverage(offer, TODAY).count == 0


def test_an_offer_for_all_of_health_and_care_reaches_every_area(field: Field) -> None:
    here = make.municipality()
    make.use(municipality=here, product=field.product, area=ServiceArea.EMERGENCY_CARE)
    offer = make.offer(area=Area.HEALTH_AND_CARE)
    make.readiness(offer=offer, product=field.product, state=Readiness.RELEASED)
    assert queries.coverage(offer, TODAY).standing(here.pk) is Standing.COVERED


def test_who_is_touched_by_a_slip(
    field: Field, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    offer = make.offer(area=Area.HEALTH_AND_CARE)
    ona = make.municipality(name="Øna")
    aby = make.municipality(name="Åby")
    gone = make.municipality()
    for here in (aby, ona):
        make.use(municipality=here, product=field.product)
    make.use(municipality=ona, product=field.product, area=ServiceArea.NURSING_HOME)
    make.use(municipality=gone, product=field.product, valid_to=TODAY)

    with django_assert_num_queries(1):
        found = queries.touched(offer, field.product, TODAY)

    assert [one.name for one in found] == ["Øna", "Åby"]
    assert found[0].areas == (ServiceArea.NURSING_HOME, ServiceArea.HOME_CARE)


def test_history_tells_what_is_new_and_what_only_confirms(field: Field) -> None:
    first = say(field)
    day = TODAY + timedelta(days=5)
    services.confirm(rows=[row(field, first.pk)], by=BY, on=day, at=AT)
    say(field, LATER, reason="Senere", on=day + timedelta(days=5))

    moved, confirmed, told = queries.history(field.offer.pk, field.product.pk)

    assert (moved.slip, moved.days_later) == (Slip.LATER, 136)
    assert confirmed.is_confirmation
    assert not told.is_confirmation


# --- asking the vendor ---


def spokesperson(vendor: Vendor) -> Person:
    person = make.person()
    Membership.objects.create(
        person=person, role=Role.VENDOR.value, vendor=vendor, valid_from=date(2024, 1, 1)
    )
    return person


def test_own_rows_tell_which_the_vendor_has_not_spoken_of(
    field: Field, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make.readiness(
        offer=field.offer,
        product=field.product,
        release_on=SEPTEMBER,
        teller=Teller.PROGRAMME,
        told_on=TODAY,
    )
    other = make.product(vendor=field.vendor, name="Akson")
    make.readiness(offer=field.offer, product=other, state=Readiness.RELEASED)

    with django_assert_num_queries(2):
        rows = queries.own_rows(field.vendor.pk, TODAY)

    assert [one.state.product.name for one in rows] == ["Akson", "Gerica"]
    assert [one.awaits_vendor(TODAY) for one in rows] == [False, True]
    assert queries.vendors_awaited(TODAY) == {field.vendor.pk}


def test_each_of_the_vendors_people_gets_a_link_of_her_own(field: Field) -> None:
    say(field)
    people = {spokesperson(field.vendor), spokesperson(field.vendor)}
    spokesperson(make.product().vendor)

    made = links.ask(vendor=field.vendor, by=BY, on=TODAY, at=AT)

    assert {link.person for link in made} == people
    assert Message.objects.filter(kind=links.ASKED).count() == 2
    assert Event.objects.filter(code="portfolio.readiness.asked").count() == 1


def test_the_mail_holds_a_link_that_opens_for_thirty_days_and_until_revoked(field: Field) -> None:
    say(field)
    spokesperson(field.vendor)
    (link,) = links.ask(vendor=field.vendor, by=BY, on=TODAY, at=AT)
    token = links.token(link)

    mail = writing.mail(Message.objects.get(kind=links.ASKED))

    assert mail is not None
    assert mail.address.endswith(f"/leverandorstatus/{token}/")
    assert field.offer.solution.name in " ".join(mail.paragraphs)
    assert links.opened(token, at=AT) == link
    assert links.opened(token, at=AT + timedelta(days=29)) == link
    assert links.opened(token, at=AT + timedelta(days=30)) is None
    assert links.opened(f"{token[:-1]}{'A' if token[-1] != 'A' else 'B'}", at=AT) is None
    assert links.opened("1", at=AT) is None
    assert links.opened("", at=AT) is None

    assert links.revoke(links=[link], by=BY, at=AT) == 1

    assert links.opened(token, at=AT) is None
    assert writing.mail(Message.objects.get(kind=links.ASKED)) is None
    assert refusal(lambda: links.revoke(links=[link], by=BY, at=AT)) is (
        ReadinessRefusal.TOO_LATE_TO_REVOKE
    )


def test_a_vendor_is_not_asked_again_within_a_week(field: Field) -> None:
    say(field)
    spokesperson(field.vendor)

    def ask(days: int) -> object:
        return links.ask(vendor=field.vendor, by=BY, on=TODAY, at=AT + timedelta(days=days))

    ask(0)
    assert refusal(lambda: ask(6)) is ReadinessRefusal.ASKED_JUST_NOW
    ask(7)
    assert ReadinessLink.objects.count() == 2


def test_nobody_to_ask_and_nothing_to_ask_about(field: Field) -> None:
    def ask() -> object:
        return links.ask(vendor=field.vendor, by=BY, on=TODAY, at=AT)

    assert refusal(ask) is ReadinessRefusal.NOBODY_TO_ASK
    spokesperson(field.vendor)
    assert refusal(ask) is ReadinessRefusal.NOTHING_TO_ASK


def test_the_months_question_goes_to_those_who_have_something_to_confirm(field: Field) -> None:
    other = make.product()
    silent = Field(field.offer, other, other.vendor)
    for one in (field, silent):
        make.readiness(
            offer=one.offer, product=one.product, release_on=SEPTEMBER, told_on=date(2027, 1, 5)
        )
    done = make.product()
    make.readiness(offer=field.offer, product=done, state=Readiness.RELEASED)
    for vendor in (field.vendor, done.vendor):
        spokesperson(vendor)

    assert links.ask_monthly(on=TODAY, at=AT) == 1
    assert links.ask_monthly(on=TODAY, at=AT + timedelta(days=1)) == 0

    link = ReadinessLink.objects.get()
    assert (link.vendor, link.asked_by) == (field.vendor, None)


def test_the_worker_asks_by_itself(field: Field) -> None:
    make.readiness(offer=field.offer, product=field.product, release_on=date(2099, 1, 1))
    spokesperson(field.vendor)

    tasks.ask_vendors(0)
    tasks.ask_vendors(0)

    assert ReadinessLink.objects.count() == 1


# --- two at once ---


@pytest.mark.django_db(transaction=True)
def test_two_who_say_different_things_of_the_same_row(monkeypatch: pytest.MonkeyPatch) -> None:
    product = make.product()
    field = Field(make.offer(), product, product.vendor)
    barrier = threading.Barrier(2)
    real = rules.slip

    def waiting(before: Claim | None, after: Claim) -> Slip | None:
        try:
            barrier.wait(0.3)
        except threading.BrokenBarrierError:
            barrier.reset()
        return real(before, after)

    monkeypatch.setattr(rules, "slip", waiting)

    def run(claim: Claim) -> str:
        try:
            say(field, claim, seen=None)
        except Refused as refused:
            return str(refused)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as pool:
        refused = [words for words in pool.map(run, [PLANNED, LATER]) if words]

    assert len(refused) == 1
    assert "Noen andre" in refused[0]
    assert ReadinessEvent.objects.count() == 1


def test_coverage_costs_the_same_for_many_offers(field: Field) -> None:
    offers = [field.offer, *(make.offer() for _ in range(5))]
    for offer in offers:
        offer.solution.pk  # noqa: B018 - read before the counting
        make.readiness(offer=offer, product=make.product(), state=Readiness.RELEASED)
    with CaptureQueriesContext(connection) as few:
        queries.coverage_of(offers[:1], TODAY)
    with CaptureQueriesContext(connection) as many:
        queries.coverage_of(offers, TODAY)
    assert len(many) == len(few) == 3
