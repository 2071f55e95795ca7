"""Keep files on a case: a record that describes each, and its content apart from it, encrypted and in chunks.

A server gives the content of a document to whoever may read its record, and takes it in the transaction alone in which
that record is added. Neither is changed afterwards; a disposal removes both.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0061", "0060"

SQL = Path(__file__).resolve().parent.parent / "sql"
RECORDERS = "ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator"
BINARY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SEALED_CHUNK_BYTES = 256 * 1024 + 16
FUNCTIONS = (
    "ioms_private.takes_content(text, text, integer)",
    "guard_document()",
    "guard_document_room()",
)
PARTS = ("document_content", "document_key")
DISPOSED = "'access_entry', 'case_standing'"
DISPOSED_WITH_CONTENT = "'access_entry', 'document_content', 'document_key', 'case_standing'"


def upgrade() -> None:
    op.create_record_table(
        "documents",
        "document_ref:ref# case_ref:cases! title! kind! dated_on:date! source handling! scanned_by added_by "
        "file_name! file_type! size_bytes:whole! digest!",
        add="officer navigator supervisor coordinator",
        free_text="title source scanned_by file_name",
        intelligence="handling! POLICE",
    )
    op.write_only_what_is_read("documents", intelligence="handling! POLICE")
    _create_parts()
    if op.get_context().dialect.name != "postgresql":
        return
    _execute((SQL / "0061_documents.sql").read_text(encoding="utf-8"))
    for name in FUNCTIONS:
        _execute(f"ALTER FUNCTION {name} OWNER TO ioms_owner; REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    _execute(f"GRANT EXECUTE ON FUNCTION {FUNCTIONS[0]} TO {RECORDERS}")
    for table in PARTS:
        _execute(_rights_of(table))
    _edit_disposal(DISPOSED, DISPOSED_WITH_CONTENT)


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _edit_disposal(DISPOSED_WITH_CONTENT, DISPOSED)
    for table in PARTS:
        op.drop_table(table)
    op.drop_record_table("documents")
    if op.get_context().dialect.name == "postgresql":
        for name in reversed(FUNCTIONS):
            _execute(f"DROP FUNCTION {name}")


def _create_parts() -> None:
    op.create_table(
        "document_content",
        sa.Column("document_ref", BINARY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("case_ref", BINARY, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(f"length(body) <= {SEALED_CHUNK_BYTES}", name=op.f("ck_document_content_body")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_document_content_number")),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.case_ref"], name=op.f("fk_document_content_case_ref")),
        sa.PrimaryKeyConstraint("document_ref", "number", name=op.f("pk_document_content")),
    )
    op.create_table(
        "document_key",
        sa.Column("document_ref", BINARY, nullable=False),
        sa.Column("case_ref", BINARY, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.case_ref"], name=op.f("fk_document_key_case_ref")),
        sa.PrimaryKeyConstraint("document_ref", name=op.f("pk_document_key")),
    )
    for table in PARTS:
        op.create_index(op.f(f"ix_{table}_case_ref"), table, ["case_ref"])


def _rights_of(table: str) -> str:
    number = "number" if table == "document_content" else "0"
    return f"""
        ALTER TABLE {table} OWNER TO ioms_owner;
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY owner ON {table} TO ioms_owner USING (true) WITH CHECK (true);
        CREATE POLICY opened ON {table} FOR SELECT TO {RECORDERS} USING (
          EXISTS (
            SELECT FROM documents d
            WHERE d.document_ref = {table}.document_ref AND d.case_ref = {table}.case_ref));
        CREATE POLICY added ON {table} FOR INSERT TO {RECORDERS}
          WITH CHECK (ioms_private.takes_content(document_ref, case_ref, {number}));
        REVOKE ALL ON {table} FROM PUBLIC;
        GRANT SELECT, INSERT ON {table} TO {RECORDERS};
    """


def _edit_disposal(old: str, new: str) -> None:
    """Let a disposal remove what documents hold, or no longer."""
    defined = (
        op.get_bind().exec_driver_sql("SELECT pg_get_functiondef('dispose(text, date)'::regprocedure)").scalar_one()
    )
    if defined.count(old) != 1:
        raise RuntimeError("dispose")
    _execute(defined.replace(old, new))


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
