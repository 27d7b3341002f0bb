"""What people write about people: phones, addresses, and roles in their usual words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from samlop.accounts.rules.roles import Role
from samlop.municipalities.rules import writing

SHARED_MAILBOXES: Final = frozenset(
    {"post", "postmottak", "epost", "firmapost", "info", "servicetorg", "noreply", "no-reply"}
)

_IN_BRACKETS: Final = re.compile(r"<([^<>]+)>")


def email(text: str) -> str | None:
    """The address alone, also out of «Kari Berg <kari@…>»; empty for none, None for a bad one."""
    if found := _IN_BRACKETS.search(text):
        text = found[1]
    return writing.email(text.strip().removeprefix("mailto:"))


def is_shared_mailbox(address: str) -> bool:
    return address.partition("@")[0].casefold() in SHARED_MAILBOXES


def phone(text: str) -> str | None:
    """«912 34 567», or «+46 701234567» from abroad; empty for none, None for what is no number."""
    digits = re.sub(r"[\s().\-\u00a0\u2010-\u2015/]", "", text)
    if not digits:
        return ""
    digits = re.sub(r"^00", "+", digits)
    digits = re.sub(r"^(?:\+47|47(?=\d{8}$))", "", digits)
    if re.fullmatch(r"[2-9]\d{7}", digits):
        # Mobile numbers are read in threes, others in pairs.
        if digits[0] in "49":
            return f"{digits[:3]} {digits[3:5]} {digits[5:]}"
        return f"{digits[:2]} {digits[2:4]} {digits[4:6]} {digits[6:]}"
    if found := re.fullmatch(r"\+([1-9]\d{6,14})", digits):
        return f"+{found[1][:2]} {found[1][2:]}"
    return None


@dataclass(frozen=True, slots=True)
class Called:
    """The role a word stands for, and the title it leaves."""

    role: Role
    title: str = ""


_WORDS: Final[Mapping[str, Role]] = {
    "koordinator": Role.MUNICIPAL_COORDINATOR,
    "lokal koordinator": Role.MUNICIPAL_COORDINATOR,
    "kommunal koordinator": Role.MUNICIPAL_COORDINATOR,
    "beslutningstaker": Role.DECISION_MAKER,
    "beslutningstakar": Role.DECISION_MAKER,
    "avgjerdstakar": Role.DECISION_MAKER,
    "prosjektleder": Role.PROJECT_LEADER,
    "prosjektleiar": Role.PROJECT_LEADER,
    "lokal prosjektleder": Role.PROJECT_LEADER,
    "kontaktperson e-helse": Role.CONTACT_PERSON,
    "kontaktperson ehelse": Role.CONTACT_PERSON,
    "regional kontaktperson": Role.CONTACT_PERSON,
    "innføringsleder": Role.ROLLOUT_LEADER,
    "innføringsleiar": Role.ROLLOUT_LEADER,
    "nettverksressurs": Role.NETWORK_RESOURCE,
}

# A word inside a title that says which role it is: the first that is found counts.
_INSIDE: Final[tuple[tuple[str, Role], ...]] = (
    ("koordinator", Role.MUNICIPAL_COORDINATOR),
    ("prosjektleder", Role.PROJECT_LEADER),
    ("prosjektleiar", Role.PROJECT_LEADER),
    ("prosjekteier", Role.DECISION_MAKER),
    ("prosjekteigar", Role.DECISION_MAKER),
    ("kommunalsjef", Role.DECISION_MAKER),
    ("kommunaldirektør", Role.DECISION_MAKER),
    ("kommunedirektør", Role.DECISION_MAKER),
    ("rådmann", Role.DECISION_MAKER),
    ("helseleder", Role.DECISION_MAKER),
    ("helseleiar", Role.DECISION_MAKER),
    ("helsesjef", Role.DECISION_MAKER),
    ("omsorgssjef", Role.DECISION_MAKER),
    ("omsorgsleder", Role.DECISION_MAKER),
    ("omsorgsleiar", Role.DECISION_MAKER),
    ("oppvekstsjef", Role.DECISION_MAKER),
    ("oppvekstleder", Role.DECISION_MAKER),
    ("oppvekstleiar", Role.DECISION_MAKER),
    ("tjenesteleder", Role.DECISION_MAKER),
    ("tenesteleiar", Role.DECISION_MAKER),
    ("etatssjef", Role.DECISION_MAKER),
    ("sektorleder", Role.DECISION_MAKER),
    ("sektorleiar", Role.DECISION_MAKER),
    ("virksomhetsleder", Role.DECISION_MAKER),
    ("verksemdsleiar", Role.DECISION_MAKER),
    ("enhetsleder", Role.DECISION_MAKER),
    ("einingsleiar", Role.DECISION_MAKER),
)

ORDINARY_WORDS: Final = (
    "koordinator",
    "helseleder",
    "prosjektleder",
    "kontaktperson e-helse",
    "innføringsleder",
    "nettverksressurs",
)


def role(text: str) -> Called | None:
    """«helseleder» is a decision maker with that title; None for words that say no role."""
    words = " ".join(text.split())
    key = words.casefold().replace("–", "-")
    if found := _WORDS.get(key):
        return Called(found)
    for part, inside in _INSIDE:
        if part in key:
            return Called(inside, words)
    return None
