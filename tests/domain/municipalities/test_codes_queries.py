"""Which municipalities there are on a day, and what became of the others, in the database."""

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from samlop.municipalities import queries
from samlop.municipalities.queries import codes
from samlop.municipalities.rules.codes import Outcome
from samlop.municipalities.rules.kinds import LanguageForm
from tests.rules.test_codes import expected

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("norway")]

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("day", "count"),
    [
        (date(2016, 12, 31), 0),
        (date(2017, 1, 1), 426),
        (date(2018, 1, 1), 422),
        (date(2019, 12, 31), 422),
        (date(2020, 1, 1), 356),
        (date(2023, 12, 31), 356),
        (date(2024, 1, 1), 357),
        (TODAY, 357),
    ],
)
def test_a_day_has_its_municipalities_and_all_are_found_by_one_query(
    day: date, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        found = queries.at(day)
    assert len(found) == len({row.number for row in found}) == len({row.pk for row in found})
    assert len(found) == count
    assert all(row.county_number == row.number[:2] for row in found)


def test_a_municipality_carries_its_facts() -> None:
    found = {row.number: row for row in queries.at(TODAY)}
    kautokeino = found["5612"]
    assert kautokeino.name == kautokeino.qualified_name == "Kautokeino"
    assert kautokeino.official_name == "Guovdageaidnu - Kautokeino"
    assert (kautokeino.county_number, kautokeino.county_name) == ("56", "Finnmark")
    assert kautokeino.language_form is LanguageForm.BOKMAL
    assert kautokeino.organisation_number == "945475056"
    assert found["1818"].qualified_name == "Herøy (Nordland)"


def test_the_population_is_the_newest_count_not_after_the_day() -> None:
    def oslo(day: date) -> int | None:
        return next(row.population for row in queries.at(day) if row.number == "0301")

    assert oslo(date(2019, 12, 31)) is None
    assert oslo(date(2020, 6, 1)) == 693_494
    assert oslo(date(2024, 1, 1)) == 717_710
    assert oslo(date(2023, 12, 31)) != oslo(date(2024, 1, 1))


def test_a_renumbered_municipality_is_the_same_one_with_the_same_history() -> None:
    old = {row.number: row for row in queries.at(date(2023, 12, 31))}
    new = {row.number: row for row in queries.at(date(2024, 1, 1))}
    assert old["3001"].pk == new["3101"].pk
    assert "1507" in old
    assert "1507" not in new
    assert old["1507"].pk not in {row.pk for row in new.values()}


def test_names_are_in_norwegian_order() -> None:
    names = [row.name for row in queries.at(TODAY)]
    assert (names[0], names[-1]) == ("Alstahaug", "Åsnes")
    assert names.index("Ørsta") < names.index("Ål") < names.index("Ålesund")
    assert names.index("Vågå") < names.index("Østre Toten")


def test_new_official_names_begin_on_their_day() -> None:
    def oslo(day: date) -> str:
        return next(row.official_name for row in queries.at(day) if row.number == "0301")

    assert oslo(date(2025, 12, 31)) == "Oslo"
    assert oslo(date(2026, 1, 1)) == "Oslo - Oslove"


def test_every_code_since_2017_is_mapped_as_the_code_map_says() -> None:
    book = codes.CodeBook(expected().keys())
    found = {
        number: {new.number for new in book.resolve(number, on=TODAY).successors}
        for number in expected()
    }
    assert found == expected()


def test_a_divided_municipality_answers_two_with_their_names(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(2):
        found = queries.resolve("1507", on=TODAY)

    assert found.resolution.outcome is Outcome.DIVIDED
    assert [(new.number, new.name) for new in found.successors] == [
        ("1508", "Ålesund"),
        ("1580", "Haram"),
    ]
    assert found.was is not None
    assert (found.was.name, found.was.valid_to) == ("Ålesund", date(2024, 1, 1))


def test_a_valid_number_is_looked_up_by_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(1):
        found = codes.municipality("1508", on=TODAY)
    assert [new.name for new in found.successors] == ["Ålesund"]
    assert found.was is None


@pytest.mark.parametrize(
    ("number", "on", "outcome", "successors"),
    [
        ("0101", TODAY, Outcome.SUCCEEDED, ["Halden"]),
        ("1507", TODAY, Outcome.DIVIDED, ["Ålesund", "Haram"]),
        ("3101", date(2022, 1, 1), Outcome.NOT_YET, []),
        ("0706", TODAY, Outcome.SUCCEEDED, ["Sandefjord"]),
        ("4711", TODAY, Outcome.UNKNOWN_NUMBER, []),
    ],
)
def test_any_number_leads_to_what_it_stands_for(
    number: str, on: date, outcome: Outcome, successors: list[str]
) -> None:
    found = codes.municipality(number, on=on)
    assert found.resolution.outcome is outcome
    assert [new.name for new in found.successors] == successors
