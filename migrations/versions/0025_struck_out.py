"""What was entered in error is struck out, by who recorded it or a supervisor, with a reason.

The record leaves its table and counts nowhere; its last version stays among the former versions, which say from now on
who struck it out. Nothing that was removed before is marked: nobody said then that it was entered in error.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

SQL = Path(__file__).resolve().parent.parent / "sql"
READERS = "ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator"
INTERNAL = (
    "ioms_private.passes(text, text, jsonb)",
    "ioms_private.can_strike_out(text)",
    "ioms_private.stood_before(text, jsonb)",
)
CALLED = (
    "strike_out_record(text, integer, integer, text, text, text)",
    "struck_out_of(text)",
    "restore_struck_out(integer)",
)
RECORDER = "recorded_by_me(text, text)"
MARKED = sa.text("struck_out_by IS NOT NULL")
GUARDS = {
    "guard_decision()": ("  IF TG_OP = 'UPDATE' THEN", "my_role() IS NOT NULL AND TG_OP = 'INSERT'"),
    "confirm_decision()": ("  IF my_role() IS NOT NULL AND NOT importing()", "my_role() IS NOT NULL"),
}
"""Before which line each guard lets pass what stood before, and when."""


def upgrade() -> None:
    op.add_column("former_version", sa.Column("struck_out_by", sa.Text(), nullable=True))
    op.add_column("former_version", sa.Column("struck_out_on", sa.Text(), nullable=True))
    op.create_index(
        "ix_former_version_struck_out",
        "former_version",
        ["table_name", "record_key"],
        sqlite_where=MARKED,
        postgresql_where=MARKED,
    )
    if op.get_context().dialect.name != "postgresql":
        return
    _execute((SQL / "0025_struck_out.sql").read_text(encoding="utf-8"))
    for name in (*INTERNAL, *CALLED):
        _execute(f"ALTER FUNCTION {name} OWNER TO ioms_owner; REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    _execute(f"ALTER FUNCTION {RECORDER} OWNER TO ioms_audit_owner; REVOKE ALL ON FUNCTION {RECORDER} FROM PUBLIC")
    _execute(f"GRANT EXECUTE ON FUNCTION {RECORDER} TO ioms_owner")
    for name in (*CALLED, RECORDER):
        _execute(f"GRANT EXECUTE ON FUNCTION {name} TO {READERS}")
    for name, (line, when) in GUARDS.items():
        _edit_function(name, line, f"{_passing(when)}\n{line}")


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for name, (_, when) in GUARDS.items():
            _edit_function(name, f"{_passing(when)}\n", "")
        for name in (*CALLED, RECORDER, *INTERNAL):
            _execute(f"DROP FUNCTION {name}")
    op.drop_index("ix_former_version_struck_out", "former_version")
    op.drop_column("former_version", "struck_out_on")
    op.drop_column("former_version", "struck_out_by")


def _passing(when: str) -> str:
    return (
        f"  IF {when} AND ioms_private.stood_before(NEW.decision_ref, to_jsonb(NEW)) THEN\n    RETURN NEW;\n  END IF;"
    )


def _edit_function(signature: str, old: str, new: str) -> None:
    """Change a function in one place; its owner and grants stay.

    Raises:
        RuntimeError: The place is not there exactly once, so that the function is not the one expected.
    """
    query = sa.text("SELECT pg_get_functiondef(CAST(:name AS regprocedure))")
    defined = str(op.get_bind().scalar(query, {"name": signature}))
    if defined.count(old) != 1:
        raise RuntimeError(signature)
    _execute(defined.replace(old, new))


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
