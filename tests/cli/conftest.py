"""What every test of the command line gets."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli import runs


@pytest.fixture
def folder() -> Iterator[Path]:
    with runs.folder() as place:
        yield place


@pytest.fixture(autouse=True)
def _nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test run has a database of its own; these tests must not find it."""
    for name in list(os.environ):
        if name.startswith(("DATABASE_URL", "SAMLOP_", "PG")):
            monkeypatch.delenv(name)
