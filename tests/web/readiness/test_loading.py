"""A vendor's own rows by workbook: out, in, what is shown, and all or nothing."""

import io
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from samlop.accounts.rules import Role
from samlop.audit.models import Event
from samlop.lib import csvio, sheets
from samlop.portfolio.models import Offer, ReadinessEvent
from samlop.portfolio.rules.readiness import Readiness
from samlop.portfolio.texts import readiness as texts
from samlop.portfolio.texts.readiness import CONFIRMED, KEY, REASON, RELEASE_ON, STATE, VERSION
from tests import factories as make
from tests.web.readiness.conftest import SignIn, Stage, soon, today
from tests.web.readiness.test_rows import hidden

pytestmark = pytest.mark.django_db

Cells = dict[str, csvio.Cell]


def downloaded(client: Client, stage: Stage) -> list[Cells]:
    """The rows of the vendor's own workbook, as a spreadsheet shows them."""
    response = client.get(f"{stage.own}?format=xlsx")
    assert response.headers["Content-Type"] == csvio.XLSX_TYPE
    header, *rows = sheets.read(response.content)[0]
    return [dict(zip(header.cells, row.cells, strict=False)) for row in rows]


def workbook(rows: list[Cells], titles: tuple[str, ...] = texts.COLUMNS) -> bytes:
    file = io.BytesIO()
    csvio.write_xlsx(
        file,
        sheet="Status",
        columns=[csvio.Column(title) for title in titles],
        rows=[[row.get(title) for title in titles] for row in rows],
    )
    return file.getvalue()


def send(client: Client, stage: Stage, content: bytes, name: str = "rader.xlsx") -> Any:
    return client.post(f"{stage.own}last-opp/", {"file": SimpleUploadedFile(name, content)})


def row(stage: Stage, **more: csvio.Cell) -> Cells:
    return {KEY: stage.key, STATE: "Planlagt", RELEASE_ON: soon(), **more}


@pytest.fixture
def vendor(sign_in: SignIn) -> None:
    sign_in(Role.VENDOR)


def test_what_goes_out_comes_in_as_no_change(client: Client, stage: Stage, vendor: None) -> None:
    (first,) = downloaded(client, stage)
    assert first[STATE] == "Planlagt"
    assert first["Produkt"] == "Journalen"

    answer = send(client, stage, workbook([first]))

    assert answer.status_code == 200
    assert "Ingen endringer" in answer.text


def test_a_slip_is_shown_with_whom_it_reaches_and_then_saved(
    client: Client, stage: Stage, vendor: None
) -> None:
    other = make.product(vendor=stage.vendor, name="Akson")
    make.readiness(
        offer=stage.home, product=other, release_on=soon(), told_on=today() - timedelta(days=40)
    )
    rows = downloaded(client, stage)
    by_name: Mapping[csvio.Cell, Cells] = {one["Produkt"]: one for one in rows}
    by_name["Journalen"] |= {RELEASE_ON: soon(100), REASON: "Mer test"}
    by_name["Akson"][CONFIRMED] = "ja"

    preview = send(client, stage, workbook(rows))

    assert "2 kommuner bruker produktet" in preview.text
    assert "Arendal" in preview.text
    assert "Lagre 2 rader" in preview.text
    assert ReadinessEvent.objects.count() == 2

    done = client.post(f"{stage.own}last-opp/lagre/", hidden(preview.text), follow=True)

    assert "Radene er lagret. Takk!" in done.text
    moved = ReadinessEvent.objects.filter(product=stage.product).latest("pk")
    assert (moved.release_on, moved.reason, moved.told_by) == (soon(100), "Mer test", "vendor")
    codes = set(Event.objects.values_list("code", flat=True))
    assert {"portfolio.readiness.stated", "portfolio.readiness.confirmed"} <= codes


