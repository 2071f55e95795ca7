"""Tell no plan of what a message of the protocol prepared or began.

A statement that explains another was refused by its words. But one that was prepared by a message of the protocol could
be carried out with EXECUTE, and one that was begun by such a message with FETCH or cursor_to_xml: those words do not
say that a plan is told. It told how many rows a policy had kept from whoever asked.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0114", "0113"

SQL = Path(__file__).resolve().parent.parent / "sql"
FORMER = "ioms_private.definition_before_0114"
KEPT = f"""
    CREATE TABLE {FORMER} AS SELECT pg_get_functiondef(each) AS text
    FROM unnest('{{ioms_private.refuse_explain,ioms_private.reading_role}}'::regproc[]) AS each;
    ALTER TABLE {FORMER} OWNER TO ioms_owner;
"""


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute(KEPT, (SQL / "0114_carried_out.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    former = op.get_bind().exec_driver_sql(f"SELECT text FROM {FORMER}").scalars().all()
    _execute(*former, "DROP FUNCTION ioms_private.is_explained()", f"DROP TABLE {FORMER}")


def _execute(*statements: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    cursor = op.get_bind().connection.dbapi_connection.cursor()
    for each in statements:
        cursor.execute(each)
