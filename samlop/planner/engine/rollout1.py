"""The file format rollout-1: one problem or one plan as a JSON object, read and written exactly."""

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from samlop.lib.errors import FileProblem
from samlop.planner.engine.plan import Cohort, Plan
from samlop.planner.engine.problem import (
    InvalidProblem,
    LeaderPool,
    Municipality,
    Problem,
    Solution,
    Start,
    Weights,
    Wish,
)

FORMAT: Final = "rollout-1"
COUNTRY: Final = "country"
COUNTY: Final = "county"
THE_COUNTRY: Final = "NO"
KEYS: Final = (COUNTRY, COUNTY, "epj", "vft")
TRACKS: Final = ("A", "B", "C")

Made = TypeVar("Made")


class _Row:
    """One JSON object under reading; every miss names the field and the row."""

    def __init__(self, value: object, column: str, row: int | None = None) -> None:
        if not isinstance(value, dict):
            raise _refusal("må være et objekt.", column, row)
        self.value: dict[str, Any] = value
        self.column = column
        self.row = row

    def _name(self, field: str) -> str:
        return f"{self.column}.{field}" if self.column else field

    def get(self, field: str, kind: type, words: str) -> Any:
        if field not in self.value:
            raise _refusal("mangler.", self._name(field), self.row)
        found = self.value[field]
        if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
            raise _refusal(f"må være {words}, ikke {_short(found)}.", self._name(field), self.row)
        return found

    def whole(self, field: str) -> int:
        return int(self.get(field, int, "et helt tall"))

    def text(self, field: str) -> str:
        return str(self.get(field, str, "en tekst"))

    def items(self, field: str) -> list[Any]:
        return list(self.get(field, list, "en liste"))

    def wholes(self, field: str) -> tuple[int, ...]:
        found = self.items(field)
        for value in found:
            if type(value) is not int:
                raise _refusal(
                    f"må bare ha hele tall, ikke {_short(value)}.", self._name(field), self.row
                )
        return tuple(found)

    def texts(self, field: str) -> tuple[str, ...]:
        found = self.items(field)
        for value in found:
            if not isinstance(value, str):
                raise _refusal(
                    f"må bare ha tekster, ikke {_short(value)}.", self._name(field), self.row
                )
        return tuple(found)

    def numbers_by_name(self, field: str) -> dict[str, int]:
        found = self.get(field, dict, "et objekt")
        for value in found.values():
            if type(value) is not int:
                raise _refusal(
                    f"må bare ha hele tall, ikke {_short(value)}.", self._name(field), self.row
                )
        return dict(found)

    def rows(self, field: str, make: Callable[["_Row"], Made]) -> tuple[Made, ...]:
        name = self._name(field)
        return tuple(make(_Row(value, name, row)) for row, value in enumerate(self.items(field), 1))

    def tuples(self, field: str, kinds: tuple[type, ...]) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = []
        for row, value in enumerate(self.items(field), 1):
            if (
                not isinstance(value, list)
                or len(value) != len(kinds)
                or not all(type(part) is kind for part, kind in zip(value, kinds, strict=True))
            ):
                wanted = ", ".join("tekst" if kind is str else "helt tall" for kind in kinds)
                raise _refusal(
                    f"må være en liste av {wanted}, ikke {_short(value)}.", self._name(field), row
                )
            found.append(tuple(value))
        return found


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 40 else shown[:37] + "…"


def _refusal(message: str, column: str | None, row: int | None = None) -> InvalidProblem:
    return InvalidProblem([FileProblem(message, row=row, column=column or None)])


def _json(path: Path) -> object:
    """The file's JSON, also from a file packed by gzip."""
    try:
        content = path.read_bytes()
        if content[:2] == b"\x1f\x8b":
            import gzip  # noqa: PLC0415  (only packed files pay for it)

            content = gzip.decompress(content)
        return json.loads(content, object_pairs_hook=_without_repeats, parse_constant=_no_constant)
    except OSError as trouble:
        raise _refusal(f"Kan ikke lese {path}: {trouble.strerror or trouble}.", None) from trouble
    except RecursionError as trouble:
        raise _refusal(f"{path} er ikke gyldig JSON: for mange nivåer.", None) from trouble
    except (ValueError, EOFError) as trouble:
        raise _refusal(f"{path} er ikke gyldig JSON: {trouble}", None) from trouble


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("samme felt står to ganger i et objekt.")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} er ikke et tall i JSON.")


