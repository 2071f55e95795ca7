"""The table of how an office words its letters; each wording is kept, and none is changed or removed."""

from sqlalchemy import CheckConstraint, Column, Date, Identity, Integer, Table, Text

from ioms_desktop.storage.schema.tables import metadata
from ioms_desktop.storage.schema.types import Instant

letter_wording = Table(
    "letter_wording",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("title", Text, CheckConstraint("trim(title) <> ''", name="title"), nullable=False),
    Column("paragraphs", Text, CheckConstraint("trim(paragraphs) <> ''", name="paragraphs"), nullable=False),
    Column("reason", Text, CheckConstraint("trim(reason) <> ''", name="reason"), nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Instant(), nullable=False),
)
"""The paragraphs stand one a line."""
