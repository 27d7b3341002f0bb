"""For whom the session acts, when it began with a proof of whom its person represents.

The session is ours, so what lies in it can be trusted; a browser can only choose among it.
"""

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest
from django.urls import reverse

from samlop.accounts.models import Person
from samlop.accounts.rules import representing as rules
from samlop.accounts.rules.representing import Organisation, OrganisationKind, Representing

PROVED: Final = "represents_proved"
KEY: Final = "represents"
# What a session has when nothing but an identity provider has let its person in.
BY_ISSUER: Final = frozenset({"socialaccount", "mfa"})


def prove(request: HttpRequest, person: Person, among: Iterable[Organisation]) -> None:
    """Remember it until every step of signing in is taken."""
    request.session[PROVED] = {"person": person.pk, "among": [_packed(one) for one in among]}


def settle(request: HttpRequest, person: Person) -> None:
    """To be called when somebody is let in: another way in gives all her roles."""
    proved = request.session.pop(PROVED, None)
    request.session.pop(KEY, None)
    records = get_authentication_records(request, person)
    if proved is None or proved["person"] != person.pk:
        return
    if {record["method"] for record in records} <= BY_ISSUER and not any(
        record.get("passwordless") for record in records
    ):
        _keep(request, rules.begin(tuple(_unpacked(one) for one in proved["among"])))


def of(request: HttpRequest) -> Representing | None:
    """None when the session is not bound to any organisation, and all roles count."""
    kept = request.session.get(KEY)
    if kept is None:
        return None
    return Representing(
        among=tuple(_unpacked(one) for one in kept["among"]),
        chosen=_unpacked(kept["chosen"]) if kept["chosen"] else None,
    )


def choose(request: HttpRequest, held: Representing, organisation: Organisation) -> None:
    """Act for another of those that were proved."""
    if organisation not in held.among:
        raise ValueError(f"{organisation} was not proved in this session")
    _keep(request, Representing(among=held.among, chosen=organisation))


def address(next_address: str) -> str:
    return f"{reverse('account:represent')}?{urlencode({'next': next_address})}"


def _keep(request: HttpRequest, held: Representing) -> None:
    request.session[KEY] = {
        "among": [_packed(one) for one in held.among],
        "chosen": _packed(held.chosen) if held.chosen else None,
    }


def _packed(organisation: Organisation) -> list[Any]:
    return [organisation.kind.value, organisation.pk]


def _unpacked(kept: list[Any]) -> Organisation:
    return Organisation(OrganisationKind(kept[0]), int(kept[1]))
