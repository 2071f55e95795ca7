"""Tell a program that is refused for its version which schema the database has.

It only knew that the schema was not its own, so that whoever had an older backup restored under an open window was told
to install that older version, when it was for an administrator to migrate.
"""

from alembic import op

revision, down_revision = "0090", "0089"

REFUSED = "USING ERRCODE = '42704'"
TOLD = f"{REFUSED}, DETAIL = coalesce((SELECT value FROM meta WHERE name = 'schema'), '')"


def upgrade() -> None:
    _edit(REFUSED, TOLD)


def downgrade() -> None:
    _edit(TOLD, REFUSED)


def _edit(old: str, new: str) -> None:
    """Say something otherwise in the function that refuses, on a server.

    Raises:
        RuntimeError: It is not there exactly once, so that the function is not the one expected.
    """
    if op.get_context().dialect.name != "postgresql":
        return
    defined = op.get_bind().exec_driver_sql("SELECT pg_get_functiondef('refuse_other_version()'::regprocedure)")
    text: str = defined.scalar_one()
    if text.count(old) != 1:
        raise RuntimeError(old)
    op.get_bind().connection.dbapi_connection.cursor().execute(text.replace(old, new))
