"""The tile map: its geometry, how good the committed one is, and that it can be found again."""

import csv
import itertools
import math
import re
from pathlib import Path

import pytest

from samlop.municipalities.rules import tile_layout, tiles
from samlop.municipalities.rules.tile_layout import Place
from samlop.municipalities.rules.tiles import Tile

ROOT = Path(__file__).parents[2]
DATA = ROOT / "samlop" / "municipalities" / "data"
DOC = ROOT / "docs" / "domain" / "tile-map.md"

# What the committed map reaches. A new map may be better, never worse.
LEAST_TOUCHING = 547
LEAST_WITHIN_TWO = 732
LEAST_ROW_CORRELATION = 0.9943


def municipalities() -> list[dict[str, str]]:
    with (DATA / "municipalities.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def neighbours() -> list[tuple[str, str]]:
    with (DATA / "land_neighbours.csv").open(encoding="utf-8", newline="") as file:
        return [(row["number_a"], row["number_b"]) for row in csv.DictReader(file)]


def committed() -> tuple[Tile, ...]:
    return tiles.read((DATA / "tiles.csv").read_text(encoding="utf-8"))


def committed_quality() -> tiles.Quality:
    rows = municipalities()
    return tiles.quality(
        committed(),
        neighbours=neighbours(),
        latitudes={row["number"]: float(row["lat"]) for row in rows},
        counties={row["number"]: tiles.county(row["number"]) for row in rows},
    )


def test_every_municipality_has_one_tile_of_its_own() -> None:
    assert [tile.number for tile in committed()] == sorted(
        row["number"] for row in municipalities()
    )
    assert len({tile.cell for tile in committed()}) == 357


def test_the_map_begins_in_the_first_column_and_row() -> None:
    assert min(tile.column for tile in committed()) == 0
    assert min(tile.row for tile in committed()) == 0


def test_every_county_is_one_connected_block() -> None:
    assert committed_quality().split_counties == ()


def test_the_country_is_one_block_without_holes() -> None:
    cells = {tile.cell for tile in committed()}
    columns, rows = [column for column, _ in cells], [row for _, row in cells]
    sea = {
        (column, row)
        for column in range(min(columns) - 1, max(columns) + 2)
        for row in range(min(rows) - 1, max(rows) + 2)
    } - cells
    assert tiles.pieces(cells) == 1
    assert tiles.pieces(sea) == 1


def test_the_map_is_no_worse_than_the_committed_figures() -> None:
    quality = committed_quality()
    assert quality.pairs == 738
    assert quality.touching >= LEAST_TOUCHING
    assert quality.within_two >= LEAST_WITHIN_TWO
    assert quality.row_correlation >= LEAST_ROW_CORRELATION


def test_the_document_states_the_figures_of_the_map() -> None:
    quality = committed_quality()
    text = DOC.read_text(encoding="utf-8")
    for figure in (
        f"{quality.touching} of {quality.pairs} ({quality.touching_percent:.1f} %)",
        f"{quality.within_two} of {quality.pairs} ({quality.within_two_percent:.1f} %)",
        f"{quality.row_correlation:.4f}",
    ):
        assert figure in text


@pytest.mark.parametrize(
    ("north", "south"),
    [("5601", "5501"), ("5501", "1804"), ("1804", "5001"), ("5001", "3403"), ("3403", "4204")],
    ids=["Alta-Tromsø", "Tromsø-Bodø", "Bodø-Trondheim", "Trondheim-Hamar", "Hamar-Kristiansand"],
)
def test_north_is_up(north: str, south: str) -> None:
    row = {tile.number: tile.row for tile in committed()}
    assert row[north] < row[south]


def test_west_is_left() -> None:
    column = {tile.number: tile.column for tile in committed()}
    assert column["4601"] < column["0301"] < column["1804"] < column["5601"] < column["5605"]


TEN = [
    Place("01", "a", 60.0, 10.0),
    Place("02", "a", 60.0, 10.6),
    Place("03", "a", 60.3, 10.2),
    Place("04", "a", 60.4, 10.9),
    Place("05", "b", 60.8, 9.8),
    Place("06", "b", 60.9, 10.5),
    Place("07", "b", 61.2, 10.1),
    Place("08", "c", 60.7, 11.4),
    Place("09", "c", 61.1, 11.2),
    Place("10", "c", 61.5, 11.0),
]
TEN_NEIGHBOURS = [
    ("01", "02"), ("01", "03"), ("02", "03"), ("02", "04"), ("03", "04"), ("03", "05"),
    ("03", "06"), ("04", "06"), ("04", "08"), ("05", "06"), ("05", "07"), ("06", "07"),
    ("06", "09"), ("08", "09"), ("09", "10"), ("07", "10"),
]  # fmt: skip
# Written down once: another machine that finds another map has other arithmetic.
TEN_TILES = [
    ("01", 0, 3), ("02", 1, 3), ("03", 1, 2), ("04", 2, 2), ("05", 0, 1), ("06", 1, 1),
    ("07", 1, 0), ("08", 2, 1), ("09", 3, 0), ("10", 2, 0),
]  # fmt: skip


def test_the_same_points_give_the_same_map_everywhere() -> None:
    found = tile_layout.layout(TEN, TEN_NEIGHBOURS, moves_per_step=20)
    assert [(tile.number, tile.column, tile.row) for tile in found] == TEN_TILES


def test_the_order_of_the_rows_does_not_matter() -> None:
    turned = [(other, one) for one, other in reversed(TEN_NEIGHBOURS)]
    assert tile_layout.layout(TEN[::-1], turned, moves_per_step=5) == tile_layout.layout(
        TEN, TEN_NEIGHBOURS, moves_per_step=5
    )


def test_a_small_map_keeps_its_counties_whole_and_its_north_up() -> None:
    found = tile_layout.layout(TEN, TEN_NEIGHBOURS, moves_per_step=20)
    quality = tiles.quality(
        found,
        neighbours=TEN_NEIGHBOURS,
        latitudes={place.number: place.latitude for place in TEN},
        counties={place.number: place.county for place in TEN},
    )
    assert quality.split_counties == ()
    assert quality.within_two == len(TEN_NEIGHBOURS)
    assert quality.row_correlation > 0.9


def test_one_place_is_a_map() -> None:
    assert tile_layout.layout(TEN[:1], [], moves_per_step=1) == (Tile("01", 0, 0),)


def test_two_places_on_one_point_are_refused() -> None:
    twins = [TEN[0], Place("02", "a", TEN[0].latitude, TEN[0].longitude)]
    with pytest.raises(tile_layout.NoLayout):
        tile_layout.layout(twins, [], moves_per_step=1)


def test_a_county_that_cannot_be_whole_is_refused() -> None:
    # Nothing is tried, so the two of county a stay at the ends with b between them.
    row = [
        Place("01", "a", 60.0, 10.0),
        Place("02", "b", 60.0, 11.0),
        Place("03", "a", 60.0, 12.0),
    ]
    with pytest.raises(tile_layout.NoLayout):
        tile_layout.layout(row, [], moves_per_step=0)


def test_a_map_survives_being_written_and_read() -> None:
    assert tiles.read(tiles.write(reversed(committed()))) == committed()


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [
        ((0, 0), (0, 0), 0),
        ((0, 0), (1, 0), 1),
        ((1, 0), (0, 1), 1),
        ((1, 0), (1, 1), 1),
        ((0, 0), (1, 1), 2),
        ((0, 1), (1, 0), 1),
        ((0, 0), (0, 2), 2),
        ((0, 0), (1, 2), 2),
        ((0, 0), (2, 2), 3),
        ((3, 5), (0, 0), 6),
    ],
)
def test_distance(one: tuple[int, int], other: tuple[int, int], steps: int) -> None:
    assert tiles.distance(one, other) == tiles.distance(other, one) == steps


