"""The first schema: people, cases and their records; previous versions, audit, users, code lists and policy."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

BINARY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
KINDS = ("COLLECTION", "ALTERATION", "CONSULTATION", "DISCLOSURE", "COMBINATION", "ERASURE")
MISSED = "planned AND outcome IN ('FAILED_TO_ATTEND', 'UNACCEPTABLE_ABSENCE', 'REFUSED_ENTRY')"
VERSIONED = (
    "people",
    "assessments",
    "cases",
    "custody",
    "offences",
    "orders",
    "actions",
    "concerns",
    "decisions",
    "needs",
    "notifications",
    "offers",
    "proposals",
    "rag",
    "ratings",
    "referrals",
    "contacts",
)

STALE_SQLITE = """
CREATE TRIGGER {table}_revision BEFORE UPDATE ON {table}
WHEN NEW.revision <> OLD.revision + 1
BEGIN SELECT RAISE(ABORT, 'stale revision'); END
"""
APPEND_ONLY_SQLITE = """
CREATE TRIGGER audit_no_{verb} BEFORE {verb} ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
"""
STALE_POSTGRES = """
CREATE FUNCTION refuse_stale_revision() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.revision <> OLD.revision + 1 THEN
    RAISE EXCEPTION 'stale revision' USING ERRCODE = '40001';
  END IF;
  RETURN NEW;
