"""Have a server keep the results of many cases by a few statements for all of them, instead of by eight for each."""

from pathlib import Path

from alembic import op

revision, down_revision = "0109", "0108"

SQL = Path(__file__).resolve().parent.parent / "sql"
FORMER = "ioms_private.definition_before_0109"
REPLACED = "'keep_case_results(text, json)'::regprocedure"


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute(
            f"CREATE TABLE {FORMER} AS SELECT pg_get_functiondef(oid) AS text FROM pg_proc WHERE oid = {REPLACED}",
            f"ALTER TABLE {FORMER} OWNER TO ioms_owner",
            (SQL / "0109_results_at_once.sql").read_text(encoding="utf-8"),
        )


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute(
            *op.get_bind().exec_driver_sql(f"SELECT text FROM {FORMER}").scalars().all(),
            f"DROP TABLE {FORMER}; DROP FUNCTION ioms_private.known_among(text[])",
        )


def _execute(*statements: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    cursor = op.get_bind().connection.dbapi_connection.cursor()
    for each in statements:
        cursor.execute(each)
