"""What a session has proved, and where to prove more."""

from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from samlop.accounts.permissions import Denied
from samlop.accounts.rules.second_factor import Proof, is_strong


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