def test_the_six_cells_around_are_those_one_step_away() -> None:
    for cell in ((3, 4), (3, 5)):
        around = set(tiles.touching_cells(*cell))
        near = {
            (column, row)
            for column in range(8)
            for row in range(9)
            if tiles.distance(cell, (column, row)) == 1
        }
        assert around == near


@pytest.mark.parametrize(
    ("one", "other", "correlation"),
    [
        ([1, 2, 3, 4], [10, 20, 30, 40], 1.0),
        ([1, 2, 3, 4], [4, 3, 2, 1], -1.0),
        ([1, 2, 3, 4, 5], [2, 1, 4, 3, 5], 0.8),
        ([1, 2, 2, 4], [1, 2, 3, 4], 4.5 / math.sqrt(22.5)),
    ],
)
def test_rank_correlation(one: list[float], other: list[float], correlation: float) -> None:
    assert tiles.rank_correlation(one, other) == pytest.approx(correlation)


def test_quality_counts_pairs_and_names_split_counties() -> None:
    quality = tiles.quality(
        [Tile("01", 0, 0), Tile("02", 1, 1), Tile("03", 3, 2)],
        neighbours=[("01", "02"), ("02", "03"), ("01", "03")],
        latitudes={"01": 60.2, "02": 60.1, "03": 60.0},
        counties={"01": "a", "02": "b", "03": "a"},
    )
    assert quality == tiles.Quality(
        pairs=3, touching=0, within_two=2, row_correlation=1.0, split_counties=("a",)
    )
    assert quality.touching_percent == 0
    assert quality.within_two_percent == pytest.approx(66.67, abs=0.01)


