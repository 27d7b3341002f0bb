"""The format is read and written exactly; what makes no sense is refused with field and row."""

import contextlib
import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from samlop.planner.engine import checking, rollout1
from samlop.planner.engine.plan import Cohort, Plan
from samlop.planner.engine.problem import InvalidProblem
from tests.planner import tiny

INSTANCES = Path(__file__).parent / "instances"
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("path", sorted(INSTANCES.glob("*.json.gz")), ids=lambda path: path.stem)
def test_every_instance_is_written_as_it_was_read(path: Path) -> None:
    problem = rollout1.read_problem(path)
    assert rollout1.problem_as_json(problem) == json.loads(gzip.decompress(path.read_bytes()))


def test_a_plan_is_written_as_it_was_read(tmp_path: Path) -> None:
    plan = Plan("two", (Cohort("s", "NO", 0, ("m1", "m2")),), 280)
    rollout1.write_plan(tmp_path / "plan.json", plan)
    assert rollout1.read_plan(tmp_path / "plan.json") == plan
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]


def row(name: str, number: int = 0, **changes: Any) -> dict[str, Any]:
    rows = [dict(one) for one in tiny.two_municipalities()[name]]
    rows[number].update(changes)
    return {name: rows}


SAME_TWICE = [{**tiny.two_municipalities()["municipalities"][0]}] * 2
SOLUTION_TWICE = [{**tiny.two_municipalities()["solutions"][0]}] * 2
WISH = {"m": "m1", "s": "s", "quarter": 1, "from": 0, "to": 2}

REFUSED: dict[str, tuple[dict[str, Any], str, int | None]] = {
    "duplicate municipality": ({"municipalities": SAME_TWICE}, "municipalities.id", 2),
    "duplicate solution": ({"solutions": SOLUTION_TWICE}, "solutions.id", 2),
    "duplicate county": (
        {"counties": [{"id": "c", "leaders": [1] * 4}] * 2},
        "counties.id",
        3,
    ),
    "duplicate introduced": ({"introduced": [["m1", "s"]] * 2}, "introduced", 2),
    "duplicate wish": ({"wishes": [WISH, WISH]}, "wishes", 2),
    "duplicate lock": ({"locked": [["m1", "s", 0], ["m1", "s", 1]]}, "locked", 2),
    "unknown municipality": ({"declined": [["x", "s"]]}, "declined", 1),
    "unknown solution": ({"communicated": [["m1", "x", 0]]}, "communicated", 1),
    "unknown prerequisite": (row("solutions", requires=["x"]), "solutions.requires", 1),
    "unknown county": (row("municipalities", 1, county="x"), "municipalities.county", 2),
    "negative": (row("municipalities", 1, weight=-1), "municipalities.weight", 2),
    "negative capacity": (
        row("municipalities", capacity=[1, 1, -1, 1]),
        "municipalities.capacity",
        1,
    ),
    "fraction": (row("solutions", benefit=1.5), "solutions.benefit", 1),
    "true for a number": (row("solutions", cost=True), "solutions.cost", 1),
    "text for a number": ({"horizon": "4"}, "horizon", None),
    "short array": ({"nhn_starts": [1, 1]}, "nhn_starts", None),
    "long array": (row("municipalities", capacity=[1] * 5), "municipalities.capacity", 1),
    "load and duration": (row("solutions", duration=3), "solutions.load", 1),
    "max below min": (row("solutions", max=1), "solutions.max", 1),
    "missing field": ({"weights": {"dev": 1}}, "weights.out", None),
    "wrong format": ({"format": "rollout-2"}, "format", None),
    "wrong key": (row("solutions", key="region"), "solutions.key", 1),
    "track B without county": (row("solutions", track="B"), "solutions.key", 1),
    "window backwards": ({"wishes": [{**WISH, "from": 3}]}, "wishes.to", 1),
    "not a list": ({"municipalities": {}}, "municipalities", None),
    "not a pair": ({"introduced": [["m1"]]}, "introduced", 1),
    "checkpoint after the end": ({"checkpoints": [5]}, "checkpoints", 1),
    "lock after the end": ({"locked": [["m1", "s", 9]]}, "locked", 1),
    "now after the end": ({"now": 5}, "now", None),
    "no quarters": ({"horizon": 0}, "horizon", None),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_makes_no_sense_is_refused_with_field_and_row(name: str) -> None:
    changes, column, at = REFUSED[name]
    with pytest.raises(InvalidProblem) as refusal:
        rollout1.problem_of(tiny.two_municipalities(**changes))
    assert (refusal.value.problems[0].column, refusal.value.problems[0].row) == (column, at)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"format": 1}',
        b'{"format": "rollout-1", "format": "rollout-1"}',
        b"[" * 200_000,
        b"\xff\xfe\x00",
        b"\x1f\x8bnot gzip at all",
        b'{"format": "rollout-1", "name": "x", "seed": NaN}',
    ],
)
def test_what_is_not_a_problem_at_all_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "problem.json"
    path.write_bytes(content)
    with pytest.raises(InvalidProblem):
        rollout1.read_problem(path)


def test_mutated_problems_are_read_or_refused_but_never_break() -> None:
    draw = random.Random(7)
    odd: list[Any] = [None, -1, 1.5, "x", [], {}, True, 10**30, [[]], [None], {"a": 1}]
    for seed in range(300):
        problem = tiny.by_lot(seed)
        place: Any = problem
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = draw.choice(keys)
            if isinstance(place[key], (dict, list)) and place[key] and draw.random() < 0.7:
                place = place[key]
            else:
                place[key] = draw.choice(odd)
                break
        with contextlib.suppress(InvalidProblem):
            checking.violations(made := rollout1.problem_of(problem), Plan(made.name, ()))


def test_a_million_entries_are_refused_in_seconds(tmp_path: Path) -> None:
    many = tiny.two_municipalities(introduced=[["m1", "s"]] * 1_000_000)
    path = tmp_path / "many.json"
    path.write_text(json.dumps(many))
    began = time.process_time()
    with pytest.raises(InvalidProblem):
        rollout1.read_problem(path)
    assert time.process_time() - began < 15


def test_a_kill_leaves_the_plan_written_before_whole(tmp_path: Path) -> None:
    """Written again and again by a process that is killed at moments drawn by lot."""
    path = tmp_path / "plan.json"
    script = (
        "import sys\nfrom pathlib import Path\n"
        "from samlop.planner.engine import rollout1\n"
        "from samlop.planner.engine.plan import Cohort, Plan\n"
        "plan = Plan('two', (Cohort('s', 'NO', 0, ('m1', 'm2')),) * 2000)\n"
        "while True: rollout1.write_plan(Path(sys.argv[1]), plan)\n"
    )
    draw = random.Random(1)
    for _ in range(5):
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(path)], env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        waited = time.monotonic()
        while not path.exists() and time.monotonic() - waited < 60:
            time.sleep(0.02)
        time.sleep(draw.random() * 0.3)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert len(rollout1.read_plan(path).cohorts) == 2000


def test_the_checker_reads_what_the_writer_wrote(tmp_path: Path) -> None:
    problem = tiny.problem()
    rollout1.write_problem(tmp_path / "two.json", problem)
    again = rollout1.read_problem(tmp_path / "two.json")
    assert again == problem
    plan = Plan("two", (Cohort("s", "NO", 0, ("m1", "m2")),))
    assert checking.violations(again, plan) == []
