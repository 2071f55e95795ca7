"""Add and change the records of every type that has no dialog of its own: one pair of commands and one form.

What may be entered is declared on the record type and checked here as an import checks it. Where rules of the policy
read the type, they are asked before and after, and the answer says which alerts came and which went.
"""

from dataclasses import dataclass, replace
from typing import Any, TypeVar

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.errors import Duplicate, Missing, NotAllowed
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.record import ColumnKind, Record, columns_of, day_of, record_label
from ioms_desktop.domain.records.record_types import ADD_FORM_TYPES, CHANGE_FORM_TYPES
from ioms_desktop.services.commands import (
    add_record,
    clean_record,
    get_writable_case,
    new_ref,
    run_command,
)
from ioms_desktop.services.edit_conflicts import (
    RECORD_NOT_FOUND_MESSAGE,
    ConflictResolution,
    apply_edit,
    record_removed_error,
    save_edit,
)
from ioms_desktop.services.entries.deaths import ask_if_died
from ioms_desktop.services.recording.record_checks import (
    OWN_FORM_MESSAGE,
    refuse_intelligence,
    refuse_invalid,
    with_clock,
)
from ioms_desktop.services.records.alert_changes import read_open_alerts, with_alerts
from ioms_desktop.services.records.letter_days import follow_letter
from ioms_desktop.services.session import Outcome, Session, topics_of
from ioms_desktop.storage.records.previous_versions import find_removal
from ioms_desktop.storage.transaction import Transaction

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddRecord:
    """A record to add.

    Attributes:
        case_ref: The case it is recorded on.
        record: Its values. The command fills in whose it is and, if it has a reference of its own, a new one.
    """

    request: str
    case_ref: str
    record: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRecord:
    """A record as it is to be; `revision` is the one read.

    Attributes:
        case_ref: The case it was opened on.
        record: All its values. The key says which record is changed and never changes itself.
    """

    request: str
    case_ref: str
    record: Record
    revision: int
    resolution: ConflictResolution | None = None


def add_record_by_form(session: Session, entry: AddRecord) -> Outcome:
    """Add a record to a case or to the person the case is about.

    Raises:
        NotAllowed: The user may not add such records, or sees the case by break-glass access only.
        Missing: The case is not there for this user.
        InvalidRecord: A value is not accepted; the refusal names its field.
        CaseClosed: The case had closed by then.
        Duplicate: There is such a record already.
    """
    record_type = type(entry.record)
    _refuse_special(record_type, ADD_FORM_TYPES)
    return run_command(
        session,
        f"add_{record_type.table}",
        record_type.rights.add,
        entry.request,
        lambda tx: add_in_command(session, tx, entry),
    )


def add_in_command(session: Session, tx: Transaction, entry: AddRecord, *, after_closing: bool = False) -> Outcome:
    """Add a record within a command that has asked for the right; the refusals are those of `add_record_by_form`.

    Args:
        after_closing: As for `get_writable_case`.
    """
    record_type = type(entry.record)
    case = _get_case(session, tx, entry.case_ref, entry.record, after_closing=after_closing)
    record = clean_record(_signed(session, _with_new_reference(_with_owner(entry.record, case))))
    refuse_intelligence(session, record)
    refuse_invalid(session, tx, record)
    if tx.find(record_type, *record.identity) is not None:
        raise Duplicate(
            f"There is such a record already: {record_label(record_type)} {record.key_text}. Nothing was saved; "
            "change that one instead."
        )
    before = read_open_alerts(session, tx, case.case_ref, record_type)
    stored = add_record(tx, record)
    follow_letter(tx, None, stored)
    outcome = Outcome(notice=f"{record_type.label} recorded.", changed=topics_of(record_type), ref=stored.key_text)
    return with_alerts(session, tx, outcome, before, record_type)


