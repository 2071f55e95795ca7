"""Rows of a list copied to the clipboard: an export like any other, guarded against formulas and put on record."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.exchange.text import guard_formula
from ioms_desktop.services.case_access import refuse_under_break_glass
from ioms_desktop.services.session import Session
from ioms_desktop.storage import access_lists
from ioms_desktop.storage.bulk.write import log_people
from ioms_desktop.storage.queries.today import today_case_headers
from ioms_desktop.storage.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRows:
    """Rows to be copied as they are shown.

    Attributes:
        title: The name of the list.
        columns: The titles of the columns.
        cells: The texts of each row.
        subjects: What they are about, from `subjects_of`.
    """

    title: str
    columns: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    subjects: frozenset[tuple[str | None, str | None]] = frozenset()


@runtime_checkable
class _AboutPerson(Protocol):
    person_ref: str | None


@runtime_checkable
class _AboutCase(Protocol):
    case_ref: str | None


def subjects_of(rows: Iterable[object]) -> frozenset[tuple[str | None, str | None]]:
    """Return what rows are about, as far as they say so: the references of a person and of a case."""
    return frozenset(
        (
            row.person_ref if isinstance(row, _AboutPerson) else None,
            row.case_ref if isinstance(row, _AboutCase) else None,
        )
        for row in rows
    )


def copy_rows(session: Session, command: CopyRows) -> str:
    """Put on record that rows are copied, and give them as text: a line each, their cells separated by tabs.

    Raises:
        NotAllowed: The user sees one of the cases by break-glass access only.
        Refused: It cannot be recorded; nothing is to be copied then.
    """
    refuse_rows_under_break_glass(session, {case for _, case in command.subjects if case})
    detail = {"copied": command.title, "rows": len(command.cells), "columns": list(command.columns)}
    act = replace(session.command_context(), request="")  # to record it twice does no harm
    with session.store.begin(act, "copy_rows") as tx:
        log_disclosed_rows(tx, command.title, detail, command.subjects)
    return "\n".join("\t".join(_cell(text) for text in row) for row in command.cells)


def refuse_rows_under_break_glass(session: Session, case_refs: Iterable[str]) -> None:
    """Refuse rows of which one is about a case that the user sees only by break-glass access.

    Raises:
        NotAllowed: The glass is broken.
    """
    if not may(session.role, Right.READ_CASES):
        return
    with session.store.read() as reading:
        opened = set(access_lists.cases_open_by_break_glass(reading, session.user, session.clock()))
        for ref in sorted(opened.intersection(case_refs)):
            refuse_under_break_glass(session, reading, ref)


def log_disclosed_rows(
    tx: Transaction, title: str, detail: dict[str, Any], subjects: Iterable[tuple[str | None, str | None]]
) -> None:
    """Write one entry for each person whom rows are about, or one for the list where they are about nobody.

    Args:
        tx: The transaction.
        title: The name of the list.
        detail: The detail of each entry.
        subjects: As for `CopyRows`.
    """
    persons = {person for person, _ in subjects if person}
    cases = {case for person, case in subjects if case and not person}
    if cases:
        persons |= {header.person_ref for header in today_case_headers(tx, cases).values()}
    if persons:
        log_people(tx, "DISCLOSURE", detail, persons)
    else:
        tx.log("DISCLOSURE", object_type="list", object_ref=title, subject_ref=None, detail=detail)


def _cell(text: str) -> str:
    return guard_formula(" ".join(text.split()))
