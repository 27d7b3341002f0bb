"""Files of figures through the pages: sent, understood, shown, taken in, and undone."""

import io
import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from python_calamine import CalamineWorkbook

from samlop.accounts.rules import PERMITS, Permission, Role
from samlop.db import progress
from samlop.portfolio.models import Solution
from samlop.uptake import tasks
from samlop.uptake.imports import usage as imports
from samlop.uptake.models import (
    ImportedFigure,
    Indicator,
    Observation,
    UsageImport,
    UsageSource,
)
from samlop.uptake.rules.figures import DecimalMark
from samlop.uptake.rules.imports import ImportState, progress_key
from samlop.uptake.rules.indicators import IndicatorKind, Rhythm
from samlop.uptake.rules.stages import Source
from samlop.uptake.services import indicators, usage
from samlop.web import uploads
from tests import factories as make
from tests.domain.uptake.test_usage import BY, messy, split
from tests.web.solutions.conftest import sign_in

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db

HERE = "/utbredelse/tall/"
UPLOAD = f"{HERE}last-opp/legemiddellista/"
COLUMNS = f"{UPLOAD}kolonner/"
AT = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.fixture
def solution() -> Solution:
    return make.solution(name="Legemiddellista", slug="legemiddellista")


def indicator(
    solution: Solution, name: str = "Oppslag", kind: IndicatorKind = IndicatorKind.COUNT
) -> Indicator:
    return indicators.add_indicator(
        solution=solution,
        name=name,
        unit="oppslag",
        kind=kind,
        rhythm=Rhythm.MONTH,
        definition="Oppslag gjort av helsepersonell i kommunen.",
        valid_from=date(2024, 1, 1),
        by=BY,
        at=AT,
    )


def source(solution: Solution, name: str = "Eksport") -> UsageSource:
    return indicators.add_source(
        solution=solution,
        name=name,
        source=Source.USAGE_LOG,
        mark=DecimalMark.EITHER,
        by=BY,
        at=AT,
    )


def csv_file(*rows: str, header: str = "Kommunenr;Måned;Oppslag") -> SimpleUploadedFile:
    return SimpleUploadedFile("tall.csv", "\n".join([header, *rows]).encode())


def send(client: Client, file: SimpleUploadedFile, **more: object) -> "Answer":
    form = {"source": "ny", "name": "Uttrekk fra loggen", "kind": "usage_log", "tallfil": file}
    return client.post(UPLOAD, form | more)


def words(response: "Answer") -> str:
    plain = re.sub(r"<[^>]+>", " ", response.text.split("<main", 1)[1])
    return " ".join(plain.replace("\N{NO-BREAK SPACE}", " ").split())


def sent(client: Client, file: SimpleUploadedFile, **more: object) -> UsageImport:
    """The import that was read; the answer led to it."""
    response = send(client, file, **more)
    assert response.status_code == 302, words(response)
    row = UsageImport.objects.order_by("-pk")[0]
    assert response.headers["Location"] == f"{HERE}{row.pk}/"
    return row


def address(row: UsageImport, action: str = "") -> str:
    return f"{HERE}{row.pk}/{action}"


def jobs(row: UsageImport, task: str = "take_in") -> int:
    """How many times the worker is asked to take it in, or to undo it."""
    return ProcrastinateJob.objects.filter(
        task_name=f"samlop.uptake.tasks.{task}", args__import_id=row.pk
    ).count()


def taken_in(client: Client, row: UsageImport) -> None:
    client.post(address(row, "ta-inn/"))
    usage.take_in(import_id=row.pk, at=timezone.now())


# --- who may ---


@pytest.mark.parametrize("role", Role)
def test_who_brings_figures(role: Role, client: Client, solution: Solution) -> None:
    make.municipality(number="9001")
    indicator(solution)
    sign_in(client, role)
    may = Permission.IMPORT_USAGE in PERMITS[role]
    assert client.get(HERE).status_code == (200 if may else 403)
    assert client.get(UPLOAD).status_code == (200 if may else 403)
    response = send(client, csv_file("9001;2024-05;12"))
    assert response.status_code == (302 if may else 403)
    assert UsageImport.objects.exists() is may


