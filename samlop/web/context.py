"""What the shell around every page shows: language, appearance, links, who is signed in."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.messages import constants, get_messages
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.translation import get_language, gettext

from samlop.accounts.models import Person
from samlop.accounts.rules import PERMITS, Permission
from samlop.web import representing
from samlop.web.shell import navigation
from samlop.web.shell.navigation import Link
from samlop.web.shell.preferences import Scheme, scheme_of


@dataclass(frozen=True, slots=True)
class Frame:
    """What the bare document needs; made from the request's headers alone."""

    language: str
    scheme: str

    @classmethod
    def of(cls, request: HttpRequest) -> "Frame":
        return cls(language=get_language() or settings.LANGUAGE_CODE, scheme=scheme_of(request))


@dataclass(frozen=True, slots=True)
class Choice:
    code: str
    words: str
    current: bool


@dataclass(frozen=True, slots=True)
class Message:
    color: str
    words: str


@dataclass(frozen=True, slots=True)
class Who:
    """The signed-in person, as the header names her."""

    name: str
    roles: tuple[str, ...]


_COLORS = {
    constants.DEBUG: "info",
    constants.INFO: "info",
    constants.SUCCESS: "success",
    constants.WARNING: "warning",
    constants.ERROR: "danger",
}


class Shell:
    """Each part is made when the template asks for it, so that a block costs nothing here."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def _person(self) -> Person | None:
        user = self._request.user
        return user if user.is_authenticated else None

    @property
    def _roles(self) -> tuple[navigation.HeldRole, ...]:
        return navigation.roles_of(self._request)

    @property
    def example(self) -> bool:
        return bool(settings.SAMLOP_EXAMPLE)

    @property
    def gallery(self) -> bool:
        return self.example

    @property
    def here(self) -> str:
        return self._request.get_full_path()

    @property
    def search_text(self) -> str:
        return self._request.GET.get("q", "") if self._request.path == "/sok/" else ""

    @property
    def language_name(self) -> str:
        return next((choice.words for choice in self.languages if choice.current), "")

    @property
    def languages(self) -> tuple[Choice, ...]:
        current = get_language()
        return tuple(Choice(code, name, code == current) for code, name in settings.LANGUAGES)

    @property
    def schemes(self) -> tuple[Choice, ...]:
        current = scheme_of(self._request)
        words = {
            Scheme.AUTO: gettext("Som enheten"),
            Scheme.LIGHT: gettext("Lyst"),
            Scheme.DARK: gettext("Mørkt"),
        }
        return tuple(Choice(s.value, words[s], s.value == current) for s in Scheme)

    @cached_property
    def person(self) -> Who | None:
        if self._person is None:
            return None
        return Who(name=str(self._person), roles=tuple(role.words for role in self._roles))

    @property
    def may_represent_others(self) -> bool:
        """She has proved to represent several organisations, and acts for one at a time."""
        held = representing.of(self._request) if self._person else None
        return held is not None and held.may_choose

    @cached_property
    def links(self) -> tuple[Link, ...]:
        return navigation.links(self._request.path, self._person, self._roles)

    @property
    def login_address(self) -> str:
        return f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': self.here})}"

    @property
    def history_address(self) -> str:
        """Empty for those who are told of nothing there."""
        may = any(Permission.VIEW_HISTORY in PERMITS[role.role] for role in self._roles)
        return reverse("history:everything") if may else ""

    @property
    def logout_address(self) -> str:
        return reverse("account_logout")

    @property
    def messages(self) -> tuple[Message, ...]:
        return tuple(
            Message(_COLORS.get(message.level, "info"), str(message.message))
            for message in get_messages(self._request)
        )


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor of the Jinja2 engine."""
    return {"frame": Frame.of(request), "shell": Shell(request)}