def change_record_by_form(session: Session, entry: ChangeRecord) -> Outcome:
    """Change a record.

    Raises:
        NotAllowed: The user may not change such records, or sees the case by break-glass access only.
        Missing: The case or the record is not there for this user.
        EditConflict: Someone else saved it since it was read.
        RecordRemoved: Someone else removed it.
        InvalidRecord: A value is not accepted; the refusal names its field.
        CaseClosed: The case had closed by then.
    """
    record_type = type(entry.record)
    _refuse_special(record_type, CHANGE_FORM_TYPES)
    return run_command(
        session,
        f"change_{record_type.table}",
        record_type.rights.change_right,
        entry.request,
        lambda tx: change_in_command(session, tx, entry),
    )


def change_in_command(session: Session, tx: Transaction, entry: ChangeRecord) -> Outcome:
    """Change a record within a command that has asked for the right; it refuses as `change_record_by_form` does."""
    record_type = type(entry.record)
    case = _get_case(session, tx, entry.case_ref, entry.record)
    wanted = clean_record(_with_owner(entry.record, case))
    current = _get_current(session, tx, wanted)
    values = {name: getattr(wanted, name) for name in _changeable(session, record_type)}
    change = apply_edit(session, tx, entry, current, lambda read: with_clock(read, replace(read, **values)))
    refuse_intelligence(session, current, change.record)
    refuse_invalid(session, tx, change.record)
    before = read_open_alerts(session, tx, case.case_ref, record_type)
    notice = f"{record_type.label} changed."
    outcome = save_edit(tx, change, notice=notice, topics=topics_of(record_type), ref=current.key_text)
    follow_letter(tx, current, change.record)
    return with_alerts(session, tx, outcome, before, record_type)


def _refuse_special(record_type: type[Record], served: tuple[type[Record], ...]) -> None:
    """Refuse a record type whose records are written by commands of their own: nothing goes round their checks."""
    if record_type not in served:
        raise NotAllowed(OWN_FORM_MESSAGE.format(label=record_type.label))


def _get_case(session: Session, tx: Transaction, case_ref: str, record: Record, *, after_closing: bool = False) -> Case:
    # What is recorded of a person goes on after the case has closed; what has no day is of no day after a death.
    is_of_person = type(record).subject != "case_ref"
    follows = after_closing or record.outlasts_case
    on = day_of(record, required=not is_of_person)
    case = get_writable_case(session, tx, case_ref, on or session.today(), after_closing=follows or is_of_person)
    if is_of_person and on is not None and not follows:
        ask_if_died(session, tx, case, on)
    return case


def _with_owner(record: R, case: Case) -> R:
    """Make a record the case's, or its person's, whatever the entry said."""
    owner = type(record).subject
    return replace(record, **{owner: getattr(case, owner)})


def _with_new_reference(record: R) -> R:
    own = next((each for each in columns_of(type(record)) if each.kind is ColumnKind.REF and not each.owner), None)
    if own is None:
        return record
    reference: Any = {own.name: new_ref(own.prefix or own.name[:2].upper())}
    return replace(record, **reference)


def _signed(session: Session, record: R) -> R:
    """Name who adds a record where its declaration wants that and the entry names nobody."""
    unsigned = (each for each in columns_of(type(record)) if each.is_author and each.value_of(record) is None)
    who: Any = {each.name: session.user for each in unsigned}
    return replace(record, **who) if who else record


def _changeable(session: Session, record_type: type[Record]) -> list[str]:
    """Return the columns that this user may change: never those of the key, nor what they may not read."""
    masked = "" if may(session.role, Right.READ_INTELLIGENCE) else record_type.rights.masked
    kept = {*record_type.key, record_type.subject, masked}
    return [column.name for column in columns_of(record_type) if column.name not in kept]


def _get_current(session: Session, tx: Transaction, wanted: R) -> R:
    owner = wanted.subject
    current = tx.find(type(wanted), *wanted.identity)
    removal = None if current is not None else find_removal(tx, type(wanted), wanted.key_text)
    found = current if removal is None else removal.record
    # Nothing is said of the record of another case or person, not even that it was removed.
    if found is None or getattr(found, owner) != getattr(wanted, owner):
        raise Missing(RECORD_NOT_FOUND_MESSAGE)
    if removal is not None:
        raise record_removed_error(session, removal)
    return found
