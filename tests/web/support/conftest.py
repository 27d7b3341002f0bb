"""The world of the municipalities' pages, on a day when rollouts are under way."""

import pytest

from samlop.web import clock
from tests.rollout_making import DAY
from tests.web.municipalities.conftest import SignIn, World, sign_in, world

__all__ = ["SignIn", "World", "sign_in", "world"]


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: DAY)
