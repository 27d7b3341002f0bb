"""Which language a page is in."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header


def chosen(request: HttpRequest) -> str:
    """The person's own; else what the reader chose here; else nynorsk or bokmål, as preferred.

    A browser set up in English is common on Norwegian desks and says little about its
    reader, so only the choice between the two written forms is taken from it.
    """
    if request.user.is_authenticated and request.user.language:
        return request.user.language
    by_cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if by_cookie in dict(settings.LANGUAGES):
        return by_cookie
    for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        form = code.partition("-")[0]
        if form in {"nb", "nn"}:
            return form
    return settings.LANGUAGE_CODE


def language_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Stands where Django's LocaleMiddleware would, with our rule for the choice."""

    def answer(request: HttpRequest) -> HttpResponse:
        language = chosen(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = get_response(request)
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        response.headers.setdefault("Content-Language", language)
        return response

    return answer
