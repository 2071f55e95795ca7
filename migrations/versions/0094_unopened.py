"""Answer whoever reads a case that they have not opened at once, so that one that is hidden takes no longer.

Everything of it was looked up and kept back row by row, where of a case that is not there nothing was found.
"""

from alembic import op

revision, down_revision = "0094", "0093"


def upgrade() -> None:
    op.answer_unopened_at_once()


def downgrade() -> None:
    op.ask_of_the_unopened()
