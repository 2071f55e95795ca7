"""Let nobody add or change, on a server, intelligence that they may not read.

An UPDATE that has neither WHERE nor RETURNING is not held to the policy for reading: a co-ordinator could change
criteria that rest on intelligence into others, and then read them.
"""

from alembic import op

revision, down_revision = "0062", "0061"

MARKED = {
    "concerns": "concern_type! INTELLIGENCE",
    "decisions": "rule credible_intelligence",
    "proposals": "rule credible_intelligence",
    "eligibility": "basis! INTELLIGENCE",
}


def upgrade() -> None:
    for name, intelligence in MARKED.items():
        op.write_only_what_is_read(name, intelligence=intelligence)


def downgrade() -> None:
    for name in MARKED:
        op.write_what_is_unread(name)
