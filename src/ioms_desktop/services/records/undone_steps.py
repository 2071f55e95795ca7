"""When a step of a case may be undone: at once, and while nothing was built on it. A server asks the same itself."""

from collections.abc import Iterable
from datetime import timedelta

from ioms_desktop.domain.dates.instants import is_running
from ioms_desktop.domain.errors import BuiltUpon
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.concerns_and_decisions import Proposal
from ioms_desktop.domain.records.status_table import ASKED
from ioms_desktop.services.session import Session, Undo
from ioms_desktop.storage.records.read import Reading

STEP_COLUMNS = ("status", *ASKED.values())
"""What a step changes of a case."""
UNDONE_WITHIN = timedelta(hours=24)
TOO_LATE = (
    "This step was taken more than {hours} hours ago, and others have worked by it since. Nothing was undone; take the "
    "next step, or ask a supervisor."
)
PROPOSED_SINCE = (
    "A decision was proposed on case {ref} since this step, and rests on it. Nothing was undone; answer the proposal "
    "first, or take the next step."
)
REOPENED_SINCE = (
    "Case {ref} was reopened as a new case since, so this one stays closed. Nothing was undone; use the new case."
)


def is_step(before: Case, after: Case) -> bool:
    """Whether two versions of a case differ in what only a step changes."""
    return any(getattr(before, name) != getattr(after, name) for name in STEP_COLUMNS)


def refuse_undone_step(session: Session, reading: Reading, now: Case, before: Case) -> None:
    """Refuse to give a case the status it had where that is too late, or something was built on the step since.

    Args:
        now: The case as it is, as the step left it.
        before: The case as it was.

    Raises:
        BuiltUpon: The sentence says what was built on it.
    """
    if not is_step(before, now) or now.recorded_at is None:
        return
    until = now.recorded_at + UNDONE_WITHIN
    # A server dates what it keeps by its own clock, and asks by that itself.
    if not (reading.server_enforces_access or is_running(until, session.clock(), UNDONE_WITHIN)):
        raise BuiltUpon(TOO_LATE.format(hours=UNDONE_WITHIN // timedelta(hours=1)))
    others = reading.list_records(Case, person_ref=now.person_ref)
    if any(each.follows_case_ref == now.case_ref for each in others):
        raise BuiltUpon(REOPENED_SINCE.format(ref=now.case_ref))
    proposed = (each.recorded_at for each in reading.list_records(Proposal, case_ref=now.case_ref))
    if any(at is not None and at > now.recorded_at for at in proposed):
        raise BuiltUpon(PROPOSED_SINCE.format(ref=now.case_ref))


def describe_undone_step(session: Session, acts: Iterable[Undo]) -> str:
    """Say what status a case has again; empty where no step was undone."""
    for each in acts:
        before, after = each.before, each.record
        if isinstance(before, Case) and isinstance(after, Case) and before.status != after.status:
            return f"The case is back to: {session.lists.of('case_status').label(before.status)}."
    return ""