def read_problem(path: Path) -> Problem:
    return problem_of(_json(path))


def problem_of(value: object) -> Problem:
    """Raises InvalidProblem, naming the field and the row."""
    top = _Row(value, "")
    if top.text("format") != FORMAT:
        raise _refusal(f"må være {FORMAT!r}.", "format")
    weights = _Row(top.get("weights", dict, "et objekt"), "weights")
    counties = top.rows("counties", lambda row: (row.text("id"), row.wholes("leaders")))
    known = {county for county, _ in counties}
    groups: dict[str, dict[str, str]] = {key: {} for key in KEYS}
    municipalities = top.rows("municipalities", lambda row: _municipality(row, groups, known))
    return Problem(
        name=top.text("name"),
        seed=top.whole("seed"),
        horizon=top.whole("horizon"),
        tail=top.whole("tail"),
        now=top.whole("now"),
        weights=Weights(
            deviation=weights.whole("dev"),
            outside=weights.whole("out"),
            lag=weights.whole("lag"),
            fairness_percent=weights.whole("fair_pct"),
            change=weights.whole("stab"),
        ),
        checkpoints=top.wholes("checkpoints"),
        fairness_grouping=COUNTY,
        start_limit=top.wholes("nhn_starts"),
        groupings=groups,
        pools=(
            LeaderPool(grouping=COUNTRY, group=THE_COUNTRY, leaders=top.wholes("national_leaders")),
            *(
                LeaderPool(grouping=COUNTY, group=county, leaders=leaders)
                for county, leaders in counties
            ),
        ),
        municipalities=municipalities,
        solutions=top.rows("solutions", _solution),
        introduced=tuple((m, s) for m, s in top.tuples("introduced", (str, str))),
        declined=tuple((m, s) for m, s in top.tuples("declined", (str, str))),
        wishes=top.rows(
            "wishes",
            lambda row: Wish(
                municipality=row.text("m"),
                solution=row.text("s"),
                quarter=row.whole("quarter"),
                first=row.whole("from"),
                last=row.whole("to"),
            ),
        ),
        locked=tuple(Start(*parts) for parts in top.tuples("locked", (str, str, int))),
        communicated=tuple(Start(*parts) for parts in top.tuples("communicated", (str, str, int))),
    )


def _municipality(row: _Row, groups: dict[str, dict[str, str]], counties: set[str]) -> Municipality:
    made = Municipality(
        id=row.text("id"),
        population=row.whole("population"),
        weight=row.whole("weight"),
        capacity=row.wholes("capacity"),
        blackout=row.wholes("blackout"),
    )
    groups[COUNTRY][made.id] = THE_COUNTRY
    for key in KEYS[1:]:
        groups[key][made.id] = row.text(key)
    if groups[COUNTY][made.id] not in counties:
        raise _refusal(
            f"Fylket {groups[COUNTY][made.id]!r} finnes ikke.", "municipalities.county", row.row
        )
    return made


def _solution(row: _Row) -> Solution:
    key, track = row.text("key"), row.text("track")
    if key not in KEYS:
        raise _refusal(f"må være en av {', '.join(KEYS)}.", "solutions.key", row.row)
    if track not in TRACKS:
        raise _refusal(f"må være en av {', '.join(TRACKS)}.", "solutions.track", row.row)
    if track == "B" and key != COUNTY:
        raise _refusal("Spor B må ha puljer per fylke.", "solutions.key", row.row)
    load = row.wholes("load")
    if row.whole("duration") != len(load):
        raise _refusal("må ha ett tall per kvartal av duration.", "solutions.load", row.row)
    vendor = row.value.get("vendor")
    if vendor is not None and vendor not in KEYS[2:]:
        raise _refusal("må være epj, vft eller null.", "solutions.vendor", row.row)
    return Solution(
        id=row.text("id"),
        track=track,
        grouping=key,
        leader_grouping=COUNTY if track == "B" else COUNTRY,
        load=load,
        benefit=row.whole("benefit"),
        requires=row.texts("requires"),
        vendor_grouping=vendor,
        release=row.numbers_by_name("release"),
        vendor_starts=row.numbers_by_name("vendor_starts"),
        smallest=row.whole("min"),
        largest=row.whole("max"),
        parallel=row.whole("parallel"),
        cost=row.whole("cost"),
    )


