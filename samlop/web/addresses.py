"""Addresses made from other addresses."""

from django.http import HttpRequest, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme


def changed(query: QueryDict, **changes: str | int | None) -> str:
    """The query string with some values replaced, and those given as None left out.

    Returned with its leading «?», so that an empty one still means «this page, unfiltered».
    """
    copy = query.copy()
    for name, value in changes.items():
        copy.pop(name, None)
        if value is not None and value != "":
            copy[name] = str(value)
    for name in [name for name, values in copy.lists() if not any(values)]:
        del copy[name]
    return f"?{copy.urlencode()}"


def safe_next(request: HttpRequest, wanted: str, otherwise: str = "/") -> str:
    """Where to go afterwards: a place of ours, never somebody else's."""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and ours else otherwise
