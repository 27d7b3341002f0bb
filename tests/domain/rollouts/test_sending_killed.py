"""Invitations sent by a worker that is killed over and over, to a real mail server."""

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from samlop.messages.models import Message
from samlop.messages.rules import State
from samlop.rollouts.queries import invitations as queries
from samlop.rollouts.services import invitations
from tests.domain.messages.conftest import MailServer, process_environment, server
from tests.environment import ROOT
from tests.inviting import a_municipality, invite, ready

__all__ = ["server"]
pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def worker(server: MailServer) -> Iterator[subprocess.Popen[bytes]]:
    """As it runs for real, with the product's own settings."""
    process = subprocess.Popen(
        [sys.executable, "-m", "django", "procrastinate", "worker", "--concurrency", "2"],
        cwd=ROOT,
        env={**process_environment(server), "DJANGO_SETTINGS_MODULE": "samlop.config.settings"},
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


def on_the_way() -> int:
    return Message.objects.filter(state__in=[State.QUEUED.value, State.SENDING.value]).count()


def wait_until(done: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, Counter(
            Message.objects.values_list("kind", "state", "reason")
        )
        time.sleep(0.05)


def kill_while_inviting(
    server: MailServer, *, municipalities: int, with_copy: int, kills: int, seed: int
) -> None:
    draw = random.Random(seed)
    places = [
        a_municipality(postmottak=f"post{index}@kommune.example" if index < with_copy else "")
        for index in range(municipalities)
    ]
    rollout = ready(*places)
    server.up()
    invite(rollout, *places)
    # The tests' day is ahead of the clock that the worker has.
    Message.objects.update(next_attempt_at=timezone.now())
    for _ in range(kills):
        # Somewhere on its way through the list, and busy: not while it starts.
        enough = len(server.taken) + 1 + draw.randrange(2 * municipalities // (kills + 1))
        with worker(server):
            tick()
            wait_until(lambda enough=enough: len(server.taken) >= enough or not on_the_way(), 240)  # type: ignore[misc]
            time.sleep(draw.uniform(0, 0.3))
    with worker(server):
        while on_the_way():
            Message.objects.filter(state=State.QUEUED.value).update(next_attempt_at=timezone.now())
            tick()
            time.sleep(0.5)

    taken = server.times_taken
    for kind, count in ((invitations.INVITED, municipalities), (invitations.COPY, with_copy)):
        wanted = set(Message.objects.filter(kind=kind).values_list("message_id", flat=True))
        assert len(wanted) == count
        assert wanted <= set(taken)
    assert len(taken) == municipalities + with_copy
    # One mail at a time is under way, so a kill leaves one in doubt.
    assert sum(taken.values()) - len(taken) <= kills
    # To each her own, and to each archive its own, with the file.
    mails = {mail["id"]: mail for mail in server.taken}
    addresses = {mail["to"][0] for mail in mails.values()}
    assert len(addresses) == municipalities + with_copy
    files = [mail["files"] for mail in mails.values() if mail["files"]]
    assert len(files) == with_copy
    assert all(list(one.values()) == ["%PDF"] for one in files)
    progress = queries.progress(rollout)
    assert (progress.sent, progress.copies_sent) == (municipalities, with_copy)
    assert progress.is_done


@pytest.mark.timeout(600)
def test_a_worker_killed_while_it_invites_loses_nobody(server: MailServer) -> None:
    kill_while_inviting(server, municipalities=12, with_copy=3, kills=2, seed=20270315)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(2))
def test_a_worker_killed_ten_times_while_it_invites_the_country_loses_nobody(
    server: MailServer, seed: int
) -> None:
    kill_while_inviting(server, municipalities=357, with_copy=60, kills=10, seed=seed)
