"""Everything Samløp holds about a person, for herself."""

from datetime import date
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.utils import timezone

from samlop.accounts import texts
from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.audit.models import Event
from samlop.messages import queries as mail_queries
from samlop.messages import texts as mail_texts
from samlop.messages.models import Message
from samlop.messages.rules import State
from samlop.web.accounts.own_pages import device
from samlop.web.shell.navigation import held_roles


def everything(person: Person, *, on: date) -> dict[str, Any]:
    """Plain values, ready for JSON. Eight queries."""
    places = {(role.role, role.place) for role in held_roles(person, on=on)}
    return {
        "laget": timezone.localtime().isoformat(timespec="seconds"),
        "person": {
            "navn": person.name,
            "e-post": person.email,
            "telefon": person.phone,
            "språk": person.language or None,
            "første innlogging": _moment(person.first_signed_in_at),
            "siste innlogging": _moment(person.last_login),
        },
        "roller": [
            {
                "rolle": str(texts.ROLES[Role(row.role)]),
                "tittel": row.title,
                "fra": row.valid_from.isoformat(),
                "til": row.valid_to.isoformat() if row.valid_to else None,
            }
            for row in Membership.objects.filter(person=person).order_by("valid_from", "pk")
        ],
        "roller i dag": sorted(
            f"{texts.ROLES[role]}, {place}".rstrip(", ") for role, place in places
        ),
        "meldinger du vil ha": {
            str(mail_texts.GROUPS[group]): str(mail_texts.WISHES[wish])
            for group, wish in mail_queries.wishes(person.pk).items()
        },
        "meldinger": [
            {
                "slag": row.kind,
                "tilstand": str(mail_texts.STATES[State(row.state)]),
                "lagt i kø": _moment(row.queued_at),
                "sendt": _moment(row.sent_at),
            }
            for row in Message.objects.filter(recipient=person).order_by("queued_at", "pk")
        ],
        "innlogging": [
            {
                "slag": key.type,
                "lagt til": _moment(key.created_at),
                "brukt": _moment(key.last_used_at),
            }
            for key in Authenticator.objects.filter(user=person).order_by("created_at", "pk")
        ],
        "innlogging hos andre": [
            {
                "tjeneste": one.provider,
                "koblet til": _moment(one.date_joined),
                "brukt": _moment(one.last_login),
            }
            for one in SocialAccount.objects.filter(user=person).order_by("date_joined", "pk")
        ],
        "økter": [
            {"enhet": device(row.user_agent), "ip-adresse": row.ip, "fra": _moment(row.created_at)}
            for row in UserSession.objects.filter(user=person).order_by("created_at", "pk")
        ],
        "det du har gjort": [
            {"hva": row.code, "når": _moment(row.happened_at), "begrunnelse": row.reason}
            for row in Event.objects.filter(actor_id=person.pk).order_by("happened_at", "pk")
        ],
    }


def _moment(value: Any) -> str | None:
    return timezone.localtime(value).isoformat(timespec="seconds") if value else None
