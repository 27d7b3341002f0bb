"""Figures from systems: who may send them, all or nothing, once for each key, and what is said."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from samlop.audit.models import Event
from samlop.lib.actors import Machine
from samlop.uptake.models import (
    Indicator,
    IndicatorPeriod,
    Observation,
    UsageImport,
    UsagePush,
    UsageToken,
)
from samlop.uptake.rules.indicators import IndicatorKind, Rhythm
from samlop.uptake.rules.pushes import MOST_FIGURES
from samlop.uptake.rules.stages import Source
from samlop.uptake.services import indicators, tokens, usage
from tests import factories as make

pytestmark = pytest.mark.django_db

# The test client's answers have what is sent in `content`.
Response = Any

HERE = "/api/v1/observasjoner/"
BY = Machine("tests")
SLUG = "kjernejournal"
GOOD = [
    {"indikator": "oppslag", "kommune": "9001", "periode": "2024-05", "verdi": 12},
    {"indikator": "oppslag", "kommune": 9002, "periode": "mai 2024", "verdi": "1234.5"},
]


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def measured(kind: IndicatorKind = IndicatorKind.COUNT) -> Indicator:
    for number in ("9001", "9002"):
        make.municipality(number=number)
    return indicators.add_indicator(
        solution=make.solution(slug=SLUG),
        name="Oppslag",
        unit="oppslag",
        kind=kind,
        rhythm=Rhythm.MONTH,
        definition="Oppslag gjort av helsepersonell i kommunen.",
        valid_from=date(2024, 1, 1),
        by=BY,
        at=timezone.now(),
    )


def issued(indicator: Indicator, *, days: int = 30) -> tuple[UsageToken, str]:
    today = timezone.localdate()
    return tokens.issue(
        solution=indicator.solution,
        name="Måleverket",
        source=Source.USAGE_LOG,
        expires_on=today + timedelta(days=days),
        by=BY,
        on=today,
        at=timezone.now(),
    )


def send(
    client: Client, secret: str, figures: object, *, key: str = "a-1", slug: str = SLUG
) -> Response:
    return send_body(client, secret, {"losning": slug, "tall": figures}, key=key)


def send_body(client: Client, secret: str, body: object, *, key: str = "a-1") -> Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(
        HERE,
        content,
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": key},
    )


def said(answer: Response) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(answer.content)
    return found


def refused(answer: Response) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert said(answer)["status"] == answer.status_code
    return answer.status_code, said(answer)["kode"]


def test_what_a_system_sends_counts_at_once(client: Client) -> None:
    indicator = measured()
    token, secret = issued(indicator)

    answer = send(client, secret, GOOD)

    assert answer.status_code == 201
    row = UsageImport.objects.get()
    assert said(answer) == {"import": row.pk, "nye": 2, "rettet": 0, "uendret": 0}
    assert row.source == token.source
    values = Observation.objects.known_at(None).values_list("value", flat=True)
    assert set(values) == {Decimal(12), Decimal("1234.5")}
    assert IndicatorPeriod.objects.get().total == Decimal("1246.5")
    assert Event.objects.get(code="uptake.import.pushed").actor_label == "Måleverket"
    token.refresh_from_db()
    assert token.last_used_at is not None


def test_the_same_request_again_gets_the_same_answer_and_does_nothing(client: Client) -> None:
    _, secret = issued(measured())
    first = send(client, secret, GOOD)
    rows = list(Observation.objects.values())

    again = send(client, secret, GOOD)

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert list(Observation.objects.values()) == rows
    assert UsageImport.objects.count() == 1


def test_a_key_that_was_used_for_something_else_is_refused(client: Client) -> None:
    _, secret = issued(measured())
    send(client, secret, GOOD)
    assert refused(send(client, secret, GOOD[:1])) == (409, "key_used")
    assert send(client, secret, GOOD[:1], key="a-2").status_code == 201


def test_two_systems_may_use_the_same_key(client: Client) -> None:
    indicator = measured()
    _, secret = issued(indicator)
    send(client, secret, GOOD)
    other, other_secret = tokens.issue(
        solution=indicator.solution,
        name="Et annet",
        source=Source.REGISTER,
        expires_on=timezone.localdate(),
        by=BY,
        on=timezone.localdate(),
        at=timezone.now(),
    )
    answer = send(client, other_secret, [{**GOOD[0], "verdi": 13}])
    assert said(answer)["rettet"] == 1
    assert UsagePush.objects.filter(key="a-1").count() == 2
    assert other.source.name == "Et annet"


def test_one_wrong_figure_and_none_is_taken_in(client: Client) -> None:
    _, secret = issued(measured())
    wrong = [
        *GOOD,
        {"indikator": "oppslag", "kommune": "9999", "periode": "2024-05", "verdi": 1},
        {"indikator": "opslag", "kommune": "9001", "periode": "2024-06", "verdi": 1},
        {"indikator": "oppslag", "kommune": "9001", "periode": "2024-13", "verdi": 1},
        {"indikator": "oppslag", "kommune": "9001", "periode": "2024-05", "verdi": 13},
        {"indikator": "oppslag", "kommune": "9001", "periode": "2024-07", "verdi": -1},
    ]

    answer = send(client, secret, wrong)

    assert refused(answer) == (422, "bad_figures")
    assert {(one["nr"], one["kode"]) for one in said(answer)["feil"]} == {
        (1, "contradicted"),
        (3, "unknown_municipality"),
        (4, "unknown_indicator"),
        (5, "not_a_period"),
        (6, "contradicted"),
        (7, "negative"),
    }
    for model in (Observation, UsageImport, UsagePush, IndicatorPeriod):
        assert not model.objects.exists()
    assert send(client, secret, GOOD).status_code == 201  # the key is not spent


def test_fewer_than_five_people_are_neither_kept_nor_told(client: Client) -> None:
    _, secret = issued(measured(IndicatorKind.PEOPLE))
    assert send(client, secret, [{**GOOD[0], "verdi": 3}]).status_code == 201
    one = Observation.objects.get()
    assert (one.value, one.suppressed) == (None, True)
    answer = send(client, secret, [{**GOOD[0], "verdi": "3 stk"}], key="b")
    assert [wrong["sto"] for wrong in said(answer)["feil"]] == [""]


def test_an_undone_import_answers_as_before_and_stays_undone(client: Client, now: datetime) -> None:
    _, secret = issued(measured())
    first = send(client, secret, GOOD)
    row = UsageImport.objects.get()
    usage.ask_to_undo(usage_import=row, by=BY, at=now)
    usage.undo(import_id=row.pk, at=now)
    assert send(client, secret, GOOD).content == first.content
    assert not Observation.objects.known_at(None).exists()


@pytest.mark.parametrize(
    ("written", "answered"),
    [
        ("1.5e3", 201),
        ("15000e-1", 201),
        ("1e11", 201),
        ("1e12", "too_large"),
        ("1e99", "too_large"),
        ("1e999999", "power_of_ten"),
        ("1e-999999", "power_of_ten"),
        ("1e" + "9" * 5_000, "power_of_ten"),
        ("1." + "0" * 5_000, 201),
        ("0." + "9" * 5_000 + "e99", "power_of_ten"),
        ("9" * 5_000, "not_json"),
        ("-1e999999", "power_of_ten"),
    ],
)
def test_a_number_with_a_power_of_ten_is_written_out_or_refused(
    client: Client, written: str, answered: int | str
) -> None:
    _, secret = issued(measured())
    figure = json.dumps({"losning": "kjernejournal", "tall": [{**GOOD[0], "verdi": 0}]})
    answer = send_body(client, secret, figure.replace('"verdi": 0', f'"verdi": {written}').encode())
    if isinstance(answered, int):
        assert answer.status_code == answered
    elif answered == "not_json":
        assert refused(answer) == (400, "not_json")
    else:
        assert refused(answer) == (422, "bad_figures")
        assert said(answer)["feil"][0]["kode"] == answered
    assert len(answer.content) < 10_000


@pytest.mark.parametrize("header", ["", "Basic abc", "Bearer", "Bearer samlop_feil", "samlop_x"])
def test_without_a_valid_key_nothing_is_read(client: Client, header: str) -> None:
    measured()
    answer = client.post(
        HERE,
        b"{",
        content_type="application/json",
        headers={"Authorization": header, "Idempotency-Key": "a"},
    )
    assert refused(answer) == (401, "no_token")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_key_and_one_that_has_expired_open_nothing(client: Client, now: datetime) -> None:
    indicator = measured()
    token, secret = issued(indicator)
    tokens.revoke(token=token, by=BY, at=timezone.now())
    assert refused(send(client, secret, GOOD)) == (401, "no_token")
    token, secret = issued(indicator, days=0)
    assert send(client, secret, GOOD).status_code == 201
    UsageToken.objects.filter(pk=token.pk).update(
        expires_on=timezone.localdate() - timedelta(days=1)
    )
    assert refused(send(client, secret, GOOD)) == (401, "no_token")


def test_a_signed_in_browser_opens_nothing(client: Client) -> None:
    measured()
    client.force_login(make.person())
    answer = client.post(HERE, b"{}", content_type="application/json")
    assert refused(answer) == (401, "no_token")


def test_a_key_is_of_one_solution(client: Client) -> None:
    _, secret = issued(measured())
    make.solution(slug="digihelse")
    assert refused(send(client, secret, GOOD, slug="digihelse")) == (403, "other_solution")
    assert refused(send(client, secret, GOOD, slug="finnes-ikke")) == (404, "unknown_solution")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"{", (400, "not_json")),
        (b"\xff\xfe", (400, "not_json")),
        (b"[" * 100_000, (400, "not_json")),
        (b'{"losning": "kjernejournal", "tall": NaN}', (400, "not_json")),
        ([], (422, "not_as_described")),
        ({"tall": GOOD}, (422, "not_as_described")),
        ({"losning": SLUG, "tall": "alt"}, (422, "not_as_described")),
        ({"losning": 3, "tall": GOOD}, (422, "not_as_described")),
        ({"losning": SLUG, "tall": [1]}, (422, "not_as_described")),
        ({"losning": SLUG, "tall": [{**GOOD[0], "mer": 1}]}, (422, "not_as_described")),
        ({"losning": SLUG, "tall": [{**GOOD[0], "verdi": None}]}, (422, "not_as_described")),
        ({"losning": SLUG, "tall": [{**GOOD[0], "verdi": True}]}, (422, "not_as_described")),
        ({"losning": SLUG, "tall": [{**GOOD[0], "verdi": [3]}]}, (422, "not_as_described")),
        ({"losning": SLUG, "tall": []}, (422, "no_figures")),
        ({"losning": SLUG, "tall": [{}] * (MOST_FIGURES + 1)}, (413, "too_many_figures")),
    ],
)
def test_what_is_not_as_described_is_refused(
    client: Client, body: object, expected: tuple[int, str]
) -> None:
    _, secret = issued(measured())
    assert refused(send_body(client, secret, body)) == expected
    assert not UsageImport.objects.exists()


def test_too_much_is_refused_before_it_is_read(client: Client) -> None:
    _, secret = issued(measured())
    body = b" " * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    assert refused(send_body(client, secret, body)) == (413, "too_large")


@pytest.mark.parametrize("key", ["", "a b", "x" * 201, "æ"])
def test_every_request_needs_a_key_of_its_own(client: Client, key: str) -> None:
    _, secret = issued(measured())
    assert refused(send(client, secret, GOOD, key=key)) == (400, "no_idempotency_key")


def test_only_posting_is_possible(client: Client) -> None:
    answer = client.get(HERE)
    assert refused(answer) == (405, "bad_method")
    assert answer.headers["Allow"] == "POST"


def test_a_withdrawn_indicator_takes_no_figures(client: Client, now: datetime) -> None:
    indicator = measured()
    _, secret = issued(indicator)
    indicators.withdraw_indicator(indicator=indicator, reason="Telles om", by=BY, at=now)
    assert refused(send(client, secret, GOOD)) == (422, "no_indicator")
    indicators.restore_indicator(indicator=indicator, by=BY, at=now)
    assert send(client, secret, GOOD).status_code == 201


def test_more_figures_cost_no_more_queries(client: Client) -> None:
    _, secret = issued(measured())

    def count(key: str, figures: list[dict[str, object]]) -> int:
        with CaptureQueriesContext(connection) as found:
            assert send(client, secret, figures, key=key).status_code == 201
        return len(found)

    many = [{**GOOD[0], "periode": f"2024-{month:02}"} for month in range(1, 13)]
    few = count("a", [dict(GOOD[0])])
    assert count("b", many) == few


def test_the_secret_is_stored_nowhere() -> None:
    token, secret = issued(measured())
    assert secret not in {token.sha256, token.name}
    assert tokens.opened_by(secret, on=timezone.localdate(), at=timezone.now()) == token
    with connection.cursor() as cursor:
        cursor.execute("select string_agg(t::text, ' ') from uptake_usagetokenevent t")
        row = cursor.fetchone()
    assert row is not None
    assert token.sha256 not in row[0]
