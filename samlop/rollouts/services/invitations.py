"""Inviting municipalities, reminding them, and taking an invitation back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.audit.services import change
from samlop.db import locks
from samlop.db.periods import valid_on
from samlop.lib.actors import Actor, Machine
from samlop.lib.days import OSLO
from samlop.lib.errors import Refused
from samlop.messages.services import To, queue, queue_all
from samlop.municipalities.models import Municipality
from samlop.municipalities.rules.kinds import LanguageForm, RegionKind
from samlop.municipalities.texts import day_words
from samlop.rollouts.models import Cohort, Invitation, InvitationLink, Rollout
from samlop.rollouts.queries import invitations as queries
from samlop.rollouts.queries.invitations import Choosing, Row
from samlop.rollouts.rules import invitations as rules
from samlop.rollouts.rules.invitations import Exclusion, InvitationRefusal, Step
from samlop.rollouts.texts import invitations as texts

INVITED: Final = "rollouts.invited"
COPY: Final = "rollouts.invitation_copy"
REMINDED: Final = "rollouts.reminded"
REOPENED: Final = "rollouts.answer_reopened"
WITHDRAWN: Final = "rollouts.invitation_withdrawn"
TO_CALL: Final = "rollouts.to_call"
DAILY: Final = Machine("Påminnelser om invitasjoner")


class CannotInvite(Refused):
    def __init__(self, refusal: InvitationRefusal, **words: str) -> None:
        super().__init__(str(texts.REFUSALS[refusal]) % words)
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Whom to invite, and why where a municipality's room is used up; the same days for all."""

    municipalities: Collection[int]
    answer_by: date
    change_until: date
    room_reasons: Mapping[int, str]


def language_of(form: LanguageForm) -> str:
    """A municipality without a form of its own gets bokmål, unless its reader chose another."""
    return {LanguageForm.NYNORSK: "nn", LanguageForm.BOKMAL: "nb"}.get(form, "")


def exclusion_words(row: Row, exclusion: Exclusion) -> str:
    """The sentence, with its day where there is one."""
    if exclusion is Exclusion.OUTSIDE_TARGET:
        return str(texts.OUTSIDE[row.target])
    day = row.days.get(exclusion)
    with_day = texts.EXCLUSIONS_WITH_A_DAY.get(exclusion)
    if day is not None and with_day is not None:
        return str(with_day) % {"day": day_words(day)}
    return str(texts.EXCLUSIONS[exclusion])


def invite(
    *,
    rollout: Rollout,
    cohort: Cohort | None,
    wanted: Wanted,
    by: Actor,
    on: date,
    at: datetime,
) -> list[Invitation]:
    """Each of them is invited, all or none, with a copy to its postmottak. Raises CannotInvite.

    The mails are queued with the change: whoever dies afterwards has lost none of them.
    """
    with change("rollouts.invitation.sent", by=by, at=at) as record:
        now = (
            Rollout.objects.select_for_update(of=("self",), no_key=True)
            .select_related("offer__solution")
            .get(pk=rollout.pk)
        )
        choosing = queries.choosing(now, cohort, on=on)
        rows = require(choosing, wanted, on=on)
        people = queries.recipients([row.pk for row in rows], on=on)
        invitations = Invitation.objects.bulk_create(
            Invitation(
                rollout=now,
                municipality_id=row.pk,
                cohort=cohort,
                answer_by=wanted.answer_by,
                change_until=wanted.change_until,
                room_reason=_reason(wanted, row) if row.breaks_room else "",
                sent_by_id=by.pk,
                sent_at=at,
            )
            for row in rows
        )
        links = InvitationLink.objects.bulk_create(
            InvitationLink(
                invitation=invitation,
                person=person,
                sent_at=at,
                expires_at=expires_at(invitation),
            )
            for invitation in invitations
            for person in people[invitation.municipality_id]
        )
        languages = {row.pk: language_of(row.language) for row in rows}
        _queue(links, languages, at=at)
        _queue_copies(invitations, rows, at=at)
        for invitation in invitations:
            record(
                invitation,
                municipality_id=invitation.municipality_id,
                details=_details(now, answer_by=wanted.answer_by.isoformat()),
            )
    return invitations


