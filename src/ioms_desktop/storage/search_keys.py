"""The indexed words under which people and cases are found, kept in the transaction that changes them."""

from typing import Any

from sqlalchemy import Connection, delete, insert

from ioms_desktop.domain.cases import Case
from ioms_desktop.domain.people import Person
from ioms_desktop.domain.record import Record
from ioms_desktop.domain.search import number, person_words, words
from ioms_desktop.storage.tables import search_key


def words_of(record: Person | Case) -> list[dict[str, Any]]:
    """Give the rows of words for a person or a case."""
    if isinstance(record, Case):
        found = number(record.case_ref) | words(record.case_ref)
        case_ref = record.case_ref
    else:
        names = (record.family_name, record.given_names, record.known_as)
        numbers = (
            record.person_ref,
            record.pnc_id,
            record.cro_number,
            record.crn,
            record.prison_number,
            record.niche_id,
        )
        found = person_words(names, record.date_of_birth, numbers, record.postcode)
        case_ref = ""
    return [{"word": word, "person_ref": record.person_ref, "case_ref": case_ref} for word in sorted(found)]


def remember(connection: Connection, record: Person | Case) -> None:
    """Put the words of a person or case in place of the former ones."""
    forget(connection, record)
    connection.execute(insert(search_key), words_of(record))


def forget(connection: Connection, record: Record) -> None:
    """Take the words of a person or case away."""
    if isinstance(record, Case):
        connection.execute(delete(search_key).where(search_key.c.case_ref == record.case_ref))
    elif isinstance(record, Person):
        mine = (search_key.c.person_ref == record.person_ref) & (search_key.c.case_ref == "")
        connection.execute(delete(search_key).where(mine))
