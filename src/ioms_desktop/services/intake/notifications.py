"""Notify a participant: an attempt with how it went, the status that follows, and the letter after the last attempt."""

from dataclasses import dataclass, replace
from datetime import date

from ioms_desktop.domain.errors import DatesOutOfOrder, NotOnThisProgramme, StepNotReady
from ioms_desktop.domain.records.cases import Case, Notification
from ioms_desktop.domain.records.selection.notification import (
    fruitless_attempts,
    is_delivered,
    next_attempt,
    waits_for_letter,
)
from ioms_desktop.domain.records.status_table import status_rule
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.commands import (
    add_record,
    clean_record,
    get_writable_case,
    refuse_future_date,
    run_command,
    save_record,
)
from ioms_desktop.services.intake.steps import check_step
from ioms_desktop.services.recording.record_checks import refuse_invalid
from ioms_desktop.services.records.alert_changes import read_open_alerts
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage.transaction import Transaction

NOTIFIED = "NOTIFIED"
CHANGED = frozenset({Topic.CASES})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordNotification:
    """An attempt to notify a participant.

    Attributes:
        told: The attempt; the command gives it its number.
        takes_step: Whether the case becomes Notified, where the notification was delivered and that may follow.
    """

    request: str
    told: Notification
    takes_step: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveLetter:
    """The letter that is left where attempts in person came to nothing."""

    request: str
    case_ref: str
    left_on: date


def record_notification(session: Session, entry: RecordNotification) -> Outcome:
    """Record an attempt to notify a participant, and take the case to Notified where it was delivered.

    Raises:
        NotAllowed: The user may not record notifications.
        NotOnThisProgramme: The case is not of Phoenix.
        Missing: The case is not there for this user.
        InvalidEntry: A value is missing or not accepted, or the letter is to be left now; the refusal names its field.
        CaseClosed: The case had closed by then.
    """
    refuse_future_date(session, entry.told.attempted_on, "A notification")

    def do(tx: Transaction) -> Outcome:
        case = get_writable_case(session, tx, entry.told.case_ref, entry.told.attempted_on)
        _refuse_other_programme(case)
        if entry.told.attempted_on < case.referred_on:
            raise DatesOutOfOrder(
                f"The case was referred on {format_day(case.referred_on)}, and a notification cannot come before "
                "that. Your entry is kept; correct the date.",
                field="attempted_on",
            )
        others = tx.list_records(Notification, case_ref=case.case_ref)
        told = clean_record(replace(entry.told, attempt=next_attempt(others)))
        refuse_invalid(session, tx, told)
        before = read_open_alerts(session, tx, case.case_ref, Notification)
        add_record(tx, told, is_read_back=False)
        step = _take_step(session, tx, case, entry)
        after = read_open_alerts(session, tx, case.case_ref, Notification)
        outcome = session.lists.of("notification_outcome").label(told.outcome)
        letter = " Leave the letter now." if waits_for_letter([*others, told]) else ""
        return Outcome(
            notice=f"Attempt {told.attempt} recorded: {outcome}.{step}{letter}{after.describe_gone(before)}",
            changed=CHANGED,
            ref=told.key_text,
            raised=after.raised_since(before),
        )

    return run_command(session, "record_notification", Notification.rights.add, entry.request, do)


def _refuse_other_programme(case: Case) -> None:
    if case.programme != "PHOENIX":
        raise NotOnThisProgramme(
            "A notification is for participants of Phoenix; a person adopted for IOM is served the IOM letter. "
            "Nothing was saved; record that letter instead.",
            field="outcome",
        )


def _take_step(session: Session, tx: Transaction, case: Case, entry: RecordNotification) -> str:
    told = entry.told
    follows = status_rule(case.programme, case.status, NOTIFIED) is not None
    if not (entry.takes_step and is_delivered(told.outcome) and follows):
        return ""
    notified = replace(case, status=NOTIFIED, notified_on=case.notified_on or told.attempted_on)
    check_step(session, tx, case, notified)
    save_record(tx, notified)
    return f" The case is now: {session.lists.of('case_status').label(NOTIFIED)}."


def leave_letter(session: Session, entry: LeaveLetter) -> Outcome:
    """Record on the latest attempt that the letter was left, after which the person may be visited again.

    Raises:
        NotAllowed: The user may not record notifications.
        Missing: The case is not there for this user.
        StepNotReady: No attempt came to nothing, so that there is nothing for a letter to follow.
        InvalidEntry: The day is not accepted.
        CaseClosed: The case had closed by then.
    """
    refuse_future_date(session, entry.left_on, "A letter")

    def do(tx: Transaction) -> Outcome:
        case = get_writable_case(session, tx, entry.case_ref, entry.left_on)
        attempts = fruitless_attempts(tx.list_records(Notification, case_ref=case.case_ref))
        if not attempts:
            raise StepNotReady(
                "A letter can be left only after an attempt in person has come to nothing, and there is none since "
                "the last delivery or letter. Nothing was saved; record the attempt first.",
                field="left_on",
            )
        left = replace(attempts[-1], letter_left_on=entry.left_on)
        if entry.left_on < attempts[-1].attempted_on:
            raise DatesOutOfOrder(
                f"The last attempt was on {format_day(attempts[-1].attempted_on)}, and the letter cannot come before "
                "it. Your entry is kept; correct the date.",
                field="left_on",
            )
        refuse_invalid(session, tx, left)
        saved = save_record(tx, left)
        return Outcome(
            notice=f"Letter recorded as left on {format_day(entry.left_on)}, after attempt {saved.attempt}.",
            changed=CHANGED,
            ref=saved.key_text,
        )

    return run_command(session, "leave_letter", Notification.rights.change_right, entry.request, do)
