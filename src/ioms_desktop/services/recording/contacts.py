"""Recording a contact: what happened, for one person or several at once."""

from dataclasses import dataclass
from datetime import date

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.dates.calendar import working_days_after
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.dates.local_time import format_offset, utc_offsets
from ioms_desktop.domain.errors import DatesOutOfOrder, EntryDoubtful, MalformedValue, MissingValue, WrongCase
from ioms_desktop.domain.policy.case_facts import COMPLETED_OUTCOME
from ioms_desktop.domain.records.cases import Action, Case
from ioms_desktop.domain.records.engagement import Contact, Offer
from ioms_desktop.domain.records.workers.case_workers import CaseWorker
from ioms_desktop.domain.text_format import format_day, pluralise
from ioms_desktop.services.commands import (
    add_record,
    get_raised_triggers,
    get_writable_case,
    new_ref,
    refuse_future_moment,
    run_command,
)
from ioms_desktop.services.entry_doubts import doubtful
from ioms_desktop.services.recording.appointments import settle_appointment
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.services.workers.agencies import agency_of
from ioms_desktop.storage.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """Something about a contact that somebody else should be told.

    Attributes:
        observation: What was observed.
        recipient: Whom to inform; becomes an action due the next working day.
    """

    observation: str
    recipient: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactEntry:
    """The outcome for one of the people a contact is recorded for.

    Attributes:
        case_ref: Whose case.
        outcome: What came of it, for this person.
        note: What was done and how they responded; visible on this person's record only.
        offer_ref: The offer it was part of.
        appointment_ref: The appointment whose outcome it is.
    """

    case_ref: str
    outcome: str
    note: str = ""
    offer_ref: str | None = None
    appointment_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordContact:
    """A contact, or an attempt at one.

    Attributes:
        request: The command's own number; given twice, it is done once.
        entries: One for each person.
        occurred_at: When, with the local time where known.
        utc_offset: What London was ahead of UTC then; needed only in the hour that comes twice, else the only one.
        planned: Whether it had been arranged.
        contact_type: How it took place.
        minutes: How long, for a completed contact.
        agency: Whose contact it was; that for which the user works on the case when None.
        direction: OURS or THEIRS.
        statement_basis: What the note is: FACT, OPINION, INTELLIGENCE or PARTICIPANT_SAYS.
        behaviour: Behaviour that somebody should hear of.
        worry: Anything else that somebody should hear of.
        next_on: When the next contact is to be.
        next_what: What it is to be.
        purpose: What the contact was for.
    """

    request: str
    entries: tuple[ContactEntry, ...]
    occurred_at: DayTime
    planned: bool
    contact_type: str
    utc_offset: str | None = None
    minutes: int | None = None
    agency: str | None = None
    direction: str | None = "OURS"
    statement_basis: str | None = "FACT"
    behaviour: FollowUp | None = None
    worry: FollowUp | None = None
    next_on: date | None = None
    next_what: str = "Next contact"
    purpose: str | None = None


def record_contact(session: Session, entry: RecordContact) -> Outcome:
    """Record a contact for each person and say whether a decision is now called for.

    Raises:
        NotAllowed: The user may not record contacts.
        Missing: A case is not there for this user.
        Refused: The contact lies in the future, the case is closed, an offer or appointment is another case's, or the
            appointment is cancelled or has its outcome already.
    """
    refuse_future_moment(session, entry.occurred_at, "A contact")
    if not entry.entries:
        raise MissingValue("Choose at least one person. Your entry is kept.")
    return run_command(
        session,
        "record_contact",
        Right.RECORD_ENGAGEMENT,
        entry.request,
        lambda tx: _record_contacts(session, tx, entry),
    )


