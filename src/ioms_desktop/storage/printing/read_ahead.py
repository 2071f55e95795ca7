"""Cases of a file that are read one after the other in one view: what is asked of the first is read for all of them."""

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from json import dumps
from typing import Any, NamedTuple, TypeVar, cast

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from typing_extensions import override

from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.record import Record
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.read_scope import ReadScope
from ioms_desktop.storage.records.row_mapping import row_mapper, sort_columns
from ioms_desktop.storage.schema.types import is_in_list, text_parameter

R = TypeVar("R", bound=Record)
CASE, PERSON = "case_ref", "person_ref"


class _Former(NamedTuple):
    """How many previous versions there are in a table of records of a case or person."""

    case_ref: str | None
    person_ref: str | None
    table: str
    versions: int


class ReadAhead(Reading):
    """A view of a file in which several cases are read.

    In a file a statement costs more than the rows that it gives, and a view stays as it is: what was read of the other
    cases is what they would be answered. Nothing is kept beyond the view.
    """

    def __init__(self, reading: Reading, case_refs: Sequence[str]) -> None:
        """Use a view of a file.

        Args:
            reading: The view.
            case_refs: The cases that are read in it.
        """
        super().__init__(reading.connection, reading.scope)
        self._case_refs = tuple(dict.fromkeys(case_refs))
        self._records: dict[tuple[type[Record], str], Mapping[str, list[Record]]] = {}
        self._types: dict[tuple[type[Record], ...], frozenset[tuple[str, str]]] = {}

    @property
    @override
    def is_read_ahead(self) -> bool:
        return True

    @override
    def find(self, record_type: type[R], *key: Any) -> R | None:
        if len(key) == 1 and key[0] in self._owners.get(record_type.key[0], ()):
            return next(iter(self._of(record_type, record_type.key[0], key[0])), None)
        return super().find(record_type, *key)

    @override
    def list_records(self, record_type: type[R], **owner: str) -> list[R]:
        (name, *others), (ref, *_) = owner, owner.values()
        if others or ref not in self._owners.get(name, ()):
            return super().list_records(record_type, **owner)
        return list(self._of(record_type, name, ref))

    @override
    def types_with_records(self, record_types: tuple[type[Record], ...], **owners: str) -> frozenset[type[Record]]:
        if not self._are_ours(owners):
            return super().types_with_records(record_types, **owners)
        if record_types not in self._types:
            rows = self.connection.execute(_present_tables_query(record_types, self.scope), self._asked)
            self._types[record_types] = frozenset((table, ref) for table, ref in rows)
        found = self._types[record_types]
        return frozenset(each for each in record_types if (each.table, owners[each.subject]) in found)

    @override
    def tables_with_former_versions(self, **owners: str) -> frozenset[str]:
        if not self._are_ours(owners):
            return super().tables_with_former_versions(**owners)
        return frozenset(each.table for each in self._former if self._is_of(each, owners))

    @override
    def count_former_versions(self, **owners: str) -> int:
        if not self._are_ours(owners):
            return super().count_former_versions(**owners)
        return sum(each.versions for each in self._former if self._is_of(each, owners))

    @cached_property
    def _owners(self) -> Mapping[str, Sequence[str]]:
        rows = self.connection.execute(_people_query(self.scope), {CASE: dumps(self._case_refs)})
        return {CASE: self._case_refs, PERSON: tuple(dict.fromkeys(rows.scalars()))}

    @cached_property
    def _asked(self) -> Mapping[str, str]:
        return {name: dumps(refs) for name, refs in self._owners.items()}

    @cached_property
    def _former(self) -> Sequence[_Former]:
        return [_Former(*row) for row in self.connection.execute(_former_query(self.scope), self._asked)]

    def _are_ours(self, owners: Mapping[str, str]) -> bool:
        return all(owners.get(name) in refs for name, refs in self._owners.items())

    @staticmethod
    def _is_of(former: _Former, owners: Mapping[str, str]) -> bool:
        return former.case_ref == owners[CASE] or former.person_ref == owners[PERSON]

    def _of(self, record_type: type[R], name: str, ref: str) -> Sequence[R]:
        found = self._records.get((record_type, name))
        if found is None:
            read = row_mapper(record_type)
            by_owner: dict[str, list[Record]] = {}
            query = _records_query(record_type, name, self.scope)  # type: ignore[arg-type]  # a class is hashable; mypy sees it not of type[R]
            for record in map(read, self.connection.execute(query, self._asked)):
                by_owner.setdefault(getattr(record, name), []).append(record)
            found = self._records[record_type, name] = by_owner
        return cast("Sequence[R]", found.get(ref, ()))


def read_ahead(reading: Reading, case_refs: Sequence[str]) -> Reading:
    """Return a view in which some cases are read one after the other: the view itself, where there is one, or a server.

    Args:
        reading: The view, or a transaction in which nothing is written of the records of these cases.
        case_refs: The cases.
    """
    return ReadAhead(reading, case_refs) if reading.is_local and len(case_refs) > 1 else reading


def _is_asked_for(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether a column names one of the owners: one parameter for all, so that the statement is prepared once."""
    return is_in_list(column, text_parameter(name))


@cache
def _people_query(scope: ReadScope) -> Select[Any]:
    source = scope.source_table(Case)
    return select(source.c[PERSON]).where(_is_asked_for(source.c[CASE], CASE))


@cache
def _records_query(record_type: type[Record], name: str, scope: ReadScope) -> Select[Any]:
    """Build the query for the records of the owners, each owner's in the order in which they are listed."""
    table = scope.source_table(record_type)
    query = select(*scope.columns(record_type, table)).where(_is_asked_for(table.c[name], name))
    return query.order_by(*sort_columns(record_type, table))


@cache
def _present_tables_query(record_types: tuple[type[Record], ...], scope: ReadScope) -> CompoundSelect[Any]:
    parts: list[Select[Any]] = []
    for record_type in record_types:
        owner = scope.source_table(record_type).c[record_type.subject]
        part = select(literal_column(f"'{record_type.table}'"), owner).distinct()
        parts.append(part.where(_is_asked_for(owner, record_type.subject)))
    return union_all(*parts)


@cache
def _former_query(scope: ReadScope) -> Select[Any]:
    former = scope.former_version_table()
    said = (former.c[CASE], former.c[PERSON], former.c.table_name)
    owned = or_(*(_is_asked_for(former.c[name], name) for name in (CASE, PERSON)))
    return select(*said, func.count()).where(owned).group_by(*said)
