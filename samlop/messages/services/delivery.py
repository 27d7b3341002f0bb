"""Sending what is in the outbox: never lost, and seldom twice.

A row is committed as «sending» before the mail server is spoken to, under a lock that dies with
its holder. After a crash the lock is free and the row still says so: it is sent again with the same
id. There is one lock for all messages, so that whoever is killed leaves at most one in doubt.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db import transaction

from samlop.audit.services import change
from samlop.db import locks
from samlop.lib.actors import Actor
from samlop.messages import queries
from samlop.messages.models import Message
from samlop.messages.rules import (
    Group,
    Mail,
    MailRefusal,
    Reason,
    State,
    Wish,
    is_outdated,
    next_attempt,
    wish_for,
)
from samlop.messages.services import writing
from samlop.messages.services.kinds import kind
from samlop.messages.services.queueing import CannotSend, start_sending
from samlop.messages.services.transport import Outcome, send

log = logging.getLogger(__name__)

SENDING = "messages.sending"
PREPARING_FAILED = Outcome(Reason.TEMPORARY)


def deliver(*, message_id: int, at: datetime) -> Outcome | None:
    """Send the message if it is due and nothing else is being sent; None when it was not ours.

    To be called outside any transaction: what has been said to a mail server cannot be undone.
    """
    with locks.try_alone(SENDING) as alone:
        return _deliver(message_id, at) if alone else None


def send_due(*, clock: Callable[[], datetime], until: datetime) -> int:
    """Send what is due, one by one, and say how many went.

    Whoever comes while somebody sends may leave at once: the one who sends looks again after
    letting go, and so sees what was queued in the meantime. Stops when the server is away: the
    others would meet the same.
    """
    sent = 0
    while True:
        with locks.try_alone(SENDING) as alone:
            if not alone:
                return sent
            _recover(clock())
            went, may_go_on = _send_all(clock, until)
            sent += went
        if not may_go_on or _next_due(clock()) is None:
            return sent


def recover(*, at: datetime) -> int:
    """Queue again what somebody died over while sending it; say how many there were."""
    with locks.try_alone(SENDING) as alone:
        return _recover(at) if alone else 0


def _recover(at: datetime) -> int:
    """To be called with the lock: then nobody else is sending."""
    return Message.objects.being_sent().update(state=State.QUEUED.value, next_attempt_at=at)


def _send_all(clock: Callable[[], datetime], until: datetime) -> tuple[int, bool]:
    """How many went, and whether there was time and a server for more."""
    sent = 0
    # Asked anew after each: a code that was queued meanwhile goes before the rest.
    while (pk := _next_due(clock())) is not None:
        if clock() >= until:
            return sent, False
        outcome = _deliver(pk, clock())
        if outcome is not None and outcome.server_is_away:
            return sent, False
        sent += outcome is not None and outcome.reason is None
    return sent, True


def _next_due(at: datetime) -> int | None:
    return Message.objects.due(at).values_list("pk", flat=True).first()


def _deliver(message_id: int, at: datetime) -> Outcome | None:
    claimed = _claim(message_id, at)
    if claimed is None:
        return None
    message, written = claimed
    try:
        letter = writing.letter(message, written)
        outcome = send(replace(letter, attachments=writing.attachments(message)), at=at)
    except Exception:
        log.exception("Message %s could not be sent", message_id)
        outcome = PREPARING_FAILED
    _finish(message, outcome, at)
    return outcome


def send_again(*, message: Message, by: Actor, at: datetime) -> None:
    """Somebody has put right what was wrong: try a failed message anew. Raises CannotSend."""
    with change("messages.message.sent_again", by=by, at=at) as record:
        row = Message.objects.select_for_update().get(pk=message.pk)
        if row.state != State.FAILED.value:
            raise CannotSend(MailRefusal.NOT_FAILED)
        if kind(row.kind).urgent:
            raise CannotSend(MailRefusal.NO_LONGER_WANTED)
        # The three days begin anew.
        row.state, row.reason, row.answer = State.QUEUED.value, "", ""
        row.attempts, row.queued_at, row.next_attempt_at = 0, at, at
        row.save(
            update_fields=[
                "state",
                "reason",
                "answer",
                "attempts",
                "queued_at",
                "next_attempt_at",
            ]
        )
        start_sending(row)
        record(row, details={"kind": row.kind})


@transaction.atomic(durable=True)
def _claim(message_id: int, at: datetime) -> tuple[Message, Mail] | None:
    message = (
        Message.objects.due(at)
        .select_related("recipient", "municipality")
        .select_for_update(of=("self",))
        .filter(pk=message_id)
        .first()
    )
    if message is None:
        return None
    reason, written = _reason_to_withhold(message, at), None
    if reason is None:
        try:
            written = writing.mail(message)
        except Exception:
            log.exception("Message %s could not be written", message_id)
            message.attempts += 1
            _put_off(message, PREPARING_FAILED, at)
            return None
        if written is None:
            reason = Reason.NOTHING_LEFT
    if reason is not None or written is None:
        _withhold(message, reason or Reason.NOTHING_LEFT)
        return None
    message.state = State.SENDING.value
    message.sending_at, message.next_attempt_at = at, None
    message.attempts += 1
    message.save(update_fields=["state", "sending_at", "next_attempt_at", "attempts"])
    return message, written


def _reason_to_withhold(message: Message, at: datetime) -> Reason | None:
    """Asked when it is sent, not only when it was queued: people change their minds."""
    if not writing.address_of(message):
        return Reason.NO_ADDRESS
    if is_outdated(queued_at=message.queued_at, at=at, urgent=kind(message.kind).urgent):
        return Reason.OUTDATED
    if message.recipient_id is None:
        return None
    chosen = queries.chosen(message.recipient_id)
    if message.digest_of is not None:
        unwanted = [group.value for group in Group if wish_for(group, chosen) is Wish.NEVER]
        message.items.filter(state=State.WAITING.value, group__in=unwanted).update(
            state=State.WITHHELD.value, reason=Reason.OPTED_OUT.value
        )
    elif wish_for(Group(message.group), chosen) is Wish.NEVER:
        return Reason.OPTED_OUT
    return None


def _withhold(message: Message, reason: Reason) -> None:
    message.state, message.reason, message.secret = State.WITHHELD.value, reason.value, ""
    message.next_attempt_at = None
    message.save(update_fields=["state", "reason", "secret", "next_attempt_at"])
    message.items.filter(state=State.WAITING.value).update(
        state=State.WITHHELD.value, reason=reason.value
    )


def _finish(claimed: Message, outcome: Outcome, at: datetime) -> None:
    with transaction.atomic(durable=True):
        message = Message.objects.select_for_update().get(pk=claimed.pk)
        if message.state != State.SENDING.value or message.attempts != claimed.attempts:
            # Our lock was lost with its connection, and somebody has taken over.
            return
        if outcome.reason is None:
            _sent(message, at)
        elif outcome.reason is Reason.REFUSED:
            _failed(message, outcome.reason, outcome.answer)
        else:
            _put_off(message, outcome, at)


def _sent(message: Message, at: datetime) -> None:
    message.state, message.sent_at = State.SENT.value, at
    message.reason = message.answer = ""
    if not settings.SAMLOP_EXAMPLE:
        # In the example the outbox is where one reads one's code.
        message.secret = ""
    message.save(update_fields=["state", "sent_at", "reason", "answer", "secret"])
    message.items.filter(state=State.WAITING.value).update(state=State.SENT.value, sent_at=at)


def _failed(message: Message, reason: Reason, answer: str) -> None:
    message.state, message.reason = State.FAILED.value, reason.value
    message.answer, message.secret, message.next_attempt_at = answer, "", None
    message.save(
        update_fields=["state", "reason", "answer", "secret", "next_attempt_at", "attempts"]
    )


def _put_off(message: Message, outcome: Outcome, at: datetime) -> None:
    urgent = kind(message.kind).urgent
    again = next_attempt(message.attempts, queued_at=message.queued_at, at=at, urgent=urgent)
    if again is None:
        late = Reason.OUTDATED if urgent else Reason.TOO_LATE
        _failed(message, late, outcome.answer)
        return
    message.state, message.next_attempt_at = State.QUEUED.value, again
    message.reason, message.answer = outcome.reason or "", outcome.answer
    message.save(update_fields=["state", "next_attempt_at", "reason", "answer", "attempts"])
