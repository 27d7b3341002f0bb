"""All municipalities on one page: filtered, sorted, on any day, and the same rows as files."""

import csv
import io
import json
import re
from datetime import date

import pytest
from django.test import Client
from django.utils import translation
from python_calamine import CalamineWorkbook

from samlop.db.text_keys import nb_sort_key
from samlop.municipalities.models import Municipality
from samlop.municipalities.texts import SIZE_CLASSES
from samlop.web import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("norway")]

ROW = re.compile(r'<tr><th scope="row"><a href="([^"]+)">([^<]+)</a></th>(.*?)</tr>')
CELL = re.compile(r"<td[^>]*>(.*?)</td>")


def page(client: Client, query: str = "") -> str:
    response = client.get(f"/kommuner/{query}")
    assert response.status_code == 200
    return response.content.decode()


def rows(html: str) -> list[list[str]]:
    return [[name, *CELL.findall(cells)] for _, name, cells in ROW.findall(html)]


def names(html: str) -> list[str]:
    return [row[0] for row in rows(html)]


def test_every_municipality_is_there_in_norwegian_order(client: Client) -> None:
    html = page(client)
    found = names(html)

    assert len(found) == 357
    assert found == sorted(found, key=nb_sort_key)
    assert found[0] == "Alstahaug"
    assert found[-1] == "Åsnes"
    assert found.index("Øyer") < found.index("Ål") < found.index("Ålesund")
    assert "357 kommuner" in html
    assert "/kommuner/0301/" in html


def test_an_earlier_day_has_its_own_municipalities_and_says_so(client: Client) -> None:
    html = page(client, "?dato=2023-11-01")

    assert len(rows(html)) == 356
    assert "slik de var 1. november 2023" in html
    assert 'href="/kommuner/1507/?dato=2023-11-01"' in html
    assert "Troms og Finnmark" in html


@pytest.mark.parametrize("day", ["2023-02-30", "i går", "1814-05-17", ""])
def test_a_day_that_is_no_day_is_today(client: Client, day: str) -> None:
    html = page(client, f"?dato={day}")

    assert len(rows(html)) == 357
    assert "slik de var" not in html


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=utsi", ["Utsira"]),
        ("?q=tromso", ["Tromsø"]),
        ("?q=guovdageaidnu", ["Kautokeino"]),
        ("?q=0301", ["Oslo"]),
        ("?q=5424", ["Lyngen"]),
        ("?q=herøy", ["Herøy (Møre og Romsdal)", "Herøy (Nordland)"]),
        ("?fylke=03", ["Oslo"]),
        ("?fylke=42&storrelse=from_100000", ["Kristiansand"]),
        ("?fylke=11&sentralitet=6", ["Kvitsøy", "Suldal", "Utsira"]),
        ("?fylke=18&malform=nynorsk", []),
        ("?gruppe=finnes-ikke", []),
        ("?q=%00oslo", ["Oslo"]),
    ],
)
def test_filters_leave_those_that_fit(client: Client, query: str, expected: list[str]) -> None:
    assert names(page(client, query)) == expected


def test_a_misspelt_name_finds_what_it_is_like_and_says_that(client: Client) -> None:
    html = page(client, "?q=kristiansandd")

    assert "Kristiansand" in names(html)
    assert "Ingen kommune heter «kristiansandd». Dette ligner:" in html


def test_nothing_found_says_what_to_do(client: Client) -> None:
    html = page(client, "?q=xqzw")

    assert "0 av 357 kommuner" in html
    assert "Ingen kommuner passer med det du har valgt" in html
    assert "Nullstill filter" in html


def test_what_was_searched_for_is_shown_as_text(client: Client) -> None:
    html = page(client, "?q=%3Cscript%3Ealert(1)%3C/script%3E")

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("?sorter=-innbyggere", "Oslo", "Utsira"),
        ("?sorter=innbyggere", "Utsira", "Oslo"),
        ("?sorter=-navn", "Åsnes", "Alstahaug"),
        ("?sorter=nummer", "Oslo", "Nesseby"),
        ("?sorter=finnes-ikke", "Alstahaug", "Åsnes"),
        ("?kolonne=areal&sorter=-areal", "Kautokeino", "Kvitsøy"),
    ],
)
def test_every_column_sorts_both_ways(client: Client, query: str, first: str, last: str) -> None:
    found = names(page(client, query))

    assert (found[0], found[-1]) == (first, last)


def test_ties_keep_the_order_of_names_and_unknown_values_stand_last(client: Client) -> None:
    Municipality.objects.filter(codes__number="0301").update(centrality=None)

    found = rows(page(client, "?sorter=sentralitet"))

    assert found[0][0] == "Bærum"
    assert found[-1][0] == "Oslo"


