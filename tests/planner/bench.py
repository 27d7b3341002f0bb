"""Measure the planner and write docs/benchmarks-planner.md and its picture: make bench-planner.

Each run is a process of its own, so that its memory is its own. Gaps are to the best proven bound
known: the one that came with the instance, or the run's own where that is lower.
"""

import argparse
import datetime as dt
import json
import os
import platform
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
INSTANCES: Final = Path(__file__).parent / "instances"
REPORT: Final = ROOT / "docs" / "benchmarks-planner.md"
PICTURE: Final = ROOT / "docs" / "benchmarks-planner.svg"
MARKS: Final = (10, 30, 60, 300, 900)

SHORT: Final = {"S-1": 20, "S-2": 20, "S-3": 20, "M-1": 60, "M-1-replan": 40, "L-1": 60}
LONG: Final = {
    "S-1": 20,
    "S-2": 20,
    "S-3": 20,
    "M-1": 300,
    "M-2": 300,
    "L-1": 300,
    "M-1-replan": 40,
    "L-1-replan": 75,
    "XL-1": 900,
}
COMPARED: Final = {"S-1": 20, "M-1": 60, "L-1": 60}
COLOURS: Final = ("#0a5f8a", "#b3470f", "#3a7d2c", "#7a3b8f", "#8a6d0a", "#a02040", "#404040")


@dataclass(frozen=True, slots=True)
class Run:
    instance: str
    way: str
    seconds: float
    processor: float
    megabytes: int
    curve: list[tuple[float, int]]
    """(seconds, objective) whenever it got better."""
    bound: int | None
    first: float | None
    status: str


