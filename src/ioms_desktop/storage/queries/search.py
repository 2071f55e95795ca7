"""Finds people and cases by word prefixes, in any order, through the indexed word table."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    any_,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.person_sets.names import FORMER_NAME
from ioms_desktop.domain.search.search_query import SearchTerm
from ioms_desktop.domain.search.search_terms import PREFIX_END
from ioms_desktop.storage.records.bulk_read import batches
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema import read_functions
from ioms_desktop.storage.schema.tables import cases, search_key, table_of
from ioms_desktop.storage.schema.types import is_in_list, text_parameter
from ioms_desktop.storage.schema.views import FACT_VIEWS

people_table = table_of(Person)


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


def last_word_is_of(column: ColumnElement[Any], user: str) -> ColumnElement[bool]:
    """Build the condition that `matches_user_name` implies, and by which the column is indexed."""
    return and_(column.is_not(None), last_word(column) == user.lower().strip().rpartition(" ")[2])


class last_word(FunctionElement[str]):  # noqa: N801 - it stands in a query like a function
    """The last word of a text in small letters, written as in the indexes of migration 0119."""

    inherit_cache = True
    name = "last_word"


@compiles(last_word, "sqlite")
def _compile_sqlite(element: last_word, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    text = f"lower(trim({compiler.process(element.clauses, **options)}))"
    return f"replace({text}, rtrim({text}, replace({text}, ' ', '')), '')"


@compiles(last_word, "postgresql")
def _compile_server(element: last_word, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - as above
    return f"substring(lower(trim({compiler.process(element.clauses, **options)})) from '[^ ]*$')"


def word_begins_with(word: str, words: FromClause = search_key) -> ColumnElement[bool]:
    """Build the condition that an indexed word begins with a typed one: a range, so that the index is used."""
    return and_(words.c.word >= word, words.c.word < word + PREFIX_END)


def name_words(terms: Sequence[SearchTerm]) -> tuple[tuple[SearchTerm, ...], dict[str, str]]:
    """Return terms with a name in place of each word, and the words by these names, to be given with the query.

    So one query serves every text of the same shape: to build it takes longer than to answer it.
    """
    words: dict[str, str] = {}

    def named(word: str) -> str:
        name = f"word_{len(words)}"
        words[name] = word
        return name

    shape = tuple(tuple(tuple(named(word) for word in way) for way in term) for term in terms)
    return shape, {**words, **{f"{name}_end": word + PREFIX_END for name, word in words.items()}}


def case_matches(term: SearchTerm) -> ColumnElement[bool]:
    """Build the condition that a case matches a term of `name_words`: by its own reference, or a word of its person."""
    return or_(*(and_(*(_case_has_word(name) for name in way)) for way in term))


def person_matches(term: SearchTerm, people: FromClause) -> ColumnElement[bool]:
    """Build the condition that a person matches a term: by their own words, or by the reference of a case of theirs."""
    return or_(*(and_(*(_person_has_word(word, people) for word in way)) for way in term))


def _case_has_word(name: str) -> ColumnElement[bool]:
    word = search_key.c.word
    begun = and_(word >= text_parameter(name), word < text_parameter(f"{name}_end"))
    return cases.c.id.in_(_CASES_OF_WORDS.where(begun))


_of_word = cases.alias("of_word")
_CASES_OF_WORDS = (
    select(_of_word.c.id)
    .join_from(search_key, _of_word, _of_word.c.person_ref == search_key.c.person_ref)
    .where(or_(search_key.c.case_ref == "", search_key.c.case_ref == _of_word.c.case_ref))
)
"""The cases of the words that are looked for."""


def _person_has_word(word: str, people: FromClause) -> ColumnElement[bool]:
    other = search_key.alias("of_person")
    return people.c.person_ref.in_(select(other.c.person_ref).where(word_begins_with(word, other)))


def known_words(reading: Reading, words: Iterable[str]) -> frozenset[str]:
    """Return those of some words by which anybody whom the user may know of is found."""
    listed = sorted(words)
    if reading.server_enforces_access:
        return frozenset(reading.connection.scalars(select(read_functions.known_words(listed))))
    asked: Any = (
        func.json_array_elements_text(literal(listed, JSON)).table_valued("value", name="asked")
        if reading.connection.dialect.name == "postgresql"
        else func.json_each(json.dumps(listed)).table_valued("value", name="asked")
    )
    # As a scalar subquery it stops at the first person of a word, and is never turned into a join with all words.
    known = select(literal(1)).where(search_key.c.word == asked.c.value).limit(1).scalar_subquery()
    return frozenset(reading.connection.scalars(select(asked.c.value).where(known == 1)))


def find_people(
    reading: Reading,
    terms: Sequence[SearchTerm],
    programmes: frozenset[str] | None,
    limit: int,
    near: Sequence[frozenset[str]] = (),
    recorder: str = "",
) -> list[FoundPerson]:
    """Return the first people who match every term, in no particular order.

    Args:
        reading: Where to read.
        terms: The search terms.
        programmes: Only people with a case on one of these; None for everybody.
        limit: The highest number of results.
        near: For each term, the words that match it as well, whole; none for the terms alone.
        recorder: A user who also finds the people without a case whom they saved.
    """
    # From a word, one person after the other until there are enough: as a set, a server would first check access to
    # everybody in it.
    besides = near or [frozenset()] * len(terms)
    most = 2 * limit
    while True:
        if reading.server_enforces_access:
            refs, is_all = walk_words(reading, terms, besides, most)
        else:
            refs = list(reading.connection.scalars(matching(terms, besides).limit(most)))
            is_all = len(refs) < most
        found = people_found(reading, refs, programmes, limit, recorder)
        if len(found) == limit or is_all:
            return found
        most *= 4  # several words of a person may match, or none of their cases may be visible


def walk_words(
    reading: Reading, terms: Sequence[SearchTerm], near: Sequence[frozenset[str]], most: int | None = None
) -> tuple[list[str], bool]:
    """Name the people whose words match every term or are near to it, as a server gives these words.

    Args:
        reading: Where to read.
        terms: The search terms.
        near: For each term, the words that match it as well, whole.
        most: Look at so many words at most; None for all.

    Returns:
        The people, and whether these are all of them.
    """
    pairs = list(zip(terms, near, strict=True))
    begun, besides = max(pairs, key=lambda pair: _shortest_walk(pair[0]))
    walked = read_functions.words_found(_longest_words(begun), sorted(besides), most)
    owners = list(reading.connection.scalars(select(walked.c.person_ref)))
    refs = sorted(set(owners))
    if len(pairs) > 1 or any(len(way) > 1 for way in begun):
        words = _words_by_person(reading, refs)
        refs = [ref for ref in refs if all(_is_met(words[ref], *pair) for pair in pairs)]
    return refs, most is None or len(owners) < most


def matching_cases(reading: Reading, terms: Sequence[SearchTerm]) -> list[str]:
    """Name the cases that match every term by their own reference or a word of their person, as a server gives them."""
    begun = max(terms, key=_shortest_walk)
    walked = read_functions.words_found(_longest_words(begun), ())
    persons = sorted(set(reading.connection.scalars(select(walked.c.person_ref))))
    own: dict[str, set[str]] = defaultdict(set)
    cases_of: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for word, person, case_ref in _list_words(reading, persons):
        (cases_of[person][case_ref] if case_ref else own[person]).add(word)
    nothing: frozenset[str] = frozenset()
    return [
        case_ref
        for person, theirs in cases_of.items()
        for case_ref, words in theirs.items()
        if all(_is_met(own[person] | words, term, nothing) for term in terms)
    ]


def _words_by_person(reading: Reading, refs: Sequence[str]) -> Mapping[str, set[str]]:
    words: dict[str, set[str]] = defaultdict(set)
    for word, person, _ in _list_words(reading, refs):
        words[person].add(word)
    return words


def _list_words(reading: Reading, refs: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    for part in batches(refs):
        words = read_functions.words_of_people(part)
        yield from map(tuple, reading.connection.execute(select(*words.c)))


def _is_met(words: Collection[str], term: SearchTerm, near: frozenset[str]) -> bool:
    """Whether somebody's words match a term, as `matching` asks it of a database."""
    ways = (all(any(word.startswith(begun) for word in words) for begun in way) for way in term)
    return not near.isdisjoint(words) or any(ways)


