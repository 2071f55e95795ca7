"""Retention reviews and disposal by two people: their tables and, on a server, the functions that carry them out.

Existing records do not change. Before this, a person could only be removed record by record, and previous versions and
the audit kept every word. An audit entry that a disposal redacts keeps the hash with which it was sealed. The hash of
its redacted content is stored as well, so that the audit can still be verified.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

BINARY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SQL = Path(__file__).resolve().parent.parent / "sql" / "0005_disposal.sql"

TRAIL = (
    "id, at, kind, actor, actor_role, workstation, request, object_type, object_ref, subject_ref, recipient, "
    "reason_code, reason_text, row_hash, mark"
)
DETAIL = "CASE WHEN {} THEN after END AS detail"
TOLD = "kind IN ('CONSULTATION', 'DISCLOSURE', 'COMBINATION')"
CERTIFIED = f"{TOLD} OR object_type = 'disposal'"
OFFENCES = "SELECT id, person_ref, offence_on, offence_group, role FROM offences"
BEGINNINGS = """
SELECT p.person_ref, coalesce(
  (SELECT min(f.current_from) FROM former_version f WHERE f.table_name = 'people' AND f.person_ref = p.person_ref),
  p.recorded_at) AS begun_at
FROM people p
"""
"""Since when a person has been recorded: a clear period runs from then if nothing else has a date."""

OF_CASE = (
    *("contacts", "offers", "rag", "needs", "ratings", "concerns", "decisions", "proposals", "referrals"),
    *("notifications", "actions"),
)
OF_PERSON = ("custody", "assessments", "orders", "offences")
KEYS = {
    "people": "r.person_ref",
    "cases": "r.case_ref",
    "rag": "r.case_ref || '/' || to_char(r.set_on, 'YYYY-MM-DD')",
    "offers": "r.offer_ref",
    "contacts": "r.contact_ref",
    "concerns": "r.concern_ref",
    "decisions": "r.decision_ref",
    "proposals": "r.proposal_ref",
    "orders": "r.order_ref",
    "offences": "r.person_ref || '/' || to_char(r.offence_on, 'YYYY-MM-DD')",
    "referrals": "r.referral_ref",
    "notifications": "r.case_ref || '/' || to_char(r.attempted_on, 'YYYY-MM-DD')",
    "actions": "r.action_ref",
}
WORDS = {
    "people": ("address", "communication_needs", "parent_or_carer", "warning_markers"),
    "cases": ("referred_by",),
    "rag": ("reason",),
    "offers": ("provider", "end_reason"),
    "contacts": ("note",),
    "concerns": ("summary",),
    "decisions": ("reason", "child_checks", "told_participant"),
    "proposals": (*("reason", "child_checks", "told_participant", "alternatives", "proportionality", "answer_reason"),),
    "orders": ("conditions",),
    "offences": ("offence", "outcome"),
    "referrals": ("reason",),
    "notifications": ("present", "response", "note"),
    "actions": ("text", "cancel_reason"),
}
"""The columns in which people write in their own words and may write about others."""

OWNED = (
    *("ioms_private.may_dispose(text)", "ioms_private.held_back(text)", "ioms_private.names_person(text, text)"),
    *("ioms_private.mentions(text)", "ioms_private.pattern_of(text)", "ioms_private.raise_mentions(text, text, date)"),
    *("record_review(text, text, text, text, date)", "propose_disposal(text, text, text, text)"),
    *("refuse_disposal(text)", "dispose(text, date)"),
)
AUDITING = (
    *("empty_entries(text, text, text[])", "kept_hash(ioms_audit.audit)"),
    *("says(json, text)", "read_detail(json)"),
)
KNOWN_PERSON = (
    "(((SELECT reaches('ALL')) AND person_ref NOT IN (SELECT hidden_people())) "
    "OR coalesce((SELECT true FROM cases c WHERE c.person_ref = {table}.person_ref LIMIT 1), false))"
)


def upgrade() -> None:
    _tables()
    if op.get_context().dialect.name == "postgresql":
        _guard_server()
        return
    op.execute(f"CREATE VIEW known_offences AS {OFFENCES}")
    op.execute(f"CREATE VIEW known_beginnings AS {BEGINNINGS}")
    _trail_of_a_file(CERTIFIED)
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER redaction_no_{verb} BEFORE {verb} ON redaction "
            "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
        )


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _take_away()
    else:
        _trail_of_a_file(TOLD)
        op.execute("DROP VIEW known_offences")
        op.execute("DROP VIEW known_beginnings")
    for table in ("redaction", "disposal", "retention_review"):
        op.drop_table(table)


def _tables() -> None:
    op.create_table(
        "retention_review",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("person_ref", BINARY, nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        sa.Column("reviewed_by", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("retention_group", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_ref"], ["people.person_ref"], name=op.f("fk_retention_review_person_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_review")),
    )
    op.create_index("ix_retention_review_person_ref", "retention_review", ["person_ref", "id"])
    op.create_table(
        "disposal",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("disposal_ref", BINARY, nullable=False),
        sa.Column("person_ref", BINARY, nullable=True),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("certificate", sa.JSON(), nullable=True),
        sa.CheckConstraint("status IN ('PROPOSED', 'REFUSED', 'WITHDRAWN', 'DONE')", name=op.f("ck_disposal_status")),
        sa.CheckConstraint("status <> 'DONE' OR answered_by <> proposed_by", name=op.f("ck_disposal_two_people")),
        sa.ForeignKeyConstraint(["person_ref"], ["people.person_ref"], name=op.f("fk_disposal_person_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal")),
        sa.UniqueConstraint("disposal_ref", name=op.f("uq_disposal_disposal_ref")),
    )
    op.create_index("ix_disposal_person_ref", "disposal", ["person_ref"])
    op.create_table(
        "redaction",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("disposal_ref", sa.Text(), nullable=False),
        sa.Column("kept_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redaction")),
        sa.UniqueConstraint("disposal_ref", "entry", name=op.f("uq_redaction_disposal_ref_entry")),
    )


def _trail_of_a_file(shown: str) -> None:
    digests = "text_hash(CAST(before AS TEXT)) AS before_hash, text_hash(CAST(after AS TEXT)) AS after_hash"
    op.execute("DROP VIEW audit_trail")
    op.execute(f"CREATE VIEW audit_trail AS SELECT {TRAIL}, {DETAIL.format(shown)}, {digests} FROM audit")


def _trail_of_a_server(shown: str) -> None:
    digests = ", ".join(
        f"encode(sha256(convert_to({name}::text, 'UTF8')), 'hex') AS {name}_hash" for name in ("before", "after")
    )
    _execute(f"""
        CREATE OR REPLACE VIEW ioms_audit.audit_trail WITH (security_barrier) AS
          SELECT {TRAIL}, {DETAIL.format(shown)}, {digests} FROM ioms_audit.audit;
    """)


def _guard_server() -> None:
    _execute("""
        ALTER TABLE redaction SET SCHEMA ioms_audit;
        ALTER TABLE ioms_audit.redaction OWNER TO ioms_audit_owner;
        ALTER TABLE retention_review OWNER TO ioms_owner;
        ALTER TABLE disposal OWNER TO ioms_owner;
        CREATE TRIGGER redaction_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ioms_audit.redaction
          FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
    """)
    script = SQL.read_text(encoding="utf-8")
    for word, meaning in _words().items():
        script = script.replace(f"@{word}@", meaning)
    _execute(script)
    for owner, functions in (("ioms_owner", OWNED), ("ioms_audit_owner", AUDITING)):
        for name in functions:
            _execute(f"ALTER FUNCTION {name} OWNER TO {owner}; REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    _policies()
    _trail_of_a_server(CERTIFIED)


def _words() -> dict[str, str]:
    rows = (
        f"('{table}', '{column}', {_literal(KEYS[table])}, {_owners(table)})"
        for table, columns in WORDS.items()
        for column in columns
    )
    return {
        "words": ", ".join(rows),
        "of_case": ", ".join(f"'{table}'" for table in OF_CASE),
        "of_person": ", ".join(f"'{table}'" for table in OF_PERSON),
    }


def _literal(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def _owners(table: str) -> str:
    """In whose case or, failing that, in whose record a mention is."""
    of_person = table == "people" or table in OF_PERSON
    return "'NULL', 'r.person_ref'" if of_person else "'r.case_ref', 'NULL'"


def _policies() -> None:
    for table in ("retention_review", "disposal"):
        known = KNOWN_PERSON.format(table=table)
        seen = f"({known} OR (person_ref IS NULL AND status = 'DONE'))" if table == "disposal" else known
        _execute(f"""
            ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
            ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
            REVOKE ALL ON {table} FROM PUBLIC;
            CREATE POLICY owner ON {table} TO ioms_owner USING (true) WITH CHECK (true);
            CREATE POLICY known ON {table} FOR SELECT TO ioms_supervisor USING ({seen});
            GRANT SELECT ON {table} TO ioms_supervisor;
        """)
    _execute(f"""
        -- An auditor may not ask who is known: what is done names nobody.
        CREATE POLICY done ON disposal FOR SELECT TO ioms_auditor USING (person_ref IS NULL AND status = 'DONE');
        GRANT SELECT ON disposal TO ioms_auditor;
        ALTER TABLE ioms_audit.redaction ENABLE ROW LEVEL SECURITY;
        ALTER TABLE ioms_audit.redaction FORCE ROW LEVEL SECURITY;
        REVOKE ALL ON ioms_audit.redaction FROM PUBLIC;
        CREATE POLICY owner ON ioms_audit.redaction TO ioms_audit_owner USING (true) WITH CHECK (true);
        -- Numbers and hashes, nothing of anybody: as the seals.
        CREATE POLICY everybody ON ioms_audit.redaction FOR SELECT TO ioms_people USING (true);
        GRANT SELECT ON ioms_audit.redaction TO ioms_people;
        GRANT EXECUTE ON FUNCTION audit_actor(), audit_role(), audit_at(), audit_said(text),
          empty_entries(text, text, text[]) TO ioms_owner;
        GRANT EXECUTE ON FUNCTION record_review(text, text, text, text, date), propose_disposal(text, text, text, text),
          refuse_disposal(text), dispose(text, date) TO ioms_people;
        CREATE POLICY known ON offences FOR SELECT TO ioms_reader USING {KNOWN_PERSON.format(table="offences")};
        CREATE VIEW known_offences WITH (security_barrier) AS {OFFENCES};
        CREATE VIEW known_beginnings WITH (security_barrier) AS {BEGINNINGS};
        ALTER VIEW known_offences OWNER TO ioms_reader;
        ALTER VIEW known_beginnings OWNER TO ioms_reader;
        GRANT SELECT ON offences TO ioms_reader;
        REVOKE ALL ON known_offences, known_beginnings FROM PUBLIC;
        GRANT SELECT ON known_offences, known_beginnings TO ioms_supervisor;
    """)


def _take_away() -> None:
    _trail_of_a_server(TOLD)
    for name in (*OWNED, *AUDITING):
        _execute(f"DROP FUNCTION {name} CASCADE")
    _execute("""
        DROP VIEW known_offences, known_beginnings;
        DROP POLICY known ON offences;
        REVOKE SELECT ON offences FROM ioms_reader;
        REVOKE EXECUTE ON FUNCTION audit_actor(), audit_role(), audit_at(), audit_said(text) FROM ioms_owner;
        ALTER TABLE ioms_audit.redaction OWNER TO CURRENT_USER;
        ALTER TABLE retention_review OWNER TO CURRENT_USER;
        ALTER TABLE disposal OWNER TO CURRENT_USER;
        ALTER TABLE ioms_audit.redaction SET SCHEMA public;
        CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql
        SET search_path = pg_catalog, pg_temp AS $$
        BEGIN
          RAISE EXCEPTION 'the audit is append-only';
        END $$;
    """)


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
