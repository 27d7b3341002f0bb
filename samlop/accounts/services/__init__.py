"""Every change to people and their memberships, one function each."""

from samlop.accounts.services.limits import may_invite
from samlop.accounts.services.loads import Entry, Loaded, Undone, load_people, undo_load
from samlop.accounts.services.memberships import (
    Invitation,
    end,
    grant,
    hand_over,
    invite,
    take_over,
)
from samlop.accounts.services.persons import EmailTaken, add_person, erase, signed_in
from samlop.accounts.services.refusals import CannotChangePeople

__all__ = [
    "CannotChangePeople",
    "EmailTaken",
    "Entry",
    "Invitation",
    "Loaded",
    "Undone",
    "add_person",
    "end",
    "erase",
    "grant",
    "hand_over",
    "invite",
    "load_people",
    "may_invite",
    "signed_in",
    "take_over",
    "undo_load",
]
