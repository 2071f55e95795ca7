"""An operation for record tables that name a second person. Databases depend on it: never change it.

    op.hide_records_of_unknown_people("associates", "other_person_ref")

On PostgreSQL nobody reads a record that names somebody they may not know of, nor its former versions. It needs the
function `may_be_named`. SQLite keeps nothing back.
"""

from typing import Any

from alembic.operations import MigrateOperation, Operations
from sqlalchemy import text

POLICY = text(
    "SELECT qual FROM pg_policies WHERE schemaname = 'public' AND tablename = :name AND policyname = 'opened'"
)
READERS = "ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator"


@Operations.register_operation("hide_records_of_unknown_people")
@Operations.register_operation("show_former_versions_of_unknown_people")
class HideUnknown(MigrateOperation):
    """What migrations call as `op.hide_records_of_unknown_people`."""

    @classmethod
    def hide_records_of_unknown_people(cls, operations: Any, name: str, column: str) -> None:  # noqa: ANN401 - proxied by Alembic
        """Leave the rows that name a person to those who may know of that person.

        Args:
            operations: Alembic's.
            name: The table, made by `create_record_table`.
            column: The column with the reference of the second person.
        """
        hide(operations, name, column)
        if operations.get_context().dialect.name == "postgresql":
            operations.execute(
                f"CREATE POLICY {name}_named ON former_version AS RESTRICTIVE FOR SELECT TO {READERS} "
                f"USING (table_name <> '{name}' OR may_be_named(data ->> '{column}'))"
            )

    @classmethod
    def show_former_versions_of_unknown_people(cls, operations: Any, name: str) -> None:  # noqa: ANN401 - as above
        """Undo what `hide_records_of_unknown_people` does beside the table itself."""
        if operations.get_context().dialect.name == "postgresql":
            operations.execute(f"DROP POLICY {name}_named ON former_version")


def hide(operations: Operations, name: str, column: str) -> None:
    """Change the policy by which a table is read; see `HideUnknown`."""
    if operations.get_context().dialect.name == "postgresql":
        opened = operations.get_bind().scalar(POLICY, {"name": name})
        operations.get_bind().exec_driver_sql(
            f"ALTER POLICY opened ON {name} USING ({opened} AND may_be_named({column}))".replace("%", "%%")
        )
