"""Find by index whose cases are somebody's own, who is in custody, and on which cases something is due next.

In a file, each list in an order that the rules find went through every mark, most of which are of the scope that nobody
there reads. A case without a result is marked, so that the marks name every case of which none stands.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0119", "0118"

SQL = Path(__file__).resolve().parent.parent / "sql"
WORKERS = ("police_om", "probation_practitioner", "navigator")
IN_FILE = "replace(lower(trim({0})), rtrim(lower(trim({0})), replace(lower(trim({0})), ' ', '')), '')"
ON_SERVER = "substring(lower(trim({0})) from '[^ ]*$')"
"""The last word of who works on a case: a name is written with or without rank and number before it."""
READERS = "ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator"
FUNCTIONS = {
    "known_contacts_due(text, date, text, integer, boolean)": "ioms_reader",
    "known_actions_due(date, text, integer, boolean)": "ioms_reader",
    "known_cases_of_worker(text[])": "ioms_owner",
}
"""Each function with its owner, whose policies apply in it."""
INDEXES = {
    "case_result": (("scope", "contact_due_on", "case_ref"),),
    "custody": (("released_on",),),
}
ACTIONS = {
    "open": (("due_on", "case_ref"), "done_on IS NULL AND cancelled_on IS NULL"),
    "ended": (("done_on", "cancelled_on"), "done_on IS NOT NULL OR cancelled_on IS NOT NULL"),
}
WITHOUT_RESULT = """
    INSERT INTO case_mark (case_ref, scope, number)
    SELECT c.case_ref, s.scope, {number}
    FROM cases AS c, (SELECT 'ALL' AS scope UNION ALL SELECT 'WITHOUT_INTELLIGENCE') AS s
    WHERE NOT EXISTS (SELECT 1 FROM case_result AS r WHERE r.case_ref = c.case_ref AND r.scope = s.scope)
      AND NOT EXISTS (SELECT 1 FROM case_mark AS m WHERE m.case_ref = c.case_ref AND m.scope = s.scope)
"""


def upgrade() -> None:
    is_server = op.get_context().dialect.name == "postgresql"
    for table, each in INDEXES.items():
        for columns in each:
            op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))
    for name, (columns, condition) in ACTIONS.items():
        where = sa.text(condition)
        op.create_index(f"ix_actions_{name}", "actions", list(columns), sqlite_where=where, postgresql_where=where)
    for name in WORKERS:
        word = (ON_SERVER if is_server else IN_FILE).format(name)
        op.execute(f"CREATE INDEX ix_cases_{name}_word ON cases ({word}) WHERE {name} IS NOT NULL")
    if not is_server:
        op.create_index("ix_case_mark_scope", "case_mark", ["scope"])
    else:
        _execute((SQL / "0119_caseload.sql").read_text(encoding="utf-8"))
        for signature, owner in FUNCTIONS.items():
            _execute(f"""
                ALTER FUNCTION {signature} OWNER TO {owner};
                REVOKE ALL ON FUNCTION {signature} FROM PUBLIC;
                GRANT EXECUTE ON FUNCTION {signature} TO {READERS};
            """)
    op.execute(WITHOUT_RESULT.format(number="nextval('case_mark_number')" if is_server else "1"))


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute(*(f"DROP FUNCTION {signature}" for signature in FUNCTIONS), "DROP TYPE ioms_private.case_due")
    else:
        op.drop_index("ix_case_mark_scope", "case_mark")
    for name in WORKERS:
        op.execute(f"DROP INDEX ix_cases_{name}_word")
    for name in ACTIONS:
        op.drop_index(f"ix_actions_{name}", "actions")
    for table, each in INDEXES.items():
        for columns in each:
            op.drop_index(f"ix_{table}_{'_'.join(columns)}", table)


def _execute(*statements: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    cursor = op.get_bind().connection.dbapi_connection.cursor()
    for each in statements:
        cursor.execute(each)
