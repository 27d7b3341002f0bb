"""Boundaries: what a file may not be, and that neighbours stay joined when lines are simplified."""

import itertools
import json
from typing import Any

import pytest

from samlop.municipalities.rules import boundaries
from samlop.municipalities.rules.boundaries import Area, BoundaryFlaw, Problem

Ring = list[list[float]]


def square(west: float, south: float, side: float = 1.0) -> Ring:
    east, north = west + side, south + side
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(number: str | None = "0301", **changes: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "type": "Feature",
        "properties": {"number": number},
        "geometry": {"type": "Polygon", "coordinates": [square(10, 60)]},
    }
    return whole | changes


def shape(kind: str, coordinates: object) -> dict[str, Any]:
    return {"type": kind, "coordinates": coordinates}


def collection(*features: object) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


def problems(text: str | bytes, *, known: tuple[str, ...] = ("0301",)) -> tuple[Problem, ...]:
    with pytest.raises(boundaries.Unreadable) as unreadable:
        boundaries.parse(text, known=known)
    return unreadable.value.problems


def test_a_polygon_and_its_holes_are_read() -> None:
    hole = square(10.2, 60.2, 0.2)
    text = collection(feature(geometry=shape("Polygon", [square(10, 60), hole])))
    (area,) = boundaries.parse(text, known={"0301"})
    assert area.number == "0301"
    assert [len(ring) for ring in area.rings] == [5, 5]
    assert area.rings[1][0] == (10.2, 60.2)


def test_a_multipolygon_is_read_and_heights_are_ignored() -> None:
    high = [[*point, 12.5] for point in square(12, 61)]
    text = collection(feature(geometry=shape("MultiPolygon", [[square(10, 60)], [high]])))
    (area,) = boundaries.parse(text, known={"0301"})
    assert [ring[0] for ring in area.rings] == [(10, 60), (12, 61)]


def test_the_number_may_be_the_id_of_the_feature() -> None:
    text = collection(feature(None, id="0301"), feature("1101", properties=None, id="1101"))
    areas = boundaries.parse(text, known={"1101", "0301"})
    assert [area.number for area in areas] == ["0301", "1101"]


OPEN_RING = square(10, 60)[:-1]


@pytest.mark.parametrize(
    ("text", "flaw", "field"),
    [
        ("number;name\n0301;Oslo", BoundaryFlaw.NOT_JSON, ""),
        (b"\xff\xfe\x00", BoundaryFlaw.NOT_JSON, ""),
        ("[" * 100_000, BoundaryFlaw.NOT_JSON, ""),
        ("[]", BoundaryFlaw.NOT_A_COLLECTION, "type"),
        ('{"type": "FeatureCollection"}', BoundaryFlaw.NOT_A_COLLECTION, "type"),
        ('{"type": "Topology", "features": []}', BoundaryFlaw.NOT_A_COLLECTION, "type"),
    ],
    ids=["csv", "bytes", "deep", "list", "no features", "topology"],
)
def test_a_file_that_is_no_collection_is_refused(
    text: str | bytes, flaw: BoundaryFlaw, field: str
) -> None:
    (problem,) = problems(text)
    assert (problem.flaw, problem.feature, problem.field) == (flaw, None, field)


@pytest.mark.parametrize(
    ("flawed", "flaw", "field", "value"),
    [
        ("Oslo", BoundaryFlaw.NOT_A_FEATURE, "type", ""),
        (feature(type="Polygon"), BoundaryFlaw.NOT_A_FEATURE, "type", ""),
        (feature(None), BoundaryFlaw.NO_NUMBER, "properties.number", ""),
        (feature(properties={"number": 301}), BoundaryFlaw.NO_NUMBER, "properties.number", ""),
        (feature(""), BoundaryFlaw.NO_NUMBER, "properties.number", ""),
        (feature("9999"), BoundaryFlaw.UNKNOWN_NUMBER, "properties.number", "9999"),
        (feature(None, id="9999"), BoundaryFlaw.UNKNOWN_NUMBER, "id", "9999"),
        (feature(geometry=None), BoundaryFlaw.NO_AREA, "geometry", ""),
        (
            feature(geometry=shape("Point", [10, 60])),
            BoundaryFlaw.NO_AREA,
            "geometry.type",
            "Point",
        ),
        (
            feature(geometry=shape("MultiPolygon", [])),
            BoundaryFlaw.NO_AREA,
            "geometry.coordinates",
            "",
        ),
        (feature(geometry=shape("Polygon", [])), BoundaryFlaw.NO_AREA, "geometry.coordinates", ""),
        (
            feature(geometry=shape("Polygon", None)),
            BoundaryFlaw.NO_AREA,
            "geometry.coordinates",
            "",
        ),
        (
            feature(geometry=shape("Polygon", [OPEN_RING])),
            BoundaryFlaw.BROKEN_RING,
            "geometry.coordinates",
            "",
        ),
        (
            feature(geometry=shape("Polygon", [[[10, 60], [11, 60], [10, 60]]])),
            BoundaryFlaw.BROKEN_RING,
            "geometry.coordinates",
            "",
        ),
        (
            feature(geometry=shape("Polygon", ["ring"])),
            BoundaryFlaw.BROKEN_RING,
            "geometry.coordinates",
            "",
        ),
    ],
)
def test_a_flawed_feature_is_refused_with_its_field(
    flawed: object, flaw: BoundaryFlaw, field: str, value: str
) -> None:
    assert problems(collection(feature(), flawed)) == (
        Problem(flaw=flaw, feature=2, field=field, value=value),
    )


