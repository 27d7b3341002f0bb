"""What a session has proved, and where to prove more."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from samlop.accounts.permissions import Denied
from samlop.accounts.rules.second_factor import Proof, is_strong

# Reserve codes come along with the first of these.
OWN = (Authenticator.Type.WEBAUTHN, Authenticator.Type.TOTP)


class SecondFactorMissing(Denied):
    """She would be allowed to, had she proved who she is twice."""


def session_is_strong(request: HttpRequest) -> bool:
    """In the example anybody may be anybody: nobody has a second factor to give."""
    if not settings.SAMLOP_SECOND_FACTOR:
        return True
    return is_strong(proofs(request))


def proofs(request: HttpRequest) -> frozenset[Proof]:
    """What has been given in this session."""
    return frozenset(
        Proof(str(record.get("type") or record.get("method")))
        for record in get_authentication_records(request, request.user)
    )


def address(next_address: str) -> str:
    return f"{reverse('account:second_factor')}?{urlencode({'next': next_address})}"


def kept(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For what makes, shows or removes a way in: whoever needs a second factor must give it first.

    Otherwise a stolen password would be enough to make oneself another second factor. Those who
    have none yet must be able to make their first.
    """

    @wraps(view)
    def checked(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if (
            request.user.is_authenticated
            and request.access.lacks_second_factor
            and Authenticator.objects.filter(user=request.user, type__in=OWN).exists()
        ):
            back = request.get_full_path() if request.method == "GET" else reverse("account:show")
            return redirect(address(back))
        return view(request, *args, **kwargs)

    return checked
