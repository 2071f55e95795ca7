"""The tables: one for each record type, with its fields as columns, and those for audit, access and settings."""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import Column as Field
from ioms_desktop.domain.records.record import ColumnKind, Record, columns_of, date_column
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.storage.schema import conditions
from ioms_desktop.storage.schema.types import DayTimeText, Instant, KeyText

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

DERIVED_COLUMNS: dict[type[Record], tuple[str, ...]] = {Person: ("name_key",)}
"""Columns to sort by that are derived from a record's own fields whenever it is written."""

STRUCK_OUT_COLUMNS = ("struck_out_by", "struck_out_on")  # the latter only of an import, as in its file
OWNER_KEYS = {name: found.key[0] for name, found in RECORD_TYPE_BY_TABLE.items() if len(found.key) == 1}
"""The column by which other records refer to a record, by table."""

BYTE_ORDERED_TEXT = Text().with_variant(Text(collation="C"), "postgresql")
"""Text ordered and compared byte by byte, the same on both databases whatever the server's language."""

_COLUMN_TYPES: dict[ColumnKind, type[TypeEngine[Any]] | TypeEngine[Any]] = {
    ColumnKind.REF: BYTE_ORDERED_TEXT,
    ColumnKind.TEXT: Text,
    ColumnKind.LONG_TEXT: Text,
    ColumnKind.DATE: Date,
    ColumnKind.DAY_TIME: DayTimeText,
    ColumnKind.YES_NO: Boolean,
    ColumnKind.WHOLE: Integer,
    ColumnKind.NUMBER: Text,
    ColumnKind.CODE: Text,
}


def _column(record_type: type[Record], field: Field) -> Column[Any]:
    kind = _COLUMN_TYPES[field.kind]
    if field.name in record_type.key and not field.required and field.kind is ColumnKind.TEXT:
        return Column(field.name, KeyText(), nullable=False, server_default="")
    links = [ForeignKey(f"{field.owner}.{OWNER_KEYS[field.owner]}")] if field.owner else []
    return Column(field.name, kind, *links, nullable=not field.required)


def _table(record_type: type[Record]) -> Table:
    fields = columns_of(record_type)
    table = Table(
        record_type.table,
        metadata,
        Column("id", Integer, Identity(), primary_key=True),
        *(_column(record_type, field) for field in fields),
        *(
            Column(name, BYTE_ORDERED_TEXT, nullable=False, server_default="")
            for name in DERIVED_COLUMNS.get(record_type, ())
        ),
        Column("revision", Integer, nullable=False),
        Column("recorded_at", Instant(), nullable=False),
        Column("recorded_by", Text, nullable=False),
        UniqueConstraint(*record_type.key),
    )
    dated = date_column(record_type)
    for field in fields:
        if field.owner and record_type.key[0] != field.name:
            beside = (table.c[dated],) if dated and field.name == record_type.subject else ()
            filled = None if beside or field.required else text(f"{field.name} IS NOT NULL")
            Index(None, table.c[field.name], *beside, sqlite_where=filled)  # a server's holds the empty ones, too
    return table


TABLES: dict[type[Record], Table] = {record_type: _table(record_type) for record_type in RECORD_TYPE_BY_TABLE.values()}


def table_of(record_type: type[Record]) -> Table:
    """The table of a record type."""
    return TABLES[record_type]


people, cases, contacts = (metadata.tables[name] for name in ("people", "cases", "contacts"))
appointments, actions, associates = (metadata.tables[name] for name in ("appointments", "actions", "associates"))
# Migrations make what is partial so on PostgreSQL, too; saying so here would load that dialect at every start.
Index("ix_contacts_missed", contacts.c.case_ref, contacts.c.occurred_at, sqlite_where=text(conditions.MISSED_SQL))
Index("ix_appointments_waiting", appointments.c.starts_at, sqlite_where=text(conditions.WAITING_SQL))
Index("ix_people_names", people.c.name_key, people.c.id)
Index("ix_actions_due_on", actions.c.due_on)
Index("ix_actions_open", actions.c.due_on, actions.c.case_ref, sqlite_where=text(conditions.OPEN_SQL))
Index("ix_actions_ended", actions.c.done_on, actions.c.cancelled_on, sqlite_where=text(conditions.ENDED_SQL))
Index("ix_custody_released_on", metadata.tables["custody"].c.released_on)
Index("ix_associates_review_on", associates.c.review_on, sqlite_where=text("review_on IS NOT NULL"))

