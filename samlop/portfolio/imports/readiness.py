"""A vendor's own rows from the workbook it was given: read, compared, and saved all or none."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from samlop.lib import sheets
from samlop.lib.actors import Actor
from samlop.lib.errors import FileProblem, FileRefused
from samlop.municipalities.imports import columns
from samlop.municipalities.models import Vendor
from samlop.portfolio.queries import readiness as queries
from samlop.portfolio.queries.readiness import OwnRow
from samlop.portfolio.rules import readiness as rules
from samlop.portfolio.rules.readiness import Claim, Readiness, ReadinessRefusal, Slip, Teller
from samlop.portfolio.services import readiness as services
from samlop.portfolio.services.readiness import CannotState, Row, Statement
from samlop.portfolio.texts import readiness as texts
from samlop.portfolio.texts.readiness import (
    COLUMNS,
    CONFIRMED,
    KEY,
    PRODUCT,
    REASON,
    RELEASE_ON,
    SOURCE,
    STATE,
    VERSION,
)

_YES: Final = frozenset({"ja", "j", "x", "yes", "stemmer", "ok", "sant", "true"})
_NEEDED: Final = (KEY, STATE, VERSION, RELEASE_ON)
# The column that a refusal is about.
_COLUMN_OF: Final[Mapping[ReadinessRefusal, str]] = {
    ReadinessRefusal.NO_DATE: RELEASE_ON,
    ReadinessRefusal.DATE_PASSED: RELEASE_ON,
    ReadinessRefusal.NOT_RELEASED_YET: RELEASE_ON,
    ReadinessRefusal.NOT_PLANNED_HAS_NO_DATE: RELEASE_ON,
    ReadinessRefusal.NO_VERSION: VERSION,
    ReadinessRefusal.NO_REASON: REASON,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of the file that says something: before and after, and whether it got worse."""

    number: int
    row: OwnRow
    after: Claim
    slip: Slip | None
    reason: str
    source: str

    @property
    def is_change(self) -> bool:
        return self.after != self.row.state.claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What the file would do: change some rows, confirm some, and leave the rest."""

    changed: tuple[Line, ...]
    confirmed: tuple[Line, ...]
    left: int

    @property
    def count(self) -> int:
        return len(self.changed) + len(self.confirmed)


def compare(content: bytes, *, vendor: Vendor, on: date) -> Difference:
    """Raises FileRefused with everything that is wrong."""
    own = {row.key: row for row in queries.own_rows(vendor.pk, on)}
    problems: list[FileProblem] = []
    changed: list[Line] = []
    confirmed: list[Line] = []
    left = 0
    states = _states()
    lines = _lines(content)
    seen = Counter(cells[KEY] for _, cells in lines)
    for number, cells in lines:
        row = own.get(cells[KEY])
        if row is None:
            problems.append(_unknown(number, cells[KEY], own))
            continue
        if seen[cells[KEY]] > 1:
            problems.append(
                FileProblem(gettext("Raden står flere ganger i filen."), row=number, column=KEY)
            )
            continue
        claim = _claim(number, cells, states, problems)
        if claim is None:
            continue
        line = Line(
            number=number,
            row=row,
            after=claim,
            slip=rules.slip(row.state.claim, claim),
            reason=cells[REASON],
            source=cells[SOURCE],
        )
        says_yes = cells[CONFIRMED].casefold() in _YES
        if not line.is_change and not says_yes:
            left += 1
            continue
        refused = rules.refusal_of(claim, on=on)
        if refused is None and line.slip is not None and not line.reason:
            refused = ReadinessRefusal.NO_REASON
        if refused is not None:
            problems.append(
                FileProblem(
                    str(texts.REFUSALS[refused]), row=number, column=_COLUMN_OF.get(refused)
                )
            )
            continue
        (changed if line.is_change else confirmed).append(line)
    if problems:
        raise FileRefused(problems)
    return Difference(changed=tuple(changed), confirmed=tuple(confirmed), left=left)


def apply(content: bytes, *, vendor: Vendor, by: Actor, on: date, at: datetime) -> Difference:
    """Save what the file says, all or nothing. Raises FileRefused."""
    found = compare(content, vendor=vendor, on=on)
    lines = (*found.changed, *found.confirmed)
    try:
        services.state_all(
            vendor=vendor,
            statements=[
                Statement(
                    row=Row(
                        offer=line.row.offer,
                        product=line.row.state.product.pk,
                        seen=line.row.state.event,
                    ),
                    claim=line.after,
                    teller=Teller.VENDOR,
                    source=line.source,
                    reason=line.reason,
                )
                for line in lines
            ],
            by=by,
            on=on,
            at=at,
        )
    except CannotState as error:
        raise FileRefused([FileProblem(str(error))]) from error
    return found


def _lines(content: bytes) -> list[tuple[int, dict[str, str]]]:
    """The rows under the header of the first sheet, by column. Raises FileRefused."""
    first = sheets.read(content)[0]
    header, rows = first[0], first[1:]
    titles = list(header.cells)
    problems = [
        FileProblem(gettext("Kolonnen mangler."), row=header.number, column=title)
        for title in _NEEDED
        if title not in titles
    ]
    if not problems and not rows:
        problems = [FileProblem(gettext("Filen har ingen rader under overskriften."))]
    if problems:
        raise FileRefused(problems)
    found = []
    for line in rows:
        cells = dict.fromkeys(COLUMNS, "")
        cells |= {
            title: cell for title, cell in zip(titles, line.cells, strict=False) if title in cells
        }
        found.append((line.number, cells))
    return found


def _claim(
    number: int,
    cells: Mapping[str, str],
    states: Mapping[str, Readiness],
    problems: list[FileProblem],
) -> Claim | None:
    """What the row says; None, with a problem added, when it cannot be read."""
    state = states.get(cells[STATE].casefold())
    if state is None:
        words = ", ".join(str(texts.READINESS[one]) for one in Readiness)
        problems.append(
            FileProblem(
                gettext("Statusen er ukjent. Skriv en av disse: %(words)s.") % {"words": words},
                row=number,
                column=STATE,
            )
        )
    # Spreadsheets give a day as the moment it begins.
    text = cells[RELEASE_ON].partition("T")[0]
    day = columns.day(text) if text else None
    if text and day is None:
        problems.append(
            FileProblem(gettext("Skriv datoen slik: 14.3.2027."), row=number, column=RELEASE_ON)
        )
        return None
    if state is None:
        return None
    return Claim(state=state, version=cells[VERSION][: services.MOST_VERSION], release_on=day)


def _unknown(number: int, key: str, own: Mapping[str, OwnRow]) -> FileProblem:
    """Why a key is none of the vendor's rows as they stand."""
    row = next((one for known, one in own.items() if _same_row(known, key)), None)
    if row is not None:
        return FileProblem(
            gettext(
                "%(product)s er endret etter at filen ble lastet ned. Last ned en ny, og legg inn "
                "endringene der."
            )
            % {"product": row.state.product.name},
            row=number,
            column=PRODUCT,
        )
    return FileProblem(
        gettext("Nøkkelen hører ikke til noen av radene deres. Last ned filen på nytt."),
        row=number,
        column=KEY,
    )


def _same_row(one: str, other: str) -> bool:
    return bool(other) and one.rpartition("-")[0] == other.rpartition("-")[0]


def _states() -> Mapping[str, Readiness]:
    """The states by their words in every language of the pages."""
    found: dict[str, Readiness] = {}
    languages: Sequence[str] = [code for code, _ in settings.LANGUAGES]
    for language in languages:
        with translation.override(language):
            found |= {str(words).casefold(): state for state, words in texts.READINESS.items()}
    return found
