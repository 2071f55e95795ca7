"""Who worked on a server before it kept logins waits for one; what somebody has not saved is locked with them.

Until schema 0003 a server was one login for everybody, and the program compared passwords. Whoever could sign in then
is still in the list of users, without a login: they wait, inactive, until an administrator lets them in, and what they
did keeps their name. What the program kept of their passwords is no use any more; that of whoever was disabled is
removed, that of whoever waits says that they wait.

The key of unsaved entries on a workstation used to lie there under the password of the sign-in. Not everybody has one:
now it is the server's to give, to whoever it lets in.
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
