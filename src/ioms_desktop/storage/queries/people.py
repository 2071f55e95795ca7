"""The list of people: the ids of those who match, in order, and the rows for some ids."""

from array import array
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, select

from ioms_desktop.domain.search.search_query import SearchTerm
from ioms_desktop.storage.queries.search import (
    FoundPerson,
    has_case_on,
    people_among,
    person_matches,
    walk_words,
)
from ioms_desktop.storage.records.bulk_read import batches
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.read_functions import known_people_by_name
from ioms_desktop.storage.schema.views import FACT_VIEWS

ROWS_PER_FETCH = 1_000
SORT_COLUMNS = {"name": "name_key", "born": "date_of_birth", "person_ref": "person_ref"}
"""The columns by which the list is sorted."""


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
    if terms and reading.server_enforces_access:
        refs, _ = walk_words(reading, terms, [frozenset()] * len(terms))
        people = people_among(reading, refs=refs)
        query: Select[Any] = select(people.c.id)
    else:
        people = people_among(reading)
        query = select(people.c.id).where(*(person_matches(piece, people) for piece in terms))
    if programmes is not None:
        query = query.where(has_case_on(programmes, people, recorder))
    column = people.c[SORT_COLUMNS[sort]]
    query = query.order_by(column.desc() if descending else column, people.c.id)
    if limit is not None:
        query = query.limit(limit)
    return _ids(reading, query)


def _first_by_name(reading: Reading, limit: int) -> "array[int]":
    """Return the first people by name without checking access to all the others."""
    walked = known_people_by_name(at_most=limit) if reading.server_enforces_access else FACT_VIEWS["people_by_name"]
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
    people = people_among(reading, ids=ids)
    query = select(*(people.c[name] for name in FoundPerson._fields)).where(people.c.id.in_(list(ids)))
    return [FoundPerson(*row) for row in reading.connection.execute(query)]


def read_columns_of_people(reading: Reading, refs: Collection[str], names: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    """Read some columns of some people, by person; whom the user may not know of is left out.

    Joined with their cases, a server would check access to every person.
    """
    wanted = sorted(set(refs))
    found: dict[str, tuple[Any, ...]] = {}
    for part in batches(wanted):
        people = people_among(reading, refs=part)
        query = select(people.c.person_ref, *(people.c[name] for name in names)).where(people.c.person_ref.in_(part))
        found.update((ref, tuple(rest)) for ref, *rest in reading.connection.execute(query))
    return found
