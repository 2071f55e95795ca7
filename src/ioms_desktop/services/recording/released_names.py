"""Records that name another one only as long as it stands: an appointment names the contact that came of it.

When the contact is struck out, the appointment is without an outcome again; when it is put back, it is named again
unless the appointment was changed since. The day on a case on which its IOM letter was served follows likewise.
"""

from collections.abc import Iterator
from dataclasses import replace

from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.record import Column, Record, columns_of
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.services.records.letter_days import follow_letter
from ioms_desktop.storage.transaction import Transaction


def release_names(tx: Transaction, struck_out: Record) -> None:
    """Empty the columns that name a record about to be struck out and need not keep it."""
    for other, column in _releasing(type(struck_out)):
        for each in tx.list_records(other, **{column.name: struck_out.key_text}):
            tx.save(_with(each, column, None))
    follow_letter(tx, struck_out, None)


def name_again(tx: Transaction, case: Case, restored: Record) -> None:
    """Name a record again that was put back, where nothing was changed since it was released."""
    for other, column in _releasing(type(restored)):
        owner = {other.subject: getattr(case, other.subject)}
        released = {
            (former.record.id, former.record.revision + 1)
            for former in tx.list_former_versions(other, **owner)
            if column.value_of(former.record) == restored.key_text
        }
        for each in tx.list_records(other, **owner):
            if (each.id, each.revision) in released and column.value_of(each) is None:
                tx.save(_with(each, column, restored.key_text))
    follow_letter(tx, None, restored)


def _with(record: Record, column: Column, value: str | None) -> Record:
    named: dict[str, str | None] = {column.name: value}
    return replace(record, **named)  # type: ignore[arg-type]  # a REF column holds a text


def _releasing(struck_out: type[Record]) -> Iterator[tuple[type[Record], Column]]:
    for other in RECORD_TYPE_BY_TABLE.values():
        yield from (
            (other, column) for column in columns_of(other) if column.released and column.owner == struck_out.table
        )