former_version = Table(
    "former_version",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("table_name", Text, nullable=False),
    Column("record_id", Integer, nullable=False),
    Column("record_key", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("case_ref", BYTE_ORDERED_TEXT),
    Column("person_ref", BYTE_ORDERED_TEXT),
    Column("current_from", Instant(), nullable=False),
    Column("current_to", Instant(), nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("request", Text),
    Column("ended", Text, CheckConstraint("ended IN ('CHANGED', 'DELETED')", name="ended"), nullable=False),
    Column("reason", Text),
    Column("data", JSON, nullable=False),
    *(Column(name, Text) for name in STRUCK_OUT_COLUMNS),
    Index("ix_former_version_struck_out", "table_name", "record_key", sqlite_where=text("struck_out_by IS NOT NULL")),
    Index("ix_former_version_case_ref", "case_ref", "table_name", sqlite_where=text("case_ref IS NOT NULL")),
    Index("ix_former_version_person_ref", "person_ref", "table_name", sqlite_where=text("person_ref IS NOT NULL")),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("at", Instant(), nullable=False),
    Column("kind", Text, CheckConstraint(f"kind IN {conditions.AUDIT_KINDS}", name="kind"), nullable=False),
    *(Column(name, Text, nullable=False) for name in ("actor", "actor_role", "workstation")),
    Column("request", Text),
    Column("object_type", Text, nullable=False),
    Column("object_ref", Text, nullable=False),
    Column("subject_ref", Text),
    Column("recipient", Text),
    Column("reason_code", Text),
    Column("reason_text", Text),
    Column("before", JSON),
    Column("after", JSON),
    # A trigger fills these in: the number of the transaction on a server, or of the row in a file; the hash; two salts,
    # one after the other, or none of an entry of the audit's version 1.
    *(Column("mark", BigInteger), Column("row_hash", Text), Column("salt", Text)),
    Index("ix_audit_subject_ref", "subject_ref", "id"),
    Index("ix_audit_object", "object_type", "object_ref", "id"),
    Index("ix_audit_at", "at", "id"),
    Index("ix_audit_mark", "mark", "id", sqlite_where=text("mark <> id")),
)

seal = Table(
    "seal",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant(), nullable=False),
    Column("epoch", Integer, nullable=False),
    *(Column(name, BigInteger, nullable=False) for name in ("from_mark", "to_mark")),
    Column("rows", Integer, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("root", "prev", "hash")),
    Column("epochs", Text),
)

epoch = Table(
    "epoch",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("opened_at", Instant(), nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    # The number of the server; empty for a file. Another server counts transactions afresh, from the base upwards.
    Column("system_id", Text, nullable=False),
    Column("base", BigInteger, nullable=False),
    *(Column(name, Integer) for name in ("superseded_from", "superseded_to")),
    *(Column(name, Text) for name in ("proposed_by", "superseded")),
)

request = Table(
    "request",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("at", Instant(), nullable=False),
    Column("actor", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("answer", JSON),
)

users = Table(
    "users",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", Instant(), nullable=False),
    Column("failed", Integer, nullable=False, server_default="0"),
    Column("locked_until", Instant()),
    # Used only by a shared database: the team whose cases a user shares, and the last day of a partner's account.
    Column("team", Text),
    Column("expires_on", Date),
    Column("display_name", Text, unique=True, index=True),
)

access_entry = Table(
    "access_entry",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("case_ref", BYTE_ORDERED_TEXT, ForeignKey("cases.case_ref"), nullable=False),
    Column("user_name", BYTE_ORDERED_TEXT, nullable=False),
    Column("kind", Text, CheckConstraint(f"kind IN {conditions.ACCESS_ENTRY_KINDS}", name="kind"), nullable=False),
    Column("begins_at", Instant(), nullable=False),
    Column("ends_at", Instant()),
    Column("message", Text),
    Column("set_by", Text, nullable=False),
    Column("review_ref", BYTE_ORDERED_TEXT),
    Index("ix_access_entry_user_name_kind", "user_name", "kind"),
    Index("ix_access_entry_case_ref", "case_ref"),
)

retention_review = Table(
    "retention_review",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("person_ref", BYTE_ORDERED_TEXT, ForeignKey("people.person_ref"), nullable=False),
    Column("reviewed_on", Date, nullable=False),
    Column("reviewed_by", Text, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("result", "retention_group", "reason")),
    Column("next_on", Date, nullable=False),
    Column("recorded_at", Instant(), nullable=False),
    Index("ix_retention_review_person_ref", "person_ref", "id"),
)

disposal = Table(
    "disposal",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("disposal_ref", BYTE_ORDERED_TEXT, nullable=False, unique=True),
    Column("person_ref", BYTE_ORDERED_TEXT, ForeignKey("people.person_ref")),  # null once the disposal is done
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", Instant(), nullable=False),
    Column("authority", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("status", Text, CheckConstraint(f"status IN {conditions.DISPOSAL_STATUSES}", name="status"), nullable=False),
    Column("answered_by", Text),
    Column("answered_at", Instant()),
    Column("certificate", JSON),
    CheckConstraint("status <> 'DONE' OR answered_by <> proposed_by", name="two_people"),
    Index("ix_disposal_person_ref", "person_ref"),
)

redaction = Table(
    "redaction",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("entry", Integer, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("disposal_ref", "kept_hash")),
    *(Column(name, Text) for name in ("about_hash", "words_hash")),
    UniqueConstraint("disposal_ref", "entry"),
)
"""The audit entries that a disposal has emptied: the hash of each as it is now, and the digests of what it said."""

case_standing = Table(
    "case_standing",
    metadata,
    Column("case_ref", BYTE_ORDERED_TEXT, ForeignKey("cases.case_ref"), primary_key=True),
    Column("restricted", Boolean, nullable=False),
    Column("team", Text),
    Column("message", Text),
)

take_away = Table(
    "take_away",
    metadata,
    Column("number", BYTE_ORDERED_TEXT, primary_key=True),
    Column("taken_by", Text, nullable=False),
    Column("taken_at", Instant(), nullable=False),
    Column("until", Date),
    Column("reason", Text, nullable=False),
    Column("cases", JSON, nullable=False),
    Column("file_hash", Text),
    Column("returned_at", Instant()),
    Column("settled", JSON),  # the revision of each record of the file that was settled when it came back, by key
)

taken_record = Table(
    "taken_record",
    metadata,
    Column("table_name", Text, primary_key=True),
    Column("record_key", BYTE_ORDERED_TEXT, primary_key=True),
    Column("revision", Integer, nullable=False),
)
"""In a file of cases for working offline: the revision at which each record was taken."""

kept_trail = Table(
    "kept_trail",
    metadata,
    Column("database_id", BYTE_ORDERED_TEXT, primary_key=True),
    # Part of the key, so that nobody can occupy the place of an entry that somebody else will bring.
    Column("kept_by", BYTE_ORDERED_TEXT, primary_key=True),
    Column("part", Text, CheckConstraint("part IN ('ENTRY', 'SEAL', 'EPOCH')", name="part"), primary_key=True),
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    Column("fields", Text, nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("kept_at", Instant(), nullable=False),
)
"""The audit of another database, as it was hashed there."""

reference_list = Table(
    "reference_list",
    metadata,
    Column("name", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("open", Boolean, nullable=False),
)

reference_code = Table(
    "reference_code",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("list", Text, ForeignKey("reference_list.name"), nullable=False),
    Column("code", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("sort", Integer, nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("extra", JSON, nullable=False),
    UniqueConstraint("list", "code"),
)

policy = Table(
    "policy",
    metadata,
    Column("version", Text, primary_key=True),
    Column("effective_from", Date, nullable=False),
    Column("status", Text, CheckConstraint("status IN ('DRAFT', 'APPROVED')", name="status"), nullable=False),
    Column("document", JSON, nullable=False),
    Column("drafted_by", Text),
    Column("approved_by", Text),
)

meta = Table("meta", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))

search_key = Table(
    "search_key",
    metadata,
    Column("word", BYTE_ORDERED_TEXT, primary_key=True),
    Column("person_ref", BYTE_ORDERED_TEXT, primary_key=True),
    Column("case_ref", BYTE_ORDERED_TEXT, primary_key=True, server_default=""),
    Index("ix_search_key_person_ref_word", "person_ref", "word"),
    # Nearly all words are of people and of no case.
    Index("ix_search_key_case_ref", "case_ref", sqlite_where=text("case_ref <> ''")),
    sqlite_with_rowid=False,
)

figure_edition = Table(
    "figure_edition",
    metadata,
    Column("quarter", BYTE_ORDERED_TEXT, primary_key=True),
    Column("edition", Integer, primary_key=True, autoincrement=False),
    Column("policy_version", Text, nullable=False),
    Column("least", Integer, nullable=False),
    Column("least_protected", Integer, nullable=False),
    Column("least_share", Integer, nullable=False),
    Column("reason", Text),
    Column("published_by", Text, nullable=False),
    Column("published_at", Instant(), nullable=False),
)

figure_cell = Table(
    "figure_cell",
    metadata,
    Column("quarter", BYTE_ORDERED_TEXT, primary_key=True),
    Column("edition", Integer, primary_key=True, autoincrement=False),
    Column("cube", BYTE_ORDERED_TEXT, primary_key=True),
    Column("cell", BYTE_ORDERED_TEXT, primary_key=True),
    # Null if the count is too small to publish; a row of a median or a percentile has no count.
    Column("count", Integer),
    Column("days", Float),
    ForeignKeyConstraint(["quarter", "edition"], ["figure_edition.quarter", "figure_edition.edition"]),
)
