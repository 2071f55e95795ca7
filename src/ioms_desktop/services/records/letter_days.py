"""The day on a case on which its IOM letter was served follows the record of that letter when it is corrected."""

from dataclasses import replace

from ioms_desktop.domain.records.cases import Case, Notification
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.selection.notification import is_served_letter
from ioms_desktop.storage.transaction import Transaction


def follow_letter(tx: Transaction, before: Record | None, after: Record | None) -> None:
    """Correct the day on the case where a record of the letter was changed, taken out or put back.

    A day on the case that came without such a record stays as it is.

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
    if now is None and case.notice_served_on != was:
        return
    served = [
        each.attempted_on
        for each in tx.list_records(Notification, case_ref=case.case_ref)
        if is_served_letter(each) and each.identity != changed.identity
    ]
    day = now if now is not None else max(served, default=None)
    if case.notice_served_on != day:
        tx.save(replace(case, notice_served_on=day))
