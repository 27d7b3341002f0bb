"""Every change to people and their memberships, one function each."""

from samlop.accounts.services.memberships import end, grant
from samlop.accounts.services.persons import EmailTaken, add_person, signed_in

__all__ = ["EmailTaken", "add_person", "end", "grant", "signed_in"]
