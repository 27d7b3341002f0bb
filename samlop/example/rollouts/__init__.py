"""The example's rollouts, the report's own cases and one that is well under way."""

from datetime import date

from samlop.example.rollouts import archives, following, learning, making
from samlop.lib.actors import Actor


def load(*, by: Actor, on: date) -> int:
    """Make those that are missing; returns how many rollouts and things said."""
    archives.load(by=by, on=on)
    return making.load(by=by, on=on) + following.load(by=by, on=on) + learning.load(on=on)
