"""Keep no index entry in a file that nobody looks up: each is on a page that every save encrypts and syncs.

A column that most rows leave empty is looked up only by a value, so an entry for an empty one is never read. The mark
of an audit entry is its own number in a file (migration 0002), by which the table is in order already; only an entry to
which somebody gave another has to be found. A server writes no whole pages, and its marks are numbers of transactions.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0120", "0119"

MARKS = ("audit", ("mark", "id"), "mark <> id")
MOSTLY_EMPTY = (
    ("contacts", ("offer_ref",), "offer_ref IS NOT NULL"),
    ("appointments", ("offer_ref",), "offer_ref IS NOT NULL"),
    ("appointments", ("contact_ref",), "contact_ref IS NOT NULL"),
    ("former_version", ("case_ref", "table_name"), "case_ref IS NOT NULL"),
    ("former_version", ("person_ref", "table_name"), "person_ref IS NOT NULL"),
)
"""Table, columns and condition of each index."""


def upgrade() -> None:
    _make_again(is_partial=True)


def downgrade() -> None:
    _make_again(is_partial=False)


def _make_again(*, is_partial: bool) -> None:
    if op.get_context().dialect.name == "postgresql":
        return
    for table, columns, condition in (*MOSTLY_EMPTY, MARKS):
        name, where = f"ix_{table}_{columns[0]}", sa.text(condition) if is_partial else None
        op.drop_index(name, table)
        op.create_index(name, table, list(columns), sqlite_where=where)