def require(choosing: Choosing, wanted: Wanted, *, on: date, reasons: bool = True) -> list[Row]:
    """Those who are invited, in order. `reasons` asks why where the room is used up.

    Raises CannotInvite.
    """
    if not choosing.is_open:
        raise CannotInvite(InvitationRefusal.NOT_OPEN)
    if choosing.missing:
        raise CannotInvite(InvitationRefusal.BASIS_INCOMPLETE)
    if not choosing.cohorts:
        raise CannotInvite(InvitationRefusal.COHORT_CLOSED)
    if choosing.lock is not None:
        raise CannotInvite(InvitationRefusal.COHORT_LOCKED)
    if refusal := rules.refusal_of_dates(
        sent_on=on,
        answer_by=wanted.answer_by,
        change_until=wanted.change_until,
        starts_on=choosing.starts_on,
    ):
        raise CannotInvite(refusal)
    chosen = set(wanted.municipalities)
    rows = [row for row in choosing.rows if row.pk in chosen]
    if not rows:
        raise CannotInvite(InvitationRefusal.NOBODY_CHOSEN)
    for row in rows:
        if not row.may_be_invited:
            raise CannotInvite(
                InvitationRefusal.CANNOT_BE_INVITED,
                municipality=row.name,
                reason=exclusion_words(row, row.against[0]),
            )
        if reasons and row.breaks_room and not _reason(wanted, row):
            raise CannotInvite(InvitationRefusal.NO_ROOM_REASON, municipality=row.name)
    return rows


def _reason(wanted: Wanted, row: Row) -> str:
    return " ".join(wanted.room_reasons.get(row.pk, "").split())[: rules.MOST_REASON]


def expires_at(invitation: Invitation) -> datetime:
    """The link works until the answer cannot be changed any more, the whole of that day."""
    return _end_of(invitation.change_until)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), OSLO)


def _queue(links: Sequence[InvitationLink], languages: Mapping[int, str], *, at: datetime) -> None:
    """`languages` is by municipality. Three queries."""
    made = queue_all(
        INVITED,
        [
            To(
                recipient=link.person,
                context={"link": link.pk},
                language=languages[link.invitation.municipality_id],
            )
            for link in links
        ],
        at=at,
    )
    for link, message in zip(links, made, strict=True):
        link.message = message
    InvitationLink.objects.bulk_update(links, ["message"])


def _queue_copies(invitations: Sequence[Invitation], rows: Sequence[Row], *, at: datetime) -> None:
    """Where the postmottak is not known there is nobody to send a copy to."""
    places = {row.pk: row for row in rows if row.postmottak}
    known = [one for one in invitations if one.municipality_id in places]
    copies = queue_all(
        COPY,
        [
            To(
                municipality=Municipality(pk=one.municipality_id),
                context={"invitation": one.pk},
                language=language_of(places[one.municipality_id].language),
            )
            for one in known
        ],
        at=at,
    )
    for invitation, message in zip(known, copies, strict=True):
        invitation.archived_by = message
    Invitation.objects.bulk_update(known, ["archived_by"])


# --- reminders ---


def remind_due(*, on: date, at: datetime) -> int:
    """Take the step that is due for each invitation; safe to repeat. Says how many were taken."""
    taken = 0
    for invitation, waiting in queries.waiting():
        match rules.next_step(waiting, on=on):
            case Step.REMIND:
                taken += _remind(invitation, reminders=waiting.reminders, on=on, at=at)
            case Step.CALL:
                taken += _leave_to_caller(invitation, on=on, at=at)
    return taken


def _remind(invitation: Invitation, *, reminders: int, on: date, at: datetime) -> bool:
    with change("rollouts.invitation.reminded", by=DAILY, at=at) as record:
        changed = Invitation.objects.filter(
            pk=invitation.pk, reminders=reminders, withdrawn_at=None
        ).update(reminders=reminders + 1, reminded_at=at)
        if not changed:
            record.nothing_changed()
            return False
        known, fresh = _to_remind(invitation, on=on, at=at)
        form = Municipality.objects.get(pk=invitation.municipality_id).language_form
        language = language_of(LanguageForm(form))
        queue_all(
            REMINDED,
            [
                To(
                    recipient=link.person,
                    context={"link": link.pk, "number": reminders + 1},
                    language=language,
                )
                for link in known
            ],
            at=at,
        )
        if fresh:
            _queue(fresh, {invitation.municipality_id: language}, at=at)
        record(
            invitation,
            municipality_id=invitation.municipality_id,
            details=_details(invitation.rollout, number=reminders + 1),
        )
    return True


