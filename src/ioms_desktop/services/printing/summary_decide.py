"""What a case summary says first: what is to be decided on its day, by the rules that Today and the case screen use."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ioms_desktop.domain.duties.case_duties import (
    DUTY_TITLES,
    LOOK_AHEAD,
    Duty,
    WorklistItem,
    list_case_duties,
    take_out_answered,
    transition_duty,
    worker_duty,
)
from ioms_desktop.domain.intelligence import INTELLIGENCE_CONCERN_TYPE, INTELLIGENCE_RULE
from ioms_desktop.domain.policy.case_facts import ActionFact
from ioms_desktop.domain.policy.case_figures import action_status, rag_on
from ioms_desktop.domain.policy.standards import contact_due_on
from ioms_desktop.domain.policy.triggers import OPEN
from ioms_desktop.domain.printing.decide_lines import ToDecideLine
from ioms_desktop.domain.printing.parts import SummaryPart as Part
from ioms_desktop.domain.records.concerns_and_decisions import WAITING, Proposal
from ioms_desktop.domain.records.selection.panel import PanelDecision
from ioms_desktop.domain.text_format import describe_due, format_day
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.cases.owed.people import describe_proposal
from ioms_desktop.services.cases.timelines import rests_on_intelligence
from ioms_desktop.services.labels import agency_code, describe_action_moves, describe_action_owner
from ioms_desktop.services.session import Session

PARTS = {
    Duty.DECISION: Part.ALERTS,
    Duty.PROPOSAL: Part.ENFORCEMENT,
    Duty.CONTACT: Part.RAG,
    Duty.REVIEW: Part.PLAN,
    Duty.RELEASE: Part.STATUTORY,
    Duty.OFFER: Part.OFFERS,
    Duty.NOTICE: Part.PLAN,
    Duty.TRANSITION: Part.PLAN,
    Duty.MISSING: Part.RAG,
    Duty.ACTION: Part.ACTIONS,
}
"""The part of the summary that each kind of work is of; work of another kind is not for a meeting to decide."""
OUTSTANDING = frozenset({"OPEN", "OVERDUE"})
LATE_ONLY = frozenset({Duty.CONTACT, Duty.OFFER, Duty.ACTION})
"""Work that is for a meeting only once it is late, or due on the day: before that it is somebody's own."""


def list_to_decide(session: Session, view: CaseView) -> tuple[ToDecideLine, ...]:
    """List what is to be decided or is late as of the day of a view, the most urgent first."""
    waiting = [each for each in view.proposals if each.status == WAITING]
    found = list_case_duties(
        session.policy_timeline, view.history[-1], (told.trigger for told in view.triggers), view.as_of
    )
    rest, clocks = take_out_answered(found, waiting)
    owed = [
        *(_ruled(session, view, each) for each in rest),
        *(_Owed(each) for each in _transition(session, view)),
        *_worker(view),
        *(_proposal(session, each, clocks) for each in waiting),
        *_actions(session, view),
        *_reviews(view),
    ]
    shown = [each for each in owed if each.item.duty in PARTS and not _is_early(each.item, view)]
    return tuple(_line(each, view) for each in sorted(shown, key=lambda each: each.item.urgency(view.as_of)))


@dataclass(frozen=True, slots=True)
class _Owed:
    """A piece of work with what a reader of paper must know of it besides."""

    item: WorklistItem
    text: str = ""
    what: str = ""
    part: Part | None = None
    agency: str = ""
    secret: bool = False


def _line(owed: _Owed, view: CaseView) -> ToDecideLine:
    due = owed.item.due_on
    return ToDecideLine(
        what=owed.what or DUTY_TITLES[owed.item.duty],
        text=owed.text or owed.item.description,
        due_on=due,
        clock="" if due is None else describe_due(due, view.as_of),
        part=owed.part or PARTS[owed.item.duty],
        agency=owed.agency,
        rests_on_intelligence=owed.secret,
    )


def _is_early(item: WorklistItem, view: CaseView) -> bool:
    return item.duty in LATE_ONLY and item.due_on is not None and item.due_on > view.as_of


