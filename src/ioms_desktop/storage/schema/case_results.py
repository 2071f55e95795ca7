"""The tables of what the rules found on each case: derived from the records, never exported, copied or compared."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    text,
)

from ioms_desktop.storage.schema.tables import BYTE_ORDERED_TEXT, metadata
from ioms_desktop.storage.schema.types import Instant

SCOPES = ("ALL", "WITHOUT_INTELLIGENCE")
ONLY_IN_FILES = "only in files"
"""Says of an index that a server does not have it: it puts rows in order only after it asked who may know of them."""


def _of_case() -> tuple[Column[str], Column[str]]:
    owner = ForeignKey("cases.case_ref", ondelete="CASCADE")
    scope = CheckConstraint(f"scope IN {SCOPES}", name="scope")
    return Column("case_ref", BYTE_ORDERED_TEXT, owner, primary_key=True), Column(
        "scope", Text, scope, primary_key=True
    )


case_result = Table(
    "case_result",
    metadata,
    *_of_case(),
    Column("version", Integer, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("next_change_on", Date),
    Column("policy_key", Text, nullable=False),
    Column("computed_by", Text, nullable=False),
    Column("computed_at", Instant(), nullable=False),
    Column("figures", Text),
    Column("rag", Text),
    Column("engagement", Integer),
    Column("step", Text),
    Column("last_contact_on", Date),
    Column("contact_due_on", Date),
    Column("in_custody", Boolean),
    Index(None, "scope", "policy_key", "as_of"),
    Index(None, "scope", "next_change_on"),
    *(
        Index(f"ix_case_result_without_{name}", "scope", sqlite_where=text(missing))
        for name, missing in (("step", "step IS NULL"), ("custody", "in_custody IS NULL"))
    ),
    *(
        Index(None, "scope", shown, "case_ref", info={ONLY_IN_FILES: True})
        for shown in ("rag", "engagement", "step", "last_contact_on")
    ),
    Index(None, "scope", "contact_due_on", "case_ref"),
)
"""On which day a case was evaluated, by whom, under which policy, and until when that stands; `version` is a number at
random that tells one result of a case from another. Then what the case adds to the measures of the quarter, and what
its row in the caseload shows besides its header. By its indexes a query finds what does not stand, and the first cases
in an order that the rules find."""

case_duty = Table(
    "case_duty",
    metadata,
    *_of_case(),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("duty", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("due_on", Date),
    Column("words", Text, nullable=False),
    Column("counted_from", Date),
    sqlite_with_rowid=False,
)
"""What is owed on a case by its result."""

case_alert = Table(
    "case_alert",
    metadata,
    *_of_case(),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("status", Text, nullable=False),
    Column("said", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""The triggers of a case, open ones and others, each written as a whole."""

case_mark = Table(
    "case_mark",
    metadata,
    *_of_case(),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Index(None, "scope", info={ONLY_IN_FILES: True}),
    sqlite_with_rowid=False,
)
"""The cases of which a fact changed since their result; triggers of the database write it."""

RESULT_TABLES = (case_result, case_duty, case_alert, case_mark)

_views = MetaData()
known_case_result, known_case_duty, known_case_alert, known_case_mark = (
    Table(
        f"known_{table.name}",
        _views,
        *(Column(column.name, column.type, primary_key=column.primary_key) for column in table.columns),
    )
    for table in RESULT_TABLES
)
"""The same as they are read: on a server only of cases the user may know of, and without intelligence where they may
read none."""
RESULT_VIEWS = dict(_views.tables)
