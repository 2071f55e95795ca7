"""What practitioners and inspectors look for and nothing held: of people, cases, custody, concerns and notifications.

All of it is empty in what is there already.
"""

from alembic import op

revision = "0014"
down_revision = "0013"

RECORDERS = {"add": "officer navigator supervisor"}
IMPORTERS = {"add": "supervisor"}
FACT = {"fact": "yes"}
ADDED = {
    ("people", "ethnicity_officer"): IMPORTERS,
    ("people", "children_at_risk:yes_no"): IMPORTERS,
    ("people", "exploitation"): IMPORTERS,
    ("cases", "yjs_case_manager"): {**IMPORTERS, "change": "officer supervisor"},
    ("cases", "social_worker"): {**IMPORTERS, "change": "officer supervisor"},
    ("custody", "hours:whole"): {**IMPORTERS, **FACT},
    ("concerns", "statement_basis"): {**RECORDERS, **FACT},
    ("notifications", "kind"): {**RECORDERS, **FACT},
    ("notifications", "message_points"): {**RECORDERS, **FACT},
    ("notifications", "spoken_by"): {**RECORDERS, "fact": "null", "free_text": True},
    ("notifications", "voices"): {**RECORDERS, **FACT},
    ("notifications", "legal_explained:yes_no"): {**RECORDERS, **FACT},
    ("notifications", "prompted_on:date"): {**RECORDERS, **FACT},
}
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
    *("present", "response", "cancel_reason", "alternatives", "proportionality", "others_told", "dissent"),
    "conviction_court",
)
"""The words left out of former versions until now."""


def upgrade() -> None:
    for (table, column), declared in ADDED.items():
        op.add_record_column(table, column, **declared)
    op.create_facts_view_of_former_versions(FORMER, OF_RULES, (*FORMER_WORDS, "spoken_by"))


def downgrade() -> None:
    op.create_facts_view_of_former_versions(FORMER, OF_RULES, FORMER_WORDS)
    for table, column in reversed(ADDED):
        op.drop_record_column(table, column.partition(":")[0])
