"""Let Today say whose link is to be reviewed, without opening a case: to officers and supervisors alone.

On a server a view shows the day and whose link it is, never to whom, and leaves out links to people of whom the reader
may not know.
"""

from alembic import op

revision, down_revision = "0066", "0065"

KNOWN_PERSON = (
    "(person_ref IN (SELECT opened_people()) "
    "OR ((SELECT reaches('ALL')) AND person_ref NOT IN (SELECT hidden_people())))"
)
DAYS = "SELECT id, person_ref, review_on, to_on FROM associates WHERE review_on IS NOT NULL"
INDEX = "CREATE INDEX ix_associates_review_on ON associates (review_on) WHERE review_on IS NOT NULL"


def upgrade() -> None:
    op.execute(INDEX)
    if op.get_context().dialect.name != "postgresql":
        return
    _execute(f"""
        CREATE POLICY known ON associates FOR SELECT TO ioms_reader
          USING ((SELECT reaches('ALL')) AND {KNOWN_PERSON} AND may_be_named(other_person_ref));
        CREATE VIEW known_link_reviews WITH (security_barrier) AS {DAYS};
        ALTER VIEW known_link_reviews OWNER TO ioms_reader;
        GRANT SELECT ON associates TO ioms_reader;
        REVOKE ALL ON known_link_reviews FROM PUBLIC;
        GRANT SELECT ON known_link_reviews TO ioms_officer, ioms_supervisor;
    """)


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute("""
            DROP VIEW known_link_reviews;
            DROP POLICY known ON associates;
            REVOKE SELECT ON associates FROM ioms_reader;
        """)
    op.execute("DROP INDEX ix_associates_review_on")


def _execute(sql: str) -> None:
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
