"""Let people be found by names written another way.

People and cases get further search words: names written in one word, in other spellings, and their sounds. `migrate`
makes them after the last migration, in the same transaction, from the names and references as they are. Until this
schema programs wrote fewer, and they are kept out by its number. Whether somebody has another word as well is looked up
by the person and the word.
"""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_index("ix_search_key_person_ref_word", "search_key", ["person_ref", "word"], unique=False)
    op.drop_index("ix_search_key_person_ref", "search_key")


def downgrade() -> None:
    """Keep the further search words; a program of the schema before finds people by those it knows."""
    op.create_index("ix_search_key_person_ref", "search_key", ["person_ref"], unique=False)
    op.drop_index("ix_search_key_person_ref_word", "search_key")
