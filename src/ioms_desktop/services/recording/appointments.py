"""Appointments: made for one person or several, moved, cancelled; what stands against one while it is made."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from ioms_desktop.domain.access.roles import Right, sees_programme
from ioms_desktop.domain.dates.calendar import CustodyPeriod, in_custody
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import AlreadyDone, MissingValue, OutOfRange, PastDate, WrongCase
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.engagement import Contact, Offer
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.domain.records.workers.case_workers import CaseWorker
from ioms_desktop.domain.text_format import capitalise, format_day, format_name, pluralise
from ioms_desktop.services.commands import (
    add_record,
    get_visible_record,
    get_writable_case,
    new_ref,
    run_command,
)
from ioms_desktop.services.edit_conflicts import ConflictResolution
from ioms_desktop.services.recording.edits import Edit, run_edit
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.services.workers.agencies import agency_of
from ioms_desktop.storage.queries.appointments import appointments_of_day
from ioms_desktop.storage.queries.today import today_case_headers
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.transaction import Transaction
from ioms_desktop.storage.users import login_named

MAX_WEEKS = 26
WEEK = timedelta(days=7)
APPOINTMENT_TOPICS = frozenset({Topic.CONTACTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeAppointment:
    """Appointments to be made.

    Attributes:
        request: The command's own number; given twice, it is done once.
        case_refs: Whose; each person gets an appointment of their own.
        starts_at: The day, with the local time where it is agreed.
        contact_type: How they will meet.
        minutes: How long it will take.
        worker: Whom they will meet.
        agency: Whose contact it will be; that for which they work on the case when None.
        offer_ref: The offer it is part of, where it is made for one person alone.
        weeks: How many there are, one a week, the first included.
    """

    request: str
    case_refs: tuple[str, ...]
    starts_at: DayTime
    contact_type: str
    minutes: int | None = None
    location: str = ""
    worker: str = ""
    agency: str | None = None
    purpose: str | None = None
    offer_ref: str | None = None
    weeks: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveAppointment:
    """Another time for an appointment; `revision` is the one read.

    Attributes:
        asked_by: THEIRS or OURS: who asked for another time.
        reason: Why.
    """

    request: str
    appointment_ref: str
    revision: int
    starts_at: DayTime
    minutes: int | None
    location: str
    asked_by: str
    reason: str
    resolution: ConflictResolution | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAppointment:
    """An appointment cancelled; `revision` is the one read.

    Attributes:
        asked_by: THEIRS or OURS: who cancelled it.
        reason: Why.
    """

    request: str
    appointment_ref: str
    revision: int
    asked_by: str
    reason: str
    resolution: ConflictResolution | None = None


def get_visible_appointment(session: Session, appointment_ref: str) -> Appointment:
    """Read an appointment of a case that the user may see.

    Raises:
        NotAllowed: The user may not read cases.
        Missing: It is not there for this user.
    """
    session.require(Right.READ_CASES)
    with session.store.read() as reading:
        return get_visible_record(session, reading, Appointment, appointment_ref)


def make_appointment(session: Session, entry: MakeAppointment) -> Outcome:
    """Make an appointment, or one a week, for each person.

    Raises:
        NotAllowed: The user may not record engagement.
        Missing: A case is not there for this user.
        Refused: The day is past, a case is closed by then, or the offer is another case's.
    """
    return run_command(
        session,
        "make_appointment",
        Right.RECORD_ENGAGEMENT,
        entry.request,
        lambda tx: make_in_command(session, tx, entry),
    )


def make_in_command(session: Session, tx: Transaction, entry: MakeAppointment) -> Outcome:
    """Make appointments within a command of whatever kind; the refusals are those of `make_appointment`."""
    session.require(Right.RECORD_ENGAGEMENT)
    _refuse_past(session, entry.starts_at)
    if not entry.case_refs:
        raise MissingValue("Choose at least one person. Your entry is kept.")
    if not 1 <= entry.weeks <= MAX_WEEKS:
        raise OutOfRange(f"Choose from 1 to {MAX_WEEKS} weeks. Your entry is kept.", field="weeks")
    made = [_add(session, tx, entry, ref, week) for ref in entry.case_refs for week in range(entry.weeks)]
    return Outcome(notice=_notice_of(made), changed=APPOINTMENT_TOPICS, ref=made[0].appointment_ref)


def move_appointment(session: Session, entry: MoveAppointment) -> Outcome:
    """Cancel an appointment and make another in its place, which names it.

    Raises:
        NotAllowed: The user may not record engagement.
        Missing: It is not there for this user.
        EditConflict: Someone else saved it since it was read.
        Refused: The new day is past, the appointment is cancelled or has its outcome, or the reason is missing.
    """
    _refuse_past(session, entry.starts_at)
    _require_reason(entry.asked_by, entry.reason)

    def add_in_place(tx: Transaction, before: Appointment, _after: Appointment) -> None:
        get_writable_case(session, tx, before.case_ref, entry.starts_at.on)
        moved = replace(
            before,
            id=0,
            revision=0,
            appointment_ref=new_ref("AP"),
            starts_at=entry.starts_at,
            minutes=entry.minutes,
            location=entry.location.strip() or None,
            replaces_ref=before.appointment_ref,
        )
        add_record(tx, moved)

    edit: Edit[Appointment] = Edit(
        before=lambda _tx, current: _refuse_settled(current),
        change=lambda read: _cancelled(session, read, entry.asked_by, entry.reason),
        after=add_in_place,
        notice=lambda read: f"Moved from {read.starts_at.words} to {entry.starts_at.words}.",
        topics=APPOINTMENT_TOPICS,
        ref=entry.appointment_ref,
    )
    record = (Appointment, entry.appointment_ref)
    return run_edit(session, "move_appointment", Right.RECORD_ENGAGEMENT, entry, record, edit)


def cancel_appointment(session: Session, entry: CancelAppointment) -> Outcome:
    """Cancel an appointment.

    Raises:
        NotAllowed: The user may not record engagement.
        Missing: It is not there for this user.
        EditConflict: Someone else saved it since it was read.
        Refused: It is cancelled or has its outcome already, or the reason is missing.
    """
    _require_reason(entry.asked_by, entry.reason)
    edit: Edit[Appointment] = Edit(
        before=lambda _tx, current: _refuse_settled(current),
        change=lambda read: _cancelled(session, read, entry.asked_by, entry.reason),
        notice=lambda read: f"The appointment of {read.starts_at.words} is cancelled.",
        topics=APPOINTMENT_TOPICS,
        ref=entry.appointment_ref,
    )
    record = (Appointment, entry.appointment_ref)
    return run_edit(session, "cancel_appointment", Right.RECORD_ENGAGEMENT, entry, record, edit)


def settle_appointment(tx: Transaction, appointment_ref: str, contact: Contact) -> None:
    """Name the contact that came of an appointment, in the transaction that records it.

    Raises:
        Missing: There is no such appointment.
        Refused: It is another case's, is cancelled, or has its outcome already.
    """
    current = tx.get(Appointment, appointment_ref)
    if current.case_ref != contact.case_ref:
        raise WrongCase("That appointment belongs to another case. Nothing was saved; choose one of this case's.")
    _refuse_settled(current)
    tx.save(replace(current, contact_ref=contact.contact_ref))


def list_clashes(
    session: Session,
    case_refs: Sequence[str],
    worker: str,
    starts_at: DayTime,
    minutes: int | None,
    *,
    moving: str = "",
) -> tuple[str, ...]:
    """Say what stands against an appointment: others at that time, and custody; a warning, never a refusal.

    Args:
        case_refs: Whose appointment it is.
        worker: Whom they are to meet; empty if nobody is named.
        starts_at: When.
        minutes: How long; None for the usual length.
        moving: The reference of the appointment that is being moved, which does not stand against itself.
    """
    session.require(Right.READ_CASES)
    wanted = Appointment(
        appointment_ref=moving, case_ref="", starts_at=starts_at, minutes=minutes, contact_type="", worker=worker
    )
    with session.store.read(facts_only=True) as reading:
        others = [each for each in appointments_of_day(reading, starts_at.on) if _share_time(wanted, each)]
        return (*_clashing(session, case_refs, worker, others), *_custody(session, reading, case_refs, starts_at))


def _share_time(wanted: Appointment, other: Appointment) -> bool:
    if other.appointment_ref == wanted.appointment_ref or wanted.span is None or other.span is None:
        return False
    return wanted.span.overlaps(other.span)


def _clashing(session: Session, case_refs: Sequence[str], worker: str, others: Sequence[Appointment]) -> Iterator[str]:
    for each in others:
        when = each.starts_at.clock_text
        if each.case_ref in case_refs:
            yield f"{each.case_ref} has another appointment then, at {when}."
        elif worker and session.names.matches(each.worker, worker):
            yield f"{session.names.of(worker)} has another appointment then, at {when}."


def _custody(session: Session, reading: Reading, case_refs: Sequence[str], starts_at: DayTime) -> Iterator[str]:
    for head in today_case_headers(reading, case_refs).values():
        if not sees_programme(session.role, head.programme):
            continue
        spells = [
            CustodyPeriod(spell.received_on, spell.released_on)
            for spell in reading.list_records(CustodySpell, person_ref=head.person_ref)
        ]
        if in_custody(spells, starts_at.on):
            name = format_name(head.family_name, head.given_names)
            yield f"{name} is recorded as in custody on {format_day(starts_at.on)}."


def _add(session: Session, tx: Transaction, entry: MakeAppointment, case_ref: str, week: int) -> Appointment:
    starts_at = entry.starts_at._replace(on=entry.starts_at.on + week * WEEK)
    case = get_writable_case(session, tx, case_ref, starts_at.on)
    if entry.offer_ref is not None and tx.get(Offer, entry.offer_ref).case_ref != case.case_ref:
        raise WrongCase("That offer belongs to another case. Nothing was saved; choose one of this case's offers.")
    worker = entry.worker.strip() or session.user
    agency = entry.agency or _agency_of(session, tx, case.case_ref, worker)
    return add_record(
        tx,
        Appointment(
            appointment_ref=new_ref("AP"),
            case_ref=case.case_ref,
            starts_at=starts_at,
            minutes=entry.minutes,
            contact_type=entry.contact_type,
            location=entry.location.strip() or None,
            worker=worker,
            agency=agency,
            purpose=entry.purpose,
            offer_ref=entry.offer_ref,
        ),
    )


def _agency_of(session: Session, tx: Transaction, case_ref: str, worker: str) -> str | None:
    login = worker if worker == session.user else login_named(tx, worker)
    return agency_of(session, tx.list_records(CaseWorker, case_ref=case_ref), login)


def _notice_of(made: Sequence[Appointment]) -> str:
    first, last = made[0], made[-1]
    if len(made) == 1:
        return f"Appointment made for {first.starts_at.words}."
    until = "" if first.starts_at == last.starts_at else f", the last for {last.starts_at.words}"
    return f"{capitalise(pluralise(len(made), 'appointment'))} made, the first for {first.starts_at.words}{until}."


def _cancelled(session: Session, read: Appointment, asked_by: str, reason: str) -> Appointment:
    return replace(read, cancelled_on=session.today(), cancelled_by=asked_by, cancel_reason=reason.strip())


def _refuse_settled(appointment: Appointment) -> None:
    if appointment.contact_ref is not None:
        raise AlreadyDone("The outcome of this appointment is recorded already. Nothing was changed.")
    if appointment.cancelled_on is not None:
        raise AlreadyDone("This appointment is cancelled already. Nothing was changed.")


def _refuse_past(session: Session, starts_at: DayTime) -> None:
    if starts_at.on < session.today():
        raise PastDate(
            f"{format_day(starts_at.on)} is past, and an appointment is made ahead. Your entry is kept; correct the "
            "day, or record what happened as a contact.",
            field="starts_at",
        )


def _require_reason(asked_by: str, reason: str) -> None:
    if not asked_by:
        raise MissingValue("Say who asked. Your entry is kept.", field="asked_by")
    if not reason.strip():
        raise MissingValue("Say why. Your entry is kept.", field="reason")
