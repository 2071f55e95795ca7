"""An operation for tables with row-level security: not even a general plan is told. Never change it.

    op.refuse_every_plan("vehicles")

does what `op.refuse_explain` (record_tables_v10.py) does. That asks a table whose partitions the server leaves out when
a statement begins; but from PostgreSQL 16 on, `EXPLAIN (GENERIC_PLAN) EXECUTE` begins one without that, and tells what
was planned before. Now the policy asks an aggregate: what it starts from is worked out whenever a statement is planned
and whenever one begins, for every kind of EXPLAIN, and is of a type whose check refuses. SQLite keeps nothing back.
"""

from typing import Any

from alembic.operations import MigrateOperation, Operations

POLICIES = """
    CREATE POLICY unexplained ON {name} AS RESTRICTIVE FOR ALL TO ioms_people, ioms_reader
      USING ((SELECT ioms_private.is_unexplained(*)) IS NOT NULL);
    CREATE POLICY unexplained_too ON {name} FOR ALL TO ioms_people, ioms_reader USING (false);
"""


@Operations.register_operation("refuse_every_plan")
class RefuseEveryPlan(MigrateOperation):
    """What migrations call as `op.refuse_every_plan`; `op.tell_plans` undoes it."""

    @classmethod
    def refuse_every_plan(cls, operations: Any, name: str) -> None:  # noqa: ANN401 - proxied by Alembic
        """Refuse every kind of EXPLAIN of what names the table, or a view of facts on it.

        Args:
            operations: Alembic's.
            name: The table.
        """
        refuse(operations, name)


def refuse(operations: Operations, name: str) -> None:
    """See `RefuseEveryPlan.refuse_every_plan`."""
    if operations.get_context().dialect.name == "postgresql":
        operations.execute(POLICIES.format(name=name))
