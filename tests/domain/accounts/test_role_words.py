"""A list may call a role what the pages call it, in both written forms."""

import pytest
from django.utils import translation

from samlop.accounts import texts
from samlop.accounts.rules import Role, writing

IN_LISTS = (
    Role.MUNICIPAL_COORDINATOR,
    Role.DECISION_MAKER,
    Role.PROJECT_LEADER,
    Role.CONTACT_PERSON,
    Role.ROLLOUT_LEADER,
    Role.NETWORK_RESOURCE,
)


@pytest.mark.parametrize("language", ["nb", "nn"])
@pytest.mark.parametrize("role", IN_LISTS)
def test_a_role_is_known_by_the_name_the_pages_give_it(role: Role, language: str) -> None:
    with translation.override(language):
        words = str(texts.ROLES[role])

    found = writing.role(words)

    assert found is not None
    assert found.role is role
