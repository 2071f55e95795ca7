"""What lists, rules and auditors read in place of the tables: views that leave out what is not theirs."""

from sqlalchemy import (
    JSON,
    Column,
    Date,
    Integer,
    MetaData,
    Table,
    Text,
)

from ioms_desktop.storage.schema.tables import BYTE_ORDERED_TEXT, audit, metadata
from ioms_desktop.storage.schema.types import Instant

FACT_PEOPLE_COLUMNS = (
    "id",
    "person_ref",
    "family_name",
    "given_names",
    "known_as",
    "date_of_birth",
    "pnc_id",
    "name_key",
)
_FACT_TABLES = ("rag", "custody", "orders", "contacts", "ratings", "offers", "concerns", "decisions", "proposals")
_MORE_FACT_TABLES = ("notifications", "actions", "former_version")


def _fact_view(name: str) -> Table:
    table = metadata.tables[name]
    names = FACT_PEOPLE_COLUMNS if name == "people" else tuple(column.name for column in table.columns)
    columns = (Column(column, table.c[column].type, primary_key=column == "id") for column in names)
    return Table(f"known_{name}", _views, *columns)


_views = MetaData()
FACT_VIEWS: dict[str, Table] = {name: _fact_view(name) for name in ("people", *_FACT_TABLES, *_MORE_FACT_TABLES)}
"""What lists and rules read of every case, opened or not: views that leave the words out, and on a server show only
cases the person may know of."""

FACT_VIEWS["people_by_name"] = Table(
    "known_people_by_name",
    _views,
    Column("id", Integer, primary_key=True),
    Column("person_ref", BYTE_ORDERED_TEXT),
    Column("name_key", BYTE_ORDERED_TEXT),
)

known_offences = Table(
    "known_offences",
    _views,
    Column("id", Integer, primary_key=True),
    Column("person_ref", BYTE_ORDERED_TEXT),
    Column("offence_on", Date),
    Column("offence_group", Text),
    Column("role", Text),
)
"""Which offences there are, without their words: what a retention review goes by. On a server, supervisors alone."""

known_beginnings = Table(
    "known_beginnings",
    _views,
    Column("person_ref", BYTE_ORDERED_TEXT, primary_key=True),
    Column("begun_at", Instant()),
)
"""Since when each person is recorded."""

audit_trail = Table(
    "audit_trail",
    _views,
    *(Column(c.name, c.type, primary_key=c.name == "id") for c in audit.columns if c.name not in {"before", "after"}),
    Column("detail", JSON),
    Column("before_hash", Text),
    Column("after_hash", Text),
)
"""The audit as an auditor reads it: everything but what was recorded, of which the digests stand there."""

disclosures_told = Table(
    "disclosures_told",
    _views,
    Column("id", Integer, primary_key=True),
    *(Column(name, audit.c[name].type) for name in ("at", "recipient", "reason_code", "after", "actor")),
    Column("case_ref", BYTE_ORDERED_TEXT),
)
"""What was disclosed of a case; on a server of opened ones alone."""

readable_notes = Table(
    "readable_notes", _views, Column("contact_ref", BYTE_ORDERED_TEXT, primary_key=True), Column("note", Text)
)
"""On a server: the notes of opened cases that are neither the police's nor rest on intelligence."""

COMMON_VIEWS: dict[str, Table] = {name: table for name, table in _views.tables.items() if table is not readable_notes}
"""The views that both kinds of database have."""