def test_columns_are_chosen_by_address_and_remembered(client: Client) -> None:
    html = page(client, "?kolonne=kostra&kolonne=areal")
    assert html.count('<th scope="col"') == 3

    assert page(client).count('<th scope="col"') == 3
    assert page(client, "?kolonne=nummer").count('<th scope="col"') == 2


def test_visitors_get_no_column_or_filter_about_load(client: Client) -> None:
    html = page(client, "?kolonne=arbeidsmengde&arbeidsmengde=hoy&farge=arbeidsmengde&visning=kart")

    assert len(rows(html)) == 357
    assert "Arbeidsmengde" not in html


# --- files ---

FILTERED = "?q=o&fylke=42&sorter=-innbyggere&kolonne=nummer&kolonne=innbyggere&kolonne=malform"


def spread(html: str) -> list[list[str]]:
    """The page's rows as a file writes them: figures without the space between thousands."""
    return [[cell.replace("\N{NO-BREAK SPACE}", "") for cell in row] for row in rows(html)]


def test_the_csv_holds_the_pages_rows_in_its_order(client: Client) -> None:
    response = client.get(f"/kommuner/{FILTERED}&format=csv")

    today = clock.today().isoformat()
    assert response.headers["Content-Disposition"] == f'attachment; filename="kommuner-{today}.csv"'
    content = response.content.decode("utf-8-sig")
    header, *lines = csv.reader(io.StringIO(content), delimiter=";")
    assert header == ["Kommune", "Nummer", "Innbyggere", "Målform"]
    assert len(lines) > 3
    assert lines == spread(page(client, FILTERED))


def test_the_spreadsheet_holds_the_same_with_numbers_as_text(client: Client) -> None:
    response = client.get("/kommuner/?fylke=03&kolonne=nummer&kolonne=innbyggere&format=xlsx")

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(response.content)).get_sheet_by_index(0)
    header, oslo = sheet.to_python()
    assert header == ["Kommune", "Nummer", "Innbyggere"]
    assert oslo[:2] == ["Oslo", "0301"]
    assert isinstance(oslo[2], float)


def test_the_json_names_its_day_and_keys(client: Client) -> None:
    response = client.get(f"/kommuner/{FILTERED}&dato=2023-11-01&format=json")

    answer = json.loads(response.content)
    assert answer["dato"] == "2023-11-01"
    assert list(answer["kommuner"][0]) == ["navn", "nummer", "innbyggere", "malform"]
    expected = names(page(client, f"{FILTERED}&dato=2023-11-01"))
    assert [row["navn"] for row in answer["kommuner"]] == expected


def test_an_unknown_format_is_not_found(client: Client) -> None:
    assert client.get("/kommuner/?format=pdf").status_code == 404


def test_files_name_their_columns_in_the_address_so_that_no_cookie_decides(client: Client) -> None:
    page(client, "?kolonne=kostra")

    html = page(client)

    assert 'href="?kolonne=kostra&amp;format=csv"' in html


# --- htmx ---


def test_htmx_gets_the_result_alone_with_the_count_and_a_clean_address(client: Client) -> None:
    response = client.get("/kommuner/?q=oslo&fylke=&gruppe=&dato=", headers={"HX-Request": "true"})

    html = response.content.decode()
    assert "<html" not in html
    assert names(html) == ["Oslo"]
    assert '<p class="ds-sr-only" id="antall" role="status" hx-swap-oob="true">1 av 357' in html
    assert response.headers["HX-Push-Url"] == "/kommuner/?q=oslo"
    assert "HX-Request" in response.headers["Vary"]


# --- the map ---


@pytest.mark.parametrize("colour", ["storrelse", "sentralitet", "malform", "tull", ""])
def test_the_map_links_to_every_municipality_and_the_table_stands_below(
    client: Client, colour: str
) -> None:
    html = page(client, f"?visning=kart&farge={colour}")

    assert len(re.findall(r'<a href="/kommuner/\d{4}/"><title>', html)) == 357
    assert len(rows(html)) == 357


def test_the_map_shows_only_those_that_pass_the_filter(client: Client) -> None:
    html = page(client, "?visning=kart&fylke=42")

    assert len(re.findall(r'<a href="/kommuner/\d{4}/"><title>', html)) == 25


def test_the_map_of_an_earlier_day_says_whom_it_has_no_place_for(client: Client) -> None:
    html = page(client, "?visning=kart&dato=2023-11-01")

    assert html.count('/?dato=2023-11-01"><title>') == 355
    assert "1 kommune fra den dagen har ikke plass på dagens kart." in html


def test_the_clock_is_the_pages_own(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2022, 5, 17))

    assert len(rows(page(client))) == 356


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_no_line_ends_inside_the_number_of_a_size(language: str) -> None:
    with translation.override(language):
        words = [str(one) for one in SIZE_CLASSES.values()]
    assert "2\N{NO-BREAK SPACE}000–4\N{NO-BREAK SPACE}999 inn" in words[1]
    assert not any(re.search(r"\d \d", one) for one in words)
