"""Inside the product: an import of a million rows beside a bare COPY, and many observations.

Called through `samlop shell`, which gives the environment and the database; see `uptake`.
"""

import json
import os
import resource
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from django.db import connection, transaction

from samlop.lib.actors import Machine
from samlop.municipalities.models import MunicipalityCode
from samlop.portfolio.models import Offer, Solution
from samlop.portfolio.rules.solutions import Area, SolutionKind
from samlop.uptake.imports import usage as imports
from samlop.uptake.models import Indicator, StageEvent, UsageImport, UsageSource
from samlop.uptake.rules.figures import DecimalMark
from samlop.uptake.rules.indicators import IndicatorKind, Rhythm
from samlop.uptake.rules.stages import Source, Stage
from samlop.uptake.services import indicators, usage

BY: Final = Machine("bench")
TODAY: Final = date.today()  # noqa: DTZ011
MB: Final = 1024 * 1024
# In one file: each week has a figure of each indicator for every municipality.
INDICATORS: Final = 20
SOLUTIONS: Final = 20
EACH: Final = 5
_COLUMNS: Final = (
    "indicator_id, municipality_id, period_start, value, suppressed, definition_id, "
    "usage_import_id, recorded_at"
)


class Memory:
    """The most that our process, and PostgreSQL's for it, hold of their own; in bytes."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select pg_backend_pid()")
            row = cursor.fetchone()
        self._pids = (os.getpid(), int(row[0]) if row else 0)
        self._most = [0, 0]
        self._stop = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)

    def now(self) -> list[int]:
        return [_anonymous(pid) for pid in self._pids]

    def _look(self) -> None:
        while not self._stop.wait(0.05):
            self._most = [max(pair) for pair in zip(self._most, self.now(), strict=True)]

    def __enter__(self) -> "Memory":
        self.idle = self.now()
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._watch.join()

    @property
    def grown(self) -> list[int]:
        return [most - idle for most, idle in zip(self._most, self.idle, strict=True)]


def _anonymous(pid: int) -> int:
    """What is its own: not the files and not the buffers that all of PostgreSQL share."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except OSError:  # PostgreSQL's may run as somebody else, or elsewhere
        return 0
    found = next((line for line in lines if line.startswith("RssAnon:")), "RssAnon: 0 kB")
    return int(found.split()[1]) * 1024


def _solution(slug: str, name: str) -> Solution:
    made, _ = Solution.objects.get_or_create(
        slug=slug, defaults={"name": name, "kind": SolutionKind.NATIONAL.value}
    )
    return made


def _indicators(solution: Solution, count: int) -> list[Indicator]:
    return [
        indicators.add_indicator(
            solution=solution,
            name=f"Måling {number}",
            unit="oppslag",
            kind=IndicatorKind.COUNT,
            rhythm=Rhythm.WEEK,
            definition="Oppslag i uka.",
            valid_from=date(2020, 1, 1),
            by=BY,
            at=datetime.now(UTC),
        )
        for number in range(1, count + 1)
    ]


def _source(solution: Solution) -> UsageSource:
    return indicators.add_source(
        solution=solution,
        name="Måling",
        source=Source.USAGE_LOG,
        mark=DecimalMark.COMMA,
        by=BY,
        at=datetime.now(UTC),
    )


def _monday(weeks_ago: int) -> date:
    return TODAY - timedelta(days=TODAY.weekday() + 7 * weeks_ago)


def _write_csv(file: Path, numbers: list[str], known: list[Indicator], rows: int) -> int:
    """As systems write them: a number, a week, a name, and a figure with Norwegian signs."""
    random = Random(1)
    written, weeks_ago = 0, 1
    with file.open("w", encoding="utf-8", newline="\r\n") as out:
        out.write("Kommunenr;Uke;Indikator;Verdi\n")
        while written < rows:
            year, week, _ = _monday(weeks_ago).isocalendar()
            for one in known:
                for number in numbers:
                    value = random.randrange(100_000)
                    words = f"{value // 1000} {value % 1000:03}" if value > 999 else str(value)
                    out.write(f"{number};uke {week} {year};{one.name};{words}\n")
                    written += 1
            weeks_ago += 1
    return written