def _record_contacts(session: Session, tx: Transaction, entry: RecordContact) -> Outcome:
    added = _add_contacts(session, tx, entry)
    contacts = [contact for _, contact in added]
    for contact in contacts:
        _add_follow_ups(session, tx, entry, contact)
    raised = tuple(
        found for case, contact in added for found in get_raised_triggers(session, tx, case, [contact.contact_ref])
    )
    people = "" if len(contacts) == 1 else f" for {pluralise(len(contacts), 'person', 'people')}"
    return Outcome(
        notice=f"Contact recorded{people}.",
        changed=frozenset({Topic.CONTACTS, Topic.ACTIONS}),
        ref=contacts[0].contact_ref,
        raised=raised,
    )


def _add_contacts(session: Session, tx: Transaction, entry: RecordContact) -> list[tuple[Case, Contact]]:
    """Add the contact of every person, and give it beside their case; what is odd is asked of all of them together."""
    added: list[tuple[Case, Contact]] = []
    doubts: dict[str, tuple[str, ...]] = {}
    for each in entry.entries:
        try:
            added.append(_add_contact(session, tx, entry, each))
        except EntryDoubtful as asked:
            doubts[each.case_ref if len(entry.entries) > 1 else ""] = asked.doubts
    if doubts:
        raise doubtful(doubts)
    return added


def _add_contact(session: Session, tx: Transaction, entry: RecordContact, each: ContactEntry) -> tuple[Case, Contact]:
    case = get_writable_case(session, tx, each.case_ref, entry.occurred_at.on)
    if each.offer_ref is not None and tx.get(Offer, each.offer_ref).case_ref != case.case_ref:
        raise WrongCase("That offer belongs to another case. Nothing was saved; choose one of this case's offers.")
    contact = add_record(
        tx,
        Contact(
            contact_ref=new_ref("CT"),
            case_ref=case.case_ref,
            occurred_at=entry.occurred_at,
            planned=entry.planned,
            contact_type=entry.contact_type,
            outcome=each.outcome,
            minutes=entry.minutes if each.outcome == COMPLETED_OUTCOME else None,
            worker=session.user,
            agency=entry.agency or agency_of(session, tx.list_records(CaseWorker, case_ref=case.case_ref)),
            offer_ref=each.offer_ref,
            direction=entry.direction,
            note=each.note.strip() or None,
            statement_basis=entry.statement_basis if each.note.strip() else None,
            utc_offset=_utc_offset(entry),
            purpose=entry.purpose,
        ),
    )
    if each.appointment_ref is not None:
        settle_appointment(tx, each.appointment_ref, contact)
    return case, contact


def _utc_offset(entry: RecordContact) -> str | None:
    """Return the offset to store with a time of day: the one that was meant, else the first of that time."""
    if entry.occurred_at.local_time is None:
        return None
    possible = [format_offset(each) for each in utc_offsets(entry.occurred_at.on, entry.occurred_at.local_time)]
    if not possible or entry.utc_offset not in (None, *possible):
        raise MalformedValue(
            f"There was no such time on {format_day(entry.occurred_at.on)}: the clocks changed. Your entry is kept; "
            "correct the time."
        )
    return entry.utc_offset or possible[0]


def _add_follow_ups(session: Session, tx: Transaction, entry: RecordContact, contact: Contact) -> None:
    soon = working_days_after(entry.occurred_at.on, 1)
    for tell, about in ((entry.behaviour, "behaviour"), (entry.worry, "a worry")):
        if tell is not None and tell.observation.strip():
            words = f"Tell {tell.recipient.strip() or 'the supervisor'} about {about}: {tell.observation.strip()}"
            _add_action(session, tx, contact, words, max(soon, session.today()))
    if entry.next_on is not None:
        if entry.next_on < entry.occurred_at.on:
            raise DatesOutOfOrder("The next contact cannot lie before this one. Your entry is kept; correct the date.")
        _add_action(session, tx, contact, entry.next_what, entry.next_on)


def _add_action(session: Session, tx: Transaction, contact: Contact, text: str, due_on: date) -> None:
    action = Action(
        action_ref=new_ref("AC"),
        case_ref=contact.case_ref,
        text=text,
        owner=session.user,
        due_on=due_on,
        given_by=session.user,
        contact_ref=contact.contact_ref,
    )
    add_record(tx, action)
