"""Ask once for all people that are added together whether their user has the whole book open, and not for each."""

from pathlib import Path

from alembic import op

revision, down_revision = "0116", "0115"

SQL = Path(__file__).resolve().parent.parent / "sql"
FORMER = "ioms_private.definition_before_0116"
REPLACED = "'guard_person()'::regprocedure, 'note_newcomer()'::regprocedure"


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    _execute(
        f"CREATE TABLE {FORMER} AS SELECT pg_get_functiondef(oid) AS text FROM pg_proc WHERE oid IN ({REPLACED})",
        f"ALTER TABLE {FORMER} OWNER TO ioms_owner",
        (SQL / "0116_people_at_once.sql").read_text(encoding="utf-8"),
    )


def downgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    former = op.get_bind().exec_driver_sql(f"SELECT text FROM {FORMER}").scalars().all()
    _execute(
        *former,
        "DROP TRIGGER people_newcomer_guard ON people",
        "CREATE TRIGGER people_newcomer_guard AFTER INSERT ON people FOR EACH ROW EXECUTE FUNCTION note_newcomer()",
        f"DROP TABLE {FORMER}",
    )


def _execute(*statements: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    cursor = op.get_bind().connection.dbapi_connection.cursor()
    for each in statements:
        cursor.execute(each)