def _to_remind(
    invitation: Invitation, *, on: date, at: datetime
) -> tuple[list[InvitationLink], list[InvitationLink]]:
    """The links of those who are still to be asked, and new ones for those who have come since.

    Whoever has left is not reminded, as long as there is somebody else. Three queries.
    """
    # A link may be sent on to one of them meanwhile.
    locks.hold(f"rollouts.invitation.links.{invitation.pk}")
    now = queries.recipients([invitation.municipality_id], on=on)
    people = now.get(invitation.municipality_id, ())
    here = {person.pk for person in people}
    links = list(
        InvitationLink.objects.filter(invitation=invitation).select_related("person").order_by("pk")
    )
    asked = {link.person_id for link in links}
    fresh = InvitationLink.objects.bulk_create(
        InvitationLink(
            invitation=invitation, person=person, sent_at=at, expires_at=expires_at(invitation)
        )
        for person in people
        # Not one that is closed already: the answer could be changed until a day that has passed.
        if person.pk not in asked and expires_at(invitation) > at
    )
    open_ = [link for link in links if link.revoked_at is None and link.expires_at > at]
    if here:
        open_ = [
            link for link in open_ if link.person_id in here or link.forwarded_from_id is not None
        ]
    return open_, fresh


def ask_anew(
    invitation: Invitation, *, people: Sequence[Person], on: date, at: datetime
) -> dict[int, int]:
    """The link of each of them for a question put once more, which they get time to answer.

    Whoever's link was closed gets none. Three queries, and one for those that live longer.
    """
    locks.hold(f"rollouts.invitation.links.{invitation.pk}")
    until = max(expires_at(invitation), _end_of(on + rules.LEAST_TIME))
    rows = InvitationLink.objects.filter(invitation=invitation, person__in=people)
    had = set(rows.values_list("person_id", flat=True))
    InvitationLink.objects.bulk_create(
        InvitationLink(invitation=invitation, person=person, sent_at=at, expires_at=until)
        for person in people
        if person.pk not in had
    )
    rows.filter(revoked_at=None, expires_at__lt=until).update(expires_at=until)
    return dict(rows.filter(revoked_at=None).values_list("person_id", "pk"))


def _leave_to_caller(invitation: Invitation, *, on: date, at: datetime) -> bool:
    """From now on nobody writes: the region's contact person calls."""
    with change("rollouts.invitation.to_call", by=DAILY, at=at) as record:
        changed = Invitation.objects.filter(
            pk=invitation.pk, to_call_since=None, withdrawn_at=None
        ).update(to_call_since=on)
        if not changed:
            record.nothing_changed()
            return False
        for person in contacts(invitation.municipality_id, on=on):
            queue(TO_CALL, to=person, at=at, context={"invitation": invitation.pk})
        record(
            invitation,
            municipality_id=invitation.municipality_id,
            details=_details(invitation.rollout),
        )
    return True


def contacts(municipality: int, *, on: date) -> list[Person]:
    """The contact persons of the municipality's e-health group that day. One query."""
    held = (
        Membership.objects.valid_on(on)
        .filter(
            valid_on(on, "region__memberships"),
            role=Role.CONTACT_PERSON.value,
            region__kind=RegionKind.EHEALTH_GROUP.value,
            region__memberships__municipality=municipality,
            person__is_active=True,
        )
        .values("person")
    )
    return list(Person.objects.filter(pk__in=held).order_by("pk"))


# --- taking back ---


def withdraw(*, invitation: Invitation, reason: str, by: Actor, at: datetime) -> None:
    """The invitation no longer stands and its links open nothing. Raises CannotInvite."""
    words = " ".join(reason.split())[: rules.MOST_REASON]
    if not words:
        raise CannotInvite(InvitationRefusal.NO_REASON)
    with change("rollouts.invitation.withdrawn", by=by, reason=words, at=at) as record:
        row = (
            Invitation.objects.select_for_update(of=("self",))
            .select_related("rollout", "municipality")
            .get(pk=invitation.pk)
        )
        if row.withdrawn_at is not None:
            raise CannotInvite(InvitationRefusal.WITHDRAWN)
        row.withdrawn_at, row.withdrawn_reason = at, words
        row.save(update_fields=["withdrawn_at", "withdrawn_reason"])
        links = InvitationLink.objects.filter(invitation=row, revoked_at=None)
        people = [link.person for link in links.select_related("person")]
        links.update(revoked_at=at)
        language = language_of(LanguageForm(row.municipality.language_form))
        queue_all(
            WITHDRAWN,
            [
                To(recipient=person, context={"invitation": row.pk}, language=language)
                for person in people
            ],
            at=at,
        )
        record(row, municipality_id=row.municipality_id, details=_details(row.rollout))


def _details(rollout: Rollout, **more: str | int) -> dict[str, str | int]:
    return {"rollout": rollout.slug, "name": rollout.name, **more}
