"""What a notification and an IOM letter leave on record: who was there, consent, who was told, the letter.

All of it is empty in what is there already.
"""

from alembic import op

revision, down_revision = "0037", "0036"

RECORDERS = "officer navigator supervisor"
ADDED = {
    "attended": "yes",
    "told": "yes",
    "consent": "yes",
    "gillick": "null",
    "letter_left_on:date": "yes",
    "method": "yes",
    "language": "yes",
    "interpreter:yes_no": "yes",
    "copy_given:yes_no": "yes",
}
WORDS = {"gillick"}
"""What people write in their own words, which a disposal searches for names."""
FORMER = (
    "id table_name record_id record_key revision case_ref person_ref current_from current_to changed_by request ended "
    "reason* data"
)
OF_RULES = (
    *("cases", "rag", "custody", "orders", "contacts", "ratings", "offers", "concerns", "decisions", "notifications"),
    "actions",
)
FORMER_WORDS = (
    *("note", "summary", "reason", "court", "conditions", "establishment", "child_checks", "told_participant"),
    *("present", "cancel_reason", "alternatives", "proportionality", "others_told", "dissent"),
    *("conviction_court", "spoken_by", "notifications.response"),
)


def upgrade() -> None:
    for column, fact in ADDED.items():
        op.add_record_column("notifications", column, add=RECORDERS, fact=fact, free_text=column in WORDS)
    op.create_facts_view_of_former_versions(FORMER, OF_RULES, (*FORMER_WORDS, *sorted(WORDS)))


def downgrade() -> None:
    op.create_facts_view_of_former_versions(FORMER, OF_RULES, FORMER_WORDS)
    for column in reversed(ADDED):
        op.drop_record_column("notifications", column.partition(":")[0])
