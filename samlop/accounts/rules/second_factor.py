"""Who must have proved herself twice, and when somebody has."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from samlop.accounts.rules.giving import NATIONAL
from samlop.accounts.rules.roles import Grant, Role

# Those who administer, and those who act for the whole country.
NEEDS_SECOND_FACTOR: Final[frozenset[Role]] = NATIONAL


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing a session has been given: «password», «code» (by mail), «totp», «passkey» …"""

    method: str


PASSWORD: Final = Proof("password")
APP_CODES: Final = frozenset({Proof("totp"), Proof("recovery_codes")})
# A key on a device, unlocked by finger, face or PIN: two factors in one.
PASSKEY: Final = Proof("webauthn")
# An identity provider that has seen two factors itself; another one's word proves one.
ISSUER_TWO: Final = Proof("issuer_two_factors")
ISSUER_ONE: Final = Proof("issuer")


def is_strong(proofs: Iterable[Proof]) -> bool:
    """Whether they are two factors: as an issuer saw, a passkey, or password and app's code."""
    given = frozenset(proofs)
    return bool(given & {PASSKEY, ISSUER_TWO}) or (PASSWORD in given and bool(given & APP_CODES))


def usable(grants: Iterable[Grant], *, strong: bool) -> tuple[Grant, ...]:
    """The memberships that count in a session."""
    return tuple(grant for grant in grants if strong or grant.role not in NEEDS_SECOND_FACTOR)
