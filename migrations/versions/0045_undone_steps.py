"""Let who took a step of a case take it back at once, on a server too: the case is again as its former version says.

Nothing that is there already changes.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0045", "0044"

SQL = Path(__file__).resolve().parent.parent / "sql"
BEFORE = "  IF NEW.status IS NOT DISTINCT FROM OLD.status THEN"
TAKEN_BACK = f"""  IF ioms_private.takes_step_back(OLD, NEW) THEN
    RETURN NEW;
  END IF;
{BEFORE}"""


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute((SQL / "0045_undone_steps.sql").read_text(encoding="utf-8"))
        _edit_guard(BEFORE, TAKEN_BACK)


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _edit_guard(TAKEN_BACK, BEFORE)
        _execute("DROP FUNCTION ioms_private.takes_step_back(cases, cases)")


def _edit_guard(old: str, new: str) -> None:
    """Change what a case may become: a step may be taken back by who took it."""
    bound = op.get_bind()
    defined = bound.exec_driver_sql("SELECT pg_get_functiondef('guard_case()'::regprocedure)").scalar_one()
    if defined.count(old) != 1:
        raise RuntimeError("guard_case()")
    _execute(defined.replace(old, new))


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
