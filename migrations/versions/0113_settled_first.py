"""Settle what somebody may read before a record is looked for, and ask of one case what is said of it.

For a supervisor who had the book open, records of a hidden case took three to four times as long to be refused as those
of a case that is not there. To open a case listed all that its user has open at five places, where it is one case that
matters.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0113", "0112"

SQL = Path(__file__).resolve().parent.parent / "sql"
FORMER = "ioms_private.definition_before_0113"
REPLACED = (
    "public.audit_system",
    "public.case_and_others",
    "public.open_case",
    "public.open_case_and_others",
    "public.opened_cases",
    "public.read_case",
    "ioms_private.hides_person",
    "ioms_private.knows",
    "ioms_private.named_cases",
)
"""Functions that are said otherwise, with those through which a table is read."""
KEPT = f"""
    CREATE TABLE {FORMER} AS
    SELECT pg_get_functiondef(oid) AS text FROM pg_proc
    WHERE oid = ANY ('{{{",".join(REPLACED)}}}'::regproc[]) OR (
      proname ~ '^(read|shows)_' AND pronamespace = 'public'::regnamespace
      AND (pg_get_function_identity_arguments(oid) = 'owners text[], refs text[], number integer'
           OR proname = 'shows_' || (SELECT typname FROM pg_type WHERE pg_type.oid = proargtypes[0])));
    ALTER TABLE {FORMER} OWNER TO ioms_owner;
"""
OWNERS = "SELECT 'DROP FUNCTION ' || oid::regprocedure FROM pg_proc WHERE proname ~ '^owners_of_'"


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute(KEPT, (SQL / "0113_settled_first.sql").read_text(encoding="utf-8"))
    op.settle_first()


def downgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    _execute(
        *op.get_bind().exec_driver_sql(f"SELECT text FROM {FORMER}").scalars().all(),
        *op.get_bind().exec_driver_sql(OWNERS).scalars().all(),
        "DROP FUNCTION ioms_private.shown_cases(text[]), ioms_private.shown_people(text[])",
        "DROP FUNCTION ioms_private.opened_among(text[]), ioms_private.hidden_among(text[])",
        "DROP FUNCTION ioms_private.said_of(text), ioms_private.tell_case(text), ioms_private.is_there(text, text)",
        f"DROP VIEW ioms_private.named, ioms_private.open_look; DROP TABLE {FORMER}",
    )


def _execute(*statements: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    cursor = op.get_bind().connection.dbapi_connection.cursor()
    for each in statements:
        cursor.execute(each)
