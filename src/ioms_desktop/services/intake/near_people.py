"""Search before create: who on record may be the person that is being entered, within what the user may know."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ioms_desktop.domain.access.roles import Right, visible_programmes
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import columns_of
from ioms_desktop.domain.search.near_people import EnteredPerson, NearMatch, Nearness, NearPeople
from ioms_desktop.domain.search.search_terms import fold
from ioms_desktop.domain.text_format import format_day, format_name
from ioms_desktop.services.case_access import may_know_person
from ioms_desktop.services.session import Session
from ioms_desktop.storage.queries.namesakes import keep_visible, list_born_on
from ioms_desktop.storage.queries.numbers import NumberOwner, list_people, owners_of_numbers
from ioms_desktop.storage.queries.search import (
    FoundCase,
    FoundPerson,
    find_people,
    known_words,
    list_cases_of,
    list_former_names,
)
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.transaction import Transaction

MAX_EXAMINED = 60
MAX_BORN_ON_A_DAY = 10_000
MAX_SHOWN = 8
NUMBER_LABELS = {column.name: column.label for column in columns_of(Person) if column.name in Person.identifiers}


@dataclass(frozen=True, slots=True, kw_only=True)
class NearPerson:
    """Somebody on record who may be the one that is being entered.

    Attributes:
        match: How near they are, and why.
        cases: Their cases that the user may see, the latest referral first.
    """

    person: FoundPerson
    match: NearMatch
    cases: tuple[FoundCase, ...] = ()

    @property
    def name(self) -> str:
        """The person's name, family name first."""
        return format_name(self.person.family_name, self.person.given_names)

    @property
    def description(self) -> str:
        """Who it is, in one line: name, date of birth and case."""
        case = self.cases[0].case_ref if self.cases else "no case"
        return f"{self.name}, born {format_day(self.person.date_of_birth)}, {case}"

    @property
    def why(self) -> str:
        """Why they are near, in words."""
        return ", ".join(self.match.reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class NearSearch:
    """The answer of a search for people who may be the one that is being entered.

    Attributes:
        people: Who may be meant, the nearest first.
        taken: Why an identifier cannot be used, by its column.
    """

    people: tuple[NearPerson, ...] = ()
    taken: Mapping[str, str]


def find_near_people(
    session: Session, entered: EnteredPerson, shown_before: frozenset[str] = frozenset()
) -> NearSearch:
    """Find who may be the person that is being entered, and put on record whom that showed.

    Args:
        session: Who asks.
        entered: What is typed so far.
        shown_before: Who was shown, and put on record, while the same person was being entered.

    Raises:
        NotAllowed: The user may not record people.
    """
    session.require(Right.INTAKE)
    with session.store.read() as reading:
        found = _find_near(session, reading, entered)
    with session.store.begin(session.command_context(reason_code="CASE_WORK"), "find_near_people") as tx:
        owners = owners_of_known_numbers(session, tx, entered.numbers, entered.own_ref)
        shown = _with_owners(session, tx, found, owners)[:MAX_SHOWN]
        if {each.person.person_ref for each in shown} - shown_before:
            tx.log(
                "CONSULTATION",
                object_type="search",
                object_ref="near_people",
                subject_ref=None,
                detail={"query": entered.names, "people": [each.person.person_ref for each in shown]},
            )
        return NearSearch(people=tuple(shown), taken=describe_owners(session, tx, owners))


def _find_near(session: Session, reading: Reading, entered: EnteredPerson) -> list[NearPerson]:
    """Find who has a name and a date of birth like these, the nearest first, without putting it on record."""
    compared = NearPeople(entered, session.today().year)
    if not compared.terms:
        return []
    visible = visible_programmes(session.role)
    programmes = None if reading.server_enforces_access else visible
    on_record = known_words(reading, frozenset().union(*compared.near))
    near = [words & on_record for words in compared.near]
    people = find_people(reading, compared.terms, programmes, MAX_EXAMINED, near, session.user)
    if compared.birth_terms:
        beside = [frozenset[str](), frozenset().union(*near)]
        people += find_people(reading, compared.birth_terms, programmes, MAX_EXAMINED, beside, session.user)
    return sorted(_compare(session, reading, compared, people), key=_order)


def find_namesakes(session: Session, reading: Reading, entered: EnteredPerson) -> list[NearPerson]:
    """Find who has this name, or one like it, and was born on this day: everybody born on it is compared."""
    born = [] if entered.born_on is None else list_born_on(reading, entered.born_on, MAX_BORN_ON_A_DAY)
    if not born:
        return []
    compared = NearPeople(entered, session.today().year)
    near = {
        person: match
        for person, former in born
        if (match := compared.compare_name((person.family_name, person.given_names), person.known_as, former))
        and person.person_ref != entered.own_ref
    }
    if near and not reading.server_enforces_access:
        known = keep_visible(reading, near, visible_programmes(session.role), session.user)
        near = {person: match for person, match in near.items() if person in known}
    return sorted(_with_cases(session, reading, near), key=_order)


def _compare(
    session: Session, reading: Reading, compared: NearPeople, people: Iterable[FoundPerson]
) -> Iterator[NearPerson]:
    known = {each.person_ref: each for each in people if each.person_ref != compared.own_ref}
    former = list_former_names(reading, list(known))
    near = {}
    for ref, person in known.items():
        names = (person.family_name, person.given_names)
        match = compared.compare(names, person.known_as, person.date_of_birth, former.get(ref, ()))
        if match is not None:
            near[person] = match
    yield from _with_cases(session, reading, near)


def _with_cases(session: Session, reading: Reading, near: Mapping[FoundPerson, NearMatch]) -> Iterator[NearPerson]:
    theirs = list_cases_of(reading, [person.person_ref for person in near], visible_programmes(session.role))
    for person, match in near.items():
        yield NearPerson(person=person, match=match, cases=_cases_of(person, theirs))


def _order(found: NearPerson) -> tuple[Nearness, str, str, int]:
    person = found.person
    return found.match.nearness, fold(person.family_name), fold(person.given_names), person.id


def _cases_of(person: FoundPerson, theirs: Iterable[FoundCase]) -> tuple[FoundCase, ...]:
    return tuple(case for case in theirs if case.person_ref == person.person_ref)


def _with_owners(
    session: Session, tx: Transaction, found: list[NearPerson], owners: list[NumberOwner]
) -> list[NearPerson]:
    """Put those whose number was typed first, with that reason before the others."""
    numbers: dict[str, list[str]] = {}
    for column, ref in owners:
        if ref is not None:
            numbers.setdefault(ref, []).append(f"same {NUMBER_LABELS[column]}")
    known = {each.person.person_ref: each for each in found}
    people = list_people(tx, [ref for ref in numbers if ref not in known])
    theirs = list_cases_of(tx, [person.person_ref for person in people], visible_programmes(session.role))
    for person in people:
        match = NearMatch(Nearness.SAME_NUMBER, ())
        known[person.person_ref] = NearPerson(person=person, match=match, cases=_cases_of(person, theirs))
    return sorted((_with_numbers(each, numbers.get(ref, ())) for ref, each in known.items()), key=_order)


def _with_numbers(found: NearPerson, reasons: Sequence[str]) -> NearPerson:
    if not reasons:
        return found
    return replace(found, match=NearMatch(Nearness.SAME_NUMBER, (*reasons, *found.match.reasons)))


def owners_of_known_numbers(
    session: Session, tx: Transaction, numbers: Mapping[str, str], own_ref: str
) -> list[NumberOwner]:
    """Return whose these identifiers are already, without the reference of whom the user may not know."""
    found = owners_of_numbers(tx, numbers, own_ref)
    unknown = {ref for _, ref in found if ref is not None and not may_know_person(session, tx, ref)}
    return [owner._replace(person_ref=None) if owner.person_ref in unknown else owner for owner in found]


def describe_owners(session: Session, tx: Transaction, owners: Iterable[NumberOwner]) -> dict[str, str]:
    """Say of each identifier that is taken whose it is, or whom to ask."""
    listed = list(owners)
    people = {each.person_ref: each for each in list_people(tx, [ref for _, ref in listed if ref is not None])}
    theirs = list_cases_of(tx, list(people), visible_programmes(session.role))
    said: dict[str, str] = {}
    for column, ref in listed:
        person = None if ref is None else people.get(ref)
        if person is None:
            said.setdefault(
                column,
                f"This {NUMBER_LABELS[column]} belongs to a person on record whom you may not see. Compare it with its "
                "source; if it is right, ask a supervisor.",
            )
            continue
        who = NearPerson(
            person=person, match=NearMatch(Nearness.SAME_NUMBER, ()), cases=_cases_of(person, theirs)
        ).description
        said[column] = f"This {NUMBER_LABELS[column]} belongs to {who}. Open that person, or correct the number."
    return said