END $$
"""
APPEND_ONLY_POSTGRES = """
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'the audit is append-only';
END $$
"""


def upgrade() -> None:
    _audit()
    _former_version()
    _meta()
    _people()
    _policy()
    _reference_list()
    _request()
    _users()
    _assessments()
    _cases()
    _custody()
    _offences()
    _orders()
    _reference_code()
    _search_key()
    _actions()
    _concerns()
    _decisions()
    _needs()
    _notifications()
    _offers()
    _proposals()
    _rag()
    _ratings()
    _referrals()
    _contacts()
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgres()
    else:
        _guard_sqlite()


def downgrade() -> None:
    for table in reversed(
        (
            "audit",
            "former_version",
            "meta",
            "people",
            "policy",
            "reference_list",
            "request",
            "users",
            "assessments",
            "cases",
            "custody",
            "offences",
            "orders",
            "reference_code",
            "search_key",
            "actions",
            "concerns",
            "decisions",
            "needs",
            "notifications",
            "offers",
            "proposals",
            "rag",
            "ratings",
            "referrals",
            "contacts",
        )
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_stale_revision()")
        op.execute("DROP FUNCTION refuse_audit_change()")


def _guard_sqlite() -> None:
    """Refuse a save of a stale revision and any change of the audit, whoever writes."""
    for table in VERSIONED:
        op.execute(STALE_SQLITE.format(table=table))
    for verb in ("UPDATE", "DELETE"):
        op.execute(APPEND_ONLY_SQLITE.format(verb=verb))


def _guard_postgres() -> None:
    """As on SQLite, and refuse TRUNCATE of the audit, too."""
    op.execute(STALE_POSTGRES)
    for table in VERSIONED:
        op.execute(
            f"CREATE TRIGGER {table}_revision BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_stale_revision()"
        )
    op.execute(APPEND_ONLY_POSTGRES)
    op.execute(
        "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("workstation", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=True),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("object_ref", sa.Text(), nullable=False),
        sa.Column("subject_ref", sa.Text(), nullable=True),
        sa.Column("recipient", sa.Text(), nullable=True),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("reason_text", sa.Text(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("row_hash", sa.Text(), nullable=True),
        sa.CheckConstraint(f"kind IN {KINDS}", name=op.f("ck_audit_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_at", "audit", ["at", "id"], unique=False)
    op.create_index("ix_audit_subject_ref", "audit", ["subject_ref", "id"], unique=False)


def _former_version() -> None:
    op.create_table(
        "former_version",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("record_key", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("case_ref", BINARY, nullable=True),
        sa.Column("person_ref", BINARY, nullable=True),
        sa.Column("current_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("current_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=True),
        sa.Column("ended", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.CheckConstraint("ended IN ('CHANGED', 'DELETED')", name=op.f("ck_former_version_ended")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_version")),
    )
    op.create_index("ix_former_version_case_ref", "former_version", ["case_ref", "table_name"], unique=False)
    op.create_index("ix_former_version_person_ref", "former_version", ["person_ref", "table_name"], unique=False)


def _meta() -> None:
    op.create_table(
        "meta",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meta")),
    )


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("person_ref", BINARY, nullable=False),
        sa.Column("family_name", sa.Text(), nullable=False),
        sa.Column("given_names", sa.Text(), nullable=False),
        sa.Column("known_as", sa.Text(), nullable=True),
        sa.Column("date_of_birth", sa.Date(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=True),
        sa.Column("gender_identity", sa.Text(), nullable=True),
        sa.Column("ethnicity_self", sa.Text(), nullable=True),
        sa.Column("pnc_id", sa.Text(), nullable=True),
        sa.Column("cro_number", sa.Text(), nullable=True),
        sa.Column("crn", sa.Text(), nullable=True),
        sa.Column("prison_number", sa.Text(), nullable=True),
        sa.Column("niche_id", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("postcode", sa.Text(), nullable=True),
        sa.Column("communication_needs", sa.Text(), nullable=True),
        sa.Column("languages", sa.Text(), nullable=True),
        sa.Column("social_care_status", sa.Text(), nullable=True),
        sa.Column("parent_or_carer", sa.Text(), nullable=True),
        sa.Column("warning_markers", sa.Text(), nullable=True),
        sa.Column("name_key", BINARY, server_default="", nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("person_ref", name=op.f("uq_people_person_ref")),
    )
    op.create_index("ix_people_names", "people", ["name_key", "id"], unique=False)


def _policy() -> None:
    op.create_table(
        "policy",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("drafted_by", sa.Text(), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.CheckConstraint("status IN ('DRAFT', 'APPROVED')", name=op.f("ck_policy_status")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_policy")),
    )


def _reference_list() -> None:
    op.create_table(
        "reference_list",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_reference_list")),
    )


def _request() -> None:
    op.create_table(
        "request",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
    )


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
    )


def _assessments() -> None:
    op.create_table(
        "assessments",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("person_ref", BINARY, nullable=False),
        sa.Column("tool", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), server_default="", nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("band", sa.Text(), nullable=True),
        sa.Column("scorer", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_ref"], ["people.person_ref"], name=op.f("fk_assessments_person_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
        sa.UniqueConstraint(
            "person_ref",
            "tool",
            "version",
            "assessed_on",
            name=op.f("uq_assessments_person_ref_tool_version_assessed_on"),
        ),
    )


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("case_ref", BINARY, nullable=False),
        sa.Column("person_ref", BINARY, nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("cohort", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("referred_on", sa.Date(), nullable=False),
        sa.Column("referred_by", sa.Text(), nullable=True),
        sa.Column("adopted_on", sa.Date(), nullable=True),
        sa.Column("notified_on", sa.Date(), nullable=True),
        sa.Column("notice_served_on", sa.Date(), nullable=True),
        sa.Column("release_plan_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column("statutory_status", sa.Text(), nullable=True),
        sa.Column("iom_licence_condition", sa.Boolean(), nullable=True),
        sa.Column("final_third_from", sa.Date(), nullable=True),
        sa.Column("expected_release_on", sa.Date(), nullable=True),
        sa.Column("police_om", sa.Text(), nullable=True),
        sa.Column("probation_practitioner", sa.Text(), nullable=True),
        sa.Column("navigator", sa.Text(), nullable=True),
        sa.Column("trial_arm", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_ref"], ["people.person_ref"], name=op.f("fk_cases_person_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("case_ref", name=op.f("uq_cases_case_ref")),
    )
    op.create_index(op.f("ix_cases_person_ref"), "cases", ["person_ref"], unique=False)


def _custody() -> None:
    op.create_table(
        "custody",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("person_ref", BINARY, nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("released_on", sa.Date(), nullable=True),
        sa.Column("establishment", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_ref"], ["people.person_ref"], name=op.f("fk_custody_person_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody")),
        sa.UniqueConstraint("person_ref", "received_on", name=op.f("uq_custody_person_ref_received_on")),
    )


def _offences() -> None:
    op.create_table(
        "offences",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("person_ref", BINARY, nullable=False),
        sa.Column("offence_on", sa.Date(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=True),
        sa.Column("offence_group", sa.Text(), nullable=False),
        sa.Column("offence", sa.Text(), server_default="", nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("harm_weight", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_ref"], ["people.person_ref"], name=op.f("fk_offences_person_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offences")),
        sa.UniqueConstraint(
            "person_ref",
            "offence_on",
            "offence_group",
            "offence",
            name=op.f("uq_offences_person_ref_offence_on_offence_group_offence"),
        ),
    )


def _orders() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("order_ref", BINARY, nullable=False),
        sa.Column("person_ref", BINARY, nullable=False),
        sa.Column("order_type", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("court", sa.Text(), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_ref"], ["people.person_ref"], name=op.f("fk_orders_person_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("order_ref", name=op.f("uq_orders_order_ref")),
    )
    op.create_index(op.f("ix_orders_person_ref_made_on"), "orders", ["person_ref", "made_on"], unique=False)


def _reference_code() -> None:
    op.create_table(
        "reference_code",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["list"], ["reference_list.name"], name=op.f("fk_reference_code_list")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_code")),
        sa.UniqueConstraint("list", "code", name=op.f("uq_reference_code_list_code")),
    )


def _search_key() -> None:
    op.create_table(
        "search_key",
        sa.Column("word", BINARY, nullable=False),
        sa.Column("person_ref", BINARY, nullable=False),
        sa.Column("case_ref", BINARY, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("word", "person_ref", "case_ref", name=op.f("pk_search_key")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_search_key_case_ref", "search_key", ["case_ref"], unique=False)
    op.create_index("ix_search_key_person_ref", "search_key", ["person_ref"], unique=False)


def _actions() -> None:
    op.create_table(
        "actions",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("action_ref", BINARY, nullable=False),
        sa.Column("case_ref", BINARY, nullable=True),
        sa.Column("meeting_ref", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.case_ref"], name=op.f("fk_actions_case_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actions")),
        sa.UniqueConstraint("action_ref", name=op.f("uq_actions_action_ref")),
    )
    op.create_index(op.f("ix_actions_case_ref_due_on"), "actions", ["case_ref", "due_on"], unique=False)
    op.create_index("ix_actions_due_on", "actions", ["due_on"], unique=False)


def _concerns() -> None:
    op.create_table(
        "concerns",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("concern_ref", BINARY, nullable=False),
        sa.Column("case_ref", BINARY, nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("concern_type", sa.Text(), nullable=False),
        sa.Column("offence_group", sa.Text(), nullable=True),
        sa.Column("source_grade", sa.Text(), nullable=True),
        sa.Column("information_grade", sa.Text(), nullable=True),
        sa.Column("handling", sa.Text(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.case_ref"], name=op.f("fk_concerns_case_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concerns")),
        sa.UniqueConstraint("concern_ref", name=op.f("uq_concerns_concern_ref")),
    )
    op.create_index(op.f("ix_concerns_case_ref_occurred_on"), "concerns", ["case_ref", "occurred_on"], unique=False)


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("decision_ref", BINARY, nullable=False),
        sa.Column("case_ref", BINARY, nullable=False),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("authorised_by", sa.Text(), nullable=True),
        sa.Column("child_checks", sa.Text(), nullable=True),
        sa.Column("told_participant", sa.Text(), nullable=True),
        sa.Column("actioned_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.case_ref"], name=op.f("fk_decisions_case_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("decision_ref", name=op.f("uq_decisions_decision_ref")),
    )
    op.create_index(op.f("ix_decisions_case_ref_decided_on"), "decisions", ["case_ref", "decided_on"], unique=False)


def _needs() -> None:
    op.create_table(
        "needs",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("case_ref", BINARY, nullable=False),
        sa.Column("pathway", sa.Text(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.case_ref"], name=op.f("fk_needs_case_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_needs")),
        sa.UniqueConstraint("case_ref", "pathway", "assessed_on", name=op.f("uq_needs_case_ref_pathway_assessed_on")),
    )


def _notifications() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("case_ref", BINARY, nullable=False),
        sa.Column("attempted_on", sa.Date(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("delivered_by", sa.Text(), nullable=True),
        sa.Column("present", sa.Text(), nullable=True),
        sa.Column("mode", sa.Text(), nullable=True),
        sa.Column("response", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.case_ref"], name=op.f("fk_notifications_case_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint(
            "case_ref", "attempted_on", "attempt", name=op.f("uq_notifications_case_ref_attempted_on_attempt")
        ),
    )


def _offers() -> None:
    op.create_table(
        "offers",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("offer_ref", BINARY, nullable=False),
        sa.Column("case_ref", BINARY, nullable=False),
        sa.Column("offer_type", sa.Text(), nullable=False),
        sa.Column("pathway", sa.Text(), nullable=True),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("offered_on", sa.Date(), nullable=False),
        sa.Column("offered_by", sa.Text(), nullable=True),
        sa.Column("response", sa.Text(), nullable=True),
        sa.Column("responded_on", sa.Date(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.case_ref"], name=op.f("fk_offers_case_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
        sa.UniqueConstraint("offer_ref", name=op.f("uq_offers_offer_ref")),
    )
    op.create_index(op.f("ix_offers_case_ref_offered_on"), "offers", ["case_ref", "offered_on"], unique=False)


def _proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("proposal_ref", BINARY, nullable=False),
        sa.Column("case_ref", BINARY, nullable=False),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("child_checks", sa.Text(), nullable=True),
        sa.Column("told_participant", sa.Text(), nullable=True),
        sa.Column("alternatives", sa.Text(), nullable=True),
        sa.Column("proportionality", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answer_reason", sa.Text(), nullable=True),
        sa.Column("decision_ref", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.case_ref"], name=op.f("fk_proposals_case_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("proposal_ref", name=op.f("uq_proposals_proposal_ref")),
    )
    op.create_index(op.f("ix_proposals_case_ref_proposed_on"), "proposals", ["case_ref", "proposed_on"], unique=False)


def _rag() -> None:
    op.create_table(
        "rag",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("case_ref", BINARY, nullable=False),
        sa.Column("set_on", sa.Date(), nullable=False),
        sa.Column("rag", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.case_ref"], name=op.f("fk_rag_case_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rag")),
        sa.UniqueConstraint("case_ref", "set_on", name=op.f("uq_rag_case_ref_set_on")),
    )


def _ratings() -> None:
    op.create_table(
        "ratings",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("case_ref", BINARY, nullable=False),
        sa.Column("week_commencing", sa.Date(), nullable=False),
        sa.Column("rated_on", sa.Date(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("rated_by", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.case_ref"], name=op.f("fk_ratings_case_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sa.UniqueConstraint(
            "case_ref", "week_commencing", "role", name=op.f("uq_ratings_case_ref_week_commencing_role")
        ),
    )


def _referrals() -> None:
    op.create_table(
        "referrals",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("referral_ref", BINARY, nullable=False),
        sa.Column("case_ref", BINARY, nullable=False),
        sa.Column("direction", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.case_ref"], name=op.f("fk_referrals_case_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
        sa.UniqueConstraint("referral_ref", name=op.f("uq_referrals_referral_ref")),
    )
    op.create_index(op.f("ix_referrals_case_ref_sent_on"), "referrals", ["case_ref", "sent_on"], unique=False)


def _contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("contact_ref", BINARY, nullable=False),
        sa.Column("case_ref", BINARY, nullable=False),
        sa.Column("occurred_at", sa.String(length=16), nullable=False),
        sa.Column("planned", sa.Boolean(), nullable=False),
        sa.Column("contact_type", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("agency", sa.Text(), nullable=True),
        sa.Column("offer_ref", BINARY, nullable=True),
        sa.Column("direction", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("statement_basis", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.case_ref"], name=op.f("fk_contacts_case_ref")),
        sa.ForeignKeyConstraint(["offer_ref"], ["offers.offer_ref"], name=op.f("fk_contacts_offer_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("contact_ref", name=op.f("uq_contacts_contact_ref")),
    )
    op.create_index(op.f("ix_contacts_case_ref_occurred_at"), "contacts", ["case_ref", "occurred_at"], unique=False)
    op.create_index(
        "ix_contacts_missed",
        "contacts",
        ["case_ref", "occurred_at"],
        unique=False,
        sqlite_where=sa.text("planned AND outcome IN ('FAILED_TO_ATTEND', 'UNACCEPTABLE_ABSENCE', 'REFUSED_ENTRY')"),
        postgresql_where=sa.text(
            "planned AND outcome IN ('FAILED_TO_ATTEND', 'UNACCEPTABLE_ABSENCE', 'REFUSED_ENTRY')"
        ),
    )
    op.create_index(op.f("ix_contacts_offer_ref"), "contacts", ["offer_ref"], unique=False)