def test_what_has_come_to_reach_others_is_shown_again(
    client: Client, stage: Stage, vendor: None
) -> None:
    cells: Cells = {RELEASE_ON: soon(99), REASON: "Test"}
    preview = send(client, stage, workbook([row(stage, **cells)]))
    make.use(municipality=make.municipality(name="Nykommune"), product=stage.product)

    answer = client.post(f"{stage.own}last-opp/lagre/", hidden(preview.text))

    assert answer.status_code == 409
    assert "Nykommune" in answer.text
    assert ReadinessEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({STATE: "Snart"}, "Statusen er ukjent."),
        ({RELEASE_ON: "til høsten"}, "Skriv datoen slik"),
        ({RELEASE_ON: ""}, "Skriv datoen."),
        ({STATE: "Sluppet"}, "Datoen er ikke kommet ennå."),
        ({STATE: "Sluppet", RELEASE_ON: "2024-01-01"}, "Skriv hvilken versjon"),
        ({STATE: "Ikke planlagt"}, "Det som ikke er planlagt"),
        ({RELEASE_ON: "2031-01-01"}, "Skriv hvorfor."),
        ({KEY: "1-2-3"}, "Nøkkelen hører ikke til noen av radene deres."),
        ({KEY: ""}, "Nøkkelen hører ikke til noen av radene deres."),
    ],
)
def test_a_row_that_is_wrong_is_told_of_and_nothing_is_saved(
    client: Client, stage: Stage, vendor: None, cells: Cells, sentence: str
) -> None:
    other = make.product(vendor=stage.vendor)
    said = make.readiness(
        offer=stage.home, product=other, release_on=soon(), told_on=today() - timedelta(days=40)
    )
    good = row(stage, **{KEY: f"{stage.home.pk}-{other.pk}-{said.pk}", CONFIRMED: "ja"})

    answer = send(client, stage, workbook([good, row(stage, **cells)]))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert '<td class="numeric">3</td>' in answer.text
    assert ReadinessEvent.objects.count() == 2


def test_a_row_that_has_changed_since_the_file_was_made(
    client: Client, stage: Stage, vendor: None
) -> None:
    make.readiness(offer=stage.home, product=stage.product, release_on=soon(5), told_on=today())
    answer = send(client, stage, workbook([row(stage, **{CONFIRMED: "ja"})]))
    assert answer.status_code == 422
    assert "Journalen er endret etter at filen ble lastet ned." in answer.text


def test_the_same_row_twice_and_rows_of_others(client: Client, stage: Stage, vendor: None) -> None:
    twice = send(client, stage, workbook([row(stage), row(stage, **{STATE: "I test"})]))
    assert "Raden står flere ganger i filen." in twice.text
    theirs = make.product()
    said = make.readiness(offer=stage.home, product=theirs)
    key = f"{stage.home.pk}-{theirs.pk}-{said.pk}"
    other = send(client, stage, workbook([row(stage, **{KEY: key, CONFIRMED: "ja"})]))
    assert "Nøkkelen hører ikke til noen av radene deres." in other.text
    assert ReadinessEvent.objects.count() == 2


def test_states_are_read_in_every_language(client: Client, stage: Stage, vendor: None) -> None:
    with translation.override("en"):
        words = str(texts.READINESS[Readiness.IN_TEST])
    answer = send(client, stage, workbook([row(stage, **{STATE: words})]))
    assert "Lagre 1 rad" in answer.text


def test_version_and_date_as_a_spreadsheet_writes_them(
    client: Client, stage: Stage, vendor: None
) -> None:
    cells: Cells = {STATE: "sluppet", VERSION: 7.2, RELEASE_ON: today()}
    preview = send(client, stage, workbook([row(stage, **cells)]))
    client.post(f"{stage.own}last-opp/lagre/", hidden(preview.text))
    saved = ReadinessEvent.objects.latest("pk")
    assert (saved.state, saved.version, saved.release_on) == ("released", "7.2", today())


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04tull", "Filen kan ikke leses som regneark."),
        (b"\0\1\2", "Filen er ikke tekst"),
        (b"Produkt;Status\nJournalen;Planlagt\n", "Kolonnen mangler."),
        (";".join(texts.COLUMNS).encode(), "Filen har ingen rader"),
    ],
)
def test_a_file_that_is_none(
    client: Client, stage: Stage, vendor: None, content: bytes, sentence: str
) -> None:
    answer = send(client, stage, content)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_no_file_and_a_lost_preview(client: Client, stage: Stage, vendor: None) -> None:
    assert "Velg en fil." in client.post(f"{stage.own}last-opp/", {}).text
    lost = client.post(f"{stage.own}last-opp/lagre/", {"forhandsvisning": "tull"}, follow=True)
    assert "Forhåndsvisningen er for gammel." in lost.text


@pytest.mark.parametrize("role", list(Role))
def test_only_the_vendors_people_load(
    client: Client, stage: Stage, sign_in: SignIn, role: Role
) -> None:
    sign_in(role)
    expected = 200 if role is Role.VENDOR else 403
    assert client.get(f"{stage.own}last-opp/").status_code == expected
    assert Offer.objects.count() == 2
