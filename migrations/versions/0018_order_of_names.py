"""Let lists stand in the order of names as they are spelt in plain letters, and index the words of cases alone.

`migrate` makes the sort keys of people anew after the last migration, in the same transaction: Əliyev stands under A,
both kinds of apostrophe count alike, and every Smith stands before Smith Jones. Programs of the schema before made
others, and are kept out by its number. What is recorded of anybody stays as it is.

Nearly all search words are of a person and of no case, and each had an entry in the index by cases.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

OF_A_CASE = sa.text("case_ref <> ''")


def upgrade() -> None:
    op.drop_index("ix_search_key_case_ref", "search_key")
    op.create_index(
        *("ix_search_key_case_ref", "search_key", ["case_ref"]), sqlite_where=OF_A_CASE, postgresql_where=OF_A_CASE
    )


def downgrade() -> None:
    """Keep the sort keys; a program of the schema before makes its own for whoever it saves."""
    op.drop_index("ix_search_key_case_ref", "search_key")
    op.create_index("ix_search_key_case_ref", "search_key", ["case_ref"])
