"""When the record of somebody who leaves is reviewed next, as the rules of retention have it."""

from dataclasses import replace
from datetime import date

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.retention import CasePeriod, RetentionGroups, next_review_due
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.session import Session
from ioms_desktop.storage.retention.retention import retention_facts

FOR_SUPERVISORS = "Supervisors find on Today when the record is to be reviewed."


def describe_next_review(session: Session, case: Case, closed_on: date) -> str:
    """Say when the record would be reviewed next if its case closed on a day, and by which rule.

    Who may not review records is not told: what a day follows from may be on cases that are not theirs.
    """
    if not may(session.role, Right.MANAGE_RETENTION):
        return FOR_SUPERVISORS
    groups = RetentionGroups.in_force_on(session.lists.of("retention_group"), closed_on)
    with session.store.read() as reading:
        found = retention_facts(reading, closed_on, (case.person_ref,))
    if not found:
        return ""
    named, held = found[0]
    periods = [
        replace(period, closed_on=closed_on) if ref == case.case_ref else period
        for ref, period in zip(named.case_refs, held.cases, strict=True)
    ]
    due = next_review_due(groups, replace(held, cases=tuple[CasePeriod, ...](periods)), closed_on)
    return f"{format_day(due.on)}. {due.reason}"
