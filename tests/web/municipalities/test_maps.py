"""The maps as markup: a link and a title for every area, and nothing a strict page forbids."""

import gzip
import re
from typing import Any, cast

import pytest
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from pytest_django import DjangoAssertNumQueries

from samlop.municipalities.queries import maps as queries
from samlop.municipalities.rules import boundaries
from samlop.municipalities.rules.boundaries import Area
from samlop.web.municipalities import maps
from samlop.web.municipalities.maps import Map, Value

LEGEND = ("Ikke besvart", "Fullt", "", "Litt", "", "God plass")
STEPS = (0, 1, 3, 5)
COUNTIES = {"03": "Oslo", "46": "Vestland", "56": "Finnmark"}


def values() -> dict[str, Value]:
    return {
        tile.number: Value(STEPS[at % 4], f"Kommune {tile.number}: {LEGEND[STEPS[at % 4]]}")
        for at, tile in enumerate(queries.tiles())
    }


def tile_map(**changes: Any) -> Map:
    arguments: dict[str, Any] = {
        "values": values(),
        "legend": LEGEND,
        "label": "Rom for nytt i 2. kvartal 2027",
        "counties": COUNTIES,
    }
    arguments |= changes
    return maps.tile_map(arguments.pop("values"), **arguments)


DRAWN = boundaries.paths(
    Area(number, (((east, 60.0), (east + 1, 60.0), (east + 1, 61.0), (east, 60.0)),))
    for number, east in (("0301", 10.0), ("4601", 5.0), ("4602", 6.0))
)


def boundary_map(**changes: Any) -> Map:
    arguments: dict[str, Any] = {"legend": LEGEND, "label": "Kart", "counties": COUNTIES}
    return maps.boundary_map(
        values() | {"4602": Value(1, "Kinn: Fullt")}, DRAWN, **arguments | changes
    )


def html(map_: Map) -> str:
    env = cast("Jinja2", engines["jinja2"]).env
    template = env.from_string('{% from "components/map.html" import map %}{{ map(drawn) }}')
    return str(template.render(drawn=map_))


def test_every_municipality_is_a_link_with_its_own_title() -> None:
    found = re.findall(
        r'<a href="/kommuner/(\d{4})/"><title>([^<]+)</title><path', html(tile_map())
    )
    assert len(found) == 357
    assert dict(found) == {number: value.title for number, value in values().items()}


def test_links_go_from_north_to_south_county_by_county() -> None:
    text = html(tile_map())
    assert [text.index(f'aria-label="{name}"') for name in ("Finnmark", "Vestland", "Oslo")] == (
        sorted(text.index(f'aria-label="{name}"') for name in COUNTIES.values())
    )
    numbers = re.findall(r'href="/kommuner/(\d{4})/', text)
    assert [number[:2] for number in numbers[:18]] == ["56"] * 18


def test_a_municipality_without_a_value_is_drawn_but_leads_nowhere() -> None:
    shown = {"0301": Value(5, "Oslo: God plass")}
    text = html(tile_map(values=shown))
    assert text.count('<a href="/kommuner/') == 1
    assert text.count('class="map-out"') == 356


def test_colour_never_stands_alone() -> None:
    text = html(tile_map())
    patterns = re.findall(r'<pattern id="kart-(\d)" class="map-\1".*?</pattern>', text)
    assert patterns == ["0", "1", "2", "3", "4", "5"]
    marks = re.findall(r'class="map-ink" d="([^"]+)"', text)
    assert len(set(marks)) == 4, "each step between nothing and everything has its own marks"
    for step in STEPS:
        assert f'fill="url(#kart-{step})"' in text


def test_the_legend_has_the_steps_in_use_with_their_counts() -> None:
    lines = tile_map().legend
    assert [(line.step, line.words) for line in lines] == [
        (0, "Ikke besvart"),
        (1, "Fullt"),
        (3, "Litt"),
        (5, "God plass"),
    ]
    assert sum(line.count for line in lines) == 357


@pytest.mark.parametrize("draw", [tile_map, boundary_map], ids=["tiles", "boundaries"])
def test_nothing_in_a_map_needs_a_looser_content_policy(draw: Any) -> None:
    text = html(draw())
    assert "style=" not in text
    assert "<style" not in text
    assert "<script" not in text


@pytest.mark.parametrize("draw", [tile_map, boundary_map], ids=["tiles", "boundaries"])
def test_what_people_wrote_is_escaped(draw: Any) -> None:
    found = draw(
        label='<b>"a"</b>', suffix='?x="&y', key="k", counties={"03": "<i>Oslo</i>", "46": "V&V"}
    )
    text = html(found)
    assert "<b>" not in text
    assert "<i>" not in text
    assert "V&amp;V" in text
    assert "/0301/?x=&#34;&amp;y" in text
    hostile = tile_map(values={"0301": Value(0, "</title><script>")})
    assert "<script>" not in html(hostile)


def test_the_keyboard_can_pass_the_map_in_one_step() -> None:
    text = html(tile_map(key="plass"))
    assert 'href="#plass-slutt"' in text
    assert 'id="plass-slutt"' in text


def test_two_maps_on_one_page_share_no_id() -> None:
    both = html(tile_map(key="a")) + html(tile_map(key="b"))
    ids = re.findall(r' id="([^"]+)"', both)
    assert len(ids) == len(set(ids)) == 14


def test_a_tile_map_is_small_and_asks_the_database_nothing(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        text = html(tile_map())
    assert len(gzip.compress(text.encode())) < 10_000


def test_true_boundaries_have_the_lines_between_counties_and_names() -> None:
    found = boundary_map()
    text = html(found)
    assert text.count('<a href="/kommuner/') == 3
    assert {name.text for name in found.names} == {"Oslo", "Vestland"}
    assert found.borders == "", "Oslo and Vestland do not meet here"
    beside = dict(DRAWN) | {"0301": DRAWN["4602"]}
    assert maps.boundary_map(
        values(), beside, legend=LEGEND, label="Kart", counties=COUNTIES
    ).borders.startswith("M")


def test_a_county_we_have_no_name_for_is_drawn_without_one() -> None:
    found = boundary_map(counties={"03": "Oslo"})
    assert [name.text for name in found.names] == ["Oslo"]
    assert 'aria-label="46"' in html(found)
