"""Keep of each case its alerts, what it adds to the measures of the quarter and what its row in the caseload shows.

What is kept without them does not stand any longer: whoever reads next works it out. And two who keep results of the
two scopes at once no longer wait for each other while marks of the other become one.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0078", "0077"

SQL = Path(__file__).resolve().parent.parent / "sql"
BINARY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
READERS = "ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator"
ADDED: dict[str, sa.types.TypeEngine[object]] = {
    "figures": sa.Text(),
    "rag": sa.Text(),
    "engagement": sa.Integer(),
    "step": sa.Text(),
    "last_contact_on": sa.Date(),
    "contact_due_on": sa.Date(),
    "in_custody": sa.Boolean(),
}
FORMER = (*("case_ref", "scope", "version", "as_of", "next_change_on", "policy_key", "computed_by", "computed_at"),)
KNOWN_CASE = (
    "(case_ref IN (SELECT opened_cases()) OR ((SELECT reaches('ALL')) AND case_ref NOT IN "
    "(SELECT ioms_private.hidden_cases())) "
    "OR coalesce((SELECT true FROM cases c WHERE c.case_ref = case_alert.case_ref LIMIT 1), false))"
)
OWN_SCOPE = "(scope = 'WITHOUT_INTELLIGENCE' OR (SELECT reaches('ALL')))"
DAYS = "BETWEEN DATE '1900-01-01' AND DATE '2199-12-31'"


def upgrade() -> None:
    server = op.get_context().dialect.name == "postgresql"
    for name, kind in ADDED.items():
        op.add_column("case_result", sa.Column(name, kind))
    op.create_index("ix_case_result_scope_policy_key", "case_result", ["scope", "policy_key"])
    op.create_table(
        "case_alert",
        sa.Column("case_ref", BINARY, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.CheckConstraint("scope IN ('ALL', 'WITHOUT_INTELLIGENCE')", name=op.f("ck_case_alert_scope")),
        sa.ForeignKeyConstraint(
            ["case_ref"], ["cases.case_ref"], name=op.f("fk_case_alert_case_ref"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_ref", "scope", "place", name=op.f("pk_case_alert")),
        sqlite_with_rowid=False,
    )
    op.execute("UPDATE case_result SET policy_key = ''")
    if server:
        _execute((SQL / "0078_standing_results.sql").read_text(encoding="utf-8"))
        _execute(_rights())
    else:
        op.execute("DROP VIEW known_case_result")
        op.execute("CREATE VIEW known_case_result AS SELECT * FROM case_result")
        op.execute("CREATE VIEW known_case_alert AS SELECT * FROM case_alert")


def _rights() -> str:
    """Show alerts like the other results, and bound what somebody can write who calls the function by themselves."""
    return f"""
        CREATE OR REPLACE VIEW known_case_result WITH (security_barrier) AS SELECT * FROM case_result;
        ALTER TABLE case_alert OWNER TO ioms_owner;
        ALTER TABLE case_alert ENABLE ROW LEVEL SECURITY;
        ALTER TABLE case_alert FORCE ROW LEVEL SECURITY;
        CREATE POLICY owner ON case_alert TO ioms_owner USING (true) WITH CHECK (true);
        CREATE POLICY known ON case_alert FOR SELECT TO ioms_reader USING ({OWN_SCOPE} AND {KNOWN_CASE});
        REVOKE ALL ON case_alert FROM PUBLIC;
        GRANT SELECT ON case_alert TO ioms_reader;
        CREATE VIEW known_case_alert WITH (security_barrier) AS SELECT * FROM case_alert;
        ALTER VIEW known_case_alert OWNER TO ioms_reader;
        REVOKE ALL ON known_case_alert FROM PUBLIC;
        GRANT SELECT ON known_case_alert TO {READERS};
        ALTER TABLE case_alert ADD CONSTRAINT ck_case_alert_values
          CHECK (status IN ('OPEN', 'DECIDED', 'WITHDRAWN') AND length(said) <= 1000000);
        ALTER TABLE case_result ADD CONSTRAINT ck_case_result_shown CHECK (
          length(figures) <= 100000 AND length(rag) <= 200 AND length(step) <= 200 AND engagement BETWEEN 0 AND 5
          AND last_contact_on {DAYS} AND contact_due_on {DAYS});
    """


def downgrade() -> None:
    server = op.get_context().dialect.name == "postgresql"
    op.execute("DROP VIEW known_case_alert")
    op.execute("DROP VIEW known_case_result")
    op.drop_table("case_alert")
    op.drop_index("ix_case_result_scope_policy_key", "case_result")
    if server:
        _execute("ALTER TABLE case_result DROP CONSTRAINT ck_case_result_shown")
    for name in reversed(ADDED):
        op.drop_column("case_result", name)
    former = f"SELECT {', '.join(FORMER)} FROM case_result"
    if not server:
        op.execute(f"CREATE VIEW known_case_result AS {former}")
        return
    made = (SQL / "0072_case_results.sql").read_text(encoding="utf-8")
    _execute(f"""
        {made[made.index("CREATE FUNCTION keep_") :].replace("CREATE", "CREATE OR REPLACE", 1)}
        ALTER FUNCTION keep_case_results(text, json) SET TimeZone = 'Europe/London';
        ALTER FUNCTION keep_case_results(text, json) SET DateStyle = 'ISO, DMY';
        CREATE VIEW known_case_result WITH (security_barrier) AS {former};
        ALTER VIEW known_case_result OWNER TO ioms_reader;
        REVOKE ALL ON known_case_result FROM PUBLIC;
        GRANT SELECT ON known_case_result TO {READERS};
    """)


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
