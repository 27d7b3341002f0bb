"""Against a real mail server: up, down, slow, refusing, and dying while it listens."""

import itertools
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from samlop.messages import services
from samlop.messages.models import Message
from samlop.messages.rules import Group, Reason, State, Wish
from samlop.messages.services import To
from tests import factories as make
from tests.domain.messages.conftest import MailServer, process_environment
from tests.environment import ROOT

pytestmark = pytest.mark.django_db(transaction=True)


def queue(number: int = 1, *, email: str = "", code: str = "tests.task") -> Message:
    return services.queue(
        code, to=make.person(email=email), at=timezone.now(), context={"number": number}
    )


def deliver(message: Message, at: datetime | None = None) -> Message:
    services.deliver(message_id=message.pk, at=at or timezone.now())
    message.refresh_from_db()
    return message


def send_due(at: datetime) -> int:
    return services.send_due(clock=lambda: at, until=at + timedelta(minutes=1))


def test_a_mail_arrives_whole(server: MailServer) -> None:
    server.up()
    message = deliver(queue(7, email="kari@example.org"))

    assert message.state == State.SENT
    [mail] = server.taken
    assert mail["id"] == message.message_id
    assert mail["to"] == ["kari@example.org"]
    assert mail["subject"] == "Sak 7"
    assert "Dette er nummer 7." in mail["text"]
    assert mail["html"]


def test_a_copy_to_a_municipality_goes_to_its_postmottak_with_the_file(server: MailServer) -> None:
    server.up()
    place = make.municipality()
    place.postmottak = "post@example.org"
    place.save(update_fields=["postmottak"])
    [message] = services.queue_all("tests.copy", [To(municipality=place)], at=timezone.now())

    assert deliver(message).state == State.SENT
    [mail] = server.taken
    assert mail["to"] == ["post@example.org"]
    assert mail["files"] == {"kopi.pdf": "%PDF"}
    assert "Kopi til kommunens arkiv" in mail["text"]


def test_a_refused_recipient_fails_with_the_reason_and_without_the_address(
    server: MailServer,
) -> None:
    server.up()
    refused = deliver(queue(1, email="unknown.kari@example.org"))
    other = deliver(queue(2))

    assert (refused.state, refused.reason) == (State.FAILED, Reason.REFUSED)
    assert "no such user" in refused.answer
    assert "kari" not in refused.answer
    assert other.state == State.SENT


def test_a_busy_server_is_tried_again_later(server: MailServer) -> None:
    server.up("busy")
    message = deliver(queue())
    assert (message.state, message.reason) == (State.QUEUED, Reason.TEMPORARY)
    assert message.next_attempt_at is not None

    server.feel("up")
    assert send_due(message.next_attempt_at - timedelta(seconds=1)) == 0
    assert send_due(message.next_attempt_at) == 1
    assert server.times_taken == {message.message_id: 1}


def test_an_hour_without_a_server_loses_nothing_and_disturbs_nobody_twice(
    server: MailServer,
) -> None:
    messages = [queue(number) for number in range(20)]
    at = timezone.now()
    for minute in range(60):
        assert send_due(at + timedelta(minutes=minute)) == 0
    tried = sum(Message.objects.values_list("attempts", flat=True))
    assert 0 < tried <= 60

    server.up()
    for minute in range(60, 260, 20):
        send_due(at + timedelta(minutes=minute))

    assert server.times_taken == {message.message_id: 1 for message in messages}
    assert set(Message.objects.values_list("state", flat=True)) == {State.SENT}


@pytest.mark.parametrize(("mood", "times"), [("dies", 1), ("loses", 2)])
def test_a_server_that_dies_over_a_mail_gets_it_again_with_the_same_id(
    server: MailServer, mood: str, times: int
) -> None:
    server.up(mood)
    message = deliver(queue())
    assert (message.state, message.reason) == (State.QUEUED, Reason.TEMPORARY)
    assert message.next_attempt_at is not None

    server.up()
    send_due(message.next_attempt_at)

    assert server.times_taken == {message.message_id: times}


def test_two_who_send_the_same_message_at_once_send_it_once(server: MailServer) -> None:
    server.up("slow")
    message = queue()

    def send() -> None:
        try:
            services.deliver(message_id=message.pk, at=timezone.now())
            services.recover(at=timezone.now())
            services.deliver(message_id=message.pk, at=timezone.now())
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
        time.sleep(0.03)
    for thread in threads:
        thread.join()

    assert server.times_taken == {message.message_id: 1}


