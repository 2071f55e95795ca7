"""Let the rules read on a server whether a former version of an offer had an answer.

How a notification was received is people's words, and the view of former versions left out every column of that name.
An offer's answer is a code with the same name: every offer changed later seemed to have had one from the start.
"""

from alembic import op

revision = "0017"
down_revision = "0016"

FORMER = (
    "id table_name record_id record_key revision case_ref person_ref current_from current_to changed_by request ended "
    "reason* data"
)
OF_RULES = (
    *("cases", "rag", "custody", "orders", "contacts", "ratings", "offers", "concerns", "decisions", "notifications"),
    "actions",
)
WORDS = (
    *("note", "summary", "reason", "court", "conditions", "establishment", "child_checks", "told_participant"),
    *("present", "cancel_reason", "alternatives", "proportionality", "others_told", "dissent"),
    *("conviction_court", "spoken_by"),
)


def upgrade() -> None:
    op.create_facts_view_of_former_versions(FORMER, OF_RULES, (*WORDS, "notifications.response"))


def downgrade() -> None:
    op.create_facts_view_of_former_versions(FORMER, OF_RULES, (*WORDS, "response"))
