"""Take a login for a person's own where PostgreSQL 16 or later lists among its members who looks after it.

There whoever makes a login becomes its member, with no right but to change it. So every login that was made by the
program might have done more than a person may: nobody could change their password, or be added to a second database.
"""

from alembic import op

revision, down_revision = "0100", "0099"

MEMBERS = "oid IN (SELECT roleid FROM pg_auth_members)"
OTHERS = "oid IN (SELECT roleid FROM pg_auth_members WHERE member <> 'ioms_accounts'::regrole)"


def upgrade() -> None:
    _edit(MEMBERS, OTHERS)


def downgrade() -> None:
    _edit(OTHERS, MEMBERS)


def _edit(old: str, new: str) -> None:
    """Say something otherwise in the function that tells what goes beyond a person, on a server.

    Raises:
        RuntimeError: It is not there exactly once, so that the function is not the one expected.
    """
    if op.get_context().dialect.name != "postgresql":
        return
    defined = "SELECT pg_get_functiondef('ioms_private.beyond_person(text)'::regprocedure)"
    text: str = op.get_bind().exec_driver_sql(defined).scalar_one()
    if text.count(old) != 1:
        raise RuntimeError(old)
    op.get_bind().connection.dbapi_connection.cursor().execute(text.replace(old, new))
