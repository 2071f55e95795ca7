"""Converts rows to records and back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from operator import attrgetter, itemgetter
from typing import Any, TypeVar

from sqlalchemy import Boolean, Column, ColumnElement, Date, FromClause, Text

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import ColumnKind, Record, columns_of, date_column
from ioms_desktop.domain.records.record_types import EXCHANGE_RECORD_TYPES, INTERNAL_RECORD_TYPES
from ioms_desktop.domain.search.search_terms import name_sort_key
from ioms_desktop.storage.schema.tables import BYTE_ORDERED_TEXT, table_of
from ioms_desktop.storage.schema.types import (
    DayTimeText,
    Instant,
    KeyText,
    by_code_point,
    instant_of_file,
    instant_of_json,
)

R = TypeVar("R", bound=Record)
SYSTEM_COLUMNS = ("id", "revision", "recorded_at", "recorded_by")


FIELD_NAMES: dict[type[Record], tuple[str, ...]] = {
    record_type: tuple(field.name for field in columns_of(record_type))
    for record_type in (*EXCHANGE_RECORD_TYPES, *INTERNAL_RECORD_TYPES)
}
_VALUES_READERS: dict[type[Record], Callable[[Record], tuple[Any, ...]]] = {
    record_type: attrgetter(*names) for record_type, names in FIELD_NAMES.items()
}
RECORD_COLUMNS: dict[type[Record], tuple[Column[Any], ...]] = {
    record_type: tuple(table_of(record_type).c[name] for name in (*names, *SYSTEM_COLUMNS))
    for record_type, names in FIELD_NAMES.items()
}
_BY_LANGUAGE: dict[type[Record], frozenset[str]] = {
    record_type: frozenset(
        column.name
        for column in columns
        if isinstance(column.type, Text | KeyText) and column.type is not BYTE_ORDERED_TEXT
    )
    for record_type, columns in RECORD_COLUMNS.items()
}
"""The columns that a server orders by its language, unless told otherwise."""


def field_names(record_type: type[Record]) -> tuple[str, ...]:
    """Return the names of a record type's own fields, in the order of its exchange file."""
    return FIELD_NAMES[record_type]


def record_columns(record_type: type[Record], source: FromClause | None = None) -> tuple[ColumnElement[Any], ...]:
    """Return the columns of a record type, in the order that `row_mapper` expects.

    Args:
        record_type: The record type.
        source: The view or function to read from; None for the type's own table.
    """
    return (
        RECORD_COLUMNS[record_type]
        if source is None
        else tuple(source.c[name] for name in (*FIELD_NAMES[record_type], *SYSTEM_COLUMNS))
    )


_ROW_MAPPERS: dict[type[Record], Callable[[Sequence[Any]], Any]] = {}


def row_mapper(record_type: type[R]) -> Callable[[Sequence[Any]], R]:
    """Return the function that turns a row of the selected columns into a record."""
    if record_type not in _ROW_MAPPERS:
        _ROW_MAPPERS[record_type] = _record_maker(record_type, {})
    return _ROW_MAPPERS[record_type]


_FROM_JSON: dict[type, Callable[[Any], Any]] = {
    Date: date.fromisoformat,
    DayTimeText: DayTime.parse,
    Instant: instant_of_json,
    KeyText: lambda text: text or None,
}
"""How a server writes as JSON what is no text, number or truth, by the type of the column."""
_FROM_FILE: dict[type, Callable[[Any], Any]] = {
    **_FROM_JSON,
    Boolean: bool,
    Instant: instant_of_file,
}
"""How the driver of a file gives it: the same, truth as a number, and an instant without its zone."""


@cache
def json_mapper(record_type: type[Record]) -> Callable[[Mapping[str, Any]], Record]:
    """Return the function that turns a stored row, as a server writes it as JSON, into a record."""
    make = _record_maker(record_type, _FROM_JSON)
    values = itemgetter(*FIELD_NAMES[record_type], *SYSTEM_COLUMNS)
    return lambda row: make(values(row))


