"""Rows of any record type as raw SQL takes them, with the values that a record must have, and how one is named."""

# ruff: noqa: S608 - names of our own
import json
import tomllib
from datetime import date
from functools import cache

import psycopg

from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.concerns_and_decisions import Decision, Proposal
from ioms_desktop.domain.records.record import ColumnKind, Record, columns_of
from ioms_desktop.domain.records.workers.case_workers import CaseWorker
from ioms_desktop.paths import resource
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
            value = codes_of(column.codes)[0] if column.kind is ColumnKind.CODE else VALUES.get(column.kind)
            row[column.name] = OWNERS.get(column.owner) or value or f"{mark}-{record_type.table}"
    if record_type is Case:
        return row | {"programme": "IOM", "status": "REFERRED"}
    if record_type is CaseWorker and mark != "OLD":  # of a role that nobody holds
        row["worker_role"] = codes_of("worker_role")[1]
    if record_type is Proposal:
        row |= {"proposed_by": who, "status": "PROPOSED"}
    return row | ({"decision": "HOLD"} if record_type in {Proposal, Decision} else {})


@cache
def codes_of(code_list: str) -> tuple[str, ...]:
    """Return the codes of a list, as it is shipped."""
    shipped = tomllib.loads(resource("reference", f"{code_list}.toml").read_text(encoding="utf-8"))
    return tuple(str(each["code"]) for each in shipped["code"])


def ask_for_number(psql: psycopg.Connection, row: dict[str, object]) -> None:
    """Have it put on record that somebody's number is asked for, as a server wants it before the row is written."""
    if "number" in row:
        psql.execute("SELECT ask_numbers(%s::jsonb)", (json.dumps({row["kind"]: row["number"]}),))


def insert_sql(record_type: type[Record], row: dict[str, object]) -> str:
    """Write the statement that adds such a row."""
    return f"INSERT INTO {record_type.table} ({', '.join(row)}) VALUES ({', '.join(f'%({name})s' for name in row)})"


def read_row(table: str, ref: str) -> str:
    """Write the condition by which somebody changes a row: its number, read through the function of its table."""
    return f"id = (SELECT id FROM read_{table}(refs => ARRAY['{ref}']))"
