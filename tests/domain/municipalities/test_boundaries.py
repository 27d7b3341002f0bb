"""Importing true boundaries: compared first, stored whole or not at all, seen in the history."""

import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoAssertNumQueries

from samlop.audit.models import Event
from samlop.lib.actors import Machine
from samlop.lib.errors import FileRefused
from samlop.municipalities.imports import boundaries as imports
from samlop.municipalities.models import Boundary, Municipality
from samlop.municipalities.queries import maps
from samlop.municipalities.services import boundaries as services
from tests import factories as make

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 2)
BY = Machine("Prøve")


def geojson(**west_of: float) -> bytes:
    """Squares of a degree, by number («n0301=10» begins at 10° E)."""
    features = []
    for name, west in west_of.items():
        east = west + 1
        ring = [[west, 60], [east, 60], [east, 61], [west, 61], [west, 60]]
        features.append(
            {
                "type": "Feature",
                "properties": {"number": name[1:]},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@pytest.fixture
def oslo() -> Municipality:
    return make.municipality(number="0301", name="Oslo")


@pytest.fixture
def asker() -> Municipality:
    return make.municipality(number="3203", name="Asker")


def test_a_first_file_is_all_new(oslo: Municipality, asker: Municipality) -> None:
    difference = imports.compare(geojson(n0301=10, n3203=9), on=DAY)
    assert (difference.new, difference.changed, difference.same) == (("0301", "3203"), (), ())
    assert not Boundary.objects.exists(), "comparing stores nothing"
    assert imports.apply(difference, source="© Kartverket", by=BY, on=DAY) == 2
    row = Boundary.objects.get(municipality=asker)
    assert (row.source, row.imported_on) == ("© Kartverket", DAY)
    assert row.path.startswith("M")
    assert row.path.endswith("z")


def test_only_what_differs_is_stored_and_recorded(oslo: Municipality, asker: Municipality) -> None:
    first = imports.compare(geojson(n0301=10, n3203=9), on=DAY)
    imports.apply(first, source="© Kartverket", by=BY, on=DAY)

    later = date(2026, 4, 1)
    second = imports.compare(geojson(n0301=10, n3203=8), on=later)
    assert (second.new, second.changed, second.same) == ((), ("3203",), ("0301",))
    assert imports.apply(second, source="Kartverket 2026", by=BY, on=later) == 1

    assert Boundary.objects.get(municipality=oslo).imported_on == DAY
    assert Boundary.objects.get(municipality=asker).imported_on == later
    events = Event.objects.filter(code="municipalities.boundaries.imported")
    assert events.filter(municipality_id=oslo.pk).count() == 1
    assert events.filter(municipality_id=asker.pk).count() == 2


def test_the_same_file_again_changes_nothing(oslo: Municipality) -> None:
    content = geojson(n0301=10)
    imports.apply(imports.compare(content, on=DAY), source="a", by=BY, on=DAY)
    again = imports.compare(content, on=DAY)
    assert imports.apply(again, source="b", by=BY, on=date(2027, 1, 1)) == 0
    assert Boundary.objects.get().source == "a"
    assert Event.objects.count() == 1


def test_the_history_keeps_the_path_that_was(oslo: Municipality) -> None:
    for west in (10, 11):
        difference = imports.compare(geojson(n0301=west), on=DAY)
        imports.apply(difference, source="a", by=BY, on=DAY)
    history = Boundary.pgh_event_model.objects.order_by("pgh_id")  # type: ignore[attr-defined]
    assert len({row.path for row in history}) == 2


def test_a_refused_file_names_feature_and_field_and_changes_nothing(
    oslo: Municipality, asker: Municipality
) -> None:
    with pytest.raises(FileRefused) as refused:
        imports.compare(geojson(n0301=10, n9999=9), on=DAY)
    assert [str(problem) for problem in refused.value.problems] == [
        "Område 2, felt «properties.number»: 9999 er ikke et kommunenummer som gjelder."
    ]
    with pytest.raises(FileRefused, match=r"^3203 mangler i filen"):
        imports.compare(geojson(n0301=10), on=DAY)
    assert not Boundary.objects.exists()


def test_numbers_are_those_of_the_day() -> None:
    make.municipality(number="3024", valid_from=date(2020, 1, 1), valid_to=date(2024, 1, 1))
    make.municipality(number="3201", valid_from=date(2024, 1, 1))
    assert imports.compare(geojson(n3024=10), on=date(2023, 12, 31)).new == ("3024",)
    with pytest.raises(FileRefused, match="3024 er ikke et kommunenummer"):
        imports.compare(geojson(n3024=10), on=date(2024, 1, 1))


def test_paths_are_found_by_the_number_of_the_day_in_one_query(
    oslo: Municipality, asker: Municipality, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ended = make.municipality(number="0219", valid_to=date(2025, 1, 1))
    for at, municipality in enumerate((asker, oslo, ended)):
        services.store(paths={municipality.pk: f"M{at} 0h1v1z"}, source="a", by=BY, on=DAY)
    with django_assert_num_queries(1):
        drawn = maps.boundaries(on=DAY)
    assert drawn == {"0301": "M1 0h1v1z", "3203": "M0 0h1v1z"}
    assert "0219" in maps.boundaries(on=date(2024, 12, 31))


def test_there_are_boundaries_once_some_are_imported(oslo: Municipality) -> None:
    assert not maps.has_boundaries()
    services.store(paths={oslo.pk: "M0 0h1v1z"}, source="a", by=BY, on=DAY)
    assert maps.has_boundaries()


def run(*arguments: str | Path) -> str:
    out = StringIO()
    call_command(*(str(argument) for argument in arguments), stdout=out)
    return out.getvalue()


def test_the_command_says_what_it_did(oslo: Municipality, tmp_path: Path) -> None:
    file = tmp_path / "grenser.geojson"
    file.write_bytes(geojson(n0301=10))
    said = run("import_boundaries", file, "--dry-run")
    assert "1 nye, 0 endret, 0 som før" in said
    assert not Boundary.objects.exists()
    said = run("import_boundaries", file, "--source", "© Kartverket, 2024")
    assert "Lagret." in said
    assert Boundary.objects.get().source == "© Kartverket, 2024"
    assert "0 nye, 0 endret, 1 som før" in run("import_boundaries", file)


def test_the_command_refuses_with_sentences(oslo: Municipality, tmp_path: Path) -> None:
    file = tmp_path / "grenser.geojson"
    with pytest.raises(CommandError, match="Kan ikke lese"):
        run("import_boundaries", file)
    file.write_bytes(geojson(**{f"n{number}": 10 for number in range(1000, 1030)}))
    with pytest.raises(CommandError) as refused:
        run("import_boundaries", file)
    lines = str(refused.value).splitlines()
    assert len(lines) == 22
    assert lines[0].startswith("Område 1, felt «properties.number»: 1000")
    assert lines[-2:] == ["… og 10 til.", "Ingenting er endret."]
    assert not Boundary.objects.exists()


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "grenser.geojson"
    with file.open("wb") as sparse:
        sparse.truncate(200 * 1024 * 1024 + 1)
    with pytest.raises(CommandError, match="større enn 200 MB"):
        run("import_boundaries", file)
