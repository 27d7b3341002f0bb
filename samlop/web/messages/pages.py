"""What the outbox and one message show."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.core.paginator import Paginator
from django.http import QueryDict
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext

from samlop.messages import queries, texts
from samlop.messages.models import Message
from samlop.messages.rules import Attachment, Group, Reason, State
from samlop.messages.services import writing
from samlop.messages.services.kinds import kind
from samlop.web.addresses import changed
from samlop.web.files.pages import size
from samlop.web.tables import Pagination

PER_PAGE = 50
# In place of a code, for whoever is not to see it.
HIDDEN = "••••••"

COLORS = {
    State.QUEUED: "info",
    State.WAITING: "info",
    State.SENDING: "info",
    State.SENT: "success",
    State.FAILED: "danger",
    State.WITHHELD: "neutral",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    pk: int
    subject: str
    recipient: str
    state: str
    color: str
    reason: str
    queued_at: datetime
    has_files: bool

    @property
    def address(self) -> str:
        return reverse("messages:show", args=[self.pk])


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxPage:
    rows: tuple[Row, ...]
    found_words: str
    filtered: bool
    states: tuple[tuple[str, str], ...]
    state: str
    groups: tuple[tuple[str, str], ...]
    group: str
    pages: Pagination
    reset: str
    no_server: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage:
    pk: int
    subject: str
    recipient: str
    to: str
    state: str
    color: str
    reason: str
    answer: str
    attempts: int
    queued_at: datetime
    next_attempt_at: datetime | None
    sent_at: datetime | None
    message_id: str
    language: str
    text: str
    # Its words are between Samløp and its reader.
    is_private: bool
    # Of each file that goes along: name, size, and where it is saved from.
    files: tuple[tuple[str, str, str], ...]
    may_send_again: bool
    # Only in the example, where the mail is read here: its button, and where it leads.
    button: str = ""
    address: str = ""


def outbox(query: QueryDict) -> OutboxPage:
    """The newest first. Six queries and those of the mails' own words."""
    state = {one.value: one for one in State}.get(query.get("tilstand", ""))
    group = {one.value: one for one in Group}.get(query.get("gjelder", ""))
    found = Message.objects.select_related("recipient", "municipality").order_by(
        "-queued_at", "-pk"
    )
    if state:
        found = found.filter(state=state.value)
    if group:
        found = found.filter(group=group.value)
    paginator = Paginator(found, PER_PAGE)
    current = paginator.get_page(query.get("side"))
    counts = queries.count_by_state()
    return OutboxPage(
        rows=tuple(_row(message) for message in current.object_list),
        found_words=ngettext("%(count)s melding", "%(count)s meldinger", paginator.count)
        % {"count": paginator.count},
        filtered=bool(state or group),
        states=(
            ("", gettext("Alle")),
            *((one.value, f"{texts.STATES[one]} ({counts[one]})") for one in State),
        ),
        state=state.value if state else "",
        groups=(
            ("", gettext("Alt")),
            *((one.value, str(texts.GROUPS[one])) for one in Group),
        ),
        group=group.value if group else "",
        pages=Pagination.of(
            current.number, paginator.num_pages, lambda number: changed(query, side=number)
        ),
        reset=reverse("messages:outbox"),
        no_server=not settings.SAMLOP_EXAMPLE and settings.SAMLOP_SMTP is None,
    )


def _row(message: Message) -> Row:
    state = State(message.state)
    return Row(
        pk=message.pk,
        subject=_subject(message),
        recipient=_called(message),
        state=str(texts.STATES[state]),
        color=COLORS[state],
        reason=_reason(message),
        queued_at=message.queued_at,
        has_files=kind(message.kind).attach is not None,
    )


def message(message: Message, *, may_change: bool) -> MessagePage:
    """The mail as it was or will be sent; its words are made anew, as they are each time."""
    state = State(message.state)
    private = _is_private(message)
    written = None if private else writing.mail(message, secret=_secret(message))
    letter = writing.letter(message, written) if written else None
    again = may_change and state is State.FAILED and not kind(message.kind).urgent
    return MessagePage(
        pk=message.pk,
        subject=letter.subject if letter else _subject(message),
        recipient=_called(message),
        to=writing.address_of(message),
        state=str(texts.STATES[state]),
        color=COLORS[state],
        reason=_reason(message),
        answer=message.answer,
        attempts=message.attempts,
        queued_at=message.queued_at,
        next_attempt_at=message.next_attempt_at if message.attempts else None,
        sent_at=message.sent_at,
        message_id=message.message_id,
        language=writing.language_of(message),
        text=letter.text if letter else "",
        is_private=private,
        files=tuple(
            (one.name, size(len(one.content)), reverse("messages:file", args=[message.pk, number]))
            for number, one in enumerate(writing.attachments(message) if written else (), start=1)
        ),
        may_send_again=again,
        button=written.button if written and settings.SAMLOP_EXAMPLE else "",
        address=_path(written.address) if written else "",
    )


def files_of(message: Message) -> tuple[Attachment, ...]:
    """What goes along with it, made as it is when it is sent; nothing when it says nothing."""
    if _is_private(message) or not writing.mail(message, secret=HIDDEN):
        return ()
    return writing.attachments(message)


def _path(address: str) -> str:
    """Within this very product, whatever it is called from outside."""
    parts = urlsplit(address)
    return urlunsplit(("", "", parts.path, parts.query, ""))


def _secret(message: Message) -> str | None:
    """Only the example shows codes: None lets the mail have its own."""
    return None if settings.SAMLOP_EXAMPLE else HIDDEN


def _is_private(message: Message) -> bool:
    """What it says is for its reader alone; the example has nobody else."""
    return kind(message.kind).private and not settings.SAMLOP_EXAMPLE


def _subject(message: Message) -> str:
    """In the reader's language, to be recognised in a list; of a private one only the matter."""
    if _is_private(message):
        return str(texts.GROUPS[Group(message.group)])
    found = writing.subject(message, secret=_secret(message), language=translation.get_language())
    return found or gettext("(uten innhold)")


def _called(message: Message) -> str:
    if message.municipality_id is not None:
        return gettext("Postmottaket i %(name)s") % {"name": writing.called(message)}
    return writing.called(message) or gettext("slettet person")


def _reason(message: Message) -> str:
    return str(texts.REASONS[Reason(message.reason)]) if message.reason else ""
