"""The links by which an invitation is read without signing in, sent on, and answered by a code."""

import hmac
import secrets
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import F

from samlop.accounts.models import Membership, Person
from samlop.accounts.services import add_person
from samlop.audit.services import change
from samlop.db import locks
from samlop.lib.actors import Actor
from samlop.lib.days import local_day
from samlop.messages.services import To, queue, queue_all
from samlop.municipalities.rules.kinds import LanguageForm
from samlop.rollouts.models import InvitationCode, InvitationLink
from samlop.rollouts.queries import answers
from samlop.rollouts.rules import invitations as rules
from samlop.rollouts.rules.answers import Content
from samlop.rollouts.rules.invitations import InvitationRefusal
from samlop.rollouts.services import answers as answers_service
from samlop.rollouts.services.answers import Given
from samlop.rollouts.services.invitations import INVITED, CannotInvite, expires_at, language_of

CODE: Final = "rollouts.answer_code"
_SALT: Final = "samlop.rollouts.invitation_link"


def token(link: InvitationLink) -> str:
    """What the address in the mail holds: the link's id, signed."""
    return _signer().sign(str(link.pk))


def opened(text: str, *, at: datetime) -> InvitationLink | None:
    """The link a token stands for; None when it is not ours, expired or revoked. One query."""
    try:
        pk = int(_signer().unsign(text))
    except (signing.BadSignature, ValueError):
        return None
    return (
        InvitationLink.objects.open_at(at)
        .filter(invitation__withdrawn_at=None, person__is_active=True)
        .select_related(
            "person",
            "invitation__municipality",
            "invitation__cohort",
            "invitation__rollout__solution",
            "invitation__rollout__offer__solution",
            "invitation__rollout__region",
        )
        .filter(pk=pk)
        .first()
    )


def note_opened(*, link: InvitationLink, at: datetime) -> None:
    """The first time somebody opens it. A mail filter may do so too: it is a sign, no proof."""
    if link.first_opened_at is not None:
        return
    with change("rollouts.invitation.opened", by=link.person, at=at) as record:
        first = InvitationLink.objects.filter(pk=link.pk, first_opened_at=None).update(
            first_opened_at=at
        )
        if first:
            record(link, municipality_id=link.invitation.municipality_id, details=_details(link))
        else:
            record.nothing_changed()
    link.first_opened_at = at


def send_on(*, link: InvitationLink, address: str, at: datetime) -> InvitationLink:
    """«Jeg bestemmer ikke dette»: somebody else in the municipality gets a link of her own.

    Whoever is not known here becomes a person without a role: she can read, and not answer.
    Raises CannotInvite.
    """
    wanted = address.strip().lower()
    with change("rollouts.invitation.sent_on", by=link.person, at=at) as record:
        locks.hold(f"rollouts.invitation.links.{link.invitation_id}")
        place = link.invitation.municipality
        if wanted == (link.person.email or "").lower():
            raise CannotInvite(InvitationRefusal.TO_ONESELF)
        if not _may_get(link, wanted, on=local_day(at)):
            raise CannotInvite(InvitationRefusal.NOT_OWN_ADDRESS)
        if InvitationLink.objects.filter(forwarded_from=link).count() >= rules.MOST_SENT_ON:
            raise CannotInvite(InvitationRefusal.SENT_ON_TOO_OFTEN)
        person = Person.objects.filter(email__iexact=wanted).first()
        if person is not None and not person.is_active:
            raise CannotInvite(InvitationRefusal.NOT_OWN_ADDRESS)
        if person is None:
            person = add_person(name="", email=wanted, by=link.person)
        if InvitationLink.objects.filter(
            invitation=link.invitation_id, person=person, revoked_at=None
        ).exists():
            raise CannotInvite(InvitationRefusal.HAS_LINK)
        made = InvitationLink.objects.create(
            invitation=link.invitation,
            person=person,
            forwarded_from=link,
            sent_at=at,
            expires_at=expires_at(link.invitation),
        )
        [message] = queue_all(
            INVITED,
            [
                To(
                    recipient=person,
                    context={"link": made.pk},
                    language=language_of(LanguageForm(place.language_form)),
                )
            ],
            at=at,
        )
        made.message = message
        made.save(update_fields=["message"])
        record(made, municipality_id=place.pk, details=_details(link))
    return made


def _may_get(link: InvitationLink, address: str, *, on: date) -> bool:
    """Those who have a role in the municipality, and others at its own addresses."""
    place = link.invitation.municipality
    held = Membership.objects.valid_on(on).filter(
        municipality=place, person__email__iexact=address, person__is_active=True
    )
    if held.exists():
        return True
    return rules.may_be_sent_on(address, own=place.postmottak, holder=link.person.email or "")


