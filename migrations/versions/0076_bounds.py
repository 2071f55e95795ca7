"""Bound on a server what the columns of records may hold, and how much anybody may say beside them.

One row with a day of `infinity` or before Christ stopped whoever's list it was in, every rule and a disposal. And what
is open is asked faster: what closed it is asked only within the hour after something was closed.
"""

import re
from pathlib import Path

from alembic import op

revision, down_revision = "0076", "0075"

SQL = Path(__file__).resolve().parent.parent / "sql"
CLOSED = "DELETE FROM ioms_private.look AS l"
SHUT = "INSERT INTO ioms_private.shut VALUES (clock_timestamp()) ON CONFLICT DO NOTHING;\n  "
CLOSING = (
    "set_access(text, text, text, boolean, text)",
    "set_standing(text, boolean, text, text)",
    "set_account(text, text, date)",
)
BOUNDS: dict[str, dict[str, str]] = {
    "actions": {
        "whole": "due_moves:1:999",
        "codes": "agency:agency",
    },
    "addresses": {
        "codes": "kind:address_kind",
    },
    "appointments": {
        "whole": "minutes:1:1440",
        "codes": "contact_type:contact_type purpose:contact_purpose cancelled_by:appointment_canceller",
    },
    "assessments": {
        "codes": "tool:risk_tool band:risk_band",
    },
    "associates": {
        "codes": (
            "kind:associate_kind basis:statement_basis source_grade:source_grade "
            "information_grade:information_grade handling:handling"
        ),
    },
    "care_statuses": {
        "codes": "status:social_care_status",
    },
    "carers": {},
    "case_workers": {
        "codes": "worker_role:worker_role",
    },
    "cases": {
        "codes": (
            "programme:programme cohort:cohort status:case_status close_reason:close_reason "
            "statutory_status:statutory_status trial_arm:trial_arm"
        ),
    },
    "compliance_steps": {
        "codes": "step:compliance_step warning_level:warning_level recall_type:recall_type agency:agency",
    },
    "concerns": {
        "long": "summary",
        "codes": (
            "concern_type:concern_type offence_group:offence_group source_grade:source_grade "
            "information_grade:information_grade handling:handling outcome:concern_outcome "
            "statement_basis:statement_basis"
        ),
    },
    "contacts": {
        "long": "note",
        "whole": "minutes:0:1440",
        "codes": (
            "contact_type:contact_type outcome:contact_outcome direction:contact_direction "
            "statement_basis:statement_basis utc_offset:utc_offset purpose:contact_purpose"
        ),
    },
    "custody": {
        "whole": "hours:0:336",
        "codes": "kind:custody_kind",
    },
    "custody_transfers": {},
    "decisions": {
        "codes": ("rule:rule decision:decision step:enforcement_step dissent_agency:agency lever:enforcement_lever"),
    },
    "documents": {
        "whole": "size_bytes:1:10485760",
        "codes": "kind:document_kind handling:document_handling file_type:document_type",
    },
    "eligibility": {
        "numbers": "score",
        "codes": (
            "criterion:eligibility_criterion basis:eligibility_basis source_grade:source_grade "
            "information_grade:information_grade handling:handling tool:risk_tool"
        ),
    },
    "exits": {
        "long": "plan services",
        "codes": "kind:exit_kind",
    },
    "goals": {
        "codes": "pathway:pathway",
    },
    "group_memberships": {
        "codes": (
            "group_status:group_status role:group_role source_grade:source_grade "
            "information_grade:information_grade handling:handling"
        ),
    },
    "group_responses": {
        "codes": "source_grade:source_grade information_grade:information_grade",
    },
    "letter_deliveries": {
        "codes": "outcome:delivery_outcome method:delivery_method",
    },
    "mappa": {
        "codes": "category:mappa_category level:mappa_level",
    },
    "needs": {
        "whole": "level:0:3",
        "codes": "pathway:pathway status:pathway_status agency:agency",
    },
    "notifications": {
        "long": "note",
        "whole": "attempt:1:99",
        "codes": (
            "outcome:notification_outcome kind:notification_kind consent:notification_consent method:notice_method"
        ),
    },
    "offences": {
        "numbers": "harm_weight",
        "codes": "offence_group:offence_group role:offence_role",
    },
    "offers": {
        "whole": "planned_sessions:0:999 planned_minutes:0:60000",
        "amounts": "funding_amount",
        "codes": ("offer_type:offer_type pathway:pathway response:offer_response provider_answer:provider_answer"),
    },
    "order_conditions": {
        "codes": "category:condition_category em_type:em_type",
    },
    "orders": {
        "codes": "order_type:statutory_status end_reason:order_end_reason",
    },
    "own_words": {
        "long": "strengths help_wanted",
    },
    "panel_decisions": {
        "codes": "decision:panel_decision cohort:cohort",
    },
    "people": {
        "long": "name_key",
        "codes": (
            "sex:sex gender_identity:gender_identity ethnicity_self:ethnicity_self "
            "social_care_status:social_care_status ethnicity_officer:ethnicity_officer "
            "exploitation:nrm_status"
        ),
    },
    "person_names": {
        "codes": "kind:name_kind",
    },
    "person_needs": {
        "codes": "kind:person_need_kind",
    },
    "person_numbers": {
        "codes": "kind:number_kind",
    },
    "person_warnings": {},
    "proposals": {
        "codes": (
            "rule:rule decision:decision step:enforcement_step status:proposal_status dissent_agency:agency "
            "lever:enforcement_lever"
        ),
    },
    "rag": {
        "codes": "rag:rag",
    },
    "ratings": {
        "whole": "level:0:5",
        "codes": "role:rating_role",
    },
    "referrals": {
        "codes": "direction:referral_direction unit:unit status:referral_status",
    },
    "safeguarding_checks": {
        "codes": "kind:safeguarding_kind nrm_status:nrm_status",
    },
    "screening_checks": {
        "codes": "check_type:screening_check answer:screening_answer",
    },
    "victim_contacts": {
        "codes": "status:victim_contact_status",
    },
}
"""What the columns of each record table hold, apart from days, references and texts of up to 2,000 characters."""
BESIDE = {
    "access_entry": "length(message) <= 2000 AND length(user_name) <= 200 AND length(set_by) <= 200",
    "case_standing": "length(message) <= 2000 AND length(team) <= 200",
    "request": "length(id) <= 200 AND length(act) <= 200 AND length(answer::text) <= 1000000",
    "search_key": "length(word) <= 2000",
    "users": "length(team) <= 200 AND expires_on BETWEEN DATE '1900-01-01' AND DATE '2199-12-31'",
    "letter_wording": "valid_from BETWEEN DATE '1900-01-01' AND DATE '2199-12-31' AND length(kind) <= 200",
    "case_result": (
        "as_of BETWEEN DATE '1900-01-01' AND DATE '2199-12-31' "
        "AND next_change_on BETWEEN DATE '1900-01-01' AND DATE '2199-12-31' AND length(policy_key) <= 200"
    ),
    "case_duty": (
        "duty IN ('DECISION', 'CONTACT', 'REVIEW', 'RELEASE', 'OFFER', 'NOTICE', 'MISSING') AND length(ref) <= 200 "
        "AND length(words) <= 10000 AND due_on BETWEEN DATE '1900-01-01' AND DATE '2199-12-31' "
        "AND counted_from BETWEEN DATE '1900-01-01' AND DATE '2199-12-31'"
    ),
    "take_away": "length(number) <= 200 AND length(reason) <= 2000 AND length(cases::text) <= 10000000",
    "ioms_audit.audit": (
        "length(reason_text) <= 10000 AND length(reason_code) <= 200 AND length(workstation) <= 500 "
        "AND length(request) <= 200 AND length(object_ref) <= 10000 AND length(recipient) <= 10000 "
        "AND (kind NOT IN ('CONSULTATION', 'DISCLOSURE', 'COMBINATION') OR length(after::text) <= 1000000)"
    ),
}
"""What else a login can write, by itself or through a function."""
STAMPED = "PERFORM ioms_private.refuse_nobodys(TG_TABLE_NAME, to_jsonb(NEW));"
HELD = (
    "PERFORM ioms_private.refuse_untrue("
    "TG_TABLE_NAME, CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) END, to_jsonb(NEW));"
)
FORMER = r"FUNCTION (?:opened_cases|opened_people|ioms_private\.refuse_nobodys)\([^)]*\).*?\nEND \$\$;"


