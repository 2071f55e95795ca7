"""Transition to adult services at 18: proposed by who works with the participant, confirmed by a supervisor.

It changes nothing about who may know of the case or of any other.
"""

from dataclasses import dataclass, replace
from datetime import date

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.calendar import adult_on, months_before
from ioms_desktop.domain.errors import (
    AlreadyDone,
    CaseClosed,
    DatesOutOfOrder,
    MissingValue,
    NeedsAnotherPerson,
    NotAllowed,
    NotOnThisProgramme,
    Stale,
    StepNotReady,
)
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.leaving.exits import TRANSITION, TRANSITION_AHEAD_MONTHS, CaseExit, proposed_transition
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.commands import get_person, refuse_future_date
from ioms_desktop.services.edit_conflicts import ConflictResolution
from ioms_desktop.services.recording.edits import Edit, run_edit
from ioms_desktop.services.recording.records import AddRecord, ChangeRecord, add_in_command, change_in_command
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage.transaction import Transaction

PROPOSED_AGAIN = "Proposed again"
TRANSITION_TOPICS = frozenset({Topic.CASES})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeTransition:
    """What is to follow at 18; `revision` is that of the case as it was read.

    Attributes:
        left: The day of the proposal, the adult service or case, and the plan.
    """

    request: str
    case_ref: str
    revision: int
    left: CaseExit
    resolution: ConflictResolution | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmTransition:
    """A proposal that a supervisor confirms on a day; `revision` is that of the case as it was read.

    Attributes:
        seen: The plan that the supervisor read; None where they were shown none.
    """

    request: str
    case_ref: str
    revision: int
    on: date
    seen: CaseExit | None = None
    resolution: ConflictResolution | None = None


def propose_transition(session: Session, entry: ProposeTransition) -> Outcome:
    """Propose a participant's transition to adult services.

    Raises:
        NotAllowed: The user may not take cases further.
        Missing: The case is not there for this user.
        EditConflict: Someone else saved the case since it was read.
        NotOnThisProgramme: The case is not of Phoenix.
        StepNotReady: The 18th birthday is more than six months ahead.
        AlreadyDone: It was confirmed before, or somebody else proposed it.
        InvalidEntry: A value is missing or not accepted; the refusal names its field.
    """
    left = entry.left
    refuse_future_date(session, left.left_on, "A proposal")
    for name, words in (("goes_to", "Name the adult service or the adult case"), ("plan", "Say who does what")):
        if not (getattr(left, name) or "").strip():
            raise MissingValue(f"{words}. Your entry is kept.", field=name)

    def take(tx: Transaction, current: Case, _case: Case) -> None:
        _refuse_untimely(session, current, get_person(tx, current).date_of_birth)
        _refuse_of_another(session, current)
        _record_plan(session, tx, current, replace(left, kind=TRANSITION))

    edit: Edit[Case] = Edit(
        change=lambda read: replace(read, transition_proposed_on=left.left_on, transition_proposed_by=session.user),
        after=take,
        notice=lambda _: "Transition proposed; a supervisor now has to confirm it.",
        topics=TRANSITION_TOPICS,
        ref=entry.case_ref,
    )
    right = Case.rights.change_right
    return run_edit(session, "propose_transition", right, entry, (Case, entry.case_ref), edit)


