"""How far municipalities have come, as of any day and with what was known at any moment."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection

from samlop.lib.days import local_day
from samlop.municipalities.models import CodeChange, MunicipalityCode
from samlop.municipalities.rules.kinds import ChangeKind
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import SolutionKind
from samlop.uptake.models import (
    CarryDecision,
    HindranceReport,
    StageDefinition,
    StageEvent,
)
from samlop.uptake.rules import stages as rules
from samlop.uptake.rules.stages import LADDER, PROCESS, Hindrance, Source, Stage, Word

_Row = tuple[int, int, str, str, date, datetime, int | None, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a municipality has come with an offer; the public may read it from `open_from`."""

    agreed: Stage | None
    since: date | None
    per_source: Mapping[Source, Stage]
    disagrees: bool
    confirmed_by: frozenset[Source]
    units_in_use: int | None
    units: int | None
    open_from: date | None
    # The municipality has spoken since the last of the others did.
    replied: bool

    @property
    def is_made_available(self) -> bool:
        return rules.is_made_available(self.agreed)

    def is_open_on(self, today: date) -> bool:
        return self.open_from is not None and self.open_from <= today


NOTHING = Standing(
    agreed=None,
    since=None,
    per_source={},
    disagrees=False,
    confirmed_by=frozenset(),
    units_in_use=None,
    units=None,
    open_from=None,
    replied=False,
)


# The newest word of each source. In words of its own: many pages ask it, and putting it together
# anew each time took longer than asking it.
_NEWEST: Final = """
select distinct on (e.offer_id, e.municipality_id, e.source)
  e.offer_id, e.municipality_id, e.source, e.stage, e.happened_on, e.recorded_at,
  e.units_in_use, e.units
from uptake_stageevent e
where e.offer_id = any(%(offers)s::bigint[]) and e.happened_on <= %(day)s
  and (%(municipalities)s::bigint[] is null
    or e.municipality_id = any(%(municipalities)s::bigint[]))
  and e.municipality_id in (select c.municipality_id from municipalities_municipalitycode c
    where c.valid_from <= %(day)s and (c.valid_to is null or c.valid_to > %(day)s))
  and (e.withdrawn_at is null or e.withdrawn_at > %(known_at)s::timestamptz)
  and (%(known_at)s::timestamptz is null or e.recorded_at <= %(known_at)s::timestamptz)
order by e.offer_id, e.municipality_id, e.source, e.happened_on desc, e.recorded_at desc, e.id desc
"""


def standing(
    offers: Collection[int],
    on: date,
    *,
    known_at: datetime | None = None,
    municipalities: Collection[int] | None = None,
) -> Mapping[tuple[int, int], Standing]:
    """By (offer, municipality), those of which something is said; of municipalities that exist.

    One query.
    """
    words: dict[tuple[int, int], list[Word]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            _NEWEST,
            {
                "offers": list(offers),
                "day": on,
                "known_at": known_at,
                "municipalities": None if municipalities is None else list(municipalities),
            },
        )
        for row in cursor.fetchall():
            words[row[0], row[1]].append(_word(row))
    return {key: _standing(said) for key, said in words.items()}


def counts(offer: int, on: date, *, known_at: datetime | None = None) -> Mapping[Stage, int]:
    """How many have reached at least each stage, by agreement; ended ones are not counted.

    Two queries.
    """
    kind = Offer.objects.values_list("solution__kind", flat=True).get(pk=offer)
    ladder = PROCESS if kind == SolutionKind.JOINT_PROCESS.value else LADDER
    agreed = [one.agreed for one in standing([offer], on, known_at=known_at).values()]
    return {stage: sum(rules.has_reached(one, stage) for one in agreed) for stage in ladder}


def first_reached(
    offer: int, stage: Stage, *, known_at: datetime | None = None
) -> Mapping[int, date]:
    """The first day each municipality had come at least so far, by agreement.

    One that carried its stage over from a former municipality has the former one's day; the
    former one is there too. One query.
    """
    return first_reached_of([offer], stage, known_at=known_at).get(offer, {})


def first_reached_of(
    offers: Collection[int],
    stage: Stage,
    *,
    known_at: datetime | None = None,
    municipalities: Collection[int] | None = None,
) -> Mapping[int, Mapping[int, date]]:
    """The same for several offers, by offer. One query.

    Of `municipalities` only, it is one more, and one for each time they came of others.
    """
    words: dict[int, dict[int, list[Word]]] = defaultdict(lambda: defaultdict(list))
    carried: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    events = StageEvent.objects.known_at(known_at).filter(offer__in=offers)
    if municipalities is not None:
        events = events.filter(municipality__in=_and_their_former(municipalities))
    for *row, former in events.order_by("happened_on", "recorded_at", "pk").values_list(
        *_FIELDS, "carried_from"
    ):
        words[row[0]][row[1]].append(_word(tuple(row)))
        if former is not None:
            carried[row[0]][row[1]].add(former)
    reached: dict[int, Mapping[int, date]] = {}
    for offer, by_municipality in words.items():
        found = {
            municipality: day
            for municipality, said in by_municipality.items()
            if (day := rules.reached_on(said, stage)) is not None
        }
        reached[offer] = {pk: _with_former(pk, found, carried[offer], frozenset()) for pk in found}
    return reached


def _and_their_former(municipalities: Collection[int]) -> frozenset[int]:
    """These, and those whose stages were carried over to them."""
    found = newest = frozenset(municipalities)
    while newest:
        carried = StageEvent.objects.filter(municipality__in=newest, carried_from__isnull=False)
        newest = frozenset(carried.values_list("carried_from", flat=True)) - found
        found |= newest
    return found


