"""Record a step on compliance and what belongs to it: the concern that it is as well, and who is at large since."""

from dataclasses import dataclass, replace
from datetime import date

from ioms_desktop.domain.errors import InvalidRecord
from ioms_desktop.domain.policy.case_figures import UNLAWFULLY_AT_LARGE
from ioms_desktop.domain.records.compliance.steps import CONCERN_OF_STEP, RECALLED, ComplianceStep
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.commands import run_command
from ioms_desktop.services.recording.concerns import RecordConcern, record_concern_in_command
from ioms_desktop.services.recording.records import AddRecord, add_in_command
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.storage.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordComplianceStep:
    """A warning, a breach or a recall.

    Attributes:
        step: The step; whose it is follows from the case.
        as_concern: Whether a breach or a recall is a concern too, which calls for a decision.
        at_large_from: The day from which somebody recalled is unlawfully at large; None where they are not.
    """

    request: str
    case_ref: str
    step: ComplianceStep
    as_concern: bool = False
    at_large_from: date | None = None


def record_compliance_step(session: Session, entry: RecordComplianceStep) -> Outcome:
    """Record a step on compliance.

    Raises:
        NotAllowed: The user may not record orders, or not concerns.
        Missing: The case is not there for this user.
        InvalidRecord: A value is not accepted; the refusal names its field.
        CaseClosed: The case had closed by then.
    """

    def do(tx: Transaction) -> Outcome:
        step = entry.step
        outcome = add_in_command(session, tx, AddRecord(request="", case_ref=entry.case_ref, record=step))
        more = []
        if entry.as_concern and step.step in CONCERN_OF_STEP:
            more.append(_add_concern(session, tx, entry, CONCERN_OF_STEP[step.step], step.taken_on))
        if entry.at_large_from is not None:
            _refuse_wrong_day(step, entry.at_large_from)
            more.append(_add_concern(session, tx, entry, UNLAWFULLY_AT_LARGE, entry.at_large_from))
        label = session.lists.of("compliance_step").label(step.step)
        said = f"{label} of {format_day(step.taken_on)} recorded.{' As a concern too.' if more else ''}"
        return replace(outcome.joined(*more), notice=said)

    return run_command(session, "record_compliance_step", ComplianceStep.rights.add, entry.request, do)


def _add_concern(session: Session, tx: Transaction, entry: RecordComplianceStep, kind: str, on: date) -> Outcome:
    concern = RecordConcern(
        request="", case_ref=entry.case_ref, occurred_on=on, concern_type=kind, summary=entry.step.reason
    )
    return record_concern_in_command(session, tx, concern)


def _refuse_wrong_day(step: ComplianceStep, at_large_from: date) -> None:
    if step.step != RECALLED:
        raise InvalidRecord(
            "Only a person who has been recalled can be unlawfully at large. Your entry is kept; leave this day empty.",
            field="at_large_from",
        )
    if at_large_from < step.taken_on:
        raise InvalidRecord(
            f"Nobody can be unlawfully at large before the recall of {format_day(step.taken_on)}. Your entry is kept; "
            "correct the date.",
            field="at_large_from",
        )