def confirm_transition(session: Session, entry: ConfirmTransition) -> Outcome:
    """Confirm a proposal of somebody else.

    Raises:
        NotAllowed: The user is no supervisor.
        NeedsAnotherPerson: They proposed it themselves.
        StepNotReady: Nobody has proposed it.
        AlreadyDone: It was confirmed before.
        Missing: The case is not there for this user.
        EditConflict: Someone else saved the case since it was read.
        Stale: Someone changed the plan since it was read.
        DatesOutOfOrder: It was proposed after that day.
    """
    if session.role is not Role.SUPERVISOR:
        raise NotAllowed("Only a supervisor confirms a transition to adult services. Nothing was changed.")
    refuse_future_date(session, entry.on, "A confirmation")

    def check(tx: Transaction, current: Case) -> None:
        if current.transition_proposed_on is None:
            raise StepNotReady("Nobody has proposed it yet. Nothing was changed; propose it first.")
        if current.transition_confirmed_on is not None:
            raise AlreadyDone(
                f"It was confirmed on {format_day(current.transition_confirmed_on)}. Nothing was changed."
            )
        if current.transition_proposed_by == session.user:
            raise NeedsAnotherPerson("You proposed this yourself. Nothing was changed; another supervisor confirms it.")
        if entry.on < current.transition_proposed_on:
            raise DatesOutOfOrder(
                f"It was proposed on {format_day(current.transition_proposed_on)}, and cannot be confirmed before "
                "that. Your entry is kept; correct the date.",
                field="on",
            )
        _refuse_other_plan(session, tx, entry)

    edit: Edit[Case] = Edit(
        before=check,
        change=lambda read: replace(read, transition_confirmed_on=entry.on, transition_confirmed_by=session.user),
        notice=lambda _: "Transition confirmed as proposed. This gives nobody access to anything new.",
        topics=TRANSITION_TOPICS,
        ref=entry.case_ref,
    )
    right = Case.rights.change_right
    return run_edit(session, "confirm_transition", right, entry, (Case, entry.case_ref), edit)


def _refuse_of_another(session: Session, case: Case) -> None:
    """Refuse to propose in place of somebody else, who may know why it is to be so."""
    if case.transition_proposed_by not in {None, session.user}:
        by, on = session.names.of(case.transition_proposed_by or ""), case.transition_proposed_on
        raise AlreadyDone(
            f"{by} proposed it{'' if on is None else f' on {format_day(on)}'}. Nothing was saved; change that plan "
            "under Leaving, and a supervisor then confirms it."
        )


def _record_plan(session: Session, tx: Transaction, case: Case, plan: CaseExit) -> None:
    """Record what is proposed; who proposes again changes what they proposed before."""
    standing = proposed_transition(tx.list_records(CaseExit, case_ref=case.case_ref))
    if standing is None or case.transition_proposed_on is None:
        add_in_command(session, tx, AddRecord(request="", case_ref=case.case_ref, record=plan))
        return
    asked = tx.command.reason_text
    tx.because(asked or PROPOSED_AGAIN)
    again = replace(plan, exit_ref=standing.exit_ref)
    change = ChangeRecord(request="", case_ref=case.case_ref, record=again, revision=standing.revision)
    change_in_command(session, tx, change)
    tx.because(asked)


def _refuse_other_plan(session: Session, tx: Transaction, entry: ConfirmTransition) -> None:
    """Refuse to confirm another plan than the one that was read."""
    plan = proposed_transition(tx.list_records(CaseExit, case_ref=entry.case_ref))
    if plan is not None:
        tx.lock(plan)  # whoever is changing it at this moment has done so, or waits
        plan = proposed_transition(tx.list_records(CaseExit, case_ref=entry.case_ref))
    if plan is None:
        raise StepNotReady("The plan that was proposed is no longer on record. Nothing was changed; propose it again.")
    if entry.seen is not None and (entry.seen.exit_ref, entry.seen.revision) != (plan.exit_ref, plan.revision):
        by = session.names.of(plan.recorded_by)
        raise Stale(f"{by} changed the plan since you read it. Nothing was changed; open the proposal again.")


def _refuse_untimely(session: Session, case: Case, born_on: date) -> None:
    if case.programme != "PHOENIX":
        raise NotOnThisProgramme("Only Phoenix participants have a transition to adult services. Nothing was saved.")
    if case.closed_on is not None:
        raise CaseClosed(f"Case {case.case_ref} closed on {format_day(case.closed_on)}. Nothing was saved.")
    if case.transition_confirmed_on is not None:
        raise AlreadyDone(f"It was confirmed on {format_day(case.transition_confirmed_on)}. Nothing was changed.")
    turns = adult_on(born_on)
    if session.today() < months_before(turns, TRANSITION_AHEAD_MONTHS):
        raise StepNotReady(
            f"They turn 18 on {format_day(turns)}. Nothing was saved; this is begun in the six months before."
        )
