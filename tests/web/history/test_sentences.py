"""Everything that is recorded anywhere can be told."""

import ast
from pathlib import Path

import pytest

import samlop
from samlop.web.history.differences import Difference, differences
from samlop.web.history.sentences import KINDS, SENTENCES, Audience, Kind, Sentence, sentence

ROOT = Path(samlop.__file__).parent


def written() -> dict[str, str]:
    """Every code that a `change(…)` in our code begins with, and the file it stands in."""
    found: dict[str, str] = {}
    for file in ROOT.rglob("*.py"):
        if "change(" not in (text := file.read_text(encoding="utf-8")):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and _named(node.func) == "change" and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found[first.value] = str(file.relative_to(ROOT))
    return found


def _named(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def test_the_search_finds_what_is_written() -> None:
    assert {
        "municipalities.capacity.changed",
        "accounts.membership.granted",
        "example.room.loaded",
    } <= set(written())


def test_every_code_that_is_written_has_words() -> None:
    assert {code: file for code, file in written().items() if code not in SENTENCES} == {}


def test_no_code_is_made_up_as_it_is_written() -> None:
    """A code put together from pieces would escape the test above."""
    pieced = [
        str(file.relative_to(ROOT))
        for file in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and _named(node.func) == "change"
        and any(keyword.arg == "by" for keyword in node.keywords)
        and not (node.args and isinstance(node.args[0], ast.Constant))
    ]
    assert pieced == []


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_sentence_can_be_made_without_details(code: str) -> None:
    words = sentence(code, {})
    assert words
    assert words[0].isupper() or not words[0].isalpha()
    assert "%(" not in words


def test_every_kind_has_words_and_is_used() -> None:
    assert set(KINDS) == set(Kind) == {one.kind for one in SENTENCES.values()}


def test_room_hours_and_load_are_inner_matters() -> None:
    def inner(one: Sentence) -> bool:
        return one.audience is Audience.INNER

    assert {
        code for code, one in SENTENCES.items() if one.kind is Kind.ROOM and not inner(one)
    } <= {"example.room.loaded"}


@pytest.mark.parametrize(
    ("code", "details", "subject", "words"),
    [
        (
            "municipalities.vendor_profile.set",
            {"service_area": "nursing_home", "product": "Gerica"},
            "",
            "Sykehjem: Gerica registrert",
        ),
        (
            "municipalities.membership.confirmed",
            {"region": "Digi Agder"},
            "",
            "Digi Agder: medlemskap bekreftet",
        ),
        (
            "municipalities.region.changed",
            {},
            "Digi Nord",
            "Digi Nord: opplysninger om regionen endret",
        ),
        (
            "accounts.membership.granted",
            {"role": "contact_person"},
            "",
            "Rollen «Kontaktperson e-helse» gitt",
        ),
        (
            "accounts.membership.taken_over",
            {"region": 7},
            "",
            "Regionen har tatt over en rolle ingen hadde",
        ),
    ],
)
def test_a_sentence(code: str, details: dict[str, object], subject: str, words: str) -> None:
    assert sentence(code, details, subject=subject) == words


@pytest.mark.parametrize(
    ("details", "lines"),
    [
        ({"room": {"2027-2": [None, "some"]}}, [("2. kvartal 2027", "ikke besvart", "Litt")]),
        (
            {"hours": {"2027-2": {"it": [40, None]}}},
            [("IT, 2. kvartal 2027", "40 timer", "anslaget")],
        ),
        ({"language_form": ["neutral", "nynorsk"]}, [("Målform", "Nøytral", "Nynorsk")]),
        ({"website": ["", "https://x.no"]}, [("Nettsted", "tomt", "https://x.no")]),
        ({"product": "Gerica", "instead_of": "CosDoc"}, [("System", "CosDoc", "Gerica")]),
        ({"ends_on": "2027-03-14"}, [("Slutter før", None, "14. mars 2027")]),
        ({"source_key": "rollouts:7", "title": "DHO"}, [("Gjelder", None, "DHO")]),
        ({"counties": 15, "title": "Mandat", "region_name": "Digi Agder"}, []),
    ],
)
def test_what_was_changed(
    details: dict[str, object], lines: list[tuple[str, str | None, str]]
) -> None:
    assert differences(details) == tuple(Difference(*line) for line in lines)
