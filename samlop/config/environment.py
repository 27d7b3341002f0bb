"""Typed readers of the environment; a setting that is missing stops the start with a sentence."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from samlop.accounts.rules.tokens import TENANT, Issuer, IssuerKind
from samlop.municipalities.rules.vendors import is_organisation_number


def text(name: str, default: str | None = None) -> str:
    """The variable, or the content of the file that NAME_FILE points at."""
    if file := os.environ.get(f"{name}_FILE"):
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror}") from error
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(
            f"{name} is not set. `samlop start` sets everything for a local run; "
            "docs/running.md lists what a server needs."
        )
    return value


def flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name, "1" if default else "0")
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}")
    return value == "1"


def words(name: str, default: str | None = None) -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def database(name: str) -> dict[str, object]:
    """Django's settings for a URL «postgresql://user:password@host:port/name?host=/socket»."""
    parts = urlsplit(text(name))
    if parts.scheme not in {"postgres", "postgresql"} or len(parts.path) < 2:
        raise ImproperlyConfigured(
            f"{name} must look like postgresql://user:password@host:5432/name"
        )
    options = dict(parse_qsl(parts.query))
    try:
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} has a port that is no number") from error
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": options.pop("port", str(port or "")),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


SMTP_SECURITY = {"smtps": ("tls", 465), "smtp+starttls": ("starttls", 587), "smtp": ("none", 25)}


def smtp(name: str) -> dict[str, Any] | None:
    """Where mail is handed in: «smtps://user:password@host:465», «smtp+starttls://…», «smtp://…».

    None when the variable is empty.
    """
    value = text(name, "")
    if not value:
        return None
    parts = urlsplit(value)
    form = f"{name} must look like smtps://user:password@host:465, smtp+starttls://… or smtp://…"
    if parts.scheme not in SMTP_SECURITY or not parts.hostname:
        raise ImproperlyConfigured(form)
    security, port = SMTP_SECURITY[parts.scheme]
    try:
        port = parts.port or port
    except ValueError as error:
        raise ImproperlyConfigured(form) from error
    if parts.password and security == "none":
        raise ImproperlyConfigured(f"{name} would send a password in the clear; use smtps://")
    return {
        "host": parts.hostname,
        "port": port,
        "security": security,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
    }


_NEEDED = ("key", "name", "kind", "issuer", "client_id", "secret", "levels")
_ALLOWED = {*_NEEDED, "resource", "tenants", "identity"}


def issuers(name: str) -> tuple[Issuer, ...]:
    """Identity providers, as a JSON list of objects; docs/signing-in.md tells what each holds."""
    value = text(name, "")
    if not value:
        return ()
    try:
        listed = json.loads(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not JSON: {error}") from error
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise ImproperlyConfigured(f"{name} must be a list of objects")
    found = tuple(_issuer(name, one) for one in listed)
    if len({one.key for one in found}) < len(found):
        raise ImproperlyConfigured(f"{name} names two providers by the same key")
    return found


def _issuer(name: str, said: Mapping[str, Any]) -> Issuer:
    if missing := [one for one in _NEEDED if not said.get(one)]:
        raise ImproperlyConfigured(f"{name}: a provider lacks «{missing[0]}»")
    if unknown := sorted(set(said) - _ALLOWED):
        raise ImproperlyConfigured(f"{name}: «{unknown[0]}» is not known")
    what = f"{name}: the provider «{said['key']}»"
    if said["kind"] not in set(IssuerKind):
        raise ImproperlyConfigured(f"{what} must be of kind {' or '.join(IssuerKind)}")
    if not str(said["key"]).isalnum() or not str(said["key"]).isascii():
        raise ImproperlyConfigured(f"{what} needs a key of letters a-z and digits")
    levels = said["levels"]
    if not isinstance(levels, list) or not all(isinstance(one, str) and one for one in levels):
        raise ImproperlyConfigured(f"{what}: «levels» must be a list of words")
    tenants = said.get("tenants", {})
    if not isinstance(tenants, dict) or not all(
        is_organisation_number(str(number)) for number in tenants.values()
    ):
        raise ImproperlyConfigured(f"{what}: «tenants» must give each an organisation number")
    kind, issuer = IssuerKind(said["kind"]), str(said["issuer"])
    if kind is IssuerKind.ANSATTPORTEN and (not said.get("resource") or TENANT in issuer):
        raise ImproperlyConfigured(f"{what} needs a «resource», and an issuer that is an address")
    if kind is IssuerKind.ENTRA and not tenants:
        raise ImproperlyConfigured(f"{what} needs «tenants»")
    return Issuer(
        key=said["key"],
        name=str(said["name"]),
        kind=kind,
        issuer=issuer,
        client_id=str(said["client_id"]),
        secret=str(said["secret"]),
        levels=tuple(levels),
        resource=str(said.get("resource", "")),
        tenants=tenants,
        identity=str(said.get("identity", "sub")),
    )
