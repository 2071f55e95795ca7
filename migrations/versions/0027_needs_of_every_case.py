"""Let lists know the needs of every case, opened or not, as they know its RAG: to say where nothing has changed.

A need is a pathway, a level, a status and a day, and nobody's words.
"""

from alembic import op

revision = "0027"
down_revision = "0026"

KNOWN = (
    "(case_ref IN (SELECT opened_cases()) OR ((SELECT reaches('ALL')) AND case_ref NOT IN (SELECT hidden_cases())) "
    "OR coalesce((SELECT true FROM cases c WHERE c.case_ref = needs.case_ref LIMIT 1), false))"
)


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute(f"CREATE POLICY known ON needs FOR SELECT TO ioms_reader USING ({KNOWN} AND true)")
    op.create_facts_view("needs", "id case_ref pathway assessed_on level status")


def downgrade() -> None:
    op.execute("DROP VIEW known_needs")
    if op.get_context().dialect.name == "postgresql":
        _execute("DROP POLICY known ON needs; REVOKE SELECT ON needs FROM ioms_reader")


def _execute(sql: str) -> None:
    raw = op.get_bind().connection.dbapi_connection
    raw.cursor().execute(sql)
