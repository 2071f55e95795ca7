"""Everybody born on a day, who are compared by name with whoever is being saved."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from ioms_desktop.domain.records.person_sets.names import FORMER_NAME
from ioms_desktop.domain.search.search_terms import birth_date_words
from ioms_desktop.storage.queries.search import FoundPerson, find_people, list_former_names, people_found
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.plain_text import ask_driver

BORN_IN_FILE_SQL = """
SELECT p.id, p.person_ref, p.family_name, p.given_names, p.known_as, p.date_of_birth, p.pnc_id, (
  SELECT json_group_array(name) FROM (
    SELECT n.name FROM known_person_names AS n
    WHERE n.person_ref = p.person_ref AND (n.kind = :former OR n.to_on IS NOT NULL) ORDER BY n.id
  )
)
FROM search_key AS k JOIN known_people AS p ON p.person_ref = k.person_ref
WHERE k.word = CAST(:word AS TEXT)
"""
"""Everybody born on a day, with the names that they had before; asked in a file whenever somebody is saved."""


def list_born_on(reading: Reading, on: date, limit: int) -> list[tuple[FoundPerson, Sequence[str]]]:
    """List who was born on a day, each with the names that they had before.

    Args:
        reading: Where to read. In a file, ask `keep_visible` of whom the user may know.
        on: The day.
        limit: Of how many people a server is asked at most.
    """
    word = min(birth_date_words(on))
    if reading.is_local:
        rows = ask_driver(reading.connection, BORN_IN_FILE_SQL, {"word": word, "former": FORMER_NAME})
        everybody = [(_person(row), json.loads(row[-1])) for row in rows]
    else:
        people = find_people(reading, (((word,),),), None, limit)
        names = list_former_names(reading, [person.person_ref for person in people])
        everybody = [(person, names.get(person.person_ref, ())) for person in people]
    return [found for found in everybody if found[0].date_of_birth == on]


def _person(row: Sequence[Any]) -> FoundPerson:
    *before, born_on, pnc_id, _ = row
    return FoundPerson._make((*before, date.fromisoformat(born_on), pnc_id))


def keep_visible(
    reading: Reading, people: Iterable[FoundPerson], programmes: frozenset[str] | None, recorder: str
) -> list[FoundPerson]:
    """Return those of some people who have a case on one of some programmes, or none yet and were saved by a user.

    Args:
        reading: Where to read.
        people: The people.
        programmes: The programmes; None for everybody.
        recorder: The user.
    """
    refs = [person.person_ref for person in people]
    return people_found(reading, refs, programmes, len(refs), recorder)
