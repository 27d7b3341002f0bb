"""Keys for systems that send figures: issued, shown once, revoked."""

import secrets
from datetime import date, datetime
from typing import Final

from samlop.audit.services import change
from samlop.db import locks
from samlop.lib.actors import Actor
from samlop.lib.errors import Refused
from samlop.portfolio.models import Solution
from samlop.uptake.models import UsageSource, UsageToken
from samlop.uptake.queries import tokens as queries
from samlop.uptake.rules.figures import DecimalMark
from samlop.uptake.rules.pushes import TokenRefusal, refuses_life
from samlop.uptake.rules.stages import Source
from samlop.uptake.texts import pushes as texts

# Whoever finds one in a log or a repository can tell what it is.
PREFIX: Final = "samlop_"


class CannotIssue(Refused):
    """A rule says no to a key; nothing was changed."""

    def __init__(self, refusal: TokenRefusal) -> None:
        super().__init__(str(texts.TOKEN_REFUSALS[refusal]))
        self.refusal = refusal


def issue(
    *,
    solution: Solution,
    name: str,
    source: Source,
    expires_on: date,
    by: Actor,
    on: date,
    at: datetime,
) -> tuple[UsageToken, str]:
    """A key for the system, and the secret that nobody can find again. Raises CannotIssue.

    The system is a source of figures by its name; a source of that name may be there already.
    """
    name = " ".join(name.split())[:120]
    if not name:
        raise CannotIssue(TokenRefusal.NO_NAME)
    if (refusal := refuses_life(expires_on, on)) is not None:
        raise CannotIssue(refusal)
    with change("uptake.token.issued", by=by, at=at) as record:
        locks.hold(f"uptake.indicators.{solution.pk}")
        if UsageToken.objects.valid_on(on).filter(source__solution=solution, name__iexact=name):
            raise CannotIssue(TokenRefusal.NAME_TAKEN)
        origin = UsageSource.objects.filter(solution=solution, name__iexact=name).first()
        if origin is None:
            origin = UsageSource.objects.create(
                solution=solution, name=name, source=source.value, mark=DecimalMark.POINT.value
            )
        secret = PREFIX + secrets.token_urlsafe(32)
        token = UsageToken.objects.create(
            source=origin,
            name=name,
            sha256=queries.checksum(secret),
            issued_by_id=by.pk,
            issued_at=at,
            expires_on=expires_on,
        )
        record(solution, details={"name": name, "expires_on": expires_on.isoformat()})
    return token, secret


def revoke(*, token: UsageToken, by: Actor, at: datetime) -> None:
    """From now on it opens nothing; what was sent with it stands. Raises CannotIssue."""
    with change("uptake.token.revoked", by=by, at=at) as record:
        row = (
            UsageToken.objects.select_for_update(of=("self",))
            .select_related("source__solution")
            .get(pk=token.pk)
        )
        if row.revoked_at is not None:
            raise CannotIssue(TokenRefusal.REVOKED_ALREADY)
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        record(row.source.solution, details={"name": row.name})


def opened_by(secret: str, *, on: date, at: datetime) -> UsageToken | None:
    """The valid key with this secret, marked as used now. Two queries."""
    valid = UsageToken.objects.valid_on(on).select_related("source__solution")
    token = valid.filter(sha256=queries.checksum(secret)).first()
    if token is not None:
        UsageToken.objects.filter(pk=token.pk).update(last_used_at=at)
    return token
