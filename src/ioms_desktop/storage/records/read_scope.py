"""What a connection may read: everything, the facts that lists and rules need, or what a user's role allows."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, FromClause, Table, bindparam, null

from ioms_desktop.domain.access.roles import Right, Role, may
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.record import Record
from ioms_desktop.storage.records.row_mapping import record_columns
from ioms_desktop.storage.schema import read_functions, tables, views
from ioms_desktop.storage.schema.types import text_parameter

RESTRICTED_COLUMNS = frozenset({(Case.table, Case.rights.masked)})
"""What of a case needs the right to read intelligence; of other records functions leave such columns empty."""


@dataclass(frozen=True, slots=True)
class ReadScope:
    """What a reading may read.

    Attributes:
        facts_only: Only what lists and rules need of every case, opened or not.
        hidden_columns: Columns that a server withholds from this user.
        is_opened: Whether a server shows of content only what the user has opened, through its functions.
    """

    facts_only: bool = False
    hidden_columns: frozenset[tuple[str, str]] = frozenset()
    is_opened: bool = False

    def source_table(self, record_type: type[Record], *names: str) -> FromClause:
        """Return the table, view or function from which a record type is read.

        Args:
            record_type: The record type.
            names: The columns that the query compares with the parameters of their names: a function of a server
                must be told what to look up, because conditions on what it returns come too late for an index.
        """
        if not self._is_read_by_function(record_type):
            owned = record_type.subject in names and record_type.table in read_functions.LISTED_BY_FUNCTION
            owner = read_functions.array_of(text_parameter(record_type.subject)) if owned and self.is_opened else None
            return self._listed(record_type, owner)
        asked: dict[str, Any] = {"number": bindparam("id")} if "id" in names else {}
        for name, told in ((record_type.subject, "owners"), (record_type.key[0], "refs")):
            if name in names:
                asked[told] = read_functions.array_of(text_parameter(name))
        return read_functions.opened_rows(tables.table_of(record_type), **asked)

    def source_among(self, record_type: type[Record], name: str = "", values: Sequence[str] = ()) -> FromClause:
        """Return the table, view or function from which the records of some owners, or of some keys, are read.

        Args:
            record_type: The record type.
            name: The column that the query compares with `values`; empty for any condition.
            values: What it is compared with.
        """
        table = tables.table_of(record_type)
        if not self._is_read_by_function(record_type):
            return self._listed(record_type, list(values) if name == record_type.subject else None)
        asked = {record_type.key[0]: "refs", record_type.subject: "owners"}.get(name)
        return read_functions.opened_rows(table, **({asked: list(values)} if asked else {}))

    def facts_table(self, name: str, owners: Any = None) -> FromClause:  # noqa: ANN401 - an array of parameters, or a list
        """Return where lists and rules read the facts of a table; `owners` are those that a query asks for."""
        if self.is_opened and name in read_functions.LISTED_BY_FUNCTION:
            return read_functions.known_facts(name, owners)
        return views.FACT_VIEWS[name]

    def _listed(self, record_type: type[Record], owners: Any) -> FromClause:  # noqa: ANN401 - as above
        if self.facts_only and record_type.table in views.FACT_VIEWS:
            return self.facts_table(record_type.table, owners)
        return tables.table_of(record_type)

    def _is_read_by_function(self, record_type: type[Record]) -> bool:
        """Whether a server gives it by a function: what lists and rules need of every case comes without."""
        is_listed = record_type is Case or (self.facts_only and record_type.table in views.FACT_VIEWS)
        return self.is_opened and not is_listed

    def columns(self, record_type: type[Record], source: FromClause) -> tuple[ColumnElement[Any], ...]:
        """Return the columns of a record type, in the order that `row_mapper` expects, from where it is read."""
        listed = record_columns(record_type, source)
        if not self.hidden_columns:
            return listed
        return tuple(self.column(source, column.name) for column in listed)

    def column(self, source: FromClause, name: str) -> ColumnElement[Any]:
        """Return a column, or null where the user may not read it."""
        is_hidden = isinstance(source, Table) and (source.name, name) in self.hidden_columns
        return null().label(name) if is_hidden else source.c[name]

    def former_version_table(self, *names: str, **asked: Any) -> FromClause:  # noqa: ANN401 - arrays or parameters
        """The table, view or function of previous versions.

        Args:
            names: The columns that name owners and that the query compares with the parameters of their names.
            asked: As `read_functions.opened_former_versions` takes it.
        """
        if self.facts_only or self.hidden_columns:
            return views.FACT_VIEWS["former_version"]
        if not self.is_opened:
            return tables.former_version
        if names:
            asked["owners"] = read_functions.array_of(*map(text_parameter, names))
        return read_functions.opened_former_versions(**asked)


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

    def open_case(self, case_ref: str, purpose: str, workstation: str, connection: Connection | None = None) -> bool:
        """Open a case for a quarter of an hour; False where it does not exist for this user.

        Args:
            case_ref: The case.
            purpose: Why.
            workstation: From where.
            connection: One that commits each statement by itself; None to use another than the caller's.
        """

    def open_person(self, person_ref: str, purpose: str, workstation: str) -> bool:
        """Open a person for a quarter of an hour; False where the user may not know of them."""

    def all_cases_open(self, purpose: str, workstation: str) -> AbstractContextManager[bool]:
        """Keep every case open that the user may know of, for an export or an import; False if they may not."""

    def ask_numbers(self, numbers: Mapping[str, str], own_ref: str, workstation: str) -> None:
        """Put on record whose numbers are asked for; what there is to know of them is read afterwards."""

    def case_of(self, record_type: type[Record], ref: str) -> str | None:
        """Name the case a record belongs to, without opening it."""
