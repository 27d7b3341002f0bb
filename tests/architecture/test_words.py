"""Every code a person can meet has words."""

import pkgutil
from collections.abc import Mapping
from enum import StrEnum
from importlib import import_module

import pytest

from samlop.accounts import texts as accounts
from samlop.files import texts as files
from samlop.governance import texts as governance
from samlop.messages import texts as messages
from samlop.municipalities import texts as municipalities
from samlop.portfolio import texts as portfolio

MODULES = (
    accounts,
    files,
    messages,
    municipalities,
    *(
        import_module(f"{portfolio.__name__}.{found.name}")
        for found in pkgutil.iter_modules(portfolio.__path__)
    ),
)


def tables() -> list[tuple[str, Mapping[StrEnum, object]]]:
    return [
        (f"{module.__name__}.{name}", value)
        for module in (accounts, files, governance, messages, municipalities)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, Mapping)
    ]


@pytest.mark.parametrize(("name", "words"), tables(), ids=lambda value: str(value)[:60])
def test_every_member_of_the_enum_has_words(name: str, words: Mapping[StrEnum, object]) -> None:
    kind = type(next(iter(words)))
    assert set(words) == set(kind)
    assert all(str(text) for text in words.values())


def test_every_role_and_scope_has_words() -> None:
    """The tables above are found by type: make sure that the search finds them."""
    names = {name for name, _ in tables()}
    assert {"samlop.accounts.texts.ROLES", "samlop.municipalities.texts.REGION_KINDS"} <= names
