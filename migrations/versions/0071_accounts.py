"""Let a server answer nobody without an account in use, whatever their session says, and count only looks on record.

A time zone of one's own revived an account that had run out, or took its role away, and triggers that exempted whoever
had no role took them for the owner. A look that was rolled back counted as soon as anybody else's transaction ended.
"""

import re
from pathlib import Path

from alembic import op

revision, down_revision = "0071", "0069"

SQL = Path(__file__).resolve().parent.parent / "sql"
AUDIT_PATH = "pg_catalog, public, ioms_audit, pg_temp"
ASKED, ANSWERED = "my_role()", "ioms_private.acting_role()"
OURS = "('public'::regnamespace, 'ioms_private'::regnamespace, 'ioms_audit'::regnamespace)"
TRIGGERS = f"""
    SELECT oid, oid::regprocedure::text AS name, pg_get_functiondef(oid) AS text FROM pg_proc
    WHERE prorettype = 'trigger'::regtype AND pronamespace IN {OURS} AND prosrc LIKE '%%' || %s || '%%'
"""
DAYS = "current_date|localtimestamp|::date|_on::text"
SETTINGS = {
    "TimeZone": ("'Europe/London'", f"prosrc ~ '{DAYS}'"),
    "DateStyle": ("'ISO, DMY'", f"prosrc ~ '{DAYS}'"),
    "standard_conforming_strings": ("on", r"strpos(prosrc, E'\\') > 0"),
}
"""What a function reads otherwise in a session that sets it otherwise: days, and what a backslash means in its text."""
READING = f"SELECT oid::regprocedure::text AS name FROM pg_proc WHERE prosecdef AND pronamespace IN {OURS} AND "
FORMER = {
    "0003_knowing.sql": ("my_role()",),
    "0003_acts.sql": ("open_book(purpose text)",),
    "0008_clocks.sql": (
        *("my_access(wanted text)", "opened_cases()", "opened_people()", "book_open()", "importing()"),
        "open_case(ref text, purpose text DEFAULT 'CASE_WORK')",
    ),
    "0023_intake.sql": ("open_person(ref text, purpose text DEFAULT 'CASE_WORK')",),
    "0002_audit.sql": ("may_log(kind text)",),
}
NEW = (
    *("ioms_private.take_look(text, text, text, text, text, timestamptz)", "ioms_private.says_why(text)"),
    *("ioms_private.acting_role()", "ioms_private.is_committed(xid8)", "ioms_private.login_ends(date)"),
)
UNTIL = "EXECUTE format('ALTER ROLE %I VALID UNTIL %L', who, ioms_private.login_ends(until));\n  "
NOBODY = "(my_role() IS NULL AND NOT ioms_private.is_keeper()) OR "
BEFORE = {
    "add_login(text, text, text, text, date)": ("EXECUTE format('GRANT %I TO %I', 'ioms_' || its_role, who);", UNTIL),
    "set_account(text, text, date)": ("DELETE FROM ioms_private.look", UNTIL),
    "set_login_password(text, text)": ("NOT EXISTS (SELECT FROM users WHERE name = who AND active)", NOBODY),
    "my_last_look(text)": ("kind = 'CONSULTATION'", "(SELECT my_role()) IS NOT NULL AND "),
}
"""What is put before a place of a function."""
END_LOGINS = """
    DO $$
    DECLARE
      each record;
    BEGIN
      FOR each IN SELECT u.name, u.expires_on FROM users u JOIN pg_roles r ON r.rolname = u.name
                  WHERE u.active AND u.expires_on IS NOT NULL AND NOT ioms_private.beyond_person(u.name) LOOP
        EXECUTE format('ALTER ROLE %I VALID UNTIL %L', each.name, ioms_private.login_ends(each.expires_on));
      END LOOP;
    END $$
"""
IN_USE = " WHERE (SELECT my_role()) IS NOT NULL OR (SELECT audit_trusted())"


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    _execute((SQL / "0071_accounts.sql").read_text(encoding="utf-8"))
    _replace_in_triggers(ASKED, ANSWERED)
    for setting, (value, when) in SETTINGS.items():
        for name in _names(READING + when):
            _execute(f"ALTER FUNCTION {name} SET {setting} = {value}")
    for name, (place, before) in BEFORE.items():
        _edit(name, place, before + place)
    for name in _names(
        "SELECT tablename AS name FROM pg_policies WHERE schemaname = 'public' AND policyname = 'opened' "
        "AND EXISTS (SELECT FROM pg_policies c WHERE c.tablename = pg_policies.tablename "
        "AND c.policyname = 'changed') ORDER BY 1"
    ):
        op.change_only_what_is_opened(name)
    _execute(END_LOGINS)
    _show_trail(_trail() + IN_USE)


def downgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    for policy in ("changed_when_opened", "in_use"):
        for name in _names(
            f"SELECT schemaname || '.' || tablename AS name FROM pg_policies WHERE policyname = '{policy}'"
        ):
            _execute(f"DROP POLICY {policy} ON {name}")
    for name, (place, before) in BEFORE.items():
        _edit(name, before + place, place)
    _show_trail(_trail().partition("\n  WHERE ")[0])
    for setting in SETTINGS:
        for name in _names(
            f"{READING} '{setting}' ILIKE ANY (SELECT split_part(each, '=', 1) FROM unnest(proconfig) AS each)"
        ):
            _execute(f"ALTER FUNCTION {name} RESET {setting}")
    _replace_in_triggers(ANSWERED, ASKED)
    for file, functions in FORMER.items():
        text = (SQL / file).read_text(encoding="utf-8").replace("@path@", AUDIT_PATH)
        for function in functions:
            found = re.search(rf"FUNCTION {re.escape(function)}.*?\nEND \$\$;", text, re.DOTALL)
            _execute(f"CREATE OR REPLACE {found[0]}")  # type: ignore[index]  # the file does not change any more
    _execute(*(f"DROP FUNCTION {name}" for name in NEW))


def _names(query: str) -> list[str]:
    return [name for (name,) in op.get_bind().exec_driver_sql(query.replace("%", "%%"))]


def _replace_in_triggers(old: str, new: str) -> None:
    """Let every trigger ask for a role in another way; owners and grants stay."""
    for each in op.get_bind().exec_driver_sql(TRIGGERS, (old,)).all():
        _execute(each.text.replace(old, new))


def _trail() -> str:
    query: str = op.get_bind().exec_driver_sql("SELECT pg_get_viewdef('ioms_audit.audit_trail'::regclass)").scalar_one()
    return query.rstrip(";")


def _show_trail(query: str) -> None:
    _execute(f"CREATE OR REPLACE VIEW ioms_audit.audit_trail WITH (security_barrier) AS {query}")


def _edit(name: str, old: str, new: str) -> None:
    """Change a function in one place.

    Raises:
        RuntimeError: The place is not there exactly once, so that the function is not the one expected.
    """
    defined = op.get_bind().exec_driver_sql(f"SELECT pg_get_functiondef('{name}'::regprocedure)").scalar_one()
    if defined.count(old) != 1:
        raise RuntimeError(name)
    _execute(defined.replace(old, new))


def _execute(*statements: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    cursor = op.get_bind().connection.dbapi_connection.cursor()
    for each in statements:
        cursor.execute(each)