@pytest.mark.parametrize(
    ("position", "flaw"),
    [
        (["10", 60.0], BoundaryFlaw.NOT_A_POSITION),
        ([10.0], BoundaryFlaw.NOT_A_POSITION),
        ([True, 60.0], BoundaryFlaw.NOT_A_POSITION),
        ([10.0, None], BoundaryFlaw.NOT_A_POSITION),
        ([float("nan"), 60.0], BoundaryFlaw.NOT_A_POSITION),
        ([10.0, float("inf")], BoundaryFlaw.NOT_A_POSITION),
        ("10,60", BoundaryFlaw.NOT_A_POSITION),
        ([60.0, 10.0], BoundaryFlaw.OUTSIDE_NORWAY),
        ([262_000.0, 6_650_000.0], BoundaryFlaw.OUTSIDE_NORWAY),
        ([10.0, 78.2], BoundaryFlaw.OUTSIDE_NORWAY),
    ],
)
def test_a_position_that_is_none_is_refused(position: object, flaw: BoundaryFlaw) -> None:
    ring: list[Any] = square(10, 60)
    ring[2] = position
    (problem,) = problems(collection(feature(geometry=shape("Polygon", [ring]))))
    assert (problem.flaw, problem.feature, problem.field) == (flaw, 1, "geometry.coordinates")
    assert problem.value == str(position)


def test_a_number_twice_is_refused_at_the_second() -> None:
    assert problems(collection(feature(), feature())) == (
        Problem(flaw=BoundaryFlaw.NUMBER_TWICE, feature=2, field="number", value="0301"),
    )


def test_every_flawed_feature_is_named_at_once() -> None:
    found = problems(collection(feature(None), feature(), feature("9999")), known=("0301", "1101"))
    assert [(problem.flaw, problem.feature) for problem in found] == [
        (BoundaryFlaw.NO_NUMBER, 1),
        (BoundaryFlaw.UNKNOWN_NUMBER, 3),
    ]


def test_municipalities_left_out_are_all_named() -> None:
    found = problems(collection(feature()), known=("1103", "0301", "1101"))
    assert found == (
        Problem(flaw=BoundaryFlaw.MISSING_NUMBER, field="number", value="1101"),
        Problem(flaw=BoundaryFlaw.MISSING_NUMBER, field="number", value="1103"),
    )


# Two neighbours whose common border winds; the coast of the left one winds more finely still.
BORDER = [(10.5, 60.0 + step / 100) for step in range(101)]
BORDER = [(x + (0.05 if at % 3 else -0.04) * (at % 7) / 7, y) for at, (x, y) in enumerate(BORDER)]
COAST = [(9.0 + 0.004 * (at % 2), 61.0 - at / 100) for at in range(101)]
LEFT = Area("0001", ((*BORDER, *COAST, BORDER[0]),))
RIGHT = Area("0002", (((12.0, 60.0), (12.0, 61.0), *BORDER[::-1], (12.0, 60.0)),))

Side = tuple[tuple[int, int], tuple[int, int]]


def sides(path: str) -> set[Side]:
    return {
        (min(here, there), max(here, there))
        for ring in boundaries.rings(path)
        for here, there in itertools.pairwise(ring)
    }


def test_neighbours_share_every_point_of_their_border_after_simplification() -> None:
    drawn = boundaries.paths([LEFT, RIGHT])
    shared = sides(drawn["0001"]) & sides(drawn["0002"])
    assert 10 < len(shared) < len(BORDER) - 1
    outer_of_right = sides(drawn["0002"]) - shared
    assert len(outer_of_right) == 3, "every side of the border is shared"


def test_neighbours_share_their_border_wherever_their_rings_begin() -> None:
    whole = RIGHT.rings[0][:-1]
    expected = sides(boundaries.paths([LEFT, RIGHT])["0002"])
    for start in (1, 40, 90):
        turned = (*whole[start:], *whole[:start], whole[start])
        drawn = boundaries.paths([LEFT, Area("0002", (turned[::-1],))])
        assert sides(drawn["0002"]) == expected


def test_a_coast_finer_than_the_grid_becomes_straight() -> None:
    drawn = boundaries.paths([LEFT])
    west = min(x for ring in boundaries.rings(drawn["0001"]) for x, _ in ring)
    coast = [side for side in sides(drawn["0001"]) if all(x <= west + 2 for x, _ in side)]
    assert len(coast) < 8


