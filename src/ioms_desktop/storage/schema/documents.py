"""The tables of what documents hold: their content in encrypted chunks, and the key of each, which go together."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, Table

from ioms_desktop.domain.documents.file_types import CHUNK_BYTES
from ioms_desktop.storage.schema.tables import BYTE_ORDERED_TEXT, metadata

TAG_BYTES = 16
"""What encrypting adds to a chunk."""

document_content = Table(
    "document_content",
    metadata,
    Column("document_ref", BYTE_ORDERED_TEXT, primary_key=True),
    Column("number", Integer, CheckConstraint("number >= 1", name="number"), primary_key=True, autoincrement=False),
    Column("case_ref", BYTE_ORDERED_TEXT, ForeignKey("cases.case_ref"), nullable=False),
    Column(
        "body", LargeBinary, CheckConstraint(f"length(body) <= {CHUNK_BYTES + TAG_BYTES}", name="body"), nullable=False
    ),
    Index("ix_document_content_case_ref", "case_ref"),
)
document_key = Table(
    "document_key",
    metadata,
    Column("document_ref", BYTE_ORDERED_TEXT, primary_key=True),
    Column("case_ref", BYTE_ORDERED_TEXT, ForeignKey("cases.case_ref"), nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Index("ix_document_key_case_ref", "case_ref"),
)
CONTENT_TABLES = (document_content, document_key)
