"""Take the lists of people and the words of search from whoever has a login; they are read through functions.

They show everybody somebody may know of, opened or not. A condition on a name, a day of birth or a word was tested
before the policy, and the plan told the answer: so a navigator spelled the name of a person of the other programme.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0081", "0080"

SQL = Path(__file__).resolve().parent.parent / "sql"
READERS = "ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator"
VIEWS = {
    "known_people": f"{READERS}, ioms_partner",
    "known_people_by_name": READERS,
}
"""The views that nobody reads any more, with who read them."""
FUNCTIONS = {
    "known_people(text[], integer[])": ("ioms_reader", f"{READERS}, ioms_partner"),
    "known_people_by_name(text, integer, boolean)": ("ioms_reader", READERS),
    "words_found(text[], text[], integer)": ("ioms_opener", READERS),
    "words_of_people(text[])": ("ioms_opener", READERS),
    "known_words(text[])": ("ioms_opener", READERS),
}
"""Each function with its owner, whose policies apply in it, and with who may call it."""
POLICIES = ("known", "of_known_cases")
TYPES = ("person_head", "person_in_order", "search_word")
FACTS = {
    "person_names": {"ref": "name_ref", "subject": "person_ref"},
    "concerns": {"ref": "concern_ref"},
    "decisions": {"ref": "decision_ref"},
    "proposals": {"ref": "proposal_ref"},
}
"""The views of facts with former names, and those that leave intelligence out of a case one may know of."""


SHOWN = """
DO $$
DECLARE
  its record;
BEGIN
  FOR its IN
    SELECT format('%I.%I', 'pg_catalog', c.relname) AS name FROM pg_class AS c
    WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'v' AND c.relname ~ '^pg_stat(io)?_'
  LOOP
    EXECUTE format('GRANT SELECT ON %s TO PUBLIC', its.name);
  END LOOP;
  FOR its IN
    SELECT p.oid::regprocedure::text AS name FROM pg_proc AS p
    WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname ~ '^(pg_stat_get|query_to_xml)'
  LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO PUBLIC', its.name);
  END LOOP;
END $$;
GRANT USAGE ON LANGUAGE plpgsql TO PUBLIC;
"""
"""What a server shows everybody unless it is told otherwise."""
UNASKED = """
DO $$
DECLARE
  its record;
BEGIN
  FOR its IN
    SELECT pg_get_functiondef(p.oid) AS code FROM pg_proc AS p
    WHERE p.proname IN ('person_documents', 'known_strike_outs_elsewhere', 'known_strike_outs', 'struck_out_of')
      AND p.pronamespace = 'public'::regnamespace
  LOOP
    EXECUTE replace(its.code, E'\\n  PERFORM ioms_private.reading_role();', '');
  END LOOP;
END $$
"""
"""The functions of before, as they were."""


def upgrade() -> None:
    for name, declared in FACTS.items():
        op.list_through_function(name, **declared)
    if op.get_context().dialect.name != "postgresql":
        return
    for name in ("0081_people.sql", "0081_statistics.sql"):
        _execute((SQL / name).read_text(encoding="utf-8"))
    for signature, (owner, callers) in FUNCTIONS.items():
        _execute(f"""
            ALTER FUNCTION {signature} OWNER TO {owner};
            REVOKE ALL ON FUNCTION {signature} FROM PUBLIC;
            GRANT EXECUTE ON FUNCTION {signature} TO {callers};
        """)
    for view, readers in VIEWS.items():
        _execute(f"REVOKE SELECT ON {view} FROM {readers}")
    for policy in POLICIES:
        _execute(f"ALTER POLICY {policy} ON search_key TO {READERS}, ioms_opener")
    _execute(f"REVOKE SELECT ON search_key FROM {READERS}; GRANT SELECT ON search_key TO ioms_opener")


def downgrade() -> None:
    for name in FACTS:
        op.list_the_view(name)
    if op.get_context().dialect.name != "postgresql":
        return
    _execute(f"REVOKE SELECT ON search_key FROM ioms_opener; GRANT SELECT ON search_key TO {READERS}")
    for policy in POLICIES:
        _execute(f"ALTER POLICY {policy} ON search_key TO {READERS}")
    for view, readers in VIEWS.items():
        _execute(f"GRANT SELECT ON {view} TO {readers}")
    for signature in FUNCTIONS:
        _execute(f"DROP FUNCTION {signature}")
    for name in TYPES:
        _execute(f"DROP TYPE ioms_private.{name}")
    _execute(SHOWN, UNASKED)


def _execute(*statements: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    cursor = op.get_bind().connection.dbapi_connection.cursor()
    for each in statements:
        cursor.execute(each)
