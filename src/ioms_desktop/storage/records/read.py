"""A consistent view of the database: records and their previous versions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    FromClause,
    Select,
    String,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from ioms_desktop.domain.errors import Missing
from ioms_desktop.domain.records.record import Record
from ioms_desktop.storage.postgres.server_checks import extend_timeouts
from ioms_desktop.storage.records.read_scope import FULL_SCOPE, CaseGate, ReadScope
from ioms_desktop.storage.records.row_mapping import from_json_fields, row_mapper, sort_columns
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.types import text_parameter

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerVersion(Generic[R]):
    """A previous version of a record, with the period in which it was current (UTC, end not included)."""

    record: R
    current_from: datetime
    current_to: datetime
    ended: str
    reason: str | None


class Reading:
    """A consistent view of the database.

    Attributes:
        scope: What it may read.
        commits_each: Whether each statement is a transaction of its own: what one of them opens is open for the next.
        afterwards: What `Store.read` does once the view is given up, and its connection is free for it.
    """

    def __init__(
        self,
        connection: Connection,
        scope: ReadScope = FULL_SCOPE,
        case_gate: CaseGate | None = None,
        *,
        commits_each: bool = False,
    ) -> None:
        """Use a connection that is in a transaction, or one to a server that commits each statement by itself."""
        self.connection = connection
        self.commits_each = commits_each
        self.scope = scope
        self.afterwards: list[Callable[[], None]] = []
        self._case_gate = case_gate

    @property
    def server_enforces_access(self) -> bool:
        """Whether a server enforces the user's rights, and logs what they open."""
        return self._case_gate is not None

    @property
    def sees_new_commits(self) -> bool:
        """Whether what another connection commits meanwhile is seen: not by a view that stays as it was at first."""
        return self.commits_each

    @property
    def is_read_ahead(self) -> bool:
        """Whether what is asked of one case is read of several, so that each of them is asked no more."""
        return False

    @property
    def is_local(self) -> bool:
        """Whether it is a local file, where a statement costs more than each part of it; on a server the parts do."""
        return self.connection.dialect.name != "postgresql"

    def open_case(self, case_ref: str, purpose: str, workstation: str) -> bool:
        """Open a case before its records are read; False where the user may not.

        Only a server keeps cases closed. It commits the opening separately, so that a later rollback does not remove
        the log entry.
        """
        if self._case_gate is None:
            return True
        return self._case_gate.open_case(case_ref, purpose, workstation, self.connection if self.commits_each else None)

    def open_person(self, person_ref: str, purpose: str, workstation: str) -> bool:
        """Open a person before their record is read, as `open_case` does; False where the user may not."""
        return self._case_gate is None or self._case_gate.open_person(person_ref, purpose, workstation)

    def ask_numbers(self, numbers: Mapping[str, str], own_ref: str, workstation: str) -> None:
        """Have a server put on record whose numbers are asked for, and commit that, before it answers."""
        if self._case_gate is not None:
            self._case_gate.ask_numbers(numbers, own_ref, workstation)

    def case_of(self, record_type: type[R], ref: str) -> str | None:
        """Name the case of a record, without opening it; None where it belongs to none or does not exist."""
        if self._case_gate is not None:
            return self._case_gate.case_of(record_type, ref)
        table = tables.table_of(record_type)
        return self.connection.scalar(select(table.c.case_ref).where(table.c[record_type.key[0]] == ref))

    def extend_timeouts(self) -> None:
        """Extend the server's time limits for long work, such as an import."""
        if self.connection.dialect.name == "postgresql":
            extend_timeouts(self.connection)

    def get(self, record_type: type[R], *key: Any) -> R:  # noqa: ANN401 - a key is text, a date or a number
        """Get a record by its key.

        Raises:
            Missing: There is none.
        """
        found = self.find(record_type, *key)
        if found is None:
            raise Missing("This record is no longer there. Reload the list; someone may have removed it.")
        return found

    def find(self, record_type: type[R], *key: Any) -> R | None:  # noqa: ANN401 - as get
        """Get a record by its key; None where there is none."""
        parts = dict(zip(record_type.key, key, strict=True))
        query = _records_query(record_type, record_type.key, self.scope)  # type: ignore[arg-type]  # a class is hashable; mypy sees it not of type[R]
        row = self.connection.execute(query, parts).first()
        return None if row is None else row_mapper(record_type)(row)

    def find_by_number(self, record_type: type[R], number: int) -> R | None:
        """Get a record by its row's number; None where there is none."""
        query = _records_query(record_type, ("id",), self.scope)  # type: ignore[arg-type]  # as find
        row = self.connection.execute(query, {"id": number}).first()
        return None if row is None else row_mapper(record_type)(row)

    def list_records(self, record_type: type[R], **owner: str) -> list[R]:
        """List the records of an owner, in order of their date and key."""
        read = row_mapper(record_type)
        query = _records_query(record_type, tuple(owner), self.scope, is_ordered=True)  # type: ignore[arg-type]  # as seek
        return [read(row) for row in self.connection.execute(query, owner).all()]

    def types_with_records(self, record_types: tuple[type[Record], ...], **owners: str) -> frozenset[type[Record]]:
        """Tell of which types an owner has records, in one question: a case has none of most.

        Args:
            record_types: Each belongs to one of the owners.
            owners: The references, by the name of the column that has them.
        """
        found = set(self.connection.scalars(_present_tables(record_types, self.scope), owners))
        return frozenset(each for each in record_types if each.table in found)

    def list_former_versions(self, record_type: type[R], **owner: str) -> list[FormerVersion[R]]:
        """List the previous versions of an owner's records, in the order in which they ended."""
        query = _former_versions_query(tuple(owner), self.scope)
        found = self.connection.execute(query, {"of_table": record_type.table, **owner})
        return [read_former_version(record_type, row) for row in found]

    def tables_with_former_versions(self, **owners: str) -> frozenset[str]:
        """Name the tables in which records of these owners have previous versions; few cases have any."""
        return frozenset(self.connection.scalars(former_tables_query(tuple(owners), self.scope), owners))

    def count_former_versions(self, **owners: str) -> int:
        """Count the previous versions of the records of these owners."""
        return int(self.connection.scalar(_former_count_query(tuple(owners), self.scope), owners) or 0)


