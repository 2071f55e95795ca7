"""The statutory status of a case, its IOM condition and its final third: read for a day, and set by a person."""

from dataclasses import dataclass, replace
from datetime import date

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.compliance.statutory_status import StatusSource, StatutoryStatus, statutory_status_on
from ioms_desktop.domain.errors import MissingReason, MissingValue
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.compliance.conditions import IOM_CONDITION, OrderCondition
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.commands import get_writable_case, run_command, save_record
from ioms_desktop.services.edit_conflicts import ConflictResolution, get_record_to_edit
from ioms_desktop.services.recording.edits import Edit
from ioms_desktop.services.recording.records import AddRecord, add_in_command
from ioms_desktop.services.records.alert_changes import read_open_alerts
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSupervision:
    """What a person says of the supervision of a case; `revision` is that of the case as read.

    Attributes:
        statutory_status: The status, where it is not to follow from the orders.
        statutory_reason: Why; empty where the status follows from the orders.
        iom_licence_condition: Whether the licence has the IOM condition; None where nobody knows.
        final_third_from: The day from which probation contact ends.
    """

    request: str
    case_ref: str
    revision: int
    statutory_status: str | None
    statutory_reason: str
    iom_licence_condition: bool | None
    final_third_from: date | None
    resolution: ConflictResolution | None = None


def status_of(session: Session, view: CaseView) -> StatutoryStatus:
    """Return the statutory status of a case on the day as of which it is shown."""
    terms = session.policy_timeline.on(view.as_of).in_force
    return statutory_status_on(view.case, view.orders, _weights(session, view.as_of), terms, view.as_of)


def _weights(session: Session, on: date) -> dict[str, int]:
    """Return how much each type of order weighs; what is no order, or was abolished by that day, has no weight."""
    types = session.lists.of("statutory_status")
    found = ((each.code, types.get(types.canonical(each.code), on)) for each in types)
    return {code: int(each.more["weight"]) for code, each in found if each is not None and "weight" in each.more}


def describe_status(session: Session, view: CaseView) -> str:
    """Say the statutory status of a case with where it comes from, and that the orders say something else."""
    statuses, status = session.lists.of("statutory_status"), status_of(session, view)
    label = statuses.label(status.code) or "None"
    order = status.order
    if status.source is StatusSource.ORDER and order is not None:
        return f"{label}, from the order of {format_day(order.made_on)}"
    if status.source is not StatusSource.PERSON:
        return label
    said = f"{label}, set by hand: {view.case.statutory_reason}"
    if order is None or not status.differs_from_orders:
        return said
    return f"{said}. The order of {format_day(order.made_on)} says {statuses.label(order.order_type)}"


def set_supervision(session: Session, entry: SetSupervision) -> Outcome:
    """Set the statutory status with a reason, or let it follow from the orders; the IOM condition, the final third.

    Raises:
        NotAllowed: The user may not record orders.
        Missing: The case is not there for this user.
        EditConflict: Someone else saved the case since it was read.
        RecordRemoved: Someone else removed it.
        MissingReason: A status is set by hand without saying why.
        MissingValue: A reason is given for no status.
    """
    reason = entry.statutory_reason.strip()

    def check(tx: Transaction, current: Case) -> None:
        get_writable_case(session, tx, entry.case_ref, session.today())
        if reason and not entry.statutory_status:
            raise MissingValue("Say which status the reason is for. Your entry is kept.", field="statutory_status")
        if not reason and entry.statutory_status not in {None, current.statutory_status}:
            raise MissingReason("Say why the status is not the one of the orders. Your entry is kept.", field="reason")

    def change(read: Case) -> Case:
        return replace(
            read,
            statutory_status=entry.statutory_status,
            statutory_reason=reason or None,
            iom_licence_condition=entry.iom_licence_condition,
            final_third_from=entry.final_third_from,
        )

    edit: Edit[Case] = Edit(
        before=check,
        change=change,
        notice=lambda _: "Supervision recorded.",
        topics=frozenset({Topic.CASES}),
        ref=entry.case_ref,
    )

    def do(tx: Transaction) -> Outcome:
        current = get_record_to_edit(session, tx, Case, entry.case_ref)
        before = read_open_alerts(session, tx, entry.case_ref, Case)
        outcome = edit.apply(session, tx, entry, current)
        after = read_open_alerts(session, tx, entry.case_ref, Case)
        return replace(
            outcome, notice=f"{outcome.notice}{after.describe_gone(before)}", raised=after.raised_since(before)
        )

    return run_command(session, "set_supervision", Right.RECORD_BACKGROUND, entry.request, do)


def record_condition(session: Session, entry: AddRecord) -> Outcome:
    """Record a condition or requirement; one to engage with the IOM team is noted on the case as well.

    `cases.iom_licence_condition` is what files carry and the policy reads. It becomes yes with such a condition that
    holds today, in the same act; it becomes no only where a person says so.

    Raises:
        NotAllowed: The user may not record orders.
        Missing: The case is not there for this user.
        InvalidRecord: A value is not accepted; the refusal names its field.
    """

    def do(tx: Transaction) -> Outcome:
        before = read_open_alerts(session, tx, entry.case_ref, Case)
        outcome = add_in_command(session, tx, entry)
        if not isinstance(entry.record, OrderCondition) or not _is_iom_condition(session, entry.record):
            return outcome
        case = tx.get(Case, entry.case_ref)
        if case.iom_licence_condition or case.closed_on is not None:
            return outcome
        save_record(tx, replace(case, iom_licence_condition=True))
        after = read_open_alerts(session, tx, entry.case_ref, Case)
        said = "The case now says that there is the IOM condition."
        return replace(
            outcome,
            notice=f"{outcome.notice} {said}",
            changed=outcome.changed | {Topic.CASES},
            raised=after.raised_since(before),
        )

    return run_command(session, "record_condition", OrderCondition.rights.add, entry.request, do)


def _is_iom_condition(session: Session, condition: OrderCondition) -> bool:
    category = session.lists.of("condition_category").canonical(condition.category or "")
    return category == IOM_CONDITION and condition.holds_on(session.today())
