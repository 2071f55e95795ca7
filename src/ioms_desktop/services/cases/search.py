"""Quick search of people and their cases while the user types; the final result list is audited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ioms_desktop.domain.access.roles import Right, may, visible_programmes
from ioms_desktop.domain.records.cases import has_ended
from ioms_desktop.domain.search.near_matches import (
    EXACT_MATCH,
    Explainer,
    Likeness,
    Match,
    like_sounding_words,
    near_words,
)
from ioms_desktop.domain.search.search_query import SearchTerm, parse_search
from ioms_desktop.domain.search.search_terms import fold, name_words, reference_words
from ioms_desktop.domain.text_format import format_name
from ioms_desktop.services.session import Session
from ioms_desktop.storage.queries.search import (
    FoundCase,
    FoundPerson,
    find_people,
    known_words,
    list_cases_of,
    list_former_names,
)
from ioms_desktop.storage.records.read import Reading

MAX_PEOPLE_EXAMINED = 60
MAX_HITS = 12
MAX_NEAR_PEOPLE = 8
LETTERS_BESIDE_EXACT_HITS = 5
"""Where names begin with what was typed, a shorter word is taken for a beginning and not for a typing error."""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A person found, with one of their cases; without one where the user may see none.

    Attributes:
        id: The number of the case's row; of the person's, negative, where there is no case.
        match: How well they fit what was typed, and why they were found.
    """

    id: int
    person_ref: str
    name: str
    born_on: date
    case_ref: str | None = None
    programme: str | None = None
    status: str | None = None
    closed: bool = False
    match: Match = EXACT_MATCH


def find_people_and_cases(session: Session, text: str, limit: int = MAX_HITS) -> tuple[SearchHit, ...]:
    """Find people and cases by typed words in any order, dates of birth and reference numbers.

    Whose family name begins with something typed comes first, open cases before closed ones. Below them stand those
    with a name that is nearly what was typed or sounds like it, each with the reason.

    Args:
        session: Who asks; a role that reads no cases finds none.
        text: As typed.
        limit: How many at most.
    """
    today = session.today()
    terms = parse_search(text, today.year)
    if not terms or not may(session.role, Right.READ_CASES):
        return ()
    with session.store.read() as reading:
        search = _Search(session, reading, text, terms)
        found = search.find_exactly()
        if sum(len(person.cases) or 1 for person in found) < limit:
            found += search.find_nearly(found)
    hits = [hit for person in found for hit in _hits(person, today)]
    return tuple(hits[:limit])


class _FoundPerson(NamedTuple):
    """A person found, with the cases the user may see."""

    person: FoundPerson
    cases: tuple[FoundCase, ...]
    match: Match


class _Search:
    """One search of one user."""

    def __init__(self, session: Session, reading: Reading, text: str, terms: Sequence[SearchTerm]) -> None:
        self._reading, self._terms, self._user = reading, terms, session.user
        self._visible = visible_programmes(session.role)
        self._typed = name_words(text)
        self._explainer = Explainer(terms)

    def find_exactly(self) -> list[_FoundPerson]:
        """Find whose names, numbers and dates begin with what was typed, in the order in which they are shown."""
        found = [
            each if each.match.likeness <= Likeness.SPELLING else each._replace(match=EXACT_MATCH)
            for each in self._find()
        ]
        return sorted(found, key=lambda each: (each.match.likeness, self._rank(each.person), *_name(each.person)))

    def find_nearly(self, known: Sequence[_FoundPerson]) -> list[_FoundPerson]:
        """Find others whose names are nearly what was typed, or else sound like it."""
        fewest = LETTERS_BESIDE_EXACT_HITS if known else 0
        patient = [term if max(len(word) for way in term for word in way) >= fewest else () for term in self._terms]
        near, sounds = [near_words(term) for term in patient], [like_sounding_words(term) for term in patient]
        on_record = known_words(self._reading, frozenset().union(*near, *sounds))
        found: list[_FoundPerson] = []
        for words in (near, [letters | heard for letters, heard in zip(near, sounds, strict=True)]):
            besides = [each & on_record for each in words]
            if any(besides) and len(found) < MAX_NEAR_PEOPLE:
                found = self._find_others(besides, known)
        return found[:MAX_NEAR_PEOPLE]

    def _find_others(self, near: Sequence[frozenset[str]], known: Sequence[_FoundPerson]) -> list[_FoundPerson]:
        seen = {each.person.id for each in known}
        found = [
            each for each in self._find(near) if each.person.id not in seen and each.match.likeness > Likeness.EXACT
        ]
        return sorted(found, key=lambda each: (each.match.likeness, *_name(each.person)))

    def _find(self, near: Sequence[frozenset[str]] = ()) -> list[_FoundPerson]:
        # A server shows each person the people of their cases and no others.
        programmes = None if self._reading.server_enforces_access else self._visible
        people = find_people(self._reading, self._terms, programmes, MAX_PEOPLE_EXAMINED, near, self._user)
        refs = [person.person_ref for person in people]
        theirs, former = list_cases_of(self._reading, refs, self._visible), list_former_names(self._reading, refs)
        return [self._explained(person, theirs, former.get(person.person_ref, ())) for person in people]

    def _explained(self, person: FoundPerson, theirs: Sequence[FoundCase], former: Sequence[str]) -> _FoundPerson:
        mine = tuple(case for case in theirs if case.person_ref == person.person_ref)
        names = (person.family_name, person.given_names)
        match = self._explainer.explain(names, person.known_as, former=former)
        if match != EXACT_MATCH:  # a word of theirs may be that of a reference
            refs = (person.person_ref, *(case.case_ref for case in mine))
            words = {word for ref in refs for word in reference_words(ref)}
            match = self._explainer.explain(names, person.known_as, words, former)
        return _FoundPerson(person, mine, match or EXACT_MATCH)

    def _rank(self, person: FoundPerson) -> int:
        own = name_words(person.family_name)
        if own & self._typed:
            return 0
        return 1 if any(word.startswith(begun) for word in own for begun in self._typed) else 2


def _name(person: FoundPerson) -> tuple[str, str]:
    return fold(person.family_name), fold(person.given_names)


def _hits(found: _FoundPerson, today: date) -> list[SearchHit]:
    person = found.person
    name = format_name(person.family_name, person.given_names)
    hits = [
        SearchHit(
            id=case.id,
            person_ref=person.person_ref,
            name=name,
            born_on=person.date_of_birth,
            case_ref=case.case_ref,
            programme=case.programme,
            status=case.status,
            closed=has_ended(case.closed_on, today),
            match=found.match,
        )
        for case in found.cases
    ]
    if not hits:
        born = person.date_of_birth
        return [SearchHit(id=-person.id, person_ref=person.person_ref, name=name, born_on=born, match=found.match)]
    return sorted(hits, key=lambda hit: hit.closed)


def search_people(session: Session, text: str) -> tuple[SearchHit, ...]:
    """Find people and cases, and record the search and whom it showed.

    Raises:
        NotAllowed: The user may not read cases.
    """
    session.require(Right.READ_CASES)
    hits = find_people_and_cases(session, text)
    log_search(session, text, hits)
    return hits


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
