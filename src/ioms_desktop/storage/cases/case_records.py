"""Reads the records of one case and of its person in one question, in a file as on a server."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    literal_column,
    select,
    union_all,
)

from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.domain.records.record import Record
from ioms_desktop.storage.records.read import Reading, former_tables_query
from ioms_desktop.storage.records.read_scope import ReadScope
from ioms_desktop.storage.records.row_mapping import file_row_mapper, json_mapper, record_columns, sort_names
from ioms_desktop.storage.schema.plain_text import as_text, ask_driver
from ioms_desktop.storage.schema.tables import former_version, table_of
from ioms_desktop.storage.schema.types import Instant, text_parameter

CaseRecords = Mapping[type[Record], Sequence[Any]]
"""The records of a case and of its person by type, each type in the order of `Reading.list_records`."""
Row = Sequence[Any]
_FORMER = former_version.name
_ELSEWHERE = "documents of other cases"
"""How the rows of these two are named among those of the tables."""
ON_SERVER = "SELECT its_table, json_agg(content) FROM read_case(%(case_ref)s, %(person_ref)s) AS r GROUP BY its_table"
"""One row a table: the driver takes as long for a row as for a record in one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseContent:
    """What is read of a case at once.

    Attributes:
        records: Its records and its person's.
        corrected: The tables in which one of these has a previous version.
        documents_elsewhere: The person's documents that were added on other cases, as a server gives them through this
            one; None in a file, where the program finds them.
    """

    records: CaseRecords
    corrected: frozenset[str]
    documents_elsewhere: Sequence[Document] | None = None


def read_case_content(reading: Reading, case: Case, record_types: tuple[type[Record], ...]) -> CaseContent:
    """Read the records of a case and of its person, and which of their tables have previous versions.

    Args:
        reading: Where to read; the case is open there.
        case: The case, read in the same transaction.
        record_types: Of which types; each belongs to a case or a person, and is one that the user reads.
    """
    owners = {"case_ref": case.case_ref, "person_ref": case.person_ref}
    if reading.scope.is_opened and not reading.scope.facts_only:
        return _of_server(reading, owners, record_types)
    if reading.is_local and not reading.is_read_ahead:
        return _of_file(reading, owners, record_types)
    present = reading.types_with_records(record_types, **owners)  # a case has none of most
    records = {
        each: reading.list_records(each, **{each.subject: owners[each.subject]}) if each in present else []
        for each in record_types
    }
    return CaseContent(records=records, corrected=reading.tables_with_former_versions(**owners))


def _of_server(reading: Reading, owners: dict[str, str], record_types: tuple[type[Record], ...]) -> CaseContent:
    found = dict(ask_driver(reading.connection, ON_SERVER, owners))
    elsewhere = map(json_mapper(Document), found.get(_ELSEWHERE, ()))
    return CaseContent(
        records={each: _records(each, found.get(each.table)) for each in record_types},
        corrected=frozenset(found.get(_FORMER, ())),
        documents_elsewhere=[each for each in elsewhere if isinstance(each, Document)],
    )


def _records(record_type: type[Record], rows: list[dict[str, Any]] | None) -> list[Record]:
    if not rows:
        return []
    return list(map(json_mapper(record_type), sorted(rows, key=_order(record_type))))  # type: ignore[arg-type]  # a class is hashable; mypy sees it not of type[Record]


@cache
def _order(record_type: type[Record]) -> Callable[[dict[str, Any]], Any]:
    """Return the key by which rows are put in order as a statement would: by day, then by key.

    Raises:
        TypeError: The type is sorted by an instant, which a server writes in more than one way.
    """
    names = sort_names(record_type)
    if any(isinstance(table_of(record_type).c[name].type, Instant) for name in names):
        raise TypeError(record_type)
    return itemgetter(*names)


class _FileQuestion(NamedTuple):
    """What a file is asked, and how the rows of a table become records."""

    statement: str
    readers: Mapping[type[Record], Callable[[list[Row]], list[Record]]]


def _of_file(reading: Reading, owners: dict[str, str], record_types: tuple[type[Record], ...]) -> CaseContent:
    question = _file_question(reading.scope, record_types)
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in ask_driver(reading.connection, question.statement, owners):
        found[row[0]].append(row)
    return CaseContent(
        records={
            each: read(found[each.table]) if each.table in found else [] for each, read in question.readers.items()
        },
        corrected=frozenset(row[1] for row in found[_FORMER]),
    )


@cache
def _file_question(scope: ReadScope, record_types: tuple[type[Record], ...]) -> _FileQuestion:
    """Ask for the rows of all tables in one statement: each has as many columns as the widest, the rest empty."""
    sources = {each: scope.source_table(each, each.subject) for each in record_types}
    columns = {each: scope.columns(each, source) for each, source in sources.items()}
    width = max(map(len, columns.values()))
    parts: list[Select[Any]] = []
    for each, source in sources.items():
        owned = source.c[each.subject] == text_parameter(each.subject)
        parts.append(_part(each.table, columns[each], width).where(owned))
    former = former_tables_query(("case_ref", "person_ref"), scope).subquery()
    parts.append(_part(_FORMER, [former.c.table_name], width))
    return _FileQuestion(as_text(union_all(*parts)), {each: _row_reader(each) for each in record_types})


def _part(name: str, columns: Sequence[ColumnElement[Any]], width: int) -> Select[Any]:
    empty: list[ColumnElement[Any]] = [literal_column("NULL")] * (width - len(columns))
    return select(literal_column(f"'{name}'"), *columns, *empty)


def _row_reader(record_type: type[Record]) -> Callable[[list[Row]], list[Record]]:
    """Return the function that turns the rows of a table into its records, in the order of a statement for it alone."""
    names = [column.name for column in record_columns(record_type)]
    places = [names.index(name) + 1 for name in sort_names(record_type)]
    read, end = file_row_mapper(record_type), len(names) + 1  # type: ignore[arg-type]  # as above
    order = itemgetter(*places)
    return lambda rows: [read(row[1:end]) for row in sorted(rows, key=order)]
