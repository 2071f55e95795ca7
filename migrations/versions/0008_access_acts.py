"""What people need to say who may know of a case: words shown in its place, a quiet alert, accounts that change.

A restriction gets the message that an exclusion had already. The alert of a broken glass no longer carries a name, for
every login can listen; its review is for a supervisor who did not break it, and who broke it changes nothing of the
case's lists. Whoever declares a conflict on a case they do not know of is no longer told whether there is one. Nothing
that is there already changes.
"""

import re
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0006"

SQL = Path(__file__).resolve().parent.parent / "sql"
OWNED = ("told_instead(text)", "guard_review()", "set_standing(text, boolean, text, text)")
ACCOUNTS = ("set_account(text, text, date)",)
REPLACED = ("set_access", "set_standing", "break_glass")


def upgrade() -> None:
    op.add_column("case_standing", sa.Column("message", sa.Text(), nullable=True))
    if op.get_context().dialect.name != "postgresql":
        return
    _execute("DROP FUNCTION set_standing(text, boolean, text)")
    _execute((SQL / "0008_access.sql").read_text(encoding="utf-8"))
    for owner, names in (("ioms_owner", OWNED), ("ioms_accounts", ACCOUNTS)):
        for name in names:
            _execute(f"ALTER FUNCTION {name} OWNER TO {owner}; REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    for name in ("told_instead(text)", "set_standing(text, boolean, text, text)", *ACCOUNTS):
        _execute(f"GRANT EXECUTE ON FUNCTION {name} TO ioms_people")
    # Whoever is moved to another team has no case of the former one open any longer.
    _execute("GRANT SELECT, DELETE ON ioms_private.look TO ioms_accounts")
    _execute("CREATE TRIGGER actions_guard BEFORE UPDATE ON actions FOR EACH ROW EXECUTE FUNCTION guard_review()")


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute("DROP TRIGGER actions_guard ON actions")
        _execute("REVOKE SELECT, DELETE ON ioms_private.look FROM ioms_accounts")
        for name in (*OWNED, *ACCOUNTS):
            _execute(f"DROP FUNCTION {name}")
        for name in REPLACED:
            _execute(_former(name))
        name = "set_standing(text, boolean, text)"
        _execute(f"ALTER FUNCTION {name} OWNER TO ioms_owner; REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        _execute(f"GRANT EXECUTE ON FUNCTION {name} TO ioms_people")
    with op.batch_alter_table("case_standing") as table:
        table.drop_column("message")


def _former(name: str) -> str:
    """Give a function as it was before, from where it was first made."""
    acts = (SQL / "0003_acts.sql").read_text(encoding="utf-8")
    found = re.search(rf"^CREATE (FUNCTION {name}\(.*?^END \$\$;)", acts, re.DOTALL | re.MULTILINE)
    if found is None:
        raise LookupError(name)
    return f"CREATE OR REPLACE {found[1]}"


def _execute(sql: str) -> None:
    """Send a file as it stands: a percent sign in it is no parameter."""
    raw = op.get_bind().connection.dbapi_connection
    raw.cursor().execute(sql)
