"""Reads the records of one case and of its person: a server gives them in one call."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, select

from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.record import Record
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.row_mapping import json_mapper, sort_names
from ioms_desktop.storage.schema.read_functions import case_content
from ioms_desktop.storage.schema.tables import table_of
from ioms_desktop.storage.schema.types import Instant

CaseRecords = Mapping[type[Record], Sequence[Any]]
"""The records of a case and of its person by type, each type in the order of `Reading.list_records`."""


def read_case_records(reading: Reading, case: Case, record_types: tuple[type[Record], ...]) -> CaseRecords:
    """Read the records of a case and of its person.

    Args:
        reading: Where to read; the case is open there.
        case: The case, read in the same transaction.
        record_types: Of which types; each belongs to a case or a person, and is one that the user reads.
    """
    owners = {"case_ref": case.case_ref, "person_ref": case.person_ref}
    if reading.scope.is_opened and not reading.scope.facts_only:
        return _read_at_once(reading, owners, record_types)
    present = reading.types_with_records(record_types, **owners)  # a case has none of most
    return {
        each: reading.list_records(each, **{each.subject: owners[each.subject]}) if each in present else []
        for each in record_types
    }


def _read_at_once(reading: Reading, owners: dict[str, str], record_types: tuple[type[Record], ...]) -> CaseRecords:
    found: dict[str, list[dict[str, Any]]] = {each.table: [] for each in record_types}
    for table, content in reading.connection.execute(_query(), owners):
        if table in found:
            found[table].append(content)
    return {each: _records(each, found[each.table]) for each in record_types}


def _records(record_type: type[Record], rows: list[dict[str, Any]]) -> list[Record]:
    if not rows:
        return []
    return list(map(json_mapper(record_type), sorted(rows, key=_order(record_type))))  # type: ignore[arg-type]  # a class is hashable; mypy sees it not of type[Record]


@cache
def _query() -> Select[Any]:
    content = case_content()
    return select(content.c.its_table, content.c.content)


@cache
def _order(record_type: type[Record]) -> Callable[[dict[str, Any]], Any]:
    """Return the key by which rows are put in order as a statement would: by day, then by key, nothing last.

    Raises:
        TypeError: The type is sorted by an instant, which a server writes in more than one way.
    """
    names = sort_names(record_type)
    if any(isinstance(table_of(record_type).c[name].type, Instant) for name in names):
        raise TypeError(record_type)
    return lambda row: [(row[name] is None, "" if row[name] is None else row[name]) for name in names]
