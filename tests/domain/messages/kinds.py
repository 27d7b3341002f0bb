"""Kinds of message as an app above would list them."""

from samlop.messages.rules import Attachment, Group, Mail
from samlop.messages.services.kinds import Draft, Kind


def _numbered(draft: Draft) -> Mail | None:
    if draft.context.get("gone"):
        return None
    if draft.context.get("broken"):
        raise RuntimeError("A fault in a kind")
    number = draft.context.get("number", 0)
    return Mail(subject=f"Sak {number}", paragraphs=(f"Dette er nummer {number}.",))


def _file(draft: Draft) -> tuple[Attachment, ...]:
    return (Attachment("kopi.pdf", "application/pdf", b"%PDF-1.7"),)


KINDS = (
    Kind(code="tests.task", group=Group.TASKS, write=_numbered),
    Kind(code="tests.news", group=Group.NEWS, write=_numbered),
    Kind(code="tests.copy", group=Group.INVITATIONS, write=_numbered, attach=_file),
)
