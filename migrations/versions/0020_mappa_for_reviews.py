"""Let a retention review know who is or was managed under MAPPA without opening a case: supervisors, as of offences."""

from alembic import op

revision = "0020"
down_revision = "0019"

KNOWN_PERSON = (
    "(person_ref IN (SELECT opened_people()) "
    "OR ((SELECT reaches('ALL')) AND person_ref NOT IN (SELECT hidden_people())) "
    "OR coalesce((SELECT true FROM cases c WHERE c.person_ref = mappa.person_ref LIMIT 1), false))"
)
PERIODS = "SELECT id, person_ref, from_on FROM mappa"


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        op.execute(f"CREATE VIEW known_mappa AS {PERIODS}")
        return
    _execute(f"""
        CREATE POLICY known ON mappa FOR SELECT TO ioms_reader USING {KNOWN_PERSON};
        CREATE VIEW known_mappa WITH (security_barrier) AS {PERIODS};
        ALTER VIEW known_mappa OWNER TO ioms_reader;
        GRANT SELECT ON mappa TO ioms_reader;
        REVOKE ALL ON known_mappa FROM PUBLIC;
        GRANT SELECT ON known_mappa TO ioms_supervisor;
    """)


def downgrade() -> None:
    op.execute("DROP VIEW known_mappa")
    if op.get_context().dialect.name == "postgresql":
        _execute("DROP POLICY known ON mappa; REVOKE SELECT ON mappa FROM ioms_reader")


def _execute(sql: str) -> None:
    raw = op.get_bind().connection.dbapi_connection
    raw.cursor().execute(sql)
