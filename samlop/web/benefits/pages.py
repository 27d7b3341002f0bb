"""What the page of a solution's benefits shows: the map, and each benefit with its figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.http import QueryDict
from django.utils.translation import gettext, ngettext

from samlop.portfolio.models import Solution
from samlop.uptake.models import Benefit
from samlop.uptake.queries import benefits as queries
from samlop.uptake.queries.benefits import Analysis
from samlop.uptake.rules import benefit_map
from samlop.uptake.rules.benefit_map import LINE, PADDING, MapColumn, Picture
from samlop.uptake.rules.benefits import (
    Beneficiary,
    BenefitKind,
    Experience,
    Measure,
    National,
)
from samlop.uptake.texts import benefits as texts
from samlop.web import formats
from samlop.web.addresses import changed
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


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitsPage:
    frame: Frame
    map: MapShown | None
    benefits: tuple[BenefitShown, ...]
    csv: str
    xlsx: str


def benefits_page(frame: Frame, solution: Solution, *, on: date, query: QueryDict) -> BenefitsPage:
    """As many queries for ten benefits as for one."""
    found = queries.analysis(solution)
    figures = queries.national(solution, on=on)
    return BenefitsPage(
        frame=frame,
        map=_map(found) if found.links else None,
        benefits=tuple(_shown(row, figures[row.pk]) for row in _in_order(found)),
        csv=changed(query, format="csv") if found.benefits else "",
        xlsx=changed(query, format="xlsx") if found.benefits else "",
    )


def _in_order(found: Analysis) -> tuple[Benefit, ...]:
    """The proposed ones first."""
    return (*found.proposed, *(row for row in found.benefits if row.proposed is None))


def _map(found: Analysis) -> MapShown:
    linked = {key for link in found.links for key in link}
    # A benefit that nothing is said of is in the list below, and would only float here.
    nodes = [node for node in found.nodes if node.key in linked]
    picture = benefit_map.picture(nodes, found.links)
    words = {node.key: node.words for node in nodes}
    columns = {node.key: node.column for node in nodes}

    def beside(key: str, column: MapColumn) -> tuple[str, ...]:
        return tuple(
            words[other]
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
                words[box.key],
                beside(box.key, MapColumn.PRECONDITION),
                beside(box.key, MapColumn.GOAL),
            )
            for box in picture.boxes
            if box.column is MapColumn.BENEFIT
        ),
    )


def _unit(row: Benefit) -> str:
    measure = Measure(row.measure)
    if measure is Measure.DESCRIBED:
        return str(texts.MEASURES[measure])
    return row.unit or str(texts.UNITS[measure])


def _shown(row: Benefit, figure: National) -> BenefitShown:
    unit = _unit(row)
    baseline = ""
    if row.national_baseline is not None and row.national_baseline_on is not None:
        baseline = gettext("%(amount)s %(unit)s, %(day)s") % {
            "amount": _amount(row.national_baseline),
            "unit": unit,
            "day": formats.long_date(row.national_baseline_on),
        }
    return BenefitShown(
        name=row.name,
        description=row.description,
        proposed=row.proposed is not None,
        who=str(texts.BENEFICIARIES[Beneficiary(row.beneficiary)]),
        kind=str(texts.KINDS[BenefitKind(row.kind)]),
        unit=unit,
        baseline=baseline,
        baseline_source=row.national_baseline_source,
        figure=_figure(row, figure, unit),
        basis=_basis(figure),
    )


def _figure(row: Benefit, figure: National, unit: str) -> str:
    if figure.withheld is not None:
        return str(texts.WITHHELD[figure.withheld])
    if figure.total is not None:
        return _better(figure.total, unit)
    if figure.middle is not None:
        return gettext("%(middle)s i midten, halvparten mellom %(low)s og %(high)s") % {
            "middle": _better(figure.middle, unit),
            "low": _amount(figure.low or Decimal(0)),
            "high": _amount(figure.high or Decimal(0)),
        }
    return ", ".join(
        gettext("%(answer)s: %(count)s")
        % {"answer": texts.EXPERIENCES[answer], "count": figure.experiences.get(answer, 0)}
        for answer in Experience
    )


def _better(gain: Decimal, unit: str) -> str:
    """A gain is better, whichever way the figure goes."""
    amount = {"amount": _amount(abs(gain)), "unit": unit}
    if gain < 0:
        return gettext("%(amount)s %(unit)s dårligere") % amount
    return gettext("%(amount)s %(unit)s bedre") % amount


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
            % {"margin": _amount(figure.margin)}
        )
    counts = (
        (figure.without_margin, gettext("Har ikke oppgitt usikkerhet: %(count)s")),
        (figure.with_national_baseline, gettext("Bruker det nasjonale nullpunktet: %(count)s")),
        (figure.without_baseline, gettext("Målt uten nullpunkt, og ikke med i tallet: %(count)s")),
        (figure.few, gettext("Færre enn fem personer, og ikke med i tallet: %(count)s")),
    )
    return (*said, *(words % {"count": count} for count, words in counts if count))


def _amount(value: Decimal) -> str:
    return formats.number(value, 0 if value == value.to_integral_value() else 1)


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
        _unit(row),
        row.national_baseline,
        figure.measured,
        figure.users,
        None if figure.share is None else float(figure.share),
        figure.total,
        figure.middle,
        figure.margin,
        _figure(row, figure, _unit(row))
        if figure.withheld is not None
        else ". ".join(_basis(figure)),
    )
