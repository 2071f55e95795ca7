"""Finds people and cases by word prefixes, in any order, through the indexed word table."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Select, and_, func, or_, select

from ioms_desktop.domain.search.search_query import SearchTerm
from ioms_desktop.domain.search.search_terms import PREFIX_END
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.tables import cases, search_key
from ioms_desktop.storage.schema.views import FACT_VIEWS

people = FACT_VIEWS["people"]


class FoundPerson(NamedTuple):
    """A person found, as results show them."""

    id: int
    person_ref: str
    family_name: str
    given_names: str
    known_as: str | None
    date_of_birth: Any
    pnc_id: str | None


class FoundCase(NamedTuple):
    """A case of a person found."""

    id: int
    case_ref: str
    person_ref: str
    programme: str
    status: str
    closed_on: Any


def matches_user_name(column: ColumnElement[Any], user: str) -> ColumnElement[bool]:
    """Build the condition that a column names a user, with or without rank and number; see `domain.records.workers`."""
    name = user.lower().strip()
    written = func.lower(func.trim(column))
    return or_(written == name, written.endswith(f" {name}", autoescape=True))


def word_begins_with(word: str, words: FromClause = search_key) -> ColumnElement[bool]:
    """Build the condition that an indexed word begins with a typed one: a range, so that the index is used."""
    return and_(words.c.word >= word, words.c.word < word + PREFIX_END)


def case_matches(term: SearchTerm) -> ColumnElement[bool]:
    """Build the condition that a case matches a term: by its own reference, or by a word of its person."""
    return or_(*(and_(*(_case_has_word(word) for word in way)) for way in term))


def person_matches(term: SearchTerm, owner: ColumnElement[Any] = people.c.person_ref) -> ColumnElement[bool]:
    """Build the condition that a person matches a term: by their own words, or by the reference of a case of theirs."""
    return or_(*(and_(*(_person_has_word(word, owner) for word in way)) for way in term))


def _case_has_word(word: str) -> ColumnElement[bool]:
    other = cases.alias("of_word")
    own = or_(search_key.c.case_ref == "", search_key.c.case_ref == other.c.case_ref)
    found = select(other.c.id).join_from(search_key, other, other.c.person_ref == search_key.c.person_ref)
    return cases.c.id.in_(found.where(word_begins_with(word), own))


def _person_has_word(word: str, owner: ColumnElement[Any] = people.c.person_ref) -> ColumnElement[bool]:
    other = search_key.alias("of_person")
    return owner.in_(select(other.c.person_ref).where(word_begins_with(word, other)))


def find_people(
    reading: Reading, terms: Sequence[SearchTerm], programmes: frozenset[str] | None, limit: int
) -> list[FoundPerson]:
    """Give the first people who match every term, in no particular order.

    Args:
        reading: Where to read.
        terms: The search terms.
        programmes: Only people with a case on one of these; None for everybody.
        limit: The highest number of results.
    """
    walked = _longest_required_word(terms)
    if walked is None:
        return _query_people(reading, [person_matches(piece) for piece in terms], programmes, limit)
    # From the word, one person after the other until there are enough: as a set, a server would first check access to
    # everybody in it.
    others = [person_matches(piece, search_key.c.person_ref) for piece in terms if piece != ((walked,),)]
    words = select(search_key.c.person_ref).where(word_begins_with(walked), *others)
    most = 2 * limit
    while True:
        refs = list(reading.connection.scalars(words.limit(most)))
        found = _query_people(reading, [people.c.person_ref.in_(refs)], programmes, limit)
        if len(found) == limit or len(refs) < most:
            return found
        most *= 4  # several words of a person may match, or none of their cases may be visible


def _longest_required_word(terms: Sequence[SearchTerm]) -> str | None:
    """Give the longest of the words that must match, which the fewest people have."""
    certain = [word for piece in terms if len(piece) == 1 for word in piece[0]]
    return max(certain, key=len, default=None)


def _query_people(
    reading: Reading, met: Iterable[ColumnElement[bool]], programmes: frozenset[str] | None, limit: int
) -> list[FoundPerson]:
    query: Select[Any] = select(*(people.c[name] for name in FoundPerson._fields)).where(*met).limit(limit)
    if programmes is not None:
        query = query.where(has_case_on(programmes))
    return [FoundPerson(*row) for row in reading.connection.execute(query)]


def has_case_on(programmes: frozenset[str]) -> ColumnElement[bool]:
    """Build the condition that a person has a case on one of some programmes."""
    visible = select(cases.c.id).where(cases.c.person_ref == people.c.person_ref)
    return visible.where(cases.c.programme.in_(sorted(programmes))).exists()


def list_cases_of(reading: Reading, persons: Iterable[str], programmes: frozenset[str] | None) -> list[FoundCase]:
    """Give the cases of some people, the latest referral of each first."""
    query: Select[Any] = select(*(cases.c[name] for name in FoundCase._fields))
    query = query.where(cases.c.person_ref.in_(list(persons))).order_by(cases.c.referred_on.desc(), cases.c.id)
    if programmes is not None:
        query = query.where(cases.c.programme.in_(sorted(programmes)))
    return [FoundCase(*row) for row in reading.connection.execute(query)]
