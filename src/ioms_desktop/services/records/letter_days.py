"""The day on a case on which its IOM letter was served follows the record of that letter when it is corrected."""

from dataclasses import replace
from datetime import date

from ioms_desktop.domain.records.cases import Case, Notification
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.selection.notification import is_served_letter
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.transaction import Transaction


def follow_letter(tx: Transaction, before: Record | None, after: Record | None) -> None:
    """Correct the day on the case where a record of the letter was changed, taken out or put back.

    The case says the latest of the records. A day on it that came without such a record stays as it is, and stands
    again when the record that took its place is taken out.

    Args:
        before: The record as it was; None where it was not there.
        after: The record as it is; None where it is there no longer.
    """
    changed = after if after is not None else before
    if not isinstance(changed, Notification):
        return
    was, now = (
        each.attempted_on if isinstance(each, Notification) and is_served_letter(each) else None
        for each in (before, after)
    )
    if was == now:
        return
    case = tx.get(Case, changed.case_ref)
    stands = case.notice_served_on
    others = served_days(tx, case.case_ref, but=changed)
    if was is not None and stands != was and stands not in others:
        return
    kept = None
    if was is None:
        kept = stands
    elif now is None and stands == was:
        kept = _unrecorded_day(tx, case, was)
    day = max((each for each in (now, kept, *others) if each is not None), default=None)
    if stands != day:
        tx.save(replace(case, notice_served_on=day))


def served_days(reading: Reading, case_ref: str, but: Record | None = None) -> list[date]:
    """List the days on which the IOM letter of a case was served, by its records.

    Args:
        reading: Where to read.
        case_ref: The case.
        but: A record to leave out.
    """
    letters = [each for each in reading.list_records(Notification, case_ref=case_ref) if is_served_letter(each)]
    return [each.attempted_on for each in letters if but is None or each.identity != but.identity]


def _unrecorded_day(tx: Transaction, case: Case, gone: date) -> date | None:
    """Return the day that the case said last and that no record of the letter ever had, as an import brings one."""
    versions = tx.list_former_versions(Notification, case_ref=case.case_ref)
    letters = [*(each.record for each in versions), *tx.list_records(Notification, case_ref=case.case_ref)]
    recorded = {gone, *(each.attempted_on for each in letters if is_served_letter(each))}
    said = (each.record.notice_served_on for each in reversed(tx.list_former_versions(Case, case_ref=case.case_ref)))
    return next((on for on in said if on not in recorded), None)