def in_thread(work: Callable[[], object]) -> threading.Thread:
    def working() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=working)
    thread.start()
    return thread


def test_one_mail_at_a_time_is_under_way_however_many_send(server: MailServer) -> None:
    server.up("slow")
    messages = [queue(number) for number in range(5)]
    threads = [in_thread(lambda: send_due(timezone.now())) for _ in range(3)]
    most = 0
    while any(thread.is_alive() for thread in threads):
        most = max(most, Message.objects.being_sent().count())
        time.sleep(0.02)

    assert most == 1
    assert server.times_taken == {message.message_id: 1 for message in messages}


def test_what_is_queued_while_another_sends_is_sent_by_her(server: MailServer) -> None:
    server.up("slow")
    first = queue(1)
    sender = in_thread(
        lambda: services.send_due(clock=timezone.now, until=timezone.now() + timedelta(seconds=50))
    )
    wait_until(lambda: Message.objects.being_sent().exists(), 10)

    second = queue(2)
    assert send_due(timezone.now()) == 0
    sender.join()

    assert server.times_taken == {first.message_id: 1, second.message_id: 1}


# --- the worker, as a process ---


@contextmanager
def worker(server: MailServer) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "django", "procrastinate", "worker", "--concurrency", "2"],
        cwd=ROOT,
        env=process_environment(server),
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def tick() -> None:
    """What the clock of the worker does every minute."""
    with suppress(AlreadyEnqueued):
        app.configure_task("samlop.messages.tasks.send_due").defer(timestamp=int(time.time()))


def wait_until(done: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, Counter(
            Message.objects.values_list("state", "reason", "attempts")
        )
        time.sleep(0.1)


def all_done() -> bool:
    return not Message.objects.filter(state__in=[State.QUEUED.value, State.SENDING.value]).exists()


def test_the_worker_sends_within_a_moment_of_the_change(server: MailServer) -> None:
    server.up()
    with worker(server):
        message = queue()
        wait_until(all_done, 20)
        server_took = server.times_taken
        began = time.monotonic()
        queue(2)
        wait_until(all_done, 5)
        took = time.monotonic() - began

    assert server_took == {message.message_id: 1}
    assert took < 2


def kill_at_random(server: MailServer, *, messages: int, kills: int, seed: int) -> None:
    draw = random.Random(seed)
    server.up("slow")
    wanted = [queue(number) for number in range(messages)]
    outsider = make.person()
    services.choose(
        person=outsider, group=Group.TASKS, wish=Wish.NEVER, by=outsider, at=timezone.now()
    )
    unwanted = services.queue("tests.task", to=outsider, at=timezone.now())
    person = make.person()
    changed_her_mind = services.queue("tests.task", to=person, at=timezone.now())
    services.choose(person=person, group=Group.TASKS, wish=Wish.NEVER, by=person, at=timezone.now())

    for _ in range(kills):
        before = len(server.taken)
        with worker(server):
            tick()
            # Kill it while it is busy, not while it starts.
            wait_until(lambda before=before: len(server.taken) > before or all_done(), 30)  # type: ignore[misc]
            time.sleep(draw.uniform(0, 0.6))
    with worker(server):
        for _ in itertools.count():
            Message.objects.filter(state=State.QUEUED.value).update(next_attempt_at=timezone.now())
            tick()
            time.sleep(0.5)
            if all_done():
                break

    taken = server.times_taken
    assert set(taken) == {message.message_id for message in wanted}
    assert unwanted.message_id not in taken
    assert changed_her_mind.message_id not in taken
    # One mail at a time is under way, so a kill leaves one in doubt.
    assert sum(taken.values()) - len(taken) <= kills


@pytest.mark.timeout(120)
def test_a_worker_killed_over_and_over_loses_nothing(server: MailServer) -> None:
    kill_at_random(server, messages=25, kills=3, seed=20270303)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(4))
def test_a_worker_killed_ten_times_over_two_hundred_mails_loses_nothing(
    server: MailServer, seed: int
) -> None:
    kill_at_random(server, messages=200, kills=10, seed=seed)
