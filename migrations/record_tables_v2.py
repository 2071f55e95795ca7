"""An operation for record tables that not everybody who reads cases may read. Databases depend on it: never change it.

    op.restrict_record_readers("mappa", "officer supervisor")

On PostgreSQL it leaves a table's rows to those roles: to others the table is empty, so that what reads every table of a
case, a file taken away say, needs no exception. SQLite keeps nothing back.
"""

from typing import Any

from alembic.operations import MigrateOperation, Operations


@Operations.register_operation("restrict_record_readers")
class RestrictReaders(MigrateOperation):
    """What migrations call as `op.restrict_record_readers`."""

    @classmethod
    def restrict_record_readers(cls, operations: Any, name: str, readers: str) -> None:  # noqa: ANN401 - proxied by Alembic
        """Leave the rows of a table to some roles.

        Args:
            operations: Alembic's.
            name: The table, made by `create_record_table`.
            readers: The roles, separated by spaces.
        """
        restrict(operations, name, readers)


def restrict(operations: Operations, name: str, readers: str) -> None:
    """See `RestrictReaders.restrict_record_readers`."""
    if operations.get_context().dialect.name == "postgresql":
        roles = ", ".join(f"ioms_{role}" for role in readers.split())
        operations.execute(f"ALTER POLICY opened ON {name} TO {roles}")
