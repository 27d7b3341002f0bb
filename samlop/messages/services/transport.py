"""Handing one mail to the mail server, and what it answered."""

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, parseaddr

from django.conf import settings

from samlop.lib.days import OSLO
from samlop.messages.rules import Attachment, Reason, one_line, without_addresses

SECONDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where mail is handed in; `security` is "tls" from the start, "starttls" or "none"."""

    host: str
    port: int
    security: str
    user: str = ""
    password: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """No reason: the server has taken it over."""

    reason: Reason | None = None
    answer: str = ""

    @property
    def server_is_away(self) -> bool:
        return self.reason is Reason.UNREACHABLE


SENT = Outcome()


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A finished mail."""

    message_id: str
    to_name: str
    to_address: str
    subject: str
    text: str
    html: str
    # Where the reader chooses what she gets; empty for a postmottak.
    choices_address: str
    attachments: tuple[Attachment, ...] = ()


def compose(letter: Letter, *, at: datetime) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = formataddr(parseaddr(settings.SAMLOP_MAIL_FROM))
    mail["To"] = formataddr((one_line(letter.to_name), letter.to_address))
    mail["Subject"] = one_line(letter.subject)
    mail["Date"] = format_datetime(at.astimezone(OSLO))
    mail["Message-ID"] = letter.message_id
    # Keeps «out of office» answers away.
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if letter.choices_address:
        mail["List-Unsubscribe"] = f"<{letter.choices_address}>"
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    for one in letter.attachments:
        kind, _, subkind = one.content_type.partition("/")
        mail.add_attachment(one.content, maintype=kind, subtype=subkind, filename=one.name)
    return mail


def send(letter: Letter, *, at: datetime) -> Outcome:
    """In the example nothing leaves the house: the page «Utboks» shows what would have."""
    if settings.SAMLOP_EXAMPLE:
        return SENT
    if settings.SAMLOP_SMTP is None:
        return Outcome(Reason.UNREACHABLE)
    return _by_smtp(Server(**settings.SAMLOP_SMTP), compose(letter, at=at), letter.to_address)


def _by_smtp(server: Server, mail: EmailMessage, to: str) -> Outcome:
    sender = parseaddr(settings.SAMLOP_MAIL_FROM)[1]
    try:
        connection = _connect(server, our_name=sender.partition("@")[2])
    except (smtplib.SMTPException, OSError) as error:
        return Outcome(Reason.UNREACHABLE, without_addresses(_said(error)))
    try:
        connection.send_message(mail, from_addr=sender, to_addrs=[to])
    except smtplib.SMTPRecipientsRefused as error:
        code, said = error.recipients[to]
        return _refused(code, said)
    except smtplib.SMTPResponseException as error:
        return _refused(error.smtp_code, error.smtp_error)
    except (smtplib.SMTPNotSupportedError, UnicodeError) as error:
        return Outcome(Reason.REFUSED, without_addresses(str(error)))
    except (smtplib.SMTPException, OSError) as error:
        return Outcome(Reason.TEMPORARY, without_addresses(_said(error)))
    finally:
        # Not quit(): the mail is over, and a server that is slow to say goodbye may be left.
        connection.close()
    return SENT


def _connect(server: Server, *, our_name: str) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.security == "tls":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, our_name, timeout=SECONDS, context=context
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, our_name, timeout=SECONDS)
    try:
        if server.security == "starttls":
            connection.starttls(context=context)
        if server.user:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _refused(code: int, said: bytes | str) -> Outcome:
    """5xx is for good; 421 means that the server itself is going away."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    answer = without_addresses(f"{code} {text}")
    return Outcome(Reason.REFUSED if 500 <= code < 600 else Reason.TEMPORARY, answer)


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        said = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
        return f"{error.smtp_code} {said}"
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)
