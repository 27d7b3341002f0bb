"""What a token from an identity provider must say before anybody is let in.

Pure: claims are read here only once their signature, issuer, audience and age have been checked.
Everything else comes from us, nothing from the request: a browser can change what was asked for.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hmac import compare_digest
from typing import Any, Final

Claims = Mapping[str, Any]
# Stands in an Entra issuer for the tenant that the token names.
TENANT: Final = "{tenantid}"


class IssuerKind(StrEnum):
    """Where a token says whom somebody represents."""

    # In authorization_details, as Ansattporten writes them.
    ANSATTPORTEN = "ansattporten"
    # In the tenant she belongs to: a table of ours says which organisation that is.
    ENTRA = "entra"


class TokenRefusal(StrEnum):
    """Why somebody who comes back from an identity provider is not let in."""

    NOT_BEGUN_HERE = "not_begun_here"
    CANCELLED = "cancelled"
    AWAY = "away"
    UNUSABLE = "unusable"
    LEVEL_TOO_LOW = "level_too_low"
    UNKNOWN_PERSON = "unknown_person"
    REPRESENTS_NOBODY = "represents_nobody"
    NO_ROLE_THERE = "no_role_there"
    SOMEBODY_ELSES = "somebody_elses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """One identity provider, as whoever runs Samløp has set it up.

    `levels` are the values of acr (or of Entra's acrs) that are good enough, `resource` what
    Ansattporten shall ask for the right to, `tenants` organisation numbers by Entra tenant, and
    `identity` the claim that tells people apart.
    """

    key: str
    name: str
    kind: IssuerKind
    issuer: str
    client_id: str
    secret: str = field(repr=False)
    levels: tuple[str, ...]
    resource: str = ""
    tenants: Mapping[str, str] = field(default_factory=dict)
    identity: str = "sub"

    def names(self, claims: Claims) -> bool:
        """Whether the token is from this issuer; for Entra, from one of the tenants we know."""
        said = str(claims.get("iss", ""))
        if TENANT not in self.issuer:
            return said == self.issuer
        tenant = str(claims.get("tid", ""))
        return tenant in self.tenants and said == self.issuer.replace(TENANT, tenant)


# Levels that by the regulation on eID are two factors: something one has and something one knows.
_TWO_FACTORS: Final = frozenset(
    {"substantial", "high", "idporten-loa-substantial", "idporten-loa-high"}
)


def level(claims: Claims, issuer: Issuer) -> str | None:
    """The level reached that is good enough, or None."""
    said = [claims.get("acr"), *_several(claims.get("acrs"))]
    return next((one for one in said if one in issuer.levels), None)


def has_two_factors(issuer: Issuer, reached: str) -> bool:
    """What a municipality asks of its own people in Entra is its own matter, and proves less."""
    return issuer.kind is IssuerKind.ANSATTPORTEN and reached in _TWO_FACTORS


def is_answer_to(claims: Claims, nonce: str) -> bool:
    """Whether the token was made for the question that was asked here."""
    said = claims.get("nonce")
    return bool(nonce) and isinstance(said, str) and compare_digest(said.encode(), nonce.encode())


def organisations(claims: Claims, issuer: Issuer) -> frozenset[str]:
    """The organisation numbers that the token says its bearer represents."""
    if issuer.kind is IssuerKind.ENTRA:
        number = issuer.tenants.get(str(claims.get("tid", "")))
        return frozenset({number} if number else ())
    found = (_number(said) for said in _represented(claims, issuer.resource))
    return frozenset(number for number in found if number)


def _represented(claims: Claims, resource: str) -> Iterator[object]:
    for detail in _several(claims.get("authorization_details")):
        if not isinstance(detail, Mapping):
            continue
        match detail.get("type"):
            # Only a right to what we asked for: others are about other services.
            case "ansattporten:altinn:resource" if resource and detail.get("resource") == resource:
                for party in _several(detail.get("authorized_parties")):
                    yield party.get("orgno") if isinstance(party, Mapping) else None
            # Entra behind Ansattporten: the organisation whose employee she is.
            case "ansattporten:orgno":
                yield detail.get("orgno")


# ISO 6523 with the code of Enhetsregisteret in front: «0192:964965137».
_IDENTIFIER: Final = re.compile(r"(?:0192:)?(\d{9})")


def _number(said: object) -> str | None:
    if not isinstance(said, Mapping):
        return None
    # Ansattporten has written these names with a capital letter and without.
    fields = {str(key).lower(): value for key, value in said.items()}
    if fields.get("authority", "iso6523-actorid-upis") != "iso6523-actorid-upis":
        return None
    found = _IDENTIFIER.fullmatch(str(fields.get("id", "")))
    return found[1] if found else None


def _several(value: object) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
