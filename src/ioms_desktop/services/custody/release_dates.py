"""The release that a prison expects and the plan for it, as days of the case; nothing here works a day out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.errors import NoReleaseExpected, PastDate
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.commands import get_writable_case, refuse_future_date, require_adopted_case, save_record
from ioms_desktop.services.edit_conflicts import ConflictResolution
from ioms_desktop.services.recording.appointments import MakeAppointment, make_in_command
from ioms_desktop.services.recording.edits import Edit, run_edit
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage.transaction import Transaction

CASE_TOPICS = frozenset({Topic.CASES})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectRelease:
    """The day of release as the prison gives it; `revision` is that of the case as read.

    Attributes:
        on: The day; None where none is expected any more.
    """

    request: str
    case_ref: str
    revision: int
    on: date | None
    resolution: ConflictResolution | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRelease:
    """The plan for an expected release, made on a day; `revision` is that of the case as read.

    Attributes:
        expected_on: The day of release as the prison gives it; None to leave what is on record.
        meetings: The first appointments after the release, as the plan says.
    """

    request: str
    case_ref: str
    revision: int
    on: date
    expected_on: date | None = None
    meetings: Sequence[MakeAppointment] = ()
    resolution: ConflictResolution | None = None


def expect_release(session: Session, entry: ExpectRelease) -> Outcome:
    """Record the day of release that the prison expects.

    Raises:
        NotAllowed: The user may not record custody.
        Missing: The case is not there for this user.
        EditConflict: Someone else saved the case since it was read.
        RecordRemoved: Someone else removed it.
        Refused: The day is past, or the case is closed.
    """
    if entry.on is not None and entry.on < session.today():
        raise PastDate(
            f"{format_day(entry.on)} is past. Your entry is kept; correct the day, or record the release.", field="on"
        )
    edit: Edit[Case] = Edit(
        before=lambda tx, _: get_writable_case(session, tx, entry.case_ref, session.today()),
        change=lambda read: replace(read, expected_release_on=entry.on),
        notice=lambda case: _describe_expected(case.expected_release_on),
        topics=CASE_TOPICS,
        ref=entry.case_ref,
    )
    return run_edit(session, "expect_release", Right.RECORD_BACKGROUND, entry, (Case, entry.case_ref), edit)


def plan_release(session: Session, entry: PlanRelease) -> Outcome:
    """Record the day on which the plan for the expected release was made, and make the first appointments.

    Raises:
        NotAllowed: The user may not set a RAG.
        Missing: The case is not there for this user.
        EditConflict: Someone else saved the case since it was read.
        RecordRemoved: Someone else removed it.
        Refused: The day lies in the future, before adoption or after the case closed, or no release is expected.
    """
    refuse_future_date(session, entry.on, "A release plan")

    def change(read: Case) -> Case:
        return replace(
            read, release_plan_on=entry.on, expected_release_on=entry.expected_on or read.expected_release_on
        )

    def finish(tx: Transaction, _current: Case, case: Case) -> None:
        _require_release_day(case)
        for meeting in entry.meetings:
            make_in_command(session, tx, meeting)

    edit: Edit[Case] = Edit(
        before=lambda tx, _: require_adopted_case(session, tx, entry.case_ref, entry.on, "A release is planned"),
        change=change,
        after=finish,
        notice=lambda case: (
            f"Plan for the release on {format_day(_require_release_day(case))} recorded as made on "
            f"{format_day(entry.on)}.{' The first appointments are made.' if entry.meetings else ''}"
        ),
        topics=CASE_TOPICS | ({Topic.CONTACTS} if entry.meetings else set()),
        ref=entry.case_ref,
    )
    return run_edit(session, "plan_release", Right.SET_RAG, entry, (Case, entry.case_ref), edit)


def set_expected_release(tx: Transaction, case_ref: str, on: date, *, received_on: date) -> Outcome:
    """Note the release expected of a new custody spell, within the command that records its reception.

    A plan that was made before the reception was for another release, and no longer stands for one.
    """
    case = tx.get(Case, case_ref)
    plan = case.release_plan_on
    is_old = plan is not None and plan < received_on
    save_record(tx, replace(case, expected_release_on=on, release_plan_on=None if is_old else plan))
    stale = "" if plan is None or not is_old else f" The plan of {format_day(plan)} was for an earlier release."
    return Outcome(notice=f"{_describe_expected(on)}{stale}", changed=CASE_TOPICS)


def end_expectation(tx: Transaction, spell: CustodySpell, case_ref: str) -> Outcome:
    """Empty a release that was expected later than somebody was released; one that has come stays."""
    case, released = tx.get(Case, case_ref), spell.released_on
    if case.expected_release_on is None or released is None or case.expected_release_on <= released:
        return Outcome(notice="")
    save_record(tx, replace(case, expected_release_on=None))
    was = format_day(case.expected_release_on)
    return Outcome(notice=f"It had been expected on {was}.", changed=CASE_TOPICS)


def _describe_expected(on: date | None) -> str:
    return "No release is expected any more." if on is None else f"Release is expected on {format_day(on)}."


def _require_release_day(case: Case) -> date:
    if case.expected_release_on is None:
        raise NoReleaseExpected("No release is expected on this case. Nothing was saved; reload the case.")
    return case.expected_release_on
