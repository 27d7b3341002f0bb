"""Who does something, as the layers below accounts know it."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class Actor(Protocol):
    """A person or a named machine that changes something."""

    @property
    def pk(self) -> int | None: ...

    @property
    def actor_label(self) -> str:
        """Role and organisation as read in the history; never a person's name."""
        ...


class Machine:
    """Something that acts without a person: a first load, a periodic task, a command."""

    pk: int | None = None

    def __init__(self, label: str) -> None:
        self.actor_label = label
