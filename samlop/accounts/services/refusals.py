"""The one exception by which a change to people is refused."""

from samlop.accounts import texts
from samlop.accounts.rules import PeopleRefusal
from samlop.lib.errors import Refused


class CannotChangePeople(Refused):
    """A rule says no; nothing was saved."""

    def __init__(self, refusal: PeopleRefusal, **words: object) -> None:
        super().__init__(str(texts.PEOPLE_REFUSALS[refusal]) % words)
        self.refusal = refusal
