"""Let whoever works on a case ask a server when they last looked at it.

The audit has it, and nobody who works on cases reads the audit. A local file is asked directly, and its schema does not
change; nothing is stored that was not.
"""

from pathlib import Path

from alembic import op

revision = "0034"
down_revision = "0033"

SQL = Path(__file__).resolve().parent.parent / "sql"


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute((SQL / "0034_last_look.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute("DROP FUNCTION my_last_look(text)")


def _execute(sql: str) -> None:
    raw = op.get_bind().connection.dbapi_connection
    raw.cursor().execute(sql)
