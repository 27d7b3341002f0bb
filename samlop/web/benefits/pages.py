"""What the page of a solution's benefits shows: the map, and each benefit with its figures."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from samlop.db.text_keys import nb_sort_key
from samlop.municipalities.models import MunicipalityCode
from samlop.municipalities.queries.codes import period_of
from samlop.municipalities.rules.codes import CodePeriod
from samlop.portfolio.models import Solution
from samlop.uptake.models import Benefit, BenefitOverlap
from samlop.uptake.queries import benefits as queries
from samlop.uptake.queries.benefits import Analysis
from samlop.uptake.rules import benefit_map
from samlop.uptake.rules.benefit_map import LINE, PADDING, MapColumn, Picture
from samlop.uptake.rules.benefits import (
    Beneficiary,
    BenefitKind,
    Experience,
    National,
)
from samlop.uptake.texts import benefits as texts
from samlop.web import formats
from samlop.web.addresses import changed
from samlop.web.benefits import words
from samlop.web.benefits.forms import MapForm
from samlop.web.downloads import Download, Field
from samlop.web.solutions.frame import Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class MapShown:
    """The picture, the headings of its columns with where they stand, and the same as rows."""

    picture: Picture
    headings: tuple[tuple[str, int], ...]
    # Each line of words in each box, with its place.
    words: tuple[tuple[str, int, int], ...]
    # Benefit, what it needs, what it serves.
    rows: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitShown:
    name: str
    description: str
    proposed: bool
    who: str
    kind: str
    unit: str
    baseline: str
    baseline_source: str
    # The figure of those who measured, or why there is none; then what it rests on.
    figure: str
    basis: tuple[str, ...]
    # Other benefits that count some of the same, by name.
    twice: tuple[str, ...]
    # Where the programme changes it and takes it out; empty for everybody else.
    edit: str
    retire: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitsPage:
    """`overlaps`: pairs and where each is taken back; only for those who may."""

    frame: Frame
    map: MapShown | None
    benefits: tuple[BenefitShown, ...]
    overlaps: tuple[tuple[str, str, str], ...]
    may_edit: bool
    # The reader's own municipality's plan: words and address.
    own: tuple[str, str] | None
    # Municipalities that have opened their plan to everybody: name and address.
    shared: tuple[tuple[str, str], ...]
    csv: str
    xlsx: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRow:
    """The three fields of one row of the map."""

    number: int
    column: forms.BoundField
    words: forms.BoundField
    benefits: forms.BoundField


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPage:
    """The form that a map is drawn with, and the map as it stands."""

    solution: str
    trail: tuple[tuple[str, str], ...]
    form: MapForm
    rows: tuple[MapRow, ...]
    has_benefits: bool
    map: MapShown | None
    cancel: str


def map_page(
    solution: Solution,
    found: Analysis,
    form: MapForm,
    *,
    cancel: str,
    trail: tuple[tuple[str, str], ...],
) -> MapPage:
    return MapPage(
        solution=solution.name,
        trail=trail,
        form=form,
        rows=tuple(
            MapRow(
                number=number,
                column=form[f"kolonne-{number}"],
                words=form[f"ord-{number}"],
                benefits=form[f"gevinster-{number}"],
            )
            for number in range(1, form.count + 1)
        ),
        has_benefits=bool(found.benefits),
        map=_map(found) if found.links else None,
        cancel=cancel,
    )


def benefits_page(
    frame: Frame,
    solution: Solution,
    *,
    on: date,
    query: QueryDict,
    own: int | None = None,
    may_edit: bool = False,
) -> BenefitsPage:
    """As many queries for ten benefits as for one. `own`: the reader's own municipality."""
    found = queries.analysis(solution)
    figures = queries.national(solution, on=on)
    names = {row.pk: row.name for row in found.benefits}
    codes = _codes({*queries.shared_plans(solution), *([own] if own else [])}, on=on)
    mine = codes.get(own) if own and found.benefits else None
    return BenefitsPage(
        frame=frame,
        map=_map(found) if found.links else None,
        benefits=tuple(
            _shown(solution, row, figures[row.pk], _twice(row, found, names), may_edit=may_edit)
            for row in _in_order(found)
        ),
        overlaps=_overlaps(solution, names) if may_edit else (),
        may_edit=may_edit,
        own=(
            gettext("Gevinstene til %(name)s") % {"name": mine.qualified_name},
            _plan(mine, solution),
        )
        if mine
        else None,
        shared=tuple(
            sorted(
                (
                    (code.qualified_name, _plan(code, solution))
                    for pk, code in codes.items()
                    if pk != own
                ),
                key=lambda one: nb_sort_key(one[0]),
            )
        ),
        csv=changed(query, format="csv") if found.benefits else "",
        xlsx=changed(query, format="xlsx") if found.benefits else "",
    )


