"""A consistent view of the database: records, and the versions they had before."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Select, Table, bindparam, or_, select

from ioms_desktop.domain.errors import Missing
from ioms_desktop.domain.records.record import Record
from ioms_desktop.storage.postgres.server_checks import patiently
from ioms_desktop.storage.records.read_scope import WHOLE, Door, Sight
from ioms_desktop.storage.records.row_mapping import from_plain, reader, sort_columns
from ioms_desktop.storage.schema import tables

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True, kw_only=True)
class Former(Generic[R]):
    """A former version of a record, with the period in which it was current (UTC, its end not included)."""

    record: R
    current_from: datetime
    current_to: datetime
    ended: str
    reason: str | None


class Reading:
    """A consistent view of the database.

    Attributes:
        sight: What of the record it sees.
    """

    def __init__(self, connection: Connection, sight: Sight = WHOLE, door: Door | None = None) -> None:
        """Read over a connection in a transaction."""
        self.connection = connection
        self.sight = sight
        self._door = door

    @property
    def guarded(self) -> bool:
        """Whether a server holds this person to their rights, and writes down what they open."""
        return self._door is not None

    def open_case(self, case_ref: str, purpose: str, workstation: str) -> bool:
        """Open a case before its record is read; answers false where the person may not.

        Only a server keeps cases closed. The opening is committed on its own, so that it cannot be undone by undoing
        what follows.
        """
        return self._door is None or self._door.open_case(case_ref, purpose, workstation)

    def case_of(self, noun: type[R], ref: str) -> str | None:
        """Name the case that a record belongs to, without opening it; None where it belongs to none or is not there."""
        if self._door is not None:
            return self._door.case_of(noun, ref)
        table = tables.table_of(noun)
        return self.connection.scalar(select(table.c.case_ref).where(table.c[noun.key[0]] == ref))

    def patiently(self) -> None:
        """Let this take its time (an import, the whole book); a server ends what keeps others waiting for long."""
        if self.connection.dialect.name == "postgresql":
            patiently(self.connection)

    def get(self, noun: type[R], *key: Any) -> R:  # noqa: ANN401 - a key is text, a date or a number
        """Get a record by its key.

        Raises:
            Missing: It is not there.
        """
        found = self.seek(noun, *key)
        if found is None:
            raise Missing("This record is no longer there. Reload the list; someone may have removed it.")
        return found

    def seek(self, noun: type[R], *key: Any) -> R | None:  # noqa: ANN401 - as get
        """Get a record by its key, or nothing."""
        parts = dict(zip(noun.key, key, strict=True))
        query = _query(noun, noun.key, self.sight)  # type: ignore[arg-type]  # a class is hashable; mypy sees it not of type[R]
        row = self.connection.execute(query, parts).first()
        return None if row is None else reader(noun)(row)

    def of(self, noun: type[R], **owner: str) -> list[R]:
        """List the records of an owner, in order of the day they happened and their key."""
        read = reader(noun)
        query = _query(noun, tuple(owner), self.sight, listed=True)  # type: ignore[arg-type]  # as seek
        return [read(row) for row in self.connection.execute(query, owner)]

    def former(self, noun: type[R], **owner: str) -> list[Former[R]]:
        """List the former versions of an owner's records, in the order in which they ended."""
        former = self.sight.former()
        query = select(former).where(former.c.table_name == noun.table).order_by(former.c.id)
        for name, value in owner.items():
            query = query.where(former.c[name] == value)
        return [_former(noun, row) for row in self.connection.execute(query)]

    def with_former(self, **owners: str) -> frozenset[str]:
        """Name the tables in which records of any of these owners have former versions; few cases have any."""
        return frozenset(self.connection.scalars(_with_former(tuple(owners), self.sight.former()), owners))


@cache
def _query(noun: type[Record], names: tuple[str, ...], sight: Sight, *, listed: bool = False) -> Select[Any]:
    """Write the question for the records whose columns named have the values bound to those names."""
    table = sight.source(noun)
    query: Select[Any] = select(*sight.columns(noun)).where(*(table.c[name] == bindparam(name) for name in names))
    return query.order_by(*sort_columns(noun, table)) if listed else query


@cache
def _with_former(names: tuple[str, ...], former: Table) -> Select[Any]:
    return select(former.c.table_name).where(or_(*(former.c[name] == bindparam(name) for name in names))).distinct()


def _former(noun: type[R], row: Any) -> Former[R]:  # noqa: ANN401 - a row of the table
    record = from_plain(
        noun,
        row.data,
        id=row.record_id,
        revision=row.revision,
        recorded_at=row.current_from,
        recorded_by=row.changed_by,
    )
    return Former(
        record=record,
        current_from=row.current_from,
        current_to=row.current_to,
        ended=row.ended,
        reason=row.reason,
    )
