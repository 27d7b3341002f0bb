"""How far the whole country has come with every offer, on one day or on several at once.

What an offer's events come to is kept in the process for as long as nothing new is said of the
offer: the events are never changed but to be withdrawn, so their number, the newest of them and
the number withdrawn tell whether it still holds.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final, TypeVar

from django.db.models import Count, Max

from samlop.lib.days import local_day
from samlop.municipalities.models import MunicipalityCode
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import SolutionKind
from samlop.uptake.models import HindranceReport, StageEvent
from samlop.uptake.queries import stages
from samlop.uptake.queries.stages import Standing
from samlop.uptake.rules import stages as rules
from samlop.uptake.rules.stages import ENDED, LADDER, PROCESS, Hindrance, Source, Stage, Word

# Of an offer and some days; a country has some twenty offers.
_MOST_KEPT: Final = 400
# Of an offer and a day, with every municipality; each is some 200 kB.
_MOST_STANDINGS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """An offer on a day. `reached` counts those at least so far by agreement; ended ones are out.

    `begun` are on the ladder and `confirmed` those of them that two sources or more stand behind.
    """

    municipalities: int
    reached: Mapping[Stage, int]
    begun: int
    confirmed: int
    disagreeing: int
    awaiting: int

    def count(self, stage: Stage) -> int:
        return self.reached.get(stage, 0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Progress:
    """An offer on each of the days asked for; the sets are of the first of them.

    The same object for as long as nothing new is said, so that what is drawn of it can be kept too.
    """

    tallies: tuple[Tally, ...]
    # Those that have begun and not yet taken it in use, and those that have.
    under_way: frozenset[int]
    in_use: frozenset[int]

    @property
    def now(self) -> Tally:
        return self.tallies[0]


@dataclass(slots=True)
class _Day:
    """What is counted of one offer on one day."""

    agreed: Counter[Stage] = field(default_factory=Counter)
    confirmed: int = 0
    disagreeing: int = 0
    awaiting: int = 0


KeyT = TypeVar("KeyT")
MadeT = TypeVar("MadeT")
# Of an offer: its number, how many events, the newest of them, and how many are withdrawn.
_Sign = tuple[int, int, int, int]
_Key = tuple[_Sign, tuple[date, ...], tuple[frozenset[int], ...], date]
_kept: dict[_Key, Progress] = {}
_OneDay = tuple[_Sign, date, frozenset[int]]
_standings: dict[_OneDay, Mapping[int, Standing]] = {}


def used_from(*, joint_process: bool) -> Stage:
    """The stage from which an offer is in use; a joint process is when it is under way."""
    return Stage.UNDER_WAY if joint_process else Stage.IN_USE


def available_from(*, joint_process: bool) -> Stage:
    """The stage from which an offer is made available; for a joint process, signed up for."""
    return Stage.SIGNED_UP if joint_process else Stage.TECHNICALLY_INTRODUCED


def progress(
    offers: Collection[Offer], days: Sequence[date], *, today: date
) -> Mapping[int, Progress]:
    """By offer, those of which something is said. Two queries, three when something is new."""
    existing = _existing(tuple(days))
    keys: dict[int, _Key] = {
        offer: (sign, tuple(days), existing, today)
        for offer, sign in _signs([one.pk for one in offers]).items()
    }
    found = {offer: _kept[key] for offer, key in keys.items() if key in _kept}
    missing = {offer: key for offer, key in keys.items() if offer not in found}
    if missing:
        kinds = {one.pk: one.solution.kind for one in offers}
        for offer, words in _words(missing, max(days)).items():
            joint = kinds[offer] == SolutionKind.JOINT_PROCESS.value
            made = _progress(words, days, existing, today=today, joint_process=joint)
            found[offer] = made
            _keep(_kept, missing[offer], made, _MOST_KEPT)
    return found


def standings(offers: Collection[int], on: date) -> Mapping[int, Mapping[int, Standing]]:
    """By offer and municipality, as `stages.standing` gives them. Two queries, or three."""
    (existing,) = _existing((on,))
    keys: dict[int, _OneDay] = {
        offer: (sign, on, existing) for offer, sign in _signs(offers).items()
    }
    found = {offer: _standings[key] for offer, key in keys.items() if key in _standings}
    missing = {offer: key for offer, key in keys.items() if offer not in found}
    if missing:
        made: dict[int, dict[int, Standing]] = {offer: {} for offer in missing}
        for (offer, municipality), one in stages.standing(list(missing), on).items():
            made[offer][municipality] = one
        for offer, key in missing.items():
            found[offer] = made[offer]
            _keep(_standings, key, made[offer], _MOST_STANDINGS)
    return found


def hindrances(
    offers: Collection[int], on: date
) -> Mapping[int, Mapping[int, tuple[Hindrance, ...]]]:
    """By offer and municipality: what it last said of what hinders it. One query."""
    found: dict[int, dict[int, tuple[Hindrance, ...]]] = defaultdict(dict)
    rows = (
        HindranceReport.objects.filter(
            offer__in=offers,
            told_on__lte=on,
            municipality__in=MunicipalityCode.objects.valid_on(on).values("municipality"),
        )
        .order_by("offer_id", "municipality_id", "-told_on", "-recorded_at", "-pk")
        .distinct("offer_id", "municipality_id")
    )
    for offer, municipality, codes in rows.values_list("offer_id", "municipality_id", "hindrances"):
        if codes:
            found[offer][municipality] = tuple(Hindrance(code) for code in codes)
    return found


def _signs(offers: Collection[int]) -> dict[int, _Sign]:
    """What tells whether anything new is said of each offer. One query."""
    return {
        row["offer_id"]: (row["offer_id"], row["all"], row["newest"], row["withdrawn"])
        for row in StageEvent.objects.filter(offer__in=offers)
        .values("offer_id")
        .annotate(all=Count("pk"), newest=Max("pk"), withdrawn=Count("withdrawn_at"))
    }


def _existing(days: tuple[date, ...]) -> tuple[frozenset[int], ...]:
    """The municipalities of each day. One query."""
    rows = MunicipalityCode.objects.values_list("municipality_id", "valid_from", "valid_to")
    return _sets(tuple(rows.order_by("pk")), days)


@lru_cache(maxsize=32)
def _sets(
    rows: tuple[tuple[int, date, date | None], ...], days: tuple[date, ...]
) -> tuple[frozenset[int], ...]:
    """The same objects for the same municipalities, so that keys are quick to compare."""
    sets: dict[frozenset[int], frozenset[int]] = {}
    found = []
    for day in days:
        here = frozenset(
            pk for pk, begins, ends in rows if begins <= day and (ends is None or ends > day)
        )
        found.append(sets.setdefault(here, here))
    return tuple(found)


def _words(offers: Iterable[int], until: date) -> Mapping[int, Mapping[int, list[Word]]]:
    """By offer and municipality, in the order they happened. One query."""
    found: dict[int, dict[int, list[Word]]] = defaultdict(lambda: defaultdict(list))
    for offer, municipality, source, stage, on, recorded_at in (
        StageEvent.objects.known_at(None)
        .filter(offer__in=list(offers), happened_on__lte=until)
        .order_by("offer_id", "municipality_id", "happened_on", "recorded_at", "pk")
        .values_list("offer_id", "municipality_id", "source", "stage", "happened_on", "recorded_at")
    ):
        found[offer][municipality].append(
            Word(source=Source(source), stage=Stage(stage), on=on, told_on=local_day(recorded_at))
        )
    return found


def _progress(
    by_municipality: Mapping[int, Sequence[Word]],
    days: Sequence[date],
    existing: Sequence[frozenset[int]],
    *,
    today: date,
    joint_process: bool,
) -> Progress:
    ladder = PROCESS if joint_process else LADDER
    counted = [_Day() for _ in days]
    under_way: set[int] = set()
    in_use: set[int] = set()
    used = used_from(joint_process=joint_process)
    for municipality, words in by_municipality.items():
        when = [word.on for word in words]
        # What was said by a day is the same for all days until something more is said.
        known: dict[int, rules.Agreement] = {}
        for index, day in enumerate(days):
            said = bisect_right(when, day)
            if not said or municipality not in existing[index]:
                continue
            if said not in known:
                known[said] = rules.agreement(rules.current(words[:said]))
            one = known[said]
            if one.agreed is None:
                continue
            here = counted[index]
            here.agreed[one.agreed] += 1
            here.disagreeing += one.disagrees
            here.awaiting += one.open_from is None or one.open_from > today
            if one.agreed in ENDED:
                continue
            here.confirmed += len(one.confirmed_by) > 1
            if index == 0:
                (in_use if rules.has_reached(one.agreed, used) else under_way).add(municipality)
    return Progress(
        tallies=tuple(
            Tally(
                municipalities=len(here),
                reached={
                    stage: sum(
                        count
                        for agreed, count in day.agreed.items()
                        if rules.has_reached(agreed, stage)
                    )
                    for stage in ladder
                },
                begun=sum(count for agreed, count in day.agreed.items() if agreed not in ENDED),
                confirmed=day.confirmed,
                disagreeing=day.disagreeing,
                awaiting=day.awaiting,
            )
            for day, here in zip(counted, existing, strict=True)
        ),
        under_way=frozenset(under_way),
        in_use=frozenset(in_use),
    )


def _keep(kept: dict[KeyT, MadeT], key: KeyT, made: MadeT, most: int) -> None:
    while len(kept) >= most:
        # Another thread may have taken the same one out.
        kept.pop(next(iter(kept)), None)
    kept[key] = made