def problem_as_json(problem: Problem) -> dict[str, Any]:
    """Raises ValueError when the problem says more than the format can."""
    odd = set(problem.groupings) - set(KEYS)
    counties = [pool for pool in problem.pools if pool.grouping == COUNTY]
    national = [pool for pool in problem.pools if pool.grouping == COUNTRY]
    if odd or len(national) != 1 or len(counties) + 1 != len(problem.pools):
        raise ValueError("rollout-1 knows only country, county, epj and vft")
    groups = problem.groupings
    return {
        "format": FORMAT,
        "name": problem.name,
        "seed": problem.seed,
        "horizon": problem.horizon,
        "tail": problem.tail,
        "now": problem.now,
        "weights": {
            "dev": problem.weights.deviation,
            "out": problem.weights.outside,
            "lag": problem.weights.lag,
            "fair_pct": problem.weights.fairness_percent,
            "stab": problem.weights.change,
        },
        "checkpoints": list(problem.checkpoints),
        "national_leaders": list(national[0].leaders),
        "nhn_starts": list(problem.start_limit),
        "counties": [{"id": pool.group, "leaders": list(pool.leaders)} for pool in counties],
        "municipalities": [
            {
                "id": one.id,
                "county": groups[COUNTY][one.id],
                "population": one.population,
                "weight": one.weight,
                "epj": groups["epj"][one.id],
                "vft": groups["vft"][one.id],
                "capacity": list(one.capacity),
                "blackout": list(one.blackout),
            }
            for one in problem.municipalities
        ],
        "solutions": [_solution_as_json(one) for one in problem.solutions],
        "introduced": [list(pair) for pair in problem.introduced],
        "declined": [list(pair) for pair in problem.declined],
        "wishes": [
            {
                "m": wish.municipality,
                "s": wish.solution,
                "quarter": wish.quarter,
                "from": wish.first,
                "to": wish.last,
            }
            for wish in problem.wishes
        ],
        "locked": [[*start.pair, start.quarter] for start in problem.locked],
        "communicated": [[*start.pair, start.quarter] for start in problem.communicated],
    }


def _solution_as_json(one: Solution) -> dict[str, Any]:
    return {
        "id": one.id,
        "track": one.track,
        "key": one.grouping,
        "duration": one.duration,
        "load": list(one.load),
        "benefit": one.benefit,
        "requires": list(one.requires),
        "vendor": one.vendor_grouping,
        "release": dict(one.release),
        "vendor_starts": dict(one.vendor_starts),
        "min": one.smallest,
        "max": one.largest,
        "parallel": one.parallel,
        "cost": one.cost,
    }


def read_plan(path: Path) -> Plan:
    return plan_of(_json(path))


def plan_of(value: object) -> Plan:
    top = _Row(value, "")
    claim = top.value.get("objective")
    if claim is not None and type(claim) is not int:
        raise _refusal("må være et helt tall.", "objective")
    return Plan(
        top.text("instance"),
        top.rows(
            "cohorts",
            lambda row: Cohort(
                row.text("solution"),
                row.text("group"),
                row.whole("start"),
                row.texts("municipalities"),
            ),
        ),
        claim,
    )


def plan_as_json(plan: Plan) -> dict[str, Any]:
    written: dict[str, Any] = {
        "instance": plan.instance,
        "cohorts": [
            {
                "solution": cohort.solution,
                "group": cohort.group,
                "start": cohort.start,
                "municipalities": list(cohort.municipalities),
            }
            for cohort in plan.cohorts
        ],
    }
    if plan.objective is not None:
        written["objective"] = plan.objective
    return written


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Written beside and renamed, so that whoever kills us leaves the file before whole."""
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(value, file, ensure_ascii=False, separators=(",", ":"))
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def write_problem(path: Path, problem: Problem) -> None:
    write_json(path, problem_as_json(problem))


def write_plan(path: Path, plan: Plan) -> None:
    write_json(path, plan_as_json(plan))
