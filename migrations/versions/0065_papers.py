"""Register every paper with its recipient, its power and the digest of its bytes, and read the register.

The register is the audit: nothing is stored twice, and papers that were printed before this are in it as well. A server
takes an entry from `register_paper` alone.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0065", "0064"

SQL = Path(__file__).resolve().parent.parent / "sql"
READERS = "ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator"
OWNED = (
    "ioms_private.is_in_use(text, text, date)",
    "ioms_private.is_police_force(text)",
    "ioms_private.is_paper(jsonb)",
    "register_paper(text, json)",
    "case_of_paper(text, text)",
    "knows_paper_of(text)",
)
AUDITING = "registered_as(text, text)"
AUDIT_PATH = "pg_catalog, public, ioms_audit, pg_temp"
KEYS = ("print_id", "recall_of", "print_of")
"""Which paper an entry of the audit is about: the paper itself, its recall, or that it was not printed."""
IN_FILE = """json_extract("after", '$.{}')"""
INDEXES = ("ix_audit_print_id", "ix_audit_paper_digest")
ACTS = ("PAPER", "RECALL", "STOPPED")
ON_SERVER = "(after ->> '{}')"
GIVEN_IN_FILE = """json_extract("after", '$.given_to') IS NOT NULL"""
GIVEN_ON_SERVER = "(after ->> 'given_to') IS NOT NULL"
COLUMNS = (
    "id, at, actor, actor_role, workstation, recipient, reason_code, reason_text, object_ref AS case_ref, "
    "subject_ref AS person_ref"
)
FOR_READER = """(
    (SELECT my_role()) = 'auditor' OR (SELECT audit_trusted()) OR object_ref IN (SELECT opened_cases())
    OR ((SELECT my_role()) = 'supervisor' AND object_ref NOT IN (SELECT hidden_cases()))
    OR ((actor = session_user OR (after ->> 'recall_of') IS NOT NULL) AND knows_paper_of(object_ref)))"""
"""An auditor's are all; a supervisor's those of the cases they may know of; others' their own and those of a case that
is open. What was recalled of a case is known with the case."""
PAPER_OF_A_FILE = """
CREATE TRIGGER audit_one_paper BEFORE INSERT ON audit
WHEN NEW.kind = 'DISCLOSURE' AND json_extract(NEW."after", '$.print_id') IS NOT NULL AND EXISTS (
  SELECT 1 FROM audit AS a
  WHERE a.kind = 'DISCLOSURE' AND coalesce(
      json_extract("after", '$.print_id'), json_extract("after", '$.recall_of'), json_extract("after", '$.print_of')
    ) = json_extract(NEW."after", '$.print_id')
    AND json_extract(a."after", '$.print_id') IS NOT NULL
    AND (a.actor <> NEW.actor
         OR json_extract(a."after", '$.sha256') IS NOT json_extract(NEW."after", '$.sha256')))
BEGIN SELECT RAISE(ABORT, 'this code is that of another paper'); END
"""


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        _execute_all(*_indexes("audit", IN_FILE), _view("papers", "audit", IN_FILE, GIVEN_IN_FILE), PAPER_OF_A_FILE)
        return
    _execute_all(*_indexes("ioms_audit.audit", ON_SERVER), (SQL / "0065_papers.sql").read_text(encoding="utf-8"))
    for name in (*OWNED, AUDITING):
        owner = "ioms_audit_owner" if name == AUDITING else "ioms_owner"
        _execute_all(f"ALTER FUNCTION {name} OWNER TO {owner}; REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    view = _view("ioms_audit.papers WITH (security_barrier)", "ioms_audit.audit", ON_SERVER, GIVEN_ON_SERVER)
    _execute_all(f"""
        GRANT EXECUTE ON FUNCTION {AUDITING} TO ioms_owner;
        GRANT EXECUTE ON FUNCTION register_paper(text, json) TO {READERS};
        GRANT EXECUTE ON FUNCTION case_of_paper(text, text), knows_paper_of(text) TO {READERS}, ioms_auditor;
        {view} AND {FOR_READER};
        ALTER VIEW ioms_audit.papers OWNER TO ioms_audit_owner;
        GRANT SELECT ON ioms_audit.papers TO {READERS}, ioms_auditor;
    """)


def _paper(said: str) -> str:
    return f"coalesce({', '.join(said.format(key) for key in KEYS)})"


def _indexes(table: str, said: str) -> tuple[str, ...]:
    return (
        f"CREATE INDEX {INDEXES[0]} ON {table} (({_paper(said)})) WHERE kind = 'DISCLOSURE'",
        f"CREATE INDEX {INDEXES[1]} ON {table} (({said.format('sha256')})) WHERE kind = 'DISCLOSURE'",
    )


def _view(name: str, table: str, said: str, given: str) -> str:
    acts = " ".join(f"WHEN {said.format(key)} IS NOT NULL THEN '{act}'" for key, act in zip(KEYS, ACTS, strict=True))
    return (
        f"CREATE VIEW {name} AS SELECT {COLUMNS}, {_paper(said)} AS print_id, CASE {acts} END AS act, "
        f'{given} AS is_given, "after" AS detail FROM {table} '
        f"WHERE kind = 'DISCLOSURE' AND object_type = 'cases' AND {_paper(said)} IS NOT NULL"
    )


def downgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        _execute_all("DROP TRIGGER audit_one_paper", "DROP VIEW papers", *(f"DROP INDEX {name}" for name in INDEXES))
        return
    former = (SQL / "0002_audit.sql").read_text(encoding="utf-8").replace("@path@", AUDIT_PATH)
    body, end, _ = former[former.index("FUNCTION log_audit(") :].partition("END $$;")
    _execute_all(f"CREATE OR REPLACE {body}{end}", "DROP VIEW ioms_audit.papers")
    _execute_all(*(f"DROP FUNCTION {name}" for name in (*reversed(OWNED), AUDITING)))
    _execute_all(*(f"DROP INDEX ioms_audit.{name}" for name in INDEXES))


def _execute_all(*statements: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    cursor = op.get_bind().connection.dbapi_connection.cursor()
    for each in statements:
        cursor.execute(each)
