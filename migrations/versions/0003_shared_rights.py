"""Rights that a shared database enforces itself: logins, access lists, opened cases and checked writes.

Both kinds of database have the access lists, so that they share one schema, but only a server enforces them. Lists and
rules read every case, opened or not, through views named `known_...`. On a server these leave out free text and show
only the cases that the user may know of.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

BINARY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SQL = Path(__file__).resolve().parent.parent / "sql"

ENGAGEMENT = "officer navigator supervisor"
DECIDING = "officer supervisor"
OF_PERSON = {"subject": "person_ref", "add": "supervisor"}

# What the program declared of its record types at this schema. A column of the facts with an asterisk is null for
# whoever has not opened the case; with an exclamation mark it is an empty text, because the record must have one.
RECORDS = {
    "people": {
        **OF_PERSON,
        "facts": "id person_ref family_name given_names known_as date_of_birth pnc_id name_key",
    },
    "cases": {"add": "supervisor", "change": DECIDING, "masked": "trial_arm"},
    "rag": {"add": DECIDING, "facts": "id case_ref set_on rag reason! set_by"},
    "needs": {"add": ENGAGEMENT},
    "offers": {
        "add": ENGAGEMENT,
        "facts": "id offer_ref case_ref offer_type pathway provider offered_on offered_by response responded_on "
        "started_on ended_on end_reason",
    },
    "contacts": {
        "add": ENGAGEMENT,
        "change": "supervisor",
        "facts": "id contact_ref case_ref occurred_at planned contact_type outcome minutes worker agency offer_ref "
        "direction note* statement_basis",
        "masked": "note",
    },
    "ratings": {
        "add": ENGAGEMENT,
        "facts": "id case_ref week_commencing rated_on level rated_by role",
    },
    "concerns": {
        "add": ENGAGEMENT,
        "facts": "id concern_ref case_ref occurred_on recorded_on concern_type offence_group source_grade "
        "information_grade handling summary*",
        "intelligence": "concern_type! INTELLIGENCE",
    },
    "decisions": {
        "add": DECIDING,
        "facts": "id decision_ref case_ref rule decided_on decision step reason! proposed_by authorised_by "
        "child_checks* told_participant* actioned_on",
        "intelligence": "rule credible_intelligence",
    },
    "proposals": {
        "add": DECIDING,
        "facts": "id proposal_ref case_ref rule proposed_on decision step reason! proposed_by child_checks* "
        "told_participant* alternatives* proportionality* status answered_by answered_on answer_reason* decision_ref",
        "intelligence": "rule credible_intelligence",
    },
    "referrals": {"add": ENGAGEMENT},
    "notifications": {
        "add": ENGAGEMENT,
        "facts": "id case_ref attempted_on attempt outcome delivered_by present* mode response* note*",
    },
    "actions": {
        "optional_subject": True,
        "add": ENGAGEMENT,
        "facts": "id action_ref case_ref meeting_ref text owner due_on done_on cancelled_on cancel_reason*",
    },
    "custody": {**OF_PERSON, "facts": "id person_ref received_on released_on establishment* kind"},
    "assessments": OF_PERSON,
    "orders": {**OF_PERSON, "facts": "id order_ref person_ref order_type made_on ends_on court* conditions*"},
    "offences": OF_PERSON,
}
KNOWN = tuple(name for name, declared in RECORDS.items() if "facts" in declared)
FORMER = (
    "id table_name record_id record_key revision case_ref person_ref current_from current_to changed_by request ended "
    "reason* data"
)
TRAIL = (
    "id, at, kind, actor, actor_role, workstation, request, object_type, object_ref, subject_ref, recipient, "
    "reason_code, reason_text, row_hash, mark"
)
TRAIL_DETAIL = "CASE WHEN kind IN ('CONSULTATION', 'DISCLOSURE', 'COMBINATION') THEN after END AS detail"
TOLD = "id, at, recipient, reason_code, after, actor, object_ref AS case_ref"
IS_TOLD = "kind = 'DISCLOSURE' AND object_type = 'cases'"
WORDS = (
    *("note", "summary", "reason", "court", "conditions", "establishment", "child_checks", "told_participant"),
    *("present", "response", "cancel_reason"),
)
OF_RULES = (
    *("cases", "rag", "custody", "orders", "contacts", "ratings", "offers", "concerns", "decisions", "notifications"),
    "actions",
)
"""The tables whose former versions are known without opening the case: what the rules look at."""

# An opened case comes first: it was known when it was opened and is closed when its user may no longer know of it, so
# nothing else needs to be evaluated for the one case that is being read. A navigator works with Phoenix participants;
# the control arm is offered nothing, so that a navigator need not know of it.
KNOWS = """(
  case_ref IN (SELECT opened_cases())
  OR ((SELECT reaches('ALL')) AND case_ref NOT IN (SELECT hidden_cases()))
  OR ((SELECT reaches('OFFERED')) AND trial_arm IS DISTINCT FROM 'CONTROL'
      AND (programme = 'PHOENIX' OR NOT (SELECT reaches('PHOENIX'))) AND case_ref NOT IN (SELECT hidden_cases()))
  OR ((SELECT reaches('ASSIGNED'))
      AND case_ref IN (SELECT my_access('ASSIGNED')) AND case_ref NOT IN (SELECT hidden_cases()))
  OR (case_ref IN (SELECT my_access('GLASS')) AND case_ref NOT IN (SELECT my_access('EXCLUDED')))
)"""
KNOWN_CASE = (
    "(case_ref IN (SELECT opened_cases()) OR ((SELECT reaches('ALL')) AND case_ref NOT IN (SELECT hidden_cases())) "
    "OR coalesce((SELECT true FROM cases c WHERE c.case_ref = {table}.case_ref LIMIT 1), false))"
)
KNOWN_PERSON = (
    "(person_ref IN (SELECT opened_people()) "
    "OR ((SELECT reaches('ALL')) AND person_ref NOT IN (SELECT hidden_people())) "
    "OR coalesce((SELECT true FROM cases c WHERE c.person_ref = {table}.person_ref LIMIT 1), false))"
)
"""A scalar subquery on purpose: it is evaluated for the rows that are read, never for all cases beforehand."""
OWN_PERSON = (
    "(person_ref IN (SELECT opened_people()) "
    "OR ((SELECT reaches('ALL')) AND person_ref NOT IN (SELECT hidden_people()))) "
    "AND person_ref NOT IN (SELECT glass_people())"
)
"""Nobody writes about a person who is hidden from them or whom they know through break-glass access only."""
BROKEN = "case_ref NOT IN (SELECT my_access('GLASS'))"
"""Break-glass access is for reading only."""

READERS = ("ioms_officer", "ioms_navigator", "ioms_supervisor", "ioms_coordinator")
INTELLIGENCE = ("ioms_officer", "ioms_supervisor")


def upgrade() -> None:
    _tables()
    if op.get_context().dialect.name != "postgresql":
        _views_of_a_file()
        return
    _run("0003_roles.sql")
    _run("0003_knowing.sql")
    _knows()
    _run("0003_acts.sql")
    _run("0003_guards.sql")
    _run("0003_logins.sql")
    _own()
    _own_audit()
    for name, declared in RECORDS.items():
        op.secure_record_table(name, **declared)
    _policies()
    _views_of_a_server()
    _views_of_the_audit()
    _grants()


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _take_rights_away()
    else:
        op.execute("DROP VIEW audit_trail")
        op.execute("DROP VIEW disclosures_told")
        for table in ("people_by_name", *KNOWN, "former_version"):
            op.execute(f"DROP VIEW known_{table}")
    op.drop_table("case_standing")
    op.drop_table("access_entry")
    op.drop_column("users", "expires_on")
    op.drop_column("users", "team")


def _take_rights_away() -> None:
    """Undo what only a server has. The roles stay, because other databases of the server may use them."""
    _execute("SET LOCAL row_security = off")
    for table in ("people_by_name", *KNOWN, "former_version"):
        _execute(f"DROP VIEW known_{table}")
    _execute("DROP VIEW readable_notes, ioms_audit.audit_trail, ioms_audit.disclosures_told")
    for table in RECORDS:
        _execute(f"DROP TRIGGER {table}_stamp ON {table}")
    _execute("DROP TRIGGER decisions_confirmed ON decisions")
    for table in ("proposals", "decisions", "offers", "actions", "cases"):
        _execute(f"DROP TRIGGER {table}_guard ON {table}")
    _execute("""
        DO $$
        DECLARE
          each record;
        BEGIN
          FOR each IN SELECT * FROM pg_policies WHERE schemaname IN ('public', 'ioms_audit') LOOP
            EXECUTE format('DROP POLICY %I ON %I.%I', each.policyname, each.schemaname, each.tablename);
          END LOOP;
          FOR each IN SELECT oid::regclass AS name FROM pg_class WHERE relrowsecurity LOOP
            EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY', each.name);
          END LOOP;
          FOR each IN SELECT oid::regclass AS name FROM pg_class
                      WHERE relkind = 'r' AND relowner IN ('ioms_owner'::regrole, 'ioms_audit_owner'::regrole) LOOP
            EXECUTE format('ALTER TABLE %s OWNER TO CURRENT_USER', each.name);
          END LOOP;
        END $$;
        ALTER TABLE ioms_audit.audit SET SCHEMA public;
        ALTER TABLE ioms_audit.seal SET SCHEMA public;
        ALTER TABLE ioms_audit.epoch SET SCHEMA public;
        CREATE OR REPLACE FUNCTION audit_role() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
        SET search_path = pg_catalog, public, pg_temp AS $$
          SELECT coalesce(audit_said('role'), '')
        $$;
    """)
    for name in AUDITING:
        _execute(f"ALTER FUNCTION {name} SET search_path = pg_catalog, public, pg_temp")
    for name in (*AUDITING, *AUDITING_PLAINLY):
        _execute(f"ALTER FUNCTION {name} OWNER TO CURRENT_USER")
    for name in (*FUNCTIONS, *ACCOUNTS):
        _execute(f"DROP FUNCTION {name} CASCADE")
    _execute("DROP TABLE ioms_private.look; DROP SCHEMA ioms_private")


def _run(name: str) -> None:
    """Run a file of statements as it is: a percent sign in it is no parameter."""
    _execute((SQL / name).read_text(encoding="utf-8"))


def _execute(sql: str) -> None:
    raw = op.get_bind().connection.dbapi_connection
    raw.cursor().execute(sql)


def _tables() -> None:
    op.add_column("users", sa.Column("team", sa.Text(), nullable=True))
    op.add_column("users", sa.Column("expires_on", sa.Date(), nullable=True))
    op.create_table(
        "access_entry",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("case_ref", BINARY, nullable=False),
        sa.Column("user_name", BINARY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('ASSIGNED', 'EXCLUDED', 'ADMITTED', 'GLASS')", name=op.f("ck_access_entry_kind")),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.case_ref"], name=op.f("fk_access_entry_case_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_entry")),
    )
    op.create_index(op.f("ix_access_entry_user_name_kind"), "access_entry", ["user_name", "kind"])
    op.create_index(op.f("ix_access_entry_case_ref"), "access_entry", ["case_ref"])
    op.create_table(
        "case_standing",
        sa.Column("case_ref", BINARY, nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.case_ref"], name=op.f("fk_case_standing_case_ref")),
        sa.PrimaryKeyConstraint("case_ref", name=op.f("pk_case_standing")),
    )


def _views_of_a_file() -> None:
    _facts_views()
    op.execute("CREATE VIEW known_people_by_name AS SELECT id, person_ref, name_key FROM people")
    digests = "text_hash(CAST(before AS TEXT)) AS before_hash, text_hash(CAST(after AS TEXT)) AS after_hash"
    op.execute(f"CREATE VIEW audit_trail AS SELECT {TRAIL}, {TRAIL_DETAIL}, {digests} FROM audit")
    op.execute(f"CREATE VIEW disclosures_told AS SELECT {TOLD} FROM audit WHERE {IS_TOLD}")


def _knows() -> None:
    _execute(f"""
        CREATE FUNCTION ioms_private.knows(ref text) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
        SET search_path = public, pg_catalog, pg_temp AS $$
        BEGIN
          RETURN EXISTS (SELECT FROM cases WHERE case_ref = ref AND {KNOWS});
        END $$
    """)


def _own() -> None:
    """Make roles that cannot sign in the owners of tables and functions."""
    for table in ("former_version", "access_entry", "case_standing", "users", "request", "search_key"):
        _execute(f"ALTER TABLE {table} OWNER TO ioms_owner")
    for table in ("meta", "policy", "reference_list", "reference_code", "alembic_version"):
        _execute(f"ALTER TABLE {table} OWNER TO ioms_owner")
    _execute("ALTER TABLE ioms_private.look OWNER TO ioms_owner")
    for name in FUNCTIONS:
        _execute(f"ALTER FUNCTION {name} OWNER TO ioms_owner; REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    for name in ACCOUNTS:
        _execute(f"ALTER FUNCTION {name} OWNER TO ioms_accounts; REVOKE ALL ON FUNCTION {name} FROM PUBLIC")


FUNCTIONS = (
    *("my_role()", "my_team()", "my_access(text)", "opened_cases()", "opened_people()", "book_open()", "importing()"),
    *("reaches(text)", "hidden_cases()", "hidden_people()", "glass_people()", "told_instead(text)"),
    *("open_case(text, text)", "open_book(text)", "close_book()", "break_glass(text, text)"),
    *("set_access(text, text, text, boolean, text)", "set_standing(text, boolean, text, text)"),
    *("stamp_record()", "guard_proposal()", "guard_decision()", "confirm_decision()"),
    *("guard_offer()", "guard_review()", "guard_case()"),
    *("ioms_private.knows(text)", "ioms_private.step_rank(text)", "ioms_private.working_day_after(date, integer)"),
    *("ioms_private.is_keeper()", "ioms_private.beyond_person(text)", "ioms_private.as_it_is()"),
)
ACCOUNTS = (
    *("add_login(text, text, text, text, date)", "set_login_password(text, text)", "disable_login(text)"),
    "set_account(text, text, date)",
)
AUDITING = (
    *("hash_entry()", "audit_system()", "begin_epoch(text, text, integer, integer)", "watch_epoch()"),
    *("open_epoch(text, integer, integer)", "write_audit(text, text, text, text, text, json)", "may_log(text)"),
    *("log_audit(text, text, text, text, text, json)", "log_audit_of_people(text, text[], json)"),
    *(f"keep_trace_{table}()" for table in RECORDS),
    *("seal_audit()", "audit_trusted()", "audit_actor()", "audit_role()", "audit_at()"),
)
AUDITING_PLAINLY = (
    *("audit_said(text)", "hashed_field(text)", "hashed_instant(timestamptz)", "hashed(text)", "refuse_truncate()"),
    *("record_plain(jsonb, text)", "record_changes(jsonb, jsonb)"),
)


def _own_audit() -> None:
    """Give the audit a schema and an owner of its own, so that the owner of the records cannot change it."""
    for table in ("audit", "seal", "epoch"):
        _execute(f"ALTER TABLE {table} SET SCHEMA ioms_audit; ALTER TABLE ioms_audit.{table} OWNER TO ioms_audit_owner")
        _execute(f"""
            ALTER TABLE ioms_audit.{table} ENABLE ROW LEVEL SECURITY;
            ALTER TABLE ioms_audit.{table} FORCE ROW LEVEL SECURITY;
            CREATE POLICY owner ON ioms_audit.{table} TO ioms_audit_owner USING (true) WITH CHECK (true);
            CREATE POLICY everybody ON ioms_audit.{table} FOR SELECT TO ioms_people USING (true);
        """)
    for name in AUDITING:
        _execute(f"ALTER FUNCTION {name} SET search_path = pg_catalog, public, ioms_audit, pg_temp")
    for name in (*AUDITING, *AUDITING_PLAINLY):
        _execute(f"ALTER FUNCTION {name} OWNER TO ioms_audit_owner")
    # The server says in which role a person acts; only the owner and a superuser are believed.
    _execute("""
        CREATE OR REPLACE FUNCTION audit_role() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
        SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
          SELECT coalesce(CASE WHEN audit_trusted() THEN audit_said('role') ELSE my_role() END, '')
        $$;
        CREATE POLICY trace ON cases FOR SELECT TO ioms_audit_owner USING (true);
        CREATE POLICY trace ON former_version FOR INSERT TO ioms_audit_owner WITH CHECK (true);
        CREATE POLICY trace ON meta FOR SELECT TO ioms_audit_owner USING (true);
        GRANT SELECT ON cases, meta TO ioms_audit_owner;
        GRANT INSERT ON former_version TO ioms_audit_owner;
        GRANT EXECUTE ON FUNCTION write_audit(text, text, text, text, text, json), audit_trusted()
          TO ioms_owner, ioms_accounts;
        -- Anybody may seal and keep the head: numbers and hashes, with no personal data.
        GRANT SELECT (id, mark) ON ioms_audit.audit TO ioms_people;
        GRANT SELECT ON ioms_audit.seal, ioms_audit.epoch TO ioms_people;
        GRANT EXECUTE ON FUNCTION log_audit(text, text, text, text, text, json),
          log_audit_of_people(text, text[], json), seal_audit() TO ioms_people;
        GRANT EXECUTE ON FUNCTION open_epoch(text, integer, integer) TO ioms_administrator;
    """)


def _views_of_the_audit() -> None:
    # Whoever reads a view needs the rights to its functions; everybody has those of the system.
    digests = ", ".join(
        f"encode(sha256(convert_to({name}::text, 'UTF8')), 'hex') AS {name}_hash" for name in ("before", "after")
    )
    opened = "(object_ref IN (SELECT opened_cases()) OR (SELECT audit_trusted()))"
    _execute(f"""
        CREATE VIEW ioms_audit.audit_trail WITH (security_barrier) AS
          SELECT {TRAIL}, {TRAIL_DETAIL}, {digests} FROM ioms_audit.audit;
        CREATE VIEW ioms_audit.disclosures_told WITH (security_barrier) AS
          SELECT {TOLD} FROM ioms_audit.audit WHERE {IS_TOLD} AND {opened};
        ALTER VIEW ioms_audit.audit_trail OWNER TO ioms_audit_owner;
        ALTER VIEW ioms_audit.disclosures_told OWNER TO ioms_audit_owner;
        GRANT SELECT ON ioms_audit.audit_trail TO ioms_auditor;
        GRANT SELECT ON ioms_audit.disclosures_told TO {", ".join(READERS)};
    """)


def _policies() -> None:
    secured = ("former_version", "access_entry", "case_standing", "users", "request", "search_key")
    for table in (*secured, "meta", "policy", "reference_list", "reference_code"):
        _execute(f"""
            ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
            ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
            CREATE POLICY owner ON {table} TO ioms_owner USING (true) WITH CHECK (true);
        """)
    _execute(f"CREATE POLICY known ON cases FOR SELECT TO ioms_people, ioms_reader USING {KNOWS}")
    _execute(f"""
        CREATE POLICY added ON cases FOR INSERT TO ioms_supervisor WITH CHECK ({OWN_PERSON});
        CREATE POLICY changed ON cases FOR UPDATE TO {", ".join(INTELLIGENCE)}
          USING ({KNOWS} AND {BROKEN}) WITH CHECK ({OWN_PERSON});
    """)
    readers = ", ".join(READERS)
    opened = "case_ref IN (SELECT opened_cases()) OR person_ref IN (SELECT opened_people()) OR (SELECT book_open())"
    known = f"(case_ref IS NULL OR {KNOWN_CASE}) AND (person_ref IS NULL OR {KNOWN_PERSON})"
    known = known.format(table="former_version")
    _execute(f"""
        CREATE POLICY opened ON former_version FOR SELECT TO {", ".join(INTELLIGENCE)} USING (({opened}) AND {known});
        CREATE POLICY known ON former_version FOR SELECT TO ioms_reader USING ({known});
        CREATE POLICY known ON search_key FOR SELECT TO {readers}
          USING {KNOWN_PERSON.format(table="search_key")};
        CREATE POLICY kept ON search_key FOR INSERT TO ioms_supervisor WITH CHECK (true);
        CREATE POLICY gone ON search_key FOR DELETE TO ioms_supervisor
          USING {KNOWN_PERSON.format(table="search_key")};
        CREATE POLICY own ON request TO ioms_people
          USING (actor = session_user) WITH CHECK (actor = session_user);
        CREATE POLICY colleagues ON users FOR SELECT TO ioms_people USING ((SELECT my_role()) IS NOT NULL);
        CREATE POLICY accounts ON users TO ioms_accounts USING (true) WITH CHECK (true);
        CREATE POLICY own ON access_entry FOR SELECT TO ioms_people
          USING (user_name = session_user
                 OR ((SELECT my_role()) = 'supervisor' AND {KNOWN_CASE.format(table="access_entry")}));
        CREATE POLICY known ON case_standing FOR SELECT TO {readers} USING {KNOWN_CASE.format(table="case_standing")};
    """)
    for table in ("meta", "policy", "reference_list", "reference_code"):
        _execute(
            f"CREATE POLICY everybody ON {table} FOR SELECT TO ioms_people, ioms_reader, ioms_accounts USING (true)"
        )


def _facts_views() -> None:
    for name in KNOWN:
        op.create_facts_view(name, RECORDS[name]["facts"], own=name != "people")
    op.create_facts_view_of_former_versions(FORMER, OF_RULES, WORDS)


def _views_of_a_server() -> None:
    _facts_views()
    # A security barrier view is evaluated on its own: only in the order asked for can its first rows be read alone.
    _execute(f"""
        CREATE VIEW known_people_by_name WITH (security_barrier) AS
          SELECT id, person_ref, name_key FROM people ORDER BY name_key, id;
        ALTER VIEW known_people_by_name OWNER TO ioms_reader;
        REVOKE ALL ON known_people_by_name FROM PUBLIC;
        GRANT SELECT ON known_people_by_name TO {", ".join(READERS)};
    """)
    # What a navigator may read of notes: neither those of the police nor what rests on intelligence.
    _execute("""
        CREATE VIEW readable_notes WITH (security_barrier) AS
          SELECT contact_ref, note FROM contacts
          WHERE case_ref IN (SELECT opened_cases())
            AND agency IS DISTINCT FROM 'LEICESTERSHIRE_POLICE' AND statement_basis IS DISTINCT FROM 'INTELLIGENCE';
        ALTER VIEW readable_notes OWNER TO ioms_reader;
        REVOKE ALL ON readable_notes FROM PUBLIC;
    """)


def _grants() -> None:
    _execute(f"""
        REVOKE ALL ON former_version FROM PUBLIC;
        GRANT SELECT ON former_version TO {", ".join(INTELLIGENCE)};
    """)
    partner = "id, case_ref, person_ref, programme, cohort, status, referred_on, adopted_on, notified_on, closed_on"
    _execute(f"""
        GRANT SELECT ({partner}, revision, recorded_at, recorded_by) ON cases TO ioms_partner;
        GRANT SELECT ON known_people TO ioms_partner;
        GRANT SELECT ON cases TO ioms_reader;
        GRANT SELECT ON readable_notes TO {", ".join(READERS)};
        GRANT SELECT ON search_key TO {", ".join(READERS)};
        GRANT INSERT, DELETE ON search_key TO ioms_supervisor;
        GRANT SELECT, INSERT, UPDATE (answer) ON request TO ioms_people;
        GRANT SELECT (id, name, role, active, created_at, team, expires_on) ON users TO ioms_people;
        GRANT SELECT, INSERT, UPDATE ON users TO ioms_accounts;
        GRANT SELECT ON access_entry TO ioms_people;
        GRANT SELECT ON case_standing TO {", ".join(READERS)};
        GRANT SELECT ON meta, policy, reference_list, reference_code, alembic_version
          TO ioms_people, ioms_reader, ioms_accounts;
        GRANT EXECUTE ON FUNCTION my_role(), my_team(), my_access(text), opened_cases(), opened_people(), book_open(),
          hidden_cases(), hidden_people(), glass_people(), reaches(text), audit_trusted()
          TO ioms_people, ioms_reader, ioms_accounts, ioms_audit_owner;
        GRANT EXECUTE ON FUNCTION open_case(text, text), open_book(text), close_book(),
          set_access(text, text, text, boolean, text), set_standing(text, boolean, text, text), break_glass(text, text),
          told_instead(text), add_login(text, text, text, text, date), set_login_password(text, text),
          disable_login(text), set_account(text, text, date) TO ioms_people;
        GRANT EXECUTE ON FUNCTION ioms_private.is_keeper(), ioms_private.beyond_person(text), ioms_private.knows(text)
          TO ioms_accounts;
        -- Whoever is moved to another team has no case of the former one open any longer.
        GRANT SELECT, DELETE ON ioms_private.look TO ioms_accounts;
    """)
