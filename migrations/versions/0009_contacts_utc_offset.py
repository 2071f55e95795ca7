"""The column utc_offset of contacts."""

from alembic import op

revision, down_revision = "0009", "0008"


def upgrade() -> None:
    op.add_record_column("contacts", "utc_offset", add="officer navigator supervisor", change="supervisor", fact="yes")


def downgrade() -> None:
    op.drop_record_column("contacts", "utc_offset")
