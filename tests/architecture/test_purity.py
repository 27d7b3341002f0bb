"""Rules and lib load where Django is not installed."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PURE = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for pattern in ("samlop/lib/*.py", "samlop/*/rules.py", "samlop/*/rules/*.py")
    for path in ROOT.glob(pattern)
)


def test_there_are_rules_to_look_at() -> None:
    assert "samlop.accounts.rules.roles" in PURE
    assert "samlop.municipalities.rules.kinds" in PURE


def test_rules_and_lib_load_without_django() -> None:
    refuse = (
        "import sys\nfor name in ('django', 'psycopg', 'pghistory'): sys.modules[name] = None\n"
    )
    imports = "\n".join(f"import {name.removesuffix('.__init__')}" for name in PURE)
    ran = subprocess.run(
        [sys.executable, "-c", refuse + imports], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("module", ["django.conf", "psycopg"])
def test_the_refusal_refuses(module: str) -> None:
    """The test above would pass for nothing if a blocked module could still be imported."""
    top = module.partition(".")[0]
    ran = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.modules[{top!r}] = None\nimport {module}"],
        capture_output=True,
        check=False,
    )
    assert ran.returncode != 0
