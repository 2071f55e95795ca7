"""What a connection may read of the record: all of it, the facts that lists and rules need, or a person's own sight."""

from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Table, null, select

from ioms_desktop.domain.access.roles import Right, Role, may
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.storage.records.row_mapping import record_columns
from ioms_desktop.storage.schema import tables, views

RESTRICTED_COLUMNS = frozenset(
    (name, record_type.rights.masked) for name, record_type in RECORD_TYPE_BY_TABLE.items() if record_type.rights.masked
)
"""The columns that take the right to read intelligence; of notes, everybody else reads what `readable_notes` shows."""


@dataclass(frozen=True, slots=True)
class ReadScope:
    """What a reading sees.

    Attributes:
        facts_only: Only what lists and rules need of every case, opened or not.
        hidden_columns: Columns that a server does not give to this person.
    """

    facts_only: bool = False
    hidden_columns: frozenset[tuple[str, str]] = frozenset()

    def source_table(self, record_type: type[Record]) -> Table:
        """Where the records of a noun are read."""
        table = tables.table_of(record_type)
        return views.FACT_VIEWS.get(table.name, table) if self.facts_only else table

    def columns(self, record_type: type[Record]) -> tuple[ColumnElement[Any], ...]:
        """The columns read for a record, in the order in which `records.reader` takes them."""
        source = self.source_table(record_type)
        if not self.hidden_columns:
            return record_columns(record_type, source)
        return tuple(self.column(source, column.name) for column in record_columns(record_type, source))

    def column(self, source: Table, name: str) -> ColumnElement[Any]:
        """One column, or what stands in its place where the person may not read it."""
        if (source.name, name) not in self.hidden_columns:
            return source.c[name]
        if name == "note":
            notes = views.readable_notes
            return select(notes.c.note).where(notes.c.contact_ref == source.c.contact_ref).scalar_subquery()
        return null().label(name)

    def former_version_table(self) -> Table:
        """Where former versions are read."""
        return views.FACT_VIEWS["former_version"] if self.facts_only or self.hidden_columns else tables.former_version


FULL_SCOPE = ReadScope()
"""Everything: a local file, or the owner's session of a server."""


def columns_hidden_from(role: str) -> frozenset[tuple[str, str]]:
    """The columns that a server does not give to a role."""
    return frozenset() if may(Role(role), Right.READ_INTELLIGENCE) else RESTRICTED_COLUMNS


class CaseGate(Protocol):
    """How a person of a shared database comes to what is kept closed; each act is on record before it is answered."""

    @property
    def role(self) -> str:
        """The person's role, as the server has it."""

    def open_case(self, case_ref: str, purpose: str, workstation: str) -> bool:
        """Open a case for a quarter of an hour; false where it is not there for this person."""

    def open_all_cases(self, purpose: str, workstation: str) -> bool:
        """Open every case the person may know of, for an export or an import."""

    def close_all_cases(self) -> None:
        """Close it again."""

    def case_of(self, record_type: type[Record], ref: str) -> str | None:
        """Name the case a record belongs to, without opening it."""
