"""What the standards ask for by a day on a case itself: the notice to the person, and the plan for a release."""

from dataclasses import dataclass, replace
from datetime import date

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.commands import not_in_future, once, open_case_at_hand
from ioms_desktop.services.edit_conflicts import Settled, changed, saved, still_there
from ioms_desktop.services.session import Desk, Outcome, Topic
from ioms_desktop.storage.transaction import Transaction

CASES = frozenset({Topic.CASES})


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeNotice:
    """The notice to the person, served on a day; `revision` is that of the case as read."""

    request: str
    case_ref: str
    revision: int
    on: date
    settled: Settled | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRelease:
    """The plan for an expected release, made on a day; `revision` is that of the case as read."""

    request: str
    case_ref: str
    revision: int
    on: date
    settled: Settled | None = None


def serve_notice(desk: Desk, entry: ServeNotice) -> Outcome:
    """Record the day on which the notice was served to the person.

    Raises:
        NotAllowed: The user may not set a RAG.
        Missing: The case is not there for this user.
        Conflict: Someone else saved the case since it was read.
        Removed: Someone else removed it.
        Refused: The day lies in the future, before adoption or after the case closed.
    """
    not_in_future(desk, entry.on, "A notice")

    def do(tx: Transaction) -> Outcome:
        case = _since_adoption(desk, tx, entry, "A notice is served")
        change = changed(desk, tx, entry, case, lambda read: replace(read, notice_served_on=entry.on))
        notice = f"Notice recorded as served on {format_day(entry.on)}."
        return saved(tx, change, notice=notice, topics=CASES, ref=case.case_ref)

    return once(desk, "serve_notice", Right.SET_RAG, entry.request, do)


def plan_release(desk: Desk, entry: PlanRelease) -> Outcome:
    """Record the day on which the plan for the expected release was made.

    Raises:
        NotAllowed: The user may not set a RAG.
        Missing: The case is not there for this user.
        Conflict: Someone else saved the case since it was read.
        Removed: Someone else removed it.
        Refused: The day lies in the future, before adoption or after the case closed, or no release is expected.
    """
    not_in_future(desk, entry.on, "A release plan")

    def do(tx: Transaction) -> Outcome:
        case = _since_adoption(desk, tx, entry, "A release is planned")
        change = changed(desk, tx, entry, case, lambda read: replace(read, release_plan_on=entry.on))
        release = change.record.expected_release_on
        if release is None:
            raise Refused("No release is expected on this case. Nothing was saved; reload the case.")
        notice = f"Plan for the release on {format_day(release)} recorded as made on {format_day(entry.on)}."
        return saved(tx, change, notice=notice, topics=CASES, ref=case.case_ref)

    return once(desk, "plan_release", Right.SET_RAG, entry.request, do)


def _since_adoption(desk: Desk, tx: Transaction, entry: ServeNotice | PlanRelease, what: str) -> Case:
    still_there(desk, tx, Case, entry.case_ref)
    case = open_case_at_hand(desk, tx, entry.case_ref, entry.on)
    adopted = case.adopted_on
    if case.programme != "IOM" or adopted is None:
        raise Refused(f"{what} after adoption, and this case has not been adopted. Nothing was saved.")
    if entry.on < adopted:
        raise Refused(
            f"{what} after adoption, which was on {format_day(adopted)}. Your entry is kept; correct the date."
        )
    return case
