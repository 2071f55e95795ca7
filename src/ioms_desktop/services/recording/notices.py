"""A dated duty on the case itself: serving the notice."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.errors import MissingValue
from ioms_desktop.domain.records.cases import Case, Notification
from ioms_desktop.domain.records.selection.notification import IOM_LETTER, SERVED, next_attempt
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.commands import (
    add_record,
    clean_record,
    refuse_future_date,
    require_adopted_case,
    run_command,
)
from ioms_desktop.services.edit_conflicts import ConflictResolution, get_record_to_edit
from ioms_desktop.services.recording.edits import Edit
from ioms_desktop.services.recording.record_checks import refuse_invalid
from ioms_desktop.services.records.letter_days import served_days
from ioms_desktop.services.session import Outcome, Session, Topic, Undo, UndoneAct
from ioms_desktop.storage.transaction import Transaction

CASE_TOPICS = frozenset({Topic.CASES})


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeNotice:
    """The notice to the person, served on a day or not; `revision` is that of the case as read.

    Attributes:
        outcome: A code of the list `notification_outcome`: served, or why it was not.
        served_by: Who served it or tried to; whoever records it where nothing is said.
        method: How it was served, as a code of the list `notice_method`.
        note: Why it was not served, or what else is to be known.
    """

    request: str
    case_ref: str
    revision: int
    on: date
    resolution: ConflictResolution | None = None
    outcome: str = SERVED
    served_by: str | None = None
    method: str | None = None
    language: str | None = None
    interpreter: bool | None = None
    copy_given: bool | None = None
    note: str | None = None


def serve_notice(session: Session, entry: ServeNotice) -> Outcome:
    """Record that the notice was served to the person, or an attempt at it and why it came to nothing.

    Raises:
        NotAllowed: The user may not set a RAG.
        Missing: The case is not there for this user.
        EditConflict: Someone else saved the case since it was read.
        RecordRemoved: Someone else removed it.
        InvalidEntry: A value is missing or not accepted; the refusal names its field.
        Refused: The day lies in the future, before adoption or after the case closed.
    """
    refuse_future_date(session, entry.on, "An IOM letter")

    def do(tx: Transaction) -> Outcome:
        case = get_record_to_edit(session, tx, Case, entry.case_ref)
        require_adopted_case(session, tx, entry.case_ref, entry.on, "An IOM letter is served")
        letter = _letter(session, tx, entry)
        if entry.outcome == SERVED:
            outcome = _edit_served(tx, entry).apply(session, tx, entry, case)
        else:
            outcome = Outcome(notice=_describe_owed(session, case, letter), changed=CASE_TOPICS, ref=entry.case_ref)
        stored = add_record(tx, letter)
        return replace(outcome, undo=Undo(UndoneAct.ADDED, stored))

    return run_command(session, "serve_notice", Right.SET_RAG, entry.request, do)


def _edit_served(tx: Transaction, entry: ServeNotice) -> Edit[Case]:
    latest = max([entry.on, *served_days(tx, entry.case_ref)])
    return Edit(
        change=lambda read: replace(read, notice_served_on=latest),
        notice=lambda _: f"IOM letter recorded as served on {format_day(entry.on)}.",
        topics=CASE_TOPICS,
        ref=entry.case_ref,
    )


def _letter(session: Session, tx: Transaction, entry: ServeNotice) -> Notification:
    """Return the record of the letter, checked.

    Raises:
        InvalidEntry: A value is missing or not accepted.
    """
    letter = clean_record(
        Notification(
            case_ref=entry.case_ref,
            attempted_on=entry.on,
            attempt=next_attempt(tx.list_records(Notification, case_ref=entry.case_ref)),
            outcome=entry.outcome,
            delivered_by=entry.served_by or session.user,
            kind=IOM_LETTER,
            method=entry.method,
            language=entry.language,
            interpreter=entry.interpreter,
            copy_given=entry.copy_given,
            note=entry.note,
        )
    )
    refuse_invalid(session, tx, letter)
    if letter.outcome != SERVED and not letter.note:
        raise MissingValue("Say why the letter was not served. Your entry is kept.", field="note")
    return letter


def letter_due_on(session: Session, adopted: date) -> date:
    """Return the last day on which the notice is in time, included."""
    return adopted + timedelta(days=session.policy(session.today()).standards.notice_days)


def _describe_owed(session: Session, case: Case, letter: Notification) -> str:
    """Say how an attempt went and until when the letter is due."""
    outcome = session.lists.of("notification_outcome").label(letter.outcome)
    adopted = case.adopted_on or letter.attempted_on
    due = letter_due_on(session, adopted)
    verb = "is" if due >= session.today() else "was"
    owed = "" if case.notice_served_on is not None else f" The letter {verb} due by {format_day(due)}."
    return f"Attempt {letter.attempt} at the IOM letter recorded: {outcome}.{owed}"
