"""The register of people: ids that answer a question, in order; and what a row shows, for some ids."""

from array import array
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from ioms_desktop.domain.search.search_query import Piece
from ioms_desktop.storage.queries.search import FoundPerson, has_case_on, person_meets
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.views import known

people, by_name_walked = known["people"], known["people_by_name"]
PARTITION = 1_000
SORTS = {
    "name": (people.c.name_key,),
    "born": (people.c.date_of_birth,),
    "person_ref": (people.c.person_ref,),
}


def person_index(
    reading: Reading,
    pieces: Sequence[Piece],
    programmes: frozenset[str] | None,
    *,
    sort: str = "name",
    descending: bool = False,
    limit: int | None = None,
) -> "array[int]":
    """Give the ids of the people that meet every piece, in order; the order always ends with the id.

    Args:
        reading: Where to read.
        pieces: What must be met; nothing for everybody.
        programmes: Only people with a case on one of these; None for everybody.
        sort: One of `SORTS`.
        descending: Whether the order is turned round.
        limit: Only the first so many; None for all.
    """
    if limit is not None and sort == "name" and not (descending or pieces or programmes):
        return _walked(reading, limit)
    query: Select[Any] = select(people.c.id).where(*(person_meets(piece) for piece in pieces))
    if programmes is not None:
        query = query.where(has_case_on(programmes))
    query = query.order_by(*(each.desc() if descending else each for each in SORTS[sort]), people.c.id)
    if limit is not None:
        query = query.limit(limit)
    return _ids(reading, query)


def _walked(reading: Reading, limit: int) -> "array[int]":
    """Give the first people by name without working out of all the others whether they may be known."""
    walked = by_name_walked
    return _ids(reading, select(walked.c.id).order_by(walked.c.name_key, walked.c.id).limit(limit))


def _ids(reading: Reading, query: Select[Any]) -> "array[int]":
    found = array("q")
    for part in reading.connection.execute(query, execution_options={"yield_per": PARTITION}).scalars().partitions():
        found.extend(part)
    return found


def person_window(reading: Reading, ids: Sequence[int]) -> list[FoundPerson]:
    """Give some people, in no order; those no longer there are left out."""
    query = select(*(people.c[name] for name in FoundPerson._fields)).where(people.c.id.in_(list(ids)))
    return [FoundPerson(*row) for row in reading.connection.execute(query)]