def _codes(municipalities: Collection[int], *, on: date) -> Mapping[int, CodePeriod]:
    """The numbers and names of that day. One query."""
    rows = MunicipalityCode.objects.filter(municipality__in=municipalities).valid_on(on)
    return {row.municipality_id: period_of(row) for row in rows}


def _plan(code: CodePeriod, solution: Solution) -> str:
    return reverse("benefits:plan", args=[code.number, solution.slug])


def _twice(row: Benefit, found: Analysis, names: Mapping[int, str]) -> tuple[str, ...]:
    others = {pk for pair in found.overlaps if row.pk in pair for pk in pair} - {row.pk}
    return tuple(names[pk] for pk in sorted(others) if pk in names)


def _overlaps(solution: Solution, names: Mapping[int, str]) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (
            names[row.first_id],
            names[row.second_id],
            reverse("benefits:remove_overlap", args=[solution.slug, row.pk]),
        )
        for row in BenefitOverlap.objects.filter(first__solution=solution).order_by("pk")
        if row.first_id in names and row.second_id in names
    )


def _in_order(found: Analysis) -> tuple[Benefit, ...]:
    """The proposed ones first."""
    return (*found.proposed, *(row for row in found.benefits if row.proposed is None))


def _map(found: Analysis) -> MapShown:
    linked = {key for link in found.links for key in link}
    # A benefit that nothing is said of is in the list below, and would only float here.
    nodes = [node for node in found.nodes if node.key in linked]
    picture = benefit_map.picture(nodes, found.links)
    said = {node.key: node.words for node in nodes}
    columns = {node.key: node.column for node in nodes}

    def beside(key: str, column: MapColumn) -> tuple[str, ...]:
        return tuple(
            said[other]
            for other in (box.key for box in picture.boxes)
            if columns[other] is column
            and ((other, key) in found.links or (key, other) in found.links)
        )

    return MapShown(
        picture=picture,
        headings=tuple(
            (str(texts.COLUMNS[column]), number * (benefit_map.BOX + benefit_map.GAP_ACROSS))
            for number, column in enumerate(benefit_map.COLUMNS)
        ),
        words=tuple(
            (line, box.x + PADDING, box.y + PADDING + LINE * (number + 1) - 5)
            for box in picture.boxes
            for number, line in enumerate(box.lines)
        ),
        rows=tuple(
            (
                said[box.key],
                beside(box.key, MapColumn.PRECONDITION),
                beside(box.key, MapColumn.GOAL),
            )
            for box in picture.boxes
            if box.column is MapColumn.BENEFIT
        ),
    )


def _shown(
    solution: Solution, row: Benefit, figure: National, twice: tuple[str, ...], *, may_edit: bool
) -> BenefitShown:
    unit = words.unit(row)
    return BenefitShown(
        name=row.name,
        description=row.description,
        proposed=row.proposed is not None,
        who=str(texts.BENEFICIARIES[Beneficiary(row.beneficiary)]),
        kind=str(texts.KINDS[BenefitKind(row.kind)]),
        unit=unit,
        baseline=words.national_baseline(row),
        baseline_source=row.national_baseline_source,
        figure=_figure(row, figure, unit),
        basis=_basis(figure),
        twice=twice,
        edit=_editing("edit", solution, row) if may_edit else "",
        retire=_editing("retire", solution, row) if may_edit else "",
    )


