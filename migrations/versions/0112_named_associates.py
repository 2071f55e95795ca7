"""Let whoever has plans logged be told no more of a row that is hidden from them than of none.

A policy asks of each row whether the person in it may be named, and that refused to answer with debug_print_plan on:
an error in place of no rows told that there is an associate with a number, of whoever it is. The plan of that function
is told to nobody in any case; as functions that read do, it now refuses EXPLAIN alone, before any row is met.
"""

from alembic import op

revision, down_revision = "0112", "0111"

NAME = "may_be_named(text)"
BEFORE, NOW = "ioms_private.refuse_explain()", "ioms_private.reading_role()"


def upgrade() -> None:
    _say_otherwise(BEFORE, NOW)


def downgrade() -> None:
    _say_otherwise(NOW, BEFORE)


def _say_otherwise(former: str, present: str) -> None:
    """Say something otherwise in the function.

    Raises:
        RuntimeError: It is not there exactly once, so that the function is not the one expected.
    """
    if op.get_context().dialect.name != "postgresql":
        return
    text: str = op.get_bind().exec_driver_sql(f"SELECT pg_get_functiondef('{NAME}'::regprocedure)").scalar_one()
    if text.count(former) != 1:
        raise RuntimeError(text)
    op.get_bind().connection.dbapi_connection.cursor().execute(text.replace(former, present))
