"""A large file of figures: sent, read by the worker while the page waits, and taken in."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.lib.actors import Machine
from samlop.uptake import tasks
from samlop.uptake.imports import usage as imports
from samlop.uptake.models import Observation, UsageImport
from samlop.uptake.rules.indicators import IndicatorKind, Rhythm
from samlop.uptake.services import indicators
from tests import factories as make
from tests.browser.conftest import OpenPage

Check = Callable[[Page], list[str]]
# The page looks every two seconds, and is then loaded anew.
SOON = 20_000


@pytest.fixture
def owner(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Person:
    """Who may load figures of the one solution; every file is a large one."""
    monkeypatch.setattr(imports, "SMALL", 0)
    make.municipality(number="9001", name="Evje")
    indicators.add_indicator(
        solution=make.solution(name="Kjernejournal", slug="kjernejournal"),
        name="Oppslag",
        unit="oppslag",
        kind=IndicatorKind.COUNT,
        rhythm=Rhythm.MONTH,
        definition="Oppslag gjort i kommunen.",
        valid_from=date(2024, 1, 1),
        by=Machine("tests"),
        at=timezone.now(),
    )
    person = Person.objects.create(name="Eier", email="eier@example.invalid")
    Membership.objects.create(
        person=person, role=Role.PORTFOLIO_OWNER.value, valid_from=make.SOME_DAY
    )
    return person


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without-javascript"])
def test_a_large_file_is_read_and_taken_in_while_the_page_waits(
    open_page: OpenPage,
    axe: Check,
    overflow: Check,
    owner: Person,
    tmp_path: Path,
    javascript: bool,
) -> None:
    file = tmp_path / "tall.csv"
    file.write_text("Kommunenr;Måned;Oppslag\n9001;2024-05;1200\n", encoding="utf-8")
    page = open_page("/utbredelse/tall/", width=320, javascript=javascript, person=owner)
    page.get_by_role("link", name="Kjernejournal").click()
    page.get_by_label("Hva kilden heter").fill("Uttrekk fra loggen")
    page.get_by_label("Fil med tall").set_input_files(file)
    page.get_by_role("button", name="Les fila").click()

    expect(page.get_by_text("Fila er mottatt, og venter på å bli lest.")).to_be_visible()
    assert overflow(page) == []
    row = UsageImport.objects.get()
    tasks.read(import_id=row.pk)
    look(page, javascript=javascript)
    expect(page.get_by_role("button", name="Ta inn 1 tall")).to_be_visible(timeout=SOON)
    assert overflow(page) == []
    if javascript:
        assert axe(page) == []

    page.get_by_role("button", name="Ta inn 1 tall").click()
    expect(page.get_by_text("Importen venter på tur.")).to_be_visible()
    tasks.take_in(import_id=row.pk)
    look(page, javascript=javascript)
    expect(page.get_by_role("link", name="Angre importen")).to_be_visible(timeout=SOON)
    assert Observation.objects.known_at(None).get().value == 1200


def look(page: Page, *, javascript: bool) -> None:
    """With JavaScript the page looks by itself."""
    if not javascript:
        page.get_by_role("link", name="Se om den er ferdig").click()
