"""The layer contracts bite: each fault, put into a copy of the tree, breaks one of them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code without what is large and not code."""
    folder = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copytree(
        ROOT / "samlop",
        folder / "samlop",
        ignore=shutil.ignore_patterns("static", "data", "locale", "templates", "__pycache__"),
    )
    return folder


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache", "--no-logo"],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(tree), "PATH": "/usr/bin:/bin", "COLUMNS": "200"},
    )


def ruff(tree: Path, file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).parent / "ruff", "check", "--no-cache", "--select", "TID251", file],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_tree_as_it_is_keeps_every_contract(tree: Path) -> None:
    ran = lint(tree)
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize(
    ("file", "line", "broken"),
    [
        ("samlop/municipalities/models/fault.py", "import samlop.accounts.models", "downwards"),
        ("samlop/audit/services.py", "import samlop.municipalities.models", "downwards"),
        ("samlop/web/fault.py", "import samlop.config.settings", "downwards"),
        ("samlop/helpers.py", "", "downwards"),
        ("samlop/accounts/utils.py", "", "Inside an app"),
        ("samlop/accounts/rules.py", "import samlop.accounts.models", "Inside an app"),
        ("samlop/municipalities/rules/fault.py", "import django.db.models", "plain Python"),
        ("samlop/lib/fault.py", "import django.utils.timezone", "plain Python"),
        ("samlop/municipalities/models/fault.py", "import ortools", "solver"),
    ],
)
def test_a_fault_breaks_its_contract(tree: Path, file: str, line: str, broken: str) -> None:
    path = tree / file
    before = path.read_text() if path.exists() else None
    path.write_text(f"{before or ''}\n{line}\n")
    try:
        ran = lint(tree)
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before)
    assert ran.returncode != 0
    assert any(broken in row for row in ran.stdout.splitlines() if "BROKEN" in row), ran.stdout


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("samlop/municipalities/queries/fault.py", "from django.shortcuts import render"),
        ("samlop/municipalities/services/fault.py", "from django.utils.timezone import localdate"),
        ("samlop/accounts/fault.py", "from django.db.models.signals import post_save"),
        ("samlop/accounts/fault.py", "from samlop.config.settings import DEBUG"),
    ],
)
def test_a_banned_import_is_refused(tree: Path, file: str, line: str) -> None:
    path = tree / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{line}\n")
    try:
        ran = ruff(tree, path)
    finally:
        path.unlink()
    assert ran.returncode == 1, ran.stdout
    assert "TID251" in ran.stdout
