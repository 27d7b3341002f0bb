"""What must be true before real people's data are served; anything else stops the start.

Production is SAMLOP_HTTPS=1. Without it only the example may be served to other machines.
"""

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from samlop.accounts.models import Person

SHORTEST_KEY: Final = 50
FEWEST_LETTERS_IN_A_KEY: Final = 10
# Keys that stand in public texts, and so are known to everybody.
KNOWN_KEYS: Final = ("django-insecure-", "only for ", "secret", "changeme", "insecure")
# Mail that ends in a file, a window or nowhere.
NO_MAIL: Final = ("filebased", "console", "locmem", "dummy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The settings that the rules below are about."""

    https: bool
    example: bool
    debug: bool
    secret_key: str
    hosts: Sequence[str]
    address: str
    has_mail_server: bool
    email_backend: str
    issuers: Sequence[str] = ()
    has_example_people: bool = False

    @classmethod
    def of_settings(cls, *, has_example_people: bool = False) -> "Setup":
        return cls(
            https=settings.SAMLOP_HTTPS,
            example=settings.SAMLOP_EXAMPLE,
            debug=settings.DEBUG,
            secret_key=settings.SECRET_KEY,
            hosts=tuple(settings.ALLOWED_HOSTS),
            address=settings.SAMLOP_ADDRESS,
            has_mail_server=settings.SAMLOP_SMTP is not None,
            email_backend=settings.EMAIL_BACKEND,
            issuers=tuple(issuer.issuer for issuer in settings.SAMLOP_OIDC),
            has_example_people=has_example_people,
        )


def refusals(setup: Setup) -> Iterator[str]:
    """Why this must not be started, one sentence each; nothing when it may."""
    yield from _plain_issuers(setup)
    if not setup.https:
        others = [host for host in setup.hosts if not _is_this_machine(host)]
        if others and not setup.example:
            yield (
                f"Real people's data would go to {others[0]} over plain http; put a proxy with "
                "https in front and set SAMLOP_HTTPS=1."
            )
        return
    if setup.example:
        yield ("SAMLOP_EXAMPLE=1 lets anybody log in as anybody; set it to 0 where SAMLOP_HTTPS=1.")
    elif setup.has_example_people:
        yield (
            "The people of the example are in this database, and anybody knows their addresses; "
            "start with an empty one."
        )
    if setup.debug:
        yield "DEBUG shows our inside to everybody; it must be off."
    if not _is_secret(setup.secret_key):
        yield (
            "SAMLOP_SECRET_KEY is short, simple or publicly known; make one with "
            "`python -c 'import secrets; print(secrets.token_urlsafe(50))'`."
        )
    if "*" in setup.hosts:
        yield "SAMLOP_ALLOWED_HOSTS=* believes whatever a browser says; name the hosts."
    if urlsplit(setup.address).scheme != "https":
        yield f"SAMLOP_ADDRESS is {setup.address}; links in mails must begin with https://."
    backend = setup.email_backend.lower()
    if not setup.has_mail_server or any(word in backend for word in NO_MAIL):
        yield "There is no mail server, so nobody would get a code to log in; set SAMLOP_SMTP_URL."


def _plain_issuers(setup: Setup) -> Iterator[str]:
    """Whoever stands between us and an issuer without https can sign in as anybody."""
    for issuer in setup.issuers:
        parts = urlsplit(issuer)
        if parts.scheme == "https":
            continue
        if setup.https or not _is_this_machine(parts.hostname or ""):
            yield f"SAMLOP_OIDC names {issuer}; an issuer must begin with https://."


def _is_secret(key: str) -> bool:
    return (
        len(key) >= SHORTEST_KEY
        and len(set(key)) >= FEWEST_LETTERS_IN_A_KEY
        and not key.lower().startswith(KNOWN_KEYS)
    )


def _is_this_machine(host: str) -> bool:
    name = host.strip("[]").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def refuse() -> None:
    """Raises ImproperlyConfigured with the first reason not to start.

    A database that does not answer is another's trouble: it is asked again at the next start.
    """
    for sentence in refusals(Setup.of_settings(has_example_people=_has_example_people())):
        raise ImproperlyConfigured(sentence)


def _has_example_people() -> bool:
    if not settings.SAMLOP_HTTPS or settings.SAMLOP_EXAMPLE:
        return False
    try:
        return Person.objects.filter(is_example=True).exists()
    except DatabaseError:
        return False


def fit_for_production(**_kwargs: Any) -> list[checks.CheckMessage]:
    """The same for `check --deploy`, which asks no database."""
    return [checks.Error(sentence, id="samlop.E001") for sentence in refusals(Setup.of_settings())]
