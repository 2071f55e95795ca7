"""What a connection may read: everything, the facts that lists and rules need, or what a user's role allows."""

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
"""The columns that need the right to read intelligence; other users read notes through `readable_notes`."""


@dataclass(frozen=True, slots=True)
class ReadScope:
    """What a reading may read.

    Attributes:
        facts_only: Only what lists and rules need of every case, opened or not.
        hidden_columns: Columns that a server withholds from this user.
    """

    facts_only: bool = False
    hidden_columns: frozenset[tuple[str, str]] = frozenset()

    def source_table(self, record_type: type[Record]) -> Table:
        """Return the table or view from which a record type is read."""
        table = tables.table_of(record_type)
        return views.FACT_VIEWS.get(table.name, table) if self.facts_only else table

    def columns(self, record_type: type[Record]) -> tuple[ColumnElement[Any], ...]:
        """Return the columns of a record type, in the order that `row_mapper` expects."""
        source = self.source_table(record_type)
        if not self.hidden_columns:
            return record_columns(record_type, source)
        return tuple(self.column(source, column.name) for column in record_columns(record_type, source))

    def column(self, source: Table, name: str) -> ColumnElement[Any]:
        """Return a column, or its replacement where the user may not read it."""
        if (source.name, name) not in self.hidden_columns:
            return source.c[name]
        if name == "note":
            notes = views.readable_notes
            return select(notes.c.note).where(notes.c.contact_ref == source.c.contact_ref).scalar_subquery()
        return null().label(name)

    def former_version_table(self) -> Table:
        """The table or view of previous versions."""
        return views.FACT_VIEWS["former_version"] if self.facts_only or self.hidden_columns else tables.former_version


FULL_SCOPE = ReadScope()
"""Everything: for a local file, or a server's owner."""


def columns_hidden_from(role: str) -> frozenset[tuple[str, str]]:
    """Return the columns that a server withholds from a role."""
    return frozenset() if may(Role(role), Right.READ_INTELLIGENCE) else RESTRICTED_COLUMNS


class CaseGate(Protocol):
    """Opens cases of a shared database for a user; the server logs each opening before it answers."""

    @property
    def role(self) -> str:
        """The user's role, according to the server."""

    def open_case(self, case_ref: str, purpose: str, workstation: str) -> bool:
        """Open a case for a quarter of an hour; False where it does not exist for this user."""

    def open_person(self, person_ref: str, purpose: str, workstation: str) -> bool:
        """Open a person for a quarter of an hour; False where the user may not know of them."""

    def open_all_cases(self, purpose: str, workstation: str) -> bool:
        """Open every case that the user may know of, for an export or an import."""

    def close_all_cases(self) -> None:
        """Close all cases again."""

    def case_of(self, record_type: type[Record], ref: str) -> str | None:
        """Name the case a record belongs to, without opening it."""
