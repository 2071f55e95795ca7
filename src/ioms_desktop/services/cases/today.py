"""Today: the user's outstanding work in order of urgency. It only lists; it decides and raises nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from ioms_desktop.domain.access.roles import Right, may, sees_programme
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.duties.case_duties import (
    LOOK_AHEAD,
    RELEASE_PLAN_REF,
    TRANSITION_OPEN_REF,
    TRANSITION_WAITS_REF,
    WITHOUT_WORKER_REF,
    Duty,
    WorklistItem,
    list_case_duties,
    take_out_answered,
    transition_duty,
    worker_duty,
)
from ioms_desktop.domain.intelligence import INTELLIGENCE_RULE
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.concerns_and_decisions import Proposal
from ioms_desktop.domain.text_format import format_day, format_name
from ioms_desktop.domain.validation.column_rules import is_future
from ioms_desktop.services.cases.rule_runs import count_known_cases, evaluate_caseload, report_progress
from ioms_desktop.services.network.group_dues import list_groups_due
from ioms_desktop.services.network.link_dues import list_links_due
from ioms_desktop.services.recording.actions import describe_moves, describe_owner
from ioms_desktop.services.records.recalls import read_copies_to_recall
from ioms_desktop.services.retention import retention
from ioms_desktop.services.session import Session
from ioms_desktop.storage.queries.appointments import waiting_appointments
from ioms_desktop.storage.queries.today import (
    OpenAction,
    TodayCaseHeader,
    cases_without_worker,
    growing_up,
    open_actions,
    today_case_headers,
    waiting_proposals,
)
from ioms_desktop.storage.records.read import Reading

__all__ = [
    "LOOK_AHEAD",
    "RELEASE_PLAN_REF",
    "TRANSITION_OPEN_REF",
    "TRANSITION_WAITS_REF",
    "WITHOUT_WORKER_REF",
    "Duty",
    "WorklistItem",
    "describe_proposal",
    "list_owed_work",
]


def list_owed_work(session: Session, *, progress: ProgressCallback = no_progress) -> tuple[WorklistItem, ...]:
    """List the work that is due, the most urgent first.

    Args:
        progress: Called with the number of cases evaluated and the most there can be; may raise to stop the work.

    Raises:
        NotAllowed: The user may not read cases.
    """
    session.require(Right.READ_CASES)
    today = session.today()
    policies = session.policy_timeline
    evaluated = report_progress(evaluate_caseload(session, today), count_known_cases(session), progress)
    lines = [line for each in evaluated for line in list_case_duties(policies, each.history[-1], each.triggers, today)]
    with session.store.read() as reading:
        proposals = _without_hidden_intelligence(session, waiting_proposals(reading))
        actions = [_action_item(session, each) for each in open_actions(reading, today, today + LOOK_AHEAD)]
        appointments = [_appointment_item(session, each) for each in waiting_appointments(reading, today + LOOK_AHEAD)]
        unmanned = [found for ref in cases_without_worker(reading, today) if (found := worker_duty(ref, ()))]
        lines = [
            *_with_proposals(session, lines, proposals),
            *appointments,
            *actions,
            *unmanned,
            *_recall_items(session, reading),
            *_transition_items(session, reading),
            *(
                WorklistItem(duty=Duty.GROUP, description=words, due_on=due, case_ref=ref, ref=said)
                for ref, due, words, said in list_groups_due(session, reading, LOOK_AHEAD)
            ),
            *list_links_due(session, reading, LOOK_AHEAD),
            *_retention_items(session, today),
        ]
        known = today_case_headers(reading, (line.case_ref for line in lines if line.case_ref))
    ordered = sorted(_with_headers(session, lines, known), key=lambda line: line.urgency(today))
    return tuple(replace(line, id=number) for number, line in enumerate(ordered, 1))


def _without_hidden_intelligence(session: Session, proposals: Iterable[Proposal]) -> list[Proposal]:
    """Drop proposals on intelligence for roles that may not see any; a server's row policy drops them itself."""
    sees = may(session.role, Right.READ_INTELLIGENCE)
    return [proposal for proposal in proposals if sees or proposal.rule != INTELLIGENCE_RULE]


def _with_proposals(
    session: Session, lines: Iterable[WorklistItem], proposals: Sequence[Proposal]
) -> Iterator[WorklistItem]:
    """Replace a decision by the proposal that answers it; the user's own proposal waits for somebody else."""
    rest, clocks = take_out_answered(lines, proposals)
    yield from rest
    for proposal in proposals:
        mine = proposal.proposed_by == session.user
        ending = "waits for a second person" if mine else "waits for your answer"
        yield WorklistItem(
            duty=Duty.PROPOSAL,
            description=f"{describe_proposal(session, proposal)}, {ending}.",
            due_on=clocks.get((proposal.case_ref, proposal.rule or "")),
            case_ref=proposal.case_ref,
            ref=proposal.proposal_ref,
            revision=proposal.revision,
            is_own=may(session.role, Right.PROPOSE),
        )


