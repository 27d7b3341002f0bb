"""The library in the pages: searching inside files, who sees what, what is missing."""

import json
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from samlop.accounts.rules import Role
from samlop.lib import csvio, document_text
from samlop.municipalities.rules.kinds import LanguageForm
from samlop.portfolio.models import MaterialText, MaterialUse
from samlop.portfolio.rules.copies import RowText
from samlop.portfolio.rules.material import MaterialKind
from samlop.portfolio.services import material as services
from samlop.portfolio.services.material import Edition
from tests.web.material.conftest import AT, BOKMAL, BY, NYNORSK, Shelf, SignIn, World, add, publish

pytestmark = pytest.mark.django_db


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.split("<main", 1)[1]).split())


def titles(client: Client, query: str = "") -> list[str]:
    found = json.loads(client.get(f"/materiell/?format=json{query}").content)
    return [row["tittel"] for row in found["materiell"]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # Inside the file, in another form of the word.
        ("kommune", ["Håndbok"]),
        ("samstemming", []),
        ("samstemme", ["Håndbok"]),
        # The beginning of a compound.
        ("legemiddel", ["Håndbok"]),
        ("håndbøker", []),
        ("HÅNDBOK", ["Håndbok"]),
        # In the rows of a template.
        ("papirrutine", ["ROS-mal"]),
        ("ansatt", ["Brev til ansatte"]),
        # A word that says nothing by itself finds nothing.
        ("alle", []),
        ('"samstemmer legemiddellistene"', ["Håndbok"]),
        ("håndbok mal", []),
        # What means something to the search engine means nothing here.
        ("& | ! ( ' :*", []),
        ("håndbok &", ["Håndbok"]),
    ],
)
def test_search(text: str, found: list[str], client: Client, shelf: Shelf) -> None:
    response = client.get("/materiell/", {"format": "json", "q": text})
    assert [row["tittel"] for row in json.loads(response.content)["materiell"]] == found


def test_a_hit_is_shown_where_it_stands_and_nothing_in_it_runs(
    client: Client, shelf: Shelf
) -> None:
    text = MaterialText.objects.get(version__material=shelf.file)
    services.record_words(
        text_id=text.pk,
        words="Noen ord om legemidler & mer <img src=x onerror=alert(1)> \ue000falsk\ue001 slutt",
    )

    shown = client.get("/materiell/", {"q": "legemidler"}).text

    assert "om <mark>legemidler</mark> &amp; mer" in shown
    assert "<img src=x" not in shown
    assert "<mark>falsk" not in shown


def test_a_hit_in_the_title_comes_before_one_inside(client: Client, shelf: Shelf) -> None:
    add(shelf.solution, "Noe annet", Edition(language=BOKMAL, body="en håndbok er nevnt"))
    assert titles(client, "&q=håndbok") == ["Håndbok", "Noe annet"]


def test_an_old_version_is_not_found(client: Client, shelf: Shelf) -> None:
    publish(shelf.template, RowText(key="r1", section="", heading="Helt ny"))
    assert titles(client, "&q=papirrutine") == []
    assert titles(client, "&q=helt+ny") == ["ROS-mal"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("&type=training", {"Håndbok"}),
        ("&losning=own", {"Håndbok", "ROS-mal", "Brev til ansatte"}),
        ("&losning=annen", set()),
        ("&sprak=nynorsk", {"Brev til ansatte"}),
        ("&mal=1", {"ROS-mal"}),
        ("&for=staff", set()),
        ("&steg=finnes-ikke", {"Håndbok", "ROS-mal", "Brev til ansatte"}),
    ],
)
def test_filters(query: str, found: set[str], client: Client, shelf: Shelf) -> None:
    assert set(titles(client, query)) == found


