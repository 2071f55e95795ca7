"""Holds the stored search words against the names and references they are made of, and makes them anew."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, FromClause, select, text

from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.person_sets.current_values import SET_TYPES
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.search.set_words import set_search_words
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.row_mapping import record_columns, row_mapper
from ioms_desktop.storage.records.search_index import (
    OF_A_CASE,
    SEARCHED_FIELDS,
    drop_words,
    search_key_rows,
    search_keys_of,
    search_words_of,
)
from ioms_desktop.storage.records.write_statements import insert_rows
from ioms_desktop.storage.schema.read_functions import words_of_people
from ioms_desktop.storage.schema.tables import search_key, table_of

RECORDS_AT_ONCE = 500
_Key = tuple[str, str, str]
_COLUMNS = ("word", "person_ref", "case_ref")


def count_wrong_search_words(connection: Connection) -> int:
    """Count the people and cases whose search words are not what their names and references make."""
    return sum(
        wanted != stored
        for record_type in (Person, Case)
        for batch in _batches(connection, record_type)
        for wanted, stored in batch
    )


def rebuild_search_words(connection: Connection) -> int:
    """Make the search words anew where they are wrong; gives the number of people and cases for which they were.

    On a server whoever saves a name meanwhile waits, so that no word of theirs is lost.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE search_key IN SHARE ROW EXCLUSIVE MODE"))
    changed = 0
    for record_type in (Person, Case):
        for batch in _batches(connection, record_type):
            wrong = [(wanted, stored) for wanted, stored in batch if wanted != stored]
            _replace(connection, wrong)
            changed += len(wrong)
    return changed


def refresh_people(reading: Reading, people: Sequence[tuple[Person, Sequence[Record]]]) -> None:
    """Make the search words of some people what they should be.

    Args:
        reading: The transaction that changed them.
        people: The people, each with the entries of their dated sets.
    """
    for first in range(0, len(people), RECORDS_AT_ONCE):
        part = people[first : first + RECORDS_AT_ONCE]
        refs = [person.person_ref for person, _ in part]
        words = words_of_people(refs) if reading.server_enforces_access else search_key
        stored = _stored(reading.connection, Person, refs, words)
        wanted = {
            person.person_ref: {(row["word"], person.person_ref, "") for row in search_key_rows(person)}
            | {(word, person.person_ref, "") for word in set_search_words(entries)}
            for person, entries in part
        }
        _replace(reading.connection, [(theirs, stored[ref]) for ref, theirs in wanted.items()])


def add_words(
    connection: Connection, people: Iterable[tuple[Person, Sequence[Record]]], unsearched: Container[str]
) -> None:
    """Add the search words of people who were just added.

    Args:
        connection: The connection of the transaction that added them.
        people: The people, each with the entries of their dated sets.
        unsearched: The references of those whose own words are still to be added, too.
    """
    new: list[dict[str, str]] = []
    for person, entries in people:
        own, beside = search_words_of(person), set_search_words(entries)
        words = own | beside if person.person_ref in unsearched else beside - own
        new += ({"word": word, "person_ref": person.person_ref, "case_ref": ""} for word in sorted(words))
    insert_rows(connection, search_key, new)


def _set_words(connection: Connection, refs: Sequence[str]) -> defaultdict[str, set[_Key]]:
    found: defaultdict[str, set[_Key]] = defaultdict(set)
    for record_type in SET_TYPES:
        table, read = table_of(record_type), row_mapper(record_type)
        query = select(*record_columns(record_type, table)).where(table.c.person_ref.in_(refs))
        for row in connection.execute(query):
            found[row.person_ref] |= {(word, row.person_ref, "") for word in set_search_words([read(row)])}
    return found


def _replace(connection: Connection, wrong: Sequence[tuple[set[_Key], set[_Key]]]) -> None:
    gone = [key for wanted, stored in wrong for key in stored - wanted]
    words: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for word, person_ref, case_ref in gone:
        words[person_ref, case_ref].append(word)
    for (person_ref, case_ref), each in words.items():
        drop_words(connection, person_ref, case_ref, each)
    new = sorted(key for wanted, stored in wrong for key in wanted - stored)
    insert_rows(connection, search_key, [dict(zip(_COLUMNS, key, strict=True)) for key in new])


def _batches(connection: Connection, record_type: type[Record]) -> Iterator[list[tuple[set[_Key], set[_Key]]]]:
    """Return the words that each record should have and those that it has, some records at a time."""
    table = table_of(record_type)
    fields = [table.c[name].label(f"of_{place}") for place, name in enumerate(SEARCHED_FIELDS[record_type])]
    last = 0
    while True:
        query = select(table.c.id, *fields).where(table.c.id > last).order_by(table.c.id).limit(RECORDS_AT_ONCE)
        rows = connection.execute(query).all()
        if not rows:
            return
        last = rows[-1].id
        owners = [_owner(record_type, row[1:]) for row in rows]
        beside = _set_words(connection, owners) if record_type is Person else defaultdict(set)
        wanted = [set(search_keys_of(record_type, row[1:])) | beside[_owner(record_type, row[1:])] for row in rows]
        stored = _stored(connection, record_type, owners)
        yield [(words, stored[_owner(record_type, row[1:])]) for words, row in zip(wanted, rows, strict=True)]


def _owner(record_type: type[Record], values: Sequence[Any]) -> str:
    """Return the reference under which a record's words are stored: of the person, or of the case."""
    return str(values[1] if record_type is Case else values[0])


def _stored(
    connection: Connection, record_type: type[Record], refs: Sequence[str], words: FromClause = search_key
) -> defaultdict[str, set[_Key]]:
    of_case = record_type is Case
    mine = (
        OF_A_CASE & search_key.c.case_ref.in_(refs)
        if of_case
        else (words.c.person_ref.in_(refs)) & (words.c.case_ref == "")
    )
    found: defaultdict[str, set[_Key]] = defaultdict(set)
    for word, person_ref, case_ref in connection.execute(select(*(words.c[name] for name in _COLUMNS)).where(mine)):
        found[case_ref if of_case else person_ref].add((word, person_ref, case_ref))
    return found
