"""A record of any type with every column filled, made from its declaration."""

from datetime import date
from typing import Any

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.record import Column, ColumnKind, Record, columns_of


def sample_record(record_type: type[Record], lists: CodeLists, on: date, **references: str) -> Record:
    """Return a record dated on a day, with the references given and all others invented."""
    values = {column.name: _sample_value(column, lists, on) for column in columns_of(record_type)}
    owned = {name: value for name, value in references.items() if name in values}
    filled: dict[str, Any] = {**values, **owned}
    return record_type(**filled)


def _sample_value(column: Column, lists: CodeLists, on: date) -> object:
    if column.kind is ColumnKind.CODE:
        return lists.of(column.codes).offered(on)[0].code
    return {
        ColumnKind.REF: "REF-1",
        ColumnKind.TEXT: f"Some words on {column.name}",
        ColumnKind.LONG_TEXT: f"Some more words\non {column.name}",
        ColumnKind.DATE: on,
        ColumnKind.DAY_TIME: DayTime(on),
        ColumnKind.YES_NO: True,
        ColumnKind.WHOLE: column.low,
        ColumnKind.NUMBER: "12.5",
    }[column.kind]
