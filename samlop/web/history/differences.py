"""What an event changed, read from its details: each line with a label, before and after."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from samlop.lib.quarters import Quarter
from samlop.municipalities import texts
from samlop.portfolio.texts import solutions as portfolio_texts
from samlop.web import formats

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Difference:
    """`before` is None when there is no earlier value to speak of."""

    label: str
    before: str | None
    after: str

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.label}: {self.after}"
        return f"{self.label}: {self.before} → {self.after}"


FIELDS: Final[Mapping[str, Words]] = {
    "name": gettext_lazy("Navn"),
    "website": gettext_lazy("Nettsted"),
    "note": gettext_lazy("Tekst"),
    "language_form": gettext_lazy("Målform"),
    "postmottak": gettext_lazy("Postmottak"),
    "organisation_number": gettext_lazy("Organisasjonsnummer"),
    "kostra_group": gettext_lazy("KOSTRA-gruppe"),
    "kind": gettext_lazy("Type"),
    "short_name": gettext_lazy("Kortnavn"),
    "summary": gettext_lazy("Kort om løsningen"),
    "description": gettext_lazy("Beskrivelse"),
    "owner": gettext_lazy("Eier"),
    "programme": gettext_lazy("Program eller prosjekt"),
    "maintainer": gettext_lazy("Forvalter"),
    "audience": gettext_lazy("Hvem den er for"),
    "process_leader": gettext_lazy("Prosessleder"),
    "status_survey": gettext_lazy("Kartlegging av status"),
}
# Shown beside what happened; whatever else is in details is for the record only.
FACTS: Final[Mapping[str, Words]] = {
    "from": gettext_lazy("Fra"),
    "to": gettext_lazy("Slutter før"),
    "ends_on": gettext_lazy("Slutter før"),
    "valid_from": gettext_lazy("Gjelder fra"),
    "vendor": gettext_lazy("Leverandør"),
    "source": gettext_lazy("Kilde"),
}
_CODED: Final[tuple[Mapping[Any, object], ...]] = (
    texts.LANGUAGE_FORMS,
    texts.PRODUCT_KINDS,
    texts.REGION_KINDS,
    portfolio_texts.SOLUTION_KINDS,
)


def differences(details: Mapping[str, Any]) -> tuple[Difference, ...]:
    return tuple(_lines(details))


def _lines(details: Mapping[str, Any]) -> Iterator[Difference]:
    for name, value in details.items():
        if name == "room":
            yield from _room(value)
        elif name == "hours":
            yield from _hours(value)
        elif name == "instead_of" and value:
            yield Difference(gettext("System"), str(value), str(details.get("product", "")))
        elif name == "title" and "source_key" in details:
            yield Difference(gettext("Gjelder"), None, str(value))
        elif name in FIELDS and _is_pair(value):
            yield Difference(str(FIELDS[name]), _value(name, value[0]), _value(name, value[1]))
        elif name in FACTS and value:
            yield Difference(str(FACTS[name]), None, _day(str(value)))


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2


def _value(name: str, value: object) -> str:
    if value is None or value == "":
        return gettext("tomt")
    if name in {"language_form", "kind"}:
        for table in _CODED:
            for code, words in table.items():
                if code.value == value:
                    return str(words)
    return str(value)


def _day(text: str) -> str:
    try:
        return formats.long_date(date.fromisoformat(text))
    except ValueError:
        return text


def _quarter(text: str) -> str:
    return formats.quarter(Quarter.parse(text))


def _room(found: Mapping[str, list[str | None]]) -> Iterator[Difference]:
    rooms = {room.value: str(words) for room, words in texts.ROOMS.items()}
    for quarter, (before, after) in found.items():
        yield Difference(
            _quarter(quarter),
            rooms.get(before or "", gettext("ikke besvart")),
            rooms.get(after or "", gettext("ikke besvart")),
        )


def _hours(found: Mapping[str, Mapping[str, list[int | None]]]) -> Iterator[Difference]:
    roles = {role.value: str(words) for role, words in texts.CAPACITY_ROLES.items()}
    for quarter, by_role in found.items():
        for role, (before, after) in by_role.items():
            label = gettext("%(role)s, %(quarter)s") % {
                "role": roles.get(role, ""),
                "quarter": _quarter(quarter),
            }
            yield Difference(label, _in_hours(before), _in_hours(after))


def _in_hours(hours: int | None) -> str:
    if hours is None:
        return gettext("anslaget")
    return gettext("%(hours)s timer") % {"hours": formats.number(hours)}
