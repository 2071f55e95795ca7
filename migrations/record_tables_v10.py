"""An operation for tables with row-level security: no plan on them is told. Databases depend on it: never change it.

    op.refuse_explain("vehicles")

A policy is asked row by row, after what PostgreSQL holds to be harmless: a plan with the rows that its nodes met, or
expected, tells of rows that are kept back, and so does a refusal that comes with the first row alone. This policy asks
a table that is partitioned by the answer of a function, which the server works out whenever it plans a statement and
whenever it begins one, be it to explain it or to run it, and though there be no row at all. `IS NOT NULL`, because of a
bare question the planner expects that it halves the rows. A restrictive policy alone would not be asked of whom no
other policy gives a row; hence the second, which shows none. SQLite keeps nothing back.
"""

from typing import Any

from alembic.operations import MigrateOperation, Operations

POLICIES = """
    CREATE POLICY unexplained ON {name} AS RESTRICTIVE FOR ALL TO ioms_people, ioms_reader
      USING ((SELECT u.answered FROM ioms_private.unexplained AS u WHERE u.answered = ioms_private.refuse_explain())
        IS NOT NULL);
    CREATE POLICY unexplained_too ON {name} FOR ALL TO ioms_people, ioms_reader USING (false);
"""


@Operations.register_operation("refuse_explain")
@Operations.register_operation("tell_plans")
class RefuseExplain(MigrateOperation):
    """What migrations call as `op.refuse_explain`."""

    @classmethod
    def refuse_explain(cls, operations: Any, name: str) -> None:  # noqa: ANN401 - proxied by Alembic
        """Refuse EXPLAIN for every statement that names the table, or a view of facts on it.

        Args:
            operations: Alembic's.
            name: The table.
        """
        refuse(operations, name)

    @classmethod
    def tell_plans(cls, operations: Any, name: str) -> None:  # noqa: ANN401 - as above
        """Undo `refuse_explain`."""
        if operations.get_context().dialect.name == "postgresql":
            operations.execute(f"DROP POLICY unexplained ON {name}; DROP POLICY unexplained_too ON {name}")


def refuse(operations: Operations, name: str) -> None:
    """See `RefuseExplain.refuse_explain`."""
    if operations.get_context().dialect.name == "postgresql":
        operations.execute(POLICIES.format(name=name))
