"""Records of mappa."""

from alembic import op

revision, down_revision = "0015", "0014"


def upgrade() -> None:
    op.create_record_table(
        "mappa", "person_ref:people# from_on:date# category! level! to_on:date", add="officer supervisor"
    )
    op.restrict_record_readers("mappa", "officer supervisor")


def downgrade() -> None:
    op.drop_record_table("mappa")