def test_an_enclave_fits_the_hole_around_it() -> None:
    hole = tuple((x, y) for x, y in square(10.4, 60.4, 0.2))
    around = Area("0001", (tuple((x, y) for x, y in square(10, 60)), hole))
    inside = Area("0002", ((*hole[2:4], *hole[:3]),))
    drawn = boundaries.paths([around, inside])
    assert sides(drawn["0002"]) < sides(drawn["0001"])


def test_islets_go_but_never_a_municipalitys_last_ring() -> None:
    islet = tuple((x, y) for x, y in square(4.8, 59.3, 0.01))
    rock = tuple((x, y) for x, y in square(4.9, 59.3, 0.0001))
    main = tuple((x, y) for x, y in square(10, 60))
    drawn = boundaries.paths([Area("1151", (islet, rock)), Area("0301", (rock, main, islet))])
    assert [len(boundaries.rings(path)) for path in drawn.values()] == [1, 1]
    assert len(sides(boundaries.paths([Area("1", (rock,))])["1"])) == 4, "a rock is a diamond"


def test_paths_are_integers_in_the_drawing() -> None:
    corners = (
        (4.5, 61.6), (4.9, 59.3), (7.0, 57.8), (31.1, 70.3), (25.7, 71.2), (4.5, 61.6)
    )  # fmt: skip
    (drawn,) = boundaries.paths([Area("0001", (corners,))]).values()
    assert set(drawn) <= set("Mmlhvz -0123456789")
    for x, y in itertools.chain.from_iterable(boundaries.rings(drawn)):
        assert 0 <= x <= boundaries.WIDTH
        assert 0 <= y <= boundaries.HEIGHT


def test_north_is_up_and_one_unit_is_a_kilometre() -> None:
    box = ((15.0, 65.0), (15.5, 65.0), (15.5, 66.0), (15.0, 66.0), (15.0, 65.0))
    (ring,) = boundaries.rings(boundaries.paths([Area("0001", (box,))])["0001"])
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    assert max(ys) - min(ys) == pytest.approx(111, abs=1)
    assert max(xs) - min(xs) == pytest.approx(0.5 * 111 * 0.42, abs=2)
    assert ring[ys.index(min(ys))][0] < max(xs), "the north is narrower"


@pytest.mark.parametrize(
    "path",
    ["M3 4h5v-6l-2-3-4 1z", "M0 0v9l3 4-5 6zm20-30h4 3v7l-1-1z"],
)
def test_a_path_is_read_as_it_is_written(path: str) -> None:
    assert boundaries.path(boundaries.rings(path)) == path


def test_borders_are_the_lines_between_counties_only() -> None:
    west = Area("0101", (tuple((x, y) for x, y in square(10, 60)),))
    middle = Area("0102", (tuple((x, y) for x, y in square(11, 60)),))
    east = Area("0201", (tuple((x, y) for x, y in square(12, 60)),))
    drawn = boundaries.paths([west, middle, east])
    county = {"0101": "01", "0102": "01", "0201": "02"}
    line = boundaries.borders(drawn, county)
    assert line.count("M") == 1
    ends = [boundaries.rings(f"{line}z")[0][at] for at in (0, -2)]
    assert {tuple(sorted(ends))} <= sides(drawn["0102"]) & sides(drawn["0201"])
    assert boundaries.borders(drawn, dict.fromkeys(county, "01")) == ""


def test_borders_may_meet_and_close() -> None:
    # A county inside another: its border is one closed line.
    hole = tuple((x, y) for x, y in square(10.4, 60.4, 0.2))
    around = Area("0101", (tuple((x, y) for x, y in square(10, 60)), hole))
    drawn = boundaries.paths([around, Area("0201", (hole,))])
    line = boundaries.borders(drawn, {"0101": "01", "0201": "02"})
    assert line.count("M") == 1
    assert sides(f"{line}z") - {(p, p) for side in sides(line + "z") for p in side} == sides(
        drawn["0201"]
    )


def test_a_strip_of_land_thinner_than_the_grid_is_left_out() -> None:
    main = tuple((x, y) for x, y in square(10, 60))
    strip = ((15.0, 60.0), (15.003, 60.0), (15.003, 61.0), (15.0, 61.0), (15.0, 60.0))
    drawn = boundaries.paths([Area("0001", (main, strip))])
    assert len(boundaries.rings(drawn["0001"])) == 1


def test_names_are_in_the_middle_and_never_on_each_other() -> None:
    squares = ["M0 0h100v100h-100z", "M10 10h80v80h-80z", "M20 20h60v60h-60z"]
    blocks = {name: [path] for name, path in zip(("Nes", "Ås", "Eid"), squares, strict=True)}
    found = {label.text: label for label in boundaries.labels(blocks, text_height=10)}
    assert (found["Eid"].x, found["Eid"].y) == (50, 50), "the smallest chooses first"
    assert {label.x for label in found.values()} == {50}
    heights = sorted(label.y for label in found.values())
    assert heights == [40, 50, 60]


def test_a_name_follows_the_largest_ring_of_each_path() -> None:
    path = "M0 0h100v100h-100zm500 500h4v4h-4z"
    (label,) = boundaries.labels({"Nes": [path]}, text_height=10)
    assert (label.x, label.y, label.on_tiles) == (50, 50, True)
