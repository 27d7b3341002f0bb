"""Who must prove herself twice, and when somebody has."""

import pytest

from samlop.accounts.rules import SCOPE_OF, Grant, Role, Scope
from samlop.accounts.rules.second_factor import NEEDS_SECOND_FACTOR, Proof, is_strong, usable


@pytest.mark.parametrize(
    ("methods", "strong"),
    [
        ([], False),
        (["code"], False),
        (["password"], False),
        (["totp"], False),
        (["code", "totp"], False),
        (["password", "code"], False),
        (["password", "totp"], True),
        (["code", "totp", "password"], True),
        (["password", "recovery_codes"], True),
        (["webauthn"], True),
        (["code", "webauthn"], True),
    ],
)
def test_what_counts_as_two(methods: list[str], strong: bool) -> None:
    assert is_strong(map(Proof, methods)) is strong


def test_every_national_role_needs_it_and_no_other() -> None:
    assert {role for role in Role if SCOPE_OF[role] is Scope.NATION} == NEEDS_SECOND_FACTOR


def test_other_roles_count_without() -> None:
    local = Grant(role=Role.MUNICIPAL_COORDINATOR, municipality=1)
    national = Grant(role=Role.ADMINISTRATOR)
    assert usable((local, national), strong=False) == (local,)
    assert usable((local, national), strong=True) == (local, national)
