"""The register as a map: which variable it is coloured by, and what each area says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from samlop.municipalities import texts
from samlop.municipalities.models import MunicipalityCode, Region
from samlop.municipalities.queries import maps as queries
from samlop.municipalities.queries.register import Row
from samlop.municipalities.rules.capacity import Level
from samlop.municipalities.rules.kinds import LanguageForm, RegionKind
from samlop.web import formats
from samlop.web.municipalities import maps
from samlop.web.municipalities.maps import Map, Value
from samlop.web.municipalities.table import Table


class Colour(StrEnum):
    """What the map can be coloured by, by its name in addresses."""

    SIZE = "storrelse"
    CENTRALITY = "sentralitet"
    LANGUAGE = "malform"
    LOAD = "arbeidsmengde"


SIGNED_IN_ONLY: Final = frozenset({Colour.LOAD})
WORDS: Final[Mapping[Colour, str | Promise]] = {
    Colour.SIZE: _("Innbyggere"),
    Colour.CENTRALITY: _("Sentralitet"),
    Colour.LANGUAGE: _("Målform"),
    Colour.LOAD: _("Arbeidsmengde neste kvartal"),
}

# The day whose numbers and counties the tiles were laid out for.
TILES_ON: Final = date(2024, 1, 1)

# The map has five steps and one for «unknown»: seven size classes are drawn as five.
_SIZE_STEPS: Final = (2_000, 5_000, 10_000, 50_000)
_CENTRALITY_STEPS: Final = {6: 1, 5: 2, 4: 3, 3: 4, 2: 5, 1: 5}
_LANGUAGE_STEPS: Final = {
    LanguageForm.NEUTRAL.value: 1,
    LanguageForm.BOKMAL.value: 3,
    LanguageForm.NYNORSK.value: 5,
}
_LOAD_STEPS: Final = {Level.LOW: 1, Level.MEDIUM: 3, Level.HIGH: 5}


@dataclass(frozen=True, slots=True, kw_only=True)
class ColouredMap:
    """`left_out` counts municipalities of the day that today's tiles have no place for."""

    map: Map
    colour: Colour
    left_out: int
    true_boundaries: bool
    may_show_boundaries: bool


def offered(*, signed_in: bool) -> tuple[Colour, ...]:
    return tuple(one for one in Colour if signed_in or one not in SIGNED_IN_ONLY)


def chosen(wanted: str, *, signed_in: bool) -> Colour:
    known = {one.value: one for one in offered(signed_in=signed_in)}
    return known.get(wanted, Colour.SIZE)


def coloured_map(
    table: Table, colour: Colour, *, boundaries: bool, suffix: str, label: str
) -> ColouredMap:
    """Two queries for tiles, two for boundaries; the rows are the table's."""
    may_show = queries.has_boundaries()
    drawn = queries.boundaries(on=table.on) if boundaries and may_show else {}
    step, legend = _steps(colour, table)
    words = _words(colour, table)
    numbers = {row.pk: row.number for row in table.rows}
    if not drawn:
        # A tile keeps the number of the day the tiles were laid out for.
        numbers = numbers_of_tiles()
    values = {}
    left_out = 0
    for row in table.rows:
        if (number := numbers.get(row.pk)) is None or (drawn and number not in drawn):
            left_out += 1
            continue
        values[number] = Value(
            step(row),
            gettext("%(name)s: %(what)s") % {"name": row.name, "what": words(row)},
        )
    if not any(value.step == 0 for value in values.values()):
        legend = ["", *legend[1:]]
    counties = dict(table.counties) if drawn else counties_of_tiles()
    if drawn:
        found = maps.boundary_map(
            values, drawn, legend=legend, label=label, counties=counties, suffix=suffix
        )
    else:
        found = maps.tile_map(values, legend=legend, label=label, counties=counties, suffix=suffix)
    return ColouredMap(
        map=found,
        colour=colour,
        left_out=left_out,
        true_boundaries=bool(drawn),
        may_show_boundaries=may_show,
    )


