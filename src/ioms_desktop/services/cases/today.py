"""Today: the user's outstanding work in order of urgency. It only lists; it decides and raises nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from ioms_desktop.domain.access.roles import Right, may, sees_programme
from ioms_desktop.domain.dates.calendar import LONDON, adult_on, months_before
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.intelligence import INTELLIGENCE_RULE
from ioms_desktop.domain.policy.case_facts import CaseFacts
from ioms_desktop.domain.policy.case_figures import rag_on
from ioms_desktop.domain.policy.explanations import explain
from ioms_desktop.domain.policy.policy import Policies
from ioms_desktop.domain.policy.standards import contact_due_shown_on, overdue_standards, rag_review_due_on
from ioms_desktop.domain.policy.triggers import OPEN, Trigger
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.concerns_and_decisions import Proposal
from ioms_desktop.domain.records.leaving.exits import TRANSITION_AHEAD_MONTHS
from ioms_desktop.domain.search.search_terms import fold
from ioms_desktop.domain.text_format import format_day, format_name, pluralise
from ioms_desktop.domain.validation.column_rules import is_future
from ioms_desktop.services.cases.rule_runs import EvaluatedCase, count_known_cases, evaluate_caseload, report_progress
from ioms_desktop.services.network.group_dues import list_groups_due
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

LOOK_AHEAD = timedelta(days=7)
RELEASE_LOOK_AHEAD_DAYS = 28
WITHOUT_WORKER_REF = "worker"
"""The reference of a case that names no worker."""
RELEASE_PLAN_REF = "plan"
"""The reference of a release that has no plan yet."""
TRANSITION_OPEN_REF, TRANSITION_WAITS_REF = "open", "proposed"
"""The references of a transition to adult services that nobody has proposed, and of one to be confirmed."""


class Duty(StrEnum):
    """The kinds of outstanding work, in order of urgency."""

    DECISION = "DECISION"
    RECALL = "RECALL"
    PROPOSAL = "PROPOSAL"
    CONTACT = "CONTACT"
    OUTCOME = "OUTCOME"
    APPOINTMENT = "APPOINTMENT"
    ACTION = "ACTION"
    REVIEW = "REVIEW"
    RELEASE = "RELEASE"
    OFFER = "OFFER"
    NOTICE = "NOTICE"
    TRANSITION = "TRANSITION"
    GROUP = "GROUP"
    RETENTION = "RETENTION"
    MISSING = "MISSING"


DUTY_RANK = {duty: place for place, duty in enumerate(Duty)}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorklistItem:
    """One line of the list.

    Attributes:
        id: Its place in the list, from 1.
        description: What is owed, in one sentence.
        due_on: Its clock; None where it has none.
        ref: The rule of a decision, else the reference of the proposal, appointment, action or offer;
            `RELEASE_PLAN_REF` where a release wants its plan; the person of a retention review; the record of a group.
        revision: The revision of the proposal, appointment or action that was read.
        is_own: Whether the user is named as its worker or owner.
        is_given: Whether it is an action that the user gave to somebody else.
    """

    id: int = 0
    duty: Duty
    description: str
    due_on: date | None
    case_ref: str | None = None
    name: str = ""
    programme: str = ""
    worker: str | None = None
    ref: str = ""
    revision: int = 0
    is_own: bool = False
    is_given: bool = False

    @property
    def person_ref(self) -> str | None:
        """The person of a retention review, which is about no case."""
        return self.ref if self.duty is Duty.RETENTION else None

    def urgency(self, today: date) -> tuple[int, int, date, str, str]:
        """Return the sort key: late, due today, due within a week, the rest; then by duty."""
        due = self.due_on or date.max
        days = (due - today).days
        bucket = 0 if days < 0 else 1 if days == 0 else 2 if due - today <= LOOK_AHEAD else 3
        return bucket, DUTY_RANK[self.duty], due, fold(self.name), self.ref


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
    lines = [line for each in evaluated for line in _case_items(policies, each, today)]
    with session.store.read() as reading:
        proposals = _without_hidden_intelligence(session, waiting_proposals(reading))
        actions = [_action_item(session, each) for each in open_actions(reading, today, today + LOOK_AHEAD)]
        appointments = [_appointment_item(session, each) for each in waiting_appointments(reading, today + LOOK_AHEAD)]
        unmanned = [_without_worker(ref) for ref in cases_without_worker(reading, today)]
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
            *_retention_items(session, today),
        ]
        known = today_case_headers(reading, (line.case_ref for line in lines if line.case_ref))
    ordered = sorted(_with_headers(session, lines, known), key=lambda line: line.urgency(today))
    return tuple(replace(line, id=number) for number, line in enumerate(ordered, 1))


def _case_items(policies: Policies, each: EvaluatedCase, today: date) -> Iterator[WorklistItem]:
    """List the work of one case; a closed case has only the decisions still open."""
    case = each.history[-1]
    for trigger in each.triggers:
        if trigger.status == OPEN:
            yield _decision_item(policies, trigger)
    if case.closed_on is not None and case.closed_on <= today:
        return
    yield from _standard_items(policies, case, today)
    yield from _offer_items(policies, case, today)
    yield from _missing_rag_items(case, today)


def _decision_item(policies: Policies, trigger: Trigger) -> WorklistItem:
    return WorklistItem(
        duty=Duty.DECISION,
        description=explain(policies, trigger),
        due_on=trigger.decision_due,
        case_ref=trigger.case_ref,
        ref=trigger.rule,
    )


_DUTY_BY_STANDARD = {
    "CONTACT": Duty.CONTACT,
    "RAG_REVIEW": Duty.REVIEW,
    "NOTICE": Duty.NOTICE,
    "RELEASE_PLAN": Duty.RELEASE,
}


def _standard_items(policies: Policies, case: CaseFacts, today: date) -> Iterator[WorklistItem]:
    late: set[Duty] = set()
    for each in overdue_standards(policies, case, today):
        duty = _DUTY_BY_STANDARD[each.standard]
        late.add(duty)
        # The clock of a release is the release; the plan is wanted before it.
        due = case.expected_release_on if duty is Duty.RELEASE else each.due_on
        if duty is Duty.CONTACT:
            due = contact_due_shown_on(policies, case, today)
        wants = RELEASE_PLAN_REF if duty is Duty.RELEASE else ""
        yield WorklistItem(duty=duty, description=each.explanation, due_on=due, case_ref=case.case_ref, ref=wants)
    coming = {
        Duty.CONTACT: (contact_due_shown_on(policies, case, today), "The next contact keeps the standard up to {}."),
        Duty.REVIEW: (rag_review_due_on(policies, case, today), "The RAG review is due on {}."),
        Duty.RELEASE: (case.expected_release_on, "Release is expected on {}; the plan for it stands."),
    }
    for duty, (due, words) in coming.items():
        ahead = RELEASE_LOOK_AHEAD_DAYS if duty is Duty.RELEASE else LOOK_AHEAD.days
        if due is None or duty in late or (case.programme != "IOM" and duty is Duty.REVIEW):
            continue
        if case.programme != "IOM" and duty is Duty.RELEASE:
            words = "Release is expected on {}."  # noqa: PLW2901 - Phoenix has no standard for a release plan
        if 0 <= (due - today).days <= ahead:
            yield WorklistItem(duty=duty, description=words.format(format_day(due)), due_on=due, case_ref=case.case_ref)


def _offer_items(policies: Policies, case: CaseFacts, today: date) -> Iterator[WorklistItem]:
    rule = policies.on(today).rules.get("unanswered_offer")
    days = rule.days if rule is not None and rule.days else 0
    for offer in case.offers:
        if offer.response is None and offer.open_on(today):
            ago = pluralise((today - offer.offered_on).days, "day")
            yield WorklistItem(
                duty=Duty.OFFER,
                description=(
                    f"The support offered on {format_day(offer.offered_on)}, {ago} ago, has no answer recorded."
                ),
                due_on=offer.offered_on + timedelta(days=days),
                case_ref=case.case_ref,
                ref=offer.ref,
            )


def _missing_rag_items(case: CaseFacts, today: date) -> Iterator[WorklistItem]:
    if case.programme != "IOM" or case.starts_on is None or case.starts_on > today:
        return
    if rag_on(case, today) is None:
        yield WorklistItem(
            duty=Duty.MISSING,
            description="No RAG has been set since adoption; no contact standard can run without one.",
            due_on=None,
            case_ref=case.case_ref,
            ref="rag",
        )


def _without_hidden_intelligence(session: Session, proposals: Iterable[Proposal]) -> list[Proposal]:
    """Drop proposals on intelligence for roles that may not see any; a server's row policy drops them itself."""
    sees = may(session.role, Right.READ_INTELLIGENCE)
    return [proposal for proposal in proposals if sees or proposal.rule != INTELLIGENCE_RULE]


