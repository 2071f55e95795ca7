"""Tell nobody of a link that was entered in error if it names a person of whom they may not know.

An officer or a supervisor knows of every table and was therefore told of all that had been in it.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0063", "0062"

SQL = Path(__file__).resolve().parent.parent / "sql"


def upgrade() -> None:
    _replace("0063_recalled_links.sql")


def downgrade() -> None:
    _replace("0044_recall_reading.sql")


def _replace(name: str) -> None:
    """Define `known_strike_outs` as a file has it, as it is: a percent sign in it is no parameter."""
    if op.get_context().dialect.name != "postgresql":
        return
    made = (SQL / name).read_text(encoding="utf-8")
    body, end, _ = made[made.index("CREATE OR REPLACE FUNCTION known_strike_outs") :].partition("END $$;")
    op.get_bind().connection.dbapi_connection.cursor().execute(f"{body}{end}")
