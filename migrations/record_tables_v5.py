"""An operation for record tables: what was not opened is not changed. Databases depend on it: never change it.

    op.change_only_what_is_opened("vehicles")

PostgreSQL does not hold an UPDATE to the policy for reading if it has neither WHERE nor RETURNING. With this, whoever
writes over a record has opened whose it is, which is on record. It repeats the policy for reading as it stands, so it
comes after whatever changes that. SQLite keeps nothing back.
"""

from typing import Any

from alembic.operations import MigrateOperation, Operations
from sqlalchemy import text

POLICY = text(
    "SELECT qual FROM pg_policies WHERE schemaname = 'public' AND tablename = :name AND policyname = 'opened'"
)
READERS = "ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator"


@Operations.register_operation("change_only_what_is_opened")
@Operations.register_operation("change_what_is_not_opened")
class ChangeOnlyWhatIsOpened(MigrateOperation):
    """What migrations call as `op.change_only_what_is_opened`."""

    @classmethod
    def change_only_what_is_opened(cls, operations: Any, name: str) -> None:  # noqa: ANN401 - proxied by Alembic
        """Hold changes of a table to what a user has opened, before and after."""
        hold(operations, name)

    @classmethod
    def change_what_is_not_opened(cls, operations: Any, name: str) -> None:  # noqa: ANN401 - as above
        """Undo `change_only_what_is_opened`."""
        if operations.get_context().dialect.name == "postgresql":
            operations.execute(f"DROP POLICY changed_when_opened ON {name}")


def hold(operations: Operations, name: str) -> None:
    """See `ChangeOnlyWhatIsOpened.change_only_what_is_opened`."""
    if operations.get_context().dialect.name == "postgresql":
        opened = operations.get_bind().scalar(POLICY, {"name": name})
        operations.get_bind().exec_driver_sql(
            f"CREATE POLICY changed_when_opened ON {name} AS RESTRICTIVE FOR UPDATE TO {READERS} "
            f"USING ({opened})".replace("%", "%%")
        )
