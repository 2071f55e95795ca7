"""Take a case to its next status: adoption, suspension, closing and the rest, by the one table of steps."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from ioms_desktop.domain.access.roles import Right, Role, may
from ioms_desktop.domain.errors import (
    DatesOutOfOrder,
    InvalidRecord,
    MissingValue,
    NotAllowed,
    StatusNotNext,
    StepNotReady,
)
from ioms_desktop.domain.policy.case_facts import DELIVERED_PREFIX, NO_STEP
from ioms_desktop.domain.records.cases import Case, Notification
from ioms_desktop.domain.records.concerns_and_decisions import Decision
from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.domain.records.leaving.exits import SUSPENDED, CaseExit, has_exit_plan, open_suspension
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.domain.records.selection.panel import PanelDecision, decisions_of
from ioms_desktop.domain.records.selection.screening import NEEDED_CHECKS, ScreeningCheck, answered_checks
from ioms_desktop.domain.records.status_table import (
    ASKED,
    CHECK_OF,
    LEAVING_NEEDS,
    PANEL_DECISION_OF,
    StatusNeed,
    StatusRecords,
    StatusRule,
    describe_needs,
    missing_records,
    status_rule,
)
from ioms_desktop.domain.text_format import format_day, join_words
from ioms_desktop.domain.validation.column_rules import check_columns
from ioms_desktop.domain.validation.record_rules import check_record
from ioms_desktop.services.commands import get_person, refuse_future_date, save_record
from ioms_desktop.services.edit_conflicts import ConflictResolution
from ioms_desktop.services.entries.deaths import ask_if_died
from ioms_desktop.services.intake.referrals import NewCaseFacts
from ioms_desktop.services.recording.edits import Edit, run_edit
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.transaction import Transaction

LABELS = {column.name: column.label for column in columns_of(Case)}
DAYS = ("adopted_on", "notified_on", "closed_on")
PARALLEL = "PARALLEL"
RECORD_FIRST = "record that first."


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeStatus:
    """The next status of a case, with what is asked for it; `revision` is the one that was read.

    What is not asked for the status is left as it is on record.
    """

    request: str
    case_ref: str
    revision: int
    status: str
    adopted_on: date | None = None
    cohort: str | None = None
    notified_on: date | None = None
    closed_on: date | None = None
    close_reason: str | None = None
    resolution: ConflictResolution | None = None


def status_records(role: Role, read: Callable[[type[Record]], Iterable[Any]]) -> StatusRecords:
    """Say what is on record of a case that a step may need.

    Args:
        role: The role of whoever asks. What it may not read is not said to be missing: the steps that need it are not
            this role's, and a server asks for it itself.
        read: Gives the records of a type that the case has.
    """
    reads_selection = may(role, Right.SCREEN)
    return StatusRecords(
        has_delivered_notification=any(each.outcome.startswith(DELIVERED_PREFIX) for each in read(Notification)),
        has_offer=any(True for _ in read(Offer)),
        has_enforcement_decision=any(
            each.decision == "ESCALATE" and each.step not in {None, "", NO_STEP, PARALLEL} for each in read(Decision)
        ),
        checks=answered_checks(read(ScreeningCheck)) if reads_selection else frozenset(NEEDED_CHECKS),
        panel_decisions=decisions_of(read(PanelDecision)) if reads_selection else frozenset(PANEL_DECISION_OF.values()),
        has_suspension=open_suspension(read(CaseExit)) is not None,
        has_exit_plan=has_exit_plan(read(CaseExit)),
    )


def change_status(session: Session, entry: ChangeStatus) -> Outcome:
    """Take a case to its next status.

    Raises:
        NotAllowed: The table of steps does not name the user's role.
        Missing: The case is not there for this user.
        EditConflict: Someone else saved the case since it was read.
        RecordRemoved: Someone else removed it.
        StatusNotNext: The status may not follow the present one.
        StepNotReady: Something that the step needs is not on record.
        InvalidEntry: A value is missing or not accepted; the refusal names its field.
    """
    edit: Edit[Case] = Edit(
        change=lambda read: _with_step(entry, read),
        after=lambda tx, current, case: _take_step(session, tx, current, case),
        notice=lambda case: _notice(session, entry, case),
        topics=frozenset({Topic.CASES}),
        ref=entry.case_ref,
    )
    return run_edit(session, "change_status", Case.rights.change_right, entry, (Case, entry.case_ref), edit)


def _with_step(entry: ChangeStatus, case: Case) -> Case:
    rule = status_rule(case.programme, case.status, entry.status)
    asked = () if rule is None else (ASKED[need] for need in rule.needs if need in ASKED)
    given = {name: value for name in asked if (value := getattr(entry, name)) is not None}
    return replace(case, status=entry.status, **given)


def _take_step(session: Session, tx: Transaction, current: Case, case: Case) -> None:
    check_step(session, tx, current, case)
    end_suspension(tx, current, case, session.today())


def end_suspension(tx: Transaction, current: Case, case: Case, on: date, reason: str | None = None) -> None:
    """Note on the suspension of a case that is resumed from which day on, and why where that is said."""
    if current.status != SUSPENDED or case.closed_on is not None:
        return
    held = open_suspension(tx.list_records(CaseExit, case_ref=case.case_ref))
    if held is not None:
        save_record(tx, replace(held, resumed_on=max(on, held.left_on), resume_reason=reason))


def check_step(session: Session, tx: Transaction, current: Case, case: Case) -> None:
    """Refuse a step of a case that the table does not let this user take with what is on record.

    Args:
        current: The case as it is.
        case: The case as it is to be, with its new status and what is asked for that.

    Raises:
        StatusNotNext: The status may not follow the present one.
        NotAllowed: The table of steps does not name the user's role.
        StepNotReady: Something that the step needs is not on record.
        InvalidEntry: A value is missing or not accepted; the refusal names its field.
        EntryDoubtful: The person had died by then, and the user was not asked yet.
    """
    rule = status_rule(current.programme, current.status, case.status)
    statuses = session.lists.of("case_status")
    if rule is None:
        raise StatusNotNext(
            f"{statuses.label(case.status)} cannot follow {statuses.label(current.status)}. Nothing was changed; "
            "choose another step. A person who comes back after their case has closed gets a new case.",
            field="status",
        )
    if session.role not in rule.by:
        raise NotAllowed(f"{describe_roles(rule.by)} Nothing was changed.", field="status")
    missing = missing_records(rule, _records_of(session, tx, case.case_ref))
    if missing:
        raise StepNotReady(
            f"{statuses.label(case.status)} needs {join_words(describe_needs(missing))}. Nothing was changed; "
            f"{way_to_record(missing)}",
            field="status",
        )
    _check_values(session, rule, current, case, get_person(tx, current))
    if not case.closed_by_death:
        ask_if_died(session, tx, case, case.closed_on or session.today())


def describe_roles(roles: Iterable[Role]) -> str:
    """Say who may take a step."""
    allowed = [f"{'an' if role[0] in 'aeiou' else 'a'} {role}" for role in Role if role in set(roles)]
    if not allowed:
        return "This step comes with an import alone."
    return f"Only {join_words(allowed, 'or')} may take this step."


def way_to_record(missing: Iterable[StatusNeed]) -> str:
    """Say where what a step needs is recorded, at the end of a sentence."""
    wanted = set(missing)
    places = [
        *(["Screening"] if wanted & set(CHECK_OF) else []),
        *(["Panel decision"] if wanted & set(PANEL_DECISION_OF) else []),
        *(["Leaving"] if wanted & LEAVING_NEEDS else []),
    ]
    return (
        f"{join_words(places)} in the menu Case {'is' if not places[1:] else 'are'} for that."
        if places
        else RECORD_FIRST
    )


def _records_of(session: Session, reading: Reading, case_ref: str) -> StatusRecords:
    return status_records(session.role, lambda noun: reading.list_records(noun, case_ref=case_ref))


def _check_values(session: Session, rule: StatusRule, current: Case, case: Case, person: Person) -> None:
    """Refuse what is missing, still to come or out of order among what is asked with a step."""
    asked = [ASKED[need] for need in rule.needs if need in ASKED]
    for name in asked:
        if getattr(case, name) is None:
            raise MissingValue(f"{LABELS[name]} is needed for this step. Your entry is kept.", field=name)
    for name in asked:
        value = getattr(case, name)
        if name in DAYS and value != getattr(current, name):
            refuse_future_date(session, value, LABELS[name])
            earliest = case.adopted_on or case.notified_on if name == "closed_on" else None
            earliest = earliest or case.referred_on
            if value < earliest:
                raise DatesOutOfOrder(
                    f"{LABELS[name]} cannot be before {format_day(earliest)}. Your entry is kept; correct the date.",
                    field=name,
                )
    # What an import would reject of a column is refused in the same words; what stood before is not asked again.
    findings = [found for found in check_columns(case, session.lists, session.today()) if found.column in asked]
    findings = findings or check_record(case, NewCaseFacts(session.lists, person))
    if findings:
        raise InvalidRecord(f"{findings[0].reason} Your entry is kept.", field=findings[0].column)


def _notice(session: Session, entry: ChangeStatus, case: Case) -> str:
    label = session.lists.of("case_status").label(case.status)
    if entry.adopted_on is not None and case.adopted_on is not None and case.notice_served_on is None:
        due = case.adopted_on + timedelta(days=session.policy(session.today()).standards.notice_days)
        return f"Adopted on {format_day(case.adopted_on)}; the IOM letter is due by {format_day(due)}."
    if case.closed_on is not None:
        return f"Case closed on {format_day(case.closed_on)}: {label}."
    return f"The case is now: {label}."
