"""Records of eligibility."""

from alembic import op

revision, down_revision = "0040", "0039"


def upgrade() -> None:
    op.create_record_table(
        "eligibility",
        "eligibility_ref:ref# case_ref:cases! criterion! assessed_on:date! met:yes_no! basis! evidence! source! "
        "evidence_on:date source_grade information_grade handling tool tool_version score scored_on:date "
        "index_offence index_offence_on:date",
        add="officer supervisor coordinator",
        free_text="evidence source index_offence",
        intelligence="basis! INTELLIGENCE",
    )
    op.restrict_record_readers("eligibility", "officer supervisor coordinator")


def downgrade() -> None:
    op.drop_record_table("eligibility")
