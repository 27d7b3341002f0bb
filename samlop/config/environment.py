"""Typed readers of the environment; a setting that is missing stops the start with a sentence."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


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