def test_visitors_are_asked_to_log_in(client: Client, solution: Solution) -> None:
    assert client.get(HERE).status_code == client.get(UPLOAD).status_code == 302


def test_the_programme_of_another_solution_sees_nothing(client: Client, solution: Solution) -> None:
    make.municipality(number="9001")
    indicator(solution)
    sign_in(client, Role.PORTFOLIO_OWNER)
    row = sent(client, csv_file("9001;2024-05;12"))
    make.solution(name="Annen", slug="annen")
    sign_in(client, Role.PROGRAMME, solution="annen")
    assert "tall.csv" not in client.get(HERE).text
    assert client.get(UPLOAD).status_code == 403
    assert client.get(address(row)).status_code == 403
    assert client.get(address(row), {"format": "csv"}).status_code == 403
    for action in ("ta-inn/", "forkast/", "angre/"):
        assert client.post(address(row, action)).status_code == 403
    row.refresh_from_db()
    assert row.state == ImportState.READ.value


# --- from a file to figures ---


def test_a_file_is_read_shown_taken_in_and_undone(client: Client, solution: Solution) -> None:
    place = make.municipality(number="9001", name="Evje")
    indicator(solution)
    sign_in(client, Role.PROGRAMME)
    row = sent(client, csv_file("9001;2024-05;1 234,5", "9001;2024-06;"))

    page = words(client.get(address(row)))
    assert "Lest, ikke tatt inn" in page
    assert "Ingenting teller ennå." in page
    assert "Ta inn 1 tall" in page
    assert "Evje mai 2024 Oppslag 1 234,5" in page
    assert "3 Oppslag Det står ikke noe tall her." in page
    assert not Observation.objects.exists()

    client.post(address(row, "ta-inn/"))
    page = words(client.get(address(row)))
    assert "Importen venter på tur." in page
    assert "Se om den er ferdig" in page
    assert jobs(row) == 1

    usage.take_in(import_id=row.pk, at=timezone.now())
    page = words(client.get(address(row)))
    assert "Tatt inn" in page
    assert "Ta inn 1 tall" not in page
    assert Observation.objects.known_at(None).get().municipality == place

    assert "Tallene fra denne fila slutter å gjelde." in words(client.get(address(row, "angre/")))
    for _click in range(2):
        client.post(address(row, "angre/"))
    page = words(client.get(address(row)))
    assert "I kø for å bli angret" in page
    assert "Ingen av tallene er angret ennå." in page
    assert jobs(row, "undo") == 1
    assert Observation.objects.known_at(None).count() == 1

    usage.undo(import_id=row.pk, at=timezone.now())
    page = words(client.get(address(row)))
    assert "Angret" in page
    assert "venter på tur" not in page
    assert not Observation.objects.known_at(None).exists()


def test_a_second_click_puts_nothing_more_on_the_queue(client: Client, solution: Solution) -> None:
    make.municipality(number="9001")
    indicator(solution)
    sign_in(client, Role.PROGRAMME)
    row = sent(client, csv_file("9001;2024-05;12"))
    for _click in range(2):
        client.post(address(row, "ta-inn/"))
    assert jobs(row) == 1
    usage.take_in(import_id=row.pk, at=timezone.now())
    client.post(address(row, "ta-inn/"))
    assert jobs(row) == 1
    assert Observation.objects.count() == 1


def test_what_is_undone_or_dropped_already_says_so(client: Client, solution: Solution) -> None:
    make.municipality(number="9001")
    indicator(solution)
    sign_in(client, Role.PROGRAMME)
    row = sent(client, csv_file("9001;2024-05;12"))
    page = words(client.post(address(row, "forkast/"), follow=True))
    assert "Fila er forkastet. Ingen tall er endret." in page
    for action in ("forkast/", "ta-inn/"):
        page = words(client.post(address(row, action), follow=True))
        assert "Importen venter ikke på svar lenger." in page
    response = client.post(address(row, "angre/"))
    assert response.status_code == 422
    assert "ikke tatt inn" in words(response)
    assert client.get(address(row, "angre/")).status_code == 302
    assert not ImportedFigure.objects.exists()


