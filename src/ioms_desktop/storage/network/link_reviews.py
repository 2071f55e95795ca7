"""The days on which links are to be reviewed, of every case that the user may know of, never to whom they lead."""

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, or_, select

from ioms_desktop.storage.queries.today import among
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.tables import associates, cases
from ioms_desktop.storage.schema.views import known_link_reviews


class LinkReview(NamedTuple):
    """A link that stands and is to be reviewed.

    Attributes:
        id: The link.
        case_ref: An open case of the person.
        review_on: When it is to be reviewed.
    """

    id: int
    case_ref: str
    review_on: date


def list_link_reviews(reading: Reading, on: date, until: date, refs: Collection[str] | None = None) -> list[LinkReview]:
    """List the links of a day to be reviewed by another, included, once for each open case of the person, or some.

    On a server officers and supervisors alone may ask.
    """
    links = known_link_reviews if reading.server_enforces_access else associates
    query: Select[Any] = select(links.c.id, cases.c.case_ref, links.c.review_on).join_from(
        links, cases, cases.c.person_ref == links.c.person_ref
    )
    is_open = or_(cases.c.closed_on.is_(None), cases.c.closed_on > on)
    is_current = or_(links.c.to_on.is_(None), links.c.to_on > on)
    due = query.where(links.c.review_on <= until, is_open, is_current, *among(cases.c.case_ref, refs))
    return [LinkReview(*row) for row in reading.connection.execute(due.order_by(cases.c.case_ref, links.c.id))]
