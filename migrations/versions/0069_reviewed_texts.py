"""Take no paper for a reader outside into the register of which it is not said what became of the texts in it.

What people wrote in their own words is reviewed before a copy with it leaves the office, or left out. What was removed
is told by the version of its record and by places in it, never by its words. Papers that were registered before stay as
they are.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0069", "0068"

SQL = Path(__file__).resolve().parent.parent / "sql"
REMOVED = "ioms_private.is_removed(jsonb)"
REMOVED_PART = "WHEN part.key = 'removed' THEN ioms_private.is_removed(part.value)"
TEXTS_PART = "WHEN part.key = 'texts' THEN part.value #>> '{}' IN ('NONE', 'REVIEWED', 'LEFT_OUT')"
OUTSIDE = "said ->> 'audience' IN ('partner', 'participant', 'parent', 'panel', 'board')"
TOLD_OF_TEXTS = (
    f"AND ({OUTSIDE}) = (said ? 'texts') AND NOT (said ? 'removed' AND coalesce(said ->> 'texts' <> 'REVIEWED', true))"
)
CHANGES = (
    (
        "ioms_private.is_paper(jsonb)",
        "WHEN part.key = 'given_to'",
        f"{REMOVED_PART} {TEXTS_PART} WHEN part.key = 'given_to'",
    ),
    (
        "ioms_private.is_paper(jsonb)",
        "AND NOT EXISTS (",
        f"{TOLD_OF_TEXTS} AND NOT EXISTS (",
    ),
)
"""What is replaced in functions as they are."""


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    _execute_all(
        (SQL / "0069_reviewed_texts.sql").read_text(encoding="utf-8"),
        f"ALTER FUNCTION {REMOVED} OWNER TO ioms_owner; REVOKE ALL ON FUNCTION {REMOVED} FROM PUBLIC",
    )
    for name, before, after in CHANGES:
        _replace_in(name, before, after)


def _replace_in(name: str, before: str, after: str) -> None:
    """Replace what a function says in one place, whatever others changed elsewhere in it."""
    told = op.get_bind().exec_driver_sql(f"SELECT pg_get_functiondef('{name}'::regprocedure)").scalar_one()
    if told.count(before) != 1:
        raise ValueError(name, before)
    _execute_all(told.replace(before, after))


def downgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    for name, before, after in reversed(CHANGES):
        _replace_in(name, after, before)
    _execute_all(f"DROP FUNCTION {REMOVED}")


def _execute_all(*statements: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    cursor = op.get_bind().connection.dbapi_connection.cursor()
    for each in statements:
        cursor.execute(each)
