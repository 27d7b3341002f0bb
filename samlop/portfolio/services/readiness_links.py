"""Asking a vendor's people whether their rows are right, by a mail with a link that reads them."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from django.core import signing
from django.db.models import Max

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.audit.services import change
from samlop.db import locks
from samlop.lib.actors import Actor, Machine
from samlop.messages.services import queue
from samlop.municipalities.models import Vendor
from samlop.portfolio.models import ReadinessLink
from samlop.portfolio.queries import readiness as queries
from samlop.portfolio.rules import readiness as rules
from samlop.portfolio.rules.readiness import ReadinessRefusal
from samlop.portfolio.services.readiness import CannotState

ASKED: Final = "portfolio.readiness_asked"
MONTHLY: Final = Machine("Månedlig spørsmål til leverandørene")

_SALT: Final = "samlop.portfolio.readiness_link"


def token(link: ReadinessLink) -> str:
    """What the address in the mail holds: the link's id, signed."""
    return _signer().sign(str(link.pk))


def opened(text: str, *, at: datetime) -> ReadinessLink | None:
    """The link a token stands for; None when it is not ours, expired or revoked. One query."""
    try:
        pk = int(_signer().unsign(text))
    except (signing.BadSignature, ValueError):
        return None
    return (
        ReadinessLink.objects.open_at(at).select_related("vendor", "person").filter(pk=pk).first()
    )


def people_of(vendor: Vendor, *, on: date) -> list[Person]:
    """Whom to ask: those who speak for the vendor and can get mail. One query."""
    held = (
        Membership.objects.valid_on(on)
        .filter(vendor=vendor, role=Role.VENDOR.value, person__is_active=True)
        .exclude(person__email=None)
        .values("person")
    )
    return list(Person.objects.filter(pk__in=held).order_by("pk"))


def ask(
    *,
    vendor: Vendor,
    by: Actor,
    on: date,
    at: datetime,
    not_again_for: timedelta = rules.NOT_AGAIN_FOR,
) -> list[ReadinessLink]:
    """«Stemmer datoene deres?» to each of the vendor's people. Raises CannotState."""
    with change("portfolio.readiness.asked", by=by, at=at) as record:
        locks.hold(f"portfolio.readiness_asked.{vendor.pk}")
        people = people_of(vendor, on=on)
        if not people:
            raise CannotState(ReadinessRefusal.NOBODY_TO_ASK, vendor=vendor.name)
        if not queries.own_rows(vendor.pk, on):
            raise CannotState(ReadinessRefusal.NOTHING_TO_ASK, vendor=vendor.name)
        last = ReadinessLink.objects.filter(vendor=vendor).aggregate(at=Max("asked_at"))["at"]
        if last is not None and at - last < not_again_for:
            raise CannotState(ReadinessRefusal.ASKED_JUST_NOW, vendor=vendor.name)
        links = [
            ReadinessLink.objects.create(
                vendor=vendor,
                person=person,
                asked_by_id=by.pk,
                asked_at=at,
                expires_at=at + rules.LINK_LASTS,
            )
            for person in people
        ]
        for link in links:
            queue(ASKED, to=link.person, at=at, context={"link": link.pk})
        record(vendor, details={"name": vendor.name, "people": len(links)})
    return links


def ask_monthly(*, on: date, at: datetime) -> int:
    """Ask each vendor that has something to confirm; safe to repeat. Says how many were asked."""
    asked = 0
    for vendor in Vendor.objects.filter(pk__in=queries.vendors_awaited(on)).order_by("pk"):
        try:
            ask(vendor=vendor, by=MONTHLY, on=on, at=at, not_again_for=rules.MONTHLY_AFTER)
        except CannotState as error:
            if error.refusal not in _LEFT_ALONE:
                raise
        else:
            asked += 1
    return asked


def revoke(*, links: Iterable[ReadinessLink], by: Actor, at: datetime) -> int:
    """The links open nothing any more; says how many did. Raises CannotState when none did."""
    wanted = sorted(link.pk for link in links)
    with change("portfolio.readiness.link_revoked", by=by, at=at) as record:
        rows = list(
            ReadinessLink.objects.open_at(at)
            .filter(pk__in=wanted)
            .order_by("pk")
            .select_for_update(of=("self",))
            .select_related("vendor")
        )
        if not rows:
            raise CannotState(ReadinessRefusal.TOO_LATE_TO_REVOKE)
        for row in rows:
            row.revoked_at = at
            row.save(update_fields=["revoked_at"])
        vendor = rows[0].vendor
        record(vendor, details={"name": vendor.name, "links": len(rows)})
    return len(rows)


_LEFT_ALONE: Final = frozenset({ReadinessRefusal.NOBODY_TO_ASK, ReadinessRefusal.ASKED_JUST_NOW})


def _signer() -> signing.Signer:
    return signing.Signer(salt=_SALT, sep=".")
