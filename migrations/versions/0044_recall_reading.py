"""Tell a user of what was entered in error only as far as its record would be theirs to read.

The list of copies to recall named entries of tables that a role does not read, and told officers where somebody else's
entry had gone.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0044", "0043"

SQL = Path(__file__).resolve().parent.parent / "sql"
MAY_READ = "ioms_private.may_read(text, jsonb)"


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    _execute((SQL / "0044_recall_reading.sql").read_text(encoding="utf-8"))
    _execute(f"ALTER FUNCTION {MAY_READ} OWNER TO ioms_owner; REVOKE ALL ON FUNCTION {MAY_READ} FROM PUBLIC")


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        made = (SQL / "0038_recalled_copies.sql").read_text(encoding="utf-8")
        body, end, _ = made[made.index("FUNCTION known_strike_outs") :].partition("END $$;")
        _execute(f"CREATE OR REPLACE {body}{end}")
        _execute(f"DROP FUNCTION {MAY_READ}")


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
