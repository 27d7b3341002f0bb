"""A no or a «not now» whose reason is gone is asked about again, once."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q

from samlop.audit.services import change
from samlop.lib.actors import Actor
from samlop.messages.services import To, queue_all
from samlop.municipalities.models import CodeChange, MunicipalityCode
from samlop.municipalities.rules.kinds import ChangeKind
from samlop.portfolio.models import Offer
from samlop.portfolio.queries import readiness
from samlop.portfolio.rules.readiness import Coverage, Standing
from samlop.rollouts.models import Answer, Invitation, Place, Rollout
from samlop.rollouts.queries import answers as queries
from samlop.rollouts.queries.answers import Current
from samlop.rollouts.rules import answers as rules
from samlop.rollouts.rules.answers import NEEDS_REASON, Gone, Reason, Stood
from samlop.rollouts.services import answer_mails, invitations


def reopen_all(*, by: Actor, on: date, at: datetime) -> int:
    """Every rollout that takes answers; safe to repeat. Says how many were opened anew."""
    waiting = Answer.objects.filter(
        reopened_at=None, state__in=[state.value for state in NEEDS_REASON]
    )
    rows = Rollout.objects.enrolling().filter(pk__in=waiting.values("rollout"))
    return sum(
        _reopen(row, by=by, on=on, at=at)
        for row in rows.select_related("offer__solution").order_by("pk")
    )


def _reopen(rollout: Rollout, *, by: Actor, on: date, at: datetime) -> int:
    exists = MunicipalityCode.objects.valid_on(on).values_list("municipality_id", flat=True)
    there = set(exists)
    placed = set(
        Place.objects.taken()
        .filter(solution=rollout.solution_id)
        .values_list("municipality_id", flat=True)
    )
    said = [
        one
        for one in queries.current(rollout).values()
        if one.state in NEEDS_REASON
        and one.stands
        and one.municipality in there
        and one.municipality not in placed
    ]
    now = (
        readiness.coverage(rollout.offer, on)
        if any(one.reason is Reason.VENDOR_NOT_READY for one in said)
        else Coverage()
    )
    merged = _merged(said, on)
    count = 0
    for one in said:
        why = rules.gone(_stood(one, now, rollout.offer, merged), on=on)
        if why is not None:
            count += _open_anew(rollout, one, why, by=by, on=on, at=at)
    return count


def _stood(one: Current, now: Coverage, offer: Offer, merged: set[int]) -> Stood:
    vendor = now.standing(one.municipality)
    then = None
    if one.reason is Reason.VENDOR_NOT_READY and vendor is Standing.COVERED:
        # What was known the moment it answered: a version released the same day is news.
        known = readiness.coverage(offer, one.given_on, known_at=one.recorded_at)
        then = known.standing(one.municipality)
    return Stood(
        state=one.state,
        reason=one.reason,
        ask_again_on=one.ask_again_on,
        ask_when_gone=one.ask_when_gone,
        reopened=not one.stands,
        vendor=vendor,
        vendor_then=then,
        merged=one.municipality in merged,
    )


def _merged(said: Iterable[Current], on: date) -> set[int]:
    """Those that have been merged or divided since they said that they waited for it."""
    waiting = {one.municipality: one.given_on for one in said if one.reason is Reason.MERGER}
    if not waiting:
        return set()
    numbers = MunicipalityCode.objects.filter(municipality__in=waiting).values_list(
        "municipality_id", "number"
    )
    found = set()
    for municipality, number in numbers:
        changes = CodeChange.objects.filter(
            Q(old_number=number) | Q(new_number=number),
            kind__in=[ChangeKind.MERGED.value, ChangeKind.SPLIT.value],
            happened_on__gt=waiting[municipality],
            happened_on__lte=on,
        )
        if changes.exists():
            found.add(municipality)
    return found


def _open_anew(
    rollout: Rollout, one: Current, why: Gone, *, by: Actor, on: date, at: datetime
) -> int:
    with change("rollouts.answer.reopened", by=by, at=at) as record:
        row = Answer.objects.select_for_update(of=("self",)).get(pk=one.pk)
        newest = queries.newest(rollout, one.municipality)
        if row.reopened_at is not None or newest is None or newest.pk != row.pk:
            record.nothing_changed()
            return 0
        row.reopened_at = at
        row.save(update_fields=["reopened_at"])
        _ask(rollout, row, why, on=on, at=at)
        record(
            row,
            municipality_id=one.municipality,
            details={
                "rollout": rollout.slug,
                "name": rollout.name,
                "state": row.state,
                "gone": why.value,
            },
        )
    return 1


def _ask(rollout: Rollout, row: Answer, why: Gone, *, on: date, at: datetime) -> None:
    """One mail to each with the mandate, with a link of her own while the invitation stands."""
    people = answer_mails.deciding(row.municipality_id, on=on)
    invitation = Invitation.objects.filter(
        rollout=rollout, municipality=row.municipality_id, withdrawn_at=None
    ).first()
    links = (
        invitations.ask_anew(invitation, people=people, on=on, at=at)
        if invitation is not None
        else {}
    )
    told = {"answer": row.pk, "gone": why.value}
    queue_all(
        invitations.REOPENED,
        [
            To(
                recipient=one,
                context=told | ({"link": links[one.pk]} if one.pk in links else {}),
            )
            for one in people
        ],
        at=at,
    )
