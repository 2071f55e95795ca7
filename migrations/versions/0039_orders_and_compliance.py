"""Records of conditions and of compliance steps, and why the statutory status of a case is set by hand.

A status that an import brought keeps no reason: it is what the file said, and what the orders say stands beside it.
"""

from alembic import op

revision, down_revision = "0039", "0038"


def upgrade() -> None:
    op.create_record_table(
        "order_conditions",
        "condition_ref:ref# person_ref:people! category! wording from_on:date! to_on:date order_ref em_type",
        add="officer supervisor",
        free_text="wording",
    )
    op.create_record_table(
        "compliance_steps",
        "compliance_ref:ref# case_ref:cases! taken_on:date! step! warning_level recall_type taken_by agency reason! "
        "failed_on:date order_ref outcome",
        add="officer supervisor",
        free_text="taken_by reason outcome",
    )
    op.add_record_column("cases", "statutory_reason", add="officer navigator supervisor coordinator", free_text=True)


def downgrade() -> None:
    op.drop_record_column("cases", "statutory_reason")
    op.drop_record_table("compliance_steps")
    op.drop_record_table("order_conditions")
