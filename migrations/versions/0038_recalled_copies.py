"""Let a server tell which copies went out with an entry that was found to be in error.

Nothing is stored for it: what went out stands in the audit, what was in error among the former versions, and a recall
is a disclosure of its own. So copies that were printed before this are listed as well.
"""

from pathlib import Path

from alembic import op

revision = "0038"
down_revision = "0037"

SQL = Path(__file__).resolve().parent.parent / "sql"
CALLED = ("known_strike_outs()", "known_copies(text[])")
INTERNAL = "copies_of(text[], boolean)"
READERS = "ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator"


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    _execute((SQL / "0038_recalled_copies.sql").read_text(encoding="utf-8"))
    _execute(f"ALTER FUNCTION {INTERNAL} OWNER TO ioms_audit_owner; REVOKE ALL ON FUNCTION {INTERNAL} FROM PUBLIC")
    _execute(f"GRANT EXECUTE ON FUNCTION {INTERNAL} TO ioms_owner")
    for name in CALLED:
        _execute(f"ALTER FUNCTION {name} OWNER TO ioms_owner; REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        _execute(f"GRANT EXECUTE ON FUNCTION {name} TO {READERS}")


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for name in (*CALLED, INTERNAL):
            _execute(f"DROP FUNCTION {name}")


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
