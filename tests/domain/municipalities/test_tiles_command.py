"""`samlop compute-tiles`: prints how good the map is, and guards the stored one."""

import itertools
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from samlop.municipalities.imports import tiles as data
from samlop.municipalities.queries import maps
from samlop.municipalities.rules import tiles


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("compute_tiles", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def small_country(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six municipalities in two counties, and nothing computed yet."""
    numbers = ["0101", "0102", "0103", "0201", "0202", "0203"]
    points = [f"{number},{60 + at / 3:.2f},{10 + at % 2}" for at, number in enumerate(numbers)]
    pairs = [f"{one},{other}" for one, other in itertools.pairwise(numbers)]
    lines = {
        "municipalities.csv": ["number,lat,lon", *points],
        "land_neighbours.csv": ["number_a,number_b", *pairs],
    }
    for name, rows in lines.items():
        (tmp_path / name).write_text("\n".join(rows), encoding="utf-8")
    monkeypatch.setattr(data, "FOLDER", tmp_path)
    monkeypatch.setattr(maps, "TILES", tmp_path / "tiles.csv")


@pytest.mark.usefixtures("small_country")
def test_a_map_is_written_and_then_found_the_same() -> None:
    said = run("--moves", "20")
    assert "touch or lie two apart: 5 of 5 (100.0 %)" in said
    assert "Counties in more than one piece: none." in said
    assert said.endswith("Written.\n")
    assert len(tiles.read(maps.TILES.read_text(encoding="utf-8"))) == 6
    assert run("--moves", "20", "--check").endswith("The stored map is this one.\n")


@pytest.mark.usefixtures("small_country")
def test_a_check_fails_and_writes_nothing_when_the_stored_map_is_another_one() -> None:
    for stored in (None, "number,column,row\n0101,0,0\n"):
        if stored:
            maps.TILES.write_text(stored, encoding="utf-8")
        with pytest.raises(CommandError, match="another one"):
            run("--moves", "20", "--check")
        assert maps.TILES.exists() == bool(stored)
    assert maps.TILES.read_text(encoding="utf-8") == stored


@pytest.mark.usefixtures("small_country")
def test_a_country_that_cannot_be_drawn_is_a_sentence() -> None:
    file = data.FOLDER / "municipalities.csv"
    file.write_text("number,lat,lon\n0101,60,10\n0102,60,10", encoding="utf-8")
    (data.FOLDER / "land_neighbours.csv").write_text("number_a,number_b\n", encoding="utf-8")
    with pytest.raises(CommandError, match="same point"):
        run()


@pytest.mark.long
def test_the_stored_map_is_the_one_computed() -> None:
    assert run("--check").endswith("The stored map is this one.\n")
