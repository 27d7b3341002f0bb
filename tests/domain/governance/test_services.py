"""Bodies, seats, numbered cases and decisions: what the services do and the database refuses."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ProtectedError

from samlop.accounts.models import Person
from samlop.accounts.services import CannotChangePeople
from samlop.audit.models import Event
from samlop.governance import rules, services
from samlop.governance.models import Body, Case, Decision, Member
from samlop.governance.rules import (
    BodyKind,
    CaseState,
    DecisionKind,
    Function,
    GovernanceRefusal,
    Matter,
)
from samlop.governance.services import CannotGovern
from samlop.lib.actors import Machine
from tests import factories as make

pytestmark = pytest.mark.django_db

DAY = date(2027, 3, 14)
AT = datetime(2027, 3, 14, 12, tzinfo=UTC)
BY = Machine("tests")


@pytest.fixture
def body() -> Body:
    return services.create_body(name="Utvalget", kind=BodyKind.DECIDING, by=BY)


def open_case(body: Body, *, on: date = DAY, matter: Matter = Matter.ORDINARY) -> Case:
    return services.open_case(
        body=body, title="En sak", about="Hva den gjelder", matter=matter, by=BY, on=on
    )


def decide(case: Case, *, text: str = "Ja", kind: DecisionKind = DecisionKind.DECISION) -> Decision:
    return services.decide(case=case, kind=kind, text=text, decided_on=DAY, by=BY, on=DAY, at=AT)


def refusal_of(call: Callable[[], object]) -> GovernanceRefusal:
    with pytest.raises(CannotGovern) as error:
        call()
    assert "%(" not in str(error.value)
    return error.value.refusal


# --- bodies ---


def test_the_national_bodies_are_made_once_and_then_people_s_own() -> None:
    call_command("load_bodies", verbosity=0)
    ks = Body.objects.get(slug="ks")
    services.change_body(body=ks, name="KS", mandate="Nytt mandat", source="Vedtektene", by=BY)

    call_command("load_bodies", verbosity=0)

    assert Body.objects.count() == 6
    ks.refresh_from_db()
    assert ks.mandate == "Nytt mandat"
    assert Event.objects.filter(code="governance.body.created").count() == 6


def test_two_bodies_have_different_names(body: Body) -> None:
    taken = refusal_of(
        lambda: services.create_body(name=" utvalget ", kind=BodyKind.ADVISORY, by=BY)
    )
    assert taken is GovernanceRefusal.NAME_TAKEN
    nameless = refusal_of(lambda: services.create_body(name=" ", kind=BodyKind.ADVISORY, by=BY))
    assert nameless is GovernanceRefusal.NO_NAME


def test_saving_a_body_unchanged_tells_nothing(body: Body) -> None:
    services.change_body(body=body, name="Utvalget", mandate="", source="", by=BY)
    assert not Event.objects.filter(code="governance.body.changed").exists()


# --- seats ---


def test_a_seat_lasts_from_the_day_to_the_day(body: Body) -> None:
    person = make.person()
    seat = services.seat(body=body, person=person, function=Function.MEMBER, by=BY, on=DAY)

    services.end_seat(member=seat, by=BY, on=date(2027, 6, 1))

    assert not Member.objects.valid_on(date(2027, 3, 13)).exists()
    assert Member.objects.valid_on(date(2027, 5, 31)).get() == seat
    assert not Member.objects.valid_on(date(2027, 6, 1)).exists()
    again = services.seat(
        body=body, person=person, function=Function.LEADER, by=BY, on=date(2027, 6, 1)
    )
    assert again.pk != seat.pk


def test_what_a_seat_is_refused_for(body: Body) -> None:
    person, other = make.person(), make.person()
    gone = make.person()
    Person.objects.filter(pk=gone.pk).update(
        name="", email=None, phone="", is_active=False, erased_at=AT
    )
    leader = services.seat(body=body, person=person, function=Function.LEADER, by=BY, on=DAY)

    def seat(who: Person, function: Function, until: date | None = None) -> object:
        return services.seat(body=body, person=who, function=function, by=BY, on=DAY, until=until)

    assert refusal_of(lambda: seat(person, Function.MEMBER)) is GovernanceRefusal.ALREADY_MEMBER
    assert refusal_of(lambda: seat(other, Function.LEADER)) is GovernanceRefusal.LEADER_TAKEN
    assert refusal_of(lambda: seat(gone, Function.MEMBER)) is GovernanceRefusal.ERASED
    backwards = refusal_of(lambda: seat(other, Function.MEMBER, DAY))
    assert backwards is GovernanceRefusal.ENDS_BEFORE_START
    early = refusal_of(lambda: services.end_seat(member=leader, by=BY, on=DAY))
    assert early is GovernanceRefusal.ENDS_BEFORE_START
    services.end_seat(member=leader, by=BY, on=date(2027, 4, 1))
    late = refusal_of(lambda: services.end_seat(member=leader, by=BY, on=date(2027, 4, 2)))
    assert late is GovernanceRefusal.TERM_IS_OVER


def test_a_member_is_found_by_address_or_added_without_a_role(body: Body) -> None:
    known = make.person(email="kari@example.org")
    first = services.seat_by_email(
        body=body,
        email="Kari@Example.org",
        name="",
        function=Function.MEMBER,
        organisation="KS",
        by=BY,
        on=DAY,
    )
    assert first.person == known
    second = services.seat_by_email(
        body=body,
        email="ola@example.org",
        name="Ola Berg",
        function=Function.MEMBER,
        by=BY,
        on=DAY,
    )
    assert (second.person.name, second.person.memberships.count()) == ("Ola Berg", 0)
    for email, name in (("ny@example.org", ""), ("feil", "Per"), ("post@example.org", "Per")):
        with pytest.raises(CannotChangePeople):
            services.seat_by_email(
                body=body, email=email, name=name, function=Function.MEMBER, by=BY, on=DAY
            )
    assert Member.objects.count() == 2


@pytest.mark.parametrize(
    ("constraint", "function", "same_person"),
    [
        ("member_once_per_body", Function.MEMBER, True),
        ("member_one_leader", Function.LEADER, False),
    ],
)
def test_the_database_holds_the_seats(
    body: Body, constraint: str, function: Function, *, same_person: bool
) -> None:
    person = make.person()
    services.seat(body=body, person=person, function=Function.LEADER, by=BY, on=DAY)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Member.objects.create(
            body=body,
            person=person if same_person else make.person(),
            function=function.value,
            valid_from=DAY,
        )


# --- cases ---


def test_cases_are_numbered_per_body_and_year(body: Body) -> None:
    other = services.create_body(name="Rådet", kind=BodyKind.ADVISORY, by=BY)
    numbers = [
        open_case(body).number_words,
        open_case(body).number_words,
        open_case(other).number_words,
        open_case(body, on=date(2028, 1, 5)).number_words,
    ]
    assert numbers == ["1/27", "2/27", "1/27", "1/28"]


def test_a_withdrawn_case_keeps_its_number(body: Body) -> None:
    case = open_case(body)
    services.withdraw_case(case=case, reason="Feil organ", by=BY, at=AT)

    assert case.state() is CaseState.WITHDRAWN
    assert open_case(body).number_words == "2/27"
    assert refusal_of(lambda: decide(case)) is GovernanceRefusal.WITHDRAWN
    again = refusal_of(lambda: services.withdraw_case(case=case, reason="x", by=BY, at=AT))
    assert again is GovernanceRefusal.WITHDRAWN


def test_a_case_needs_words_and_a_withdrawal_a_reason(body: Body) -> None:
    def opened(title: str, about: str) -> object:
        return services.open_case(body=body, title=title, about=about, by=BY, on=DAY)

    assert refusal_of(lambda: opened(" ", "x")) is GovernanceRefusal.NO_TITLE
    assert refusal_of(lambda: opened("x", " ")) is GovernanceRefusal.NO_ABOUT
    case = open_case(body)
    silent = refusal_of(lambda: services.withdraw_case(case=case, reason=" ", by=BY, at=AT))
    assert silent is GovernanceRefusal.NO_REASON


def test_a_case_is_changed_until_it_is_decided(body: Body) -> None:
    earlier, case = open_case(body), open_case(body)

    def change(title: str, about: str = "Ny", builds_on: Case | None = None) -> Case:
        return services.change_case(
            case=case,
            title=title,
            about=about,
            recommendation="Ja",
            builds_on=builds_on,
            by=BY,
        )

    changed = change("Nytt navn", builds_on=earlier)
    assert (changed.title, changed.about, changed.recommendation) == ("Nytt navn", "Ny", "Ja")
    assert changed.builds_on == earlier
    assert change("Nytt navn", builds_on=earlier) == case
    assert Event.objects.filter(code="governance.case.changed").count() == 1
    assert refusal_of(lambda: change(" ")) is GovernanceRefusal.NO_TITLE
    assert refusal_of(lambda: change("x", about=" ")) is GovernanceRefusal.NO_ABOUT
    assert refusal_of(lambda: change("x", builds_on=case)) is GovernanceRefusal.OTHER_CASE
    decide(case)
    assert refusal_of(lambda: change("For sent")) is GovernanceRefusal.ALREADY_DECIDED


# --- decisions ---


def test_a_decision_is_recorded_once_and_for_good(body: Body) -> None:
    case = open_case(body)
    decision = decide(case, text="  Vi sier ja.  ")

    assert (decision.text, decision.kind) == ("Vi sier ja.", DecisionKind.DECISION.value)
    assert Case.objects.get(pk=case.pk).state() is CaseState.DECIDED
    told = Event.objects.get(code="governance.case.decided").details
    assert told == {"number": "1/27", "title": "En sak", "body": "Utvalget", "kind": "decision"}
    assert refusal_of(lambda: decide(case)) is GovernanceRefusal.ALREADY_DECIDED


def test_what_a_decision_is_refused_for(body: Body) -> None:
    case = open_case(body)
    wrong = refusal_of(lambda: decide(case, kind=DecisionKind.RESOLUTION))
    assert wrong is GovernanceRefusal.WRONG_KIND
    assert refusal_of(lambda: decide(case, text=" ")) is GovernanceRefusal.NO_TEXT
    ready = open_case(body, matter=Matter.READY_FOR_USE)
    assert refusal_of(lambda: decide(ready)) is GovernanceRefusal.DECIDED_ELSEWHERE
    assert not Decision.objects.exists()


def test_the_sentence_says_what_the_body_can_give(body: Body) -> None:
    with pytest.raises(CannotGovern, match=r"Utvalget kan ikke gi dette.*: beslutning"):
        decide(open_case(body), kind=DecisionKind.ADVICE)


def test_the_database_refuses_to_change_or_delete_a_decision(body: Body) -> None:
    decision = decide(open_case(body))

    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(text="Nei")
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        decision.delete()
    with pytest.raises((DatabaseError, ProtectedError)), transaction.atomic():
        decision.case.delete()
    decision.refresh_from_db()
    assert decision.text == "Ja"


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("case_number_from_one", {"number": 0}),
        ("case_year_is_ours", {"year": 1999}),
        ("case_withdrawn_with_reason", {"withdrawn_at": AT}),
        ("case_matter_is_known", {"matter": "annet"}),
    ],
)
def test_the_database_holds_the_cases(body: Body, constraint: str, changes: dict[str, Any]) -> None:
    case = open_case(body)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**changes)


def test_the_database_holds_that_a_case_does_not_build_on_itself(body: Body) -> None:
    case = open_case(body)
    with pytest.raises(IntegrityError, match="case_not_on_itself"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(builds_on=case.pk)


# --- two at once ---

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
    def run(call: Callable[[], object]) -> str | None:
        try:
            call()
        except CannotGovern as refused:
            return str(refused)
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(calls)) as pool:
        return [sentence for sentence in pool.map(run, calls) if sentence]


@pytest.mark.django_db(transaction=True)
def test_two_deciders_at_once_make_one_decision(
    body: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = open_case(body)
    meet(monkeypatch, rules, "refusal_to_decide")

    refused = both(lambda: decide(case, text="Ja"), lambda: decide(case, text="Nei"))

    assert Decision.objects.count() == 1
    assert len(refused) == 1
    assert "allerede avgjort" in refused[0]


@pytest.mark.django_db(transaction=True)
def test_two_cases_opened_at_once_get_a_number_each(
    body: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet(monkeypatch, Case.objects, "filter")

    assert both(lambda: open_case(body), lambda: open_case(body)) == []

    assert sorted(Case.objects.values_list("number", flat=True)) == [1, 2]
