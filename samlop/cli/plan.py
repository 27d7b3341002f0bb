"""`samlop plan …`: the planning engine from the command line, without a database.

Exit codes: 0 done, 1 the plan breaks rules, 2 a file or an argument is refused, 3 no plan is
possible because the locked starts contradict each other.
"""

import argparse
import importlib
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, NoReturn, Self

from samlop.lib.errors import Refused
from samlop.planner.engine import checking, rollout1
from samlop.planner.engine.problem import Problem

if TYPE_CHECKING:
    from samlop.planner.engine.search import Progress, Result
    from samlop.planner.engine.whatif import Outcome, Variant

DONE: Final = 0
BROKEN: Final = 1
REFUSED: Final = 2
IMPOSSIBLE: Final = 3
HEARD: Final = (signal.SIGINT, signal.SIGTERM)

PHASES: Final = {
    "first": "første plan",
    "improving": "forbedrer",
    "relaxation": "regner grense",
    "proving": "beviser",
    "done": "ferdig",
}


class Mistake(Exception):
    """An argument that cannot be used; str() tells why."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Mistake(message)


def main(arguments: Sequence[str]) -> int:
    try:
        chosen = _parser().parse_args(arguments)
        code: int = chosen.run(chosen)
        return code
    except (Mistake, Refused) as refusal:
        sys.stderr.write(f"samlop plan: {refusal}\n")
        return REFUSED
    except BrokenPipeError:
        return DONE
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="samlop plan", description="Lag og undersøk en nasjonal innføringsplan.")
    commands = parser.add_subparsers(required=True, metavar="KOMMANDO")

    solve = commands.add_parser("solve", help="lag den beste planen som kan finnes på tiden")
    solve.add_argument("instance", type=Path)
    solve.add_argument("--start", type=Path, help="en plan å gå ut fra")
    solve.add_argument("-o", "--output", type=Path, help="hvor planen skrives, stadig bedre")
    _limits(solve, seconds=60.0)
    solve.set_defaults(run=_solve)

    check = commands.add_parser("check", help="sjekk at en plan følger reglene")
    check.add_argument("instance", type=Path)
    check.add_argument("plan", type=Path)
    check.set_defaults(run=_check)

    explain = commands.add_parser("explain", help="hvorfor en kommune starter når den gjør")
    explain.add_argument("instance", type=Path)
    explain.add_argument("plan", type=Path)
    explain.add_argument("municipality")
    explain.add_argument("solution")
    explain.add_argument("--wished", type=_count, help="kvartalet det spørres om")
    explain.add_argument("--work", type=_amount, help="regnearbeid i stedet for tid")
    explain.set_defaults(run=_explain)

    whatif = commands.add_parser("whatif", help="hva om noe var annerledes")
    whatif.add_argument("instance", type=Path)
    whatif.add_argument("plan", type=Path)
    whatif.add_argument(
        "--leader",
        action="append",
        default=[],
        metavar="GRUPPE[=ANTALL]",
        help="flere ledere i et fylke, eller i NO",
    )
    whatif.add_argument(
        "--nhn",
        action="append",
        default=[],
        type=int,
        metavar="PROSENT",
        help="flere starter hos NHN",
    )
    whatif.add_argument(
        "--late",
        action="append",
        default=[],
        metavar="LEVERANDØR=KVARTALER",
        help="en leverandør er forsinket",
    )
    whatif.add_argument(
        "--refusals",
        action="append",
        default=[],
        type=int,
        metavar="PROSENT",
        help="så mange sier nei, trukket ved lodd",
    )
    whatif.add_argument(
        "--robustness", action="store_true", help="simuler at noen går ut og at noe blir forsinket"
    )
    _limits(whatif, seconds=10.0)
    whatif.set_defaults(run=_whatif)

    generate = commands.add_parser("generate", help="lag et problem ved loddtrekning")
    generate.add_argument("size", choices=["S", "M", "L", "XL"])
    generate.add_argument("--seed", type=_count, default=1)
    generate.add_argument(
        "--regime",
        default="normal",
        choices=["normal", "many-vendors", "long", "tight-leaders", "wishful"],
    )
    generate.add_argument("-o", "--output", type=Path)
    generate.set_defaults(run=_generate)
    return parser


def _limits(parser: argparse.ArgumentParser, *, seconds: float) -> None:
    parser.add_argument("--seconds", type=_amount, help=f"tid (ellers {seconds:g})")
    parser.add_argument("--work", type=_amount, help="regnearbeid: samme svar hver gang")
    parser.add_argument("--seed", type=_count, default=0)
    parser.add_argument("--workers", type=_some, default=2)
    parser.set_defaults(default_seconds=seconds)


def _amount(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError("må være over 0")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError("må være 0 eller mer")
    return value


def _some(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 64:
        raise argparse.ArgumentTypeError("må være fra 1 til 64")
    return value


def _engine(name: str) -> Any:
    """Modules that load a solver are loaded when they are needed: `check` starts at once."""
    return importlib.import_module(f"samlop.planner.engine.{name}")


def _seconds(chosen: argparse.Namespace) -> float | None:
    if chosen.seconds is None and chosen.work is None:
        return float(chosen.default_seconds)
    return None if chosen.seconds is None else float(chosen.seconds)


# solve


class _Screen:
    """The live line, where there is a screen for it."""

    def __init__(self) -> None:
        self.live = sys.stderr.isatty()
        self.drawn = 0.0

    def show(self, progress: "Progress") -> None:
        now = time.monotonic()
        if self.live and (now - self.drawn > 0.1 or progress.phase == "done"):
            self.drawn = now
            sys.stderr.write(
                f"\r\033[K{progress.seconds:6.1f} s  {PHASES[progress.phase]:14} "
                f"mål {progress.objective:>12,}  grense {progress.bound:>12,}  "
                f"gap {100 * progress.gap:6.2f} %".replace(",", " ")
            )
            sys.stderr.flush()

    def end(self) -> None:
        if self.live and self.drawn:
            sys.stderr.write("\n")


class _Interrupt:
    """The first Ctrl-C or TERM asks the search to stop with its best plan."""

    def __init__(self) -> None:
        self.asked = False

    def __call__(self) -> bool:
        return self.asked

    def __enter__(self) -> Self:
        self.before = [(one, signal.signal(one, self._hear)) for one in HEARD]
        return self

    def __exit__(self, *exc: object) -> None:
        for number, handler in self.before:
            signal.signal(number, handler)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self.asked = True


def _solve(chosen: argparse.Namespace) -> int:
    problem = rollout1.read_problem(chosen.instance)
    for warning in problem.warnings:
        sys.stderr.write(f"Merk: {warning}\n")
    start = rollout1.read_plan(chosen.start) if chosen.start else None
    if chosen.output is not None and not chosen.output.absolute().parent.is_dir():
        raise Mistake(f"mappen {chosen.output.absolute().parent} finnes ikke")
    screen = _Screen()
    keep: Callable[[Any], None] | None = None
    if chosen.output is not None:
        keep = _keeper(chosen.output)
    with _Interrupt() as interrupt:
        result: Result = _engine("search").solve(
            problem,
            seconds=_seconds(chosen),
            work=chosen.work,
            seed=chosen.seed,
            workers=chosen.workers,
            start=start,
            stop=interrupt,
            on_progress=screen.show,
            on_plan=keep,
        )
    screen.end()
    if result.plan is None:
        sys.stderr.write(_contradiction(result) + "\n")
        return IMPOSSIBLE
    if chosen.output is not None:
        best = result.plan
        _written(lambda: rollout1.write_plan(chosen.output, best))
    sys.stdout.write(_summary(problem, result) + "\n")
    return DONE


def _keeper(path: Path) -> Callable[[Any], None]:
    """Writes plans as they get better, not more often than every other second."""
    last = [0.0]

    def keep(make: Callable[[], Any]) -> None:
        if time.monotonic() - last[0] >= 2:
            plan = make()
            if plan is not None:
                _written(lambda: rollout1.write_plan(path, plan))
            last[0] = time.monotonic()

    return keep


def _written(write: Callable[[], None]) -> None:
    try:
        write()
    except OSError as trouble:
        raise Mistake(f"kan ikke skrive planen: {trouble.strerror or trouble}") from trouble


def _contradiction(result: "Result") -> str:
    words = _engine("words")
    lines = ["De låste startene motsier hverandre. Minste som må gi etter:"]
    lines += [f"  {words.loosening(one)}" for one in result.diagnosis]
    return "\n".join(lines)


def _summary(problem: Problem, result: "Result") -> str:
    objective = result.objective
    if objective is None or result.gap is None:
        return ""
    proof = "bevist best" if result.status == "optimal" else f"gap {100 * result.gap:.2f} %"
    lines = [
        f"{problem.name}: mål {objective.total}, bevist grense {result.bound}, {proof}",
        f"  nytte {objective.benefit}, ønsker −{objective.preference}, "
        f"puljer −{objective.cohorts}, "
        f"etterslep −{objective.lag}, flyttede −{objective.change}",
        f"  {objective.planned} av {objective.eligible} innføringer planlagt, "
        f"{len(result.plan.cohorts) if result.plan else 0} puljer",
    ]
    if problem.communicated and result.plan is not None:
        words, measures = _engine("words"), _engine("measures")
        told = {one.pair: one.quarter for one in problem.communicated}
        moved = measures.changes(problem, told, result.plan)
        lines.append(f"  {len(moved)} meddelte starter er endret:")
        lines += [f"    {words.changed(one)}" for one in moved[:20]]
        if len(moved) > 20:
            lines.append(f"    og {len(moved) - 20} til")
    return "\n".join(lines)


# check, explain, what-if, generate


def _check(chosen: argparse.Namespace) -> int:
    problem = rollout1.read_problem(chosen.instance)
    plan = rollout1.read_plan(chosen.plan)
    found = checking.violations(problem, plan)
    objective = checking.objective(problem, plan)
    if found:
        sys.stdout.write(f"{problem.name}: planen bryter {len(found)} regler\n")
        for violation in found[:50]:
            sys.stdout.write(f"  {violation}\n")
        return BROKEN
    sys.stdout.write(
        f"{problem.name}: planen følger alle regler. Mål {objective.total} "
        f"(nytte {objective.benefit}, ønsker −{objective.preference}, "
        f"puljer −{objective.cohorts}, etterslep −{objective.lag}, flyttede −{objective.change})\n"
    )
    return DONE


def _sound_plan(problem: Problem, path: Path) -> Any:
    plan = rollout1.read_plan(path)
    if found := checking.violations(problem, plan):
        raise Mistake(f"planen bryter reglene: {found[0]}")
    return plan


def _explain(chosen: argparse.Namespace) -> int:
    problem = rollout1.read_problem(chosen.instance)
    plan = _sound_plan(problem, chosen.plan)
    if chosen.municipality not in problem.municipality:
        raise Mistake(f"kommunen {chosen.municipality!r} finnes ikke")
    if chosen.solution not in problem.solution:
        raise Mistake(f"løsningen {chosen.solution!r} finnes ikke")
    if chosen.wished is not None and chosen.wished >= problem.horizon:
        raise Mistake(f"kvartal {chosen.wished} er utenfor planen")
    explain = _engine("explain")
    found = explain.explain(
        problem,
        plan,
        chosen.municipality,
        chosen.solution,
        wished=chosen.wished,
        work=chosen.work or explain.DEFAULT_WORK,
        seconds=None if chosen.work else explain.DEFAULT_SECONDS,
    )
    sys.stdout.write(_engine("words").explanation(found) + "\n")
    return DONE


def _whatif(chosen: argparse.Namespace) -> int:
    problem = rollout1.read_problem(chosen.instance)
    plan = _sound_plan(problem, chosen.plan)
    variants = _variants(problem, chosen)
    outcomes: list[Outcome] = _engine("whatif").compare(
        problem,
        plan,
        variants,
        seconds=_seconds(chosen),
        work=chosen.work,
        seed=chosen.seed,
        workers=chosen.workers,
    )
    words = _engine("words")
    for outcome in outcomes:
        sys.stdout.write(words.outcome(outcome) + "\n")
    if chosen.robustness:
        simulated = _engine("robustness").simulate(problem, plan, seed=chosen.seed)
        sys.stdout.write(words.robustness(simulated) + "\n")
    return DONE


def _variants(problem: Problem, chosen: argparse.Namespace) -> "dict[str, Variant]":
    whatif = _engine("whatif")
    variants: dict[str, Variant] = {}
    for text in chosen.leader:
        group, count = _named(text, 1)
        grouping = next((one.grouping for one in problem.pools if one.group == group), None)
        if grouping is None:
            raise Mistake(f"ingen ledere hører til {group!r}")
        variants[f"{count:+d} leder i {group}"] = whatif.more_leaders(grouping, group, count)
    for percent in chosen.nhn:
        variants[f"NHN {percent:+d} %"] = whatif.national_starts(percent)
    for text in chosen.late:
        vendor, quarters = _named(text, 1)
        if not any(vendor in one.release for one in problem.solutions):
            raise Mistake(f"leverandøren {vendor!r} finnes ikke")
        variants[f"{vendor} {quarters} kvartal senere"] = whatif.vendor_late(vendor, quarters)
    for percent in chosen.refusals:
        if not 0 <= percent <= 100:
            raise Mistake("andelen som sier nei må være fra 0 til 100")
        variants[f"{percent} % sier nei"] = whatif.refusals(percent, chosen.seed)
    return variants


def _named(text: str, usual: int) -> tuple[str, int]:
    name, _, number = text.partition("=")
    try:
        return name, int(number) if number else usual
    except ValueError as trouble:
        raise Mistake(f"{number!r} er ikke et helt tall") from trouble


def _generate(chosen: argparse.Namespace) -> int:
    generate = _engine("generate")
    problem = generate.generate(
        generate.Size(chosen.size), chosen.seed, generate.Regime(chosen.regime)
    )
    path = chosen.output or Path(f"{problem.name}.json")
    try:
        rollout1.write_problem(path, problem)
    except OSError as trouble:
        raise Mistake(f"kan ikke skrive {path}: {trouble.strerror or trouble}") from trouble
    sys.stdout.write(f"{path}\n")
    return DONE
