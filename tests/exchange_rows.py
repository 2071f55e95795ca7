"""Exchange rows as records and histories, without a database: the input of both readings of the policy."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.policy.case_facts import CaseFacts
from ioms_desktop.domain.policy.case_history import RecordVersion, build_case_history
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.record import Column, ColumnKind, Record, columns_of
from ioms_desktop.domain.records.record_types import EXCHANGE_RECORD_TYPES

Row = dict[str, str]
Tables = dict[str, list[Row]]


def value(column: Column, text: str) -> Any:  # noqa: ANN401 - one of the column's own types
    """Read a valid cell."""
    if text == "":
        return None
    if column.kind is ColumnKind.DATE:
        return date.fromisoformat(text)
    if column.kind is ColumnKind.DAY_TIME:
        return DayTime.parse(text)
    if column.kind is ColumnKind.YES_NO:
        return text == "yes"
    return int(text) if column.kind is ColumnKind.WHOLE else text


def record(noun: type[Record], row: Row) -> Record:
    """Read a valid row."""
    return noun(**{column.name: value(column, row.get(column.name, "")) for column in columns_of(noun)})


def case_history(sets: Sequence[Tables], case_ref: str, corrected_on: date) -> tuple[CaseFacts, ...]:
    """Return one case's history from successive states of its tables, each recorded a minute after the one before."""
    start = datetime(corrected_on.year, corrected_on.month, corrected_on.day, 9, tzinfo=UTC)
    versions: dict[type[Record], list[RecordVersion]] = {noun: [] for noun in EXCHANGE_RECORD_TYPES}
    person = next(row["person_ref"] for row in sets[-1]["cases"] if row["case_ref"] == case_ref)
    for noun in EXCHANGE_RECORD_TYPES:
        owner, ref = ("person_ref", person) if noun.subject == "person_ref" else ("case_ref", case_ref)
        spans: dict[tuple[Any, ...], list[tuple[Record, int]]] = {}
        for number, tables in enumerate(sets):
            for row in tables.get(noun.table, []):
                if row[owner] == ref:
                    each = record(noun, row)
                    seen = spans.setdefault(each.identity, [])
                    if not seen or seen[-1][0] != each:
                        seen.append((each, number))
        for seen in spans.values():
            ends = [number for _, number in seen[1:]]
            for (each, number), until in zip(seen, [*ends, None], strict=True):
                since = start + timedelta(minutes=number)
                versions[noun].append(
                    RecordVersion(each, since, None if until is None else start + timedelta(minutes=until))
                )
    assert versions[Case], case_ref
    return build_case_history(versions)
