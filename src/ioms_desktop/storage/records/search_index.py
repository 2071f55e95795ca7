"""The indexed search words of people and cases, updated in the transaction that changes the records."""

from collections.abc import Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Delete, delete, literal_column, text

from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.search.search_terms import person_search_words, reference_words
from ioms_desktop.storage.records.write_statements import carry_out, insert_rows
from ioms_desktop.storage.schema.tables import search_key
from ioms_desktop.storage.schema.types import text_parameter

OF_A_CASE = search_key.c.case_ref != literal_column("''")
"""Said as in the index of these words, without which a file would not use it."""
DROP_WORDS_SQL = text("SELECT drop_search_words(:person, :case, CAST(:words AS text[]))")
_PERSON_FIELDS = (
    *("person_ref", "date_of_birth", "postcode", "family_name", "given_names", "known_as"),
    *("person_ref", "pnc_id", "cro_number", "crn", "prison_number", "niche_id"),
)
NAMES_SLICE = slice(3, 6)
NUMBERS_SLICE = slice(6, None)
SEARCHED_FIELDS: dict[type[Record], tuple[str, ...]] = {Person: _PERSON_FIELDS, Case: ("person_ref", "case_ref")}
"""The fields by which people and cases are found, in the order that `search_keys_of` expects."""
_searched_values = attrgetter(*_PERSON_FIELDS)


def search_key_rows(record: Person | Case) -> list[dict[str, Any]]:
    """Return the rows of search words for a person or a case."""
    values = attrgetter(*SEARCHED_FIELDS[type(record)])(record)
    return [
        {"word": word, "person_ref": person_ref, "case_ref": case_ref}
        for word, person_ref, case_ref in search_keys_of(type(record), values)
    ]


def search_keys_of(record_type: type[Record], values: Sequence[Any]) -> list[tuple[str, str, str]]:
    """Return word, person and case for every search word of a person or a case.

    Args:
        record_type: Person or Case.
        values: The values of its fields in `SEARCHED_FIELDS`.
    """
    if record_type is Case:
        person_ref, case_ref = values
        return [(word, person_ref, case_ref) for word in sorted(reference_words(case_ref))]
    person_ref = values[0]
    return [(word, person_ref, "") for word in sorted(_words_of_person(values))]


def search_words_of(person: Person) -> set[str]:
    """Return every search word of a person, without those of their dated sets."""
    return _words_of_person(_searched_values(person))


def _words_of_person(values: Sequence[Any]) -> set[str]:
    return person_search_words(values[NAMES_SLICE], values[1], values[NUMBERS_SLICE], values[2])


def add_search_keys(connection: Connection, case: Case) -> None:
    """Add the search words of a new case; those of people follow when they are settled (`search_rebuild`)."""
    insert_rows(connection, search_key, search_key_rows(case))


def replace_search_keys(connection: Connection, case: Case) -> None:
    """Replace the search words of a case."""
    delete_search_keys(connection, case)
    add_search_keys(connection, case)


def has_same_search_keys(before: Record, after: Record) -> bool:
    """Whether a changed record has the same search words, so that none need be written."""
    fields = SEARCHED_FIELDS.get(type(after), ())
    return all(getattr(before, name) == getattr(after, name) for name in fields)


def delete_search_keys(connection: Connection, record: Record) -> None:
    """Delete the search words of a person or case."""
    if isinstance(record, Case):
        drop_words(connection, record.person_ref, record.case_ref)
    elif isinstance(record, Person):
        drop_words(connection, record.person_ref, "")


def drop_words(connection: Connection, person_ref: str, case_ref: str, words: Sequence[str] | None = None) -> None:
    """Delete search words of a person, or of a case where one is named: some of them, or all.

    On a server a function does it for what was saved in the same transaction, and nobody may delete them otherwise.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(DROP_WORDS_SQL, {"person": person_ref, "case": case_ref, "words": words and list(words)})
        return
    deletion, owner = _deletion(is_of_case=bool(case_ref)), {"owner": case_ref or person_ref}
    if words is None:
        carry_out(connection, deletion, owner)
    else:
        connection.execute(deletion.where(search_key.c.word.in_(words)), owner)


@cache
def _deletion(*, is_of_case: bool) -> Delete:
    """Build the statement once, because it runs whenever somebody is saved; whose words they are comes with it."""
    if is_of_case:
        return delete(search_key).where(OF_A_CASE, search_key.c.case_ref == text_parameter("owner"))
    return delete(search_key).where(
        search_key.c.person_ref == text_parameter("owner"), search_key.c.case_ref == literal_column("''")
    )
