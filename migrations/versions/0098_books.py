"""Keep each opening of the whole book apart, so that one window of a login does not shut the book of another.

The book was open or shut for a login: when an export in a second window ended, what an import in the first was writing
was asked about like a single entry, and the import was refused. What somebody looked at stays in a table no longer than
an hour after it ran out: all that one login ever opened was read whenever it opened something.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0098", "0097"

SQL = Path(__file__).resolve().parent.parent / "sql"
FORMER = "ioms_private.definition_before_0098"
REPLACED = ("open_book(text)", "close_book()", "book_open()", "importing()")
LOOKS = "DELETE FROM ioms_private.look AS l WHERE"
LOOK = "INSERT INTO ioms_private.look\n"
RUN_OUT = """DELETE FROM ioms_private.look AS l WHERE l.ctid IN (
    SELECT o.ctid FROM ioms_private.look AS o
    WHERE o.who = session_user AND o.expires_at < clock_timestamp() - interval '1 hour' FOR UPDATE SKIP LOCKED);
  """
OF_A_BOOK = "CASE l.case_ref WHEN '*' THEN interval '60 minutes' ELSE interval '15 minutes' END"
EDITED = {
    "set_account(text, text, date)": (
        LOOKS,
        f"DELETE FROM ioms_private.opened_book AS b WHERE b.who = set_account.who;\n  {LOOKS}",
    ),
    "ioms_private.take_look(text, text, text, text, text, timestamptz)": (LOOK, RUN_OUT + LOOK),
    "opened_cases()": (OF_A_BOOK, "interval '15 minutes'"),
}
"""What else speaks of what is open, and how."""
BY_LOGIN = """
    DROP FUNCTION open_book(text, text), close_book(text);
    INSERT INTO ioms_private.look
    SELECT DISTINCT ON (who) who, '*', NULL, purpose, opened_xid, expires_at FROM ioms_private.opened_book
    ORDER BY who, expires_at DESC;
    DROP TABLE ioms_private.opened_book;
    DROP FUNCTION ioms_private.has_book(text), ioms_private.lasts(integer, timestamptz);
"""
GRANTED = """
    ALTER FUNCTION open_book(text) OWNER TO ioms_owner;
    ALTER FUNCTION close_book() OWNER TO ioms_owner;
    REVOKE ALL ON FUNCTION open_book(text), close_book() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION open_book(text), close_book() TO ioms_people;
"""


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        named = ", ".join(f"'{name}'::regprocedure" for name in (*REPLACED, *EDITED))
        _execute(
            f"CREATE TABLE {FORMER} AS SELECT pg_get_functiondef(oid) AS text FROM pg_proc WHERE oid IN ({named})",
            f"ALTER TABLE {FORMER} OWNER TO ioms_owner",
            (SQL / "0098_books.sql").read_text(encoding="utf-8"),
        )
        for name, (old, new) in EDITED.items():
            its = op.get_bind().exec_driver_sql(f"SELECT pg_get_functiondef('{name}'::regprocedure)").scalar_one()
            if old not in its:
                raise RuntimeError(name)
            _execute(its.replace(old, new))


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        former = op.get_bind().exec_driver_sql(f"SELECT text FROM {FORMER}").scalars().all()
        _execute(BY_LOGIN, *former, GRANTED, f"DROP TABLE {FORMER}")


def _execute(*statements: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    cursor = op.get_bind().connection.dbapi_connection.cursor()
    for each in statements:
        cursor.execute(each)
