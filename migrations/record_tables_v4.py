"""Operations for record tables that keep some records from some readers. Databases depend on them: never change them.

    op.hide_records_of_unknown_people("associates", "other_person_ref")
    op.write_only_what_is_read("associates", intelligence="basis! INTELLIGENCE", named="other_person_ref")

On PostgreSQL nobody reads a record that names somebody they may not know of, nor its former versions, and nobody adds
or changes a record that they would not read. Where people are named it needs the function `may_be_named`. SQLite keeps
nothing back.
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


@Operations.register_operation("write_only_what_is_read")
@Operations.register_operation("write_what_is_unread")
class WriteOnlyWhatIsRead(MigrateOperation):
    """What migrations call as `op.write_only_what_is_read`.

    PostgreSQL does not hold an UPDATE to the policy for reading if it has neither WHERE nor RETURNING: without this, a
    user could make readable what is kept from them.
    """

    @classmethod
    def write_only_what_is_read(
        cls,
        operations: Any,  # noqa: ANN401 - proxied by Alembic
        name: str,
        *,
        intelligence: str = "",
        named: str = "",
    ) -> None:
        """Hold additions and changes to what a user may read, before and after.

        Args:
            operations: Alembic's.
            name: The table, made by `create_record_table`.
            intelligence: As `create_record_table` takes it.
            named: The columns with references of further people, separated by spaces.
        """
        bind_writers(operations, name, intelligence, named)

    @classmethod
    def write_what_is_unread(cls, operations: Any, name: str) -> None:  # noqa: ANN401 - as above
        """Undo `write_only_what_is_read`."""
        if operations.get_context().dialect.name == "postgresql":
            for policy in ("added_as_read", "changed_as_read"):
                operations.execute(f"DROP POLICY {policy} ON {name}")


def bind_writers(operations: Operations, name: str, intelligence: str, named: str) -> None:
    """See `WriteOnlyWhatIsRead.write_only_what_is_read`."""
    if operations.get_context().dialect.name != "postgresql":
        return
    read = [f"may_be_named({column})" for column in named.split()]
    if intelligence:
        column, code = intelligence.split()
        differs = "<>" if column.endswith("!") else "IS DISTINCT FROM"
        read.append(f"({column.rstrip('!')} {differs} '{code}' OR (SELECT reaches('ALL')))")
    tests = " AND ".join(read)
    after = f"WITH CHECK ({tests})"
    begun = f"ON {name} AS RESTRICTIVE FOR"
    operations.execute(f"CREATE POLICY added_as_read {begun} INSERT TO {READERS} {after}")
    operations.execute(
        f"CREATE POLICY changed_as_read {begun} UPDATE TO {READERS} USING ({tests}) WITH CHECK ({tests})"
    )
