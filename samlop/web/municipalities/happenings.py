"""A municipality's history as sentences: its numbers since 2017, and what people have changed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext

from samlop.accounts import texts as account_texts
from samlop.audit.models import Event
from samlop.municipalities import texts
from samlop.municipalities.queries.history import CodeEvent, Named
from samlop.municipalities.rules.kinds import ChangeKind
from samlop.web import formats

MOST: Final = 10


def listed(words: Sequence[str]) -> str:
    """«a, b og c»."""
    if len(words) < 2:
        return "".join(words)
    return gettext("%(first)s og %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


@dataclass(frozen=True, slots=True)
class CodeSentence:
    happened_on: date
    words: str


def code_sentences(events: Iterable[CodeEvent]) -> tuple[CodeSentence, ...]:
    return tuple(CodeSentence(event.happened_on, code_sentence(event)) for event in events)


def code_sentence(event: CodeEvent) -> str:
    """What happened that day, in one plain sentence that begins with the day."""
    words = {
        "day": formats.long_date(event.happened_on),
        "old": listed([_part(one) for one in event.before]),
        "new": listed([_named(one) for one in event.after]),
        "number": event.after[0].number,
    }
    match event.kind:
        case None:
            words |= {"old": event.before[0].name, "new": event.after[0].name}
            return gettext("%(day)s endret kommunen navn fra %(old)s til %(new)s.") % words
        case ChangeKind.RENUMBERED:
            words["old"] = event.before[0].number
            if event.before[0].name != event.after[0].name and event.before[0].name:
                words |= {"old": _named(event.before[0])}
                return (
                    gettext("%(day)s fikk kommunen nytt nummer og navn: %(new)s. Før: %(old)s.")
                    % words
                )
            return gettext("%(day)s fikk kommunen nummer %(number)s. Før var det %(old)s.") % words
        case ChangeKind.SPLIT:
            words["old"] = _named(event.before[0])
            return gettext("%(day)s ble %(old)s delt mellom %(new)s.") % words
        case ChangeKind.MERGED:
            return gettext("%(day)s ble %(old)s slått sammen til %(new)s.") % words


def _named(one: Named) -> str:
    return f"{one.number} {one.name}".strip()


def _part(one: Named) -> str:
    if one.partly:
        return gettext("deler av %(name)s") % {"name": _named(one)}
    return _named(one)


@dataclass(frozen=True, slots=True)
class Happening:
    at: datetime
    words: str
    reason: str


def _plain(sentence: Callable[[], str]) -> Callable[[Mapping[str, Any]], str]:
    return lambda _details: sentence()


def _area(details: Mapping[str, Any]) -> str:
    codes = {area.value: str(words) for area, words in texts.SERVICE_AREAS.items()}
    return codes.get(str(details.get("service_area", "")), "")


def _product_set(details: Mapping[str, Any]) -> str:
    words = {"product": details.get("product", ""), "area": _area(details)}
    return gettext("%(area)s: %(product)s registrert") % words


def _product_ended(details: Mapping[str, Any]) -> str:
    words = {"product": details.get("product", ""), "area": _area(details)}
    return gettext("%(area)s: %(product)s avsluttet") % words


def _product_removed(details: Mapping[str, Any]) -> str:
    words = {"product": details.get("product", ""), "area": _area(details)}
    return gettext("%(area)s: registreringen av %(product)s fjernet") % words


def _role(details: Mapping[str, Any]) -> str:
    codes = {role.value: str(words) for role, words in account_texts.ROLES.items()}
    return codes.get(str(details.get("role", "")), "")


def _granted(details: Mapping[str, Any]) -> str:
    return gettext("Rollen «%(role)s» gitt") % {"role": _role(details)}


def _ended(details: Mapping[str, Any]) -> str:
    return gettext("Rollen «%(role)s» avsluttet") % {"role": _role(details)}


def _handed_over(details: Mapping[str, Any]) -> str:
    return gettext("Rollen «%(role)s» gitt videre") % {"role": _role(details)}


# Everything that is recorded on a municipality; a test holds the services to this list.
OPEN: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "municipalities.facts.changed": _plain(lambda: gettext("Opplysninger om kommunen endret")),
    "municipalities.facts.imported": _plain(
        lambda: gettext("Opplysninger om kommunen hentet fra fil")
    ),
    "municipalities.vendor_profile.set": _product_set,
    "municipalities.vendor_profile.ended": _product_ended,
    "municipalities.vendor_profile.removed": _product_removed,
    "municipalities.membership.added": _plain(lambda: gettext("Lagt til i en region")),
    "municipalities.membership.confirmed": _plain(lambda: gettext("Medlemskap i region bekreftet")),
    "municipalities.membership.ended": _plain(lambda: gettext("Medlemskap i region avsluttet")),
    "municipalities.membership.removed": _plain(lambda: gettext("Fjernet fra en region")),
    "accounts.membership.granted": _granted,
    "accounts.membership.ended": _ended,
    "accounts.membership.handed_over": _handed_over,
    "accounts.membership.taken_over": _plain(
        lambda: gettext("Regionen har tatt over en rolle ingen hadde")
    ),
}
# Room, hours and load are the municipality's own and its region's.
INNER: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "municipalities.capacity.changed": _plain(lambda: gettext("Rom for nytt endret")),
    "municipalities.capacity.hours_changed": _plain(lambda: gettext("Timer endret")),
    "municipalities.blackout.added": _plain(lambda: gettext("Periode som ikke passer, lagt inn")),
    "municipalities.blackout.removed": _plain(lambda: gettext("Periode som ikke passer, fjernet")),
    "municipalities.load.written": _plain(lambda: gettext("Arbeidsmengde oppdatert")),
    "municipalities.load.withdrawn": _plain(lambda: gettext("Arbeidsmengde tatt bort")),
}


def happenings(
    municipality_id: int, *, inside: bool, on: date, most: int = MOST
) -> tuple[Happening, ...]:
    """The latest first, up to and including the day. One query."""
    sentences = {**OPEN, **INNER} if inside else OPEN
    rows = (
        Event.objects.filter(
            municipality_id=municipality_id, code__in=list(sentences), happened_at__date__lte=on
        )
        .order_by("-happened_at", "-pk")
        .values_list("happened_at", "code", "details", "actor_id", "actor_label", "reason")[:most]
    )
    return tuple(
        Happening(at, _by(sentences[code](details), actor, label), reason)
        for at, code, details, actor, label, reason in rows
    )


def _by(what: str, actor: int | None, label: str) -> str:
    """«Rom for nytt endret av lokal koordinator»; a machine keeps its capital letter."""
    if not label or label == "person":
        return what
    who = label if actor is None else f"{label[0].lower()}{label[1:]}"
    return gettext("%(what)s av %(who)s") % {"what": what, "who": who}
