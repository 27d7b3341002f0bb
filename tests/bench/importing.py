"""A million rows imported beside a bare COPY of them, in the product's own environment."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
SAMLOP: Final = Path(sys.executable).parent / "samlop"
ROWS: Final = 1_000_000
LEAST_RATIO: Final = 0.40
MOST_MB: Final = 300.0


def inside(data: Path, folder: Path, call: str) -> dict[str, Any]:
    """What a function of `usage` tells, run in the product's environment."""
    subprocess.run(
        [SAMLOP, "shell", "-c", f"from tests.bench import usage; usage.{call}"],
        env={
            **{key: value for key, value in os.environ.items() if key != "DATABASE_URL"},
            "SAMLOP_DATA_DIR": str(data),
            "PYTHONPATH": str(ROOT),
            "SAMLOP_EXAMPLE": "1",
        },
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    found: dict[str, Any] = json.loads((folder / "found.json").read_text(encoding="utf-8"))
    return found


def copy_ratio(data: Path, rows: int = ROWS) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="samlop-bench-rows-") as name:
        return inside(data, Path(name), f"copy_ratio({name!r}, {rows})")


def goals_of_import(found: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """As rows of a table of goals: what, measured, met."""
    memory = max(found["process_mb"], 0) + max(found["postgres_mb"], 0)
    full = found["rows"] >= ROWS
    return [
        (
            f"import of {found['rows']:,} rows of CSV ≥ {LEAST_RATIO:.0%} of a bare COPY",
            f"{found['ratio']:.0%} ({found['seconds']:.1f} s, of which reading "
            f"{found['seconds_read']:.1f} s; COPY {found['bare']:.1f} s)",
            full and found["ratio"] >= LEAST_RATIO,
        ),
        (
            f"the same, memory above idle < {MOST_MB:.0f} MB",
            f"{memory:.0f} MB (ours {found['process_mb']:.0f}, "
            f"PostgreSQL's for us {found['postgres_mb']:.0f})",
            full and memory < MOST_MB,
        ),
    ]
