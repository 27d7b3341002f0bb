"""`samlop plan` from the outside: output, exit codes, no Django, no traceback, a quick start."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from samlop.cli import plan as command
from samlop.planner.engine import rollout1
from tests.planner import tiny

ROOT = Path(__file__).resolve().parents[2]
INSTANCES = Path(__file__).parent / "instances"


@pytest.fixture
def two(tmp_path: Path) -> Path:
    path = tmp_path / "two.json"
    path.write_text(json.dumps(tiny.two_municipalities()))
    return path


@pytest.fixture
def solved(two: Path) -> Path:
    path = two.with_name("plan.json")
    assert command.main(["solve", str(two), "--work", "1", "-o", str(path)]) == command.DONE
    return path


def test_solve_writes_a_plan_and_says_what_it_is_worth(
    two: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "new.json"
    assert command.main(["solve", str(two), "--work", "1", "-o", str(path)]) == command.DONE
    assert rollout1.read_plan(path).objective == 280
    assert "mål 280, bevist grense 280, bevist best" in capsys.readouterr().out


def test_check_accepts_it(two: Path, solved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["check", str(two), str(solved)]) == command.DONE
    assert "følger alle regler" in capsys.readouterr().out


def test_check_says_what_is_broken(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = two.with_name("bad.json")
    cohort = {"solution": "s", "group": "NO", "start": 0, "municipalities": ["m1"]}
    plan.write_text(json.dumps({"instance": "two", "cohorts": [cohort]}))
    assert command.main(["check", str(two), str(plan)]) == command.BROKEN
    assert "1 kommuner, skal være 2–2" in capsys.readouterr().out


def test_explain_answers(two: Path, solved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["explain", str(two), str(solved), "m1", "s", "--wished", "1", "--work", "2"]
    assert command.main(arguments) == command.DONE
    assert "m1/s starter i kvartal 0" in capsys.readouterr().out


def test_what_if_compares(two: Path, solved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["whatif", str(two), str(solved), "--leader", "NO=2", "--nhn", "-50"]
    assert command.main([*arguments, "--work", "0.5", "--robustness"]) == command.DONE
    said = capsys.readouterr().out
    assert "+2 leder i NO: mål 280" in said
    assert "NHN -50 %: mål 0" in said
    assert "åtte av ti" in said


def test_generate_makes_what_solve_reads(tmp_path: Path) -> None:
    path = tmp_path / "made.json"
    made = ["generate", "S", "--seed", "5", "--regime", "long", "-o", str(path)]
    assert command.main(made) == command.DONE
    assert rollout1.read_problem(path).horizon == 12


@pytest.mark.parametrize(
    "arguments",
    [
        ["solve", "missing.json"],
        ["solve", "{two}", "--seconds", "0"],
        ["solve", "{two}", "--workers", "many"],
        ["solve", "{two}", "-o", "/nowhere/at/all/plan.json"],
        ["solve"],
        ["fly"],
        [],
        ["check", "{two}", "{two}"],
        ["explain", "{two}", "{plan}", "nobody", "s"],
        ["explain", "{two}", "{plan}", "m1", "nothing"],
        ["explain", "{two}", "{plan}", "m1", "s", "--wished", "9"],
        ["whatif", "{two}", "{plan}", "--leader", "nobody"],
        ["whatif", "{two}", "{plan}", "--late", "e=two"],
        ["whatif", "{two}", "{plan}", "--refusals", "101"],
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(
    arguments: list[str], two: Path, solved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [one.format(two=two, plan=solved) for one in arguments]
    assert command.main(given) == command.REFUSED
    assert capsys.readouterr().err.startswith("samlop plan: ")


def test_contradictory_locks_say_what_must_give(capsys: pytest.CaptureFixture[str]) -> None:
    instance = INSTANCES / "inf-lockedmin.json.gz"
    assert command.main(["solve", str(instance), "--work", "1"]) == command.IMPOSSIBLE
    assert "Senk minste pulje for KJ med 3." in capsys.readouterr().err


def test_the_command_loads_neither_django_nor_a_solver_to_check(two: Path, solved: Path) -> None:
    script = (
        "import sys\nfrom samlop.cli import plan\n"
        f"code = plan.main(['check', {str(two)!r}, {str(solved)!r}])\n"
        "print([name for name in ('django', 'ortools', 'highspy') if name in sys.modules])\n"
        "sys.exit(code)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert ran.stdout.splitlines()[-1] == "[]"


def test_the_command_starts_in_less_than_a_second(two: Path, solved: Path) -> None:
    before = os.times()
    subprocess.run(
        [sys.executable, "-m", "samlop.cli", "plan", "check", str(two), str(solved)],
        check=True,
        capture_output=True,
        cwd=ROOT,
    )
    after = os.times()
    # Processor time: a busy machine takes longer by the clock.
    assert after.children_user - before.children_user < 1


def test_an_interrupt_ends_with_the_best_plan_so_far(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    instance = INSTANCES / "M-1.json.gz"
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "samlop.cli", "plan", "solve", str(instance)),
            *("--seconds", "120", "-o", str(path)),
        ],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    began = time.monotonic()
    while not path.exists() and time.monotonic() - began < 100:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "M-1: mål" in said
    assert command.main(["check", str(instance), str(path)]) == command.DONE


def killed_leaves_a_whole_plan(path: Path, wait: float) -> None:
    """The process group is killed `wait` seconds after its first plan was written."""
    instance = INSTANCES / "S-2.json.gz"
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "samlop.cli", "plan", "solve", str(instance)),
            *("--seconds", "120", "-o", str(path)),
        ],
        stdout=subprocess.DEVNULL,
        cwd=ROOT,
        start_new_session=True,
    )
    began = time.monotonic()
    while not path.exists() and time.monotonic() - began < 100:
        time.sleep(0.01)
    time.sleep(wait)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert command.main(["check", str(instance), str(path)]) == command.DONE


def test_a_kill_leaves_the_last_written_plan_whole(tmp_path: Path) -> None:
    killed_leaves_a_whole_plan(tmp_path / "plan.json", 0.5)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_kill_at_any_of_twenty_random_moments_leaves_a_whole_plan(tmp_path: Path) -> None:
    draw = random.Random(7)
    for number in range(20):
        killed_leaves_a_whole_plan(tmp_path / f"plan{number}.json", draw.uniform(0.0, 6.0))