def _with_proposals(
    session: Session, lines: Iterable[WorklistItem], proposals: Sequence[Proposal]
) -> Iterator[WorklistItem]:
    """Replace a decision by the proposal that answers it; the user's own proposal waits for somebody else."""
    waiting = {(proposal.case_ref, proposal.rule): proposal for proposal in proposals if proposal.rule}
    clocks: dict[tuple[str | None, str], date | None] = {}
    for line in lines:
        key = (line.case_ref, line.ref)
        if line.duty is Duty.DECISION and (line.case_ref or "", line.ref) in waiting:
            clocks[key] = line.due_on
        else:
            yield line
    for proposal in proposals:
        steps = session.lists.of("enforcement_step")
        step = f": {steps.label(proposal.step)}" if proposal.step else ""
        label = session.lists.of("decision").label(proposal.decision)
        mine = proposal.proposed_by == session.user
        ending = "waits for a second person" if mine else "waits for your answer"
        yield WorklistItem(
            duty=Duty.PROPOSAL,
            description=(
                f"{label}{step}, proposed by {session.names.of(proposal.proposed_by)} on "
                f"{format_day(proposal.proposed_on)}, {ending}."
            ),
            due_on=clocks.get((proposal.case_ref, proposal.rule or "")),
            case_ref=proposal.case_ref,
            ref=proposal.proposal_ref,
            revision=proposal.revision,
            is_own=may(session.role, Right.PROPOSE),
        )


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
        turns = adult_on(each.born_on)
        if each.referred_on >= turns or today < months_before(turns, TRANSITION_AHEAD_MONTHS):
            continue
        words = f"{'Turns' if today < turns else 'Turned'} 18 on {format_day(turns)}"
        waits = each.proposed_on is not None
        by = session.names.of(each.proposed_by or "")
        ending = (
            f"transition to adult services, proposed by {by}, waits for a supervisor"
            if waits
            else "no transition to adult services has been proposed yet"
        )
        yield WorklistItem(
            duty=Duty.TRANSITION,
            description=f"{words}; {ending}.",
            due_on=turns,
            case_ref=each.case_ref,
            ref=TRANSITION_WAITS_REF if waits else TRANSITION_OPEN_REF,
        )


def _without_worker(case_ref: str) -> WorklistItem:
    words = "No OM, navigator or PP is named on this case."
    return WorklistItem(duty=Duty.MISSING, description=words, due_on=None, case_ref=case_ref, ref=WITHOUT_WORKER_REF)


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