def matching(terms: Sequence[SearchTerm], near: Sequence[frozenset[str]]) -> Select[Any]:
    """Build the query for whose words match every term or are near to it, walking from the most selective term."""
    pairs = list(zip(terms, near, strict=True))
    begun, besides = max(pairs, key=lambda pair: _shortest_walk(pair[0]))
    conditions = [word_begins_with(word) for word in _longest_words(begun)]
    if besides:
        conditions.append(search_key.c.word.in_(sorted(besides)))
    # One after the other and not joined by OR, for which a server may read the words of everybody.
    walk = union_all(*(select(search_key.c.person_ref).where(each) for each in conditions)).subquery("walk")
    # One word of each way is walked; where a way has more of them, the others are asked for too.
    others = (pair for pair in pairs if pair[0] != begun or any(len(way) > 1 for way in begun))
    return select(walk.c.person_ref).where(*(_matches(*pair, walk.c.person_ref) for pair in others))


def _shortest_walk(term: SearchTerm) -> int:
    return min(map(len, _longest_words(term)))


def _longest_words(term: SearchTerm) -> list[str]:
    """Return the longest word of each way of a term, which the fewest people have."""
    return [max(way, key=len) for way in term]


def _matches(term: SearchTerm, near: frozenset[str], owner: ColumnElement[Any]) -> ColumnElement[bool]:
    """Ask about one person of the walk at a time, because a short word is begun by the words of very many people."""
    ways = [and_(*(_found_by(owner, partial(word_begins_with, word)) for word in way)) for way in term]
    return or_(*ways, *([_found_by(owner, lambda words: words.c.word.in_(sorted(near)))] if near else []))


