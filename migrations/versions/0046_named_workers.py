"""Count the cases of somebody who is named with rank and number too, as the program's lists find them.

A file names `PC 4411 ADEYEMI`, the account is `adeyemi`: whoever disables it was told of no case.
"""

from alembic import op

revision, down_revision = "0046", "0045"

WHOLE = "lower(trim(w.worker)) IN (SELECT lower(trim(n)) FROM unnest(names) AS n) OR w.user_name = ANY (names)"
RANKED = f"""{WHOLE}
          OR (w.user_name IS NULL AND EXISTS (
            SELECT FROM unnest(names) AS n WHERE trim(n) <> ''
              AND right(lower(trim(w.worker)), length(trim(n)) + 1) = ' ' || lower(trim(n))))"""


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _edit(WHOLE, RANKED)


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _edit(RANKED, WHOLE)


def _edit(old: str, new: str) -> None:
    """Change whom `cases_worked_on` finds."""
    bound = op.get_bind()
    defined = bound.exec_driver_sql("SELECT pg_get_functiondef('cases_worked_on(text[])'::regprocedure)").scalar_one()
    if defined.count(old) != 1:
        raise RuntimeError("cases_worked_on(text[])")
    bound.connection.dbapi_connection.cursor().execute(defined.replace(old, new))
