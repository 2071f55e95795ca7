"""Put on record that a number was asked for before the server looks whose it is, and keep no number of anybody.

What asked wrote only where somebody has the number: whoever took it back could still see that it had written. And the
number stood there with its person until the next question, after a disposal too. Now a digest stands there without a
person, and a disposal removes all of them.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0095", "0094"

SQL = Path(__file__).resolve().parent.parent / "sql"
REPLACED = ("ask_numbers(jsonb, text)", "known_numbers(jsonb, text)", "dispose(text, date)")
FORMER = "ioms_private.definition_before_0095"
LOOKS = "DELETE FROM ioms_private.look WHERE"
TABLE_0085 = """
    CREATE TABLE ioms_private.number_answer (
      who text COLLATE "C", field text COLLATE "C", form text COLLATE "C", person_ref text COLLATE "C",
      told boolean NOT NULL, asked_xid xid8 NOT NULL, expires_at timestamptz NOT NULL,
      PRIMARY KEY (who, field, form, person_ref)
    );
    ALTER TABLE ioms_private.number_answer OWNER TO ioms_owner;
"""


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    named = ", ".join(f"'{name}'::regprocedure" for name in REPLACED)
    _execute(
        f"CREATE TABLE {FORMER} AS SELECT pg_get_functiondef(oid) AS text FROM pg_proc WHERE oid IN ({named})",
        f"ALTER TABLE {FORMER} OWNER TO ioms_owner",
        (SQL / "0095_asked.sql").read_text(encoding="utf-8"),
    )
    dispose = "SELECT pg_get_functiondef('dispose(text, date)'::regprocedure)"
    defined = op.get_bind().exec_driver_sql(dispose).scalar_one()
    if defined.count(LOOKS) != 1:
        raise RuntimeError(LOOKS)
    _execute(defined.replace(LOOKS, f"DELETE FROM ioms_private.number_asked;\n  {LOOKS}"))


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute(
            *op.get_bind().exec_driver_sql(f"SELECT text FROM {FORMER}").scalars().all(),
            f"DROP TABLE {FORMER}, ioms_private.number_asked",
            "DROP FUNCTION ioms_private.numbers_asked(jsonb)",
            TABLE_0085,
        )


def _execute(*statements: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    cursor = op.get_bind().connection.dbapi_connection.cursor()
    for each in statements:
        cursor.execute(each)
