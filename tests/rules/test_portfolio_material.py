"""What a rollout needs of material, when to remind, and text that is safe to show."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samlop.municipalities.rules.kinds import LanguageForm
from samlop.portfolio.rules import rich_text
from samlop.portfolio.rules.material import (
    HIT_BEGINS,
    HIT_ENDS,
    NEEDED,
    MaterialKind,
    Piece,
    copies_by_version,
    in_order,
    is_due,
    is_link,
    missing,
    pieces,
    preferred,
    search_words,
    without_marks,
)
from samlop.portfolio.rules.rich_text import Block, Part, Span

BOKMAL, NYNORSK, NEUTRAL = LanguageForm.BOKMAL, LanguageForm.NYNORSK, LanguageForm.NEUTRAL


def test_a_rollout_needs_what_the_report_names() -> None:
    assert missing([], joint_process=False) == NEEDED
    have = [MaterialKind.ROS, MaterialKind.LEADERS, MaterialKind.TRAINING]
    assert missing(have, joint_process=False) == (
        MaterialKind.DPIA,
        MaterialKind.BENEFITS,
        MaterialKind.INFORMATION,
        MaterialKind.WORK_PROCESS,
    )
    assert missing(NEEDED, joint_process=False) == ()


def test_a_joint_process_needs_neither_ros_nor_dpia() -> None:
    assert MaterialKind.ROS not in missing([], joint_process=True)
    assert MaterialKind.WORK_PROCESS in missing([], joint_process=True)


@pytest.mark.parametrize(
    ("review_on", "on", "due"),
    [
        (None, date(2026, 3, 1), False),
        (date(2026, 3, 16), date(2026, 3, 1), False),
        (date(2026, 3, 15), date(2026, 3, 1), True),
        (date(2026, 2, 1), date(2026, 3, 1), True),
    ],
)
def test_whoever_keeps_an_item_is_told_two_weeks_before(
    review_on: date | None, on: date, due: bool
) -> None:
    assert is_due(review_on, on=on) is due


@pytest.mark.parametrize(
    ("said", "in_nynorsk", "shown"),
    [
        (BOKMAL, True, BOKMAL),
        (NYNORSK, False, NYNORSK),
        (NEUTRAL, True, NYNORSK),
        (NEUTRAL, False, BOKMAL),
    ],
)
def test_the_municipalitys_form_wins_over_the_pages(
    said: LanguageForm, in_nynorsk: bool, shown: LanguageForm
) -> None:
    assert preferred(said, page_in_nynorsk=in_nynorsk) is shown
    assert in_order([BOKMAL, NYNORSK], shown)[0] is shown


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("https://www.ks.no/x?y=1#z", True),
        ("http://example.org/a", True),
        ("https://example", False),
        ("javascript:alert(1)", False),
        ("https://x.no/<script>", False),
        ("https://x.no/a b", False),
        ('https://x.no/"', False),
        ("ftp://x.no/a", False),
        ("https://x.no/" + "a" * 500, False),
    ],
)
def test_only_pages_are_links(text: str, link: bool) -> None:
    assert is_link(text) is link


def test_a_search_is_its_words() -> None:
    assert search_words("ROS & DPIA: «kjernejournal»!") == ("ROS", "DPIA", "kjernejournal")
    assert search_words("' | :* (") == ()


@pytest.mark.parametrize(
    ("excerpt", "expected"),
    [
        ("uten treff", (Piece("uten treff"),)),
        (
            f"om {HIT_BEGINS}legemidler{HIT_ENDS} ved",
            (Piece("om "), Piece("legemidler", hit=True), Piece(" ved")),
        ),
        (f"{HIT_BEGINS}halv", (Piece("halv"),)),
        ("", ()),
    ],
)
def test_an_excerpt_is_split_at_its_marks(excerpt: str, expected: tuple[Piece, ...]) -> None:
    assert pieces(excerpt) == expected


@given(st.text())
def test_no_text_brings_marks_of_its_own(text: str) -> None:
    assert not any(piece.hit for piece in pieces(without_marks(text)))


def test_an_owner_sees_the_newest_version_also_when_nobody_is_on_it() -> None:
    assert copies_by_version([1, 1, 2], 3) == ((3, 0), (2, 1), (1, 2))
    assert copies_by_version([], 1) == ((1, 0),)


# --- rich text ---


def p(*spans: Span) -> Part:
    return Part(Block.PARAGRAPH, (spans,))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("En\nlinje", (p(Span("En linje")),)),
        ("En\n\nto", (p(Span("En")), p(Span("to")))),
        ("## Hva", (Part(Block.HEADING, ((Span("Hva"),),)),)),
        (
            "- a\n- b\n  mer",
            (Part(Block.LIST, ((Span("a"),), (Span("b"), Span(" "), Span("mer")))),),
        ),
        ("en **to** tre", (p(Span("en "), Span("to", bold=True), Span(" tre")),)),
        ("[KS](https://ks.no)", (p(Span("KS", address="https://ks.no")),)),
        # What is no page stays words.
        ("[x](javascript:alert(1))", (p(Span("[x](javascript:alert(1)"), Span(")")),)),
        ("<b>x</b>", (p(Span("<b>x</b>")),)),
        ("#", ()),
    ],
)
def test_marks_become_parts(text: str, expected: tuple[Part, ...]) -> None:
    assert rich_text.parsed(text) == expected


@given(st.text(alphabet="ab #-*[]()<>:/.\n\rhtps", max_size=200))
def test_any_text_is_a_text_and_every_link_a_page(text: str) -> None:
    for part in rich_text.parsed(text):
        for line in part.lines:
            for span in line:
                assert not span.address or is_link(span.address)
    assert isinstance(rich_text.plain(text), str)
