"""Hold a decision to what was proposed, and a login to one person; tell nobody what is kept from them.

A step that no list has needed no supervisor, and what was authorised could say other words than what was proposed. An
administrator could take over a login of something else on the server, or add one that reads like a colleague's. And
what was kept from somebody could be listed, told from what is not there, and held open.
"""

import re
from pathlib import Path

from alembic import op

revision, down_revision = "0075", "0074"

SQL = Path(__file__).resolve().parent.parent / "sql"
OWNED = (
    "ioms_private.refuse_unlisted(text, text, text)",
    "ioms_private.carries_out(decisions, proposals)",
    "ioms_private.looks(text)",
    "ioms_private.refuse_name(text)",
    "ioms_private.is_kept_back(text)",
    "ioms_private.refuse_nobodys(text, jsonb)",
    "ioms_private.may_speak_of(text, text)",
    "drop_search_words(text, text, text[])",
)
READERS = "ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator"
KNOWN = (
    "(case_ref IN (SELECT opened_cases()) OR ((SELECT reaches('ALL')) AND case_ref NOT IN "
    "(SELECT ioms_private.hidden_cases())) "
    "OR coalesce((SELECT true FROM cases c WHERE c.case_ref = {}.case_ref LIMIT 1), false))"
)
HIDDEN = re.compile(r"(?<![.\w])(hidden_(?:cases|people)\(\))")
LISTED = "PERFORM ioms_private.refuse_unlisted(NEW.decision, NEW.step, NEW.rule);\n  "
LOCKED = "LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE;\n  "
FREE = "WHERE l.ctid IN (SELECT f.ctid FROM ioms_private.look AS f WHERE "
WAITS = "-- Whoever keeps somebody from {} at this moment waits, and then closes what was opened.\n  "
LOCKS_CASE = f"{WAITS.format('the case')}SELECT person_ref INTO subject FROM cases WHERE case_ref = ref FOR KEY SHARE;"
LOCKS_PERSON = (
    f"{WAITS.format('a case of this person')}PERFORM FROM people p WHERE p.person_ref = ref FOR KEY SHARE;\n  "
)
LAST = "IF its_role = 'administrator'"
EDITS = (
    (
        "guard_proposal()",
        "IF NEW.proposed_by IS DISTINCT FROM session_user",
        f"{LISTED}  IF NEW.proposed_by IS DISTINCT FROM session_user",
    ),
    (
        "guard_decision()",
        "IF NEW.authorised_by IS DISTINCT FROM session_user",
        f"{LISTED}IF NEW.authorised_by IS DISTINCT FROM session_user",
    ),
    (
        "guard_decision()",
        (
            "p.proposed_by = NEW.proposed_by\n      AND p.decision = NEW.decision "
            "AND p.step IS NOT DISTINCT FROM NEW.step AND p.rule IS NOT DISTINCT FROM NEW.rule"
        ),
        "NEW.actioned_on IS NULL AND ioms_private.carries_out(NEW, p)",
    ),
    (
        "confirm_decision()",
        "p.answered_by = NEW.authorised_by",
        (
            "p.answered_by = NEW.authorised_by\n      AND p.answered_on = NEW.decided_on "
            "AND ioms_private.carries_out(NEW, p)"
        ),
    ),
    (
        "add_login(text, text, text, text, date)",
        "IF its_role NOT IN (",
        "PERFORM ioms_private.refuse_name(who);\n  IF its_role NOT IN (",
    ),
    *(
        (name, "FROM cases WHERE case_ref = ref FOR UPDATE;", "FROM cases WHERE case_ref = ref;")
        for name in ("set_access(text, text, text, boolean, text)", "set_standing(text, boolean, text, text)")
    ),
    (
        "set_access(text, text, text, boolean, text)",
        "WHERE l.who = set_access.who AND l.case_ref = ref;",
        f"{FREE}f.who = set_access.who AND f.case_ref = ref FOR UPDATE SKIP LOCKED);",
    ),
    (
        "set_standing(text, boolean, text, text)",
        "WHERE l.case_ref = ref AND l.who <> session_user;",
        f"{FREE}f.case_ref = ref AND f.who <> session_user FOR UPDATE SKIP LOCKED);",
    ),
    ("open_case(text, text)", LOCKS_CASE, "SELECT person_ref INTO subject FROM cases WHERE case_ref = ref;"),
    ("open_person(text, text)", LOCKS_PERSON, ""),
    (
        "stamp_record()",
        "IF TG_OP = 'UPDATE' THEN",
        "PERFORM ioms_private.refuse_nobodys(TG_TABLE_NAME, to_jsonb(NEW));\n    IF TG_OP = 'UPDATE' THEN",
    ),
    (
        "guard_case_worker()",
        "WHERE w.case_ref = NEW.case_ref AND w.worker_role = NEW.worker_role AND w.ended_on IS NULL",
        (
            "WHERE w.case_ref = NEW.case_ref AND w.worker_role = NEW.worker_role AND w.ended_on IS NULL\n"
            "          AND ioms_private.knows(NEW.case_ref)"
        ),
    ),
    # Whoever may not know of the case is told what they are told of one that is not there.
    (
        "guard_offer()",
        "WHERE trial_arm = 'CONTROL'",
        "WHERE trial_arm = 'CONTROL' AND ioms_private.knows(NEW.case_ref)",
    ),
    (
        "log_audit(text, text, text, text, text, json)",
        "PERFORM may_log(kind);",
        "PERFORM may_log(kind);\n  PERFORM ioms_private.may_speak_of(kind, object_type);",
    ),
    (
        "log_audit_of_people(text, text[], json)",
        "PERFORM may_log(kind);",
        "PERFORM may_log(kind);\n  PERFORM ioms_private.may_speak_of(kind, 'people');",
    ),
    # Of two administrators who end each other's accounts at once, the second finds the other gone.
    ("disable_login(text)", LAST, LOCKED + LAST),
    ("set_account(text, text, date)", LAST, LOCKED + LAST),
)
REPLACED = (
    "ioms_private.needs_supervisor(text, text, text)",
    "ioms_private.beyond_person(text)",
    *("opened_cases()", "opened_people()", "audit_said(text)"),
)
KEPT = "ioms_private.former_definition"
NAMING = "prosrc ~ '(^|[^.a-z_])hidden_(cases|people)[(]' AND proname !~ '^hidden_'"
TRY_SHARED = ", ".join(
    f"pg_try_advisory_{kind}_shared({key})" for kind in ("lock", "xact_lock") for key in ("bigint", "integer, integer")
)


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    _keep_definitions()
    _execute((SQL / "0075_decisions.sql").read_text(encoding="utf-8"))
    known = {"@known_entry@": KNOWN.format("access_entry"), "@known_word@": KNOWN.format("search_key")}
    script = (SQL / "0075_existence.sql").read_text(encoding="utf-8")
    _execute(re.sub("|".join(known), lambda found: known[found[0]], script))
    for text in _all(f"SELECT pg_get_functiondef(oid) FROM pg_proc WHERE {NAMING} OR proname = 'hidden_people'"):
        _execute(HIDDEN.sub(r"ioms_private.\1", text))
    for name in OWNED:
        _execute(f"ALTER FUNCTION {name} OWNER TO ioms_owner; REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    _execute(f"""
        GRANT EXECUTE ON FUNCTION ioms_private.refuse_name(text) TO ioms_accounts;
        GRANT EXECUTE ON FUNCTION ioms_private.may_speak_of(text, text) TO ioms_audit_owner;
        GRANT USAGE ON SCHEMA ioms_private TO ioms_audit_owner;
        GRANT EXECUTE ON FUNCTION drop_search_words(text, text, text[]) TO {READERS};
        REVOKE EXECUTE ON FUNCTION {TRY_SHARED} FROM PUBLIC;
    """)
    for name, old, new in EDITS:
        _edit(name, old, new)
    _execute("""
        ALTER FUNCTION keep_case_results(text, json) SET TimeZone = 'Europe/London';
        ALTER FUNCTION keep_case_results(text, json) SET DateStyle = 'ISO, DMY';
    """)


def downgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    _execute("""
        ALTER FUNCTION keep_case_results(text, json) RESET TimeZone;
        ALTER FUNCTION keep_case_results(text, json) RESET DateStyle;
    """)
    for name in ("hidden_cases()", "hidden_people()"):
        _execute(f"ALTER FUNCTION ioms_private.{name} SET SCHEMA public")
    _execute(*_all(f"SELECT text FROM {KEPT}"), f"DROP TABLE {KEPT}")
    former = KNOWN.replace("ioms_private.", "").format("access_entry")
    _execute(f"""
        ALTER POLICY own ON access_entry
          USING (user_name = session_user OR ((SELECT my_role()) = 'supervisor' AND {former}));
        DROP POLICY of_known_cases ON search_key;
        CREATE POLICY gone ON search_key FOR DELETE TO ioms_supervisor
          USING (coalesce((SELECT true FROM cases c WHERE c.person_ref = search_key.person_ref LIMIT 1), false));
        CREATE POLICY gone_new ON search_key FOR DELETE TO ioms_officer, ioms_navigator, ioms_coordinator
          USING (saved_now(person_ref, case_ref));
        GRANT DELETE ON search_key TO {READERS};
        GRANT EXECUTE ON FUNCTION {TRY_SHARED} TO PUBLIC;
        REVOKE USAGE ON SCHEMA ioms_private FROM ioms_audit_owner;
        REVOKE EXECUTE ON FUNCTION importing() FROM ioms_audit_owner;
    """)
    _execute(*(f"DROP FUNCTION {name}" for name in reversed(OWNED)))


def _keep_definitions() -> None:
    """Keep what is changed here as it is, for the way back."""
    _execute(f"CREATE TABLE {KEPT} (text text NOT NULL); ALTER TABLE {KEPT} OWNER TO ioms_owner")
    named = ", ".join(f"'{name}'::regprocedure" for name in {*REPLACED, *(name for name, _, _ in EDITS)})
    _execute(f"""
        INSERT INTO {KEPT} SELECT pg_get_functiondef(oid) FROM pg_proc
        WHERE oid IN ({named}) OR {NAMING} OR proname = 'hidden_people'
    """)


def _all(query: str) -> list[str]:
    return list(op.get_bind().exec_driver_sql(query).scalars())


def _edit(name: str, old: str, new: str) -> None:
    """Change a function in one place; its owner and grants stay.

    Raises:
        RuntimeError: The place is not there exactly once, so that the function is not the one expected.
    """
    defined = op.get_bind().exec_driver_sql(f"SELECT pg_get_functiondef('{name}'::regprocedure)").scalar_one()
    if defined.count(old) != 1:
        raise RuntimeError(name)
    _execute(defined.replace(old, new))


def _execute(*statements: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    cursor = op.get_bind().connection.dbapi_connection.cursor()
    for each in statements:
        cursor.execute(each)
