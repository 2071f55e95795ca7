"""Authors change their own entries for a period, and afterwards with a reason; the reason stays with the version.

Contacts, offers, concerns and a person's own words belong to who recorded them; everything else is the team's. So is
the rating of a week: a second one names its own rater.

A contact was changed by supervisors alone; now its author changes it too. The period of 24 hours is no row: nobody
decided it, and the program has it as its default.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"

SQL = Path(__file__).resolve().parent.parent / "sql"
READERS = "ioms_people, ioms_reader, ioms_accounts"
OWNERS = {
    "ioms_private.author_period()": "ioms_owner",
    "decide_setting(text, integer, text)": "ioms_owner",
    "first_recorded_at(text, text)": "ioms_audit_owner",
    "ioms_private.key_text(text, jsonb)": "ioms_owner",
    "ioms_private.recording(text, jsonb)": "ioms_owner",
    "first_recording(text, integer)": "ioms_owner",
    "ioms_private.refuse_change(text, jsonb, jsonb)": "ioms_owner",
    "keep_reason()": "ioms_owner",
}
SECURED = f"""
    ALTER TABLE office_setting OWNER TO ioms_owner;
    ALTER TABLE office_setting ENABLE ROW LEVEL SECURITY;
    ALTER TABLE office_setting FORCE ROW LEVEL SECURITY;
    CREATE POLICY owner ON office_setting TO ioms_owner USING (true) WITH CHECK (true);
    CREATE POLICY everybody ON office_setting FOR SELECT TO {READERS} USING (true);
    GRANT SELECT ON office_setting TO {READERS};
    GRANT EXECUTE ON FUNCTION decide_setting(text, integer, text) TO ioms_people;
    GRANT EXECUTE ON FUNCTION first_recorded_at(text, text) TO ioms_owner;
    GRANT EXECUTE ON FUNCTION first_recording(text, integer)
      TO ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator;
"""
CONTACT_AUTHORS = "ioms_officer, ioms_navigator"
"""Who changes contacts beside supervisors, who could already."""


def upgrade() -> None:
    op.create_table(
        "office_setting",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "name <> 'author_hours' OR value BETWEEN 0 AND 336", name=op.f("ck_office_setting_author_hours")
        ),
        sa.CheckConstraint("trim(reason) <> ''", name=op.f("ck_office_setting_reason")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_setting")),
    )
    if op.get_context().dialect.name != "postgresql":
        return
    _execute((SQL / "0035_author_period.sql").read_text(encoding="utf-8"))
    for name, owner in OWNERS.items():
        _execute(f"ALTER FUNCTION {name} OWNER TO {owner}; REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    _execute(SECURED)
    _execute(f"""
        GRANT UPDATE ({_contact_columns()}) ON contacts TO {CONTACT_AUTHORS};
        ALTER POLICY changed ON contacts TO {CONTACT_AUTHORS}, ioms_supervisor;
    """)
    op.declare_entry_rule("contacts", kept_by="AUTHOR")
    op.declare_entry_rule("own_words", kept_by="AUTHOR")
    op.declare_entry_rule("concerns", kept_by="AUTHOR", carried_on="outcome outcome_on")
    op.declare_entry_rule(
        "offers",
        kept_by="AUTHOR",
        carried_on="response responded_on started_on ended_on end_reason provider_answer planned_sessions "
        "planned_minutes exit_planned_on",
    )
    op.declare_entry_rule("appointments", released="contact_ref")


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        guards = (SQL / "0003_guards.sql").read_text(encoding="utf-8")
        stamp = guards[guards.index("CREATE FUNCTION stamp_record") : guards.index("CREATE FUNCTION ioms_private.")]
        _execute(f"CREATE OR REPLACE{stamp.removeprefix('CREATE')}")
        _execute("DROP TRIGGER former_version_reason ON former_version")
        for name in reversed(OWNERS):
            _execute(f"DROP FUNCTION {name}")
        _execute(f"""
            DROP TABLE ioms_private.entry_rule;
            ALTER POLICY changed ON contacts TO ioms_supervisor;
            REVOKE UPDATE ({_contact_columns()}) ON contacts FROM {CONTACT_AUTHORS};
        """)
    op.drop_table("office_setting")


def _contact_columns() -> str:
    """Return the columns of a contact that a person writes: all but the row's number, which is the server's."""
    found = op.get_bind().exec_driver_sql(
        "SELECT string_agg(column_name, ', ' ORDER BY ordinal_position) FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND table_name = 'contacts' AND column_name <> 'id'"
    )
    return str(found.scalar_one())


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
