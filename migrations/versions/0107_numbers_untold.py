"""Let no plan be told of the function that says whose a number is: 0105 wrote it anew without what forbids that."""

from alembic import op

revision, down_revision = "0107", "0106"

FUNCTION = "ioms_private.same_numbers(jsonb, text)"


def upgrade() -> None:
    _alter("SET client_min_messages = notice")


def downgrade() -> None:
    _alter("RESET client_min_messages")


def _alter(how: str) -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"ALTER FUNCTION {FUNCTION} {how}")
