"""Let a supervisor authorise taking no action on a concern, and what the person was told be said on serving.

A HOLD or ALTERNATIVE on a trigger of the CONCERN family now needs a supervisor on the server too. What the person was
told used to be fixed when the decision was authorised, before anybody had told them. Stored decisions stay as they are.
"""

import re
from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"

SQL = Path(__file__).resolve().parent.parent / "sql"


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute((SQL / "0011_supervisors_authority.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        sql = (SQL / "0003_guards.sql").read_text(encoding="utf-8")
        for name in ("guard_proposal", "guard_decision"):
            made = re.search(rf"^CREATE FUNCTION ({name}\(.*?^END \$\$;)", sql, re.DOTALL | re.MULTILINE)
            _execute(f"CREATE OR REPLACE FUNCTION {made[1]}")
        _execute("DROP FUNCTION ioms_private.needs_supervisor(text, text, text)")


def _execute(sql: str) -> None:
    raw = op.get_bind().connection.dbapi_connection
    raw.cursor().execute(sql)
