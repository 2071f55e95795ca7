"""What an offer is funded with, from whom, and who authorised that; an offer of before is not said to be funded.

A server takes no amount without its authoriser, and no user as one who may not authorise.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0052", "0051"

SQL = Path(__file__).resolve().parent.parent / "sql"
RECORDERS = "officer navigator supervisor"
ADDED = {
    "funding_amount": "yes",
    "funding_for": "null",
    "funded_by": "yes",
    "funding_authorised_by": "yes",
    "funding_authorised_on:date": "yes",
}
WORDS = {"funding_for"}
CARRIED_ON = (
    "response responded_on started_on ended_on end_reason provider_answer planned_sessions planned_minutes "
    "exit_planned_on"
)
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
    *("owner_contact", "due_reason", "actions.outcome"),
)


def upgrade() -> None:
    for column, fact in ADDED.items():
        op.add_record_column("offers", column, add=RECORDERS, fact=fact, free_text=column in WORDS)
    op.create_facts_view_of_former_versions(FORMER, OF_RULES, (*FORMER_WORDS, *WORDS))
    names = " ".join(column.partition(":")[0] for column in ADDED)
    op.declare_entry_rule("offers", kept_by="AUTHOR", carried_on=f"{CARRIED_ON} {names}")
    if op.get_context().dialect.name == "postgresql":
        _execute((SQL / "0052_offer_funding.sql").read_text(encoding="utf-8"))
        _execute("ALTER FUNCTION guard_funding() OWNER TO ioms_owner")
        _execute("REVOKE ALL ON FUNCTION guard_funding() FROM PUBLIC")


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute("DROP TRIGGER offers_funding_guard ON offers; DROP FUNCTION guard_funding();")
    op.declare_entry_rule("offers", kept_by="AUTHOR", carried_on=CARRIED_ON)
    op.create_facts_view_of_former_versions(FORMER, OF_RULES, FORMER_WORDS)
    for column in reversed(ADDED):
        op.drop_record_column("offers", column.partition(":")[0])


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
