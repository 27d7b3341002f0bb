"""What the account's pages show."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from samlop.accounts import queries
from samlop.accounts.models import Person
from samlop.accounts.rules.second_factor import APP_CODES, PASSWORD
from samlop.messages import queries as mail_queries
from samlop.messages import texts as mail_texts
from samlop.web import clock, representing
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
class OtherWay:
    """An identity provider; `tied_at` is None when it is not tied to her."""

    key: str
    name: str
    tied_at: datetime | None
    used_at: datetime | None
    # One that is no longer set up can only be removed.
    set_up: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NotLetInPage:
    issuer: str
    why: str
    again: str
    by_code: str
    signed_in: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TiePage:
    issuer: str
    away: str


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
    other_ways: tuple[OtherWay, ...]
    # Empty when the session is bound to no organisation.
    represents: str
    may_represent_others: bool

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
    held = representing.of(request)
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
        other_ways=_other_ways(person),
        represents=acting_for(request),
        may_represent_others=held is not None and held.may_choose,
    )


def acting_for(request: HttpRequest) -> str:
    """The organisation's name; empty when the session is bound to none, or she has not chosen."""
    held = representing.of(request)
    if held is None or held.chosen is None:
        return ""
    return queries.organisation_names([held.chosen], on=clock.today())[held.chosen]


def _other_ways(person: Person) -> tuple[OtherWay, ...]:
    tied = {one.provider: one for one in SocialAccount.objects.filter(user=person)}
    names = {issuer.key: issuer.name for issuer in settings.SAMLOP_OIDC}
    return tuple(
        OtherWay(
            key=key,
            name=names.get(key, key),
            tied_at=tied[key].date_joined if key in tied else None,
            used_at=_used(tied[key]) if key in tied else None,
            set_up=key in names,
        )
        for key in dict.fromkeys([*names, *sorted(tied)])
    )


def _used(account: SocialAccount) -> datetime | None:
    """allauth counts the tying itself as the first use."""
    used: datetime = account.last_login
    return used if used - account.date_joined > timedelta(seconds=5) else None


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