def test_the_same_file_again_is_recognised(client: Client, solution: Solution) -> None:
    make.municipality(number="9001")
    indicator(solution)
    sign_in(client, Role.PROGRAMME)
    first = sent(client, csv_file("9001;2024-05;12"))
    taken_in(client, first)
    known = UsageSource.objects.get()
    again = sent(client, csv_file("9001;2024-05;12"), source=str(known.pk))
    page = words(client.get(address(again)))
    assert "Den samme fila ble også lest" in page
    assert "1 Likt det som står" in page or "Likt det som står 1" in page
    assert "Dette blir endret" not in page


def test_a_correction_shows_what_stood(client: Client, solution: Solution) -> None:
    make.municipality(number="9001", name="Evje")
    indicator(solution)
    sign_in(client, Role.PROGRAMME)
    taken_in(client, sent(client, csv_file("9001;2024-05;12")))
    known = str(UsageSource.objects.get().pk)
    row = sent(client, csv_file("9001;2024-04;11", "9001;2024-05;13"), source=known)
    page = words(client.get(address(row)))
    # The correction first, though it stands further down in the file.
    assert "3 Evje mai 2024 Oppslag 12 13 2 Evje april 2024 Oppslag 11" in page


# --- a large file ---


def large(client: Client, file: SimpleUploadedFile, monkeypatch: pytest.MonkeyPatch) -> UsageImport:
    monkeypatch.setattr(imports, "SMALL", 10)
    row = sent(client, file)
    assert jobs(row, "read") == 1
    return row


