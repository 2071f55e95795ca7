"""Look up the case of a row only where that decides whether somebody may know of it.

Who may know of every case waited for it at each row that is hidden from them and at none that is not there.
"""

from alembic import op
from sqlalchemy import text

revision, down_revision = "0096", "0095"

LOOKED_UP = """
    SELECT DISTINCT tablename FROM pg_policies
    WHERE schemaname = 'public' AND cmd = 'SELECT' AND qual LIKE '%SELECT true%FROM cases c%' ORDER BY tablename
"""


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("GRANT EXECUTE ON FUNCTION glass_people() TO ioms_opener")
        for name in _tables():
            op.look_up_cases_if_needed(name)


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for name in _tables():
            op.look_up_cases_always(name)
        op.execute("REVOKE EXECUTE ON FUNCTION glass_people() FROM ioms_opener")


def _tables() -> list[str]:
    found: list[str] = op.get_bind().execute(text(LOOKED_UP)).scalars().all()
    return found
