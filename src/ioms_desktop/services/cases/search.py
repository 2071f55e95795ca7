"""Quick search of people and their cases while the user types; the final result list is audited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.search.search_query import parse_search
from ioms_desktop.domain.search.search_terms import fold, name_words
from ioms_desktop.domain.text_format import format_name
from ioms_desktop.services.cases.case_lists import visible_programmes
from ioms_desktop.services.session import Session
from ioms_desktop.storage.queries.search import FoundCase, FoundPerson, find_people, list_cases_of

MAX_PEOPLE_EXAMINED = 60
MAX_HITS = 12


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A person found, with one of their cases; without one where the user may see none.

    Attributes:
        id: The number of the case's row; of the person's, negative, where there is no case.
    """

    id: int
    person_ref: str
    name: str
    born_on: date
    case_ref: str | None = None
    programme: str | None = None
    status: str | None = None
    closed: bool = False


def find_people_and_cases(session: Session, text: str, limit: int = MAX_HITS) -> tuple[SearchHit, ...]:
    """Find people and cases by typed words in any order, dates of birth and reference numbers.

    Whose family name begins with something typed comes first, open cases before closed ones.

    Args:
        session: Who asks; a role that reads no cases finds none.
        text: As typed.
        limit: How many at most.
    """
    today = session.today()
    sought = parse_search(text, today.year)
    if not sought or not may(session.role, Right.READ_CASES):
        return ()
    programmes = visible_programmes(session.role)
    with session.store.read() as reading:
        # A server shows each person the people of their cases and no others.
        people = find_people(
            reading, sought, None if reading.server_enforces_access else programmes, MAX_PEOPLE_EXAMINED
        )
        theirs = list_cases_of(reading, [person.person_ref for person in people], programmes)
    typed = name_words(text)
    people.sort(key=lambda person: (_rank(person, typed), fold(person.family_name), fold(person.given_names)))
    hits = [hit for person in people for hit in _hits(person, theirs, today)]
    return tuple(hits[:limit])


def _rank(person: FoundPerson, typed: set[str]) -> int:
    own = name_words(person.family_name)
    if own & typed:
        return 0
    return 1 if any(word.startswith(begun) for word in own for begun in typed) else 2


def _hits(person: FoundPerson, found: Sequence[FoundCase], today: date) -> list[SearchHit]:
    name = format_name(person.family_name, person.given_names)
    mine = [case for case in found if case.person_ref == person.person_ref]
    hits = [
        SearchHit(
            id=case.id,
            person_ref=person.person_ref,
            name=name,
            born_on=person.date_of_birth,
            case_ref=case.case_ref,
            programme=case.programme,
            status=case.status,
            closed=case.closed_on is not None and case.closed_on <= today,
        )
        for case in mine
    ]
    if not hits:
        return [SearchHit(id=-person.id, person_ref=person.person_ref, name=name, born_on=person.date_of_birth)]
    return sorted(hits, key=lambda hit: hit.closed)


def log_search(session: Session, text: str, hits: Sequence[SearchHit]) -> None:
    """Audit the search and the people it showed, once the user stops typing or opens one of them.

    Args:
        text: What was typed.
        hits: What was shown.
    """
    shown = list(dict.fromkeys(hit.person_ref for hit in hits))
    with session.store.begin(session.command_context(reason_code="CASE_WORK"), "search") as tx:
        tx.log(
            "CONSULTATION",
            object_type="search",
            object_ref="quick_search",
            subject_ref=None,
            detail={"query": " ".join(text.split()), "people": shown},
        )
