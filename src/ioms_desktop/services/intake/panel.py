"""Record what the panel decided about one case, and take the case to the status that follows, in one act."""

from dataclasses import dataclass, replace
from datetime import date

from ioms_desktop.domain.errors import DatesOutOfOrder, StatusNotNext
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.selection.panel import ACCEPT, STATUS_OF_DECISION, PanelDecision
from ioms_desktop.domain.records.status_table import CLOSING, status_rule
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.commands import (
    add_record,
    clean_record,
    get_writable_case,
    new_ref,
    refuse_future_date,
    run_command,
    save_record,
)
from ioms_desktop.services.intake.steps import check_step
from ioms_desktop.services.recording.record_checks import refuse_invalid
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage.transaction import Transaction

ADOPTED = "ACTIVE"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPanelDecision:
    """What the panel decided about a case.

    Attributes:
        made: The decision; the command fills in its own reference.
        takes_step: Whether the case goes to the status that the decision leads to.
        adopted_on: The day from which an accepted person is on the programme; None where that follows later.
        close_reason: Why the case closes, where its next status closes it; it does so on the day of the decision.
    """

    request: str
    made: PanelDecision
    takes_step: bool = True
    adopted_on: date | None = None
    close_reason: str | None = None


def case_after(case: Case, entry: RecordPanelDecision) -> Case | None:
    """Return a case as a panel's decision leaves it; None where that leads to no other status."""
    made = entry.made
    status = STATUS_OF_DECISION.get((case.programme, made.decision))
    if status is None or not entry.takes_step:
        return None
    if made.decision == ACCEPT and entry.adopted_on is not None:
        status = ADOPTED
    if status == case.status:
        return None
    rule = status_rule(case.programme, case.status, status)
    closes = rule is not None and set(CLOSING) <= set(rule.needs)
    after = replace(case, status=status, cohort=made.cohort or case.cohort)
    if status == ADOPTED:
        after = replace(after, adopted_on=entry.adopted_on)
    return replace(after, closed_on=made.decided_on, close_reason=entry.close_reason) if closes else after


def record_panel_decision(session: Session, entry: RecordPanelDecision) -> Outcome:
    """Record what the panel decided, and take the case to the status that follows.

    Raises:
        NotAllowed: The user may not record what a panel decided.
        Missing: The case is not there for this user.
        InvalidEntry: A value is missing or not accepted; the refusal names its field.
        CaseClosed: The case had closed by then.
        StatusNotNext: The status may not follow the present one.
        StepNotReady: A check of the screening is missing.
    """
    refuse_future_date(session, entry.made.decided_on, "A decision of the panel")

    def do(tx: Transaction) -> Outcome:
        case = get_writable_case(session, tx, entry.made.case_ref, entry.made.decided_on)
        if entry.made.decided_on < case.referred_on:
            raise DatesOutOfOrder(
                f"The case was referred on {format_day(case.referred_on)}, and the panel cannot decide before that. "
                "Your entry is kept; correct the date.",
                field="decided_on",
            )
        made = clean_record(replace(entry.made, panel_decision_ref=new_ref("PD")))
        refuse_invalid(session, tx, made)
        add_record(tx, made, is_read_back=False)
        decided = session.lists.of("panel_decision").label(made.decision)
        return Outcome(
            notice=f"Decision of the panel recorded: {decided}. {_take_step(session, tx, case, entry)}",
            changed=frozenset({Topic.CASES}),
            ref=made.panel_decision_ref,
        )

    return run_command(session, "record_panel_decision", PanelDecision.rights.add, entry.request, do)


def _take_step(session: Session, tx: Transaction, case: Case, entry: RecordPanelDecision) -> str:
    statuses = session.lists.of("case_status")
    after = case_after(case, entry)
    if after is None:
        return f"The case stays: {statuses.label(case.status)}."
    try:
        check_step(session, tx, case, after)
    except StatusNotNext as wrong:
        raise StatusNotNext(f"{wrong.sentence} The decision alone can be recorded, too.", field="takes_step") from wrong
    save_record(tx, after)
    return f"The case is now: {statuses.label(after.status)}."
