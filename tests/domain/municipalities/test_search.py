"""One search box for municipalities and regions, forgiving about everything but the meaning."""

from datetime import date

import pytest
from django.utils import translation
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from samlop.municipalities.queries.codes import CodeBook
from samlop.municipalities.queries.search import Hit, HitKind, search
from tests.rules.test_codes import expected

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("norway")]

TODAY = date(2026, 11, 22)


def keys(text: str, *, on: date = TODAY) -> list[str]:
    return [hit.key for hit in search(text, on=on)]


def first(text: str, *, on: date = TODAY) -> Hit:
    return search(text, on=on)[0]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        # Any official name, in any case, with or without the letters of the language.
        ("Kautokeino", "5612"),
        ("guovdageaidnu", "5612"),
        ("GUOVDAGEAIDNU", "5612"),
        ("Karasjok", "5610"),
        ("karasjohka", "5610"),
        ("tromso", "5501"),
        ("Tromsø", "5501"),
        ("alesund", "1508"),
        ("aalesund", "1508"),
        ("Ålesund kommune", "1508"),
        ("porsangu", "5622"),
        ("Porsáŋgu", "5622"),
        ("porsanki", "5622"),
        ("Oslove", "0301"),
        ("Stïentje", "5006"),
        ("nord aurdal", "3451"),
        ("Nord-Aurdal", "3451"),
        ("Herøy Nordland", "1818"),
        ("herøy (møre og romsdal)", "1515"),
        # Beginnings and parts.
        ("Kautok", "5612"),
        ("aurdal", "3451"),
        # Misspelt.
        ("trondhiem", "5001"),
        ("kristiansnd", "4204"),
        ("lilehammer", "3405"),
        ("stavagner", "1103"),
        ("kautokaino", "5612"),
        ("fredikstad", "3107"),
        ("bergn", "4601"),
        # Numbers, whole and begun.
        ("5612", "5612"),
        ("1508 Ålesund", "1508"),
        ("030", "0301"),
        (" 0301 ", "0301"),
    ],
)
def test_a_municipality_is_found(text: str, number: str) -> None:
    hit = first(text)
    assert (hit.kind, hit.key, hit.note) == (HitKind.MUNICIPALITY, number, "")


def test_a_name_in_two_languages_is_shown_whole_with_its_county() -> None:
    hit = first("kautokeino")
    assert (hit.name, hit.title) == ("Kautokeino", "Guovdageaidnu - Kautokeino")
    assert hit.subtitle == "Finnmark"


@pytest.mark.parametrize(
    ("text", "slug", "kind"),
    [
        ("Finnmark", "finnmark", "Fylke"),
        ("finnmarku", "finnmark", "Fylke"),
        ("03", "oslo", "Fylke"),
        ("helse vest", "helse-vest", "Helseregion"),
        ("digi agder", "digi-agder", "Regional gruppe e-helse"),
        ("digitrondelag", "digi-trondelag", "Regional gruppe e-helse"),
    ],
)
def test_a_region_is_found(text: str, slug: str, kind: str) -> None:
    hit = first(text)
    assert (hit.kind, hit.key, hit.subtitle) == (HitKind.REGION, slug, kind)


@pytest.mark.parametrize(
    ("text", "numbers", "note"),
    [
        (
            "1507",
            ["1508", "1580"],
            "1507 Ålesund fantes til 31. desember 2023. I dag: 1508 Ålesund og 1580 Haram.",
        ),
        (
            "Sandøy",
            ["1508"],
            "1546 Sandøy fantes til 31. desember 2019. I dag: 1508 Ålesund.",
        ),
        (
            "5012",
            ["5055", "5056", "5059"],
            "5012 Snillfjord fantes til 31. desember 2019. "
            "I dag: 5055 Heim, 5056 Hitra og 5059 Orkland.",
        ),
        ("3001", ["3101"], "3001 Halden fantes til 31. desember 2023. I dag: 3101 Halden."),
        (
            "0616",
            ["3322"],
            "0616 Nes (Buskerud) fantes til 31. desember 2019. I dag: 3322 Nesbyen.",
        ),
    ],
)
def test_what_is_gone_leads_to_what_it_became(text: str, numbers: list[str], note: str) -> None:
    hits = search(text, on=TODAY)
    assert [hit.key for hit in hits] == numbers
    assert {hit.note for hit in hits} == {note}


def test_every_old_number_leads_to_what_it_became() -> None:
    numbers = sorted(expected())[::7]
    book = CodeBook(numbers)
    assert {number: sorted(keys(number)) for number in numbers} == {
        number: [new.number for new in book.resolve(number, on=TODAY).successors]
        for number in numbers
    }


def test_a_county_of_before_is_found_and_says_so() -> None:
    hit = first("viken")
    assert (hit.key, hit.note) == ("viken-30", "Fantes til 31. desember 2023.")


@pytest.mark.parametrize(
    ("language", "note"),
    [
        ("nn", "Fanst til 31. desember 2023."),
        ("en", "Existed until 31 December 2023."),
    ],
)
def test_the_note_is_in_the_language_of_the_page(language: str, note: str) -> None:
    with translation.override(language):
        assert first("viken").note == note


def test_what_has_the_name_today_needs_no_note_about_an_earlier_number() -> None:
    hits = {hit.key: hit.note for hit in search("Ålesund", on=TODAY)}
    assert hits["1508"] == ""
    assert hits["1580"].startswith("1507 Ålesund fantes til")


def test_a_name_that_changed_under_the_same_number_is_found_by_both() -> None:
    assert first("evenes").note == first("Evenášši").note == ""
    assert first("evenes").key == "1853"


def test_the_answer_is_as_of_the_day() -> None:
    assert first("1507", on=date(2022, 1, 1)).note == ""
    assert keys("3101", on=date(2022, 1, 1)) == []
    assert first("Halden", on=date(2022, 1, 1)).key == "3001"
    assert keys("Halden", on=date(2016, 1, 1)) == []


def test_likeness_is_only_used_when_nothing_holds_the_text() -> None:
    assert "1505" in keys("kristiansnd")
    assert "1505" not in keys("kristiansand")


@pytest.mark.parametrize(
    "text", ["", "   ", "%", "_", "\\", "'", "-", "\0", "xyzzyx", "9999", "12345", "=1+1", "🦌"]
)
def test_nonsense_finds_nothing(text: str) -> None:
    assert search(text, on=TODAY) == ()


def test_a_very_long_text_is_cut_and_never_breaks() -> None:
    assert search("z " * 5000, on=TODAY) == ()
    assert search("1" * 5000, on=TODAY) == ()


def test_no_more_hits_than_asked_for_and_each_once() -> None:
    hits = search("s", on=TODAY, limit=7)
    assert len(hits) == len({(hit.kind, hit.key) for hit in hits}) == 7


def test_one_query_finds_what_exists_and_two_more_what_is_gone(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(1):
        search("tromso", on=TODAY)
    with django_assert_num_queries(3):
        search("1507", on=TODAY)


def test_the_sentence_follows_the_language_of_the_page() -> None:
    with override("en"):
        assert "31" in first("1507").note