def revoke(*, link: InvitationLink, by: Actor, at: datetime) -> None:
    """The link opens nothing any more. Raises CannotInvite when it did not."""
    with change("rollouts.invitation.link_revoked", by=by, at=at) as record:
        changed = InvitationLink.objects.open_at(at).filter(pk=link.pk).update(revoked_at=at)
        if not changed:
            raise CannotInvite(InvitationRefusal.LINK_CLOSED)
        record(link, municipality_id=link.invitation.municipality_id, details=_details(link))


# --- the code ---


def may_answer(link: InvitationLink, *, on: date) -> bool:
    """Whether the person of the link may answer for the municipality. At most two queries."""
    held = answers.mandate_of(
        link.person_id, link.invitation.municipality_id, link.invitation.rollout.solution_id, on
    )
    return held is not None


@transaction.atomic
def send_code(*, link: InvitationLink, on: date, at: datetime) -> InvitationCode:
    """Six digits to the person's own address; an earlier code no longer works.

    Raises CannotInvite for whoever may not answer, and when there have been many.
    """
    locks.hold(f"rollouts.invitation.code.{link.pk}")
    if not may_answer(link, on=on):
        raise CannotInvite(InvitationRefusal.NO_MANDATE)
    sent = InvitationCode.objects.filter(link=link)
    if sent.filter(sent_at__gt=at - timedelta(days=1)).count() >= rules.MOST_CODES_A_DAY:
        raise CannotInvite(InvitationRefusal.CODES_USED_UP)
    if sent.filter(sent_at__gt=at - rules.CODES_WITHIN).count() >= rules.MOST_CODES:
        raise CannotInvite(InvitationRefusal.CODES_TOO_OFTEN)
    code = f"{secrets.randbelow(1_000_000):06d}"
    row = InvitationCode.objects.create(
        link=link, checksum=_checksum(link, code), sent_at=at, expires_at=at + rules.CODE_LASTS
    )
    queue(CODE, to=link.person, at=at, context={"link": link.pk}, secret=code)
    return row


def confirm(*, link: InvitationLink, code: str, at: datetime) -> None:
    """The code is hers, and is used up. Raises CannotInvite; a try is counted all the same."""
    if refusal := _try(link, "".join(code.split()), at=at):
        raise CannotInvite(refusal)


@transaction.atomic
def _try(link: InvitationLink, code: str, *, at: datetime) -> InvitationRefusal | None:
    """In a transaction of its own, which a refusal does not undo."""
    row = (
        InvitationCode.objects.select_for_update()
        .filter(link=link)
        .order_by("-sent_at", "-pk")
        .first()
    )
    if row is None or row.used_at is not None or row.expires_at <= at:
        return InvitationRefusal.CODE_TOO_OLD
    if row.tries >= rules.MOST_TRIES:
        return InvitationRefusal.CODE_TOO_OLD
    if not hmac.compare_digest(row.checksum, _checksum(link, code)):
        InvitationCode.objects.filter(pk=row.pk).update(tries=F("tries") + 1)
        return InvitationRefusal.CODE_WRONG
    row.used_at = at
    row.save(update_fields=["used_at"])
    return None


def rehearse(
    *, link: InvitationLink, content: Content, seen: int, by: Actor, on: date, at: datetime
) -> None:
    """Whether the answer would be taken, before a code is asked for. Nothing is kept of it.

    Raises CannotAnswer.
    """
    with transaction.atomic():
        _answer(link, content, seen, by, on, at)
        transaction.set_rollback(True)


def answer(
    *,
    link: InvitationLink,
    content: Content,
    seen: int,
    code: str,
    by: Actor,
    on: date,
    at: datetime,
) -> Given:
    """The answer of the person whose link it is, whom the code shows to be there.

    Raises CannotInvite for the code, and CannotAnswer.
    """
    confirm(link=link, code=code, at=at)
    return _answer(link, content, seen, by, on, at)


def _answer(
    link: InvitationLink, content: Content, seen: int, by: Actor, on: date, at: datetime
) -> Given:
    return answers_service.answer(
        rollout=link.invitation.rollout,
        municipality=link.invitation.municipality,
        content=content,
        seen=seen,
        by=by,
        on=on,
        at=at,
        by_code=True,
    )


def _checksum(link: InvitationLink, code: str) -> str:
    key = f"{_SALT}.code.{settings.SECRET_KEY}".encode()
    return hmac.new(key, f"{link.pk}.{code}".encode(), sha256).hexdigest()


def _details(link: InvitationLink) -> dict[str, str]:
    rollout = link.invitation.rollout
    return {"rollout": rollout.slug, "name": rollout.name}


def _signer() -> signing.Signer:
    return signing.Signer(salt=_SALT, sep=".")