def test_a_large_file_is_read_by_the_worker(
    client: Client, solution: Solution, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.municipality(number="9001")
    indicator(solution)
    sign_in(client, Role.PROGRAMME)
    row = large(client, csv_file("9001;2024-05;12"), monkeypatch)

    page = words(client.get(address(row)))
    assert "Mottatt, ikke lest ennå Fila er mottatt, og venter på å bli lest." in page
    assert "Se om den er ferdig" in page
    assert "Nye tall" not in page
    assert (
        "tall.csv Legemiddellista, Uttrekk fra loggen Legemiddellista Mottatt, ikke lest ennå"
        in words(client.get(HERE))
    )
    block = client.get(address(row), headers={"HX-Request": "true"})
    assert "venter på å bli lest" in block.text
    assert "<html" not in block.text

    tasks.read(import_id=row.pk)
    done = client.get(address(row), headers={"HX-Request": "true"})
    assert (done.status_code, done.headers["HX-Refresh"]) == (204, "true")
    assert "Ta inn 1 tall" in words(client.get(address(row)))
    assert not row.parts.exists()


def test_a_large_file_may_be_dropped_before_it_is_read(
    client: Client, solution: Solution, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.municipality(number="9001")
    indicator(solution)
    sign_in(client, Role.PROGRAMME)
    row = large(client, csv_file("9001;2024-05;12"), monkeypatch)
    for action in ("ta-inn/", "angre/"):
        client.post(address(row, action))
    page = words(client.post(address(row, "forkast/"), follow=True))
    assert "Fila er forkastet. Ingen tall er endret." in page
    assert "Nye tall" not in page
    assert not row.parts.exists()
    tasks.read(import_id=row.pk)
    row.refresh_from_db()
    assert (row.state, row.read) == (ImportState.DROPPED.value, 0)


def test_a_large_file_that_cannot_be_read_says_why(
    client: Client, solution: Solution, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.municipality(number="9001")
    indicator(solution)
    sign_in(client, Role.PROGRAMME)
    rows = [f"9001;2024-05;{number}" for number in range(50)]
    row = large(client, csv_file(*rows, '9001;2024-05;"1'), monkeypatch)
    tasks.read(import_id=row.pk)
    page = words(client.get(address(row)))
    assert "Rad 52 kan ikke leses; et anførselstegn mangler. Ingen tall er endret." in page
    assert "Nye tall" not in page
    assert not row.parts.exists()
    assert not ImportedFigure.objects.exists()
    assert "Kunne ikke leses" in words(client.get(HERE, {"tilstand": "failed"}))


# --- the columns ---


def test_columns_are_chosen_once_and_the_file_comes_along(
    client: Client, solution: Solution
) -> None:
    make.municipality(number="9001", name="Evje")
    indicator(solution)
    sign_in(client, Role.PROGRAMME)
    unknown = "Sted;Når;Gjort"
    response = send(client, csv_file("9001;2024-05;12", header=unknown))
    assert response.status_code == 200
    page = words(response)
    assert "Hva står i kolonnene?" in page
    assert "Sted 9001" in page
    assert not UsageImport.objects.exists()

    token = re.search(r'name="medbrakt" value="([^"]+)"', response.text)
    assert token is not None
    known = UsageSource.objects.get()
    chosen = {
        "kilde": known.pk,
        "medbrakt": token[1],
        "mark": "comma",
        "k0": "kommune",
        "k1": "periode",
        "k2": "tall:oppslag",
    }
    wrong = client.post(COLUMNS, chosen | {"k1": "kommune"})
    assert wrong.status_code == 422
    assert "Velg hvilken kolonne perioden står i." in words(wrong)
    assert "To kolonner kan ikke være det samme." in words(wrong)

    response = client.post(COLUMNS, chosen)
    assert response.status_code == 302
    row = UsageImport.objects.get()
    assert (row.good, row.refused, row.file_name) == (1, 0, "tall.csv")
    known.refresh_from_db()
    assert (known.municipality_column, known.value_columns) == ("Sted", {"Gjort": "oppslag"})

    sent(client, csv_file("9001;2024-06;14", header=unknown), source=str(known.pk))


def test_a_column_that_is_gone_leads_to_choosing_anew(client: Client, solution: Solution) -> None:
    make.municipality(number="9001")
    indicator(solution)
    sign_in(client, Role.PROGRAMME)
    sent(client, csv_file("9001;2024-05;12"))
    known = str(UsageSource.objects.get().pk)
    response = send(client, csv_file("9001;2024-05;12", header="Knr;Måned;Oppslag"), source=known)
    assert response.status_code == 200
    assert "Fila har ingen kolonne som heter «Kommunenr»." in words(response)


def test_the_name_of_the_indicator_may_stand_in_each_row(
    client: Client, solution: Solution
) -> None:
    make.municipality(number="9001")
    indicator(solution)
    indicator(solution, "Brukere", IndicatorKind.PEOPLE)
    sign_in(client, Role.PROGRAMME)
    file = csv_file("9001;2024-05;Oppslag;12", "9001;2024-05;Brukere;3", header="Sted;Når;Hva;Sum")
    response = send(client, file)
    token = re.search(r'name="medbrakt" value="([^"]+)"', response.text)
    assert token is not None
    form = {
        "kilde": UsageSource.objects.get().pk,
        "medbrakt": token[1],
        "mark": "either",
        "k0": "kommune",
        "k1": "periode",
        "k2": "indikator",
    }
    assert "må også tallet for den ha sin kolonne" in words(client.post(COLUMNS, form))
    assert client.post(COLUMNS, form | {"k3": "tall"}).status_code == 302
    row = UsageImport.objects.get()
    assert (row.good, row.refused) == (2, 0)
    page = words(client.get(address(row)))
    assert "Brukere færre enn 5" in page


def test_a_file_carried_by_somebody_else_is_not_opened(client: Client, solution: Solution) -> None:
    indicator(solution)
    known = source(solution)
    sign_in(client, Role.PROGRAMME)
    response = client.post(COLUMNS, {"kilde": known.pk, "medbrakt": "tull", "mark": "either"})
    assert response.status_code == 422
    assert "Velg filen på nytt." in words(response)
    assert client.post(COLUMNS, {"kilde": "x"}).status_code == 404


def test_a_large_file_is_chosen_again_with_its_columns(
    client: Client, solution: Solution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("samlop.web.usage.loading.MOST_CARRIED", 10)
    make.municipality(number="9001")
    indicator(solution)
    sign_in(client, Role.PROGRAMME)
    unknown = "Sted;Når;Gjort"
    response = send(client, csv_file("9001;2024-05;12", header=unknown))
    assert "Fila er for stor til å bæres med." in words(response)
    assert "medbrakt" not in response.text
    form = {
        "kilde": UsageSource.objects.get().pk,
        "mark": "comma",
        "k0": "kommune",
        "k1": "periode",
        "k2": "tall:oppslag",
    }
    assert client.post(COLUMNS, form).status_code == 422
    again = csv_file("9001;2024-05;12", header=unknown)
    assert client.post(COLUMNS, {**form, "tallfil": again}).status_code == 302
    assert UsageImport.objects.get().good == 1


# --- what is refused ---


def test_a_messy_workbook_is_mapped_and_what_is_refused_is_named(
    client: Client, solution: Solution
) -> None:
    split()
    indicator(solution)
    sign_in(client, Role.PROGRAMME)
    response = send(client, SimpleUploadedFile("rot.xlsx", messy()))
    page = words(response)
    assert "Nr. 301 · 1201 · 1507" in page
    token = re.search(r'name="medbrakt" value="([^"]+)"', response.text)
    assert token is not None
    form = {
        "kilde": UsageSource.objects.get().pk,
        "medbrakt": token[1],
        "mark": "either",
        "k0": "kommune",
        "k2": "periode",
        "k3": "tall:oppslag",
    }
    assert client.post(COLUMNS, form).status_code == 302
    row = UsageImport.objects.get()
    assert (row.file_name, row.good, row.refused) == ("rot.xlsx", 6, 5)
    page = words(client.get(address(row)))
    for line in (
        "7 Nr. 1507 Kommunen var delt i perioden",
        "9 Oppslag Det står ikke noe tall her.",
        "11 Samme tall står lenger oppe i fila.",
        "13 Nr. 1508 Kommunen fantes ikke ennå i perioden.",
        "14 Nr. Hele landet Dette er en sum, ikke en kommune.",
    ):
        assert line in page
    answer = client.get(address(row), {"format": "xlsx"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    rows = book.get_sheet_by_index(0).to_python()
    assert [one[0] for one in rows[1:]] == [7, 9, 11, 13, 14]
    taken_in(client, row)
    assert Observation.objects.known_at(None).count() == 6


def test_few_people_are_not_shown_with_what_is_refused(client: Client, solution: Solution) -> None:
    make.municipality(number="9001")
    indicator(solution, "Brukere", IndicatorKind.PEOPLE)
    sign_in(client, Role.PROGRAMME)
    row = sent(client, csv_file("9001;2024-05;3 stk", header="Kommunenr;Måned;Brukere"))
    page = words(client.get(address(row)))
    assert "3 stk" not in page
    assert "Ingen av tallene kan tas inn" in page
    answer = client.get(address(row), {"format": "csv"})
    assert "Dette er ikke et tall." in answer.text
    assert "3 stk" not in answer.text


@pytest.mark.parametrize(
    ("content", "words_"),
    [
        (b"", "Filen er tom."),
        (b"bare tekst", "Vi fant ingen overskrift"),
        (b"PK\x03\x04 ikke en zip", "Fila kan ikke leses som regneark."),
    ],
)
def test_a_file_that_cannot_be_read_leaves_nothing(
    content: bytes, words_: str, client: Client, solution: Solution
) -> None:
    indicator(solution)
    sign_in(client, Role.PROGRAMME)
    response = send(client, SimpleUploadedFile("tall.csv", content))
    assert response.status_code == 422
    assert words_ in words(response)
    assert not UsageSource.objects.exists()


def test_what_is_missing_is_said(client: Client, solution: Solution) -> None:
    sign_in(client, Role.PROGRAMME)
    assert "Løsningen har ingen indikator ennå" in words(client.get(UPLOAD))
    indicator(solution)
    response = client.post(UPLOAD, {"source": "ny"})
    assert response.status_code == 422
    assert "Skriv hva den nye kilden heter." in words(response)
    assert "Velg en fil." in words(response)
    source(solution, "Uttrekk fra loggen")
    response = send(client, csv_file("9001;2024-05;12"))
    assert "Løsningen har allerede noe med dette navnet." in words(response)


def test_too_large_a_file_is_not_read(
    client: Client, solution: Solution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_OF_FIGURES", 100)
    indicator(solution)
    sign_in(client, Role.PROGRAMME)
    response = send(client, csv_file(*["9001;2024-05;12"] * 100))
    assert response.status_code == 422
    assert "større enn 200 MB" in words(response)


def test_visitors_cannot_fill_the_disk() -> None:
    assert uploads.most_bytes("tallfil", signed_in=False) == uploads.MOST_BYTES
    assert uploads.most_bytes("tallfil", signed_in=True) == uploads.MOST_OF_FIGURES
    assert uploads.most_bytes("fil", signed_in=True) == uploads.MOST_BYTES


# --- while it is taken in ---


@pytest.mark.django_db(transaction=True)
def test_progress_is_told_while_nothing_is_there_yet(client: Client, solution: Solution) -> None:
    make.municipality(number="9001")
    indicator(solution)
    sign_in(client, Role.PROGRAMME)
    row = sent(client, csv_file("9001;2024-05;12"))
    client.post(address(row, "ta-inn/"))
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            told = f"{progress_key(row.pk)} 300/1000"
            cursor.execute("select set_config('application_name', %s, false)", [told])
        assert progress.of(progress_key(row.pk)) == progress.Progress(300, 1000)
        block = client.get(address(row), headers={"HX-Request": "true"})
    finally:
        other.close()
    assert 'value="300"' in block.text
    assert "Ingen av dem gjelder før alle er inne." in block.text
    assert "<html" not in block.text

    usage.take_in(import_id=row.pk, at=timezone.now())
    assert progress.of(progress_key(row.pk)) is None
    done = client.get(address(row), headers={"HX-Request": "true"})
    assert (done.status_code, done.headers["HX-Refresh"]) == (204, "true")


# --- the list ---


def test_the_list_tells_the_fate_of_each(client: Client, solution: Solution) -> None:
    make.municipality(number="9001")
    indicator(solution)
    sign_in(client, Role.PROGRAMME)
    assert "Ingen filer er lest ennå" in words(client.get(HERE))
    row = sent(client, csv_file("9001;2024-05;12", "9001;2024-06;x"))
    page = words(client.get(HERE))
    assert (
        "tall.csv Legemiddellista, Uttrekk fra loggen Legemiddellista Lest, ikke tatt inn 1 1"
        in page
    )
    taken_in(client, row)
    assert "tall.csv" in words(client.get(HERE, {"tilstand": "applied"}))
    assert "Ingen importer passer" in words(client.get(HERE, {"tilstand": "undone"}))


def test_the_pages_ask_the_same_however_many(client: Client, solution: Solution) -> None:
    make.municipality(number="9001")
    indicator(solution)
    sign_in(client, Role.PORTFOLIO_OWNER)
    row = sent(client, csv_file("9001;2024-05;12", "9001;2024-06;x"))

    def asked(where: str) -> int:
        client.get(where)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(where)
        return len(queries)

    few = asked(HERE), asked(address(row))
    known = str(UsageSource.objects.get().pk)
    more = [f"9001;20{year}-{month:02};{year}" for year in (23, 24) for month in range(1, 13)]
    row = sent(client, csv_file(*more, "9001;2023-13;1", "9002;2024-01;1"), source=known)
    assert (asked(HERE), asked(address(row))) == few
