"""Why an answer, a received answer, a grant or a place is refused."""

from samlop.lib.errors import Refused
from samlop.rollouts.rules.answers import AnswerRefusal, GrantRefusal, ReceivedRefusal
from samlop.rollouts.rules.places import PlaceRefusal
from samlop.rollouts.texts import answers as texts


class CannotAnswer(Refused):
    """A rule says no to an answer; nothing was changed."""

    def __init__(self, refusal: AnswerRefusal, **words: object) -> None:
        super().__init__(str(texts.REFUSALS[refusal]) % words)
        self.refusal = refusal


class CannotReceive(Refused):
    """A rule says no to an answer that came by another way; nothing was changed."""

    def __init__(self, refusal: ReceivedRefusal, **words: object) -> None:
        super().__init__(str(texts.RECEIVED_REFUSALS[refusal]) % words)
        self.refusal = refusal


class CannotGrant(Refused):
    """A rule says no to a grant; nothing was changed."""

    def __init__(self, refusal: GrantRefusal, **words: object) -> None:
        super().__init__(str(texts.GRANT_REFUSALS[refusal]) % words)
        self.refusal = refusal


class CannotPlace(Refused):
    """A rule says no to a place; nothing was changed."""

    def __init__(self, refusal: PlaceRefusal, **words: object) -> None:
        super().__init__(str(texts.PLACE_REFUSALS[refusal]) % words)
        self.refusal = refusal
