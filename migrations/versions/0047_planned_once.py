"""Let a server plan once a session, not for every row, what holds a person and their dated sets together."""

import re
from pathlib import Path

from alembic import op

revision, down_revision = "0047", "0046"

SQL = Path(__file__).resolve().parent.parent / "sql"


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute((SQL / "0047_planned_once.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for file, name in (("0036_person_sets.sql", "parts_of"), ("0043_person_care.sql", "unlike_their_sets")):
            text = (SQL / file).read_text(encoding="utf-8")
            made = re.search(rf"(FUNCTION ioms_private\.{name}\(.*?^\$\$;)", text, re.DOTALL | re.MULTILINE)
            if made is None:
                raise RuntimeError(name)
            _execute(f"CREATE OR REPLACE {made[1]}")


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