@cache
def _records_query(
    record_type: type[Record], names: tuple[str, ...], scope: ReadScope, *, is_ordered: bool = False
) -> Select[Any]:
    """Build the query for the records whose named columns equal the parameters of those names."""
    table = scope.source_table(record_type, *names)
    query: Select[Any] = select(*scope.columns(record_type, table)).where(
        *(table.c[name] == _parameter(table, name) for name in names)
    )
    return query.order_by(*sort_columns(record_type, table)) if is_ordered else query


def _parameter(table: FromClause, name: str) -> ColumnElement[Any]:
    return text_parameter(name) if isinstance(table.c[name].type, String) else bindparam(name)


@cache
def _present_tables(record_types: tuple[type[Record], ...], scope: ReadScope) -> CompoundSelect[Any]:
    """Build the query for the names of those tables in which an owner has a row."""
    parts: list[Select[Any]] = []
    for record_type in record_types:
        source = scope.source_table(record_type, record_type.subject)
        owned = source.c[record_type.subject] == text_parameter(record_type.subject)
        parts.append(select(literal_column(f"'{record_type.table}'")).where(exists().where(owned)))
    return union_all(*parts)


@cache
def _former_versions_query(names: tuple[str, ...], scope: ReadScope) -> Select[Any]:
    former = scope.former_version_table(*names)
    owned = (former.c[name] == text_parameter(name) for name in names)
    return select(former).where(former.c.table_name == text_parameter("of_table"), *owned).order_by(former.c.id)


@cache
def former_tables_query(names: tuple[str, ...], scope: ReadScope) -> Select[Any]:
    """Build the query for the tables with former versions of what belongs to owners, by the names of their columns."""
    former = scope.former_version_table(*names)
    owned = or_(*(former.c[name] == text_parameter(name) for name in names))
    return select(former.c.table_name).where(owned).distinct()


@cache
def _former_count_query(names: tuple[str, ...], scope: ReadScope) -> Select[Any]:
    former = scope.former_version_table(*names)
    return select(func.count()).where(or_(*(former.c[name] == text_parameter(name) for name in names)))


def read_former_version(record_type: type[R], row: Any) -> FormerVersion[R]:  # noqa: ANN401 - a row of the table
    """Turn a row of the former versions into the version of a record."""
    record = from_json_fields(
        record_type,
        row.data,
        id=row.record_id,
        revision=row.revision,
        recorded_at=row.current_from,
        recorded_by=row.changed_by,
    )
    return FormerVersion(
        record=record,
        current_from=row.current_from,
        current_to=row.current_to,
        ended=row.ended,
        reason=row.reason,
    )
