"""Keys for systems: told once, revoked, and only for those who may import."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from samlop.accounts.rules import Role
from samlop.uptake.models import UsageSource, UsageToken
from samlop.uptake.rules.pushes import LONGEST_LIFE
from samlop.uptake.services import tokens
from tests import factories as make
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db

HERE = "/utbredelse/nokler/kjernejournal/"


def sent(**more: object) -> dict[str, object]:
    in_a_month = timezone.localdate() + timedelta(days=30)
    return {
        "name": "Måleverket",
        "source": "usage_log",
        "expires_on": in_a_month.isoformat(),
        **more,
    }


@pytest.fixture(autouse=True)
def programme(client: Client) -> None:
    make.solution(slug="kjernejournal", name="Kjernejournal")
    sign_in(client, Role.PROGRAMME)


def test_the_secret_is_shown_once_and_opens_the_api(client: Client) -> None:
    answer = client.post(HERE, sent())
    found = re.search(r"samlop_[\w-]{43}", answer.text)
    assert found
    assert answer.headers["Cache-Control"] == "no-store"
    now = timezone.now()
    token = tokens.opened_by(found[0], on=timezone.localdate(), at=now)
    assert token == UsageToken.objects.get()
    html = client.get(HERE).text
    assert found[0] not in html
    assert "Måleverket" in html


def test_a_revoked_key_stays_in_the_list_and_opens_nothing(client: Client) -> None:
    client.post(HERE, sent())
    token = UsageToken.objects.get()
    client.post(f"{HERE}{token.pk}/trekk/")
    html = client.get(HERE).text
    assert "Trukket" in html
    client.post(f"{HERE}{token.pk}/trekk/")
    assert "Nøkkelen er allerede trukket." in client.get(HERE).text


def test_a_name_is_used_once_while_its_key_is_valid_and_keeps_its_source(client: Client) -> None:
    client.post(HERE, sent())
    again = client.post(HERE, sent(name="MÅLEVERKET"))
    assert again.status_code == 422
    assert "samlop_" not in again.text.replace("samlop_…", "")
    client.post(f"{HERE}{UsageToken.objects.get().pk}/trekk/")
    assert client.post(HERE, sent()).status_code == 200
    assert UsageSource.objects.count() == 1
    assert UsageToken.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", " ", "Skriv hva systemet heter."),
        ("source", "municipality", "Velg et gyldig valg"),
        ("expires_on", "2020-01-01", "Velg en dag som ikke har vært."),
        (
            "expires_on",
            (timezone.now() + LONGEST_LIFE + timedelta(days=2)).date().isoformat(),
            "høyst to år",
        ),
    ],
)
def test_what_cannot_be_is_refused(client: Client, field: str, value: str, words: str) -> None:
    answer = client.post(HERE, sent(**{field: value}))
    assert answer.status_code == 422
    assert words in answer.text
    assert not UsageToken.objects.exists()


def test_only_those_who_may_import_see_the_keys(client: Client) -> None:
    make.solution(slug="digihelse")
    assert client.get("/utbredelse/nokler/digihelse/").status_code == 403
    sign_in(client, Role.COORDINATION_GROUP_MEMBER)
    assert client.get(HERE).status_code == 403
    assert client.post(HERE, sent()).status_code == 403
    assert Client().get(HERE).status_code == 302
