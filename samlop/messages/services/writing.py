"""Making a message's words, in the recipient's language, the moment it is sent."""

from django.conf import settings
from django.utils import translation

from samlop.messages import texts
from samlop.messages.models import Message
from samlop.messages.rules import Group, Mail, State, as_html, as_text
from samlop.messages.services import sealing
from samlop.messages.services.kinds import Draft, kind
from samlop.messages.services.transport import Letter

CHOICES_PATH = "konto/meldinger/"


def language_of(message: Message) -> str:
    return message.recipient.language or settings.LANGUAGE_CODE


def mail(
    message: Message, *, secret: str | None = None, language: str | None = None
) -> Mail | None:
    """What the message says; None when there is nothing left to say.

    `secret` stands in for the real one, for readers who are not to see it.
    """
    with translation.override(language or language_of(message)):
        items: tuple[Mail, ...] = ()
        if message.digest_of is not None:
            rows = (
                message.items.exclude(state=State.WITHHELD.value)
                .select_related("recipient")
                .order_by("pk")
            )
            items = tuple(written for row in rows if (written := mail(row)) is not None)
        draft = Draft(
            recipient=message.recipient,
            context=message.context,
            home=f"{settings.SAMLOP_ADDRESS.rstrip('/')}/",
            secret=sealing.unseal(message.secret) if secret is None else secret,
            items=items,
        )
        return kind(message.kind).write(draft)


def letter(message: Message, written: Mail) -> Letter:
    language = language_of(message)
    home = f"{settings.SAMLOP_ADDRESS.rstrip('/')}/"
    choices = f"{home}{CHOICES_PATH}"
    with translation.override(language):
        always = Group(message.group) is Group.ACCESS
        words = texts.FOOTER_ALWAYS if always else texts.FOOTER
        footer = str(words) % {"address": home if always else choices}
        return Letter(
            message_id=message.message_id,
            to_name=message.recipient.name,
            to_address=message.recipient.email or "",
            subject=written.subject,
            text=as_text(written, footer=footer),
            html=as_html(written, footer=footer, language=language),
            choices_address=choices,
        )
