"""Reopen a case that closed: as a new case of the same person and programme, which says what it follows."""

from dataclasses import dataclass
from datetime import date

from ioms_desktop.domain.errors import CaseClosed, CaseStillOpen, DatesOutOfOrder
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.case_access import refuse_under_break_glass
from ioms_desktop.services.commands import get_visible_case, run_command
from ioms_desktop.services.intake.referrals import ReferPerson, open_new_case
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.storage.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenCase:
    """A closed case that is reopened.

    Attributes:
        case_ref: The case that closed; it stays as it is.
        reopened_on: The day on which the new case begins.
        unit: The unit or partner that asks for it, as a code of the list of units.
        reason: Why, in words.
        referred_by: Who asks, in words; empty where that is not known.
    """

    request: str
    case_ref: str
    reopened_on: date
    unit: str
    reason: str
    referred_by: str | None = None


def reopen_case(session: Session, entry: ReopenCase) -> Outcome:
    """Open a new case that follows one that closed, with rights and retention as for any new case.

    Raises:
        NotAllowed: The user may not record cases, or sees the case by break-glass access only.
        Missing: The case is not there for this user.
        CaseStillOpen: It has not closed.
        CaseClosed: It closed because the person died.
        InvalidEntry: A value is missing or not accepted; the refusal names its field.
        Duplicate: There is an open case of this programme already.
        EntryDoubtful: The person is on the other programme, or a date is odd, and the user was not asked yet.
    """

    def do(tx: Transaction) -> Outcome:
        old = get_visible_case(session, tx, entry.case_ref)
        refuse_under_break_glass(session, tx, entry.case_ref)
        _refuse_open(session, old, entry)
        referral = ReferPerson(
            request="",
            person_ref=old.person_ref,
            programme=old.programme,
            referred_on=entry.reopened_on,
            unit=entry.unit,
            reason=entry.reason,
            referred_by=entry.referred_by,
        )
        return open_new_case(session, tx, referral, follows=old.case_ref)

    return run_command(session, "reopen_case", Case.rights.add, entry.request, do)


def _refuse_open(session: Session, old: Case, entry: ReopenCase) -> None:
    if old.closed_on is None:
        status = session.lists.of("case_status").label(old.status)
        raise CaseStillOpen(
            f"Case {old.case_ref} has not closed; it is: {status}. Nothing was saved; take its next step instead."
        )
    if old.closed_by_death:
        raise CaseClosed(
            f"Case {old.case_ref} closed because the person died, so it cannot be reopened. Nothing was saved; if that "
            "was recorded by mistake, refer the person again and say so in the reason."
        )
    if entry.reopened_on < old.closed_on:
        raise DatesOutOfOrder(
            f"Case {old.case_ref} closed on {format_day(old.closed_on)}, and cannot be reopened before that. Your "
            "entry is kept; correct the date.",
            field="reopened_on",
        )