def measure(instance: str, way: str, seconds: float, seed: int) -> Run:
    """In a process of its own."""
    command = [sys.executable, "-m", "tests.planner.bench", "--one", instance, way]
    ran = subprocess.run(
        [*command, str(seconds), str(seed)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    found = json.loads(ran.stdout)
    found["curve"] = [(second, objective) for second, objective in found["curve"]]
    return Run(**found)


def one(instance: str, way: str, seconds: float, seed: int) -> dict[str, Any]:
    from samlop.planner.engine import checking, construct, rollout1, search, tables  # noqa: PLC0415
    from tests.planner import plain  # noqa: PLC0415

    problem = rollout1.read_problem(INSTANCES / f"{instance}.json.gz")
    began = time.monotonic()
    curve: list[tuple[float, int]] = []
    bound: int | None = None
    status = "feasible"
    if way == "greedy":
        plan = construct.first_plan(tables.tables_of(problem)).plan()
        curve.append((time.monotonic() - began, checking.objective(problem, plan).total))
    elif way == "plain":
        made, proven = plain.solve(problem, seconds=seconds, workers=2)
        bound = int(proven)
        if made is not None:
            curve.append((time.monotonic() - began, checking.objective(problem, made).total))
    else:
        result = search.solve(problem, seconds=seconds, seed=seed, workers=2)
        bound, status = result.bound, str(result.status)
        if result.plan is None or checking.violations(problem, result.plan):
            raise AssertionError(f"{instance}: no plan, or one that breaks rules")
        for progress in result.trace:
            if not curve or progress.objective > curve[-1][1]:
                curve.append((progress.seconds, progress.objective))
    took = time.monotonic() - began
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "instance": instance,
        "way": way,
        "seconds": took,
        "processor": own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime,
        "megabytes": (own.ru_maxrss + children.ru_maxrss) // 1024,
        "curve": curve,
        "bound": bound,
        "first": curve[0][0] if curve else None,
        "status": status,
    }


def gap(objective: int, bound: int) -> float:
    return 100 * max(0, bound - objective) / max(1, abs(bound))


def at(run: Run, second: float, bound: int) -> str:
    reached = [objective for when, objective in run.curve if when <= second + 0.5]
    if not reached or (run.seconds + 0.5 < second and run.status != "optimal"):
        return ""
    return f"{gap(reached[-1], bound):.2f} %"


def report(runs: list[Run], bounds: dict[str, int], load: tuple[float, float, float]) -> str:
    lines = [
        "# How good the planner is",
        "",
        "Written by `make bench-planner`; do not edit. The instances are in "
        "`tests/planner/instances`.",
        "",
        f"{dt.datetime.now(tz=dt.UTC):%Y-%m-%d}, {os.cpu_count()} processors, "
        f"Python {platform.python_version()}. Load average before the first run {load[0]:.1f}, "
        f"after the last {os.getloadavg()[0]:.1f}: with more than a few tenths other work took "
        "part of the processors, and the seconds below are too many. *Processor* is what each "
        "run really got.",
        "",
        "Gap to the best proven bound known, by weak duality or an exact proof.",
        "",
        "| instance | bound | first plan | "
        + " | ".join(f"{mark} s" for mark in MARKS)
        + " | at the end | own bound | status | wall | processor | memory |",
        "|---|--:|--:|" + "--:|" * len(MARKS) + "--:|--:|---|--:|--:|--:|",
    ]
    for run in runs:
        if run.way != "engine" or not run.curve or run.first is None:
            continue
        bound = bounds[run.instance]
        marks = " | ".join(at(run, mark, bound) for mark in MARKS)
        own = "" if run.bound is None else f"{gap(run.curve[-1][1], run.bound):.2f} %"
        lines.append(
            f"| {run.instance} | {bound} | {run.first:.2f} s, {gap(run.curve[0][1], bound):.1f} % "
            f"| {marks} | {gap(run.curve[-1][1], bound):.2f} % | {own} | {run.status} | "
            f"{run.seconds:.1f} s | {run.processor:.0f} s | {run.megabytes} MB |"
        )
    lines += [
        "",
        "![Gap against time](benchmarks-planner.svg)",
        "",
        "## Side by side",
        "",
        "The same bound for all three. The plain model is the obvious one, given to CP-SAT with "
        "two workers (`tests/planner/plain.py`).",
        "",
        "| instance | greedy plan | plain CP-SAT | this engine |",
        "|---|--:|--:|--:|",
    ]
    for instance in dict.fromkeys(run.instance for run in runs if run.way == "plain"):
        cells = []
        for way in ("greedy", "plain", "engine"):
            run = next(one for one in runs if one.instance == instance and one.way == way)
            cells.append(
                f"{gap(run.curve[-1][1], bounds[instance]):.1f} % after {run.seconds:.1f} s"
                if run.curve
                else f"no plan after {run.seconds:.0f} s"
            )
        lines.append(f"| {instance} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def picture(runs: list[Run], bounds: dict[str, int]) -> str:
    """Gap against seconds, both by tens."""
    import math  # noqa: PLC0415

    width, height, left, bottom = 760, 420, 60, 50
    first, last, low, high = 0.05, 1000.0, 0.05, 60.0

    def across(second: float) -> float:
        share = math.log(max(second, first) / first) / math.log(last / first)
        return left + share * (width - left - 130)

    def up(value: float) -> float:
        share = math.log(max(value, low) / low) / math.log(high / low)
        return height - bottom - share * (height - bottom - 20)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        'font-family="sans-serif" font-size="12"><title>Gap against time</title>',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for second in (0.1, 1, 10, 60, 300, 900):
        x = across(second)
        parts.append(
            f'<path d="M{x:.0f} 20V{height - bottom}" stroke="#ddd"/>'
            f'<text x="{x:.0f}" y="{height - bottom + 18}" text-anchor="middle">{second:g} s</text>'
        )
    for value in (0.1, 0.5, 1, 2, 5, 10, 20, 50):
        y = up(value)
        parts.append(
            f'<path d="M{left} {y:.0f}H{width - 130}" stroke="#ddd"/>'
            f'<text x="{left - 8}" y="{y + 4:.0f}" text-anchor="end">{value:g} %</text>'
        )
    for number, run in enumerate(one for one in runs if one.way == "engine" and one.curve):
        colour = COLOURS[number % len(COLOURS)]
        bound = bounds[run.instance]
        path = ""
        for second, objective in run.curve:
            y = up(gap(objective, bound))
            path += f"H{across(second):.1f}V{y:.1f}" if path else f"M{across(second):.1f} {y:.1f}"
        path += f"H{across(run.seconds):.1f}"
        y = up(gap(run.curve[-1][1], bound))
        parts.append(
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
            f'<text x="{width - 122}" y="{40 + 18 * number}" fill="{colour}">{run.instance}: '
            f"{gap(run.curve[-1][1], bound):.2f} %</text>"
        )
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--only", nargs="*", help="these instances")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--one", nargs=4, metavar=("INSTANCE", "WAY", "SECONDS", "SEED"))
    chosen = parser.parse_args()
    if chosen.one:
        instance, way, seconds, seed = chosen.one
        sys.stdout.write(json.dumps(one(instance, way, float(seconds), int(seed))))
        return 0
    load = os.getloadavg()
    known = json.loads((INSTANCES / "bounds.json").read_text())
    wanted = LONG if chosen.long else SHORT
    runs: list[Run] = []
    for instance, seconds in wanted.items():
        if chosen.only and instance not in chosen.only:
            continue
        ways = ["engine"]
        if instance in COMPARED:
            ways += ["greedy", "plain"]
        for way in ways:
            run = measure(
                instance, way, COMPARED[instance] if way == "plain" else seconds, chosen.seed
            )
            runs.append(run)
            best = f"{run.curve[-1][1]}" if run.curve else "none"
            sys.stdout.write(f"{instance} {way}: {best} in {run.seconds:.1f} s\n")
            sys.stdout.flush()
    bounds = {
        run.instance: min(
            [
                int(known[run.instance]["upper_bound"]),
                *(one.bound for one in runs if one.instance == run.instance and one.bound),
            ]
        )
        for run in runs
        if run.way == "engine"
    }
    REPORT.write_text(report(runs, bounds, load), encoding="utf-8")
    PICTURE.write_text(picture(runs, bounds), encoding="utf-8")
    sys.stdout.write(f"{REPORT.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