def test_sorting_and_files_follow_the_page(client: Client, shelf: Shelf) -> None:
    assert titles(client, "&sorter=tittel") == ["Brev til ansatte", "Håndbok", "ROS-mal"]
    assert titles(client, "&sorter=-tittel") == ["ROS-mal", "Håndbok", "Brev til ansatte"]
    table = csvio.read(client.get("/materiell/?format=csv&sorter=tittel").content)
    assert table.rows[0].cells["Tittel"] == "Brev til ansatte"
    assert client.get("/materiell/?format=xlsx").content.startswith(b"PK")
    assert client.get("/materiell/?format=pdf").status_code == 404


def test_a_title_that_would_run_in_a_spreadsheet_does_not(client: Client, shelf: Shelf) -> None:
    add(shelf.solution, "=cmd|' /C calc'!A0", Edition(language=BOKMAL, body="x"))
    assert "'=cmd" in client.get("/materiell/?format=csv").content.decode("utf-8-sig")


# --- who sees what ---


@pytest.mark.parametrize("role", [None, *Role])
def test_a_draft_is_for_the_signed_in(
    role: Role | None, client: Client, shelf: Shelf, sign_in: SignIn
) -> None:
    if role is not None:
        sign_in(role)

    assert ("Hemmelig utkast" in titles(client)) is (role is not None)
    assert (client.get("/materiell/hemmelig-utkast/").status_code == 200) is (role is not None)
    assert client.get("/materiell/brev-til-ansatte/").status_code == 200


@pytest.mark.parametrize("role", [None, *Role])
def test_a_file_is_for_those_who_may_see_its_item(
    role: Role | None, client: Client, shelf: Shelf, sign_in: SignIn
) -> None:
    address = f"/materiell/fil/{shelf.key()}/handbok.pdf"
    if role is not None:
        sign_in(role)
    assert client.get(address).status_code == 200

    shelf.file.is_public = False
    shelf.file.save(update_fields=["is_public"])
    assert client.get(address).status_code == (404 if role is None else 200)
    services.withdraw(material=shelf.file, reason="Feil", by=BY, at=AT)
    keeps = role in {Role.PROGRAMME, Role.PORTFOLIO_OWNER}
    assert client.get(address).status_code == (200 if keeps else 404)
    assert client.get("/materiell/handbok/").status_code == (200 if keeps else 404)


def test_a_file_is_sent_so_that_nothing_in_it_runs_and_is_counted(
    client: Client, shelf: Shelf
) -> None:
    address = f"/materiell/fil/{shelf.key()}/handbok.pdf"
    headers = client.get(address).headers
    client.head(address)

    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["Cache-Control"] == "private, no-cache"
    assert [use.count for use in MaterialUse.objects.all()] == [1]
    client.get(address)
    assert [use.count for use in MaterialUse.objects.all()] == [2]
    assert "Lastet ned eller åpnet 2 ganger." in words(client.get("/materiell/handbok/").text)


@pytest.mark.parametrize(
    "change",
    [
        lambda at: at.replace("handbok.pdf", "annet.pdf"),
        lambda at: re.sub(r"/fil/.{8}", "/fil/00000000", at),
        lambda at: at.replace("/materiell/fil", "/filer"),
    ],
)
def test_addresses_that_are_guessed_find_nothing(
    change: Callable[[str], str], client: Client, shelf: Shelf, sign_in: SignIn
) -> None:
    sign_in(Role.ADMINISTRATOR)
    assert client.get(change(f"/materiell/fil/{shelf.key()}/handbok.pdf")).status_code == 404


def test_text_is_shown_with_its_marks_and_no_html(client: Client, shelf: Shelf) -> None:
    shown = client.get("/materiell/brev-til-ansatte/").text
    assert "<strong>alle</strong>" in shown
    assert "<li>&lt;script&gt;alert(1)&lt;/script&gt;</li>" in shown


