"""Records of custody_transfers."""

from alembic import op

revision, down_revision = "0032", "0031"


def upgrade() -> None:
    op.create_record_table(
        "custody_transfers",
        "person_ref:people# moved_on:date# establishment# reason",
        add="officer supervisor",
        free_text="reason",
    )


def downgrade() -> None:
    op.drop_record_table("custody_transfers")
