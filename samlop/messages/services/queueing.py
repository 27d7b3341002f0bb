"""Putting a message into the outbox, in the transaction of the change that causes it."""

from collections.abc import Mapping
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

SEND_TASK = "samlop.messages.tasks.send"


class CannotSend(Refused):
    def __init__(self, refusal: MailRefusal) -> None:
        super().__init__(str(texts.REFUSALS[refusal]))
        self.refusal = refusal


@transaction.atomic
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
    what = kind(code)
    state = first_state(wish_for(what.group, queries.chosen(to.pk)))
    message = Message.objects.create(
        message_id=new_message_id(),
        recipient=to,
        kind=code,
        group=what.group.value,
        context=dict(context or {}),
        secret=sealing.seal(secret),
        priority=URGENT if what.urgent else 0,
        state=state.value,
        reason=Reason.OPTED_OUT.value if state is State.WITHHELD else "",
        queued_at=at,
        next_attempt_at=at if state is State.QUEUED else None,
    )
    if state is State.QUEUED:
        start_sending(message)
    return message


def start_sending(message: Message) -> None:
    """Wake the worker as soon as the transaction has happened; it also looks by itself."""
    app.configure_task(SEND_TASK, priority=message.priority).defer()


def new_message_id() -> str:
    domain = parseaddr(settings.SAMLOP_MAIL_FROM)[1].partition("@")[2] or "samlop"
    return f"<{uuid4()}@{domain}>"
