"""Everything recorded on a municipality can be told on its page."""

import re
from pathlib import Path

import pytest

import samlop
from samlop.web.municipalities.happenings import INNER, OPEN

CODE = re.compile(r'change\(\s*"([a-z_.]+)"')
ROOT = Path(samlop.__file__).parent
# About regions, vendors, people and files: no municipality's history shows them.
ELSEWHERE = re.compile(
    r"municipalities\.(region|vendor|product|installation|boundaries|reference|codes|population)\."
    r"|accounts\.(person|people)\.|example\."
)


def recorded() -> set[str]:
    sources = [
        *ROOT.glob("municipalities/services/*.py"),
        *ROOT.glob("accounts/services.py"),
        *ROOT.glob("accounts/services/*.py"),
    ]
    return {code for source in sources for code in CODE.findall(source.read_text())}


@pytest.mark.parametrize("code", sorted(recorded()))
def test_what_is_recorded_on_a_municipality_has_a_sentence(code: str) -> None:
    assert (code in OPEN or code in INNER) is not bool(ELSEWHERE.match(code))


def test_every_sentence_can_be_made_without_details() -> None:
    for sentence in (*OPEN.values(), *INNER.values()):
        assert sentence({})
