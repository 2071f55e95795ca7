"""Record whom a person is linked to and of which groups they are said to be; nothing is there already.

Whoever may not know of the other person of a link does not see the link.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0057", "0056"

SQL = Path(__file__).resolve().parents[1] / "sql" / "0057_network.sql"


def upgrade() -> None:
    if _is_server():
        _execute(SQL.read_text(encoding="utf-8"))
    op.create_record_table(
        "associates",
        "associate_ref:ref# person_ref:people! kind! basis! source! source_grade information_grade handling "
        "from_on:date to_on:date review_on:date other_person_ref name note",
        add="officer navigator supervisor",
        free_text="other_person_ref name source note",
        intelligence="basis! INTELLIGENCE",
    )
    op.hide_records_of_unknown_people("associates", "other_person_ref")
    op.write_only_what_is_read("associates", intelligence="basis! INTELLIGENCE", named="other_person_ref")
    op.create_record_table(
        "group_memberships",
        "membership_ref:ref# person_ref:people! group_name! group_aka group_area group_status role! source! "
        "source_grade! information_grade! handling from_on:date evidence_on:date! to_on:date reviewed_by "
        "review_on:date",
        add="officer supervisor",
        free_text="group_name group_aka group_area source",
    )
    op.restrict_record_readers("group_memberships", "officer supervisor")


def downgrade() -> None:
    op.drop_record_table("group_memberships")
    op.show_former_versions_of_unknown_people("associates")
    op.drop_record_table("associates")
    if _is_server():
        _execute("DROP FUNCTION may_be_named(text)")


def _is_server() -> bool:
    return op.get_context().dialect.name == "postgresql"


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