def upgrade() -> None:
    server = op.get_context().dialect.name == "postgresql"
    if server:
        _execute((SQL / "0076_opened.sql").read_text(encoding="utf-8"))
        for name in CLOSING:
            _edit(name, CLOSED, SHUT + CLOSED)
    for name, declared in BOUNDS.items():
        op.bound_record_values(name, **declared)
    if server:
        _edit("stamp_record()", STAMPED, HELD)
        _execute("DROP FUNCTION ioms_private.refuse_nobodys(text, jsonb)")
        for name, tests in BESIDE.items():
            plain = name.rpartition(".")[2]
            _execute(f"""
                ALTER TABLE {name} ADD CONSTRAINT ck_{plain}_values CHECK ({tests}) NOT VALID;
                DO $$
                BEGIN
                  ALTER TABLE {name} VALIDATE CONSTRAINT ck_{plain}_values;
                EXCEPTION WHEN check_violation THEN
                  RAISE NOTICE 'some rows of {name} are not as they would be taken today';
                END $$
            """)


def downgrade() -> None:
    for name in BOUNDS:
        op.unbound_record_values(name)
    if op.get_context().dialect.name == "postgresql":
        for name in BESIDE:
            _execute(f"ALTER TABLE {name} DROP CONSTRAINT ck_{name.rpartition('.')[2]}_values")
        _edit("stamp_record()", HELD, STAMPED)
        for name in CLOSING:
            _edit(name, SHUT + CLOSED, CLOSED)
        former = (SQL / "0075_existence.sql").read_text(encoding="utf-8")
        for found in re.findall(FORMER, former, re.DOTALL):
            _execute(f"CREATE OR REPLACE {found}")
        _execute(
            "ALTER FUNCTION ioms_private.refuse_nobodys(text, jsonb) OWNER TO ioms_owner",
            "REVOKE ALL ON FUNCTION ioms_private.refuse_nobodys(text, jsonb) FROM PUBLIC",
            "DROP TABLE ioms_private.shut",
        )
        _execute("DROP FUNCTION ioms_private.refuse_untrue(text, jsonb, jsonb); DROP TABLE ioms_private.coded_column")


def _edit(name: str, old: str, new: str) -> None:
    """Change a function in one place.

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
