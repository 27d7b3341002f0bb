"""pgtrigger's list of triggers, with the two questions it asks of itself answered at once.

It goes through all triggers for each one that is added. With hundreds (every table keeps its
history) that was a quarter of the loading of Django, in every process.
"""

from typing import Any, cast

from pgtrigger.registry import _Registry, _registry


class Registry(_Registry):
    """The same list, which remembers what is in use instead of collecting it anew."""

    in_tables: dict[tuple[str, str], Any]
    functions: set[str]

    @property
    def by_db_table(self) -> dict[tuple[str, str], Any]:
        return self.in_tables

    @property
    def pg_function_names(self) -> set[str]:
        return self.functions

    def collect(self) -> None:
        self.in_tables = super().by_db_table
        self.functions = super().pg_function_names

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)  # type: ignore[no-untyped-call]
        model, trigger = value
        self.in_tables[model._meta.db_table, trigger.name] = trigger
        self.functions.add(trigger.get_pgid(model))

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)  # type: ignore[no-untyped-call]
        self.collect()


def quicken() -> None:
    _registry.__class__ = Registry
    cast("Registry", _registry).collect()
