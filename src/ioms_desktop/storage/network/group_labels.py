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
        to_on: The later day from which the person is not of the group any more; None where that is not known.
    """

    id: int
    case_ref: str
    evidence_on: date
    review_on: date | None
    to_on: date | None


class FearedRetaliation(NamedTuple):
    """The days on which retaliation is feared.

    Attributes:
        id: The response to the group.
        case_ref: An open case.
        incident_on: The day of the incident, from which it stands; it may be a later one.
        expires_on: The last day on which it stands.
        retaliation_until: The last day on which retaliation is feared.
    """

    id: int
    case_ref: str
    incident_on: date
    expires_on: date
    retaliation_until: date


def open_group_labels(reading: Reading, on: date, refs: Collection[str] | None = None) -> list[GroupLabelDays]:
    """List the memberships of a day that nobody has ended, once for each open case of the person, or for some of them.

    On a server officers and supervisors alone may ask.
    """
    given = {"its_day": on, **among_parameters(refs)}
    return [GroupLabelDays(*row) for row in reading.connection.execute(_labels_query(of_some=refs is not None), given)]


@cache
def _labels_query(*, of_some: bool) -> Select[Any]:
    days = (labels.c.evidence_on, labels.c.review_on, labels.c.to_on)
    query: Select[Any] = select(labels.c.id, cases.c.case_ref, *days).join_from(
        cases, labels, cases.c.person_ref == labels.c.person_ref
    )
    is_current = or_(labels.c.to_on.is_(None), labels.c.to_on > day_parameter("its_day"))
    chosen = query.where(is_case_open(), is_current, *among_given(cases.c.case_ref, of_some=of_some))
    return chosen.order_by(cases.c.case_ref, labels.c.id)


def retaliation_feared(reading: Reading, on: date, refs: Collection[str] | None = None) -> list[FearedRetaliation]:
    """List where retaliation is feared on a day or later, of the cases open on it, or of some of them.

    On a server officers and supervisors alone may ask.
    """
    given = {"its_day": on, **among_parameters(refs)}
    rows = reading.connection.execute(_retaliation_query(of_some=refs is not None), given)
    return [FearedRetaliation(*row) for row in rows]


@cache
def _retaliation_query(*, of_some: bool) -> Select[Any]:
    query: Select[Any] = select(*(retaliation.c[name] for name in FearedRetaliation._fields)).join_from(
        cases, retaliation, cases.c.case_ref == retaliation.c.case_ref
    )
    on = day_parameter("its_day")
    stands = (retaliation.c.expires_on >= on, retaliation.c.retaliation_until >= on)
    chosen = query.where(is_case_open(), *stands, *among_given(cases.c.case_ref, of_some=of_some))
    return chosen.order_by(retaliation.c.case_ref, retaliation.c.id)
