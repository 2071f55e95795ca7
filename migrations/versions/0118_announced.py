"""Let a notice name a case by a number that only the server explains, to those who know of the case.

A notice named it by a digest of its reference and the number of the database, which everybody reads. So whoever
listened could try every reference that there might be, and was told of each case that is hidden from them when it was
changed and who had it open.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0118", "0117"

SQL = Path(__file__).resolve().parent.parent / "sql"


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute((SQL / "0118_announced.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute(
            "DROP TRIGGER cases_announced ON cases; DROP TRIGGER cases_announced_anew ON cases;"
            "DROP TRIGGER case_standing_announced_anew ON case_standing;"
            "DROP TRIGGER access_entry_announced_anew ON access_entry;"
            "DROP FUNCTION name_announced_case(), renew_announced_case(), announce(text, jsonb);"
            "DROP FUNCTION cases_announced(text[]), ioms_private.announced_numbers(text[]);"
            "DROP TABLE ioms_private.announced_case"
        )


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
