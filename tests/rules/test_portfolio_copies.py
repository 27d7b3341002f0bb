"""What a version of a template changes, and what a municipality has still to take a stand on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samlop.portfolio.rules.copies import (
    CHOICES,
    FIELDS,
    AnswerField,
    BadAnswer,
    Changed,
    CopyRefusal,
    LocalState,
    RiskLevel,
    RowChangeKind,
    RowText,
    TemplateKind,
    changes,
    clean,
    paragraphs,
    risk,
    waiting,
)
from samlop.portfolio.texts import copies as texts

A = RowText(key="a", section="S", heading="Uten behov", body="En.\nTo.", suggestion="Hver måned.")
A2 = RowText(key="a", section="S", heading="Uten behov", body="En.\nTo.", suggestion="Hver uke.")
A_MOVED = RowText(
    key="a", section="T", heading="Uten behov", body="En.\nTo.", suggestion=A.suggestion
)
B = RowText(key="b", section="S", heading="Nede")
C = RowText(key="c", section="S", heading="Ny")

ADDED, CHANGED_ROW, REMOVED = RowChangeKind.ADDED, RowChangeKind.CHANGED, RowChangeKind.REMOVED


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ((), (), ()),
        ((A, B), (A, B), ()),
        ((A, B), (A2, B), (("a", CHANGED_ROW),)),
        ((A,), (A, C), (("c", ADDED),)),
        ((A, B), (A,), (("b", REMOVED),)),
        # A row may change place and part of the template freely.
        ((A, B), (B, A_MOVED), ()),
        ((A, B), (C, A2), (("c", ADDED), ("a", CHANGED_ROW), ("b", REMOVED))),
    ],
)
def test_what_a_version_changes(
    was: tuple[RowText, ...],
    now: tuple[RowText, ...],
    expected: tuple[tuple[str, RowChangeKind], ...],
) -> None:
    assert tuple((one.key, one.kind) for one in changes(was, now)) == expected


def said(was: str, now: str) -> list[str]:
    """«=same +new -gone», a paragraph a line."""
    sign = {Changed.SAME: "=", Changed.ADDED: "+", Changed.REMOVED: "-"}
    return [
        "|".join(f"{sign[run.changed]}{run.words.strip()}" for run in paragraph)
        for paragraph in paragraphs(was, now)
    ]


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ("", "", []),
        ("Likt.", "Likt.", []),
        ("", "Nytt.", ["+Nytt."]),
        ("Borte.", "", ["-Borte."]),
        ("En.\nTo.", "En.\nTo.\nTre.", ["=En.", "=To.", "+Tre."]),
        ("En.\nTo.\nTre.", "En.\nTre.", ["=En.", "-To.", "=Tre."]),
        (
            "Gå gjennom loggen hver måned.",
            "Gå gjennom loggen hver uke.",
            ["=Gå gjennom loggen hver|-måned|+uke|=."],
        ),
        # Two paragraphs with nothing in common are two, not confetti.
        (
            "Helt noe annet her.",
            "Papirrutine på vaktrommet",
            ["-Helt noe annet her.", "+Papirrutine på vaktrommet"],
        ),
        # Empty lines and spaces at the ends are no difference.
        ("En.\n\n  To. ", "En.\nTo.", []),
    ],
)
def test_the_difference_is_told_by_paragraph_and_word(
    was: str, now: str, expected: list[str]
) -> None:
    assert said(was, now) == expected


TEXT = st.text(alphabet="ab .\næø<", max_size=40)


@given(was=TEXT, now=TEXT)
def test_both_texts_can_be_read_out_of_the_difference(was: str, now: str) -> None:
    found = paragraphs(was, now)

    def read(without: Changed) -> list[str]:
        lines = (
            "".join(run.words for run in paragraph if run.changed is not without)
            for paragraph in found
        )
        return [line.strip() for line in lines if line.strip()]

    def tidy(text: str) -> list[str]:
        return [line.strip() for line in text.splitlines() if line.strip()]

    if found:
        assert [line.split() for line in read(Changed.REMOVED)] == [
            line.split() for line in tidy(now)
        ]
        assert [line.replace(" ", "") for line in read(Changed.ADDED)] == [
            line.replace(" ", "") for line in tidy(was)
        ]
    else:
        assert tidy(was) == tidy(now)


def local(
    key: str, shown: RowText | None, seen: RowText | None, *, hidden: bool = False
) -> LocalState:
    return LocalState(key=key, shown=shown, seen=seen, hidden=hidden)


@pytest.mark.parametrize(
    ("rows", "newest", "expected"),
    [
        # Nothing new.
        ([local("a", A, A)], [A], []),
        # Changed, and not looked at.
        ([local("a", A, A)], [A2], [("a", CHANGED_ROW)]),
        # Kept: asked no more.
        ([local("a", A, A2)], [A2], []),
        # Kept, and then the master went back to what the copy shows.
        ([local("a", A, A2)], [A], []),
        # Taken in.
        ([local("a", A2, A2)], [A2], []),
        # New, and not looked at.
        ([local("a", A, A)], [A, C], [("c", ADDED)]),
        # New and declined.
        ([local("a", A, A), local("c", C, C, hidden=True)], [A, C], []),
        # Declined, and changed since: asked again as something new.
        ([local("a", A, A), local("a2", None, None)], [A], []),
        ([local("a", A, A, hidden=True)], [A2], [("a", ADDED)]),
        # Taken out of the master.
        ([local("a", A, A), local("b", B, B)], [A], [("b", REMOVED)]),
        # Taken out and kept, or taken out here too.
        ([local("b", B, None)], [], []),
        ([local("b", B, None, hidden=True)], [], []),
        # Taken out, kept, and put back as it was.
        ([local("b", B, None)], [B], []),
        # The municipality's own.
        ([local("own-1", None, None)], [], []),
    ],
)
def test_what_waits_for_a_stand(
    rows: list[LocalState], newest: list[RowText], expected: list[tuple[str, RowChangeKind]]
) -> None:
    assert [(one.key, one.kind) for one in waiting(rows, newest)] == expected


@pytest.mark.parametrize(
    ("likelihood", "consequence", "expected"),
    [
        ("", "", None),
        ("3", "", None),
        ("1", "1", RiskLevel.LOW),
        ("1", "3", RiskLevel.LOW),
        ("1", "4", RiskLevel.MEDIUM),
        ("4", "1", RiskLevel.MEDIUM),
        ("2", "2", RiskLevel.MEDIUM),
        ("2", "4", RiskLevel.MEDIUM),
        ("3", "3", RiskLevel.HIGH),
        ("4", "4", RiskLevel.HIGH),
    ],
)
def test_likelihood_and_consequence_together(
    likelihood: str, consequence: str, expected: RiskLevel | None
) -> None:
    values = {AnswerField.LIKELIHOOD: likelihood, AnswerField.CONSEQUENCE: consequence}
    assert risk({field: value for field, value in values.items() if value}) is expected


def test_answers_are_tidied_and_those_of_other_templates_left_out() -> None:
    found = clean(TemplateKind.DPIA, {"answer": " Ja\r\nalltid ", "verdict": "", "likelihood": "3"})
    assert found == {AnswerField.ANSWER: "Ja\nalltid"}


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"verdict": "perfekt"}, CopyRefusal.UNKNOWN_CHOICE),
        ({"answer": "x" * 4001}, CopyRefusal.TOO_LONG),
    ],
)
def test_an_answer_that_cannot_be_kept(given: dict[str, str], refusal: CopyRefusal) -> None:
    with pytest.raises(BadAnswer) as refused:
        clean(TemplateKind.DPIA, given)
    assert refused.value.refusal is refusal


def test_every_template_asks_something_and_every_choice_has_words() -> None:
    assert set(FIELDS) == set(TemplateKind)
    for field, codes in CHOICES.items():
        assert set(texts.choice_words(field)) == set(codes)
