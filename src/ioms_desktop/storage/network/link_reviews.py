"""The days on which links are to be reviewed, of every case that the user may know of, never to whom they lead."""

from collections.abc import Collection
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, Table, or_, select

from ioms_desktop.storage.queries.today import among_given, among_parameters, is_case_open
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.join_hints import day_parameter
from ioms_desktop.storage.schema.tables import associates, cases
from ioms_desktop.storage.schema.views import known_link_reviews


class LinkReview(NamedTuple):
    """A link that stands and is to be reviewed.

    Attributes:
        id: The link.
        case_ref: An open case of the person.
        review_on: When it is to be reviewed.
        to_on: The later day from which it does not stand any more; None where that is not known.
    """

    id: int
    case_ref: str
    review_on: date
    to_on: date | None


def list_link_reviews(reading: Reading, on: date, until: date, refs: Collection[str] | None = None) -> list[LinkReview]:
    """List the links of a day to be reviewed by another, included, once for each open case of the person, or some.

    On a server officers and supervisors alone may ask.
    """
    query = _reviews_query(
        known_link_reviews if reading.server_enforces_access else associates, of_some=refs is not None
    )
    given = {"its_day": on, "until": until, **among_parameters(refs)}
    return [LinkReview(*row) for row in reading.connection.execute(query, given)]


@cache
def _reviews_query(links: Table, *, of_some: bool) -> Select[Any]:
    query: Select[Any] = select(links.c.id, cases.c.case_ref, links.c.review_on, links.c.to_on).join_from(
        links, cases, cases.c.person_ref == links.c.person_ref
    )
    is_current = or_(links.c.to_on.is_(None), links.c.to_on > day_parameter("its_day"))
    due = (links.c.review_on <= day_parameter("until"), is_case_open(), is_current)
    chosen = query.where(*due, *among_given(cases.c.case_ref, of_some=of_some))
    return chosen.order_by(cases.c.case_ref, links.c.id)
