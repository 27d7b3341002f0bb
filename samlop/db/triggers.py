"""All triggers of an app in one step of a migration.

After each AddConstraint, AddField or AddTrigger Django draws the model and everything related to it
anew: most of the time that a new database took. In the first migration of an app all of them
therefore stand in CreateModel, and the triggers are put in the database together at the end.
"""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class PutTriggersInPlace(Operation):
    """The triggers of every model that the app has so far; none of them may be there already."""

    reduces_to_sql = True
    reversible = False

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The options of the models say it already."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for (app, _name), model in to_state.models.items():
            if app == app_label:
                for trigger in model.options.get("triggers", ()):
                    # Words of its own, with per cent signs: nothing is put into them.
                    schema_editor.execute(trigger.install_sql, params=None)

    def describe(self) -> str:
        return "Put the triggers in place"
