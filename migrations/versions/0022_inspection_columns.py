"""What inspections keep finding missing: how much support was planned, look-back and look-forward, own words, groups.

All of it is empty in what is there already. On a server the days that a case is compared over change with an import
alone once they are there: what a case is compared with must not follow from how it went.
"""

from alembic import op

revision = "0022"
down_revision = "0021"

SUPPORT = {"add": "officer navigator supervisor", "fact": "yes"}
WINDOWS = {"add": "supervisor", "change": "officer supervisor"}
ADDED = {
    ("offers", "provider_answer"): SUPPORT,
    ("offers", "planned_sessions:whole"): SUPPORT,
    ("offers", "planned_minutes:whole"): SUPPORT,
    ("offers", "exit_planned_on:date"): SUPPORT,
    ("cases", "look_back_from:date"): WINDOWS,
    ("cases", "selected_on:date"): WINDOWS,
    ("cases", "look_forward_to:date"): WINDOWS,
}
GUARD = """
    CREATE FUNCTION guard_windows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_catalog, pg_temp AS $$
    BEGIN
      IF my_role() IS NOT NULL AND NOT (my_role() = 'supervisor' AND book_open())
         AND (OLD.look_back_from, OLD.selected_on, OLD.look_forward_to)
             IS DISTINCT FROM (NEW.look_back_from, NEW.selected_on, NEW.look_forward_to)
         AND NOT (OLD.look_back_from IS NULL AND OLD.selected_on IS NULL AND OLD.look_forward_to IS NULL) THEN
        RAISE EXCEPTION 'permission denied: look-back and look-forward are fixed when it is selected'
          USING ERRCODE = '42501';
      END IF;
      RETURN NEW;
    END $$;
    ALTER FUNCTION guard_windows() OWNER TO ioms_owner;
    REVOKE ALL ON FUNCTION guard_windows() FROM PUBLIC;
    CREATE TRIGGER windows_guard BEFORE UPDATE ON cases FOR EACH ROW EXECUTE FUNCTION guard_windows();
"""


def upgrade() -> None:
    for (table, column), declared in ADDED.items():
        op.add_record_column(table, column, **declared)
    op.create_record_table(
        "own_words",
        "own_words_ref:ref# case_ref:cases! said_on:date! strengths help_wanted said_to",
        add="officer navigator supervisor",
        free_text="strengths help_wanted said_to",
    )
    op.create_record_table(
        "group_responses",
        "group_response_ref:ref# case_ref:cases! incident_on:date! group_name! opposing_group source_grade! "
        "information_grade! expires_on:date! window_from:date window_to:date told outcome",
        add="officer supervisor",
        free_text="group_name opposing_group told outcome",
    )
    op.restrict_record_readers("group_responses", "officer supervisor")
    if op.get_context().dialect.name == "postgresql":
        _execute(GUARD)


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute("DROP TRIGGER windows_guard ON cases; DROP FUNCTION guard_windows()")
    op.drop_record_table("group_responses")
    op.drop_record_table("own_words")
    for table, column in reversed(ADDED):
        op.drop_record_column(table, column.partition(":")[0])


def _execute(sql: str) -> None:
    raw = op.get_bind().connection.dbapi_connection
    raw.cursor().execute(sql)
