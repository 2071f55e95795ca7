"""Add and change plain records: those without special behaviour, served by one pair of commands and one form.

What may be entered is declared on the record type and checked here as an import checks it. No rule of the policy reads
a plain record, so that none is asked afterwards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import Duplicate, InvalidRecord, Missing, NotAllowed
from ioms_desktop.domain.policy.ladder import LadderStep, StepContext
from ioms_desktop.domain.policy.policy import rule_families
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.concerns_and_decisions import Decision
from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import ColumnKind, Record, columns_of, date_column, record_label
from ioms_desktop.domain.validation.column_rules import check_columns
from ioms_desktop.domain.validation.record_rules import CaseBasics, check_record, has_rules
from ioms_desktop.services.case_access import refuse_under_break_glass
from ioms_desktop.services.commands import (
    add_record,
    clean_record,
    get_visible_case,
    new_ref,
    refuse_if_closed,
    run_command,
)
from ioms_desktop.services.edit_conflicts import (
    RECORD_NOT_FOUND_MESSAGE,
    ConflictResolution,
    apply_edit,
    record_removed_error,
    save_edit,
)
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage.records.previous_versions import find_removal
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.transaction import Transaction

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddRecord:
    """A plain record to add.

    Attributes:
        case_ref: The case it is recorded on.
        record: Its values. The command fills in whose it is and, if it has a reference of its own, a new one.
    """

    request: str
    case_ref: str
    record: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRecord:
    """A plain record as it is to be; `revision` is the one read.

    Attributes:
        case_ref: The case it was opened on.
        record: All its values. The key says which record is changed and never changes itself.
    """

    request: str
    case_ref: str
    record: Record
    revision: int
    resolution: ConflictResolution | None = None


def add_plain_record(session: Session, entry: AddRecord) -> Outcome:
    """Add a plain record to a case or to the person the case is about.

    Raises:
        NotAllowed: The user may not add such records, or sees the case by break-glass access only.
        Missing: The case is not there for this user.
        InvalidRecord: A value is not accepted; the refusal names its field.
        CaseClosed: The case had closed by then.
        Duplicate: There is such a record already.
    """
    record_type = type(entry.record)
    _refuse_special(record_type)

    def do(tx: Transaction) -> Outcome:
        case = _get_case(session, tx, entry.case_ref, entry.record)
        record = clean_record(_with_new_reference(_with_owner(entry.record, case)))
        _refuse_invalid(session, tx, record)
        if tx.find(record_type, *record.identity) is not None:
            raise Duplicate(
                f"There is such a record already: {record_label(record_type)} {record.key_text}. Nothing was saved; "
                "change that one instead."
            )
        stored = add_record(tx, record)
        notice = f"{record_type.label} recorded."
        return Outcome(notice=notice, changed=_topics(record_type), ref=stored.key_text)

    return run_command(session, f"add_{record_type.table}", record_type.rights.add, entry.request, do)


def change_plain_record(session: Session, entry: ChangeRecord) -> Outcome:
    """Change a plain record.

    Raises:
        NotAllowed: The user may not change such records, or sees the case by break-glass access only.
        Missing: The case or the record is not there for this user.
        EditConflict: Someone else saved it since it was read.
        RecordRemoved: Someone else removed it.
        InvalidRecord: A value is not accepted; the refusal names its field.
        CaseClosed: The case had closed by then.
    """
    record_type = type(entry.record)
    _refuse_special(record_type)

    def do(tx: Transaction) -> Outcome:
        case = _get_case(session, tx, entry.case_ref, entry.record)
        wanted = clean_record(_with_owner(entry.record, case))
        current = _get_current(tx, wanted)
        changeable = [column.name for column in columns_of(record_type) if column.name not in record_type.key]
        values = {name: getattr(wanted, name) for name in changeable}
        change = apply_edit(session, tx, entry, current, lambda read: replace(read, **values))
        _refuse_invalid(session, tx, change.record)
        notice = f"{record_type.label} changed."
        return save_edit(tx, change, notice=notice, topics=_topics(record_type), ref=current.key_text)

    return run_command(session, f"change_{record_type.table}", record_type.rights.change_right, entry.request, do)


@dataclass(slots=True)
class _StoredFacts:
    """What the rules look up about a record while they check it, as it is stored now."""

    reading: Reading
    lists: CodeLists
    ladder: Sequence[LadderStep]
    families: Mapping[str, str]

    def born_on(self, person_ref: str) -> date | None:
        person = self.reading.find(Person, person_ref)
        return None if person is None else person.date_of_birth

    def case(self, case_ref: str) -> CaseBasics | None:
        return self.stored_case(case_ref)

    def stored_case(self, case_ref: str) -> CaseBasics | None:
        case = self.reading.find(Case, case_ref)
        return None if case is None else CaseBasics.of(case)

    def offer_case(self, offer_ref: str) -> str | None:
        offer = self.reading.find(Offer, offer_ref)
        return None if offer is None else offer.case_ref

    def situation(self, decision: Decision) -> StepContext | None:
        del decision  # no plain record is a decision
        return None


def _refuse_special(record_type: type[Record]) -> None:
    """Refuse a record type whose records are written by commands of their own: nothing goes round their checks."""
    if not record_type.is_plain:
        raise NotAllowed(f"{record_type.label} has a form of its own. Nothing was saved; use that.")


def _get_case(session: Session, tx: Transaction, case_ref: str, record: Record) -> Case:
    case = get_visible_case(session, tx, case_ref)
    refuse_under_break_glass(session, tx, case_ref)
    if type(record).subject == "case_ref":  # what is recorded of a person goes on after the case has closed
        refuse_if_closed(case, _day_of(record) or session.today())
    return case


def _day_of(record: Record) -> date | None:
    name = date_column(type(record))
    dated = getattr(record, name) if name else None
    return dated.on if isinstance(dated, DayTime) else dated


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


def _refuse_invalid(session: Session, tx: Transaction, record: Record) -> None:
    """Refuse what an import would reject of the record."""
    findings = list(check_columns(record, session.lists, session.today()))
    if not findings and has_rules(type(record)):
        findings = check_record(
            record, _StoredFacts(tx, session.lists, session.ladder, rule_families(session.policies))
        )
    if findings:
        raise InvalidRecord(f"{findings[0].reason} Your entry is kept.", field=findings[0].column)


def _get_current(tx: Transaction, wanted: R) -> R:
    owner = wanted.subject
    current = tx.find(type(wanted), *wanted.identity)
    removal = None if current is not None else find_removal(tx, type(wanted), wanted.key_text)
    found = current if removal is None else removal.record
    # Nothing is said of the record of another case or person, not even that it was removed.
    if found is None or getattr(found, owner) != getattr(wanted, owner):
        raise Missing(RECORD_NOT_FOUND_MESSAGE)
    if removal is not None:
        raise record_removed_error(removal)
    return found


def _topics(record_type: type[Record]) -> frozenset[Topic]:
    return frozenset({Topic.CASES if record_type.subject == "case_ref" else Topic.PEOPLE})
