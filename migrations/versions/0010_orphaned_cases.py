"""Requests to take over an orphaned case, the review of each break-glass access, and refusals in the audit's view.

A restricted case is orphaned when no supervisor who may sign in is admitted to it. A request to take it over is an
entry of the access lists that gives no access; the second supervisor's request admits both.

`review_ref` links a break-glass access to the action that reviews it. It is filled in for earlier accesses where one
action fits by case, user and time. Where none does, it stays empty, and the review is guarded by its text as well.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

BINARY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SQL = Path(__file__).resolve().parent.parent / "sql"
KINDS = "'ASSIGNED', 'EXCLUDED', 'ADMITTED', 'GLASS'"
TRAIL = (
    "id, at, kind, actor, actor_role, workstation, request, object_type, object_ref, subject_ref, recipient, "
    "reason_code, reason_text, row_hash, mark"
)
DETAIL = (
    "CASE WHEN kind IN ('CONSULTATION', 'DISCLOSURE', 'COMBINATION') OR object_type = 'disposal' THEN after END "
    "AS detail"
)
FIRST = "coalesce(f.current_from, a.recorded_at)"
"""When an action was recorded first: its first version is the present one, or the former one of revision 1."""
REVIEWS = f"""
UPDATE access_entry SET review_ref = (
  SELECT a.action_ref FROM actions AS a
  LEFT JOIN former_version AS f ON f.table_name = 'actions' AND f.record_id = a.id AND f.revision = 1
  WHERE a.case_ref = access_entry.case_ref AND a.action_ref LIKE 'AC-GLASS-%'
    AND a.text LIKE 'Review: ' || access_entry.user_name || ' opened this case by breaking the glass%' AND {{near}}
  ORDER BY {FIRST} DESC LIMIT 1)
WHERE kind = 'GLASS'
"""
FUNCTIONS = (
    *("ioms_private.is_orphaned(text)", "orphaned_cases()", "cases_depending_on(text)", "take_over_case(text, text)"),
    *("glass_reads(text)", "ioms_private.broke_glass(text)"),
)


def upgrade() -> None:
    server = op.get_context().dialect.name == "postgresql"
    with op.batch_alter_table("access_entry") as batch:
        batch.add_column(sa.Column("review_ref", BINARY, nullable=True))
        batch.drop_constraint(op.f("ck_access_entry_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_access_entry_kind"), f"kind IN ({KINDS}, 'TAKEOVER')")
    if not server:
        _execute(REVIEWS.format(near=f"{FIRST} = access_entry.begins_at"))
        _view_of_a_file(", coalesce(json_extract(after, '$.denied'), 0) = 1 AS refused")
        return
    begins = "access_entry.begins_at"
    _execute(REVIEWS.format(near=f"{FIRST} BETWEEN {begins} - interval '1 minute' AND {begins}"))
    _execute((SQL / "0010_orphaned_cases.sql").read_text(encoding="utf-8"))
    for name in FUNCTIONS:
        _execute(f"ALTER FUNCTION {name} OWNER TO ioms_owner; REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    _execute("""
        ALTER FUNCTION audit_reads(text, text, text, timestamptz, timestamptz) OWNER TO ioms_audit_owner;
        REVOKE ALL ON FUNCTION audit_reads(text, text, text, timestamptz, timestamptz) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION audit_reads(text, text, text, timestamptz, timestamptz) TO ioms_owner;
        GRANT EXECUTE ON FUNCTION orphaned_cases(), cases_depending_on(text), take_over_case(text, text),
          glass_reads(text) TO ioms_people;
    """)
    _view_of_a_server(", coalesce(after ->> 'denied' = 'true', false) AS refused")


def downgrade() -> None:
    server = op.get_context().dialect.name == "postgresql"
    if server:
        _execute("DROP VIEW ioms_audit.audit_trail")
        _view_of_a_server("")
        # The guard of reviews goes back first, because it asks one of the functions.
        _execute(_former_function("0003_guards.sql", "guard_review"))
        _execute(_former_function("0003_acts.sql", "break_glass"))
        for name in (*FUNCTIONS, "audit_reads(text, text, text, timestamptz, timestamptz)"):
            _execute(f"DROP FUNCTION {name}")
    else:
        _view_of_a_file("")
    op.execute("DELETE FROM access_entry WHERE kind = 'TAKEOVER'")
    with op.batch_alter_table("access_entry") as batch:
        batch.drop_column("review_ref")
        batch.drop_constraint(op.f("ck_access_entry_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_access_entry_kind"), f"kind IN ({KINDS})")


def _former_function(file: str, name: str) -> str:
    """Give a function as an earlier migration wrote it."""
    script = (SQL / file).read_text(encoding="utf-8")
    return "CREATE OR REPLACE " + script[script.index(f"FUNCTION {name}(") :].partition("END $$;")[0] + "END $$;"


def _view_of_a_file(refused: str) -> None:
    digests = "text_hash(CAST(before AS TEXT)) AS before_hash, text_hash(CAST(after AS TEXT)) AS after_hash"
    _execute("DROP VIEW audit_trail")
    _execute(f"CREATE VIEW audit_trail AS SELECT {TRAIL}, {DETAIL}, {digests}{refused} FROM audit")


def _view_of_a_server(refused: str) -> None:
    digests = ", ".join(
        f"encode(sha256(convert_to({name}::text, 'UTF8')), 'hex') AS {name}_hash" for name in ("before", "after")
    )
    _execute(f"""
        CREATE OR REPLACE VIEW ioms_audit.audit_trail WITH (security_barrier) AS
          SELECT {TRAIL}, {DETAIL}, {digests}{refused} FROM ioms_audit.audit;
        ALTER VIEW ioms_audit.audit_trail OWNER TO ioms_audit_owner;
        GRANT SELECT ON ioms_audit.audit_trail TO ioms_auditor;
    """)


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
