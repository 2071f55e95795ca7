"""Let the register say in which run a paper was printed, so that who is asked what came out is asked of that run alone.

A file that was saved meanwhile, or what another window prints, is no paper of it.
"""

from alembic import op

revision, down_revision = "0103", "0102"

IS_PAPER = "ioms_private.is_paper(jsonb)"
ASKED = "WHEN part.key = 'given_to'"
RUN = "WHEN part.key = 'run' THEN jsonb_typeof(part.value) = 'string' AND part.value #>> '{}' ~ '^[0-9a-f]{32}$' "


def upgrade() -> None:
    _edit(ASKED, RUN + ASKED)


def downgrade() -> None:
    _edit(RUN + ASKED, ASKED)


def _edit(old: str, new: str) -> None:
    """Say something otherwise in the function that knows of what an entry of the register is made."""
    if op.get_context().dialect.name != "postgresql":
        return
    defined = op.get_bind().exec_driver_sql(f"SELECT pg_get_functiondef('{IS_PAPER}'::regprocedure)").scalar_one()
    if defined.count(old) != 1:
        raise RuntimeError(IS_PAPER)
    # As it is: a percent sign or a colon in it is no parameter.
    op.get_bind().connection.dbapi_connection.cursor().execute(defined.replace(old, new))
