"""Language and appearance: chosen by a plain form, kept in cookies, so no JavaScript is needed."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

SCHEME_COOKIE: Final = "samlop_utseende"
_YEAR: Final = timedelta(days=365)


class Scheme(StrEnum):
    """The values of Designsystemet's data-color-scheme."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


SCHEMES: Final = frozenset(scheme.value for scheme in Scheme)


def scheme_of(request: HttpRequest) -> str:
    wanted = request.COOKIES.get(SCHEME_COOKIE, "")
    return wanted if wanted in SCHEMES else Scheme.AUTO.value


def remember(response: HttpResponse, *, language: str, scheme: str) -> None:
    """Keep what was chosen; a value we do not know is left alone."""
    if language in dict(settings.LANGUAGES):
        _keep(response, settings.LANGUAGE_COOKIE_NAME, language)
    if scheme in SCHEMES:
        _keep(response, SCHEME_COOKIE, scheme)


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=_YEAR,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )


def redirect_with(address: str, *, language: str, scheme: str) -> HttpResponse:
    response = HttpResponseRedirect(address)
    remember(response, language=language, scheme=scheme)
    return response
