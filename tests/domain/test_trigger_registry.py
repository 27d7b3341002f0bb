"""Looking triggers up quickly answers what pgtrigger's own way does."""

import pgtrigger
import pytest
from pgtrigger.registry import _registry

from samlop.rollouts.models import Rollout


def test_every_name_is_the_one_that_the_trigger_gives() -> None:
    known = list(_registry.values())

    assert len(known) > 500
    assert _registry.pg_function_names == {trigger.get_pgid(model) for model, trigger in known}
    assert _registry.by_db_table == {
        (model._meta.db_table, trigger.name): trigger for model, trigger in known
    }


def test_a_name_that_is_taken_is_still_refused() -> None:
    model, trigger = next(pair for pair in _registry.values() if pair[0] is Rollout)
    other = pgtrigger.Protect(name=trigger.name, operation=pgtrigger.Truncate)

    with pytest.raises(KeyError, match="already used"):
        other.register(model)
