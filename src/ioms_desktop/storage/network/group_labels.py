"""Since when people have been said to be of a group, for Today: days alone, of every case the user may know of."""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, or_, select

from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.tables import cases
from ioms_desktop.storage.schema.views import known_group_labels as labels


class GroupLabelDays(NamedTuple):
    """The days of a membership that nobody has ended.

    Attributes:
        case_ref: An open case of the person.
        evidence_on: The day of the latest evidence.
        review_on: The last day on which it stands; None for the period of the policy.
    """

    case_ref: str
    evidence_on: date
    review_on: date | None


def open_group_labels(reading: Reading, on: date) -> list[GroupLabelDays]:
    """List the memberships of a day that nobody has ended, once for each open case of the person.

    On a server officers and supervisors alone may ask.
    """
    query: Select[Any] = select(cases.c.case_ref, labels.c.evidence_on, labels.c.review_on).join_from(
        cases, labels, cases.c.person_ref == labels.c.person_ref
    )
    is_open = or_(cases.c.closed_on.is_(None), cases.c.closed_on > on)
    is_current = or_(labels.c.to_on.is_(None), labels.c.to_on > on)
    ordered = query.where(is_open, is_current).order_by(cases.c.case_ref, labels.c.id)
    return [GroupLabelDays(*row) for row in reading.connection.execute(ordered)]
