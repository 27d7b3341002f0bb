"""What is new from one version of the criteria to the next, and when a draft can be published."""

from dataclasses import replace
from typing import Any

import pytest

from samlop.portfolio.rules.criteria import (
    Assessor,
    CriteriaRefusal,
    CriterionPart,
    CriterionText,
    CriterionWeight,
    FactsBeside,
    Reworded,
    asks_the_same,
    compare,
    refusal_to_publish,
)


def text(code: str, question: str = "Virker det?") -> CriterionText:
    return CriterionText(
        code=code,
        title=code.capitalize(),
        question=question,
        why="Derfor.",
        evidence="En rapport.",
        assessor=Assessor.PROGRAMME,
        weight=CriterionWeight.MUST,
    )


A, B, C = text("a"), text("b"), text("c")


def test_a_version_differs_by_what_is_added_removed_and_reworded() -> None:
    newer = replace(B, question="Virker det alltid?", weight=CriterionWeight.SHOULD)
    found = compare([A, B], [C, newer])

    assert found.added == (C,)
    assert found.removed == (A,)
    assert found.changed == (Reworded(B, newer, (CriterionPart.QUESTION, CriterionPart.WEIGHT)),)
    assert found.unchanged == ()
    assert not found.is_empty


def test_a_new_order_is_no_difference() -> None:
    found = compare([A, B], [B, A])
    assert found.is_empty
    assert found.unchanged == (B, A)


@pytest.mark.parametrize("part", CriterionPart)
def test_every_part_is_compared(part: CriterionPart) -> None:
    other: Any = "Noe annet"
    match part:
        case CriterionPart.ASSESSOR:
            other = Assessor.DECIDING_BODY
        case CriterionPart.WEIGHT:
            other = CriterionWeight.SHOULD
        case CriterionPart.BESIDE:
            other = FactsBeside.COST
    newer = replace(A, **{part.value: other})
    (found,) = compare([A], [newer]).changed
    assert found.parts == (part,)
    # What is shown beside the question does not change what is asked.
    assert asks_the_same(A, newer) is (part is CriterionPart.BESIDE)


NEWER = replace(A, question="Virker det alltid?")


@pytest.mark.parametrize(
    ("criteria", "before", "what_is_new", "source", "refusal"),
    [
        ([A, B], None, "", "Sak 3/26", None),
        ([NEWER, B], [A, B], "Strengere", "Sak 3/26", None),
        ([], None, "", "Sak 3/26", CriteriaRefusal.EMPTY),
        (
            [replace(A, weight=CriterionWeight.SHOULD)],
            None,
            "",
            "Sak 3/26",
            CriteriaRefusal.NO_MUST,
        ),
        ([A], None, "", "", CriteriaRefusal.NO_SOURCE),
        ([B, A], [A, B], "Ny rekkefølge", "Sak 3/26", CriteriaRefusal.NOTHING_NEW),
        ([NEWER], [A], "", "Sak 3/26", CriteriaRefusal.NO_WHAT_IS_NEW),
    ],
)
def test_when_a_draft_can_be_published(
    criteria: list[CriterionText],
    before: list[CriterionText] | None,
    what_is_new: str,
    source: str,
    refusal: CriteriaRefusal | None,
) -> None:
    found = refusal_to_publish(criteria, before=before, what_is_new=what_is_new, source=source)
    assert found is refusal
