"""Let the task that follows restricted record access call it by that name, as the windows do.

Tasks from before keep their words; both are known as a review by their beginning, `Review: NAME opened `.
"""

import re
from pathlib import Path

from alembic import op

revision = "0019"
down_revision = "0018"

SQL = Path(__file__).resolve().parent.parent / "sql"
BEFORE, AFTER = "opened this case by breaking the glass", "opened this case by restricted record access"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _execute(_break_glass().replace(BEFORE, AFTER))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _execute(_break_glass())


def _break_glass() -> str:
    """Return the function that opens a case, as it was last made."""
    script = (SQL / "0010_orphaned_cases.sql").read_text(encoding="utf-8")
    (made,) = re.findall(r"CREATE OR REPLACE FUNCTION break_glass\(.*?\nEND \$\$;", script, re.DOTALL)
    return str(made)


def _execute(sql: str) -> None:
    """Run a statement as it is: a percent sign or a colon in it is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
