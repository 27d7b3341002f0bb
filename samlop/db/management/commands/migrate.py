"""`migrate`, which makes a new database in a quarter of the time.

Django draws every related model anew for each model that a migration adds, and nearly all of
ours are related: the work grows with the square of their number and was most of a first start.
A database that has something in it already is migrated by Django's own rules.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ModelState, ProjectState


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        if MigrationRecorder(connections[options["database"]]).has_table():
            super().handle(*args, **options)
        else:
            with drawing_only_what_is_new():
                super().handle(*args, **options)


@contextmanager
def drawing_only_what_is_new() -> Iterator[None]:
    """While this lasts, a model that is added leaves the drawn models that stand as they are.

    They do not learn who points to them. A migration that adds a table reads only its own
    side; one that changes a table draws what is related, by the states and not by the models.
    """
    plain = ProjectState.add_model

    def add_model(self: ProjectState, model_state: ModelState) -> None:
        drawn = self.__dict__.pop("apps", None)
        plain(self, model_state)
        if drawn is not None:
            self.__dict__["apps"] = drawn
            drawn.render_multiple([model_state])

    ProjectState.add_model = add_model  # type: ignore[method-assign]
    try:
        yield
    finally:
        ProjectState.add_model = plain  # type: ignore[method-assign]
