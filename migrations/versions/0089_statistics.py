"""Keep to a server's keepers what newer ones count of each session, and say what a text has to do with a refusal.

PostgreSQL 18 counts pages of each session (`pg_stat_get_backend_io`). What a superuser runs after an upgrade of the
server is one file now, and the program checks for all of it.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0089", "0088"

SQL = Path(__file__).resolve().parent.parent / "sql"
UNEXPLAINED = (
    "permission denied: records are not read under EXPLAIN",
    (
        "permission denied: a statement with the word EXPLAIN in it, also in a text or a comment, reads no records; "
        "send texts as parameters"
    ),
)
WORDS = {
    "ioms_private.refuse_explain()": UNEXPLAINED,
    "ioms_private.reading_role()": UNEXPLAINED,
    "ioms_private.may_speak_of(text, text)": (
        "permission denied: this role says nothing of that",
        "permission denied: this role may not put that on record",
    ),
    "withdraw_epoch(integer, text)": (
        "that a restore is withdrawn needs a reason",
        "withdrawing a restore needs a reason",
    ),
}
COUNTED_FROM_18 = """
DO $$
DECLARE
  its text;
BEGIN
  FOR its IN
    SELECT p.oid::regprocedure::text FROM pg_proc AS p WHERE p.pronamespace = 'pg_catalog'::regnamespace
      AND p.proname IN ('pg_stat_get_backend_io', 'pg_stat_get_backend_wal')
  LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO PUBLIC', its);
  END LOOP;
END $$;
"""


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute((SQL / "0089_statistics.sql").read_text(encoding="utf-8"))
        for name, (before, now) in WORDS.items():
            _edit(name, before, now)


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for name, (before, now) in WORDS.items():
            _edit(name, now, before)
        _execute(COUNTED_FROM_18)


def _edit(function: str, old: str, new: str) -> None:
    """Say something otherwise in a function."""
    defined = op.get_bind().exec_driver_sql(f"SELECT pg_get_functiondef('{function}'::regprocedure)").scalar_one()
    if defined.count(old) != 1:
        raise RuntimeError(function)
    _execute(defined.replace(old, new))


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
