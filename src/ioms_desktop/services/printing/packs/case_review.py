"""What a supervisor looks at when a case is reviewed, by the rules that Today and the case screen use."""

from collections.abc import Iterator
from datetime import date, timedelta

from ioms_desktop.domain.figures.record_quality import describe_lacks
from ioms_desktop.domain.policy.case_facts import CaseFacts
from ioms_desktop.domain.policy.triggers import Trigger
from ioms_desktop.domain.printing.packs.office_papers import CaseReview, ClockLine, StandardLine
from ioms_desktop.domain.printing.summary import CaseSummary
from ioms_desktop.domain.text_format import describe_due, format_day
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.session import Session
from ioms_desktop.storage.records.read import Reading

IN_TIME = "in time"
WITHDRAWN = "WITHDRAWN"


def read_case_review(session: Session, _reading: Reading, view: CaseView, summary: CaseSummary) -> CaseReview:
    """Return the review of a case as of the day of its view."""
    clocks = sorted((told.trigger for told in view.triggers), key=lambda each: each.raised_on, reverse=True)
    return CaseReview(
        summary=summary,
        standards=tuple(_standards(session, view)),
        clocks=tuple(_clock(session, view, each) for each in clocks),
        lacks=describe_lacks(
            view.person, view.case, view.assessments, view.contacts, view.as_of, session.lists.of("risk_tool").label
        ),
    )


def _standards(session: Session, view: CaseView) -> Iterator[StandardLine]:
    """Give each standard that applies on the day, kept or not; on Phoenix and on a closed case none does."""
    facts, on = view.history[-1], view.as_of
    starts = facts.starts_on
    if facts.programme != "IOM" or starts is None or starts > on or facts.ended_by(on):
        return
    late = {each.standard: each for each in view.overdue}
    days = session.policy_timeline.on(on).standards
    texts = {
        "CONTACT": ("Contact", view.contact_due, "The next contact that meets the standard is due by then."),
        "RAG_REVIEW": ("RAG review", view.review_due, "The next review is due by then."),
        "NOTICE": ("IOM letter", starts + timedelta(days=days.notice_days), _served(facts, on)),
        "RELEASE_PLAN": ("Release plan", facts.expected_release_on, _planned(facts, on)),
    }
    for standard, (what, due, text) in texts.items():
        overdue = late.get(standard)
        if overdue is not None:
            yield StandardLine(what=what, text=overdue.explanation, due_on=overdue.due_on, is_late=True)
        elif due is not None and not (standard == "RELEASE_PLAN" and due < on):  # of a release that is over
            served = facts.notice_served_on if standard == "NOTICE" else None
            yield StandardLine(what=what, text=text, due_on=due, is_late=served is not None and due < served <= on)


def _served(facts: CaseFacts, on: date) -> str:
    served = facts.notice_served_on
    return "To be served by then." if served is None or served > on else f"Served on {format_day(served)}."


def _planned(facts: CaseFacts, on: date) -> str:
    planned = facts.release_plan_on
    if planned is None or planned > on:
        return "Release is expected then; a plan is not due yet."
    return f"Release is expected then; planned on {format_day(planned)}."


def _clock(session: Session, view: CaseView, trigger: Trigger) -> ClockLine:
    """Say when an alert was decided on and when it was acted on, each against the day by which it was due."""
    on, decided = view.as_of, trigger.decided_on
    label = session.lists.of("rule").label(trigger.rule)
    if trigger.status == WITHDRAWN:
        return ClockLine(alert=label, raised_on=trigger.raised_on, decision="Withdrawn")
    if decided is None:
        open_ = f"Open, {describe_due(trigger.decision_due, on)}"
        return ClockLine(
            alert=label, raised_on=trigger.raised_on, decision=open_, decision_late=trigger.decision_due < on
        )
    decision = session.lists.of("decision").label(trigger.decision)
    step = f": {session.lists.of('enforcement_step').label(trigger.step)}" if trigger.step else ""
    action, is_late = _action(trigger, on)
    return ClockLine(
        alert=label,
        raised_on=trigger.raised_on,
        decision=f"{decision}{step}, {format_day(decided)}, {_in_time(decided, trigger.decision_due)}",
        decision_late=decided > trigger.decision_due,
        action=action,
        action_late=is_late,
    )


def _action(trigger: Trigger, on: date) -> tuple[str, bool]:
    """Say what became of the action after a decision, and whether it is late; nothing where none is due."""
    due, done = trigger.action_due, trigger.actioned_on
    if done is not None:
        said = f"Done {format_day(done)}" + ("" if due is None else f", {_in_time(done, due)}")
        return said, due is not None and done > due
    return ("", False) if due is None else (f"Not done, {describe_due(due, on)}", due < on)


def _in_time(done: date, due: date) -> str:
    return IN_TIME if done <= due else describe_due(due, done)
