"""The frozen measurement: what is counted, and bytes that come out the same again."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from samlop.uptake.rules.ledger import (
    Definition,
    Head,
    LedgerBase,
    LedgerMeasure,
    Row,
    Share,
    checksum,
    document,
    read,
    read_shares,
    shares,
)
from samlop.uptake.rules.stages import Source, Stage

A, U = LedgerMeasure.MADE_AVAILABLE, LedgerMeasure.IN_USE
M, N, P = LedgerBase.MUNICIPALITIES, LedgerBase.INHABITANTS, LedgerBase.POSSIBLE

HEAD = Head(
    slug="kjernejournal",
    name="Kjernejournal",
    area="care",
    on=date(2026, 6, 1),
    known_at=datetime(2026, 6, 2, 10, 0, tzinfo=UTC),
)
DEFINITIONS = (
    Definition(
        stage=Stage.TECHNICALLY_INTRODUCED,
        version=1,
        words="Åpnet for minst én enhet.",
        source="",
        valid_from=date(2020, 1, 1),
    ),
    Definition(
        stage=Stage.IN_USE,
        version=2,
        words="Oppslag i fire uker.",
        source="Programmet",
        valid_from=date(2023, 1, 1),
    ),
)
# The worked example of docs/domain/uptake.md.
ROWS = (
    Row(
        number="0301",
        name="Oslo",
        inhabitants=700,
        possible=True,
        stage=Stage.ACTIVE_USE,
        since=date(2024, 1, 1),
        confirmed_by=frozenset({Source.MUNICIPALITY, Source.USAGE_LOG}),
    ),
    Row(
        number="1508",
        name="Ålesund",
        inhabitants=60,
        possible=True,
        stage=Stage.TECHNICALLY_INTRODUCED,
        since=date(2024, 1, 1),
        confirmed_by=frozenset({Source.VENDOR}),
        disagrees=True,
        remark="Vi venter på opplæring.",
    ),
    Row(number="1580", name="Haram", inhabitants=10, possible=True, awaits_reply=True),
    Row(number="5501", name="Tromsø", inhabitants=80, possible=False),
    Row(number="5601", name="Alta", inhabitants=None, possible=None),
)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            ROWS,
            (
                Share(A, M, 2, 5),
                Share(A, N, 760, 850),
                Share(A, P, 2, 3),
                Share(U, M, 1, 5),
                Share(U, N, 700, 850),
                Share(U, P, 1, 3),
            ),
        ),
        # Whoever has it shows that it is possible, whatever is said of the vendors.
        (
            (replace(ROWS[0], possible=False),),
            (
                Share(A, M, 1, 1),
                Share(A, N, 700, 700),
                Share(A, P, 1, 1),
                Share(U, M, 1, 1),
                Share(U, N, 700, 700),
                Share(U, P, 1, 1),
            ),
        ),
        # Having stopped is neither available nor in use.
        (
            (replace(ROWS[0], stage=Stage.STOPPED),),
            (
                Share(A, M, 0, 1),
                Share(A, N, 0, 700),
                Share(A, P, 0, 1),
                Share(U, M, 0, 1),
                Share(U, N, 0, 700),
                Share(U, P, 0, 1),
            ),
        ),
        ((), tuple(Share(measure, base, 0, 0) for measure in LedgerMeasure for base in LedgerBase)),
    ],
)
def test_shares_are_taken_of_municipalities_inhabitants_and_the_possible(
    rows: tuple[Row, ...], expected: tuple[Share, ...]
) -> None:
    assert shares(rows) == expected


@pytest.mark.parametrize(
    ("count", "of", "tenths"),
    [(2, 3, 666), (1, 1, 1000), (0, 5, 0), (0, 0, None), (9999, 10000, 999)],
)
def test_a_share_is_rounded_down(count: int, of: int, tenths: int | None) -> None:
    assert Share(A, M, count, of).tenths == tenths


def test_the_same_facts_in_another_order_give_the_same_bytes() -> None:
    content = document(HEAD, DEFINITIONS, ROWS)
    assert document(HEAD, DEFINITIONS[::-1], ROWS[::-1]) == content
    assert read_shares(content) == shares(ROWS)
    # Held, so that a change of format is made on purpose and with a new number.
    assert checksum(content) == "ee8c97c2c87b7fa9d593443b08614574210393ea9dfd7473dd36206375cf7a65"


def test_the_file_is_read_as_it_was_written() -> None:
    content = document(HEAD, DEFINITIONS, ROWS)
    found = read(content)
    assert (found.head, found.rows, found.shares) == (HEAD, ROWS, shares(ROWS))
    assert document(found.head, found.definitions, found.rows) == content
    assert (found.disagree, found.await_reply, found.vendors_unknown) == (1, 1, 1)
    assert found.sources[Source.MUNICIPALITY] == 1


@pytest.mark.parametrize(
    "changed",
    [
        document(replace(HEAD, on=date(2026, 6, 2)), DEFINITIONS, ROWS),
        document(HEAD, DEFINITIONS[:1], ROWS),
        document(HEAD, DEFINITIONS, ROWS[:-1]),
        document(HEAD, DEFINITIONS, (*ROWS[:-1], replace(ROWS[-1], remark="Nei."))),
    ],
)
def test_other_facts_give_other_bytes(changed: bytes) -> None:
    assert checksum(changed) != checksum(document(HEAD, DEFINITIONS, ROWS))


def test_the_file_says_what_it_counts_by_and_nothing_of_a_threshold() -> None:
    content = json.loads(document(HEAD, DEFINITIONS, ROWS))
    assert content["sources"] == {
        "municipality": 1,
        "programme": 0,
        "register": 0,
        "rollout": 0,
        "usage_log": 1,
        "vendor": 1,
    }
    assert (content["disagree"], content["await_reply"], content["vendors_unknown"]) == (1, 1, 1)
    assert content["municipalities"][1]["remark"] == "Vi venter på opplæring."
    assert not {"reached", "threshold"} & set(content)
