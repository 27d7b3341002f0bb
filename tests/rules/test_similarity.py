"""Who is like whom, and why; docs/domain/regions.md has the weights."""

from typing import Any

import pytest

from samlop.municipalities.rules.kinds import ServiceArea
from samlop.municipalities.rules.similarity import (
    Profile,
    SimilarIn,
    distance,
    most_similar,
    reasons,
    same_systems,
)

HOME_CARE, NURSING_HOME = ServiceArea.HOME_CARE, ServiceArea.NURSING_HOME


def profile(number: str = "0001", **facts: Any) -> Profile:
    defaults: dict[str, Any] = {
        "inhabitants": 3_000,
        "centrality": 5,
        "centrality_index": 600,
        "systems": {HOME_CARE: 1},
        "ehealth_groups": frozenset({1}),
        "ikt_cooperations": frozenset({2}),
    }
    return Profile(number=number, **{**defaults, **facts})


ONE = profile()


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        # The worked example of the documentation.
        (
            {
                "inhabitants": 6_000,
                "centrality_index": 700,
                "ehealth_groups": frozenset({7}),
                "ikt_cooperations": frozenset(),
            },
            2.25,
        ),
        ({}, 0.0),
        ({"inhabitants": 6_000}, 1.0),
        ({"inhabitants": 1_500}, 1.0),
        ({"inhabitants": 24_000}, 3.0),
        ({"inhabitants": None}, 2.0),
        ({"inhabitants": 0}, 2.0),
        ({"centrality_index": 800}, 1.0),
        ({"centrality_index": None, "centrality": 4}, 0.5),
        ({"centrality_index": None, "centrality": None}, 0.5),
        ({"systems": {HOME_CARE: 2}}, 1.0),
        ({"systems": {HOME_CARE: 2, NURSING_HOME: 9}}, 1.0),
        ({"systems": {}}, 0.5),
        ({"systems": {NURSING_HOME: 1}}, 0.5),
        ({"ehealth_groups": frozenset({7})}, 0.5),
        ({"ikt_cooperations": frozenset()}, 0.25),
        ({"ikt_cooperations": frozenset(), "ehealth_groups": frozenset()}, 0.75),
    ],
)
def test_distance(facts: dict[str, Any], expected: float) -> None:
    assert distance(ONE, profile("0002", **facts)) == pytest.approx(expected)
    assert distance(profile("0002", **facts), ONE) == pytest.approx(expected)


def test_half_of_the_shared_areas_with_another_system_is_half_the_distance() -> None:
    one = profile(systems={HOME_CARE: 1, NURSING_HOME: 1})
    other = profile("0002", systems={HOME_CARE: 1, NURSING_HOME: 2})

    assert distance(one, other) == pytest.approx(0.5)
    assert same_systems(one, other) == (HOME_CARE,)


ALL_BUT_KOSTRA = (
    SimilarIn.INHABITANTS,
    SimilarIn.CENTRALITY,
    SimilarIn.RECORD_SYSTEM,
    SimilarIn.IKT_COOPERATION,
    SimilarIn.EHEALTH_GROUP,
)
NOTHING: dict[str, Any] = {
    "inhabitants": 300_000,
    "centrality": 1,
    "systems": {},
    "ehealth_groups": frozenset(),
    "ikt_cooperations": frozenset(),
}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, ALL_BUT_KOSTRA),
        (NOTHING, (SimilarIn.NEAREST,)),
        (NOTHING | {"inhabitants": 3_750}, (SimilarIn.INHABITANTS,)),
        # More than a quarter more, but in the same size class.
        (NOTHING | {"inhabitants": 3_751}, (SimilarIn.SIZE_CLASS,)),
        (NOTHING | {"inhabitants": 5_000}, (SimilarIn.NEAREST,)),
        (NOTHING | {"inhabitants": None}, (SimilarIn.NEAREST,)),
        (NOTHING | {"centrality": 5}, (SimilarIn.CENTRALITY,)),
        (NOTHING | {"systems": {HOME_CARE: 1}}, (SimilarIn.RECORD_SYSTEM,)),
        (NOTHING | {"ikt_cooperations": frozenset({2, 3})}, (SimilarIn.IKT_COOPERATION,)),
        (NOTHING | {"ehealth_groups": frozenset({1})}, (SimilarIn.EHEALTH_GROUP,)),
    ],
)
def test_reasons(facts: dict[str, Any], expected: tuple[SimilarIn, ...]) -> None:
    assert reasons(ONE, profile("0002", **facts)) == expected


@pytest.mark.parametrize(
    ("mine", "theirs", "same"),
    [("K3", "K3", True), ("K3", "K4", False), ("", "", False), ("K3", "", False)],
)
def test_only_a_kostra_group_known_for_both_is_the_same(mine: str, theirs: str, same: bool) -> None:
    found = reasons(profile(kostra_group=mine), profile("0002", kostra_group=theirs))
    assert (SimilarIn.KOSTRA_GROUP in found) is same


def test_the_same_kostra_group_comes_before_any_nearness() -> None:
    one = profile(kostra_group="K3")
    near = profile("0002", kostra_group="K4")
    unknown = profile("0003")
    far = profile("0004", kostra_group="K3", **NOTHING)

    found = most_similar(one, [one, near, unknown, far], count=5)

    assert [like.number for like in found] == ["0004", "0002", "0003"]


def test_equals_come_in_the_order_of_their_numbers_however_they_are_given() -> None:
    others = [profile(f"{number:04}") for number in range(2, 9)]

    forwards = most_similar(ONE, others, count=3)

    assert [like.number for like in forwards] == ["0002", "0003", "0004"]
    assert most_similar(ONE, reversed(others), count=3) == forwards


def test_nobody_is_like_herself_and_the_only_one_is_like_nobody() -> None:
    assert most_similar(ONE, [ONE], count=5) == ()
