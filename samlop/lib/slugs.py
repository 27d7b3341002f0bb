"""Readable ASCII addresses from names."""

import re
import unicodedata
from collections.abc import Container

_LETTERS = str.maketrans(
    {
        "æ": "ae",
        "ø": "o",
        "å": "a",
        "ä": "ae",
        "ö": "o",
        "ü": "u",
        "đ": "d",
        "ŋ": "n",
        "ŧ": "t",
    }
)


def slug(text: str, *, longest: int = 80) -> str:
    """«Digi Møre og Romsdal» → «digi-more-og-romsdal»; empty when no letter or digit is left."""
    lower = unicodedata.normalize("NFC", text.lower()).translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", lower).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:longest].rstrip("-")


def free_slug(text: str, taken: Container[str], *, otherwise: str, longest: int = 80) -> str:
    """The slug of the text, numbered from 2 when it is taken; `otherwise` for an empty one."""
    wanted = slug(text, longest=longest) or otherwise
    if wanted not in taken:
        return wanted
    number = 2
    while (numbered := f"{wanted[: longest - 5]}-{number}") in taken:
        number += 1
    return numbered
