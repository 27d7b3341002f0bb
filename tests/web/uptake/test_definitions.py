"""What the stages mean for a solution: everybody reads every version, the programme writes one."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from samlop.accounts.rules import Role
from samlop.portfolio.models import Offer
from samlop.uptake.models import StageDefinition
from samlop.uptake.rules.stages import Stage
from samlop.uptake.services import stages
from tests.web.uptake.conftest import BY, SignInAs

pytestmark = pytest.mark.django_db

HERE = "/losninger/kjernejournal/utbredelse/steg/"
EDIT = f"{HERE}aktiv-bruk/"


def define(offer: Offer, words: str, day: date, seen: int = 0) -> StageDefinition:
    return stages.define(
        solution=offer.solution,
        stage=Stage.ACTIVE_USE,
        words=words,
        valid_from=day,
        seen=seen,
        by=BY,
        at=datetime(2025, 1, 1, tzinfo=UTC),
    )


def test_everybody_reads_every_version(client: Client, offer: Offer) -> None:
    define(offer, "Ett oppslag i uka.", date(2024, 1, 1))
    define(offer, "Fem oppslag i uka.", date(2025, 1, 1), seen=1)
    define(offer, "Ti oppslag i uka.", date(2027, 1, 1), seen=2)

    html = client.get(HERE).text

    assert "Fem oppslag i uka." in html
    assert "1 tidligere versjon" in html
    assert "Fra 1. januar 2027:" in html
    assert "Ny versjon" not in html


def test_the_programme_writes_the_next_version(
    client: Client, offer: Offer, sign_in: SignInAs
) -> None:
    define(offer, "Ett oppslag i uka.", date(2024, 1, 1))
    sign_in(Role.PROGRAMME, solution_slug="kjernejournal")
    assert EDIT in client.get(HERE).text
    assert "Ett oppslag i uka." in client.get(EDIT).text

    sent = {"words": "Fem i uka.", "source": "Møte", "valid_from": "2026-11-01", "seen": "1"}
    for _ in range(2):
        assert client.post(EDIT, sent).status_code == 302
    assert StageDefinition.objects.count() == 2

    refused = client.post(EDIT, sent | {"words": "Seks i uka."})
    assert refused.status_code == 422
    assert "Noen har lagret en ny versjon mens du skrev." in refused.text
    assert "Fem i uka." in refused.text
    assert 'name="seen" value="2"' in refused.text


def test_others_do_not(client: Client, offer: Offer, sign_in: SignInAs) -> None:
    sign_in()
    assert client.get(EDIT).status_code == 403
    assert client.get(f"{HERE}pameldt/").status_code == 404
    assert client.get(f"{HERE}finnes-ikke/").status_code == 404
