"""Let nothing that a server stored while its clock was ahead count as recent, and record a clock that moved back.

Opened cases, the open book and break-glass access were compared with the clock from one side only: those of a clock
that was a year ahead stayed open for a year, and later looks left no entry. Stored rows stay as they are; they are
read otherwise. A local file keeps no such functions, and its schema does not change.
"""

import re
from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"

SQL = Path(__file__).resolve().parent.parent / "sql"


AUDIT_PATH = "pg_catalog, public, ioms_audit, pg_temp"
BEFORE = {
    "0002_audit.sql": ("seal_audit",),
    "0003_knowing.sql": ("my_access", "opened_cases", "opened_people", "book_open", "importing"),
    "0003_acts.sql": ("open_case",),
}
"""Where the functions that this migration replaces were made."""


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute((SQL / "0008_clocks.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for file, names in BEFORE.items():
            sql = (SQL / file).read_text(encoding="utf-8").replace("@path@", AUDIT_PATH)
            for name in names:
                made = re.search(rf"^CREATE FUNCTION ({name}\(.*?^END \$\$;)", sql, re.DOTALL | re.MULTILINE)
                _execute(f"CREATE OR REPLACE FUNCTION {made[1]}")
        _execute("DROP FUNCTION instant_ahead(), ioms_private.is_running(timestamptz, interval)")


def _execute(sql: str) -> None:
    raw = op.get_bind().connection.dbapi_connection
    raw.cursor().execute(sql)