def _editing(view: str, solution: Solution, row: Benefit) -> str:
    return reverse(f"benefits:{view}", args=[solution.slug, row.pk])


def _figure(row: Benefit, figure: National, unit: str) -> str:
    if figure.withheld is not None:
        return str(texts.WITHHELD[figure.withheld])
    if figure.total is not None:
        return words.better(figure.total, unit)
    if figure.middle is not None:
        return gettext("%(middle)s i midten, halvparten mellom %(low)s og %(high)s") % {
            "middle": words.better(figure.middle, unit),
            "low": words.amount(figure.low or Decimal(0)),
            "high": words.amount(figure.high or Decimal(0)),
        }
    return ", ".join(
        gettext("%(answer)s: %(count)s")
        % {"answer": texts.EXPERIENCES[answer], "count": figure.experiences.get(answer, 0)}
        for answer in Experience
    )


def _basis(figure: National) -> tuple[str, ...]:
    """What the figure rests on; nothing when it is withheld."""
    if figure.withheld is not None:
        return ()
    said = [
        ngettext(
            "%(count)s kommune har målt, av %(users)s som bruker løsningen",
            "%(count)s kommuner har målt, av %(users)s som bruker løsningen",
            figure.measured,
        )
        % {"count": figure.measured, "users": figure.users}
    ]
    if figure.share is not None:
        said.append(
            gettext("De har %(share)s av innbyggerne i landet")
            % {"share": formats.percent(float(figure.share))}
        )
    if figure.margin is not None:
        said.append(
            gettext("Usikkerhet: høyst %(margin)s opp eller ned, for dem som har oppgitt den")
            % {"margin": words.amount(figure.margin)}
        )
    counts = (
        (figure.without_margin, gettext("Har ikke oppgitt usikkerhet: %(count)s")),
        (figure.with_national_baseline, gettext("Bruker det nasjonale nullpunktet: %(count)s")),
        (figure.without_baseline, gettext("Målt uten nullpunkt, og ikke med i tallet: %(count)s")),
        (figure.few, gettext("Færre enn fem personer, og ikke med i tallet: %(count)s")),
    )
    return (*said, *(text % {"count": count} for count, text in counts if count))


def download(solution: Solution, *, on: date) -> Download:
    """The list, with the national figures as numbers; what is withheld is empty."""
    found = queries.analysis(solution)
    figures: Mapping[int, National] = queries.national(solution, on=on)
    return Download(
        name="gevinster",
        sheet=gettext("Gevinster"),
        on=on,
        fields=[
            Field("gevinst", gettext("Gevinst"), 36),
            Field("hvem", gettext("Hvem den er for"), 14),
            Field("slag", gettext("Slag"), 20),
            Field("enhet", gettext("Enhet"), 24),
            Field("nullpunkt", gettext("Nasjonalt nullpunkt"), 16, "#,##0.##"),
            Field("malt", gettext("Kommuner som har målt"), 12),
            Field("bruker", gettext("Kommuner som bruker løsningen"), 12),
            Field("andel", gettext("Andel av innbyggerne"), 12, "0.0 %"),
            Field("sum", gettext("Sum"), 14, "#,##0.##"),
            Field("midten", gettext("Midterste verdi"), 14, "#,##0.##"),
            Field("usikkerhet", gettext("Usikkerhet, høyst"), 14, "#,##0.##"),
            Field("merknad", gettext("Merknad"), 60),
        ],
        rows=[_row(row, figures[row.pk]) for row in _in_order(found)],
    )


def _row(row: Benefit, figure: National) -> tuple[str | int | float | Decimal | None, ...]:
    return (
        row.name,
        str(texts.BENEFICIARIES[Beneficiary(row.beneficiary)]),
        str(texts.KINDS[BenefitKind(row.kind)]),
        words.unit(row),
        row.national_baseline,
        figure.measured,
        figure.users,
        # Exact, it would tell which municipalities it is the inhabitants of.
        None if figure.share is None else round(float(figure.share), 3),
        figure.total,
        figure.middle,
        figure.margin,
        _figure(row, figure, words.unit(row))
        if figure.withheld is not None
        else ". ".join(_basis(figure)),
    )