def _with_former(
    pk: int, found: Mapping[int, date], carried: Mapping[int, set[int]], seen: frozenset[int]
) -> date:
    days = [
        _with_former(former, found, carried, seen | {pk})
        for former in carried.get(pk, ())
        if former in found and former not in seen
    ]
    # After a merge the whole has come as far as the last of its parts.
    return min(found[pk], max(days)) if days else found[pk]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hindered:
    """What a municipality last said of what hinders it in an offer."""

    told_on: date
    hindrances: tuple[Hindrance, ...]
    note: str


def hindered(
    offers: Collection[int], on: date, *, municipalities: Collection[int] | None = None
) -> Mapping[tuple[int, int], Hindered]:
    """By (offer, municipality), those that something hinders. One query."""
    rows = (
        HindranceReport.objects.filter(
            offer__in=offers,
            told_on__lte=on,
            municipality__in=MunicipalityCode.objects.valid_on(on).values("municipality"),
        )
        .order_by("offer_id", "municipality_id", "-told_on", "-recorded_at", "-pk")
        .distinct("offer_id", "municipality_id")
    )
    if municipalities is not None:
        rows = rows.filter(municipality__in=municipalities)
    return {
        (row.offer_id, row.municipality_id): Hindered(
            told_on=row.told_on,
            hindrances=tuple(Hindrance(code) for code in row.hindrances),
            note=row.note,
        )
        for row in rows
        if row.hindrances
    }


def definitions(solution: int, on: date) -> Mapping[Stage, StageDefinition]:
    """The version of each stage's definition that counts on a day. One query."""
    rows = (
        StageDefinition.objects.filter(solution=solution, valid_from__lte=on)
        .order_by("stage", "-valid_from", "-version")
        .distinct("stage")
    )
    return {Stage(row.stage): row for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryProposal:
    """A new municipality may begin an offer where its former ones were on their last day."""

    offer: int
    municipality: int
    former: tuple[int, ...]
    stage: Stage
    begins_on: date


def came_of_others(municipalities: Collection[int]) -> frozenset[int]:
    """Those that began as others merged or one was divided. Two queries."""
    began: dict[int, tuple[str, date]] = {}
    for pk, number, first in (
        MunicipalityCode.objects.filter(municipality__in=municipalities)
        .order_by("-valid_from")
        .values_list("municipality_id", "number", "valid_from")
    ):
        began[pk] = (number, first)
    changes = set(
        CodeChange.objects.filter(
            new_number__in=[number for number, _ in began.values()],
            kind__in=[ChangeKind.MERGED.value, ChangeKind.SPLIT.value],
        ).values_list("new_number", "happened_on")
    )
    return frozenset(pk for pk, first in began.items() if first in changes)


def carry_proposals(
    municipality: int, *, known_at: datetime | None = None
) -> tuple[CarryProposal, ...]:
    """What a municipality that came of others may carry over and nobody has decided on.

    Six queries; two when it came of no others.
    """
    began = (
        MunicipalityCode.objects.filter(municipality=municipality).order_by("valid_from").first()
    )
    if began is None:
        return ()
    former_numbers = list(
        CodeChange.objects.filter(
            new_number=began.number,
            happened_on=began.valid_from,
            kind__in=[ChangeKind.MERGED.value, ChangeKind.SPLIT.value],
        ).values_list("old_number", flat=True)
    )
    if not former_numbers:
        return ()
    former = sorted(
        MunicipalityCode.objects.filter(
            number__in=former_numbers, valid_to=began.valid_from
        ).values_list("municipality_id", flat=True)
    )
    last_day = date.fromordinal(began.valid_from.toordinal() - 1)
    offers = list(Offer.objects.order_by("pk").values_list("pk", flat=True))
    before = standing(offers, last_day, known_at=known_at, municipalities=former)
    decided = set(
        CarryDecision.objects.filter(municipality=municipality).values_list("offer_id", flat=True)
    )
    proposals = []
    for offer in offers:
        stages = [before.get((offer, one), NOTHING).agreed for one in former]
        stage = rules.carried(stages)
        if stage is not None and offer not in decided:
            proposals.append(
                CarryProposal(
                    offer=offer,
                    municipality=municipality,
                    former=tuple(former),
                    stage=stage,
                    begins_on=began.valid_from,
                )
            )
    return tuple(proposals)


_FIELDS = (
    "offer_id",
    "municipality_id",
    "source",
    "stage",
    "happened_on",
    "recorded_at",
    "units_in_use",
    "units",
)


def _word(row: _Row) -> Word:
    _, _, source, stage, on, recorded_at, units_in_use, units = row
    return Word(
        source=Source(source),
        stage=Stage(stage),
        on=on,
        told_on=local_day(recorded_at),
        units_in_use=units_in_use,
        units=units,
    )


def _standing(words: list[Word]) -> Standing:
    found = rules.agreement(words)
    own = [word.told_on for word in words if word.source is Source.MUNICIPALITY]
    return Standing(
        agreed=found.agreed,
        since=found.since,
        per_source={word.source: word.stage for word in words},
        disagrees=found.disagrees,
        confirmed_by=found.confirmed_by,
        units_in_use=found.units_in_use,
        units=found.units,
        open_from=found.open_from,
        replied=bool(own) and max(own) >= max(word.told_on for word in words),
    )
