"""Kinds of message as an app above would list them."""

from samlop.messages.rules import Group, Mail
from samlop.messages.services.kinds import Draft, Kind


def _numbered(draft: Draft) -> Mail | None:
    if draft.context.get("gone"):
        return None
    if draft.context.get("broken"):
        raise RuntimeError("A fault in a kind")
    number = draft.context.get("number", 0)
    return Mail(subject=f"Sak {number}", paragraphs=(f"Dette er nummer {number}.",))


KINDS = (
    Kind(code="tests.task", group=Group.TASKS, write=_numbered),
    Kind(code="tests.news", group=Group.NEWS, write=_numbered),
)
