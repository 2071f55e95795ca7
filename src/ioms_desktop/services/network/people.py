"""Names the people whom records name besides whose they are, as far as the user may know of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import Record, columns_naming
from ioms_desktop.domain.text_format import format_name
from ioms_desktop.services.case_access import may_know_person, may_open_case
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
    refs = {ref for record in records for ref in _people_named(record)}
    known = [ref for ref in sorted(refs) if may_know_person(session, reading, ref)]
    return {
        found.person_ref: NetworkPerson(
            format_name(found.family_name, found.given_names), _case_to_open(session, reading, found.person_ref)
        )
        for found in (list_people(reading, known) if known else ())
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


def _case_to_open(session: Session, reading: Reading, person_ref: str) -> str:
    cases = [
        each for each in reading.list_records(Case, person_ref=person_ref) if may_open_case(session, reading, each)
    ]
    newest_last = sorted(cases, key=lambda each: (each.closed_on is None, each.referred_on, each.case_ref))
    return newest_last[-1].case_ref if newest_last else ""
