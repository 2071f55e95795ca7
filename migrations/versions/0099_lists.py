"""Read everybody whom somebody knows of at once for a list, where they do not know of every case.

A navigator's caseload looked up the cases of each of 100,000 people, one after the other, and again to join them.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0099", "0098"

SQL = Path(__file__).resolve().parent.parent / "sql"
FORMER = "ioms_private.definition_before_0099"
REPLACED = "'known_people_by_name(text, integer, boolean)'::regprocedure"


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute(
            f"CREATE TABLE {FORMER} AS SELECT pg_get_functiondef(oid) AS text FROM pg_proc WHERE oid = {REPLACED}",
            f"ALTER TABLE {FORMER} OWNER TO ioms_owner",
            (SQL / "0099_lists.sql").read_text(encoding="utf-8"),
        )


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute(
            *op.get_bind().exec_driver_sql(f"SELECT text FROM {FORMER}").scalars().all(),
            f"DROP TABLE {FORMER}",
            "DROP FUNCTION ioms_private.people_of(text[])",
        )


def _execute(*statements: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    cursor = op.get_bind().connection.dbapi_connection.cursor()
    for each in statements:
        cursor.execute(each)
