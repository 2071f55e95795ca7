"""Records of appointments."""

from alembic import op
from sqlalchemy import text

revision, down_revision = "0029", "0028"


def upgrade() -> None:
    op.create_record_table(
        "appointments",
        "appointment_ref:ref# case_ref:cases! starts_at:day_time! minutes:whole contact_type! location worker agency "
        "purpose offer_ref:offers replaces_ref cancelled_on:date cancelled_by cancel_reason contact_ref:contacts",
        add="officer navigator supervisor",
        facts=True,
        withheld="location cancel_reason",
        free_text="location cancel_reason",
    )
    waiting = text("cancelled_on IS NULL AND contact_ref IS NULL")
    op.create_index(
        "ix_appointments_waiting", "appointments", ["starts_at"], sqlite_where=waiting, postgresql_where=waiting
    )


def downgrade() -> None:
    op.drop_record_table("appointments")
