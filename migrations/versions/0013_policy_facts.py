"""Columns that the policy of 30 November 2026 needs: of concerns, decisions, contacts, orders and offences.

How a concern ended is kept with the concern, because rules and lists read concerns of every case and offences of none;
an offence names the concern that it was recorded as. All of it is empty in what is there already: nobody said it then.

The codes of lists are loaded after every migration, so that a database that is migrated has the new ones.
"""

from pathlib import Path

from alembic import op

revision = "0013"
down_revision = "0012"

SQL = Path(__file__).resolve().parent.parent / "sql"
DECIDERS = {"add": "officer supervisor"}
RECORDERS = {"add": "officer navigator supervisor"}
IMPORTERS = {"add": "supervisor"}
FACT = {"fact": "yes"}
WORDS = {"fact": "null", "free_text": True}
BESIDE_DECISIONS = {
    "others_told": WORDS,
    "review_on:date": FACT,
    "dissent_agency": FACT,
    "dissent": WORDS,
    "conviction_court": WORDS,
    "convicted_on:date": FACT,
    "lever": FACT,
}
"""What is recorded with a proposal and goes over into the decision."""
ADDED = {
    ("concerns", "outcome"): {**RECORDERS, **FACT},
    ("concerns", "outcome_on:date"): {**RECORDERS, **FACT},
    ("decisions", "alternatives"): {**DECIDERS, **WORDS},
    ("decisions", "proportionality"): {**DECIDERS, **WORDS},
    **{("decisions", column): {**DECIDERS, **more} for column, more in BESIDE_DECISIONS.items()},
    **{("proposals", column): {**DECIDERS, **more} for column, more in BESIDE_DECISIONS.items()},
    ("contacts", "purpose"): {**RECORDERS, "change": "supervisor", **FACT},
    ("orders", "ended_on:date"): {**IMPORTERS, **FACT},
    ("orders", "end_reason"): {**IMPORTERS, **FACT},
    ("offences", "outcome_on:date"): IMPORTERS,
    ("offences", "concern_ref"): IMPORTERS,
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
    *("present", "response", "cancel_reason"),
)
"""The words left out of former versions until now."""
MORE_WORDS = ("alternatives", "proportionality", "others_told", "dissent", "conviction_court")


def upgrade() -> None:
    for (table, column), declared in ADDED.items():
        op.add_record_column(table, column, **declared)
    op.create_facts_view_of_former_versions(FORMER, OF_RULES, (*FORMER_WORDS, *MORE_WORDS))
    if op.get_context().dialect.name == "postgresql":
        _execute((SQL / "0013_beside_decisions.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        sql = (SQL / "0011_supervisors_authority.sql").read_text(encoding="utf-8")
        _execute(sql[sql.index("CREATE OR REPLACE FUNCTION guard_proposal()") :])
    op.create_facts_view_of_former_versions(FORMER, OF_RULES, FORMER_WORDS)
    for table, column in reversed(ADDED):
        op.drop_record_column(table, column.partition(":")[0])


def _execute(sql: str) -> None:
    raw = op.get_bind().connection.dbapi_connection
    raw.cursor().execute(sql)
