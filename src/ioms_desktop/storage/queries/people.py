"""The list of people: the ids of those who match, in order, and the rows for some ids."""

from array import array
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from ioms_desktop.domain.search.search_query import SearchTerm
from ioms_desktop.storage.queries.search import FoundPerson, has_case_on, person_matches
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.views import FACT_VIEWS

people, people_by_name = FACT_VIEWS["people"], FACT_VIEWS["people_by_name"]
ROWS_PER_FETCH = 1_000
SORT_COLUMNS = {
    "name": (people.c.name_key,),
    "born": (people.c.date_of_birth,),
    "person_ref": (people.c.person_ref,),
}


def person_index(
    reading: Reading,
    terms: Sequence[SearchTerm],
    programmes: frozenset[str] | None,
    *,
    sort: str = "name",
    descending: bool = False,
    limit: int | None = None,
    recorder: str = "",
) -> "array[int]":
    """Return the ids of the people who match every term, in order; the order always ends with the id.

    Args:
        reading: Where to read.
        terms: The search terms; none for everybody.
        programmes: Only people with a case on one of these; None for everybody.
        sort: One of `SORT_COLUMNS`.
        descending: Whether the order is reversed.
        limit: The highest number of results; None for all.
        recorder: A user who also finds the people without a case whom they saved.
    """
    if limit is not None and sort == "name" and not (descending or terms or programmes):
        return _first_by_name(reading, limit)
    query: Select[Any] = select(people.c.id).where(*(person_matches(piece) for piece in terms))
    if programmes is not None:
        query = query.where(has_case_on(programmes, recorder))
    query = query.order_by(*(each.desc() if descending else each for each in SORT_COLUMNS[sort]), people.c.id)
    if limit is not None:
        query = query.limit(limit)
    return _ids(reading, query)


def _first_by_name(reading: Reading, limit: int) -> "array[int]":
    """Return the first people by name without checking access to all the others."""
    walked = people_by_name
    return _ids(reading, select(walked.c.id).order_by(walked.c.name_key, walked.c.id).limit(limit))


def _ids(reading: Reading, query: Select[Any]) -> "array[int]":
    found = array("q")
    for part in (
        reading.connection.execute(query, execution_options={"yield_per": ROWS_PER_FETCH}).scalars().partitions()
    ):
        found.extend(part)
    return found


def person_window(reading: Reading, ids: Sequence[int]) -> list[FoundPerson]:
    """Return some people, in no particular order; those who no longer exist are left out."""
    query = select(*(people.c[name] for name in FoundPerson._fields)).where(people.c.id.in_(list(ids)))
    return [FoundPerson(*row) for row in reading.connection.execute(query)]
