"""Let the register say when the record was read that is on a paper, so that it is recalled by that instant.

What was taken out of a record between the two is on the paper, and would else be told of to nobody.
"""

from alembic import op

revision, down_revision = "0082", "0081"

IS_PAPER = "ioms_private.is_paper(jsonb)"
ASKED = "WHEN part.key = 'given_to'"
READ_AT = (
    "WHEN part.key = 'read_at' THEN jsonb_typeof(part.value) = 'string' "
    r"AND part.value #>> '{}' ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?\+00:00$' "
)


def upgrade() -> None:
    _edit(ASKED, READ_AT + ASKED)


def downgrade() -> None:
    _edit(READ_AT + ASKED, ASKED)


def _edit(old: str, new: str) -> None:
    """Say something otherwise in the function that knows of what an entry of the register is made."""
    if op.get_context().dialect.name != "postgresql":
        return
    defined = op.get_bind().exec_driver_sql(f"SELECT pg_get_functiondef('{IS_PAPER}'::regprocedure)").scalar_one()
    if defined.count(old) != 1:
        raise RuntimeError(IS_PAPER)
    # As it is: a percent sign or a colon in it is no parameter.
    op.get_bind().connection.dbapi_connection.cursor().execute(defined.replace(old, new))
