"""Notes after conversations, messages to many municipalities, and word to the makers."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Final

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.audit.services import change
from samlop.db import locks
from samlop.lib.actors import Actor
from samlop.lib.errors import Refused
from samlop.messages.services import To, queue, queue_all
from samlop.municipalities.models import Municipality
from samlop.rollouts.models import Feedback, LeaderNote, Mailing, MailingRecipient, Rollout
from samlop.rollouts.queries import mailings as queries
from samlop.rollouts.rules import followup as rules
from samlop.rollouts.rules.followup import FollowRefusal, MailingKind, Signal
from samlop.rollouts.rules.rollouts import RolloutState
from samlop.rollouts.services.follow_mails import FEEDBACK, MAILING, REPLY
from samlop.rollouts.texts import followup as texts

# A second press of the button is not a second message.
SAME_MESSAGE: Final = timedelta(minutes=10)
# What has ended writes to nobody.
ENDED = frozenset({RolloutState.CLOSED, RolloutState.CANCELLED})


class CannotFollow(Refused):
    """A rule says no; nothing was saved and nobody was written to."""

    def __init__(self, refusal: FollowRefusal, **words: str) -> None:
        sentence = str(texts.REFUSALS[refusal])
        super().__init__(sentence % words if words else sentence)
        self.refusal = refusal


# --- notes ---


def note(
    *,
    rollout: Rollout,
    municipality: Municipality,
    text: str,
    signal: Signal | None,
    next_contact: date | None,
    person: Person,
    by: Actor,
    on: date,
    at: datetime,
) -> LeaderNote:
    """What came out of a conversation. Raises CannotFollow."""
    words = " ".join(text.split())[: rules.MOST_NOTE]
    if not words and signal is None and next_contact is None:
        raise CannotFollow(FollowRefusal.NO_WORDS)
    if next_contact is not None and next_contact < on:
        raise CannotFollow(FollowRefusal.DAY_HAS_PASSED)
    with change("rollouts.note.written", by=by, at=at) as record:
        row = LeaderNote.objects.create(
            rollout=rollout,
            municipality=municipality,
            text=words,
            signal=signal.value if signal else "",
            next_contact=next_contact,
            written_by=person,
            written_as=by.actor_label[:200],
            written_at=at,
        )
        record(row, municipality_id=municipality.pk, details=_told(rollout))
    return row


def withdraw_note(*, note: LeaderNote, by: Actor, at: datetime) -> None:
    """It was wrong; whoever wrote it takes it back. Raises CannotFollow."""
    with change("rollouts.note.withdrawn", by=by, at=at) as record:
        row = LeaderNote.objects.select_for_update().select_related("rollout").get(pk=note.pk)
        if row.withdrawn_at is not None:
            raise CannotFollow(FollowRefusal.ALREADY_WITHDRAWN)
        if row.written_by_id != by.pk:
            raise CannotFollow(FollowRefusal.SOMEBODY_ELSES)
        row.withdrawn_at = at
        row.save(update_fields=["withdrawn_at"])
        record(row, municipality_id=row.municipality_id, details=_told(row.rollout))


# --- messages to many ---


def check(*, rollout: Rollout, subject: str, words: str) -> None:
    """Raises CannotFollow when a message cannot be sent as it is written."""
    if RolloutState(rollout.state) in ENDED:
        raise CannotFollow(FollowRefusal.NOT_UNDER_WAY)
    refusal = rules.refusal_to_write(subject=subject, words=words)
    if refusal is FollowRefusal.UNKNOWN_FIELD:
        names = rules.unknown_fields(f"{subject} {words}")
        raise CannotFollow(refusal, names=", ".join(f"«{name}»" for name in names))
    if refusal is not None:
        raise CannotFollow(refusal)


def send(
    *,
    rollout: Rollout,
    kind: MailingKind,
    subject: str,
    words: str,
    municipalities: Collection[int],
    by: Actor,
    on: date,
    at: datetime,
    invitation_on: date | None = None,
) -> Mailing:
    """Queue one mail to each who decides or coordinates in these municipalities.

    Information beforehand goes once to each municipality; those that have had it are left out.
    Raises CannotFollow.
    """
    with change("rollouts.mailing.sent", by=by, at=at) as record:
        locks.hold(f"rollouts.mailing.{rollout.pk}")
        rollout.refresh_from_db(fields=["state"])
        check(rollout=rollout, subject=subject, words=words)
        if invitation_on is not None and invitation_on < on:
            raise CannotFollow(FollowRefusal.DAY_HAS_PASSED)
        wanted = set(municipalities)
        if not wanted:
            raise CannotFollow(FollowRefusal.NOBODY_CHOSEN)
        if kind is MailingKind.ADVANCE_NOTICE:
            wanted -= queries.told_beforehand(rollout)
            if not wanted:
                raise CannotFollow(FollowRefusal.ALL_TOLD)
        subject = " ".join(subject.split())[: rules.MOST_SUBJECT]
        words = words.strip()[: rules.MOST_WORDS]
        _require_new(rollout, subject, words, wanted, by=by, at=at)
        mailing = Mailing.objects.create(
            rollout=rollout,
            kind=kind.value,
            subject=subject,
            words=words,
            invitation_on=invitation_on,
            sent_by_id=by.pk,
            sent_as=by.actor_label[:200],
            sent_at=at,
        )
        people = queries.people_in(wanted, on)
        MailingRecipient.objects.bulk_create(
            MailingRecipient(mailing=mailing, municipality_id=pk, people=len(people.get(pk, ())))
            for pk in sorted(wanted)
        )
        queue_all(
            MAILING,
            [
                To(recipient=person, context={"mailing": mailing.pk, "municipality": pk})
                for pk in sorted(wanted)
                for person in people.get(pk, ())
            ],
            at=at,
        )
        record(
            rollout,
            details={**_told(rollout), "kind": kind.value, "municipalities": len(wanted)},
        )
    return mailing


def _require_new(
    rollout: Rollout, subject: str, words: str, wanted: set[int], *, by: Actor, at: datetime
) -> None:
    """The same words from the same person to the same municipalities are one message."""
    before = Mailing.objects.filter(
        rollout=rollout,
        subject=subject,
        words=words,
        sent_by=by.pk,
        sent_at__gt=at - SAME_MESSAGE,
    )
    for mailing in before.prefetch_related("recipients"):
        if {one.municipality_id for one in mailing.recipients.all()} == wanted:
            raise CannotFollow(FollowRefusal.SENT_JUST_NOW)


# --- word to the makers ---


def tell(
    *, rollout: Rollout, text: str, person: Person, by: Actor, on: date, at: datetime
) -> Feedback:
    """One line to those who make the solution. Raises CannotFollow."""
    words = " ".join(text.split())[: rules.MOST_FEEDBACK]
    if not words:
        raise CannotFollow(FollowRefusal.NO_WORDS)
    with change("rollouts.feedback.given", by=by, at=at) as record:
        row = Feedback.objects.create(
            rollout=rollout,
            text=words,
            written_by=person,
            written_as=by.actor_label[:200],
            written_at=at,
        )
        for maker in makers(rollout, on):
            queue(FEEDBACK, to=maker, at=at, context={"feedback": row.pk})
        record(rollout, details=_told(rollout))
    return row


def reply(*, feedback: Feedback, text: str, by: Actor, at: datetime) -> Feedback:
    """The makers answer, once. Raises CannotFollow."""
    words = " ".join(text.split())[: rules.MOST_REPLY]
    if not words:
        raise CannotFollow(FollowRefusal.NO_WORDS)
    with change("rollouts.feedback.replied", by=by, at=at) as record:
        row = (
            Feedback.objects.select_for_update(of=("self",))
            .select_related("rollout", "written_by")
            .get(pk=feedback.pk)
        )
        if row.reply:
            raise CannotFollow(FollowRefusal.ALREADY_REPLIED)
        row.reply = words
        row.replied_by_id = by.pk
        row.replied_as = by.actor_label[:200]
        row.replied_at = at
        row.save(update_fields=["reply", "replied_by", "replied_as", "replied_at"])
        if row.written_by.is_active:
            queue(REPLY, to=row.written_by, at=at, context={"feedback": row.pk})
        record(row.rollout, details=_told(row.rollout))
    return row


def makers(rollout: Rollout, on: date) -> list[Person]:
    """The programme's people that day. One query."""
    held = Membership.objects.valid_on(on).filter(
        role=Role.PROGRAMME.value, solution_slug=rollout.solution.slug
    )
    return list(Person.objects.filter(pk__in=held.values("person"), is_active=True).order_by("pk"))


def _told(rollout: Rollout) -> dict[str, object]:
    return {"rollout": rollout.slug, "name": rollout.name}
