"""What the pages of indicators and keys show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django import forms
from django.urls import reverse
from django.utils.translation import gettext

from samlop.accounts.rules import Permission
from samlop.accounts.rules import Place as Where
from samlop.db.text_keys import nb_sort_key
from samlop.municipalities.queries import similar
from samlop.municipalities.rules.codes import CodePeriod
from samlop.portfolio.models import Solution
from samlop.uptake.models import Indicator, IndicatorDefinition, UsageToken
from samlop.uptake.queries import indicators as queries
from samlop.uptake.queries import observations, tokens
from samlop.uptake.rules.indicators import IndicatorKind, Rhythm
from samlop.uptake.texts import figures as texts
from samlop.web import links
from samlop.web.downloads import Download, Field
from samlop.web.indicators import series
from samlop.web.indicators.series import Chart
from samlop.web.indicators.words import period
from samlop.web.links import Part
from samlop.web.middleware import Access

PEERS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An indicator in the list, with the definition that holds today."""

    name: str
    address: str
    kind: str
    rhythm: str
    meaning: str
    withdrawn: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A solution's indicators; without an address one may not do that here."""

    name: str
    address: str
    lines: tuple[Line, ...]
    add: str
    keys: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorList:
    groups: tuple[Group, ...]
    # Solutions that have none, and that the reader may add the first one to.
    others: tuple[tuple[str, str], ...]


def indicator_list(access: Access, *, on: date) -> IndicatorList:
    """Three queries, however many indicators."""
    rows = queries.every()
    versions = queries.versions(rows)
    by_solution: dict[int, list[Indicator]] = {}
    for one in rows:
        by_solution.setdefault(one.solution_id, []).append(one)
    solutions = sorted(Solution.objects.all(), key=lambda one: nb_sort_key(one.name))
    return IndicatorList(
        groups=tuple(
            _group(one, by_solution.get(one.pk, []), versions, access, on=on)
            for one in solutions
            if one.pk in by_solution
        ),
        others=tuple(
            (one.name, reverse("indicators:add", args=[one.slug]))
            for one in solutions
            if one.pk not in by_solution
            and access.may(Permission.EDIT_DEFINITIONS, Where(solution=one.slug))
        ),
    )


