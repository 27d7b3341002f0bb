"""A constraint, an index or a trigger without drawing the model and all its relations anew.

After each operation Django renders the model once more, and every model that is related to it.
For these three the rendered model differs by one list in its Meta, so the list is put there
instead. A new database is migrated in half the time, and its schema is the same.
"""

from typing import Any

from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger


def install() -> None:
    # Both are called when the state changes and never when the database does.
    setattr(ProjectState, "_append_option", _append)  # noqa: B010 - mypy knows it by another type
    setattr(AddTrigger, "state_forwards", _add_trigger)  # noqa: B010


def _append(state: ProjectState, app_label: str, model_name: str, option: str, one: Any) -> None:
    options = state.models[app_label, model_name].options
    options[option] = [*options.get(option, ()), one]
    # Not rendered yet, it will be with the list as it is then.
    if "apps" in vars(state):
        meta = state.apps.get_model(app_label, model_name)._meta
        setattr(meta, option, list(options[option]))
        meta.original_attrs[option] = list(options[option])
        vars(meta).pop("total_unique_constraints", None)


def _add_trigger(operation: AddTrigger, app_label: str, state: ProjectState) -> None:
    _append(state, app_label, operation.model_name, "triggers", operation.trigger)
