"""Which municipality a cell of a file means: by number or name, also old ones, never guessed."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.translation import gettext

from samlop.municipalities.models import CodeChange, MunicipalityName
from samlop.municipalities.queries.codes import CodeBook, periods
from samlop.municipalities.rules.codes import CodePeriod

_NUMBER_FIRST = re.compile(r"(\d{3,4})(?:\D.*)?")


# How people write names on keyboards without æ, ø and å; both usual ways.
_FOLDED = (
    str.maketrans({"æ": "ae", "ø": "o", "å": "a"}),
    str.maketrans({"æ": "e", "ø": "oe", "å": "aa"}),
)
_ACCENTS = str.maketrans("áàâäčđéèêëíïŋńóòôöšŧüúžý", "aaaacdeeeeiinnoooostuuzy")


class NotOneMunicipality(Exception):
    """The cell means no municipality, or several; str() is the sentence the person reads.

    `namesakes` are the municipalities of the day that have the name, when it is a name.
    """

    def __init__(self, sentence: str, namesakes: Sequence[CodePeriod] = ()) -> None:
        super().__init__(sentence)
        self.namesakes = tuple(namesakes)


class Places:
    """All numbers and names there are or were, read at once. Five queries when made."""

    def __init__(self) -> None:
        known = periods()
        self._book = CodeBook(
            {period.number for period in known}
            | set(CodeChange.objects.values_list("old_number", flat=True))
        )
        self._by_municipality: dict[int | str, list[CodePeriod]] = defaultdict(list)
        self._by_name: dict[str, list[CodePeriod]] = defaultdict(list)
        for period in known:
            self._by_municipality[period.municipality].append(period)
            for name in {period.name, period.qualified_name, period.official_name}:
                self._by_name[_key(name)].append(period)
        for municipality, name in MunicipalityName.objects.values_list("municipality_id", "name"):
            self._by_name[_key(name)].extend(self._by_municipality[municipality])
        self._by_folded_name: dict[str, list[CodePeriod]] = defaultdict(list)
        for key, of_name in self._by_name.items():
            for folded in _folded(key):
                self._by_folded_name[folded].extend(of_name)

    def find(self, text: str, *, on: date) -> CodePeriod:
        """The municipality of the day that the text means. Raises NotOneMunicipality.

        «5501», «5501 Tromsø», «Tromsø», «Tromso», «Herøy (Nordland)», also as they were called
        before; a number that has lost its first zero is given it back.
        """
        text = " ".join(text.split())
        if not text:
            raise NotOneMunicipality(gettext("Kommunen mangler. Skriv nummer eller navn."))
        if found := _NUMBER_FIRST.fullmatch(text):
            number = found[1].zfill(4)
            return self._only(text, self._book.resolve(number, on=on).successors, on)
        called = self._by_name.get(_key(text)) or [
            period
            for folded in _folded(_key(text))
            for period in self._by_folded_name.get(folded, ())
        ]
        if today := [period for period in called if period.holds(on)]:
            return self._only(text, today, on, namesakes=True)
        return self._only(
            text,
            [
                new
                for number in {period.number for period in called}
                for new in self._book.resolve(number, on=on).successors
            ],
            on,
        )

    def _only(
        self, text: str, found: Iterable[CodePeriod], on: date, *, namesakes: bool = False
    ) -> CodePeriod:
        distinct = {period.municipality: period for period in found}
        if not distinct:
            raise NotOneMunicipality(
                gettext("«%(text)s» er ingen kommune %(day)s. Se etter skrivefeil.")
                % {"text": text, "day": f"{on:%d.%m.%Y}"}
            )
        if len(distinct) > 1:
            names = sorted(f"{one.number} {one.qualified_name}" for one in distinct.values())
            raise NotOneMunicipality(
                gettext("«%(text)s» kan bety flere kommuner: %(names)s. Skriv nummeret.")
                % {"text": text, "names": ", ".join(names)},
                list(distinct.values()) if namesakes else (),
            )
        (only,) = distinct.values()
        return only


def _folded(key: str) -> set[str]:
    return {key.translate(table).translate(_ACCENTS) for table in _FOLDED}


def _key(name: str) -> str:
    return " ".join(name.casefold().removesuffix(" kommune").split())
