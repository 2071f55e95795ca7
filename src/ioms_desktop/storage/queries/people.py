"""The list of people: the ids of those who match, in order, and the rows for some ids or of the first."""

from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import FromClause, Select, select

from ioms_desktop.domain.search.search_query import SearchTerm
from ioms_desktop.storage.queries.search import (
    FoundPerson,
    among_listed,
    as_listed,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleConditions:
    """Who is listed, and in which order; the order always ends with the id.

    Attributes:
        terms: The search terms; none for everybody.
        programmes: Only people with a case on one of these; None for everybody.
        recorder: A user who also finds the people without a case whom they saved.
        sort: One of `SORT_COLUMNS`.
        descending: Whether the order is reversed.
    """

    terms: tuple[SearchTerm, ...] = ()
    programmes: frozenset[str] | None = None
    recorder: str = ""
    sort: str = "name"
    descending: bool = False

    @property
    def is_everybody_by_name(self) -> bool:
        """Whether nobody is left out, and the order is that in which a list begins."""
        return self.programmes is None and self.sort == "name" and not (self.terms or self.descending)

    def apply(self, query: Select[Any], people: FromClause) -> Select[Any]:
        """Narrow a query of people to those who are listed, and put them in order."""
        query = query.where(*(person_matches(piece, people) for piece in self.terms))
        if self.programmes is not None:
            query = query.where(has_case_on(self.programmes, people, self.recorder))
        column = people.c[SORT_COLUMNS[self.sort]]
        return query.order_by(column.desc() if self.descending else column, people.c.id)


def person_index(reading: Reading, conditions: PeopleConditions, limit: int | None = None) -> "array[int]":
    """Return the ids of the people who are listed, in order; so many at most, or all."""
    if limit is not None and conditions.is_everybody_by_name:
        return _first_by_name(reading, limit)
    people = people_among(reading)
    if conditions.terms and reading.server_enforces_access:
        refs, _ = walk_words(reading, conditions.terms, [frozenset()] * len(conditions.terms))
        people, conditions = people_among(reading, refs=refs), replace(conditions, terms=())
    return _ids(reading, conditions.apply(select(people.c.id), people).limit(limit))


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


def person_page(reading: Reading, conditions: PeopleConditions, limit: int) -> list[FoundPerson]:
    """Return the first people who are listed, in order; as `person_index` and `person_window` say."""
    if reading.is_local:
        found = reading.connection.execute(_page_of_file(conditions, limit))
        return list(map(FoundPerson._make, found.all()))
    ids = person_index(reading, conditions, limit)
    by_id = {person.id: person for person in person_window(reading, ids)}
    return [by_id[number] for number in ids if number in by_id]


@lru_cache(maxsize=32)
def _page_of_file(conditions: PeopleConditions, limit: int) -> Select[Any]:
    people = FACT_VIEWS["people"]
    return conditions.apply(_columns_of(people), people).limit(limit)


def person_window(reading: Reading, ids: Sequence[int]) -> list[FoundPerson]:
    """Return some people, in no particular order; those who no longer exist are left out."""
    if reading.is_local:
        found = reading.connection.execute(_window_of_file(), as_listed(ids))
    else:
        people = people_among(reading, ids=ids)
        found = reading.connection.execute(_columns_of(people).where(people.c.id.in_(list(ids))))
    return list(map(FoundPerson._make, found.all()))


@cache
def _window_of_file() -> Select[Any]:
    people = FACT_VIEWS["people"]
    return _columns_of(people).where(among_listed(people.c.id))


def _columns_of(people: FromClause) -> Select[Any]:
    return select(*(people.c[name] for name in FoundPerson._fields))


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
