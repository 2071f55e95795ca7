"""Take a number that others gave a person only once it was asked for on record.

A refusal tells that somebody has the number, also of whom one may not know, and left no trace once it was taken back.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0097", "0096"

SQL = Path(__file__).resolve().parent.parent / "sql"
FORMER = "ioms_private.definition_before_0097"
REPLACED = ", ".join(
    f"'{name}'::regprocedure" for name in ("guard_person()", "guard_number()", "ioms_private.numbers_asked(jsonb)")
)


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute(
            f"CREATE TABLE {FORMER} AS SELECT pg_get_functiondef(oid) AS text FROM pg_proc WHERE oid IN ({REPLACED})",
            f"ALTER TABLE {FORMER} OWNER TO ioms_owner",
            (SQL / "0097_numbers.sql").read_text(encoding="utf-8"),
        )


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute(
            *op.get_bind().exec_driver_sql(f"SELECT text FROM {FORMER}").scalars().all(),
            f"DROP TABLE {FORMER}",
            "DROP FUNCTION ioms_private.refuse_taken_numbers(jsonb, text), ioms_private.check_numbers_asked(jsonb)",
        )


def _execute(*statements: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    cursor = op.get_bind().connection.dbapi_connection.cursor()
    for each in statements:
        cursor.execute(each)
