"""Record how a case leaves a programme, and what changed for the person; steps that suspend or close a case need it.

A case keeps the status it has: what closed before has no exit plan, and nobody is asked for one.
"""

from alembic import op

revision, down_revision = "0050", "0049"

MET = "THEN 'ENFORCEMENT_DECISION' END"
ALSO_MET = f"""{MET},
    CASE WHEN EXISTS (
      SELECT FROM exits e WHERE e.case_ref = c.case_ref AND e.kind = 'SUSPENDED' AND e.resumed_on IS NULL
    ) THEN 'SUSPENSION' END,
    CASE WHEN EXISTS (
      SELECT FROM exits e
      WHERE e.case_ref = c.case_ref AND e.kind IN ('TRANSFERRED_OUT', 'DESELECTED', 'COMPLETED') AND e.plan <> ''
    ) THEN 'EXIT_PLAN' END"""
NEEDS_MET = "ioms_private.step_needs_met(cases)"
MENTIONS = "ioms_private.mentions(text)"
SEARCHED = "SELECT * FROM (VALUES "
"""Where what a disposal searches for names begins; no column of needs was searched before."""
CLOSING = "'CLOSED_ON', 'CLOSE_REASON'"


def upgrade() -> None:
    op.create_record_table(
        "exits",
        "exit_ref:ref# case_ref:cases! kind! left_on:date! reason! goes_to plan services person_told_on:date told_by "
        "carer_told_on:date agencies_told agencies_told_on:date not_told resumed_on:date resume_reason",
        add="officer navigator supervisor coordinator",
        free_text="reason goes_to plan services not_told resume_reason",
    )
    op.add_record_column("needs", "evidence", add="officer navigator supervisor", fact="null")
    if op.get_context().dialect.name == "postgresql":
        _edit(MENTIONS, SEARCHED, f"{SEARCHED}('needs', 'evidence', 'r.case_ref', 'r.case_ref', 'NULL'), ")
        _edit(NEEDS_MET, MET, ALSO_MET)
        _need("ARRAY['SUSPENSION']", "following = 'SUSPENDED'")
        _need(f"ARRAY['EXIT_PLAN', {CLOSING}]", "following IN ('TRANSFERRED_OUT', 'COMPLETED')")
        _need(f"ARRAY['PANEL_DESELECTED', 'EXIT_PLAN', {CLOSING}]", "following = 'DESELECTED'")


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _need("ARRAY[]::text[]", "following = 'SUSPENDED'")
        _need(f"ARRAY[{CLOSING}]", "following IN ('TRANSFERRED_OUT', 'COMPLETED')")
        _need(f"ARRAY['PANEL_DESELECTED', {CLOSING}]", "following = 'DESELECTED'")
        _edit(NEEDS_MET, ALSO_MET, MET)
    op.drop_record_column("needs", "evidence")
    op.drop_record_table("exits")


def _need(needs: str, which: str) -> None:
    _execute(f"UPDATE ioms_private.status_step SET needs = {needs} WHERE {which}")


def _edit(name: str, old: str, new: str) -> None:
    """Change a function that names record tables, in one place."""
    defined = op.get_bind().exec_driver_sql(f"SELECT pg_get_functiondef('{name}'::regprocedure)").scalar_one()
    if defined.count(old) != 1:
        raise RuntimeError(name)
    _execute(defined.replace(old, new))


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