def _group(
    solution: Solution,
    rows: Sequence[Indicator],
    versions: Mapping[int, list[IndicatorDefinition]],
    access: Access,
    *,
    on: date,
) -> Group:
    where = Where(solution=solution.slug)
    return Group(
        name=solution.name,
        address=reverse("uptake:solution", args=[solution.slug]),
        lines=tuple(
            Line(
                name=one.name,
                address=reverse("indicators:show", args=[solution.slug, one.slug]),
                kind=str(texts.KINDS[IndicatorKind(one.kind)]),
                rhythm=str(texts.RHYTHMS[Rhythm(one.rhythm)]),
                meaning=queries.holding(versions[one.pk], on).words,
                withdrawn=one.withdrawn_at is not None,
            )
            for one in rows
        ),
        add=reverse("indicators:add", args=[solution.slug])
        if access.may(Permission.EDIT_DEFINITIONS, where)
        else "",
        keys=reverse("indicators:keys", args=[solution.slug])
        if access.may(Permission.IMPORT_USAGE, where)
        else "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    number: int
    words: str
    source: tuple[Part, ...]
    valid_from: date
    # Before today: it holds now, or did; else it is still to come.
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorPage:
    slug: str
    name: str
    solution_slug: str
    solution: str
    uptake: str
    facts: tuple[tuple[str, str], ...]
    chart: Chart | None
    versions: tuple[Version, ...]
    withdrawn_at: datetime | None
    withdrawn_why: str
    may_edit: bool


def indicator_page(one: Indicator, *, on: date, may_edit: bool) -> IndicatorPage:
    """Three queries."""
    versions = queries.versions([one])[one.pk]
    holding = queries.holding(versions, on)
    charts = series.of_country([one], on=on, rows=None)
    return IndicatorPage(
        slug=one.slug,
        name=one.name,
        solution_slug=one.solution.slug,
        solution=one.solution.name,
        uptake=reverse("uptake:solution", args=[one.solution.slug]),
        facts=(
            (gettext("Hva tallet er"), str(texts.KINDS[IndicatorKind(one.kind)])),
            (gettext("Enhet"), one.unit),
            (gettext("Hvor ofte det måles"), str(texts.RHYTHMS[Rhythm(one.rhythm)])),
            (gettext("Navn i filer og API"), one.slug),
        ),
        chart=charts[0] if charts else None,
        versions=tuple(
            Version(
                number=row.version,
                words=row.words,
                source=links.source(row.source),
                valid_from=row.valid_from,
                state=gettext("Gjelder nå")
                if row == holding
                else gettext("Kommer")
                if row.valid_from > on
                else gettext("Gjaldt før"),
            )
            for row in versions
        ),
        withdrawn_at=one.withdrawn_at,
        withdrawn_why=one.withdrawn_why,
        may_edit=may_edit,
    )


def download(one: Indicator, *, on: date) -> Download:
    """Every period that had begun by the day, with how many municipalities are in it."""
    points = observations.series(one.pk, None, date.min, on)
    rhythm = Rhythm(one.rhythm)
    return Download(
        name=f"indikator-{one.solution.slug}-{one.slug}",
        sheet=gettext("Tall"),
        on=on,
        fields=(
            Field("periode", gettext("Periode"), 18),
            Field("begynner", gettext("Begynner"), 12),
            Field("verdi", one.name, 18),
            Field("kommuner", gettext("Kommuner"), 12),
            Field("skjult", gettext("Færre enn 5"), 12),
        ),
        rows=[
            (
                period(point.period_start, rhythm),
                point.period_start,
                point.figure.value,
                point.total.measured if point.total else 0,
                point.total.hidden if point.total else 0,
            )
            for point in points
        ],
    )


def indicators_of(solution: Solution) -> list[Indicator]:
    """Each knows its solution, so that its address costs no query. One query."""
    rows = observations.indicators(solution.pk)
    for one in rows:
        one.solution = solution
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class MunicipalityUse:
    """A municipality's figures of a solution, beside those of similar municipalities."""

    name: str
    number: str
    solution: str
    uptake: str
    charts: tuple[Chart, ...]
    peers: tuple[tuple[str, str], ...]


def municipality_use(code: CodePeriod, solution: Solution, *, on: date) -> MunicipalityUse:
    """Nine queries at most, however many indicators."""
    alike = similar.similar_to(int(code.municipality), on=on, count=PEERS)
    return MunicipalityUse(
        name=code.qualified_name,
        number=code.number,
        solution=solution.name,
        uptake=reverse("uptake:solution", args=[solution.slug]),
        charts=series.of_municipality(
            indicators_of(solution),
            int(code.municipality),
            [one.pk for one in alike],
            on=on,
        ),
        peers=tuple((one.number, one.name) for one in alike),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    pk: int
    name: str
    issued_at: datetime
    expires_on: date
    last_used_at: datetime | None
    state: str
    is_valid: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysPage:
    """`secret` is told once, right after it was made."""

    slug: str
    solution: str
    keys: tuple[Key, ...]
    form: forms.Form
    secret: str
    secret_of: str
    indicators: tuple[tuple[str, str], ...]


def keys_page(
    solution: Solution, form: forms.Form, *, on: date, secret: str = "", secret_of: str = ""
) -> KeysPage:
    """Two queries."""
    return KeysPage(
        slug=solution.slug,
        solution=solution.name,
        keys=tuple(_key(one, on) for one in tokens.of_solution(solution.pk)),
        form=form,
        secret=secret,
        secret_of=secret_of,
        indicators=tuple(
            (one.slug, one.name) for one in indicators_of(solution) if one.withdrawn_at is None
        ),
    )


def _key(one: UsageToken, on: date) -> Key:
    is_valid = one.revoked_at is None and one.expires_on >= on
    return Key(
        pk=one.pk,
        name=one.name,
        issued_at=one.issued_at,
        expires_on=one.expires_on,
        last_used_at=one.last_used_at,
        state=gettext("Gjelder")
        if is_valid
        else gettext("Trukket")
        if one.revoked_at is not None
        else gettext("Utløpt"),
        is_valid=is_valid,
    )
