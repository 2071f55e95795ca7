"""Have a server give what the rules that raise a trigger read of one case in one call."""

from pathlib import Path

from alembic import op

revision, down_revision = "0108", "0107"

SQL = Path(__file__).resolve().parent.parent / "sql"


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute((SQL / "0108_trigger_facts.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION read_trigger_facts(text)")
