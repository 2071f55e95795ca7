"""Let a disposal look for the names, numbers and phones of a person's dated sets, too.

It looked for what their details say today, so that others' texts went on naming them by a former name.
"""

import re
from pathlib import Path

from alembic import op

revision, down_revision = "0049", "0048"

SQL = Path(__file__).resolve().parent.parent / "sql"
NAMES_OF = "ioms_private.names_of(text)"


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    _execute((SQL / "0049_former_names.sql").read_text(encoding="utf-8"))
    _execute(f"ALTER FUNCTION {NAMES_OF} OWNER TO ioms_owner; REVOKE ALL ON FUNCTION {NAMES_OF} FROM PUBLIC")


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for name in ("pattern_of", "names_person"):
            text = (SQL / "0005_disposal.sql").read_text(encoding="utf-8")
            made = re.search(rf"(FUNCTION ioms_private\.{name}\(.*?^\$\$;)", text, re.DOTALL | re.MULTILINE)
            if made is None:
                raise RuntimeError(name)
            _execute(f"CREATE OR REPLACE {made[1]}")
        _execute(f"DROP FUNCTION {NAMES_OF}")


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
