"""Let navigators and co-ordinators take a case further, and the server keep the table of its steps.

What may follow a status, who may do it and what it needs was kept by the program alone. An import still brings a case
in whatever status it has. What is there already stays as it is.
"""

import re
from pathlib import Path

from alembic import op

revision = "0028"
down_revision = "0027"

SQL = Path(__file__).resolve().parent.parent / "sql"
FUNCTIONS = ("guard_first_status()", "ioms_private.step_needs_met(cases)")
NEW = "ioms_navigator, ioms_coordinator"
"""Who takes a case further beside officers and supervisors, who could already."""


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    _execute((SQL / "0028_status_steps.sql").read_text(encoding="utf-8"))
    for name in FUNCTIONS:
        _execute(f"ALTER FUNCTION {name} OWNER TO ioms_owner; REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    _execute(f"""
        GRANT UPDATE ({_columns()}) ON cases TO {NEW};
        ALTER POLICY changed ON cases TO ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator;
    """)


def downgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    _execute(f"""
        ALTER POLICY changed ON cases TO ioms_officer, ioms_supervisor;
        REVOKE UPDATE ({_columns()}) ON cases FROM {NEW};
        DROP TRIGGER cases_first_guard ON cases;
        DROP FUNCTION guard_first_status();
    """)
    made = re.search(
        r"^CREATE FUNCTION (guard_case\(.*?^END \$\$;)",
        (SQL / "0003_guards.sql").read_text(encoding="utf-8"),
        re.DOTALL | re.MULTILINE,
    )
    if made is None:
        raise RuntimeError("0003_guards.sql")
    _execute(f"CREATE OR REPLACE FUNCTION {made[1]}")
    _execute("DROP FUNCTION ioms_private.step_needs_met(cases); DROP TABLE ioms_private.status_step")


def _columns() -> str:
    """Return the columns of a case that a person writes: all but the row's number, which is the server's."""
    found = op.get_bind().exec_driver_sql(
        "SELECT string_agg(column_name, ', ' ORDER BY ordinal_position) FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND table_name = 'cases' AND column_name <> 'id'"
    )
    return str(found.scalar_one())


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
