"""Records of how a letter was delivered, or was not.

Nothing is there yet. What was said of delivery so far stays where it is, in contacts, notifications and on decisions:
none of them names the letter, and which one was meant is not for a migration to guess.
"""

from alembic import op

revision, down_revision = "0074", "0072"


def upgrade() -> None:
    op.create_record_table(
        "letter_deliveries",
        "delivery_ref:ref# case_ref:cases! document_ref attempted_at:day_time! outcome! method! given_to delivered_by "
        "witnessed_by note",
        add="officer navigator supervisor",
        free_text="given_to delivered_by witnessed_by note",
    )
    op.change_only_what_is_opened("letter_deliveries")
    op.declare_entry_rule("letter_deliveries", kept_by="AUTHOR")


def downgrade() -> None:
    op.drop_record_table("letter_deliveries")
