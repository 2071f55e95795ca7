"""Whose an action is beyond the users, who gave it, what it follows from, how often its day was moved, what came of it.

All of it is empty in what is there already: nobody said who gave an action, and a day that was moved before left no
reason. A server refuses to move a day without one, and lets whoever takes a contact out empty what names it.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0048", "0047"

SQL = Path(__file__).resolve().parent.parent / "sql"
RECORDERS = "officer navigator supervisor coordinator"
ADDED = {
    "agency": "yes",
    "owner_contact": "null",
    "given_by": "yes",
    "contact_ref": "yes",
    "first_due_on:date": "yes",
    "due_moves:whole": "yes",
    "due_reason": "null",
    "outcome": "null",
}
WORDS = ("owner_contact", "due_reason", "outcome")
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
    *("conviction_court", "spoken_by", "notifications.response", "gillick"),
)


def upgrade() -> None:
    for column, fact in ADDED.items():
        op.add_record_column("actions", column, add=RECORDERS, fact=fact, free_text=column in WORDS)
    op.create_facts_view_of_former_versions(
        FORMER, OF_RULES, (*FORMER_WORDS, "owner_contact", "due_reason", "actions.outcome")
    )
    op.declare_entry_rule("actions", released="contact_ref")
    if op.get_context().dialect.name == "postgresql":
        _execute((SQL / "0048_actions_for_anyone.sql").read_text(encoding="utf-8"))
        _execute(
            "ALTER FUNCTION guard_due_day() OWNER TO ioms_owner; REVOKE ALL ON FUNCTION guard_due_day() FROM PUBLIC"
        )


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute("DROP TRIGGER actions_due_guard ON actions; DROP FUNCTION guard_due_day();")
        _execute("DELETE FROM ioms_private.entry_rule WHERE table_name = 'actions'")
    op.create_facts_view_of_former_versions(FORMER, OF_RULES, FORMER_WORDS)
    for column in reversed(ADDED):
        op.drop_record_column("actions", column.partition(":")[0])


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
