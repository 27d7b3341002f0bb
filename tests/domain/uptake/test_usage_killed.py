"""A worker that is killed while it reads, takes in, or takes out again: all are there, or none."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection
from django.db.models import Count, Sum
from django.test import Client
from django.utils import timezone

from samlop.accounts.rules import Role
from samlop.db import progress
from samlop.uptake.imports import usage as imports
from samlop.uptake.models import ImportedFigure, IndicatorPeriod, Observation, UsageImport
from samlop.uptake.rules.figures import DecimalMark
from samlop.uptake.rules.imports import ImportState, progress_key, reading_key
from samlop.uptake.rules.indicators import IndicatorKind, Rhythm
from samlop.uptake.rules.stages import Source
from samlop.uptake.services import indicators, usage
from tests import factories as make
from tests.domain.uptake.test_usage import BY
from tests.web.solutions.conftest import sign_in

pytestmark = pytest.mark.django_db(transaction=True)

PLACES = 200
WEEKS = 500
FIRST = date(2017, 1, 2)


def file_of(folder: Path, names: list[str]) -> Path:
    path = folder / "tall.csv"
    weeks = [FIRST + timedelta(weeks=week) for week in range(WEEKS)]
    with path.open("w", encoding="utf-8") as file:
        file.write("Kommunenr;Uke;Indikator;Verdi\n")
        for name in names:
            for place in range(PLACES):
                file.writelines(f"{9001 + place};{week};{name};{place + 7}\n" for week in weeks)
    return path


def received(folder: Path, names: list[str]) -> UsageImport:
    solution = make.solution(slug="legemiddellista")
    for place in range(PLACES):
        make.municipality(number=f"{9001 + place}", valid_from=FIRST)
    for name in names:
        indicators.add_indicator(
            solution=solution,
            name=name,
            unit="oppslag",
            kind=IndicatorKind.COUNT,
            rhythm=Rhythm.WEEK,
            definition="Oppslag gjort i kommunen.",
            valid_from=FIRST,
            by=BY,
            at=timezone.now(),
        )
    source = indicators.add_source(
        solution=solution,
        name="Eksport",
        source=Source.USAGE_LOG,
        mark=DecimalMark.EITHER,
        by=BY,
        at=timezone.now(),
    )
    with file_of(folder, names).open("rb") as stream:
        made = imports.receive(
            source=source,
            stream=stream,
            file_name="tall.csv",
            queue=True,
            by=BY,
            at=timezone.now(),
        )
    assert isinstance(made, UsageImport)
    return made


@contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """A worker as the product starts it, on the tests' database."""
    url = urlsplit(os.environ["DATABASE_URL"])
    database = urlunsplit(url._replace(path=f"/{connection.settings_dict['NAME']}"))
    process = subprocess.Popen(
        [sys.executable, "-m", "django", "procrastinate", "worker", "--concurrency", "2"],
        env={**os.environ, "DATABASE_URL": database, "SAMLOP_EXAMPLE": "1"},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def killed(row: UsageImport, key: str, *, after: float) -> None:
    """By a signal nobody can catch, when a share of the figures is told to be in."""
    with worker() as process:
        deadline = time.monotonic() + 300
        while True:
            told = progress.of(key)
            if told is not None and told.done >= after * told.total:
                break
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.002)
    # What the database was told to do before is done, and found to have nobody to answer.
    while progress.of(key) is not None:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def all_or_nothing(client: Client, folder: Path, names: list[str], *, after: float) -> None:
    row = received(folder, names)
    figures = len(names) * PLACES * WEEKS
    sign_in(client, Role.PROGRAMME)
    address = f"/utbredelse/tall/{row.pk}/"
    assert "Fila er mottatt, og venter på å bli lest." in client.get(address).text

    killed(row, reading_key(row.pk), after=after)

    row.refresh_from_db()
    assert (row.state, row.attempts) == (ImportState.WAITING.value, 1)
    assert not ImportedFigure.objects.exists()
    assert "Fila er mottatt, og venter på å bli lest." in client.get(address).text

    imports.finish_waiting(on=timezone.localdate(), at=timezone.now() + timedelta(minutes=2))

    row.refresh_from_db()
    assert (row.state, row.good, row.refused) == (ImportState.READ.value, figures, 0)
    assert not row.parts.exists()
    client.post(f"{address}ta-inn/")

    killed(row, progress_key(row.pk), after=after)

    row.refresh_from_db()
    assert row.state == ImportState.QUEUED.value
    assert not Observation.objects.exists()
    assert not IndicatorPeriod.objects.exists()
    assert "Ingen av tallene er tatt inn ennå." in client.get(address).text

    client.post(f"{address}ta-inn/")
    usage.finish_waiting(at=timezone.now() + timedelta(minutes=2))

    assert 'data-color="success">Tatt inn<' in client.get(address).text
    before = Observation.objects.aggregate(count=Count("pk"), sum=Sum("value"))
    assert before["count"] == figures
    client.post(f"{address}ta-inn/")
    usage.take_in(import_id=row.pk, at=timezone.now())
    assert Observation.objects.aggregate(count=Count("pk"), sum=Sum("value")) == before
    kept = IndicatorPeriod.objects.aggregate(count=Sum("measured"), sum=Sum("total"))
    assert kept == before

    client.post(f"{address}angre/")
    killed(row, progress_key(row.pk), after=after)
    assert "Ingen av tallene er angret ennå." in client.get(address).text
    assert Observation.objects.known_at(None).count() == figures
    kept = IndicatorPeriod.objects.aggregate(count=Sum("measured"), sum=Sum("total"))
    assert kept == before

    client.post(f"{address}angre/")
    usage.finish_waiting(at=timezone.now() + timedelta(minutes=2))
    assert 'data-color="warning">Angret<' in client.get(address).text
    assert not Observation.objects.known_at(None).exists()
    assert not IndicatorPeriod.objects.exists()


def test_a_hundred_thousand_rows_are_all_there_or_none(client: Client, tmp_path: Path) -> None:
    all_or_nothing(client, tmp_path, ["Oppslag"], after=0)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("after", [0, 0.5, 0.9])
def test_a_million_rows_are_all_there_or_none(after: float, client: Client, tmp_path: Path) -> None:
    names = [f"Oppslag {number}" for number in range(10)]
    all_or_nothing(client, tmp_path, names, after=after)
