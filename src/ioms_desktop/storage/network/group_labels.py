"""What Today says of groups: days alone, of every case that the user may know of, never which groups."""

from collections.abc import Collection
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, or_, select

from ioms_desktop.storage.queries.today import among_given, among_parameters, is_case_open
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.join_hints import day_parameter
from ioms_desktop.storage.schema.tables import cases
from ioms_desktop.storage.schema.views import known_group_labels as labels
from ioms_desktop.storage.schema.views import known_retaliation as retaliation


class GroupLabelDays(NamedTuple):
    """The days of a membership that nobody has ended.

    Attributes:
        id: The membership.
        case_ref: An open case of the person.
        evidence_on: The day of the latest evidence.
        review_on: The last day on which it stands; None for the period of the policy.
    """

    id: int
    case_ref: str
    evidence_on: date
    review_on: date | None


def open_group_labels(reading: Reading, on: date, refs: Collection[str] | None = None) -> list[GroupLabelDays]:
    """List the memberships of a day that nobody has ended, once for each open case of the person, or for some of them.

    On a server officers and supervisors alone may ask.
    """
    given = {"its_day": on, **among_parameters(refs)}
    return [GroupLabelDays(*row) for row in reading.connection.execute(_labels_query(of_some=refs is not None), given)]


@cache
def _labels_query(*, of_some: bool) -> Select[Any]:
    query: Select[Any] = select(labels.c.id, cases.c.case_ref, labels.c.evidence_on, labels.c.review_on).join_from(
        cases, labels, cases.c.person_ref == labels.c.person_ref
    )
    is_current = or_(labels.c.to_on.is_(None), labels.c.to_on > day_parameter("its_day"))
    chosen = query.where(is_case_open(), is_current, *among_given(cases.c.case_ref, of_some=of_some))
    return chosen.order_by(cases.c.case_ref, labels.c.id)


def open_retaliation(reading: Reading, on: date, refs: Collection[str] | None = None) -> list[tuple[int, str, date]]:
    """List the open cases, or those of some, for which retaliation is feared on a day: the response, case and last day.

    On a server officers and supervisors alone may ask.
    """
    given = {"its_day": on, **among_parameters(refs)}
    rows = reading.connection.execute(_retaliation_query(of_some=refs is not None), given)
    return [(number, ref, until) for number, ref, until in rows]


@cache
def _retaliation_query(*, of_some: bool) -> Select[Any]:
    query: Select[Any] = select(retaliation.c.id, retaliation.c.case_ref, retaliation.c.retaliation_until).join_from(
        cases, retaliation, cases.c.case_ref == retaliation.c.case_ref
    )
    on = day_parameter("its_day")
    stands = (retaliation.c.incident_on <= on, retaliation.c.expires_on >= on, retaliation.c.retaliation_until >= on)
    chosen = query.where(is_case_open(), *stands, *among_given(cases.c.case_ref, of_some=of_some))
    return chosen.order_by(retaliation.c.case_ref, retaliation.c.id)
