"""Several tables of one migration made together.

After each `CreateModel` Django renders every model anew that hangs together with the new one, and ours all do: of a
migration of ten tables that is ten times everything. Here it happens once, when the first table is made::

    operations = create_together(migrations.CreateModel(...), migrations.CreateModel(...))
"""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.operations.models import CreateModel
from django.db.migrations.state import ProjectState


def create_together(*tables: CreateModel) -> list[Operation]:
    return [CreateTogether(tables)]


class CreateTogether(Operation):
    """What its `CreateModel`s do, in their order, on the state in which all of them exist."""

    reversible = True
    category = OperationCategory.ADDITION

    def __init__(self, tables: Sequence[CreateModel]) -> None:
        self.tables = list(tables)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__name__, [], {"tables": self.tables})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        if "apps" in state.__dict__:  # rendered: they are again when they are asked for, as in Django's own executor
            del state.apps
        for table in self.tables:
            table.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for table in self.tables:
            table.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for table in reversed(self.tables):
            table.database_backwards(app_label, schema_editor, from_state, to_state)

    def references_model(self, name: str, app_label: str) -> bool:
        return any(table.references_model(name, app_label) for table in self.tables)

    def describe(self) -> str:
        return f"Create models {', '.join(table.name for table in self.tables)}"
