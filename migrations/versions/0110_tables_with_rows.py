"""Read of a case only the tables that have a row of it, ask once what is open, and find it as it is opened.

Opening a case asked some forty tables, most of them without a row; each of the others looked up what its user has open.
Then the case was read with the lists, by a statement that asked five times who they are and what is kept from them.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0110", "0109"

ASKED = ("SELECT ON known_former_version", "EXECUTE ON FUNCTION read_former_version(text[], text[], text)")
"""What the owner asks for whoever reads a case."""
SQL = Path(__file__).resolve().parent.parent / "sql"


def upgrade() -> None:
    op.ask_tables_with_rows()
    if op.get_context().dialect.name == "postgresql":
        for each in ASKED:
            _execute(f"GRANT {each} TO ioms_owner")
        _execute((SQL / "0110_case_and_others.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute("DROP FUNCTION open_case_and_others(text, text, text), case_and_others(text)")
        for each in ASKED:
            _execute(f"REVOKE {each} FROM ioms_owner")
    op.ask_every_table()


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
