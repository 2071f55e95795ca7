"""Let Today say whose group membership is about to expire, without opening a case: to officers and supervisors alone.

It shows the days and whose they are, never the group or the part in it.
"""

from alembic import op

revision, down_revision = "0059", "0058"

KNOWN_PERSON = (
    "(person_ref IN (SELECT opened_people()) "
    "OR ((SELECT reaches('ALL')) AND person_ref NOT IN (SELECT hidden_people())))"
)
DAYS = "SELECT id, person_ref, evidence_on, review_on, to_on FROM group_memberships"


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        op.execute(f"CREATE VIEW known_group_labels AS {DAYS}")
        return
    _execute(f"""
        CREATE POLICY known ON group_memberships FOR SELECT TO ioms_reader
          USING ((SELECT reaches('ALL')) AND {KNOWN_PERSON});
        CREATE VIEW known_group_labels WITH (security_barrier) AS {DAYS};
        ALTER VIEW known_group_labels OWNER TO ioms_reader;
        GRANT SELECT ON group_memberships TO ioms_reader;
        REVOKE ALL ON known_group_labels FROM PUBLIC;
        GRANT SELECT ON known_group_labels TO ioms_officer, ioms_supervisor;
    """)


def downgrade() -> None:
    op.execute("DROP VIEW known_group_labels")
    if op.get_context().dialect.name == "postgresql":
        _execute("DROP POLICY known ON group_memberships; REVOKE SELECT ON group_memberships FROM ioms_reader")


def _execute(sql: str) -> None:
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
