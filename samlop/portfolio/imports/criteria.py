"""The first version of the criteria, from our own data file."""

import json
from pathlib import Path
from typing import Final

from samlop.portfolio.rules.criteria import (
    Assessor,
    CriterionText,
    CriterionWeight,
    FactsBeside,
    SetStanding,
)
from samlop.portfolio.services.criteria import FirstSet

FILE: Final = Path(__file__).resolve().parents[1] / "data" / "criteria-1.json"


def read() -> FirstSet:
    found = json.loads(FILE.read_text(encoding="utf-8"))
    return FirstSet(
        number=found["number"],
        standing=SetStanding(found["standing"]),
        deciding_body=found["deciding_body"],
        advised_by=found["advised_by"],
        source=found["source"],
        criteria=tuple(
            CriterionText(
                code=one["code"],
                title=one["title"],
                question=one["question"],
                why=one["why"],
                evidence=one["evidence"],
                assessor=Assessor(one["assessor"]),
                weight=CriterionWeight(one["weight"]),
                beside=FactsBeside(one["beside"]),
            )
            for one in found["criteria"]
        ),
    )
