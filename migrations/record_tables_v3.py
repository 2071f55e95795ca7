"""An operation for record tables whose entries belong to their author. Databases depend on it: never change it.

    op.declare_entry_rule("offers", kept_by="AUTHOR", carried_on="response responded_on", released="")

A server then lets who recorded an entry, or a supervisor, change it, but for the columns by which others carry it on.
Without a rule the entries of a table are a team's. SQLite keeps nothing of it: there the program asks.
"""

from typing import Any

from alembic.operations import MigrateOperation, Operations
from sqlalchemy import text

UPSERT = text(
    "INSERT INTO ioms_private.entry_rule (table_name, kept_by, carried_on, released) "
    "VALUES (:name, :kept_by, string_to_array(:carried_on, ' '), string_to_array(:released, ' ')) "
    "ON CONFLICT (table_name) DO UPDATE SET kept_by = excluded.kept_by, carried_on = excluded.carried_on, "
    "released = excluded.released"
)


@Operations.register_operation("declare_entry_rule")
class EntryRules(MigrateOperation):
    """What migrations call as `op.declare_entry_rule`."""

    @classmethod
    def declare_entry_rule(
        cls,
        operations: Any,  # noqa: ANN401 - proxied by Alembic
        name: str,
        *,
        kept_by: str = "TEAM",
        carried_on: str = "",
        released: str = "",
    ) -> None:
        """Say whose the entries of a table are.

        Args:
            operations: Alembic's.
            name: The table.
            kept_by: `AUTHOR` or `TEAM`.
            carried_on: Columns of an author's entry that are the team's all the same, separated by spaces.
            released: Columns that are emptied when the record that they name is struck out, separated by spaces.
        """
        declare(operations, name, kept_by, carried_on, released)


def declare(operations: Operations, name: str, kept_by: str, carried_on: str, released: str) -> None:
    """See `EntryRules.declare_entry_rule`."""
    if operations.get_context().dialect.name == "postgresql":
        values = {"name": name, "kept_by": kept_by, "carried_on": carried_on, "released": released}
        operations.get_bind().execute(UPSERT, values)
