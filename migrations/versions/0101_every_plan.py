"""Refuse `EXPLAIN (GENERIC_PLAN) EXECUTE` too, which PostgreSQL 16 and later have.

It told what the server expects of a statement that was prepared before: from its statistics of all rows, how many of
them have a value in a column, those included that are kept from whoever asked.
"""

from collections.abc import Mapping
from pathlib import Path

from alembic import op

revision, down_revision = "0101", "0100"

SQL = Path(__file__).resolve().parent.parent / "sql"
ASKED = "SELECT polrelid::regclass::text FROM pg_policy WHERE polname = 'unexplained' ORDER BY 1"
MOST = """
    SELECT u.answered FROM ioms_private.unexplained AS u WHERE u.answered = ioms_private.refuse_explain()
"""
EVERY = "SELECT ioms_private.is_unexplained(*)"
IN_VIEWS = r"""
    DO $$
    DECLARE
      its record;
    BEGIN
      FOR its IN
        SELECT c.oid::regclass AS name,
               regexp_replace(pg_get_viewdef(c.oid), '{}(\) IS NOT NULL\);)$', '{}\1') AS code
        FROM pg_class AS c WHERE c.relkind = 'v' AND pg_get_viewdef(c.oid) ~ '{}\) IS NOT NULL\);$'
      LOOP
        EXECUTE format('CREATE OR REPLACE VIEW %s WITH (security_barrier) AS %s', its.name, its.code);
      END LOOP;
    END $$;
"""
MOST_SAID = (
    r"SELECT u\.answered\s+FROM ioms_private\.unexplained u\s+"
    r"WHERE \(u\.answered = ioms_private\.refuse_explain\(\)\)"
)
EVERY_SAID = r"SELECT ioms_private\.is_unexplained\(\*\) AS is_unexplained"
"""How the server words it at the end of a view."""
REFUSES = "ioms_private.refuse_explain()"
WITHOUT_PRUNING = {
    "'debug_print_plan')::boolean OR NOT current_setting('enable_partition_pruning')": "'debug_print_plan')",
    "with debug_print_plan, or without enable_partition_pruning'": "with debug_print_plan'",
}
"""What is not refused any more: only the former table was asked too late without it."""


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute((SQL / "0101_every_plan.sql").read_text(encoding="utf-8"))
        _ask(EVERY, MOST_SAID)
        _edit(REFUSES, WITHOUT_PRUNING)


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _edit(REFUSES, {now: before for before, now in WITHOUT_PRUNING.items()})
        _ask(MOST, EVERY_SAID)
        _execute("""
            DROP AGGREGATE ioms_private.is_unexplained(*);
            DROP FUNCTION ioms_private.stay_unexplained(ioms_private.unexplained_answer);
            DROP DOMAIN ioms_private.unexplained_answer;
        """)


def _ask(now: str, before: str) -> None:
    """Have policies and views ask otherwise; `before` is how views say it, with the schema of everything."""
    for name in op.get_bind().exec_driver_sql(ASKED).scalars().all():
        _execute(f"ALTER POLICY unexplained ON {name} USING (({now}) IS NOT NULL)")
    _execute("SET LOCAL search_path = pg_catalog")
    _execute(IN_VIEWS.format(before, now.strip(), before))
    _execute("SET LOCAL search_path = public, ioms_private")


def _edit(name: str, changes: Mapping[str, str]) -> None:
    """Say something otherwise in a function.

    Raises:
        RuntimeError: It is not there exactly once, so that the function is not the one expected.
    """
    text: str = op.get_bind().exec_driver_sql(f"SELECT pg_get_functiondef('{name}'::regprocedure)").scalar_one()
    for old, new in changes.items():
        if text.count(old) != 1:
            raise RuntimeError(old)
        text = text.replace(old, new)
    _execute(text)


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
