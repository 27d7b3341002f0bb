"""What the account's pages show."""

import re
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from samlop.accounts.rules.second_factor import APP_CODES, PASSWORD
from samlop.messages import queries as mail_queries
from samlop.messages import texts as mail_texts
from samlop.web.request import Request
from samlop.web.second_factor import proofs
from samlop.web.shell import navigation


@dataclass(frozen=True, slots=True)
class Passkey:
    pk: int
    name: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Session:
    pk: int
    device: str
    began_at: datetime
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage:
    name: str
    email: str
    phone: str
    roles: tuple[str, ...]
    language: str
    wishes: tuple[tuple[str, str], ...]
    passkeys: tuple[Passkey, ...]
    has_app: bool
    has_password: bool
    sessions: tuple[Session, ...]
    lacks_second_factor: bool

    @property
    def others(self) -> int:
        return sum(not session.current for session in self.sessions)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorPage:
    roles: tuple[str, ...]
    has_password: bool
    has_app: bool
    has_passkey: bool
    gave_password: bool
    gave_app_code: bool
    next: str
    here: str

    def with_next(self, name: str) -> str:
        """The page of that name, leading back here."""
        return f"{reverse(name)}?{urlencode({'next': self.here})}"


def account(request: Request) -> AccountPage:
    person = request.user
    keys = Authenticator.objects.filter(user=person).order_by("created_at", "pk")
    sessions = UserSession.objects.purge_and_list(person)
    return AccountPage(
        name=person.name,
        email=person.email or "",
        phone=person.phone,
        roles=tuple(role.words for role in navigation.roles_of(request)),
        language=dict(settings.LANGUAGES)[person.language or settings.LANGUAGE_CODE],
        wishes=tuple(
            (str(mail_texts.GROUPS[group]), str(mail_texts.WISHES[wish]))
            for group, wish in mail_queries.wishes(person.pk).items()
        ),
        passkeys=tuple(
            Passkey(key.pk, key.wrap().name, key.created_at, key.last_used_at)
            for key in keys
            if key.type == Authenticator.Type.WEBAUTHN
        ),
        has_app=any(key.type == Authenticator.Type.TOTP for key in keys),
        has_password=person.has_usable_password(),
        sessions=tuple(
            Session(
                session.pk,
                device(session.user_agent),
                session.created_at,
                session.session_key == request.session.session_key,
            )
            for session in sorted(sessions, key=lambda one: one.created_at, reverse=True)
        ),
        lacks_second_factor=request.access.lacks_second_factor,
    )


def second_factor(request: Request, *, next_address: str) -> SecondFactorPage:
    given = proofs(request)
    kinds = set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    return SecondFactorPage(
        roles=tuple(role.words for role in navigation.roles_of(request)),
        has_password=request.user.has_usable_password(),
        has_app=Authenticator.Type.TOTP in kinds,
        has_passkey=Authenticator.Type.WEBAUTHN in kinds,
        gave_password=PASSWORD in given,
        gave_app_code=bool(given & APP_CODES),
        next=next_address,
        here=request.get_full_path(),
    )


_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def device(user_agent: str) -> str:
    """«Firefox på Windows», as far as the browser tells."""

    def named(among: tuple[tuple[str, str], ...]) -> str:
        return next((name for mark, name in among if re.search(mark, user_agent)), "")

    browser, system = named(_BROWSERS), named(_SYSTEMS)
    if browser and system:
        return gettext("%(browser)s på %(system)s") % {"browser": browser, "system": system}
    return browser or system or gettext("Ukjent enhet")
