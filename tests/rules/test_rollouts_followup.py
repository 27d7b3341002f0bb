"""Messages to many, and what is said before an invitation."""

import pytest

from samlop.rollouts.rules import before, followup
from samlop.rollouts.rules.before import BeforeRefusal, Stance
from samlop.rollouts.rules.followup import FollowRefusal, MergeField


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Hei {kommune}, frist {svarfrist}.", ()),
        ("Hei {Kommune} { pulje }", ()),
        ("Hei {navn} og {rolle}, {navn}", ("navn", "rolle")),
        ("{}", ("",)),
        ("Uten felt", ()),
        ("En klamme { for seg", ()),
    ],
)
def test_unknown_fields_are_named(text: str, unknown: tuple[str, ...]) -> None:
    assert followup.unknown_fields(text) == unknown


def test_fields_are_filled_in_and_what_is_missing_is_a_dash() -> None:
    values = {MergeField.MUNICIPALITY: "Nyvik", MergeField.COHORT: ""}
    assert followup.merged("Hei {kommune} { Pulje } {svarfrist}", values) == "Hei Nyvik – –"


def test_a_value_is_never_read_as_a_field() -> None:
    values = {MergeField.MUNICIPALITY: "{svarfrist}", MergeField.ANSWER_BY: "1. juni"}
    assert followup.merged("{kommune}", values) == "{svarfrist}"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Ett.\r\n\r\nTo.\r\nMer.", ("Ett.", "To.\nMer.")),
        ("Ett.\n  \n\nTo.", ("Ett.", "To.")),
        (" \n\n ", ()),
    ],
)
def test_paragraphs_stand_between_blank_lines(text: str, parts: tuple[str, ...]) -> None:
    assert followup.paragraphs(text) == parts


@pytest.mark.parametrize(
    ("subject", "words", "refusal"),
    [
        ("Hei", "Til {kommune}", None),
        (" ", "Til {kommune}", FollowRefusal.NO_SUBJECT),
        ("Hei", "  ", FollowRefusal.NO_WORDS),
        ("Hei {hvem}", "Til {kommune}", FollowRefusal.UNKNOWN_FIELD),
        ("Hei", "Til {hvem}", FollowRefusal.UNKNOWN_FIELD),
    ],
)
def test_what_can_be_sent(subject: str, words: str, refusal: FollowRefusal | None) -> None:
    assert followup.refusal_to_write(subject=subject, words=words) is refusal


@pytest.mark.parametrize(
    ("stance", "reason", "text", "refusal"),
    [
        (Stance.INTERESTED, "", "", None),
        (Stance.FITS_BADLY, "economy", "", None),
        (Stance.FITS_BADLY, "", "Vi bytter journalsystem.", None),
        (Stance.FITS_BADLY, "", "  ", BeforeRefusal.NO_REASON),
    ],
)
def test_what_fits_badly_has_a_reason(
    stance: Stance, reason: str, text: str, refusal: BeforeRefusal | None
) -> None:
    assert before.refusal_to_state(stance, reason=reason, text=text) is refusal


@pytest.mark.parametrize(
    ("likely", "obstacle", "answered"),
    [("", "", False), ("maybe", "", True), ("", "vendor", True), ("no", "economy", True)],
)
def test_a_row_is_answered_by_either(likely: str, obstacle: str, answered: bool) -> None:
    assert before.is_answered(likely, obstacle) is answered