def copy_ratio(folder: str, rows: int) -> None:
    """Import `rows` rows, then COPY the same rows into the same table, as empty as before."""
    at = datetime.now(UTC)
    numbers = sorted(MunicipalityCode.objects.valid_on(_monday(1)).values_list("number", flat=True))
    # A name of its own, so that the same database can be measured again.
    solution = _solution(f"maling-{at:%H%M%S}", f"Måling {at:%H.%M.%S}")
    known, source = _indicators(solution, INDICATORS), _source(solution)
    file, cleaned = Path(folder) / "tall.csv", Path(folder) / "rensket.copy"
    _truncate()
    # Once small, so that everything is loaded and the columns are known: this is idle.
    _write_csv(file, numbers[:1], known[:1], 1)
    _import(source, file, at)
    _truncate()
    rows = _write_csv(file, numbers, known, rows)

    with Memory() as memory:
        began = time.perf_counter()
        read = _read(source, file, at)
        seconds_read = time.perf_counter() - began
        usage.ask_to_take_in(usage_import=read, by=BY, at=at)
        usage.take_in(import_id=read.pk, at=at)
        seconds = time.perf_counter() - began
    read.refresh_from_db()
    assert (read.new, read.refused) == (rows, 0)

    with connection.cursor() as cursor:
        with (
            cleaned.open("wb") as out,
            cursor.copy(
                f"copy (select {_COLUMNS} from uptake_observation order by id) to stdout"
            ) as copy,
        ):
            for block in copy:
                out.write(block)
        _truncate()
        began = time.perf_counter()
        with (
            transaction.atomic(),
            cleaned.open("rb") as lines,
            cursor.copy(f"copy uptake_observation ({_COLUMNS}) from stdin") as copy,
        ):
            while block := lines.read(MB):
                copy.write(block)
        bare = time.perf_counter() - began
    _truncate()
    _tell(
        folder,
        {
            "rows": rows,
            "seconds_read": seconds_read,
            "seconds": seconds,
            "bare": bare,
            "ratio": bare / seconds,
            "process_mb": memory.grown[0] / MB,
            "postgres_mb": memory.grown[1] / MB,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        },
    )


def _import(source: UsageSource, file: Path, at: datetime) -> None:
    read = _read(source, file, at)
    usage.ask_to_take_in(usage_import=read, by=BY, at=at)
    usage.take_in(import_id=read.pk, at=at)


def _read(source: UsageSource, file: Path, at: datetime) -> UsageImport:
    """Received as from a page, and read as by the worker."""
    with file.open("rb") as stream:
        made = imports.receive(
            source=source, stream=stream, file_name=file.name, queue=False, by=BY, at=at
        )
    assert isinstance(made, UsageImport)
    imports.read(import_id=made.pk, on=TODAY, at=at)
    return made


def _truncate() -> None:
    with connection.cursor() as cursor:
        cursor.execute("truncate uptake_observation, uptake_indicatorperiod")


