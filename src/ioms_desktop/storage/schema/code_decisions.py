"""The table of what supervisors decide on the codes of lists; each decision is kept, and the last of a code counts."""

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Identity, Integer, Table, Text

from ioms_desktop.storage.schema.tables import metadata
from ioms_desktop.storage.schema.types import Instant

_STATE = "state IN ('CONFIRMED', 'INACTIVE', 'AS_SHIPPED')"

code_decision = Table(
    "code_decision",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("list", Text, ForeignKey("reference_list.name"), nullable=False),
    Column("code", Text, nullable=False),
    Column("state", Text, CheckConstraint(_STATE, name="state"), nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("reason", Text, CheckConstraint("trim(reason) <> ''", name="reason"), nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Instant(), nullable=False),
    CheckConstraint("valid_from <= valid_to", name="dates"),
)
