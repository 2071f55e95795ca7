"""Rows of any record type as raw SQL takes them, with the values that a record must have."""

# ruff: noqa: S608 - names of our own
from datetime import date

from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.concerns_and_decisions import Decision, Proposal
from ioms_desktop.domain.records.record import ColumnKind, Record, columns_of
from sessions import NOW

VALUES: dict[ColumnKind, object] = {
    ColumnKind.DATE: date(2026, 10, 5),
    ColumnKind.DAY_TIME: "2026-10-05",
    ColumnKind.YES_NO: True,
    ColumnKind.WHOLE: 1,
}
"""A value of each kind; of any other kind it is a text."""
OWNERS = {"people": "P-JM", "cases": "PHX-1", "offers": "O-1"}


def row_of(record_type: type[Record], mark: str, who: str) -> dict[str, object]:
    """Make a record of any type, with the values that it must have, on the case PHX-1 or its person."""
    row: dict[str, object] = {"revision": 1, "recorded_at": NOW, "recorded_by": who}
    for column in columns_of(record_type):
        if column.required or column.name == record_type.subject:
            row[column.name] = OWNERS.get(column.owner) or VALUES.get(column.kind) or f"{mark}-{record_type.table}"
    if record_type is Case:
        return row | {"programme": "IOM", "status": "REFERRED"}
    if record_type is Proposal:
        row |= {"proposed_by": who, "status": "PROPOSED"}
    return row | ({"decision": "HOLD"} if record_type in {Proposal, Decision} else {})


def insert_sql(record_type: type[Record], row: dict[str, object]) -> str:
    """Write the statement that adds such a row."""
    return f"INSERT INTO {record_type.table} ({', '.join(row)}) VALUES ({', '.join(f'%({name})s' for name in row)})"
