"""Pages and actions that ask who you are first."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.request import validate_host

View = Callable[..., HttpResponse]
SAFE = frozenset({"GET", "HEAD"})


def signed_in_only(view: View) -> View:
    """Visitors are led to the log-in page and from there back to the page they were on.

    An action has no page of its own, so the way back is the page it was sent from; and htmx is
    told to leave the page, rather than to put the log-in page into a row of a table.
    """

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        to_login = cast("HttpResponse", redirect_to_login(_way_back(request)))
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": to_login.headers["Location"]})
        return to_login

    return checked


def _way_back(request: HttpRequest) -> str:
    if request.method in SAFE:
        return request.get_full_path()
    sent_from = urlsplit(
        request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    )
    if not validate_host(sent_from.hostname or "", [request.get_host().partition(":")[0]]):
        return "/"
    return sent_from._replace(scheme="", netloc="", fragment="").geturl() or "/"
