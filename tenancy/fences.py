"""Migration operations that raise the walls: row-level security, and links that cannot cross a place."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# COALESCE says nothing new but to the planner: what `@>` lets through it takes for one row in two hundred, and then sorts whole
# streets to show 25 of their tickets; this it takes for every second row (ADR 7).
POLICY = "COALESCE((SELECT NULLIF(current_setting('mulin.scope', true), '')::int8multirange) @> area, false)"
ALTER_POLICIES = """
DO $$ DECLARE found record; BEGIN
FOR found IN SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public' AND policyname = tablename || '_scope' LOOP
  EXECUTE format('ALTER POLICY %I ON %I USING (POLICY) WITH CHECK (POLICY)', found.policyname, found.tablename);
END LOOP; END $$
""".replace("POLICY)", POLICY.replace("'", "''") + ")")


class Fence(Operation):
    """Forced row-level security with exactly one policy for reading and writing, and `UNIQUE (id, area)` for links to it."""

    reversible = True

    def __init__(self, model: str) -> None:
        self.model = model

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The fence lives in the database only."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model)
        table, key = model._meta.db_table, model._meta.pk.column
        schema_editor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        schema_editor.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        schema_editor.execute(f'CREATE POLICY "{table}_scope" ON "{table}" USING ({POLICY}) WITH CHECK ({POLICY})')
        if key != "area":
            schema_editor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{key}_area" UNIQUE ("{key}", area)')

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        model = from_state.apps.get_model(app_label, self.model)
        table, key = model._meta.db_table, model._meta.pk.column
        if key != "area":
            schema_editor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_{key}_area"')
        schema_editor.execute(f'DROP POLICY "{table}_scope" ON "{table}"')
        schema_editor.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
        schema_editor.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')

    def describe(self) -> str:
        return f"Fence {self.model} by place"


class LinkWithinPlace(Operation):
    """A foreign key over `(column, area)`, so that a row can only point at a row of the same place.

    Plain foreign keys look past row-level security. `ON UPDATE CASCADE` lets a re-coded place carry its rows along.
    """

    reversible = True

    def __init__(self, model: str, field: str) -> None:
        self.model, self.field = model, field

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The link lives in the database only; the Django field has `db_constraint=False`."""

    def _names(self, app_label: str, state: ProjectState) -> tuple[str, str, str, str]:
        model = state.apps.get_model(app_label, self.model)
        field: Any = model._meta.get_field(self.field)
        target = field.related_model._meta
        return model._meta.db_table, field.column, target.db_table, target.pk.column

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        table, column, target, key = self._names(app_label, to_state)
        schema_editor.execute(
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{column}_place" FOREIGN KEY ("{column}", area) '
            f'REFERENCES "{target}" ("{key}", area) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED'
        )

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        table, column, _, _ = self._names(app_label, from_state)
        schema_editor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_{column}_place"')

    def describe(self) -> str:
        return f"Keep {self.model}.{self.field} within one place"
