"""Read a case in one call, and ask less of each row of it that is open.

Opening a case asked some forty read functions, each with its own question for the role and its own plan of the policy.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0084", "0083"

SQL = Path(__file__).resolve().parent.parent / "sql"


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute((SQL / "0084_knows_of.sql").read_text(encoding="utf-8"))
    op.read_case_at_once()


def downgrade() -> None:
    op.read_case_by_tables()
    if op.get_context().dialect.name == "postgresql":
        _execute("DROP FUNCTION ioms_private.knows_of_case(text), ioms_private.knows_of_person(text)")


def _execute(sql: str) -> None:
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