def many(folder: str, observations: int) -> None:
    """357 municipalities × 20 solutions × 5 indicators × so many weeks, and their sums."""
    began = time.perf_counter()
    places = sorted(
        MunicipalityCode.objects.valid_on(TODAY).values_list("municipality_id", flat=True)
    )
    solutions = list(Solution.objects.exclude(kind=SolutionKind.JOINT_PROCESS.value))[:SOLUTIONS]
    for number in range(len(solutions), SOLUTIONS):
        solutions.append(_solution(f"maling-{number}", f"Måling {number}"))
    for solution in solutions:
        _stages(solution, places)
    weeks = -(-observations // (len(places) * SOLUTIONS * EACH))
    known = [one for solution in solutions for one in _indicators_of(solution)]
    row = UsageImport.objects.create(
        source=UsageSource.objects.filter(solution=solutions[0]).first() or _source(solutions[0]),
        file_name="maling.csv",
        sha256="0" * 64,
        state="applied",
        taken_in_as=1,
        read_at=datetime.now(UTC),
        taken_in_at=datetime.now(UTC),
    )
    with transaction.atomic():
        _without_indexes(lambda: _fill(row, known, places, weeks))
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze uptake_observation, uptake_indicatorperiod")
        cursor.execute("analyze")
        cursor.execute("select count(*) from uptake_observation")
        count = int((cursor.fetchone() or (0,))[0])
        cursor.execute("select pg_total_relation_size('uptake_observation')")
        size = int((cursor.fetchone() or (0,))[0])
    _tell(
        folder,
        {
            "observations": count,
            "weeks": weeks,
            "seconds": time.perf_counter() - began,
            "table_mb": size / MB,
            "slugs": [one.slug for one in solutions],
        },
    )


def _indicators_of(solution: Solution) -> list[Indicator]:
    known = list(Indicator.objects.filter(solution=solution, name__startswith="Målt "))
    return known or [
        indicators.add_indicator(
            solution=solution,
            name=f"Målt {number}",
            unit="oppslag",
            kind=IndicatorKind.COUNT,
            rhythm=Rhythm.WEEK,
            definition="Oppslag i uka.",
            valid_from=date(2020, 1, 1),
            by=BY,
            at=datetime.now(UTC),
        )
        for number in range(1, EACH + 1)
    ]


def _stages(solution: Solution, places: list[int]) -> None:
    """Two sources for each municipality, where the example says nothing."""
    if not solution.offers.exists():
        Offer.objects.create(solution=solution, area=Area.HOME_CARE.value)
    offer = solution.offers.order_by("pk")[0]
    random = Random(solution.slug)
    told = set(StageEvent.objects.filter(offer=offer).values_list("municipality_id", flat=True))
    at = datetime.now(UTC) - timedelta(days=90)
    steps = (Stage.DECIDED, Stage.TECHNICALLY_INTRODUCED, Stage.IN_USE, Stage.ACTIVE_USE)
    StageEvent.objects.bulk_create(
        StageEvent(
            offer=offer,
            municipality_id=place,
            stage=stage.value,
            happened_on=TODAY - timedelta(days=random.randrange(90, 1500)),
            source=source.value,
            recorded_at=at,
        )
        for place in places
        if place not in told
        for source, stage in (
            (Source.REGISTER, random.choice(steps)),
            (Source.MUNICIPALITY, random.choice(steps)),
        )
    )


def _without_indexes(fill: Callable[[], None]) -> None:
    """Keys to other tables and indexes are made again, and checked, when all rows are there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select conname, pg_get_constraintdef(oid) from pg_constraint "
            "where conrelid = 'uptake_observation'::regclass and contype = 'f'"
        )
        keys = cursor.fetchall()
        cursor.execute(
            "select indexname, indexdef from pg_indexes where tablename = 'uptake_observation' "
            "and indexname <> 'uptake_observation_pkey'"
        )
        indexes = cursor.fetchall()
        for name, _ in keys:
            cursor.execute(f'alter table uptake_observation drop constraint "{name}"')
        for name, _ in indexes:
            cursor.execute(f'drop index "{name}"')
        fill()
        cursor.execute("set local maintenance_work_mem = '512MB'")
        for _, definition in indexes:
            cursor.execute(definition)
        for name, definition in keys:
            cursor.execute(f'alter table uptake_observation add constraint "{name}" {definition}')


def _fill(row: UsageImport, known: list[Indicator], places: list[int], weeks: int) -> None:
    """Week by week, as they would have come."""
    with connection.cursor() as cursor:
        cursor.execute("truncate uptake_observation, uptake_indicatorperiod")
        cursor.execute(
            f"insert into uptake_observation ({_COLUMNS}) "
            "select indicator.id, place, week::date, "
            "  round((100 + 900 * random() + extract(doy from week))::numeric, 0), false, "
            "  (select id from uptake_indicatordefinition d where d.indicator_id = indicator.id "
            "   limit 1), %(import)s, %(at)s "
            "from generate_series(%(first)s::date, %(last)s::date, interval '7 days') week "
            "cross join unnest(%(known)s::bigint[]) indicator(id) "
            "cross join unnest(%(places)s::bigint[]) place",
            {
                "import": row.pk,
                "at": datetime.now(UTC),
                "first": _monday(weeks),
                "last": _monday(1),
                "known": [one.pk for one in known],
                "places": places,
            },
        )
        cursor.execute(
            "insert into uptake_indicatorperiod "
            "  (indicator_id, period_start, measured, hidden, total) "
            "select indicator_id, period_start, count(value), count(*) filter (where suppressed), "
            "  coalesce(sum(value), 0) "
            "from uptake_observation where withdrawn_at is null group by 1, 2"
        )


def _tell(folder: str, found: dict[str, object]) -> None:
    (Path(folder) / "found.json").write_text(json.dumps(found), encoding="utf-8")
