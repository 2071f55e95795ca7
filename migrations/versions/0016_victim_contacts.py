"""Records of victim_contacts."""

from alembic import op

revision, down_revision = "0016", "0015"


def upgrade() -> None:
    op.create_record_table(
        "victim_contacts",
        "victim_contact_ref:ref# case_ref:cases! recorded_on:date! status! safety_plan_on:date liaison note",
        add="officer supervisor",
        free_text="note",
    )
    op.restrict_record_readers("victim_contacts", "officer supervisor")


def downgrade() -> None:
    op.drop_record_table("victim_contacts")
