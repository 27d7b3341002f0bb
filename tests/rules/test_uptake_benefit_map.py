"""The picture of preconditions, benefits and goals: nothing overlaps, and few lines cross."""

import random
from itertools import combinations

import pytest

from samlop.uptake.rules import benefit_map
from samlop.uptake.rules.benefit_map import COLUMNS, MapColumn, Node

P, B, G = COLUMNS


def drawn(seed: int) -> tuple[list[Node], set[tuple[str, str]]]:
    dice = random.Random(seed)
    nodes = [
        Node(f"{column.value}{number}", column, "ord " * dice.randint(0, 25))
        for column in COLUMNS
        for number in range(dice.randint(0, 7))
    ]
    keys = {column: [node.key for node in nodes if node.column is column] for column in COLUMNS}
    links = {
        (start, end)
        for left, right in ((P, B), (B, G))
        for start in keys[left]
        for end in keys[right]
        if dice.random() < 0.4
    }
    return nodes, links


@pytest.mark.parametrize("seed", range(40))
def test_every_box_has_its_own_place_inside_the_picture(seed: int) -> None:
    nodes, links = drawn(seed)
    found = benefit_map.picture(nodes, links)
    assert sorted(box.key for box in found.boxes) == sorted(node.key for node in nodes)
    for box in found.boxes:
        assert box.x >= 0
        assert box.y >= benefit_map.HEADING
        assert box.x + box.width <= found.width
        assert box.y + box.height <= found.height
        assert len(box.lines) * benefit_map.LINE <= box.height
        assert all(len(line) <= benefit_map.CHARACTERS for line in box.lines)
    for one, other in combinations(found.boxes, 2):
        beside = one.x + one.width <= other.x or other.x + other.width <= one.x
        above = one.y + one.height <= other.y or other.y + other.height <= one.y
        assert beside or above


@pytest.mark.parametrize("seed", range(40))
def test_every_line_joins_the_sides_of_its_boxes(seed: int) -> None:
    nodes, links = drawn(seed)
    found = benefit_map.picture(nodes, links)
    boxes = {box.key: box for box in found.boxes}
    assert {(tie.start, tie.end) for tie in found.ties} == links
    for tie in found.ties:
        start, end = boxes[tie.start], boxes[tie.end]
        assert tie.x1 == start.x + start.width
        assert tie.x2 == end.x
        assert start.y < tie.y1 < start.y + start.height
        assert end.y < tie.y2 < end.y + end.height


@pytest.mark.parametrize("seed", range(40))
def test_sorting_never_makes_more_lines_cross(seed: int) -> None:
    nodes, links = drawn(seed)
    given = {
        column: tuple(node.key for node in nodes if node.column is column) for column in COLUMNS
    }
    found = benefit_map.in_order(nodes, links)
    assert {column: sorted(keys) for column, keys in found.items()} == {
        column: sorted(keys) for column, keys in given.items()
    }
    assert benefit_map.crossings(found, links) <= benefit_map.crossings(given, links)


def test_lines_that_need_not_cross_do_not() -> None:
    nodes = [
        Node("p1", P, "Én"),
        Node("p2", P, "To"),
        Node("b1", B, "Tre"),
        Node("b2", B, "Fire"),
        Node("g1", G, "Fem"),
    ]
    links = {("p1", "b2"), ("p2", "b1"), ("b1", "g1")}
    given = {P: ("p1", "p2"), B: ("b1", "b2"), G: ("g1",)}
    assert benefit_map.crossings(given, links) == 1
    assert benefit_map.crossings(benefit_map.in_order(nodes, links), links) == 0


def test_the_same_map_is_drawn_the_same_way_whichever_end_is_named_first() -> None:
    nodes, links = drawn(7)
    turned = {(end, start) for start, end in links}
    assert benefit_map.picture(nodes, links) == benefit_map.picture(nodes, turned)


def test_a_line_is_a_curve() -> None:
    nodes = [Node("p", P, "Én"), Node("b", B, "To")]
    (tie,) = benefit_map.picture(nodes, {("p", "b")}).ties
    assert tie.path == f"M260 {tie.y1}C295 {tie.y1} 295 {tie.y2} 330 {tie.y2}"


def test_an_unknown_box_is_a_fault() -> None:
    with pytest.raises(KeyError):
        benefit_map.picture([Node("p", MapColumn.PRECONDITION, "Én")], {("p", "b")})
