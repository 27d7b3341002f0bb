"""The national bodies, from our own data file."""

import csv
from pathlib import Path
from typing import Final

from samlop.governance.rules import BodyKind
from samlop.governance.services import KnownBody

FILE: Final = Path(__file__).resolve().parents[1] / "data" / "bodies.csv"


def read() -> list[KnownBody]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return [
            KnownBody(
                slug=row["slug"],
                name=row["name"],
                kind=BodyKind(row["kind"]),
                mandate=row["mandate"],
                source=row["source"],
            )
            for row in csv.DictReader(file, delimiter=";")
        ]
