"""Keep how an office words its letters: each wording from a day on, and none of them changed or removed.

Nothing is there yet: the wording that is shipped with the program is in force until an administrator adds another.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0068", "0067"

SQL = Path(__file__).resolve().parent.parent / "sql"
READERS = "ioms_people, ioms_reader, ioms_accounts"
OWNED = ("add_letter_wording(text, date, text, text, text)", "ioms_private.keep_wordings()")
TEXTS = ("title", "paragraphs", "reason")
KEPT_IN_FILE = """
CREATE TRIGGER letter_wording_no_{verb} BEFORE {verb} ON letter_wording
BEGIN SELECT RAISE(ABORT, 'a wording of a letter is not changed'); END
"""


def upgrade() -> None:
    op.create_table(
        "letter_wording",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in TEXTS),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.CheckConstraint(f"trim({name}) <> ''", name=op.f(f"ck_letter_wording_{name}")) for name in TEXTS),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_wording")),
    )
    if op.get_context().dialect.name != "postgresql":
        for verb in ("UPDATE", "DELETE"):
            op.execute(KEPT_IN_FILE.format(verb=verb))
        return
    _execute((SQL / "0068_letter_wordings.sql").read_text(encoding="utf-8"))
    for name in OWNED:
        _execute(f"ALTER FUNCTION {name} OWNER TO ioms_owner; REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    _execute(f"""
        ALTER TABLE letter_wording OWNER TO ioms_owner;
        ALTER TABLE letter_wording ENABLE ROW LEVEL SECURITY;
        ALTER TABLE letter_wording FORCE ROW LEVEL SECURITY;
        CREATE POLICY owner ON letter_wording TO ioms_owner USING (true) WITH CHECK (true);
        CREATE POLICY everybody ON letter_wording FOR SELECT TO {READERS} USING (true);
        GRANT SELECT ON letter_wording TO {READERS};
        GRANT EXECUTE ON FUNCTION {OWNED[0]} TO ioms_people;
    """)


def downgrade() -> None:
    op.drop_table("letter_wording")
    if op.get_context().dialect.name == "postgresql":
        for name in OWNED:
            _execute(f"DROP FUNCTION {name}")


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
