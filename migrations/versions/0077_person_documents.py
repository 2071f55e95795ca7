"""Let a document belong to the person, and be shown in every case of theirs; what is there stays of its case alone.

Whoever has a case open reads the person's documents of their other cases through two functions, and never the rows
themselves: they would name a case of which the reader may not know. What keeps a case from somebody (an exclusion, a
restriction, another team) keeps its documents from them everywhere.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0077", "0076"

SQL = Path(__file__).resolve().parent.parent / "sql" / "0077_person_documents.sql"
READERS = "ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator"
FUNCTIONS = (
    "person_documents(text)",
    "person_document_parts(text, text)",
    "known_strike_outs_elsewhere()",
)
REGISTERED = {
    "SELECT FROM documents AS d WHERE d.document_ref = said ->> 'document' AND d.case_ref = ref)": (
        "SELECT FROM documents AS d WHERE d.document_ref = said ->> 'document' AND (d.case_ref = ref OR ("
        "said ->> 'audience' = 'document' "
        "AND d.document_ref IN (SELECT p.document_ref FROM person_documents(ref) AS p))))"
    ),
    "AND d.case_ref = ref AND d.handling = 'POLICE'": "AND d.handling = 'POLICE'",
}
"""What the register of papers asks of a copy of a document: that the case shows it, whatever case it was added on."""
SIZE = "size_bytes:1:10485760"
CODES = "kind:document_kind handling:document_handling file_type:document_type"


def upgrade() -> None:
    op.add_record_column("documents", "belongs_to", add="officer navigator supervisor coordinator")
    op.bound_record_values("documents", whole=SIZE, codes=f"{CODES} belongs_to:document_owner")
    if op.get_context().dialect.name != "postgresql":
        return
    _execute(SQL.read_text(encoding="utf-8"))
    for name in FUNCTIONS:
        _execute(f"""
            ALTER FUNCTION {name} OWNER TO ioms_owner;
            REVOKE ALL ON FUNCTION {name} FROM PUBLIC;
            GRANT EXECUTE ON FUNCTION {name} TO {READERS};
        """)
    _edit_register(REGISTERED)


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _edit_register({new: old for old, new in REGISTERED.items()})
        for name in reversed(FUNCTIONS):
            _execute(f"DROP FUNCTION {name}")
    op.drop_record_column("documents", "belongs_to")
    op.bound_record_values("documents", whole=SIZE, codes=CODES)


def _edit_register(edits: dict[str, str]) -> None:
    query = "SELECT pg_get_functiondef('register_paper(text, json)'::regprocedure)"
    defined = op.get_bind().exec_driver_sql(query).scalar_one()
    for old, new in edits.items():
        if defined.count(old) != 1:
            raise RuntimeError("register_paper")
        defined = defined.replace(old, new)
    _execute(defined)


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
