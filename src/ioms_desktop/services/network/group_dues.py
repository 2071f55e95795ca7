"""What Today says of groups: memberships to be reviewed, and for whom retaliation is feared; never which groups."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from ioms_desktop.domain.access.roles import may
from ioms_desktop.domain.records.network.memberships import GroupMembership, stands_until
from ioms_desktop.domain.records.protection import GroupResponse
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.session import Session
from ioms_desktop.storage.network.group_labels import open_group_labels, open_retaliation
from ioms_desktop.storage.records.read import Reading


class GroupDue(NamedTuple):
    """What is owed of a group.

    Attributes:
        due_on: The last day on which it stands, or on which retaliation is feared.
        description: What is owed, in one sentence, without the group.
        ref: The table of the record that says so and its number, so that two of a case are told apart.
    """

    case_ref: str
    due_on: date
    description: str
    ref: str


def list_groups_due(
    session: Session, reading: Reading, ahead: timedelta, refs: Collection[str] | None = None
) -> Iterator[GroupDue]:
    """List what is owed of groups, of all cases or some: memberships that end by then, and open windows of retaliation.

    Nothing is listed to whoever may read neither.
    """
    if not may(session.role, GroupMembership.rights.read):
        return
    today = session.today()
    for each in open_group_labels(reading, today, refs):
        months = session.policy_timeline.on(each.evidence_on).standards.group_label_months
        until = stands_until(each.evidence_on, each.review_on, months)
        if until <= today + ahead:
            ending = "has expired" if until < today else "is about to expire"
            yield GroupDue(
                each.case_ref,
                until,
                f"The group membership on record {ending} ({format_day(until)}); review it on fresh evidence, or end "
                "it.",
                f"{GroupMembership.table}/{each.id}",
            )
    for number, case_ref, until in open_retaliation(reading, today, refs):
        words = f"Retaliation between groups is feared until {format_day(until)}; see who is told and kept safe."
        yield GroupDue(case_ref, until, words, f"{GroupResponse.table}/{number}")