def corners(path: str) -> list[list[tuple[int, int]]]:
    """The absolute corners of each loop of an outline, read by a second hand."""
    loops = []
    for loop in re.findall(r"M([^Mz]+)z", path):
        head, *rest = re.findall(r"[lv]?[^lv]+", loop)
        x, y = (int(number) for number in re.findall(r"-?\d+", head))
        points = [(x, y)]
        for part in rest:
            numbers = [int(number) for number in re.findall(r"-?\d+", part)]
            steps = (
                [(0, numbers[0])]
                if part[0] == "v"
                else list(zip(numbers[::2], numbers[1::2], strict=True))
            )
            for step_x, step_y in steps:
                x, y = x + step_x, y + step_y
                points.append((x, y))
        loops.append(points)
    return loops


def test_the_outline_of_one_tile_is_its_hexagon() -> None:
    tile = Tile("01", 2, 3)
    x, y = tiles.centre(tile)
    assert corners(tiles.outline([tile])) == [
        [(x, y - 8), (x + 7, y - 4), (x + 7, y + 4), (x, y + 8), (x - 7, y + 4), (x - 7, y - 4)]
    ]
    assert tiles.outline([tile]) == f"M{x} {y - 8}{tiles.HEXAGON}"
    assert tiles.top(tile) == (x, y - 8)


def test_the_outline_of_two_tiles_leaves_out_the_side_between_them() -> None:
    loops = corners(tiles.outline([Tile("01", 0, 0), Tile("02", 0, 1)]))
    assert [len(loop) for loop in loops] == [10]


def test_a_hole_and_a_second_piece_are_loops_of_their_own() -> None:
    ring = [Tile("", *cell) for cell in tiles.touching_cells(3, 3)]
    assert sorted(len(loop) for loop in corners(tiles.outline(ring))) == [6, 18]
    assert len(corners(tiles.outline([Tile("", 0, 0), Tile("", 5, 5)]))) == 2


def test_the_outlines_of_the_counties_cover_every_tile_once() -> None:
    area = 0
    for number in sorted({tiles.county(tile.number) for tile in committed()}):
        block = [tile for tile in committed() if tiles.county(tile.number) == number]
        for loop in corners(tiles.outline(block)):
            area += sum(
                x * v - u * y for (x, y), (u, v) in zip(loop, [*loop[1:], loop[0]], strict=True)
            )
    one_tile = 14 * 8 + 14 * 4
    assert area == 2 * 357 * one_tile


def test_the_drawing_holds_every_corner() -> None:
    width, height = tiles.size(committed())
    points = [point for loop in corners(tiles.outline(committed())) for point in loop]
    # An odd row lies half a tile to the right, so the first column may begin seven units in.
    assert min(x for x, _ in points) in (tiles.MARGIN, tiles.MARGIN + tiles.HALF_WIDTH)
    assert max(x for x, _ in points) == width - tiles.MARGIN
    assert min(y for _, y in points) == tiles.MARGIN
    assert max(y for _, y in points) == height - tiles.MARGIN


