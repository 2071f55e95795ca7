"""The indexed words under which people and cases are found, kept in the transaction that changes them."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, delete, insert

from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.search.search_terms import number, person_words, words
from ioms_desktop.storage.schema.tables import search_key

_PERSON = (
    *("person_ref", "date_of_birth", "postcode", "family_name", "given_names", "known_as"),
    *("person_ref", "pnc_id", "cro_number", "crn", "prison_number", "niche_id"),
)
NAMES = slice(3, 6)
NUMBERS = slice(6, None)
SEARCHED: dict[type[Record], tuple[str, ...]] = {Person: _PERSON, Case: ("person_ref", "case_ref")}
"""The fields under which people and cases are found, in the order in which `rows_of` takes them."""


def words_of(record: Person | Case) -> list[dict[str, Any]]:
    """Give the rows of words for a person or a case."""
    values = attrgetter(*SEARCHED[type(record)])(record)
    return [
        {"word": word, "person_ref": person_ref, "case_ref": case_ref}
        for word, person_ref, case_ref in rows_of(type(record), values)
    ]


def rows_of(noun: type[Record], values: Sequence[Any]) -> list[tuple[str, str, str]]:
    """Give word, person and case for everything under which a person or a case is found.

    Args:
        noun: Person or Case.
        values: The values of its fields in `SEARCHED`.
    """
    if noun is Case:
        person_ref, case_ref = values
        found = number(case_ref) | words(case_ref)
        return [(word, person_ref, case_ref) for word in sorted(found)]
    person_ref, born_on, postcode = values[:3]
    found = person_words(values[NAMES], born_on, values[NUMBERS], postcode)
    return [(word, person_ref, "") for word in sorted(found)]


def remember(connection: Connection, record: Person | Case) -> None:
    """Put the words of a person or case in place of the former ones."""
    forget(connection, record)
    connection.execute(insert(search_key), words_of(record))


def found_alike(before: Record, after: Record) -> bool:
    """Whether a changed record is found under the same words; then nobody has to write any."""
    fields = SEARCHED.get(type(after), ())
    return all(getattr(before, name) == getattr(after, name) for name in fields)


def forget(connection: Connection, record: Record) -> None:
    """Take the words of a person or case away."""
    if isinstance(record, Case):
        connection.execute(delete(search_key).where(search_key.c.case_ref == record.case_ref))
    elif isinstance(record, Person):
        mine = (search_key.c.person_ref == record.person_ref) & (search_key.c.case_ref == "")
        connection.execute(delete(search_key).where(mine))