def where_is(municipality_id: int, name: str) -> Map | None:
    """A small map with one municipality lit; None when today's tiles have no place for it."""
    found = MunicipalityCode.objects.valid_on(TILES_ON).filter(municipality=municipality_id)
    number = found.values_list("number", flat=True).first()
    if number is None:
        return None
    return maps.tile_map(
        {number: Value(maps.STEPS - 1, name)},
        legend=[""] * maps.STEPS,
        label=gettext("Hvor %(name)s ligger") % {"name": name},
        counties=counties_of_tiles(),
    )


def numbers_of_tiles() -> dict[int, str]:
    """The number each municipality has among the tiles. One query."""
    return dict(
        MunicipalityCode.objects.valid_on(TILES_ON).values_list("municipality_id", "number")
    )


def counties_of_tiles() -> dict[str, str]:
    """The names of the counties the tiles lie in, by number. One query."""
    rows = Region.objects.valid_on(TILES_ON).filter(kind=RegionKind.COUNTY.value)
    return {number: name for number, name in rows.values_list("number", "name") if number}


def _steps(colour: Colour, table: Table) -> tuple[Callable[[Row], int], Sequence[str]]:
    """The step of a row's colour, and the words of the steps from 0 on."""
    unknown = gettext("Ukjent")
    match colour:
        case Colour.SIZE:
            return _size_step, (
                unknown,
                *(
                    str(texts.whole_numbers(words))
                    for words in (
                        gettext("Under 2 000"),
                        gettext("2 000–4 999"),
                        gettext("5 000–9 999"),
                        gettext("10 000–49 999"),
                        gettext("50 000 eller flere"),
                    )
                ),
            )
        case Colour.CENTRALITY:
            return lambda row: _CENTRALITY_STEPS.get(row.centrality or 0, 0), (
                unknown,
                gettext("6 – minst sentrale"),
                "5",
                "4",
                "3",
                gettext("1 og 2 – mest sentrale"),
            )
        case Colour.LANGUAGE:
            forms = {
                code: str(texts.LANGUAGE_FORMS[LanguageForm(code)]) for code in _LANGUAGE_STEPS
            }
            by_step = {step: forms[code] for code, step in _LANGUAGE_STEPS.items()}
            return lambda row: _LANGUAGE_STEPS[row.language_form], [
                by_step.get(step, "") for step in range(maps.STEPS)
            ]
        case Colour.LOAD:
            words = {step: str(texts.LEVELS[level]) for level, step in _LOAD_STEPS.items()}
            levels = table.levels
            return lambda row: _LOAD_STEPS[levels[row.pk]] if row.pk in levels else 0, [
                words.get(step, "") for step in range(maps.STEPS)
            ]


def _size_step(row: Row) -> int:
    if row.inhabitants is None:
        return 0
    return 1 + sum(row.inhabitants >= bound for bound in _SIZE_STEPS)


def _words(colour: Colour, table: Table) -> Callable[[Row], str]:
    """What an area says of itself: the exact value, not only its step."""
    match colour:
        case Colour.SIZE:
            unknown = gettext("ukjent folketall")

            def inhabitants(row: Row) -> str:
                if row.inhabitants is None:
                    return unknown
                return gettext("%(count)s innbyggere") % {"count": formats.number(row.inhabitants)}

            return inhabitants
        case Colour.CENTRALITY:
            sentence = gettext("sentralitet %(step)s")
            return lambda row: sentence % {"step": row.centrality or "–"}
        case Colour.LANGUAGE:
            forms = {form.value: str(w).lower() for form, w in texts.LANGUAGE_FORMS.items()}
            return lambda row: forms[row.language_form]
        case Colour.LOAD:
            levels = {pk: str(texts.LEVELS[level]).lower() for pk, level in table.levels.items()}
            return lambda row: levels.get(row.pk, "–")
