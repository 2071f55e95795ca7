"""Who answered a referral and what comes next; and a status that may follow another is no correction of it.

A referral of before says nothing of either. On a server the steps of a status stand beside whose the entries are:
whoever may change a referral carries it on without a reason at any time, and says why to go back.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0056", "0055"

SQL = Path(__file__).resolve().parent.parent / "sql"
RECORDERS = "officer navigator supervisor coordinator"
ANSWERED = """
    INSERT INTO ioms_private.entry_rule (table_name, kept_by, carried_on, released, progress)
    VALUES ('referrals', 'TEAM', '{}', '{}', '{
      "column": "status",
      "steps": {
        "SENT": ["ACKNOWLEDGED", "ACCEPTED", "DECLINED", "WITHDRAWN", "COMPLETED"],
        "ACKNOWLEDGED": ["ACCEPTED", "DECLINED", "WITHDRAWN", "COMPLETED"],
        "ACCEPTED": ["COMPLETED", "WITHDRAWN"]
      },
      "told": ["answered_on", "answered_by", "answer_note"]
    }')
"""


def upgrade() -> None:
    op.add_record_column("referrals", "answered_by", add=RECORDERS)
    op.add_record_column("referrals", "answer_note", add=RECORDERS, free_text=True)
    if op.get_context().dialect.name == "postgresql":
        _execute("ALTER TABLE ioms_private.entry_rule ADD COLUMN progress jsonb")
        _execute(ANSWERED)
        _execute((SQL / "0056_steps_of_an_entry.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        before = (SQL / "0035_author_period.sql").read_text(encoding="utf-8")
        start = before.index("CREATE FUNCTION ioms_private.refuse_change")
        former = before[start : before.index("CREATE OR REPLACE FUNCTION stamp_record")]
        _execute(former.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1))
        _execute("DELETE FROM ioms_private.entry_rule WHERE table_name = 'referrals'")
        _execute("ALTER TABLE ioms_private.entry_rule DROP COLUMN progress")
    op.drop_record_column("referrals", "answer_note")
    op.drop_record_column("referrals", "answered_by")


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