@cache
def file_row_mapper(record_type: type[Record]) -> Callable[[Sequence[Any]], Record]:
    """Return the function that turns a row of a file, as its driver gives it, into a record."""
    return _record_maker(record_type, _FROM_FILE)


def _record_maker(record_type: type[R], kinds: Mapping[type, Callable[[Any], Any]]) -> Callable[[Sequence[Any]], R]:
    """Return the function that makes a record of the values of its columns, some of them converted by their type.

    It sets the fields one by one, as the class itself would. The class takes three times as long, because it is given
    every value by name.
    """
    setters = [getattr(record_type, name).__set__ for name in (*FIELD_NAMES[record_type], *SYSTEM_COLUMNS)]
    types = [type(column.type) for column in RECORD_COLUMNS[record_type]]
    converted = [(place, kinds[kind]) for place, kind in enumerate(types) if kind in kinds]
    new = object.__new__

    def make(row: Sequence[Any]) -> R:
        values = list(row)
        for place, convert in converted:
            if values[place] is not None:
                values[place] = convert(values[place])
        record = new(record_type)
        for set_field, value in zip(setters, values, strict=True):
            set_field(record, value)
        return record

    return make


def field_values(record: Record) -> dict[str, Any]:
    """Return a record's own fields by name."""
    record_type = type(record)
    return dict(zip(FIELD_NAMES[record_type], values_reader(record_type)(record), strict=True))


def column_values(record: Record) -> dict[str, Any]:
    """Return what a record's row says, without its number and who recorded it, by column."""
    fields = field_values(record)
    return {**fields, **derived_values(type(record), fields)}


def values_reader(record_type: type[Record]) -> Callable[[Record], tuple[Any, ...]]:
    """Return the function that gives a record's own fields in the order of its exchange file."""
    return _VALUES_READERS[record_type]


def derived_values(record_type: type[Record], fields: Mapping[str, Any]) -> dict[str, str]:
    """Return the stored values, besides a record's own fields, that lists sort by."""
    if record_type is Person:
        return {"name_key": name_sort_key(fields["family_name"], fields["given_names"])}
    return {}


def to_json_value(value: Any) -> Any:  # noqa: ANN401 - one of the column types
    """Convert a value for JSON."""
    if isinstance(value, DayTime):
        return value.iso_text
    return value.isoformat() if isinstance(value, date) else value


def to_json_fields(record: Record) -> dict[str, Any]:
    """Return a record's own fields, converted for JSON."""
    return {name: to_json_value(value) for name, value in field_values(record).items()}


def from_json_fields(record_type: type[R], data: dict[str, Any], **own: Any) -> R:  # noqa: ANN401 - the record's own four fields
    """Read a record from its JSON form."""
    fields: dict[str, Any] = {}
    for field in columns_of(record_type):
        value = data.get(field.name)
        if value is not None and field.kind is ColumnKind.DATE:
            value = date.fromisoformat(value)
        elif value is not None and field.kind is ColumnKind.DAY_TIME:
            value = DayTime.parse(value)
        fields[field.name] = value
    return record_type(**fields, **own)


def key_text(record: Record) -> str:
    """Write a record's key as one text."""
    return record.key_text


def changed_fields(before: Record, after: Record) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the fields that differ, before and after, converted for JSON."""
    old, new = to_json_fields(before), to_json_fields(after)
    names = [name for name in new if old[name] != new[name]]
    return {name: old[name] for name in names}, {name: new[name] for name in names}


def sort_names(record_type: type[Record]) -> tuple[str, ...]:
    """Name the columns that records of a type are sorted by: the date, then the key."""
    dated = date_column(record_type)
    return tuple(dict.fromkeys([*([dated] if dated else []), *record_type.key, "id"]))


def sort_columns(record_type: type[Record], source: FromClause | None = None) -> Iterable[ColumnElement[Any]]:
    """Return the sort order of a record type: by date, then by key, texts by code point on both databases."""
    table = table_of(record_type) if source is None else source
    by_language = _BY_LANGUAGE[record_type]
    return (by_code_point(table.c[name]) if name in by_language else table.c[name] for name in sort_names(record_type))
