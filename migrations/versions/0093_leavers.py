"""Disable somebody whose program connects again and again, and say what was done where somebody holds it up.

Sessions were ended and waited for, meanwhile the leaver signed in again and held the row of their own account, and the
refusal that followed named nobody. What waits is first in the queue now: sessions are ended without waiting, and what
the leaver could hold is asked for at once, three times. Of sessions in other databases nobody here decides.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0093", "0092"

SQL = Path(__file__).resolve().parent.parent / "sql"
BEGUN, LOCKED = "\n  -- First, so that they hold nothing up", "held_up_by(), '');\n  END;"
ENDED = "PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = who AND pid <> pg_backend_pid();"
NOLOGIN = "EXECUTE format('ALTER ROLE %I NOLOGIN', who);"
UNTIL = "EXECUTE format('ALTER ROLE %I VALID UNTIL %L', who, ioms_private.login_ends(until));"
LEAVES = {"disable_login(text)": ("true", NOLOGIN), "set_account(text, text, date)": ("until < current_date", UNTIL)}
TRIES = """
  FOR attempt IN 1..3 LOOP
    -- First, so that they hold nothing up; whoever is the last administrator is refused below.
    IF {} AND (its_role <> 'administrator' OR EXISTS (
      SELECT FROM users WHERE role = 'administrator' AND active AND expires_on IS NULL AND name <> who)) THEN
      ended := ended + ioms_private.end_sessions(who);
    END IF;
    BEGIN
      LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE;
      {}
      EXIT;
    EXCEPTION WHEN lock_not_available OR internal_error THEN  -- internal: who held the account committed a change of it
      IF attempt = 3 THEN
        PERFORM pg_stat_clear_snapshot();
        RAISE EXCEPTION 'lock timeout' USING ERRCODE = '55P03', DETAIL = coalesce(ioms_private.held_up_by(), ''),
          HINT = CASE WHEN ended > 0 THEN 'sessions were ended' ELSE '' END;
      END IF;
    END;
  END LOOP;"""
FORMER = "ioms_private.definition_before_0093"
HELD = "ioms_private.held_up_by()"
WRITING = "WHERE backend_xid IS NOT NULL"


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    named = ", ".join(f"'{name}'::regprocedure" for name in (*LEAVES, HELD))
    _execute(
        f"CREATE TABLE {FORMER} AS SELECT pg_get_functiondef(oid) AS text FROM pg_proc WHERE oid IN ({named})",
        f"ALTER TABLE {FORMER} OWNER TO ioms_owner",
        (SQL / "0093_sessions.sql").read_text(encoding="utf-8"),
        # What the server itself does has no login.
        _once(_defined(HELD), WRITING, f"{WRITING} AND usename IS NOT NULL"),
    )
    for name, (leaves, changed) in LEAVES.items():
        text = _once(_once(_defined(name), changed, ""), ENDED, "PERFORM ioms_private.end_sessions(who);")
        first, last = text.index(BEGUN), text.index(LOCKED) + len(LOCKED)
        text = text[:first] + TRIES.format(leaves, changed) + text[last:]
        _execute(
            _once(text, "  its_role text;", "  its_role text;\n  ended integer := 0;"),
            f"ALTER FUNCTION {name} SET lock_timeout = '2s'",
        )


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute(
            *op.get_bind().exec_driver_sql(f"SELECT text FROM {FORMER}").scalars().all(),
            f"DROP TABLE {FORMER}",
            "DROP FUNCTION ioms_private.end_sessions(text)",
        )


def _defined(name: str) -> str:
    found: str = op.get_bind().exec_driver_sql(f"SELECT pg_get_functiondef('{name}'::regprocedure)").scalar_one()
    return found


def _once(text: str, old: str, new: str) -> str:
    """Say something otherwise that is said once."""
    if text.count(old) != 1:
        raise RuntimeError(old)
    return text.replace(old, new)


def _execute(*statements: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    cursor = op.get_bind().connection.dbapi_connection.cursor()
    for each in statements:
        cursor.execute(each)
