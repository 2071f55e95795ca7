"""The table of what an office decides about how the program works; each decision is kept, and the last counts."""

from sqlalchemy import CheckConstraint, Column, Identity, Integer, Table, Text

from ioms_desktop.storage.schema.tables import metadata
from ioms_desktop.storage.schema.types import Instant

office_setting = Table(
    "office_setting",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("name", Text, nullable=False),
    Column("value", Integer, nullable=False),
    Column("reason", Text, CheckConstraint("trim(reason) <> ''", name="reason"), nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Instant(), nullable=False),
    CheckConstraint("name <> 'author_hours' OR value BETWEEN 0 AND 336", name="author_hours"),
)
