"""`make bench-uptake`: an import beside a bare COPY, and the pages over ten million observations.

Writes docs/benchmarks-uptake.md, or only prints with --print. `--observations 0` leaves out the
pages; fewer rows than the goal says are measured honestly and are not the goal.
"""

import argparse
import os
import platform
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any, Final

from tests.bench import __main__ as bench
from tests.bench.__main__ import ALONE, WARM_UP, Figures, Page
from tests.bench.importing import ROOT, ROWS, copy_ratio, goals_of_import, inside

REPORT: Final = ROOT / "docs" / "benchmarks-uptake.md"
OBSERVATIONS: Final = 10_000_000
MOST_MS: Final = 100.0


def pages(slugs: list[str]) -> tuple[Page, ...]:
    numbers = ("4219", "0301", "1508", "5601", "3411", "1103", "4601", "5001")
    return (
        Page("national overview", ("/utbredelse/",)),
        Page("a solution's uptake", tuple(f"/losninger/{one}/utbredelse/" for one in slugs)),
        Page("a municipality's uptake", tuple(f"/kommuner/{one}/utbredelse/" for one in numbers)),
        Page(
            "a municipality's use of a solution",
            tuple(f"/kommuner/4219/bruk/{one}/" for one in slugs),
        ),
        Page("indicators", ("/utbredelse/indikatorer/",)),
    )


GOALS: Final = frozenset(
    {
        "national overview",
        "a solution's uptake",
        "a municipality's uptake",
        "a municipality's use of a solution",
    }
)


def measure_pages(data: Path, observations: int) -> tuple[dict[str, Any], list[Figures]]:
    with tempfile.TemporaryDirectory(prefix="samlop-bench-many-") as name:
        filled = inside(data, Path(name), f"many({name!r}, {observations})")
    port = bench.free_port()
    with bench.measured_server(data, port):
        cookie = bench.sign_in(port, bench.COORDINATOR)
        found = [bench.measure(page, port, cookie) for page in pages(filled["slugs"])]
    return filled, found


def report(
    imported: dict[str, Any],
    filled: dict[str, Any] | None,
    found: list[Figures],
    load: tuple[float, float],
) -> tuple[str, bool]:
    goals = goals_of_import(imported)
    lines = [
        "# Benchmarks of uptake",
        "",
        "Written by `make bench-uptake`, never by hand. The import reads a CSV file, checks every "
        "row, and takes it in with its sums; the bare `COPY` brings the same cleaned rows into "
        "the same table, empty in both cases, in the same run. Memory is what is a process's own "
        "at its highest, above what it was before.",
        "",
        f"{date.today().isoformat()} · Python {platform.python_version()} · "  # noqa: DTZ011
        f"{os.cpu_count()} cores · load average {load[0]:.1f} before the run and {load[1]:.1f} "
        "after it",
    ]
    if filled is not None:
        goals += [
            (
                f"{one.name}, p95 ≤ {MOST_MS:.0f} ms over {filled['observations']:,} observations",
                f"{one.p95:.0f} ms",
                filled["observations"] >= OBSERVATIONS and one.p95 <= MOST_MS,
            )
            for one in found
            if one.name in GOALS
        ]
        lines += [
            "",
            f"{filled['observations']:,} observations: every municipality × 20 solutions × 5 "
            f"indicators × {filled['weeks']} weeks ({filled['table_mb']:,.0f} MB with indexes). "
            f"Signed in, one client at a time over HTTP after {WARM_UP} warm-up requests, {ALONE} "
            "requests a page over several solutions and municipalities; then eight clients at "
            "once.",
            "",
            "| page | p50 ms | p95 ms | queries | bytes | requests/s, 8 clients |",
            "|---|--:|--:|--:|--:|--:|",
        ]
        lines += [
            f"| {one.name} | {one.p50:.1f} | {one.p95:.1f} | {one.queries} | {one.size} | "
            f"{one.rate:.0f} |"
            for one in found
        ]
    lines += ["", "| goal | measured | met |", "|---|--:|---|"]
    lines += [f"| {goal} | {said} | {'yes' if met else '**no**'} |" for goal, said, met in goals]
    return "\n".join(lines) + "\n", all(met for _, _, met in goals)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--observations", type=int, default=OBSERVATIONS)
    parser.add_argument("--print", action="store_true", dest="only_print")
    options = parser.parse_args()
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="samlop-bench-") as folder:
        data = Path(folder)
        data.chmod(0o755)
        started, _ = bench.start(data, bench.free_port())
        bench.stop(started)
        imported = copy_ratio(data, options.rows)
        filled: dict[str, Any] | None = None
        found: list[Figures] = []
        if options.observations:
            filled, found = measure_pages(data, options.observations)
    text, met = report(imported, filled, found, (before, os.getloadavg()[0]))
    print(text)
    if not options.only_print:
        REPORT.write_text(text, encoding="utf-8")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