def describe_proposal(session: Session, proposal: Proposal) -> str:
    """Say what is proposed, by whom and since when, as the beginning of a sentence."""
    step = f": {session.lists.of('enforcement_step').label(proposal.step)}" if proposal.step else ""
    label = session.lists.of("decision").label(proposal.decision)
    by = session.names.of(proposal.proposed_by)
    return f"{label}{step}, proposed by {by} on {format_day(proposal.proposed_on)}"


def _retention_items(session: Session, today: date) -> Iterator[WorklistItem]:
    """List retention reviews that are due, for those who may do them; the case named need not be open."""
    if not may(session.role, Right.MANAGE_RETENTION):
        return
    for each in retention.list_due_reviews(session, today + LOOK_AHEAD):
        waiting = each.proposed_disposal
        words = f"Retention review due. {each.due.reason}"
        if waiting is not None:
            mine = waiting.proposed_by == session.user
            ending = "waits for a second person" if mine else "waits for your answer"
            by = session.names.of(waiting.proposed_by)
            words = f"Disposal of this record, proposed by {by} as {waiting.disposal_ref}, {ending}."
        yield WorklistItem(
            duty=Duty.RETENTION,
            description=words,
            due_on=each.due.on,
            name=each.name,
            ref=each.person_ref,
            is_own=waiting is not None and waiting.proposed_by != session.user,
        )


def _appointment_item(session: Session, appointment: Appointment) -> WorklistItem:
    """List an appointment that is to come, or one past whose outcome is still to be recorded."""
    how = session.lists.of("contact_type").label(appointment.contact_type)
    worker = f", with {session.names.of(appointment.worker)}" if appointment.worker else ""
    all_day = appointment.starts_at == DayTime(session.today())
    ahead = all_day or is_future(appointment.starts_at, session.day_time())
    words = f"{how}{worker}, {appointment.starts_at.words}"
    return WorklistItem(
        duty=Duty.APPOINTMENT if ahead else Duty.OUTCOME,
        description=f"{words}." if ahead else f"{words}: no outcome is recorded.",
        due_on=appointment.starts_at.on,
        case_ref=appointment.case_ref,
        ref=appointment.appointment_ref,
        revision=appointment.revision,
        is_own=session.names.matches(appointment.worker, session.user),
    )


def _action_item(session: Session, action: OpenAction) -> WorklistItem:
    """List an action with who does it, and what became of the day it was due at first."""
    told = (
        describe_owner(session, action.owner, action.agency),
        describe_moves(action.first_due_on, action.due_moves),
    )
    own = session.names.matches(action.owner, session.user) or action.owner == session.role
    return WorklistItem(
        duty=Duty.ACTION,
        description=f"{action.text} ({'; '.join(filter(None, told))})",
        due_on=action.due_on,
        case_ref=action.case_ref,
        ref=action.action_ref,
        revision=action.revision,
        is_own=own,
        is_given=not own and session.names.matches(action.given_by, session.user),
    )


def _recall_items(session: Session, reading: Reading) -> Iterator[WorklistItem]:
    """List the copies that went out with what is in error, for supervisors and whoever printed them."""
    if may(session.role, Right.PRINT):
        for copy in read_copies_to_recall(session, reading):
            yield WorklistItem(
                duty=Duty.RECALL,
                description=copy.describe(),
                due_on=copy.found_at.astimezone(LONDON).date(),
                case_ref=copy.case_ref,
                ref=copy.print_id,
                is_own=copy.printed_by == session.user,
            )


def _transition_items(session: Session, reading: Reading) -> Iterator[WorklistItem]:
    """List who came as a child and turns 18 soon, until a supervisor has confirmed what follows then."""
    today = session.today()
    for each in growing_up(reading, today):
        by = None if each.proposed_on is None else session.names.of(each.proposed_by or "")
        owed = transition_duty(each.case_ref, each.born_on, each.referred_on, by, today)
        if owed is not None:
            yield owed


def _with_headers(
    session: Session, lines: Iterable[WorklistItem], headers_by_case: dict[str, TodayCaseHeader]
) -> Iterator[WorklistItem]:
    """Add the person to each item, and leave out what the user may not see."""
    for line in lines:
        if line.case_ref is None:
            yield line
            continue
        head = headers_by_case.get(line.case_ref)
        if head is None or not sees_programme(session.role, head.programme):
            continue
        workers = (head.police_om, head.probation_practitioner, head.navigator)
        named = any(session.names.matches(worker, session.user) for worker in workers)
        yield replace(
            line,
            name=format_name(head.family_name, head.given_names),
            programme=head.programme,
            worker=session.names.of(head.worker) or None,
            is_own=line.is_own or named,
        )
