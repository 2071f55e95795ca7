"""Find by index which results do not stand, and in a file the first cases in an order that the rules find, too.

A server puts results in order only after it asked of each who may know of it, so that an index in that order would cost
what it keeps and never be read.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0092", "0091"

TABLE = "case_result"
FORMER = ("scope", "policy_key")
ADDED = (("scope", "policy_key", "as_of"), ("scope", "next_change_on"))
IN_A_FILE = tuple(("scope", shown, "case_ref") for shown in ("rag", "engagement", "step", "last_contact_on"))
MISSING = {"without_step": "step IS NULL", "without_custody": "in_custody IS NULL"}


def upgrade() -> None:
    op.drop_index(_name(FORMER), TABLE)
    for columns in _added():
        op.create_index(_name(columns), TABLE, list(columns))
    for name, condition in MISSING.items():
        where = sa.text(condition)
        op.create_index(f"ix_{TABLE}_{name}", TABLE, ["scope"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name in MISSING:
        op.drop_index(f"ix_{TABLE}_{name}", TABLE)
    for columns in _added():
        op.drop_index(_name(columns), TABLE)
    op.create_index(_name(FORMER), TABLE, list(FORMER))


def _added() -> tuple[tuple[str, ...], ...]:
    return ADDED if op.get_context().dialect.name == "postgresql" else (*ADDED, *IN_A_FILE)


def _name(columns: tuple[str, ...]) -> str:
    return f"ix_{TABLE}_{'_'.join(columns)}"
