"""Let officers, navigators and co-ordinators record new people and cases, and the server keep what that needs.

A person on whom there is no case yet is known to whoever recorded them and to co-ordinators. A number that belongs to
somebody else and a second open case of a programme are refused by the server too, unless an import brings them. What
is there already stays as it is, two people with one number included.
"""

from pathlib import Path

from alembic import op

revision = "0023"
down_revision = "0022"

SQL = Path(__file__).resolve().parent.parent / "sql"
NEW = "ioms_officer, ioms_navigator, ioms_coordinator"
"""Who may record people and cases beside the supervisors, who could already."""
ALL = "ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator"
KNOWN_PERSON = (
    "(person_ref IN (SELECT opened_people()) "
    "OR ((SELECT reaches('ALL')) AND person_ref NOT IN (SELECT hidden_people())) "
    "OR coalesce((SELECT true FROM cases c WHERE c.person_ref = {table}.person_ref LIMIT 1), false))"
)
KNOWN_OR_NEW = KNOWN_PERSON.removesuffix(")") + " OR person_ref IN (SELECT my_newcomers()))"
WRITABLE = (
    "(person_ref IN (SELECT opened_people()) "
    "OR ((SELECT reaches('ALL')) AND person_ref NOT IN (SELECT hidden_people()))) "
    "AND person_ref NOT IN (SELECT glass_people())"
)
OPENED = "(person_ref IN (SELECT opened_people()) OR ((SELECT book_open()) AND {known}))"
JUST_ADDED = "(revision = 1 AND recorded_by = session_user AND recorded_at = transaction_timestamp())"
"""Whoever adds a person reads the row back; a changed one has a later revision."""
FUNCTIONS = (
    *("my_newcomers()", "open_person(text, text)", "known_numbers(jsonb, text)", "saved_now(text, text)"),
    *("guard_person()", "note_newcomer()", "guard_new_case()", "forget_newcomer()"),
    *("ioms_private.knows_person(text)", "ioms_private.same_numbers(jsonb, text)", "ioms_private.number_form(text)"),
)
TRIGGERS = (("people", "people_guard"), ("people", "people_newcomer_guard"))
TRIGGERS_OF_CASES = (("cases", "cases_new_guard"), ("cases", "cases_newcomer_guard"))


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    _execute((SQL / "0023_intake.sql").read_text(encoding="utf-8"))
    for name in FUNCTIONS:
        _execute(f"ALTER FUNCTION {name} OWNER TO ioms_owner; REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    people, cases = _columns("people"), _columns("cases")
    known = KNOWN_OR_NEW.format(table="people")
    _execute(f"""
        GRANT EXECUTE ON FUNCTION my_newcomers(), saved_now(text, text) TO ioms_people, ioms_reader;
        GRANT EXECUTE ON FUNCTION open_person(text, text), known_numbers(jsonb, text) TO ioms_people;
        GRANT INSERT ({people}), UPDATE ({people}) ON people TO {NEW};
        GRANT INSERT ({cases}) ON cases TO {NEW};
        GRANT INSERT, DELETE ON search_key TO {NEW};
        ALTER POLICY known ON people USING ({known});
        ALTER POLICY opened ON people USING ({OPENED.format(known=known)} OR {JUST_ADDED});
        ALTER POLICY added ON people TO {ALL} WITH CHECK ((SELECT my_role()) IS NOT NULL);
        ALTER POLICY changed ON people TO {ALL} USING ({known} AND {WRITABLE}) WITH CHECK ({WRITABLE});
        ALTER POLICY added ON cases TO {ALL}
          WITH CHECK ({WRITABLE} AND (programme = 'PHOENIX' OR NOT (SELECT reaches('PHOENIX'))));
        ALTER POLICY known ON search_key USING ({KNOWN_OR_NEW.format(table="search_key")});
        CREATE POLICY kept_new ON search_key FOR INSERT TO {NEW} WITH CHECK (saved_now(person_ref, case_ref));
        CREATE POLICY gone_new ON search_key FOR DELETE TO {NEW} USING (saved_now(person_ref, case_ref));
    """)


def downgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    people, cases = _columns("people"), _columns("cases")
    known = KNOWN_PERSON.format(table="people")
    _execute(f"""
        DROP POLICY kept_new ON search_key;
        DROP POLICY gone_new ON search_key;
        ALTER POLICY known ON search_key USING ({KNOWN_PERSON.format(table="search_key")});
        ALTER POLICY added ON cases TO ioms_supervisor WITH CHECK ({WRITABLE});
        ALTER POLICY changed ON people TO ioms_supervisor USING ({known} AND {WRITABLE}) WITH CHECK ({WRITABLE});
        ALTER POLICY added ON people TO ioms_supervisor WITH CHECK ({WRITABLE});
        ALTER POLICY opened ON people USING ({OPENED.format(known=known)});
        ALTER POLICY known ON people USING ({known});
        REVOKE INSERT, DELETE ON search_key FROM {NEW};
        REVOKE INSERT ({cases}) ON cases FROM {NEW};
        REVOKE INSERT ({people}), UPDATE ({people}) ON people FROM {NEW};
        DELETE FROM ioms_private.look WHERE case_ref LIKE E'\\x01%';
    """)
    for table, trigger in (*TRIGGERS, *TRIGGERS_OF_CASES):
        _execute(f"DROP TRIGGER {trigger} ON {table}")
    for name in FUNCTIONS:
        _execute(f"DROP FUNCTION {name}")
    _execute("DROP TABLE ioms_private.newcomer")


def _columns(table: str) -> str:
    """Return the columns of a table that a person writes: all but the row's number, which is the server's."""
    bind = op.get_bind()
    found = bind.exec_driver_sql(
        "SELECT string_agg(column_name, ', ' ORDER BY ordinal_position) FROM information_schema.columns "
        f"WHERE table_schema = current_schema() AND table_name = '{table}' AND column_name <> 'id'"
    )
    return str(found.scalar_one())


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
