"""What Today says of groups: memberships to be reviewed, and for whom retaliation is feared; never which groups."""

from collections.abc import Collection, Iterator

from ioms_desktop.domain.access.roles import may
from ioms_desktop.domain.dates.calendar import DAY
from ioms_desktop.domain.duties.case_duties import LOOK_AHEAD, Duty, TimedWork, WorklistItem, first_turn
from ioms_desktop.domain.records.network.memberships import GroupMembership, stands_until
from ioms_desktop.domain.records.protection import GroupResponse
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.session import Session
from ioms_desktop.storage.network.group_labels import open_group_labels, retaliation_feared
from ioms_desktop.storage.records.read import Reading


def list_groups_due(session: Session, reading: Reading, refs: Collection[str] | None = None) -> Iterator[TimedWork]:
    """List what is owed of groups, of all cases or some: memberships that end soon, and open windows of retaliation.

    Nothing is listed to whoever may read neither.
    """
    if not may(session.role, GroupMembership.rights.read):
        return
    today = session.today()
    for each in open_group_labels(reading, today, refs):
        months = session.policy_timeline.on(each.evidence_on).standards.group_label_months
        until = stands_until(each.evidence_on, each.review_on, months)
        turns = first_turn(today, until - LOOK_AHEAD, until + DAY, each.to_on)
        ending = "has expired" if until < today else "is about to expire"
        words = (
            f"The group membership on record {ending} ({format_day(until)}); review it on fresh evidence, or end it."
        )
        ref = f"{GroupMembership.table}/{each.id}"
        item = WorklistItem(duty=Duty.GROUP, description=words, due_on=until, case_ref=each.case_ref, ref=ref)
        yield TimedWork(each.case_ref, item if until <= today + LOOK_AHEAD else None, turns)
    for feared in retaliation_feared(reading, today, refs):
        until = feared.retaliation_until
        words = f"Retaliation between groups is feared until {format_day(until)}; see who is told and kept safe."
        ref = f"{GroupResponse.table}/{feared.id}"
        item = WorklistItem(duty=Duty.GROUP, description=words, due_on=until, case_ref=feared.case_ref, ref=ref)
        turns = first_turn(today, feared.incident_on, min(until, feared.expires_on) + DAY)
        yield TimedWork(feared.case_ref, item if feared.incident_on <= today else None, turns)
