"""Making a message's words, in the recipient's language, the moment it is sent."""

from django.conf import settings
from django.utils import translation

from samlop.messages import texts
from samlop.messages.models import Message
from samlop.messages.rules import CHOSEN, Attachment, Group, Mail, State, as_html, as_text
from samlop.messages.services import sealing
from samlop.messages.services.kinds import Draft, kind
from samlop.messages.services.transport import Letter
from samlop.municipalities.models import MunicipalityCode

CHOICES_PATH = "konto/meldinger/"


def language_of(message: Message) -> str:
    own = message.recipient.language if message.recipient else ""
    return message.language or own or settings.LANGUAGE_CODE


def address_of(message: Message) -> str:
    """Empty when there is none: the person is erased, or the municipality's is not known."""
    if message.municipality is not None:
        return message.municipality.postmottak
    recipient = message.recipient
    return (recipient.email or "") if recipient and recipient.is_active else ""


def called(message: Message) -> str:
    """Whom it goes to, by name; empty for an erased person."""
    if message.municipality_id is None:
        return message.recipient.name if message.recipient else ""
    newest = (
        MunicipalityCode.objects.filter(municipality=message.municipality_id)
        .order_by("-valid_from")
        .values_list("qualified_name", flat=True)
        .first()
    )
    return newest or ""


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
        return kind(message.kind).write(_draft(message, secret=secret, items=items))


def subject(message: Message, *, secret: str | None, language: str | None) -> str | None:
    """What the mail is called, made with less work where its kind knows how."""
    named = kind(message.kind).subject
    if named is None:
        written = mail(message, secret=secret, language=language)
        return written.subject if written is not None else None
    with translation.override(language or language_of(message)):
        return named(_draft(message, secret=secret))


def _draft(message: Message, *, secret: str | None = None, items: tuple[Mail, ...] = ()) -> Draft:
    return Draft(
        recipient=message.recipient,
        municipality=message.municipality,
        context=message.context,
        home=f"{settings.SAMLOP_ADDRESS.rstrip('/')}/",
        secret=sealing.unseal(message.secret) if secret is None else secret,
        items=items,
    )


def letter(message: Message, written: Mail) -> Letter:
    language = language_of(message)
    home = f"{settings.SAMLOP_ADDRESS.rstrip('/')}/"
    choices = f"{home}{CHOICES_PATH}"
    with translation.override(language):
        chosen = Group(message.group) in CHOSEN
        footer = str(_footer(message)) % {"address": choices if chosen else home}
        return Letter(
            message_id=message.message_id,
            to_name=called(message),
            to_address=address_of(message),
            subject=written.subject,
            text=as_text(written, footer=footer),
            html=as_html(written, footer=footer, language=language),
            choices_address=choices if message.recipient_id is not None else "",
        )


def attachments(message: Message) -> tuple[Attachment, ...]:
    """The files that go along, made anew; only for a mail that is sent."""
    attach = kind(message.kind).attach
    if attach is None:
        return ()
    with translation.override(language_of(message)):
        return attach(_draft(message))


def _footer(message: Message) -> texts.Words:
    if message.recipient_id is None:
        return texts.FOOTER_COPY
    match Group(message.group):
        case Group.ACCESS:
            return texts.FOOTER_ALWAYS
        case Group.INVITATIONS:
            return texts.FOOTER_INVITATION
        case _:
            return texts.FOOTER
