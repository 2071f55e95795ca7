"""Correct what was entered in error: strike a record out, move it to the case it belongs to, or put it back.

A record that is struck out leaves its table, so that it counts nowhere: in no rule, list, figure, search or paper. Its
last version stays, with who struck it out, when and why. Who recorded it or a supervisor may do so; a server sees to
that itself (migration 0025).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from ioms_desktop.domain.access.roles import Right, Role, may
from ioms_desktop.domain.errors import (
    AlreadyDone,
    BuiltUpon,
    ConflictingValues,
    Duplicate,
    Missing,
    MissingReason,
    NotAllowed,
    Stale,
)
from ioms_desktop.domain.records.cases import Action, Case
from ioms_desktop.domain.records.engagement import Contact, Offer
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.domain.records.record import Record, day_of
from ioms_desktop.domain.records.record_types import MOVABLE_PREFIXES, NOT_STRUCK_OUT, RECORD_TYPE_BY_TABLE
from ioms_desktop.services.case_access import may_know_those_named, refuse_under_break_glass
from ioms_desktop.services.commands import (
    add_record,
    clean_entry,
    get_visible_case,
    get_writable_case,
    new_ref,
    refuse_control_arm,
    run_command,
)
from ioms_desktop.services.edit_conflicts import RECORD_NOT_FOUND_MESSAGE
from ioms_desktop.services.labels import format_instant
from ioms_desktop.services.recording.record_checks import refuse_invalid
from ioms_desktop.services.recording.released_names import (
    name_again,
    refuse_if_named,
    refuse_proposed_plan,
    refuse_without_named,
    release_names,
)
from ioms_desktop.services.records.alert_changes import read_open_alerts, with_alerts
from ioms_desktop.services.records.moved_entries import as_told, is_moved, moving_reason
from ioms_desktop.services.records.readable import may_read
from ioms_desktop.services.session import Outcome, Session, topics_of
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.struck_out import StruckOutVersion, struck_out_of, was_recorded_first_by
from ioms_desktop.storage.transaction import Transaction

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True, kw_only=True)
class StrikeOut:
    """A record to strike out.

    Attributes:
        case_ref: The case it was opened on.
        key_text: Its key.
        revision: The one read.
        reason: Why it is an error.
    """

    request: str
    case_ref: str
    table: str
    key_text: str
    revision: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRecord:
    """A record to move to the case it belongs to; the rest as in `StrikeOut`."""

    request: str
    case_ref: str
    table: str
    key_text: str
    revision: int
    to_case_ref: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreStruckOut:
    """A record to put back as it was; `record_id` is the number that it had."""

    request: str
    case_ref: str
    table: str
    record_id: int


@dataclass(frozen=True, slots=True)
class StruckOutEntry:
    """A record that was struck out.

    Attributes:
        record: What it said.
        by: The login of who struck it out.
        at: When (UTC); for an imported one, when it was imported.
        reason: Why.
        is_moved: Whether it stands on another case now.
        is_withheld: Whether what it said is about somebody else and not for this user; the record is then a stub.
    """

    record: Record
    by: str
    at: datetime
    reason: str
    is_moved: bool = False
    is_withheld: bool = False


def strike_out(session: Session, entry: StrikeOut) -> Outcome:
    """Strike a record out.

    Raises:
        MissingReason: Nothing was said of why.
        NotAllowed: It is not this user's to strike out, or they see the case by break-glass access only.
        Missing: The case or the record is not there for this user.
        AlreadyDone: It was struck out before.
        Stale: Someone else saved it since it was read.
        BuiltUpon: Another record names it.
    """
    record_type, reason = _type_of(entry.table), _clean_reason(entry.reason)

    def do(tx: Transaction) -> Outcome:
        case = get_visible_case(session, tx, entry.case_ref)
        before = read_open_alerts(session, tx, case.case_ref, record_type)
        record = take_out(session, tx, replace(entry, reason=reason))
        notice = (
            f"{record_type.label} taken out as entered in error. It no longer counts; the history keeps your reason."
        )
        outcome = Outcome(notice=notice, changed=topics_of(record_type), ref=record.key_text)
        return with_alerts(session, tx, outcome, before, record_type)

    return run_command(session, "strike_out", record_type.rights.add, entry.request, do, reason_text=reason)


def move_record(session: Session, entry: MoveRecord) -> Outcome:
    """Strike a record out here and record it, with its own date, on the case it belongs to, in one act.

    Raises:
        MissingReason: Nothing was said of why.
        ConflictingValues: It is that case's already.
        Duplicate: That case has a record of this key.
        Refused: As `strike_out`, or that case takes no such record.
    """
    record_type, reason = _type_of(entry.table), _clean_reason(entry.reason)
    if record_type not in MOVABLE_PREFIXES:
        raise NotAllowed(
            f"{record_type.label} cannot be moved to another case. Nothing was changed; mark it as entered in error, "
            "and record it on the other case."
        )

    def do(tx: Transaction) -> Outcome:
        if entry.to_case_ref == entry.case_ref:
            raise ConflictingValues(
                "It is already on this case. Nothing was changed; choose the other case.", field="to_case_ref"
            )
        case, record = _get_own_record(session, tx, entry)
        target = get_writable_case(session, tx, entry.to_case_ref, day_of(record) or session.today())
        if record_type is Offer:
            refuse_control_arm(tx, target)
        moved = _on_case(record, target)
        if tx.find(record_type, *moved.identity) is not None:
            raise Duplicate(
                f"Case {target.case_ref} has such a record already. Nothing was changed; correct that one instead.",
                field="to_case_ref",
            )
        here, there = (read_open_alerts(session, tx, each.case_ref, record_type) for each in (case, target))
        release_names(tx, record)
        tx.strike_out(record, moving_reason(target.case_ref, reason))
        added = add_record(tx, moved)
        left = (
            " The offer that it named stays here."
            if getattr(record, "offer_ref", None) and record_type is Contact
            else ""
        )
        notice = f"{record_type.label} moved to case {target.case_ref}.{left}"
        outcome = Outcome(notice=notice, changed=topics_of(record_type), ref=added.key_text)
        outcome = with_alerts(session, tx, outcome, here, record_type)
        return with_alerts(session, tx, outcome, there, record_type)

    words = f"Moved from case {entry.case_ref} ({entry.key_text}): {reason}"
    return run_command(session, "move_record", record_type.rights.add, entry.request, do, reason_text=words)


def restore_struck_out(session: Session, entry: RestoreStruckOut) -> Outcome:
    """Put a record back that was struck out, as it was.

    Raises:
        NotAllowed: It is not this user's to put back, or they see the case by break-glass access only.
        Missing: Nothing like it was struck out on this case.
        Duplicate: It was recorded again since.
        BuiltUpon: What it names is struck out itself, or it was moved to another case.
        InvalidRecord: What was recorded since excludes it.
    """
    record_type = _type_of(entry.table)

    def do(tx: Transaction) -> Outcome:
        case = get_visible_case(session, tx, entry.case_ref)
        before = read_open_alerts(session, tx, case.case_ref, record_type)
        stored = put_back(session, tx, case, entry)
        notice = f"{record_type.label} put back as it was."
        outcome = Outcome(notice=notice, changed=topics_of(record_type), ref=stored.key_text)
        return with_alerts(session, tx, outcome, before, record_type)

    return run_command(session, "restore_struck_out", record_type.rights.add, entry.request, do)


def take_out(session: Session, tx: Transaction, entry: StrikeOut) -> Record:
    """Strike a record out within a command that does more; it refuses what `strike_out` refuses."""
    case, record = _get_own_record(session, tx, entry)
    refuse_proposed_plan(case, record)
    release_names(tx, record)
    tx.strike_out(record, entry.reason)
    return record


def put_back(
    session: Session, tx: Transaction, case: Case, entry: RestoreStruckOut, *, undoes_move: bool = False
) -> Record:
    """Put a record back within a command that does more; it refuses what `restore_struck_out` refuses.

    Args:
        case: The case it was on, which the user sees.
        undoes_move: Whether the same command takes it from the case to which it was moved.
    """
    record_type = _type_of(entry.table)
    refuse_under_break_glass(session, tx, entry.case_ref)
    gone = _readable(session, tx, case)
    found = next((each for each in gone if _names(each.record, record_type, entry.record_id)), None)
    if found is None:
        raise Missing("No such record is marked as entered in error here. Nothing was changed; reload the list.")
    record = found.record
    if is_moved(found.reason) and not undoes_move:
        raise BuiltUpon("It is on another case now. Nothing was changed; move it back from there.")
    if found.by != session.user:
        _refuse_of_another(session, tx, record)
    if tx.find(record_type, *record.identity) is not None:
        raise Duplicate(f"{record_type.label} was recorded again since. Nothing was changed; correct that one instead.")
    refuse_without_named(tx, record)
    if record_type is CustodySpell:  # what was recorded since may overlap it; all else was accepted once
        refuse_invalid(session, tx, record)
    stored = tx.put_back(record, found.number)
    name_again(tx, case, stored)
    return stored


def list_struck_out(session: Session, case_ref: str) -> tuple[StruckOutEntry, ...]:
    """List what was struck out on a case and of its person, the newest first, as far as the user may read it.

    Raises:
        NotAllowed: The user may not read cases.
        Missing: The case is not there for this user.
    """
    session.require(Right.READ_CASES)
    with session.store.read() as reading:
        case = get_visible_case(session, reading, case_ref)
        return tuple(_entry(session, each) for each in _readable(session, reading, case))


def _entry(session: Session, found: StruckOutVersion) -> StruckOutEntry:
    record, reason, withheld = as_told(session, found.record, found.reason)
    return StruckOutEntry(record, found.by, found.at, reason, is_moved(found.reason), withheld)


def may_correct(session: Session, record: Record) -> bool:
    """Whether this user may strike a record out or move it, as far as can be said before they try."""
    if type(record) in NOT_STRUCK_OUT or not may(session.role, record.rights.add):
        return False
    if isinstance(record, Action) and record.is_access_review:
        return False
    if session.role is Role.SUPERVISOR:
        return True
    if record.revision == 1:
        return record.recorded_by == session.user
    with session.store.read() as reading:
        return was_recorded_first_by(reading, record, session.user)


def _type_of(table: str) -> type[Record]:
    record_type = RECORD_TYPE_BY_TABLE.get(table)
    if record_type is None or record_type in NOT_STRUCK_OUT:
        what = table if record_type is None else record_type.label
        raise NotAllowed(f"{what} cannot be marked as entered in error here. Nothing was changed.")
    return record_type


def _clean_reason(reason: str) -> str:
    cleaned = clean_entry(reason, "reason")
    if not cleaned:
        raise MissingReason("Say in a few words why this is an error. Nothing was changed.", field="reason")
    return cleaned


def _get_own_record(session: Session, tx: Transaction, entry: StrikeOut | MoveRecord) -> tuple[Case, Record]:
    """Return the case and its record, which this user may strike out and which is as they read it."""
    record_type = _type_of(entry.table)
    case = get_visible_case(session, tx, entry.case_ref)
    refuse_under_break_glass(session, tx, entry.case_ref)
    owner = record_type.subject
    listed = tx.list_records(record_type, **{owner: getattr(case, owner)})
    record = next((each for each in listed if each.key_text == entry.key_text), None)
    if record is None or not may_read(session, record) or not may_know_those_named(session, tx, record):
        raise _not_there(session, tx, case, entry)
    if isinstance(record, Action) and record.is_access_review:
        raise NotAllowed("A review of restricted record access is answered, not taken out. Nothing was changed.")
    _refuse_of_another(session, tx, record)
    if record.revision != entry.revision:
        raise Stale(f"{session.names.of(record.recorded_by)} saved this since. Nothing was changed; read it again.")
    refuse_if_named(tx, case, record)
    return case, record


def _not_there(session: Session, tx: Transaction, case: Case, entry: StrikeOut | MoveRecord) -> Missing | AlreadyDone:
    for each in _readable(session, tx, case):
        if each.record.table == entry.table and each.record.key_text == entry.key_text:
            return AlreadyDone(
                f"{session.names.of(each.by)} marked this as entered in error on {format_instant(each.at)} "
                f"({each.reason}). Nothing more was changed."
            )
    return Missing(RECORD_NOT_FOUND_MESSAGE)


def _refuse_of_another(session: Session, reading: Reading, record: Record) -> None:
    if session.role is not Role.SUPERVISOR and not was_recorded_first_by(reading, record, session.user):
        raise NotAllowed(
            "Only the person who recorded this, or a supervisor, may correct it. Nothing was changed; ask one of them."
        )


def _on_case(record: R, target: Case) -> R:
    """Return a record as it is to be on another case: with a reference of its own, and without this case's offer."""
    prefix = MOVABLE_PREFIXES[type(record)]
    values: dict[str, Any] = {"case_ref": target.case_ref, "revision": 0}
    if prefix:
        values[type(record).key[0]] = new_ref(prefix)
    if isinstance(record, Contact):
        values["offer_ref"] = None
    return replace(record, **values)


def _readable(session: Session, reading: Reading, case: Case) -> Iterator[StruckOutVersion]:
    return (
        each
        for each in struck_out_of(reading, case)
        if may_read(session, each.record) and may_know_those_named(session, reading, each.record)
    )


def _names(record: Record, record_type: type[Record], record_id: int) -> bool:
    return type(record) is record_type and record.id == record_id