@pytest.mark.parametrize(
    ("form", "first"),
    [
        (LanguageForm.NYNORSK, "Brev til tilsette"),
        (LanguageForm.BOKMAL, "Brev til ansatte"),
        (LanguageForm.NEUTRAL, "Brev til ansatte"),
    ],
)
def test_the_municipalitys_own_form_comes_first(
    form: LanguageForm,
    first: str,
    client: Client,
    shelf: Shelf,
    world: World,
    sign_in: SignIn,
) -> None:
    world.here.language_form = form.value
    world.here.save(update_fields=["language_form"])
    sign_in(Role.MUNICIPAL_COORDINATOR)

    shown = client.get("/materiell/brev-til-ansatte/").text

    assert re.findall(r'<h2[^>]*id="utgave-1"><span lang="..">([^<]+)', shown) == [first]
    assert first in words(client.get("/materiell/").text)


def test_a_template_in_both_forms_is_copied_in_the_municipalitys_own(
    client: Client, shelf: Shelf, world: World, sign_in: SignIn
) -> None:
    services.publish(
        material=shelf.template,
        editions=[
            Edition(language=BOKMAL, as_before=True),
            Edition(language=NYNORSK, rows=(RowText(key="r1", section="", heading="Ein ny rad"),)),
        ],
        note="På nynorsk.",
        based_on=1,
        review_on=None,
        by=BY,
        on=AT.date(),
        at=AT,
    )
    world.here.language_form = LanguageForm.NYNORSK.value
    world.here.save(update_fields=["language_form"])
    sign_in(Role.MUNICIPAL_COORDINATOR)

    shown = client.get("/kommuner/4211/maler/ny/ros-mal/").text
    assert re.search(r'value="nynorsk"[^>]*checked', shown)
    file = client.get("/materiell/ros-mal/last-ned/docx/")
    assert "Uønskt" in document_text.words("docx", file.content) or "Ein ny rad" in (
        document_text.words("docx", file.content)
    )


# --- a solution's material ---


def test_what_is_missing_is_said_on_the_solution(client: Client, shelf: Shelf) -> None:
    shown = words(client.get("/losninger/own/materiell/").text)
    assert "Dette mangler før en innføring" in shown
    missing = shown.split("Dette mangler", 1)[1].split("Kommunene må lage", 1)[0]
    assert "DPIA" in missing
    assert "Eksempel på arbeidsprosess" in missing
    assert "ROS" not in missing
    assert "Hemmelig utkast" not in shown

    for kind in (MaterialKind.DPIA, MaterialKind.BENEFITS, MaterialKind.WORK_PROCESS):
        add(shelf.solution, kind.value, Edition(language=BOKMAL, body="x"), kind=kind)
    shown = words(client.get("/losninger/own/materiell/").text)
    assert "Alt en innføring trenger av materiell, er lagt frem." in shown


# --- the cost of a page ---


@pytest.mark.parametrize(
    "address", ["/materiell/", "/materiell/?q=brev", "/losninger/own/materiell/"]
)
def test_a_list_costs_the_same_for_few_and_for_many(
    address: str, client: Client, shelf: Shelf, sign_in: SignIn
) -> None:
    sign_in(Role.MUNICIPAL_COORDINATOR)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    client.get(address)
    before = cost()
    for number in range(20):
        add(shelf.solution, f"Brev {number}", Edition(language=BOKMAL, body="brev om noe"))
    client.get(address)

    assert cost() == before


def test_the_page_of_an_item_costs_the_same_for_one_version_and_for_five(
    client: Client, shelf: Shelf
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/materiell/ros-mal/")
        return len(queries)

    client.get("/materiell/ros-mal/")
    before = cost()
    for number in range(1, 5):
        publish(
            shelf.template, RowText(key="r1", section="", heading=f"Rad {number}"), number=number
        )
    assert cost() == before


def test_the_list_reads_neither_files_nor_their_words(client: Client, shelf: Shelf) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.get("/materiell/")
    for query in queries.captured_queries:
        assert "files_filecontent" not in query["sql"]
        assert '"words"' not in query["sql"]
