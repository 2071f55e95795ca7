"""Finding people and cases by the beginnings of their words, in any order, through the indexed word table."""

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
    """A person found, as a list of results shows one."""

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
    """Say that a column names a user, with or without rank and number before the name; see `domain.workers`."""
    name = user.lower().strip()
    written = func.lower(func.trim(column))
    return or_(written == name, written.endswith(f" {name}", autoescape=True))


def word_begins_with(word: str, words: FromClause = search_key) -> ColumnElement[bool]:
    """Say that an indexed word begins with a typed one; a range, so that both databases walk the index."""
    return and_(words.c.word >= word, words.c.word < word + PREFIX_END)


def case_matches(term: SearchTerm) -> ColumnElement[bool]:
    """Say that a case meets a piece: by its own reference, or by a word of its person."""
    return or_(*(and_(*(_case_has_word(word) for word in way)) for way in term))


def person_matches(term: SearchTerm, owner: ColumnElement[Any] = people.c.person_ref) -> ColumnElement[bool]:
    """Say that a person meets a piece, by their own words or by the reference of one of their cases."""
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
    """Give the first people that meet every piece, as they come.

    Args:
        reading: Where to read.
        terms: What must be met.
        programmes: Only people with a case on one of these; None for everybody.
        limit: How many at most.
    """
    walked = _longest_required_word(terms)
    if walked is None:
        return _query_people(reading, [person_matches(piece) for piece in terms], programmes, limit)
    # From the word, one person after the other until there are enough: asked for as a set, a server would first work
    # out of everybody in it whether they may be known.
    others = [person_matches(piece, search_key.c.person_ref) for piece in terms if piece != ((walked,),)]
    words = select(search_key.c.person_ref).where(word_begins_with(walked), *others)
    most = 2 * limit
    while True:
        refs = list(reading.connection.scalars(words.limit(most)))
        found = _query_people(reading, [people.c.person_ref.in_(refs)], programmes, limit)
        if len(found) == limit or len(refs) < most:
            return found
        most *= 4  # somebody has several words with this beginning, or no case that may be seen


def _longest_required_word(terms: Sequence[SearchTerm]) -> str | None:
    """Give the word that fewest people will have, of those that must be there in any case."""
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
    """Say that a person has a case on one of some programmes."""
    visible = select(cases.c.id).where(cases.c.person_ref == people.c.person_ref)
    return visible.where(cases.c.programme.in_(sorted(programmes))).exists()


def list_cases_of(reading: Reading, persons: Iterable[str], programmes: frozenset[str] | None) -> list[FoundCase]:
    """Give the cases of some people, the latest referral of each first."""
    query: Select[Any] = select(*(cases.c[name] for name in FoundCase._fields))
    query = query.where(cases.c.person_ref.in_(list(persons))).order_by(cases.c.referred_on.desc(), cases.c.id)
    if programmes is not None:
        query = query.where(cases.c.programme.in_(sorted(programmes)))
    return [FoundCase(*row) for row in reading.connection.execute(query)]