def _ruled(session: Session, view: CaseView, item: WorklistItem) -> _Owed:
    """Name an alert by its rule and its day: its explanation stands with the other alerts."""
    if item.duty is Duty.CONTACT:
        return _Owed(item, item.description + _counted_from(session, view, item.due_on))
    if item.duty is not Duty.DECISION:
        return _Owed(item)
    intelligence = {c.concern_ref for c in view.concerns if c.concern_type == INTELLIGENCE_CONCERN_TYPE}
    told = next(each for each in view.triggers if each.trigger.rule == item.ref and each.trigger.status == OPEN)
    label = session.lists.of("rule").label(item.ref)
    text = f"{label}: alert of {format_day(told.trigger.raised_on)}, no decision yet"
    return _Owed(item, text, secret=rests_on_intelligence(told, intelligence))


def _counted_from(session: Session, view: CaseView, due: date | None) -> str:
    """Say why a contact was due that day where the colour changed since; its days and standard do not tell it then."""
    case = view.history[-1]
    if due is None or due == contact_due_on(session.policy_timeline, case, view.as_of):
        return ""
    asked = rag_on(case, due)  # it is that colour's day, however often another was set since
    if asked is None:
        return ""
    why = f"when {asked.rag} was set" if due == asked.set_on else f"by the standard for {asked.rag} at the time"
    return f" It was due on {format_day(due)}, {why}."


def _proposal(session: Session, proposal: Proposal, clocks: dict[tuple[str | None, str], date | None]) -> _Owed:
    due = clocks.get((proposal.case_ref, proposal.rule or ""))
    item = WorklistItem(duty=Duty.PROPOSAL, description="", due_on=due, ref=proposal.proposal_ref)
    text = f"{describe_proposal(session, proposal)}, waits to be authorised"
    return _Owed(item, text, secret=proposal.rule == INTELLIGENCE_RULE)


def _actions(session: Session, view: CaseView) -> Iterator[_Owed]:
    for action in view.actions:
        fact = ActionFact(action.action_ref, action.due_on, action.done_on, action.cancelled_on)
        if action_status(fact, view.as_of) in OUTSTANDING:
            told = (
                describe_action_owner(session, action.owner, action.agency),
                describe_action_moves(action.first_due_on, action.due_moves),
            )
            words = f"{action.text} ({'; '.join(filter(None, told))})"
            item = WorklistItem(duty=Duty.ACTION, description=words, due_on=action.due_on, ref=action.action_ref)
            yield _Owed(item, agency=agency_code(session.lists, action.agency))


def _transition(session: Session, view: CaseView) -> Iterator[WorklistItem]:
    case = view.case
    if case.programme != "PHOENIX" or case.transition_confirmed_on is not None or case.ended_by(view.as_of):
        return
    by = None if case.transition_proposed_on is None else session.names.of(case.transition_proposed_by or "")
    owed = transition_duty(case.case_ref, view.person.date_of_birth, case.referred_on, by, view.as_of)
    if owed is not None:
        yield owed


def _worker(view: CaseView) -> Iterator[_Owed]:
    case = view.case
    if not case.ended_by(view.as_of):
        owed = worker_duty(case.case_ref, (case.police_om, case.probation_practitioner, case.navigator))
        if owed is not None:
            yield _Owed(owed, part=Part.POLICE)


def _reviews(view: CaseView) -> Iterator[_Owed]:
    """List the days that the last panel and the last decision set for themselves, once they are near."""
    if view.case.ended_by(view.as_of):
        return
    intelligence = {each.decision_ref for each in view.decisions if each.rule == INTELLIGENCE_RULE}
    last = max(view.decisions, key=lambda each: (each.decided_on, each.decision_ref), default=None)
    panel = max(view.of(PanelDecision), key=lambda each: each.decided_on, default=None)
    for made, ref, what in (
        (panel, "", "The panel is to see the case again; it decided on {}."),
        (last, "" if last is None else last.decision_ref, "The decision of {} is to be reviewed."),
    ):
        if made is not None and made.review_on is not None and made.review_on <= view.as_of + LOOK_AHEAD:
            words = what.format(format_day(made.decided_on))
            item = WorklistItem(duty=Duty.REVIEW, description=words, due_on=made.review_on, ref=ref)
            yield _Owed(item, what="Review", secret=ref in intelligence)
