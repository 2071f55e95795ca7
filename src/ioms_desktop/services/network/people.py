"""Names the people whom records name besides whose they are, as far as the user may know of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import Record, columns_naming
from ioms_desktop.domain.text_format import format_name
from ioms_desktop.services.case_access import KnownPeople, may_know_person
from ioms_desktop.services.session import Session
from ioms_desktop.storage.queries.numbers import list_people
from ioms_desktop.storage.records.read import Reading

UNKNOWN_PERSON_MESSAGE = (
    "There is no person {} that you may know of. Check the reference, or leave it empty and write the name."
)


@dataclass(frozen=True, slots=True)
class NetworkPerson:
    """A person whom a record names.

    Attributes:
        name: As lists show it.
        case_ref: The case of theirs that this user may open, one that is not closed if there is one; empty for none.
    """

    name: str
    case_ref: str


def find_named_people(session: Session, reading: Reading, records: Iterable[Record]) -> Mapping[str, NetworkPerson]:
    """Return the people whom records name, by their reference; those of whom the user may not know are left out."""
    people = KnownPeople(session, reading, {ref for record in records for ref in _people_named(record)})
    return {
        found.person_ref: NetworkPerson(
            format_name(found.family_name, found.given_names), _case_to_open(people.openable_cases(found.person_ref))
        )
        for found in (list_people(reading, sorted(people.refs)) if people.refs else ())
    }


def describe_unknown(session: Session, reading: Reading, person_ref: str) -> str:
    """Say that there is nobody of a reference of whom the user may know; empty where there is.

    It is the same sentence for somebody who has no record and for somebody whose record is kept from the user.
    """
    is_known = may_know_person(session, reading, person_ref) and bool(list_people(reading, [person_ref]))
    return "" if is_known else UNKNOWN_PERSON_MESSAGE.format(person_ref)


def _people_named(record: Record) -> Iterable[str]:
    named = (each.value_of(record) for each in columns_naming(type(record), Person.table))
    return (ref for ref in named if ref)


def _case_to_open(cases: Iterable[Case]) -> str:
    newest_last = sorted(cases, key=lambda each: (each.closed_on is None, each.referred_on, each.case_ref))
    return newest_last[-1].case_ref if newest_last else ""
