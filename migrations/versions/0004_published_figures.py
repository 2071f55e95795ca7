"""Published figures for readers without access to records: one set a quarter, in editions that never change.

The migration publishes nothing, because a supervisor decides which quarters to publish.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

BINARY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SQL = Path(__file__).resolve().parent.parent / "sql"
TABLES = ("figure_edition", "figure_cell")
READERS = ("ioms_analyst", "ioms_supervisor", "ioms_coordinator", "ioms_officer")
FUNCTIONS = (
    "ioms_private.figures_fault(text, json)",
    "ioms_private.figures_same(text, integer, json)",
    "publish_figures(text, text, json, text)",
)


def upgrade() -> None:
    _tables()
    if op.get_context().dialect.name != "postgresql":
        return
    _execute((SQL / "0004_figures.sql").read_text(encoding="utf-8"))
    for name in FUNCTIONS:
        _execute(f"ALTER FUNCTION {name} OWNER TO ioms_owner; REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    # Everybody may call it: for anyone but a supervisor it answers with a refusal and logs the attempt.
    _execute("GRANT EXECUTE ON FUNCTION publish_figures(text, text, json, text) TO ioms_people")
    for table in TABLES:
        _execute(f"""
            ALTER TABLE {table} OWNER TO ioms_owner;
            ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
            ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
            REVOKE ALL ON {table} FROM PUBLIC;
            CREATE POLICY owner ON {table} TO ioms_owner USING (true) WITH CHECK (true);
            CREATE POLICY readers ON {table} FOR SELECT TO {", ".join(READERS)} USING ((SELECT my_role()) IS NOT NULL);
            GRANT SELECT ON {table} TO {", ".join(READERS)};
        """)


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for name in FUNCTIONS:
            _execute(f"DROP FUNCTION {name}")
    for table in reversed(TABLES):
        op.drop_table(table)


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign in them is no parameter."""
    raw = op.get_bind().connection.dbapi_connection
    raw.cursor().execute(sql)


def _tables() -> None:
    op.create_table(
        "figure_edition",
        sa.Column("quarter", BINARY, nullable=False),
        sa.Column("edition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("least_protected", sa.Integer(), nullable=False),
        sa.Column("least_share", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("quarter", "edition", name=op.f("pk_figure_edition")),
    )
    op.create_table(
        "figure_cell",
        sa.Column("quarter", BINARY, nullable=False),
        sa.Column("edition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cube", BINARY, nullable=False),
        sa.Column("cell", BINARY, nullable=False),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("days", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["quarter", "edition"],
            ["figure_edition.quarter", "figure_edition.edition"],
            name=op.f("fk_figure_cell_quarter_edition"),
        ),
        sa.PrimaryKeyConstraint("quarter", "edition", "cube", "cell", name=op.f("pk_figure_cell")),
    )
