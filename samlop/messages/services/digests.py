"""One mail a week with what can wait."""

from datetime import datetime

from django.db import transaction

from samlop.accounts.models import Person
from samlop.db import locks
from samlop.messages.models import Message
from samlop.messages.rules import DigestWindow, Group, State, digest_window
from samlop.messages.services.kinds import DIGEST
from samlop.messages.services.queueing import new_message_id, start_sending


def make_digests(*, at: datetime) -> int:
    """Queue the week's digests that are not queued yet; safe to repeat, and to be late with."""
    window = digest_window(at)
    if window is None:
        return 0
    waiting = Message.objects.filter(
        state=State.WAITING.value, in_digest=None, queued_at__lt=window.until
    )
    people = waiting.order_by("recipient_id").values_list("recipient_id", flat=True).distinct()
    return sum(_make(pk, window, at) for pk in list(people))


@transaction.atomic
def _make(person_id: int, window: DigestWindow, at: datetime) -> bool:
    locks.hold(f"messages.digest.{person_id}")
    if Message.objects.filter(recipient=person_id, digest_of=window.monday).exists():
        return False
    items = Message.objects.filter(
        recipient=person_id,
        state=State.WAITING.value,
        in_digest=None,
        queued_at__lt=window.until,
    )
    if not items.exists():
        return False
    digest = Message.objects.create(
        message_id=new_message_id(),
        recipient=Person(pk=person_id),
        kind=DIGEST,
        group=Group.NEWS.value,
        state=State.QUEUED.value,
        digest_of=window.monday,
        queued_at=at,
        next_attempt_at=at,
    )
    items.update(in_digest=digest)
    start_sending(digest)
    return True
