"""What has changed between two days, in the country and in each municipality."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext, ngettext

from samlop.db.text_keys import nb_sort_key
from samlop.municipalities.models import CodeChange, MunicipalityCode
from samlop.municipalities.rules.kinds import ChangeKind
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts import solutions as portfolio_texts
from samlop.uptake.queries import national as queries
from samlop.uptake.queries import stages as stage_queries
from samlop.uptake.queries.national import Tally
from samlop.uptake.queries.stages import NOTHING, Standing
from samlop.uptake.rules import stages as rules
from samlop.uptake.rules.stages import PROCESS, Stage
from samlop.uptake.texts import stages as texts
from samlop.web import clock, formats
from samlop.web.addresses import changed
from samlop.web.downloads import Download, Field
from samlop.web.national import lines

FROM: Final = "fra"
TO: Final = "til"
CHOSEN: Final = "losning"
_COUNTED: Final = (
    Stage.TECHNICALLY_INTRODUCED,
    Stage.IN_USE,
    Stage.ACTIVE_USE,
    Stage.BENEFIT_DOCUMENTED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """A stage on both days."""

    words: str
    before: int
    after: int

    @property
    def difference(self) -> str:
        count = self.after - self.before
        return f"+{formats.number(count)}" if count > 0 else formats.number(count)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRow:
    code: str
    solution: str
    slug: str
    area: str
    counts: tuple[Before, ...]

    @property
    def title(self) -> str:
        return f"{self.solution}, {self.area[:1].lower()}{self.area[1:]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedRow:
    """A municipality of the later day that is not where it, or what it came of, was."""

    number: str
    name: str
    before: str
    after: str
    note: str
    further: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """The two days, every offer, and where the municipalities of the chosen one have gone."""

    rows: tuple[OfferRow, ...]
    chosen: OfferRow | None
    moved: tuple[MovedRow, ...]
    before: date
    after: date
    municipalities: tuple[int, int]
    happened: tuple[str, ...]

    @classmethod
    def of(cls, query: QueryDict, *, today: date) -> "Comparison":
        """Eight queries at most, ten with an offer chosen."""
        after = _day(query.get(TO, "")) or today
        before = _day(query.get(FROM, "")) or lines.days_of(after)[1]
        before, after = min(before, after), max(before, after)
        offers = list(Offer.objects.select_related("solution").order_by("pk"))
        found = queries.progress(offers, (after, before), today=today)
        rows = [
            _row(offer, found[offer.pk].tallies)
            for offer in offers
            if offer.pk in found and any(one.begun for one in found[offer.pk].tallies)
        ]
        rows.sort(key=lambda one: (nb_sort_key(one.solution), nb_sort_key(one.area)))
        by_code = {row.code: row for row in rows}
        chosen = by_code.get(query.get(CHOSEN, ""))
        places = _places(after), _places(before)
        changes = _changes(before, after)
        return cls(
            rows=tuple(rows),
            chosen=chosen,
            moved=_moved(chosen, offers, places, changes, before, after, today=today)
            if chosen
            else (),
            before=before,
            after=after,
            municipalities=(len(places[1]), len(places[0])),
            happened=_happened(changes, places),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparePage:
    rows: tuple[OfferRow, ...]
    choices: tuple[tuple[str, str], ...]
    choice: str
    chosen: str
    moved: tuple[MovedRow, ...]
    moved_words: str
    before: date
    after: date
    day_before: str
    day_after: str
    municipalities: str
    happened: tuple[str, ...]
    csv: str
    xlsx: str


def compare_page(found: Comparison, query: QueryDict) -> ComparePage:
    was, are = found.municipalities
    return ComparePage(
        rows=found.rows,
        choices=(
            ("", gettext("Alle, uten kommunene hver for seg")),
            *((row.code, row.title) for row in found.rows),
        ),
        choice=found.chosen.code if found.chosen else "",
        chosen=found.chosen.title if found.chosen else "",
        moved=found.moved,
        moved_words=ngettext(
            "%(num)s kommune er et annet sted enn før",
            "%(num)s kommuner er et annet sted enn før",
            len(found.moved),
        )
        % {"num": len(found.moved)},
        before=found.before,
        after=found.after,
        day_before=found.before.isoformat(),
        day_after=found.after.isoformat(),
        municipalities=gettext("Det var %(was)s kommuner, og det er %(are)s.")
        % {"was": was, "are": are}
        if was != are
        else gettext("Det er %(are)s kommuner begge dagene.") % {"are": are},
        happened=found.happened,
        csv=changed(query, format="csv"),
        xlsx=changed(query, format="xlsx"),
    )


def download(found: Comparison) -> Download:
    """The municipalities that have moved when an offer is chosen, else the offers."""
    if found.chosen is not None:
        return Download(
            name=f"utbredelse-endret-siden-{found.before.isoformat()}",
            sheet=gettext("Endret"),
            on=found.after,
            fields=(
                Field("nummer", gettext("Nr."), 8),
                Field("kommune", gettext("Kommune"), 28),
                Field("for", gettext("Før"), 28),
                Field("na", gettext("Nå"), 28),
                Field("merknad", gettext("Merknad"), 40),
            ),
            rows=[(one.number, one.name, one.before, one.after, one.note) for one in found.moved],
        )
    return Download(
        name=f"utbredelse-siden-{found.before.isoformat()}",
        sheet=gettext("Sammenligning"),
        on=found.after,
        fields=(
            Field("losning", gettext("Løsning"), 30),
            Field("omrade", gettext("Tjenesteområde"), 24),
            Field("steg", gettext("Minst dette steget"), 24),
            Field("for", formats.short_date(found.before), 12, "#,##0"),
            Field("na", formats.short_date(found.after), 12, "#,##0"),
            Field("endring", gettext("Endring"), 12, "#,##0"),
        ),
        rows=[
            (row.solution, row.area, one.words, one.before, one.after, one.after - one.before)
            for row in found.rows
            for one in row.counts
        ],
    )


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if clock.EARLIEST <= day < clock.LATEST else None


def _row(offer: Offer, tallies: Sequence[Tally]) -> OfferRow:
    joint = offer.solution.is_joint_process
    after, before = tallies
    area = Area(offer.area)
    return OfferRow(
        code=f"{offer.solution.slug}.{area.value}",
        solution=offer.solution.name,
        slug=offer.solution.slug,
        area=str(portfolio_texts.AREAS[area]),
        counts=tuple(
            Before(
                words=str(texts.STAGES[stage]),
                before=before.count(stage),
                after=after.count(stage),
            )
            for stage in (PROCESS if joint else _COUNTED)
        ),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    number: str
    name: str


def _places(on: date) -> Mapping[int, _Place]:
    rows = MunicipalityCode.objects.valid_on(on).values_list(
        "municipality_id", "number", "qualified_name"
    )
    return {pk: _Place(number, name) for pk, number, name in rows}


@dataclass(frozen=True, slots=True)
class _Change:
    """Municipalities that became others: `old` and `new` by their names, and their keys."""

    on: date
    kind: ChangeKind
    old: int
    old_name: str
    new: int
    new_name: str


def _changes(before: date, after: date) -> tuple[_Change, ...]:
    """Merges and splits after the one day and not after the other. Two queries at most."""
    rows = list(
        CodeChange.objects.filter(
            happened_on__gt=before,
            happened_on__lte=after,
            kind__in=[ChangeKind.MERGED.value, ChangeKind.SPLIT.value],
        ).order_by("happened_on", "old_number", "new_number")
    )
    if not rows:
        return ()
    codes = MunicipalityCode.objects.filter(
        number__in={row.old_number for row in rows} | {row.new_number for row in rows}
    ).values_list("number", "valid_from", "valid_to", "municipality_id", "qualified_name")
    ended = {(number, ends): (pk, name) for number, _, ends, pk, name in codes}
    began = {(number, begins): (pk, name) for number, begins, _, pk, name in codes}
    return tuple(
        _Change(row.happened_on, ChangeKind(row.kind), *old, *new)
        for row in rows
        if (old := ended.get((row.old_number, row.happened_on)))
        and (new := began.get((row.new_number, row.happened_on)))
    )


def _happened(
    changes: Sequence[_Change], places: tuple[Mapping[int, _Place], Mapping[int, _Place]]
) -> tuple[str, ...]:
    """A sentence for each merge and each split."""
    merged: dict[tuple[date, int], list[_Change]] = {}
    split: dict[tuple[date, int], list[_Change]] = {}
    for one in changes:
        if one.kind is ChangeKind.MERGED:
            merged.setdefault((one.on, one.new), []).append(one)
        else:
            split.setdefault((one.on, one.old), []).append(one)
    sentences = [
        (
            day,
            gettext("%(new)s ble til av %(old)s %(day)s.")
            % {
                "new": parts[0].new_name,
                "old": _listed([one.old_name for one in parts]),
                "day": formats.long_date(day),
            },
        )
        for (day, _), parts in merged.items()
    ]
    sentences += [
        (
            day,
            gettext("%(old)s ble delt i %(new)s %(day)s.")
            % {
                "old": parts[0].old_name,
                "new": _listed([one.new_name for one in parts]),
                "day": formats.long_date(day),
            },
        )
        for (day, _), parts in split.items()
    ]
    return tuple(words for _, words in sorted(sentences))


def _listed(names: Sequence[str]) -> str:
    """«Ålesund og Haram»."""
    *others, last = sorted(dict.fromkeys(names), key=nb_sort_key)
    if not others:
        return last
    return gettext("%(before)s og %(last)s") % {"before": ", ".join(others), "last": last}


def _moved(
    chosen: OfferRow,
    offers: Sequence[Offer],
    places: tuple[Mapping[int, _Place], Mapping[int, _Place]],
    changes: Sequence[_Change],
    before: date,
    after: date,
    *,
    today: date,
) -> tuple[MovedRow, ...]:
    """Two queries. A new municipality is held against those it came of."""
    offer = next(one.pk for one in offers if f"{one.solution.slug}.{one.area}" == chosen.code)
    now = stage_queries.standing([offer], after)
    then = stage_queries.standing([offer], before)
    came_of: dict[int, list[int]] = {}
    for one in changes:
        came_of.setdefault(one.new, []).append(one.old)
    rows = []
    here, there = places
    for pk, place in here.items():
        former = sorted(_former(pk, came_of, there, frozenset()), key=lambda one: there[one].name)
        was = [_open(then.get((offer, one), NOTHING), today) for one in former]
        standing = _open(now.get((offer, pk), NOTHING), today)
        if not former or all(one.agreed is standing.agreed for one in was):
            continue
        rows.append(
            MovedRow(
                number=place.number,
                name=place.name,
                before=", ".join(
                    _words(one) if former == [pk] else f"{there[key].name}: {_words(one).lower()}"
                    for key, one in zip(former, was, strict=True)
                ),
                after=_words(standing),
                note=""
                if former == [pk]
                else gettext("Kom av %(names)s")
                % {"names": _listed([there[one].name for one in former])},
                further=all(_is_further(standing.agreed, one.agreed) for one in was),
            )
        )
    rows.sort(key=lambda row: nb_sort_key(row.name))
    return tuple(rows)


def _former(
    pk: int,
    came_of: Mapping[int, Sequence[int]],
    there: Mapping[int, _Place],
    seen: frozenset[int],
) -> set[int]:
    """The municipality itself if it was there, else those it came of that were."""
    if pk in there:
        return {pk}
    return {
        found
        for old in came_of.get(pk, ())
        if old not in seen
        for found in _former(old, came_of, there, seen | {pk})
    }


def _open(standing: Standing, today: date) -> Standing:
    """What a municipality may still answer is not told of it."""
    return standing if standing.is_open_on(today) else NOTHING


def _words(standing: Standing) -> str:
    return str(texts.STAGES[standing.agreed]) if standing.agreed else gettext("Ikke opplyst")


def _is_further(now: Stage | None, then: Stage | None) -> bool:
    if now is None or now in rules.ENDED:
        return False
    return then is None or then in rules.ENDED or rules.rank(now) > rules.rank(then)
