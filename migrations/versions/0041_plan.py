"""Records of goals, the goal that an action is a step of, and the agency that leads on a need.

An action of before is a step of no goal: nobody said of which.
"""

from alembic import op

revision, down_revision = "0041", "0040"


def upgrade() -> None:
    op.create_record_table(
        "goals",
        "goal_ref:ref# case_ref:cases! set_on:date! goal! own_words:yes_no pathway offer_ref owner due_on:date "
        "agreed:yes_no agreement_reason ended_on:date reached:yes_no outcome",
        add="officer navigator supervisor",
        free_text="goal agreement_reason outcome",
    )
    op.add_record_column("actions", "goal_ref", add="officer navigator supervisor coordinator", fact="yes")
    op.add_record_column("needs", "agency", add="officer navigator supervisor", fact="yes")


def downgrade() -> None:
    op.drop_record_column("needs", "agency")
    op.drop_record_column("actions", "goal_ref")
    op.drop_record_table("goals")
