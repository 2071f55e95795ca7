"""Which group memberships have expired or are about to, so that they are reviewed on fresh evidence, or ended."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from ioms_desktop.domain.access.roles import may
from ioms_desktop.domain.records.network.memberships import GroupMembership, stands_until
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.session import Session
from ioms_desktop.storage.network.group_labels import open_group_labels
from ioms_desktop.storage.records.read import Reading


class LabelDue(NamedTuple):
    """A membership to be reviewed.

    Attributes:
        due_on: The last day on which it stands.
        description: What is owed, in one sentence, without the group.
    """

    case_ref: str
    due_on: date
    description: str


def list_labels_due(session: Session, reading: Reading, ahead: timedelta) -> Iterator[LabelDue]:
    """List the memberships that do not stand any longer than so far ahead; none to whoever may read none."""
    if not may(session.role, GroupMembership.rights.read):
        return
    today = session.today()
    for each in open_group_labels(reading, today):
        months = session.policy_timeline.on(each.evidence_on).standards.group_label_months
        until = stands_until(each.evidence_on, each.review_on, months)
        if until <= today + ahead:
            ending = "has expired" if until < today else "is about to expire"
            yield LabelDue(
                each.case_ref,
                until,
                f"What is said of a group {ending} ({format_day(until)}); review it on fresh evidence, or end it.",
            )
