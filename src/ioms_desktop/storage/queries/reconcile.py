"""Queries for comparing the record with another system's list: the open cases, and who has which number."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, or_, select

from ioms_desktop.domain.text_format import format_name
from ioms_desktop.storage.queries.search import people_among
from ioms_desktop.storage.records.bulk_read import batches
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema import read_functions
from ioms_desktop.storage.schema.tables import cases, search_key

_OF_A_PERSON = frozenset({"family_name", "given_names", "date_of_birth"})


class ListedCase(NamedTuple):
    """A case as it is compared with a list."""

    case_ref: str
    person_ref: str
    family_name: str
    given_names: str
    date_of_birth: date
    programme: str
    status: str

    @property
    def name(self) -> str:
        """Family name first."""
        return format_name(self.family_name, self.given_names)


def open_cases(reading: Reading, on: date, programmes: frozenset[str]) -> list[ListedCase]:
    """List the cases of some programmes that are open on a day, in order of name."""
    people = people_among(reading)
    query: Select[Any] = (
        select(*((people if name in _OF_A_PERSON else cases).c[name] for name in ListedCase._fields))
        .join_from(cases, people, cases.c.person_ref == people.c.person_ref)
        .where(cases.c.programme.in_(sorted(programmes)), or_(cases.c.closed_on.is_(None), cases.c.closed_on > on))
        .order_by(people.c.name_key, cases.c.id)
    )
    return [ListedCase(*row) for row in reading.connection.execute(query)]


def people_by_word(reading: Reading, words: Iterable[str]) -> dict[str, set[str]]:
    """Return the references of the people who are found by whole words, by word."""
    found: dict[str, set[str]] = defaultdict(set)
    for part in batches(sorted(set(words))):
        source = read_functions.words_found((), part) if reading.server_enforces_access else search_key
        query = select(source.c.word, source.c.person_ref).where(source.c.word.in_(part))
        for word, person_ref in reading.connection.execute(query):
            found[word].add(person_ref)
    return found
