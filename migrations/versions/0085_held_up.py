"""Name who holds up a disposal, a seal or an account, and let what is told of a number count once it is committed.

Whoever kept a transaction open held up others, and nobody was told who. Somebody who was to be disabled could hold the
row of their own account: their sessions end first now. A mistaken proposal that seals were lost can be withdrawn.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0085", "0084"

SQL = Path(__file__).resolve().parent.parent / "sql"
LOCK = "LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE;"
HELD_LOCK = """
  BEGIN
    LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE;
  EXCEPTION WHEN lock_not_available THEN
    RAISE EXCEPTION 'lock timeout' USING ERRCODE = '55P03', DETAIL = coalesce(ioms_private.held_up_by(), '');
  END;"""
END_SESSIONS = """
  -- First, so that they hold nothing up; whoever is the last administrator is refused below.
  IF {}(its_role <> 'administrator' OR EXISTS (
    SELECT FROM users WHERE role = 'administrator' AND active AND expires_on IS NULL AND name <> who)) THEN
    PERFORM pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE usename = who AND pid <> pg_backend_pid();
  END IF;"""
NOT_SEALED = "'the proposal of this disposal is not sealed yet' USING ERRCODE = '55000'"
CHANGED = {
    "disable_login(text)": (LOCK, END_SESSIONS.format("").lstrip() + HELD_LOCK),
    "set_account(text, text, date)": (LOCK, END_SESSIONS.format("until < current_date AND ").lstrip() + HELD_LOCK),
    "refuse_emptying(text, text, text[])": (
        NOT_SEALED,
        f"{NOT_SEALED},\n      DETAIL = coalesce(ioms_private.held_up_by(), '')",
    ),
}
WITH_LOCKS = ("disable_login(text)", "set_account(text, text, date)")
REPLACED = ("known_numbers(jsonb, text)", "proposed_epoch()", "ioms_private.may_speak_of(text, text)")
FORMER = "ioms_private.definition_before_0085"
NEW = (
    *("ioms_private.held_up_by()", "sealing_held_up_by()", "withdraw_epoch(integer, text)"),
    *("ask_numbers(jsonb, text)", "ioms_private.may_ask_numbers()"),
)


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    named = ", ".join(f"'{name}'::regprocedure" for name in (*CHANGED, *REPLACED))
    _execute(
        f"CREATE TABLE {FORMER} AS SELECT pg_get_functiondef(oid) AS text FROM pg_proc WHERE oid IN ({named})",
        f"ALTER TABLE {FORMER} OWNER TO ioms_owner",
        (SQL / "0085_held.sql").read_text(encoding="utf-8"),
    )
    for name, (old, new) in CHANGED.items():
        defined = op.get_bind().exec_driver_sql(f"SELECT pg_get_functiondef('{name}'::regprocedure)").scalar_one()
        if defined.count(old) != 1:
            raise RuntimeError(name)
        _execute(defined.replace(old, new))
    _execute(
        *(f"ALTER FUNCTION {name} SET lock_timeout = '4s'" for name in WITH_LOCKS),
        "ALTER FUNCTION refuse_other_version() SET client_min_messages = notice",
    )


def downgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    _execute(
        *op.get_bind().exec_driver_sql(f"SELECT text FROM {FORMER}").scalars().all(),
        f"DROP TABLE {FORMER}, ioms_private.number_answer",
        f"DROP FUNCTION {', '.join(NEW)}",
        "REVOKE pg_read_all_stats FROM ioms_accounts",
        "ALTER FUNCTION refuse_other_version() RESET client_min_messages",
    )


def _execute(*statements: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    cursor = op.get_bind().connection.dbapi_connection.cursor()
    for each in statements:
        cursor.execute(each)
