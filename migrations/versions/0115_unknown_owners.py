"""Answer for a record on a hidden case as for one on no case, whatever else is wrong with it.

A code that its list does not have was named before the policy was asked. So whoever may add records could find out
whether there is a case or a person of any reference.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0115", "0114"

SQL = Path(__file__).resolve().parent.parent / "sql"
TABLES = (
    "SELECT c.relname::text, a.attname::text FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid "
    "JOIN pg_trigger AS t ON t.tgrelid = c.oid AND t.tgname = c.relname || '_stamp' "
    "WHERE a.attname IN ('case_ref', 'person_ref') AND c.relname <> 'people' "
    "AND (c.relname <> 'cases' OR a.attname = 'person_ref') ORDER BY 1"
)
"""The record tables that belong to a case or a person, each with the column that names it."""


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    _execute((SQL / "0115_unknown_owners.sql").read_text(encoding="utf-8"))
    for name, subject in op.get_bind().exec_driver_sql(TABLES).all():
        op.refuse_unknown_owners(name, subject)


def downgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    for name, _ in op.get_bind().exec_driver_sql(TABLES).all():
        _execute(f"DROP TRIGGER a_known_owner ON {name}")
    _execute("DROP FUNCTION refuse_unknown_case(), refuse_unknown_person()")


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
