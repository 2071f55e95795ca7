"""Records that name another one only as long as it stands: an appointment names the contact that came of it.

When the contact is struck out, the appointment is without an outcome again, and an action that follows from it stays
without it; when it is put back, it is named again unless the appointment or the action was changed since. The day on a
case on which its IOM letter was served follows likewise.
"""

from collections.abc import Iterator
from dataclasses import replace

from ioms_desktop.domain.errors import BuiltUpon
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.leaving.exits import TRANSITION, CaseExit
from ioms_desktop.domain.records.record import Column, ColumnKind, Record, columns_of
from ioms_desktop.domain.records.record_types import NOT_STRUCK_OUT, RECORD_TYPE_BY_TABLE
from ioms_desktop.domain.text_format import format_day
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


def refuse_if_named(tx: Transaction, case: Case, record: Record) -> None:
    """Refuse to strike out what another record names; an answered proposal keeps saying what it came to.

    Raises:
        BuiltUpon: Another record names it.
    """
    own = type(record).key[0]
    if len(type(record).key) > 1:
        return
    for other, column in _naming(own):
        owned = tx.list_records(other, **{other.subject: getattr(case, other.subject)})
        naming = [each for each in owned if getattr(each, column) == record.key_text]
        if naming:
            raise BuiltUpon(
                f"{other.label} {naming[0].key_text} names it. Nothing was changed; correct that one first."
            )


def refuse_proposed_plan(case: Case, record: Record) -> None:
    """Refuse to strike out the plan of a proposal that stands: the case goes on saying that it was proposed.

    Raises:
        BuiltUpon: A transition to adult services was proposed with it.
    """
    is_plan = isinstance(record, CaseExit) and record.kind == TRANSITION
    if is_plan and case.transition_proposed_on is not None:
        raise BuiltUpon(
            f"It was proposed on {format_day(case.transition_proposed_on)} for adult services. Nothing was changed; "
            "correct the plan instead."
        )


def _naming(own: str) -> Iterator[tuple[type[Record], str]]:
    """Name the columns in which records name another one by the column of its key."""
    for other in RECORD_TYPE_BY_TABLE.values():
        if other not in NOT_STRUCK_OUT and own not in other.key:
            named = (column for column in columns_of(other) if column.name == own and not column.released)
            yield from ((other, column.name) for column in named)


def refuse_without_named(tx: Transaction, record: Record) -> None:
    """Refuse to put a record back that names one that was struck out itself.

    Raises:
        BuiltUpon: What it names was entered in error.
    """
    for column in columns_of(type(record)):
        named = getattr(record, column.name)
        if column.kind is ColumnKind.REF and column.owner not in ("", "people", "cases") and named:
            owner = RECORD_TYPE_BY_TABLE[column.owner]
            if tx.find(owner, named) is None:
                raise BuiltUpon(
                    f"{owner.label} {named}, which it names, was entered in error. Nothing was changed; put that "
                    "back first."
                )


def _with(record: Record, column: Column, value: str | None) -> Record:
    named: dict[str, str | None] = {column.name: value}
    return replace(record, **named)  # type: ignore[arg-type]  # a REF column holds a text


def _releasing(struck_out: type[Record]) -> Iterator[tuple[type[Record], Column]]:
    for other in RECORD_TYPE_BY_TABLE.values():
        for column in columns_of(other):
            if column.released and struck_out.table in {column.owner, column.names}:
                yield other, column
