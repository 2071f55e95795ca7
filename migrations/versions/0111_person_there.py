"""Find people by reference as fast if they are hidden as if they are not there, however many cases are restricted."""

from pathlib import Path

from alembic import op

revision, down_revision = "0111", "0110"

SQL = Path(__file__).resolve().parent.parent / "sql"
FORMER = "ioms_private.definition_before_0111"
REPLACED = "'known_people(text[], integer[])'::regprocedure"


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    _execute(
        f"CREATE TABLE {FORMER} AS SELECT pg_get_functiondef(oid) AS text FROM pg_proc WHERE oid = {REPLACED}",
        f"ALTER TABLE {FORMER} OWNER TO ioms_owner",
        (SQL / "0111_person_there.sql").read_text(encoding="utf-8"),
    )


def downgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    former = op.get_bind().exec_driver_sql(f"SELECT text FROM {FORMER}").scalars().all()
    _execute(*former, "DROP FUNCTION ioms_private.person_there()", f"DROP TABLE {FORMER}")


def _execute(*statements: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    cursor = op.get_bind().connection.dbapi_connection.cursor()
    for each in statements:
        cursor.execute(each)
