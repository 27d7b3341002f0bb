"""The kinds of message there are: each says its group and how its words are made.

Apps above list theirs in a module that SAMLOP_MAIL_KINDS names: this app knows none of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings

from samlop.accounts.models import Person
from samlop.messages.rules import Attachment, Group, Mail
from samlop.municipalities.models import Municipality

# The kind that gathers others, always listed.
DIGEST = "messages.digest"

Context = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a mail is written from, in the recipient's language.

    It goes to a person, or to a municipality's postmottak.
    """

    recipient: Person | None
    context: Context
    # Where Samløp is, with a slash at the end.
    home: str
    secret: str = ""
    # Only for a digest: the mails it gathers.
    items: tuple[Mail, ...] = ()
    municipality: Municipality | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`write` gives None when what the message is about no longer holds.

    An urgent message carries a secret: it goes first and is not sent late. `attach` makes the
    files that go along, when the mail is sent or looked at: it shall give the same bytes each
    time, since a mail may be sent again. `subject` is for lists, where making a whole mail
    of each row would take long. A `private` one holds words, or a link to them, that are for its
    reader: not even an administrator reads it in the outbox, only that it was sent.
    """

    code: str
    group: Group
    write: Callable[[Draft], Mail | None]
    urgent: bool = False
    private: bool = False
    attach: Callable[[Draft], tuple[Attachment, ...]] | None = None
    subject: Callable[[Draft], str | None] | None = None


@cache
def _known(modules: tuple[str, ...]) -> Mapping[str, Kind]:
    return {kind.code: kind for name in modules for kind in import_module(name).KINDS}


def known() -> Mapping[str, Kind]:
    return _known(tuple(settings.SAMLOP_MAIL_KINDS))


def kind(code: str) -> Kind:
    return known()[code]
