"""Take the content of records from whoever has a login; what they have opened they read through functions.

Row-level security is asked after conditions that PostgreSQL holds to be harmless, so that the plan of a statement told
what a policy hides: a name letter by letter, how many concerns of a case are intelligence.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0080", "0079"

SQL = Path(__file__).resolve().parent.parent / "sql"
READERS = "ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator"
BESIDE = {"document_content": READERS, "document_key": READERS, "former_version": "ioms_officer, ioms_supervisor"}
"""What is not the table of a record type, with its readers."""
TABLES: dict[str, dict[str, str]] = {
    "actions": {"ref": "action_ref"},
    "addresses": {"subject": "person_ref", "ref": "address_ref"},
    "appointments": {"ref": "appointment_ref"},
    "assessments": {"subject": "person_ref"},
    "associates": {"subject": "person_ref", "ref": "associate_ref"},
    "care_statuses": {"subject": "person_ref", "ref": "care_status_ref"},
    "carers": {"subject": "person_ref", "ref": "carer_ref"},
    "case_workers": {"ref": "case_worker_ref"},
    "compliance_steps": {"ref": "compliance_ref"},
    "concerns": {"ref": "concern_ref"},
    "contacts": {
        "ref": "contact_ref",
        "masked": "note",
        "shown": (
            "(SELECT reaches('ALL')) OR (r.case_ref IN (SELECT opened_cases()) "
            "AND r.agency IS DISTINCT FROM 'LEICESTERSHIRE_POLICE' "
            "AND r.statement_basis IS DISTINCT FROM 'INTELLIGENCE')"
        ),
    },
    "custody": {"subject": "person_ref"},
    "custody_transfers": {"subject": "person_ref"},
    "decisions": {"ref": "decision_ref"},
    "documents": {"ref": "document_ref"},
    "eligibility": {"ref": "eligibility_ref"},
    "exits": {"ref": "exit_ref"},
    "goals": {"ref": "goal_ref"},
    "group_memberships": {"subject": "person_ref", "ref": "membership_ref"},
    "group_responses": {"ref": "group_response_ref"},
    "letter_deliveries": {"ref": "delivery_ref"},
    "mappa": {"subject": "person_ref"},
    "needs": {},
    "notifications": {},
    "offences": {"subject": "person_ref"},
    "offers": {"ref": "offer_ref"},
    "order_conditions": {"subject": "person_ref", "ref": "condition_ref"},
    "orders": {"subject": "person_ref", "ref": "order_ref"},
    "own_words": {"ref": "own_words_ref"},
    "panel_decisions": {"ref": "panel_decision_ref"},
    "people": {"subject": "person_ref"},
    "person_names": {"subject": "person_ref", "ref": "name_ref"},
    "person_needs": {"subject": "person_ref", "ref": "person_need_ref"},
    "person_numbers": {"subject": "person_ref", "ref": "number_ref"},
    "person_warnings": {"subject": "person_ref", "ref": "warning_ref"},
    "proposals": {"ref": "proposal_ref"},
    "rag": {},
    "ratings": {},
    "referrals": {"ref": "referral_ref"},
    "safeguarding_checks": {"subject": "person_ref", "ref": "check_ref"},
    "screening_checks": {},
    "victim_contacts": {"ref": "victim_contact_ref"},
}
"""The tables of content, each with whose its records are and the first column of its key, where that is another."""


BEFORE = f"""
    CREATE VIEW readable_notes WITH (security_barrier) AS
      SELECT contact_ref, note FROM contacts
      WHERE case_ref IN (SELECT opened_cases())
        AND agency IS DISTINCT FROM 'LEICESTERSHIRE_POLICE' AND statement_basis IS DISTINCT FROM 'INTELLIGENCE';
    ALTER VIEW readable_notes OWNER TO ioms_reader;
    REVOKE ALL ON readable_notes FROM PUBLIC;
    GRANT SELECT ON readable_notes TO {READERS};
"""
"""The notes that navigators could read beside their contacts."""


ASKING = ("ioms_private.passes(text, text, jsonb)", "ioms_private.may_read(text, jsonb)", "known_strike_outs()")
"""Functions that ask of a policy whether it is this user's."""
ITS_ROLES = "('ioms_' || my_role()) = ANY (p.roles)"
ITS_READERS = (
    "('ioms_' || my_role()) = ANY (coalesce((SELECT s.roles FROM pg_policies AS s WHERE p.policyname = 'opened' "
    "AND s.schemaname = p.schemaname AND s.tablename = p.tablename AND s.policyname = 'shown'), p.roles))"
)
"""`opened` is for the functions alone; whose table it is says `shown`."""


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute((SQL / "0080_opener.sql").read_text(encoding="utf-8"))
        for name, roles in BESIDE.items():
            _execute(f"""
                ALTER POLICY opened ON {name} TO {roles}, ioms_opener;
                REVOKE SELECT ON {name} FROM {roles};
                GRANT SELECT ON {name} TO ioms_opener;
            """)
        _edit(ITS_ROLES, ITS_READERS)
    for name, declared in TABLES.items():
        op.read_through_function(name, **declared)


def downgrade() -> None:
    for name, declared in TABLES.items():
        op.read_the_table(name, declared.get("masked", ""))
    if op.get_context().dialect.name == "postgresql":
        for name, roles in BESIDE.items():
            _execute(f"""
                ALTER POLICY opened ON {name} TO {roles};
                GRANT SELECT ON {name} TO {roles};
                REVOKE SELECT ON {name} FROM ioms_opener;
            """)
        _edit(ITS_READERS, ITS_ROLES)
        _execute(BEFORE)
        _execute(f"""
            DROP FUNCTION read_document_key(text, text), read_document_content(text, text), document_sizes(text),
              read_former_version(text[], text[], text);
            ALTER POLICY associates_named ON former_version TO {READERS};
            ALTER POLICY known ON cases TO ioms_people, ioms_reader;
            REVOKE SELECT (case_ref, person_ref) ON cases FROM ioms_opener;
            REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public, ioms_private FROM ioms_opener;
            REVOKE ALL ON SCHEMA public, ioms_private FROM ioms_opener;
            REVOKE USAGE ON SCHEMA ioms_private FROM ioms_reader;
            DROP FUNCTION ioms_private.reading_role();
        """)


def _edit(old: str, new: str) -> None:
    """Say something otherwise in each function that asks."""
    for function in ASKING:
        defined = op.get_bind().exec_driver_sql(f"SELECT pg_get_functiondef('{function}'::regprocedure)").scalar_one()
        if defined.count(old) != 1:
            raise RuntimeError(function)
        _execute(defined.replace(old, new))


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
