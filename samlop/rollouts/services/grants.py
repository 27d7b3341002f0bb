"""A municipality lets a host municipality or a cooperation answer for it, and takes it back."""

from datetime import date, datetime, timedelta

from django.db.models import Q

from samlop.accounts.models import Membership
from samlop.accounts.rules import Role
from samlop.audit.services import change
from samlop.db import locks
from samlop.lib.actors import Actor
from samlop.municipalities.models import Municipality, Region, RegionMembership
from samlop.portfolio.models import Solution
from samlop.rollouts.models import Grant
from samlop.rollouts.rules.answers import GrantRefusal
from samlop.rollouts.services.refusals import CannotGrant


def give(
    *,
    municipality: Municipality,
    solution: Solution,
    by: Actor,
    on: date,
    at: datetime,
    host: Municipality | None = None,
    cooperation: Region | None = None,
    valid_to: date | None = None,
) -> Grant:
    """From today, for one solution, until it is ended or the day before `valid_to`.

    Raises CannotGrant.
    """
    with change("rollouts.grant.given", by=by, at=at) as record:
        locks.hold(f"rollouts.grant.{municipality.pk}.{solution.pk}")
        membership = _mandate(municipality, by=by, on=on)
        _require(municipality, host, cooperation, valid_to, on=on)
        same = Grant.objects.filter(
            municipality=municipality, solution=solution, host=host, cooperation=cooperation
        )
        if same.filter(Q(valid_to=None) | Q(valid_to__gt=on)).exists():
            raise CannotGrant(GrantRefusal.STANDS_ALREADY)
        row = Grant.objects.create(
            municipality=municipality,
            solution=solution,
            host=host,
            cooperation=cooperation,
            valid_from=on,
            valid_to=valid_to,
            given_by_id=membership.person_id,
            membership=membership,
            given_at=at,
        )
        record(row, municipality_id=municipality.pk, details=_details(row))
    return row


def end(*, grant: Grant, by: Actor, on: date, at: datetime) -> Grant:
    """What was answered by it stands; nobody answers by it from today.

    One that was given today holds the day out. Raises CannotGrant.
    """
    with change("rollouts.grant.ended", by=by, at=at) as record:
        row = (
            Grant.objects.select_for_update(of=("self",))
            .select_related("municipality", "solution")
            .get(pk=grant.pk)
        )
        _mandate(row.municipality, by=by, on=on)
        if row.valid_to is not None and row.valid_to <= on + timedelta(days=1):
            raise CannotGrant(GrantRefusal.ENDED_ALREADY)
        row.valid_to = max(on, row.valid_from + timedelta(days=1))
        row.save(update_fields=["valid_to"])
        record(row, municipality_id=row.municipality_id, details=_details(row))
    return row


def _mandate(municipality: Municipality, *, by: Actor, on: date) -> Membership:
    """Only the municipality itself: whoever answers by a grant cannot pass it on."""
    found = (
        Membership.objects.filter(
            person=by.pk, role=Role.DECISION_MAKER.value, municipality=municipality
        )
        .valid_on(on)
        .first()
        if by.pk is not None
        else None
    )
    if found is None:
        raise CannotGrant(GrantRefusal.NO_MANDATE)
    return found


def _require(
    municipality: Municipality,
    host: Municipality | None,
    cooperation: Region | None,
    valid_to: date | None,
    *,
    on: date,
) -> None:
    if (host is None) is (cooperation is None):
        raise CannotGrant(GrantRefusal.TO_NOBODY)
    if host is not None and host.pk == municipality.pk:
        raise CannotGrant(GrantRefusal.TO_ITSELF)
    if cooperation is not None:
        inside = RegionMembership.objects.valid_on(on).filter(
            region=cooperation, municipality=municipality
        )
        if not inside.exists():
            raise CannotGrant(GrantRefusal.NOT_A_MEMBER)
    if valid_to is not None and valid_to <= on:
        raise CannotGrant(GrantRefusal.ENDS_BEFORE_IT_BEGINS)


def _details(row: Grant) -> dict[str, str | int | None]:
    return {
        "solution": row.solution.slug,
        "name": row.solution.name,
        "host": row.host_id,
        "cooperation": row.cooperation_id,
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
    }
