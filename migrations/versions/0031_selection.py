"""Records of screening and of a panel's decisions, which steps of a case need from now on.

A case keeps the status it has: what an import brought further on is not asked for checks of long ago.
"""

import re
from pathlib import Path

from alembic import op

revision, down_revision = "0031", "0030"

SQL = Path(__file__).resolve().parent.parent / "sql"
READERS = "officer supervisor coordinator"


def upgrade() -> None:
    op.create_record_table(
        "screening_checks",
        "case_ref:cases# check_type# answered_on:date# answer! answered_by! note",
        add="officer supervisor coordinator",
        free_text="note",
    )
    op.restrict_record_readers("screening_checks", READERS)
    op.create_record_table(
        "panel_decisions",
        "panel_decision_ref:ref# case_ref:cases! decided_on:date! decision! agencies! reason! cohort dissenting "
        "dissent review_on:date",
        add="supervisor coordinator",
        free_text="reason dissent",
    )
    op.restrict_record_readers("panel_decisions", READERS)
    if op.get_context().dialect.name == "postgresql":
        _execute((SQL / "0031_selection.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        made = re.search(
            r"^CREATE FUNCTION (ioms_private\.step_needs_met\(.*?^END \$\$;)",
            (SQL / "0028_status_steps.sql").read_text(encoding="utf-8"),
            re.DOTALL | re.MULTILINE,
        )
        if made is None:
            raise RuntimeError("0028_status_steps.sql")
        _execute(f"CREATE OR REPLACE FUNCTION {made[1]}")
        _execute(
            "UPDATE ioms_private.status_step SET needs = "
            "ARRAY(SELECT need FROM unnest(needs) WITH ORDINALITY AS n(need, at) WHERE need NOT LIKE '%\\_CHECK' "
            "AND need NOT LIKE 'PANEL\\_%' ORDER BY at)"
        )
    op.drop_record_table("panel_decisions")
    op.drop_record_table("screening_checks")


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