def _found_by(owner: ColumnElement[Any], condition: Callable[[FromClause], ColumnElement[bool]]) -> ColumnElement[bool]:
    other = search_key.alias("also")
    mine = select(literal(1)).where(other.c.person_ref == owner, condition(other))
    return mine.limit(1).scalar_subquery() == 1


def is_one_of(column: ColumnElement[Any], values: Iterable[str]) -> ColumnElement[bool]:
    """Build the condition that a column has one of some texts, however many: for a server, as one parameter."""
    return column == any_(literal(sorted(values), ARRAY(Text)))


def people_among(
    reading: Reading, *, refs: Sequence[str] | None = None, ids: Sequence[int] | None = None
) -> FromClause:
    """Return the people whom the user may know of, as a table of a query; a server is told which of them are asked for.

    Args:
        reading: Where it is asked.
        refs: The references that the query asks for; None for any.
        ids: The numbers of the rows that it asks for; None for any.
    """
    if not reading.server_enforces_access:
        return FACT_VIEWS["people"]
    return read_functions.known_people(
        refs=None if refs is None else list(refs), ids=None if ids is None else list(ids)
    )


def people_found(
    reading: Reading, refs: Sequence[str], programmes: frozenset[str] | None, limit: int, recorder: str
) -> list[FoundPerson]:
    """Return the people of some references, as `find_people` returns those of some words."""
    if not refs:
        return []
    if reading.is_local:
        found = reading.connection.execute(_people_of_file(programmes, limit, recorder), as_listed(refs))
    else:
        people = people_among(reading, refs=refs)
        query = _people_with_case(people, programmes, limit, recorder)
        if not reading.server_enforces_access:  # a server was told whom to look up
            query = query.where(people.c.person_ref.in_(refs))
        found = reading.connection.execute(query)
    return list(map(FoundPerson._make, found.all()))


@lru_cache(maxsize=16)
def _people_of_file(programmes: frozenset[str] | None, limit: int, recorder: str) -> Select[Any]:
    people = FACT_VIEWS["people"]
    return _people_with_case(people, programmes, limit, recorder).where(among_listed(people.c.person_ref))


def _people_with_case(people: FromClause, programmes: frozenset[str] | None, limit: int, recorder: str) -> Select[Any]:
    query: Select[Any] = select(*(people.c[name] for name in FoundPerson._fields)).limit(limit)
    return query if programmes is None else query.where(has_case_on(programmes, people, recorder))


def has_case_on(programmes: frozenset[str], people: FromClause, recorder: str = "") -> ColumnElement[bool]:
    """Build the condition that a person has a case on one of some programmes, or none yet and was saved by a user."""
    theirs = select(cases.c.id).where(cases.c.person_ref == people.c.person_ref)
    visible = theirs.where(cases.c.programme.in_(sorted(programmes))).exists()
    if not recorder:
        return visible
    saved = select(people_table.c.id).where(people_table.c.id == people.c.id, people_table.c.recorded_by == recorder)
    return or_(visible, and_(saved.exists(), ~theirs.exists()))


def list_former_names(reading: Reading, persons: Iterable[str]) -> dict[str, list[str]]:
    """Return the names that some people had before, by person."""
    refs = list(persons)
    if not refs:
        return {}
    names = reading.scope.facts_table("person_names", refs).c
    query = select(names.person_ref, names.name).where(names.person_ref.in_(refs))
    query = query.where(or_(names.kind == FORMER_NAME, names.to_on.is_not(None))).order_by(names.id)
    found: dict[str, list[str]] = {}
    for person_ref, name in reading.connection.execute(query):
        found.setdefault(person_ref, []).append(name)
    return found


def list_cases_of(reading: Reading, persons: Iterable[str], programmes: frozenset[str] | None) -> list[FoundCase]:
    """Return the cases of some people, the latest referral of each first."""
    refs = list(persons)
    if not refs:
        return []
    if reading.is_local:
        found = reading.connection.execute(_cases_of_listed(programmes), as_listed(refs))
    else:
        found = reading.connection.execute(_cases_where(cases.c.person_ref.in_(refs), programmes))
    return list(map(FoundCase._make, found.all()))


@lru_cache(maxsize=16)
def _cases_of_listed(programmes: frozenset[str] | None) -> Select[Any]:
    return _cases_where(among_listed(cases.c.person_ref), programmes)


def _cases_where(condition: ColumnElement[bool], programmes: frozenset[str] | None) -> Select[Any]:
    query: Select[Any] = select(*(cases.c[name] for name in FoundCase._fields)).where(condition)
    if programmes is not None:
        query = query.where(cases.c.programme.in_(sorted(programmes)))
    return query.order_by(cases.c.referred_on.desc(), cases.c.id)


def among_listed(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Build the condition of a file's query that a column has one of the values that `as_listed` gives with it.

    They are no part of the query, so that it can be kept.
    """
    return is_in_list(column, text_parameter("listed"))


def as_listed(values: Sequence[Any]) -> dict[str, str]:
    """Return the parameter that lists some values for `among_listed`."""
    return {"listed": json.dumps(list(values))}
