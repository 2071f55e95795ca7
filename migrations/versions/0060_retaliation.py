"""Say of an incident between two groups what set it off and until when retaliation is feared; nothing is there already.

Today says so without opening a case: to officers and supervisors alone, the days and the case, never the groups.
"""

from alembic import op

revision, down_revision = "0060", "0059"

KNOWN_CASE = (
    "(case_ref IN (SELECT opened_cases()) OR ((SELECT reaches('ALL')) AND case_ref NOT IN (SELECT hidden_cases())))"
)
DAYS = "SELECT id, case_ref, incident_on, expires_on, retaliation_until FROM group_responses"


def upgrade() -> None:
    op.add_record_column("group_responses", "trigger_event", add="officer supervisor", free_text=True)
    op.add_record_column("group_responses", "retaliation_until:date", add="officer supervisor")
    if op.get_context().dialect.name != "postgresql":
        op.execute(f"CREATE VIEW known_retaliation AS {DAYS}")
        return
    _execute(f"""
        CREATE POLICY known ON group_responses FOR SELECT TO ioms_reader
          USING ((SELECT reaches('ALL')) AND {KNOWN_CASE});
        CREATE VIEW known_retaliation WITH (security_barrier) AS {DAYS};
        ALTER VIEW known_retaliation OWNER TO ioms_reader;
        GRANT SELECT ON group_responses TO ioms_reader;
        REVOKE ALL ON known_retaliation FROM PUBLIC;
        GRANT SELECT ON known_retaliation TO ioms_officer, ioms_supervisor;
    """)


def downgrade() -> None:
    op.execute("DROP VIEW known_retaliation")
    if op.get_context().dialect.name == "postgresql":
        _execute("DROP POLICY known ON group_responses; REVOKE SELECT ON group_responses FROM ioms_reader")
    op.drop_record_column("group_responses", "retaliation_until")
    op.drop_record_column("group_responses", "trigger_event")


def _execute(sql: str) -> None:
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
