"""Mark the users from before logins as waiting for one, and keep the key of drafts on the server.

Before schema 0003 all users shared one login of the server, and the program compared passwords. These users are still
listed, but without a login. They stay inactive until an administrator gives them one, and their earlier work keeps
their names. Their password hashes are no longer used: those of disabled users are removed, and those of waiting users
are replaced by a marker.

The key of the drafts on a workstation used to be encrypted with the sign-in password. Not every user has a password, so
the server now provides the key to every user who signs in.
"""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"

SQL = Path(__file__).resolve().parent.parent / "sql"


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute((SQL / "0007_first_logins.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute("""
            DROP FUNCTION draft_secret(), users_without_login(), enable_login(text);
            DROP TABLE ioms_private.draft_secret;
            UPDATE users SET active = true WHERE NOT active AND password_hash <> '';
        """)


def _execute(sql: str) -> None:
    raw = op.get_bind().connection.dbapi_connection
    raw.cursor().execute(sql)
