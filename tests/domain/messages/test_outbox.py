"""From a queued message to a sent one, or to a reason why not."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from procrastinate.contrib.django import app
from pytest_django import DjangoAssertNumQueries, Settings

from samlop.accounts.models import Person
from samlop.audit.models import Event
from samlop.lib.actors import Machine
from samlop.messages import queries, services
from samlop.messages.models import Choice, Message
from samlop.messages.rules import Group, Reason, State, Wish
from samlop.messages.services import mails, queueing, sealing, writing
from tests import factories as make

pytestmark = pytest.mark.django_db

# A Wednesday.
AT = datetime(2027, 3, 3, 12, tzinfo=UTC)
TESTS = Machine("tests")


@pytest.fixture(autouse=True)
def _jobs_of_others_are_gone(db: None) -> None:
    """Races elsewhere commit, and nothing empties the queue after them."""
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_events")
        cursor.execute("delete from procrastinate_jobs")


def queue(to: Person, code: str = "tests.task", **context: int) -> Message:
    return services.queue(code, to=to, at=AT, context=context)


def choose(person: Person, group: Group, wish: Wish) -> None:
    services.choose(person=person, group=group, wish=wish, by=person, at=AT)


def state_of(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.reason


def jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from procrastinate_jobs where task_name = %s",
            ["samlop.messages.tasks.send"],
        )
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def test_a_message_is_queued_with_an_id_and_a_job() -> None:
    message = queue(make.person())

    assert message.state == State.QUEUED
    assert message.message_id.startswith("<")
    assert message.message_id.endswith(">")
    assert jobs() == 1


def test_a_change_that_fails_takes_its_message_with_it() -> None:
    person = make.person()

    @transaction.atomic
    def change_that_fails() -> None:
        queue(person)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        change_that_fails()

    assert not Message.objects.exists()
    assert jobs() == 0


def test_in_the_example_nothing_leaves_the_house_and_all_is_shown_as_sent() -> None:
    message = queue(make.person())

    outcome = services.deliver(message_id=message.pk, at=AT)

    assert outcome is not None
    assert outcome.reason is None
    assert state_of(message) == (State.SENT, "")
    assert message.sent_at == AT
    assert message.attempts == 1


def test_a_sent_message_is_not_sent_again() -> None:
    message = queue(make.person())
    services.deliver(message_id=message.pk, at=AT)

    assert services.deliver(message_id=message.pk, at=AT) is None


def test_without_a_mail_server_messages_wait(settings: Settings) -> None:
    settings.SAMLOP_EXAMPLE, settings.SAMLOP_SMTP = False, None
    message = queue(make.person())

    services.deliver(message_id=message.pk, at=AT)

    assert state_of(message) == (State.QUEUED, Reason.UNREACHABLE)
    assert message.next_attempt_at == AT + timedelta(minutes=1)


def test_after_three_days_it_has_failed_and_can_be_sent_again(settings: Settings) -> None:
    settings.SAMLOP_EXAMPLE, settings.SAMLOP_SMTP = False, None
    message = queue(make.person())
    at = AT
    while message.state == State.QUEUED:
        services.deliver(message_id=message.pk, at=at)
        message.refresh_from_db()
        at = message.next_attempt_at or at
    assert (message.state, message.reason) == (State.FAILED, Reason.TOO_LATE)
    assert at == AT + timedelta(days=3)

    settings.SAMLOP_EXAMPLE = True
    person = make.person()
    services.send_again(message=message, by=person, at=at)
    services.deliver(message_id=message.pk, at=at)

    assert state_of(message) == (State.SENT, "")
    assert Event.objects.filter(code="messages.message.sent_again", actor_id=person.pk).exists()


def test_what_has_not_failed_is_not_sent_again() -> None:
    message = queue(make.person())
    with pytest.raises(services.CannotSend, match="ikke blant dem"):
        services.send_again(message=message, by=TESTS, at=AT)


def test_a_code_is_sealed_and_gone_when_it_is_sent(settings: Settings) -> None:
    settings.SAMLOP_EXAMPLE, settings.SAMLOP_SMTP = False, None
    message = services.queue(mails.CODE, to=make.person(), at=AT, secret="482913")
    assert "482913" not in message.secret
    assert sealing.unseal(message.secret) == "482913"
    written = writing.mail(message)
    assert written is not None
    assert written.highlight == "482913"

    services.deliver(message_id=message.pk, at=AT + timedelta(minutes=16))

    assert state_of(message) == (State.WITHHELD, Reason.OUTDATED)
    assert message.secret == ""


def test_another_key_opens_no_code(settings: Settings) -> None:
    sealed = sealing.seal("482913")
    settings.SECRET_KEY = "another key"
    assert sealing.unseal(sealed) == ""


def test_a_failed_code_is_not_sent_again(settings: Settings) -> None:
    settings.SAMLOP_EXAMPLE, settings.SAMLOP_SMTP = False, None
    message = services.queue(mails.CODE, to=make.person(), at=AT, secret="482913")
    services.deliver(message_id=message.pk, at=AT + timedelta(minutes=15))
    assert state_of(message) == (State.FAILED, Reason.OUTDATED)

    with pytest.raises(services.CannotSend, match="ny kode"):
        services.send_again(message=message, by=TESTS, at=AT)


def test_the_task_that_is_woken_by_name_exists_and_those_of_the_clock_do() -> None:
    known = set(app.tasks)
    assert queueing.SEND_TASK in known
    by_clock = {name for name, _ in app.periodic_registry.periodic_tasks}
    assert by_clock >= {
        "samlop.messages.tasks.send_due",
        "samlop.messages.tasks.make_digests",
        "samlop.web.tasks.forget_sessions",
        "samlop.web.tasks.forget_jobs",
    }


# --- choices ---


def test_a_choice_is_kept_and_recorded_once() -> None:
    person = make.person()
    for _ in range(2):
        choose(person, Group.NEWS, Wish.NEVER)

    assert queries.wishes(person.pk) == {Group.TASKS: Wish.AT_ONCE, Group.NEWS: Wish.NEVER}
    assert Event.objects.filter(code="messages.choice.changed").count() == 1


def test_the_database_refuses_a_choice_about_access() -> None:
    person = make.person()
    with pytest.raises(IntegrityError, match="choice_group_can_be_chosen"):
        Choice.objects.create(person=person, group=Group.ACCESS.value, wish=Wish.WEEKLY.value)


@pytest.mark.parametrize(
    ("wish", "state"),
    [
        (Wish.AT_ONCE, (State.QUEUED, "")),
        (Wish.WEEKLY, (State.WAITING, "")),
        (Wish.NEVER, (State.WITHHELD, Reason.OPTED_OUT)),
    ],
)
def test_the_choice_decides_where_a_message_begins(wish: Wish, state: tuple[str, str]) -> None:
    person = make.person()
    choose(person, Group.TASKS, wish)
    message = queue(person)

    assert state_of(message) == state
    assert jobs() == (1 if wish is Wish.AT_ONCE else 0)


def test_who_opts_out_while_the_message_is_queued_does_not_get_it() -> None:
    person = make.person()
    message = queue(person)
    choose(person, Group.TASKS, Wish.NEVER)

    assert services.deliver(message_id=message.pk, at=AT) is None
    assert state_of(message) == (State.WITHHELD, Reason.OPTED_OUT)


def test_an_erased_person_gets_nothing() -> None:
    person = make.person()
    message = queue(person)
    Person.objects.filter(pk=person.pk).update(email=None)

    services.deliver(message_id=message.pk, at=AT)

    assert state_of(message) == (State.WITHHELD, Reason.NO_ADDRESS)


def test_what_no_longer_holds_is_not_sent() -> None:
    message = queue(make.person(), gone=1)
    services.deliver(message_id=message.pk, at=AT)
    assert state_of(message) == (State.WITHHELD, Reason.NOTHING_LEFT)


def test_a_fault_in_one_kind_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    broken = queue(make.person(), broken=1)
    sound = queue(make.person())

    assert services.send_due(clock=lambda: AT, until=AT + timedelta(seconds=1)) == 1

    assert state_of(broken) == (State.QUEUED, Reason.TEMPORARY)
    assert state_of(sound) == (State.SENT, "")
    assert "could not be written" in caplog.text


# --- crashes ---


def test_what_somebody_died_over_is_queued_again_with_the_same_id() -> None:
    message = queue(make.person())
    Message.objects.filter(pk=message.pk).update(
        state=State.SENDING.value, next_attempt_at=None, attempts=1
    )

    assert services.recover(at=AT) == 1

    before = message.message_id
    assert state_of(message) == (State.QUEUED, "")
    assert message.message_id == before
    assert message.next_attempt_at == AT


# --- the digest ---

MONDAY = datetime(2027, 3, 8, 6, 30, tzinfo=UTC)


def test_the_digest_holds_what_waited_and_comes_once() -> None:
    person = make.person()
    waiting = [queue(person, "tests.news", number=number) for number in (1, 2)]
    other = queue(make.person(), "tests.news", number=7)

    assert services.make_digests(at=MONDAY) == 2
    assert services.make_digests(at=MONDAY + timedelta(hours=1)) == 0

    digest = Message.objects.get(recipient=person, digest_of__isnull=False)
    written = writing.mail(digest)
    assert written is not None
    assert written.subject == "Ukesbrev fra Samløp: 2 nyheter"
    assert "Sak 1" in written.paragraphs[1]
    assert "Sak 2" in written.paragraphs[2]
    assert len(written.paragraphs) == 3
    services.deliver(message_id=digest.pk, at=MONDAY)
    assert [state_of(message)[0] for message in waiting] == [State.SENT, State.SENT]
    assert state_of(other)[0] == State.WAITING


def test_what_came_after_seven_on_monday_waits_a_week() -> None:
    person = make.person()
    queue(person, "tests.news")
    late = services.queue("tests.news", to=person, at=MONDAY)
    services.make_digests(at=MONDAY + timedelta(days=1))

    late.refresh_from_db()
    assert late.in_digest is None
    assert services.make_digests(at=MONDAY + timedelta(days=7)) == 1


def test_a_digest_leaves_out_what_was_opted_out_of_meanwhile() -> None:
    person = make.person()
    choose(person, Group.TASKS, Wish.WEEKLY)
    task, news = queue(person), queue(person, "tests.news", number=5)
    services.make_digests(at=MONDAY)
    digest = Message.objects.get(digest_of__isnull=False)
    choose(person, Group.TASKS, Wish.NEVER)

    services.deliver(message_id=digest.pk, at=MONDAY)

    assert state_of(task) == (State.WITHHELD, Reason.OPTED_OUT)
    assert state_of(news) == (State.SENT, "")


def test_an_empty_digest_is_not_sent() -> None:
    person = make.person()
    queue(person, "tests.news")
    services.make_digests(at=MONDAY)
    digest = Message.objects.get(digest_of__isnull=False)
    choose(person, Group.NEWS, Wish.NEVER)

    services.deliver(message_id=digest.pk, at=MONDAY)

    assert state_of(digest) == (State.WITHHELD, Reason.NOTHING_LEFT)


def test_there_is_no_digest_in_july_and_august_has_it_all() -> None:
    person = make.person()
    services.queue("tests.news", to=person, at=datetime(2027, 7, 2, tzinfo=UTC))

    assert services.make_digests(at=datetime(2027, 7, 5, 6, tzinfo=UTC)) == 0
    assert services.make_digests(at=datetime(2027, 8, 2, 6, tzinfo=UTC)) == 1


def test_the_database_refuses_two_digests_of_one_week() -> None:
    person = make.person()
    queue(person, "tests.news")
    services.make_digests(at=MONDAY)
    digest = Message.objects.get(digest_of__isnull=False)
    digest.pk, digest.message_id = None, "<another@example>"
    with pytest.raises(IntegrityError, match="message_one_digest_a_week"):
        digest.save(force_insert=True)


def test_a_copy_to_a_municipality_cannot_be_chosen_away_and_needs_an_address() -> None:
    place = make.municipality()
    [copy] = services.queue_all("tests.copy", [queueing.To(municipality=place)], at=AT)
    assert copy.state == State.QUEUED

    services.send_due(clock=lambda: AT, until=AT + timedelta(minutes=1))
    assert state_of(copy) == (State.WITHHELD, Reason.NO_ADDRESS)


def test_a_letter_is_in_the_language_it_was_asked_for() -> None:
    person = make.person()
    [own] = services.queue_all("tests.copy", [queueing.To(recipient=person)], at=AT)
    [letter] = services.queue_all(
        "tests.copy", [queueing.To(recipient=person, language="nn")], at=AT
    )
    assert (writing.language_of(own), writing.language_of(letter)) == ("nb", "nn")


def test_many_are_queued_with_two_queries_and_a_job(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    people = [make.person() for _ in range(30)]
    choose(people[3], Group.TASKS, Wish.NEVER)
    with django_assert_max_num_queries(8):
        made = services.queue_all(
            "tests.task", [queueing.To(recipient=one) for one in people], at=AT
        )

    assert [message.state for message in made].count(State.WITHHELD) == 1
    assert made[3].state == State.WITHHELD
    assert jobs() == 1