def test_a_label_stands_on_the_tile_nearest_the_middle() -> None:
    row = [Tile("01", 0, 0), Tile("02", 1, 0), Tile("03", 2, 0), Tile("04", 3, 1)]
    assert tiles.label_at(row) == tiles.centre(row[2])


def test_strangers_in_a_large_county_still_make_one_block() -> None:
    many = [
        Place(f"{north}{east}", "a" if east < 4 else "b", 60 + north / 4, 8 + east / 2)
        for north in range(6)
        for east in range(6)
    ]
    found = tile_layout.layout(many, [], moves_per_step=5)
    assert len({tile.cell for tile in found}) == 36
    for county in "ab":
        numbers = {place.number for place in many if place.county == county}
        assert tiles.pieces(tile.cell for tile in found if tile.number in numbers) == 1


def test_two_places_that_want_the_same_spot_are_pushed_apart() -> None:
    places = [[1.0, 1.0], [1.0, 1.0]]
    apart = tile_layout._push_apart(places, [])
    assert math.dist(*apart) > 0.99


def boxes(found: tuple[tiles.Label, ...]) -> list[tuple[int, int, int, int]]:
    """Left, upper, right and lower edge of each name, as `labels` reckons with them."""
    half = [12 * len(label.text) * 3 // 10 + 1 for label in found]
    return [
        (label.x - aside, label.y - 6, label.x + aside, label.y + 6)
        for label, aside in zip(found, half, strict=True)
    ]


def meet(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_names_hide_neither_tiles_nor_each_other() -> None:
    blocks: dict[str, list[Tile]] = {}
    for tile in committed():
        blocks.setdefault(f"Fylke {tiles.county(tile.number)}", []).append(tile)
    found = tiles.labels(blocks)
    assert {label.text for label in found} == set(blocks)
    aside = [label for label in found if not label.on_tiles]
    assert len(aside) >= 13
    cells = [(x - 7, y - 6, x + 7, y + 6) for x, y in map(tiles.centre, committed())]
    for box in boxes(tuple(aside)):
        assert not any(meet(box, cell) for cell in cells)
        assert box[0] >= 0
        assert box[2] <= tiles.size(committed())[0]
    for one, other in itertools.combinations(boxes(found), 2):
        assert not meet(one, other)


def wall(columns: range, rows: range) -> list[Tile]:
    return [Tile(f"{column}-{row}", column, row) for row in rows for column in columns]


@pytest.mark.parametrize("cell", [(1, 6), (17, 6)], ids=["to the left", "to the right"])
def test_a_block_without_room_has_its_name_at_a_distance_with_a_line(
    cell: tuple[int, int],
) -> None:
    within = [Tile("x", *cell)]
    around = [tile for tile in wall(range(3, 16), range(13)) if tile.cell != cell]
    beside = [tile for tile in wall(range(19), range(4, 9)) if tile.cell != cell]
    everywhere = {tile.cell: tile for tile in (*around, *beside)}
    (label,) = (
        label
        for label in tiles.labels({"Oslo": within, "": list(everywhere.values())})
        if label.text == "Oslo"
    )
    assert not label.on_tiles
    assert label.line is not None
    assert label.line[1] == tiles.centre(within[0])


def test_a_name_far_from_any_free_place_is_written_on_its_tiles() -> None:
    within = [Tile("x", 7, 7)]
    around = [tile for tile in wall(range(15), range(15)) if tile.cell != (7, 7)]
    (label,) = (
        label for label in tiles.labels({"Oslo": within, "Nes": around}) if label.text == "Oslo"
    )
    assert label == tiles.Label("Oslo", *tiles.centre(within[0]), on_tiles=True)


@pytest.mark.parametrize(
    ("goal", "start"),
    [((0, 50), (80, 50)), ((200, 50), (120, 50)), ((100, 0), (100, 44)), ((110, 90), (100, 56))],
)
def test_a_line_begins_at_the_side_of_the_name_that_faces_its_tile(
    goal: tuple[int, int], start: tuple[int, int]
) -> None:
    assert tiles._edge((100, 50), 20, 6, goal) == start
