"""Putting a message into the outbox, in the transaction of the change that causes it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parseaddr
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app

from samlop.accounts.models import Person
from samlop.lib.errors import Refused
from samlop.messages import queries, texts
from samlop.messages.models import URGENT, Message
from samlop.messages.rules import MailRefusal, Reason, State, first_state, wish_for
from samlop.messages.services import sealing
from samlop.messages.services.kinds import kind
from samlop.municipalities.models import Municipality

SEND_TASK = "samlop.messages.tasks.send"


class CannotSend(Refused):
    def __init__(self, refusal: MailRefusal) -> None:
        super().__init__(str(texts.REFUSALS[refusal]))
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class To:
    """One mail to queue: a person, or a municipality's postmottak, and what it is about.

    `context` holds ids and codes, never a name, address or phone. `language` is for a letter in
    a municipality's own; empty for the person's.
    """

    recipient: Person | None = None
    municipality: Municipality | None = None
    context: Mapping[str, int | str] = field(default_factory=dict)
    secret: str = ""
    language: str = ""


def queue(
    code: str,
    *,
    to: Person,
    at: datetime,
    context: Mapping[str, int | str] | None = None,
    secret: str = "",
) -> Message:
    """The message is sent once the transaction it is queued in has happened.

    `context` holds ids and codes, never a name, address or phone. What the person has chosen
    away is kept as withheld, so that somebody who asks «why did I not hear?» gets an answer.
    """
    return queue_all(code, [To(recipient=to, context=context or {}, secret=secret)], at=at)[0]


@transaction.atomic
def queue_all(code: str, to: Collection[To], *, at: datetime) -> list[Message]:
    """Many messages of one kind, in their order. Two queries and a job, however many."""
    what = kind(code)
    people = [one.recipient.pk for one in to if one.recipient is not None]
    chosen = queries.chosen_by(people)
    rows = []
    for one in to:
        own = chosen.get(one.recipient.pk, {}) if one.recipient is not None else {}
        # A municipality's archive chooses nothing away.
        state = State.QUEUED if one.recipient is None else first_state(wish_for(what.group, own))
        rows.append(
            Message(
                message_id=new_message_id(),
                recipient=one.recipient,
                municipality=one.municipality,
                language=one.language,
                kind=code,
                group=what.group.value,
                context=dict(one.context),
                secret=sealing.seal(one.secret),
                priority=URGENT if what.urgent else 0,
                state=state.value,
                reason=Reason.OPTED_OUT.value if state is State.WITHHELD else "",
                queued_at=at,
                next_attempt_at=at if state is State.QUEUED else None,
            )
        )
    made = Message.objects.bulk_create(rows)
    queued = [row for row in made if row.state == State.QUEUED.value]
    if queued:
        start_sending(queued[0])
    return made


def start_sending(message: Message) -> None:
    """Wake the worker as soon as the transaction has happened; it also looks by itself."""
    app.configure_task(SEND_TASK, priority=message.priority).defer()


def new_message_id() -> str:
    domain = parseaddr(settings.SAMLOP_MAIL_FROM)[1].partition("@")[2] or "samlop"
    return f"<{uuid4()}@{domain}>"
