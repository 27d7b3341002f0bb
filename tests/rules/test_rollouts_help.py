"""Asking for help, local roles, papers for meetings, and the days of a calendar."""

import io
from datetime import UTC, date, datetime

import pytest
from docx import Document
from pypdf import PdfReader

from samlop.lib import icalendar, paper
from samlop.lib.icalendar import Event
from samlop.lib.paper import Bullets, Facts, Heading, Paper, Table, Text
from samlop.municipalities.rules.capacity import LocalRole, SizeClass
from samlop.rollouts.rules import help as rules
from samlop.rollouts.rules import meetings
from samlop.rollouts.rules.help import HelpRefusal
from samlop.rollouts.rules.meetings import Audience, MeetingBlock, MeetingRefusal

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("what", "has_region", "refusal"),
    [
        ("Hvor finner vi malen?", True, None),
        ("  \n", True, HelpRefusal.SAYS_NOTHING),
        ("Hvor finner vi malen?", False, HelpRefusal.NO_REGION),
    ],
)
def test_a_question_says_something_to_somebody(
    what: str, has_region: bool, refusal: HelpRefusal | None
) -> None:
    assert rules.refusal_to_ask(what, has_region=has_region) is refusal


@pytest.mark.parametrize(
    ("text", "closed", "refusal"),
    [
        ("Her er den.", False, None),
        ("", False, HelpRefusal.SAYS_NOTHING),
        ("Her er den.", True, HelpRefusal.CLOSED),
    ],
)
def test_a_reply_says_something_while_the_question_is_open(
    text: str, closed: bool, refusal: HelpRefusal | None
) -> None:
    assert rules.refusal_to_reply(text, closed=closed) is refusal


@pytest.mark.parametrize(
    ("held", "leads"),
    [
        ({}, False),
        ({LocalRole.PROJECT_OWNER: 1}, False),
        ({LocalRole.PROJECT_OWNER: 1, LocalRole.COORDINATOR: 2}, False),
        ({LocalRole.PROJECT_OWNER: 1, LocalRole.COORDINATOR: 1}, True),
        ({LocalRole.IT: 1, LocalRole.COORDINATOR: 1}, False),
    ],
)
def test_one_person_who_both_owns_and_runs_is_noticed(
    held: dict[LocalRole, int], leads: bool
) -> None:
    assert rules.owner_leads(held) is leads


def test_a_small_municipality_is_shown_two_roles() -> None:
    assert rules.shown(SizeClass.UNDER_5000) == (LocalRole.PROJECT_OWNER, LocalRole.COORDINATOR)
    assert rules.shown(SizeClass.UNDER_20000) == tuple(LocalRole)


# --- papers for meetings ---


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        # Nobody: everybody has a place.
        ((0, 0, 0), (0, 0, 0)),
        ((12, 5, 0), (12, 5, 0)),
        # A small sum takes the smallest of the others with it, and is not told by the rest.
        ((12, 7, 2), (12, None, None)),
        ((12, 7, 2, 0), (12, None, None, None)),
        # Two small ones that would be one each by subtraction.
        ((12, 7, 1, 1), (12, None, None, None)),
        ((12, 3, 2), (12, None, None)),
        ((5, 4, 0), (None, None, None)),
        ((3, 1, 0), (None, None, None)),
        # All in one group: each of them would be told by name.
        ((12, 0, 0), (None, None, None)),
    ],
)
def test_a_meeting_is_told_no_small_sum_and_none_by_subtraction(
    sizes: tuple[int, ...], shown: tuple[int | None, ...]
) -> None:
    groups = {
        str(group): [f"Kommune {group}.{place}" for place in range(size)]
        for group, size in enumerate(sizes)
    }

    told = meetings.told_of(groups, Audience.MEETING)

    assert tuple(one.count for one in told.values()) == shown
    assert all(one.names == () for one in told.values())
    own = meetings.told_of(groups, Audience.OWN_USE)
    assert {key: list(one.names) for key, one in own.items()} == groups


@pytest.mark.parametrize(
    ("blocks", "own", "refusal"),
    [
        ([MeetingBlock.STATUS], "", None),
        ([], "En linje", None),
        ([], "  ", MeetingRefusal.NO_BLOCKS),
        ([MeetingBlock.STATUS], "1\n2\n3", None),
        ([MeetingBlock.STATUS], "1\n2\n\n3\n4", MeetingRefusal.TOO_MANY_LINES),
    ],
)
def test_a_paper_has_a_part_and_three_lines_at_most(
    blocks: list[MeetingBlock], own: str, refusal: MeetingRefusal | None
) -> None:
    assert meetings.refusal_of_paper(blocks, own) is refusal


# --- papers and calendars ---

PAPER = Paper(
    language="nb",
    title="Styringsgruppe 1. desember 2026",
    kicker="Digi Agder",
    foot="Laget i Samløp",
    blocks=(
        Heading("Status"),
        Text("Slik går det.\n\nOg slik."),
        Facts([("Kommuner", "25")]),
        Bullets(["Én #sak", "To *saker*"]),
        Heading("Tall", 3),
        Table(caption="Kommuner", headings=("Kommune", "Antall"), rows=[("Åmli", "3")]),
    ),
)


def test_a_paper_says_the_same_in_word_and_as_pdf() -> None:
    document = Document(io.BytesIO(paper.to_docx(PAPER)))
    word = "\n".join(one.text for one in document.paragraphs)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    pdf = PdfReader(io.BytesIO(paper.to_pdf(PAPER, at=AT).content))
    pages = " ".join(page.extract_text() for page in pdf.pages)

    for words in ("Styringsgruppe 1. desember 2026", "Slik går det.", "Én #sak"):
        assert words in word
        assert words in pages
    assert cells == ["Kommuner", "25", "Kommune", "Antall", "Åmli", "3"]
    assert "Åmli" in pages
    root = pdf.root_object
    assert root.raw_get("/MarkInfo").get_object() == {"/Marked": True, "/Suspects": False}
    assert str(root.raw_get("/Lang")).startswith("nb")
    levels = [one.style and one.style.name for one in document.paragraphs]
    assert [level for level in levels if level in ("Heading 2", "Heading 3")] == [
        "Heading 2",
        "Heading 3",
    ]


def test_a_calendar_tells_whole_days_in_lines_of_75_octets() -> None:
    made = icalendar.calendar(
        "Samløp: Åmli",
        [
            Event(
                uid="start-1@samlop",
                on=date(2027, 3, 1),
                until=date(2027, 3, 2),
                summary="Oppstart: " + "å" * 60 + "; første, andre\\",
                address="https://example.org/",
            )
        ],
        at=AT,
    )

    lines = made.decode().split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert all(len(line.encode()) <= 75 for line in lines)
    whole = made.decode().replace("\r\n ", "")
    assert "DTSTART;VALUE=DATE:20270301\r\n" in whole
    assert "DTEND;VALUE=DATE:20270303\r\n" in whole
    assert "å" * 60 + "\\; første\\, andre\\\\\r\n" in whole
    assert "DTSTAMP:20261122T090000Z" in whole
