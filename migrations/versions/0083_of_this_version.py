"""Let no command begin on a server while it is migrated, nor in a program of another version afterwards.

Windows stay open while an administrator migrates. An old one went on saving into tables it was not made for, or told
its user to ask a supervisor for a right, because the new version had taken one from everybody.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0083", "0082"

SQL = Path(__file__).resolve().parent.parent / "sql"


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute((SQL / "0083_version.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute("""
            DROP TRIGGER of_this_version ON request;
            DROP FUNCTION refuse_other_version();
            REVOKE EXECUTE ON FUNCTION pg_try_advisory_xact_lock_shared(bigint) FROM ioms_owner;
        """)


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
