"""Users from before logins wait for one, and the key of drafts comes from the server.

Until schema 0003 everybody shared one login of the server, and the program compared passwords. Users from then are
still listed, without a login: they are inactive until an administrator lets them in, and what they did keeps their
name. Their password hashes are of no use any more: those of disabled users are removed, those of waiting users replaced
by a mark that they wait.

The key of the drafts on a workstation used to be encrypted with the sign-in password. Not everybody has one, so now
the server gives the key to everybody it lets in.
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
