"""The history of records: every version with who saved it, when, and what it changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.records.record import ColumnKind, Record, columns_of
from ioms_desktop.services.case_access import may_know_those_named, naming_known_people
from ioms_desktop.services.commands import get_visible_case
from ioms_desktop.services.labels import format_value
from ioms_desktop.services.session import Session
from ioms_desktop.storage.records.read import FormerVersion, Reading

R = TypeVar("R", bound=Record)
RECORDED, CHANGED = "recorded", "changed"
NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field that a version changed, as text; `was` is empty for what was recorded first."""

    label: str
    was: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedVersion:
    """One version of a record.

    Attributes:
        record: The record as that version says.
        act: What was done: recorded or changed.
        by: Who saved it; empty where that is not kept with the versions.
        at: When (UTC).
        changes: What it changed, in the order of the record; of the first version, what it says.
        reason: Why it was changed; empty where nothing was said, and for who reads no intelligence: it is free text.
    """

    record: Record
    act: str
    by: str
    at: datetime
    changes: tuple[FieldChange, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordHistory:
    """The versions of one record or of all of a type, the newest first.

    Attributes:
        is_partial: Whether there are earlier versions that this user may not read.
    """

    versions: tuple[SavedVersion, ...]
    is_partial: bool


def read_history(
    session: Session, case_ref: str, record_type: type[Record], record: Record | None = None
) -> RecordHistory:
    """Read the versions of the records of a type on a case, or of one of them.

    Args:
        session: Who reads; what they may not see is left out.
        case_ref: The case on which they are listed.
        record_type: The record type.
        record: The one record; None for all.

    Raises:
        NotAllowed: The user may not read cases.
        Missing: The case is not there for this user.
    """
    session.require(Right.READ_CASES)
    with session.store.begin(session.command_context(), "read_history") as tx:
        case = get_visible_case(session, tx, case_ref)
        if not may(session.role, record_type.rights.read):
            return RecordHistory(versions=(), is_partial=True)
        owner = {record_type.subject: getattr(case, record_type.subject)}
        present = [each for each in tx.list_records(record_type, **owner) if record is None or each.id == record.id]
        former = {
            number: [each for each in versions if may_know_those_named(session, tx, each.record)]
            for number, versions in _former_versions(tx, record_type, owner).items()
        }
        present = naming_known_people(session, tx, present)
    return _history_of(session, present, former)


def _former_versions(
    reading: Reading, record_type: type[R], owner: dict[str, str]
) -> dict[int, list[FormerVersion[R]]]:
    found: dict[int, list[FormerVersion[R]]] = {}
    for each in reading.list_former_versions(record_type, **owner):
        found.setdefault(each.record.id, []).append(each)
    return found


def _history_of(session: Session, present: Iterable[R], former: dict[int, list[FormerVersion[R]]]) -> RecordHistory:
    versions: list[SavedVersion] = []
    is_partial = False
    for record in present:
        if _is_hidden(session, record):
            continue
        earlier = [each for each in former.get(record.id, ()) if each.ended == "CHANGED"]
        shown = [each for each in earlier if not _is_hidden(session, each.record)]
        is_partial = is_partial or len(shown) < record.revision - 1
        versions += _versions_of(session, record, shown)
    versions.sort(key=lambda each: (each.at, each.record.id, each.record.revision), reverse=True)
    return RecordHistory(versions=tuple(versions), is_partial=is_partial)


def _is_hidden(session: Session, record: Record) -> bool:
    """Whether a version is intelligence, and not for this user."""
    marked = record.rights.intelligence
    is_intelligence = marked is not None and getattr(record, marked[0]) == marked[1]
    return is_intelligence and not may(session.role, Right.READ_INTELLIGENCE)


def _versions_of(session: Session, record: R, former: Sequence[FormerVersion[R]]) -> list[SavedVersion]:
    """Put the versions of one record in order, each with what it changed in the one before it."""
    # Who ended a version is who saved the next one; who saved the first is kept while it is the only one.
    saved_by = {each.record.revision + 1: each.record.recorded_by for each in former}
    reasons = {each.record.revision + 1: each.reason or "" for each in former}
    records = [replace(each.record, recorded_by=saved_by.get(each.record.revision, "")) for each in former]
    found: list[SavedVersion] = []
    before: Record | None = None
    for each in [*records, record]:
        at = each.recorded_at or datetime.min.replace(tzinfo=UTC)
        act = RECORDED if each.revision <= 1 else CHANGED
        changes = _changes(session, before, each)
        if changes or before is None:
            by = session.names.of(each.recorded_by)
            reason = reasons.get(each.revision, "") if may(session.role, Right.READ_INTELLIGENCE) else ""
            found.append(SavedVersion(record=each, act=act, by=by, at=at, changes=changes, reason=reason))
        before = each
    return found


def _changes(session: Session, before: Record | None, after: Record) -> tuple[FieldChange, ...]:
    masked = "" if may(session.role, Right.READ_INTELLIGENCE) else after.rights.masked
    withheld = frozenset(after.rights.withheld) if _reads_facts_only(session) else frozenset()
    found = []
    for column in columns_of(type(after)):
        if column.kind is ColumnKind.REF or not column.shown or column.name == masked or column.name in withheld:
            continue
        was = "" if before is None else format_value(session, column, column.value_of(before))
        now = format_value(session, column, column.value_of(after))
        if was != now:
            found.append(FieldChange(label=column.label, was=was, now=now))
    return tuple(found)


def _reads_facts_only(session: Session) -> bool:
    """Whether a server shows this user former versions without their words, which would look emptied."""
    return session.store.case_gate is not None and not may(session.role, Right.READ_INTELLIGENCE)
