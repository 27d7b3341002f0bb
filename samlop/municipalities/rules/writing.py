"""What people type in about organisations, made usable or turned down."""

import re
from typing import Final

LONGEST_NAME: Final = 120
LONGEST_WEBSITE: Final = 200

_HOST = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}(?::\d{1,5})?", re.IGNORECASE)
_SCHEME = re.compile(r"(https?)://(.*)", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s,;<>()\[\]\"]+@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}")


def name(text: str) -> str | None:
    """The name with single spaces, or None when there is no letter in it or it is too long."""
    tidy = " ".join(text.split())
    if len(tidy) > LONGEST_NAME or not any(letter.isalpha() for letter in tidy):
        return None
    return tidy


def website(text: str) -> str | None:
    """The address with https:// unless it names a scheme, empty for none, None for a bad one.

    Only http and https: the address becomes a link.
    """
    tidy = text.strip()
    if not tidy:
        return ""
    scheme, rest = found.groups() if (found := _SCHEME.fullmatch(tidy)) else ("https", tidy)
    host, slash, path = rest.partition("/")
    if not _HOST.fullmatch(host) or re.search(r"[\s<>\"]", path):
        return None
    address = f"{scheme.lower()}://{host}{slash}{path}"
    return address if len(address) <= LONGEST_WEBSITE else None


def email(text: str) -> str | None:
    """The address, empty for none, None for what cannot be one."""
    tidy = text.strip()
    if not tidy:
        return ""
    return tidy if len(tidy) <= 254 and _EMAIL.fullmatch(tidy) else None
