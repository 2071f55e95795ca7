"""Find whose an identifier is by an index, as two of them are compared: before, all people were gone through.

The expressions are no columns, so the declared tables do not name these indexes; a migration that rebuilds `people` or
`person_numbers` in a file makes them again.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0105", "0104"

SQL = Path(__file__).resolve().parent.parent / "sql"
FORMER = "ioms_private.definition_before_0105"
REPLACED = "'ioms_private.same_numbers(jsonb, text)'::regprocedure"
COLUMNS = ("pnc_id", "cro_number", "crn", "prison_number", "niche_id")
IN_FILE = "upper(replace(replace(replace(replace({}, ' ', ''), '-', ''), '/', ''), '.', ''))"
ON_SERVER = "upper(translate({}, ' -/.', ''))"


def upgrade() -> None:
    is_server = op.get_context().dialect.name == "postgresql"
    form = ON_SERVER if is_server else IN_FILE
    for name in COLUMNS:
        op.execute(f"CREATE INDEX ix_people_{name}_form ON people ({form.format(name)}) WHERE {name} IS NOT NULL")
    op.execute(f"CREATE INDEX ix_person_numbers_form ON person_numbers (kind, {form.format('number')})")
    if is_server:
        _execute(
            f"CREATE TABLE {FORMER} AS SELECT pg_get_functiondef(oid) AS text FROM pg_proc WHERE oid = {REPLACED}",
            f"ALTER TABLE {FORMER} OWNER TO ioms_owner",
            (SQL / "0105_numbers.sql").read_text(encoding="utf-8"),
        )


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute(*op.get_bind().exec_driver_sql(f"SELECT text FROM {FORMER}").scalars().all(), f"DROP TABLE {FORMER}")
    for name in (*(f"people_{column}" for column in COLUMNS), "person_numbers"):
        op.execute(f"DROP INDEX ix_{name}_form")


def _execute(*statements: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    cursor = op.get_bind().connection.dbapi_connection.cursor()
    for each in statements:
        cursor.execute(each)
