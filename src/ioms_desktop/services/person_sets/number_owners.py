"""Says whose the number of another agency is already, so that it is recorded for one person alone."""

from ioms_desktop.domain.records.person_sets.numbers import PersonNumber
from ioms_desktop.domain.text_format import format_day, format_name
from ioms_desktop.services.case_access import may_know_person
from ioms_desktop.services.session import Session
from ioms_desktop.storage.queries.numbers import list_people, owners_of_numbers
from ioms_desktop.storage.transaction import Transaction


def describe_owner(session: Session, tx: Transaction, number: PersonNumber) -> str:
    """Say whose a number of this kind is already, or whom to ask; empty where it is nobody else's."""
    owners = owners_of_numbers(tx, {number.kind: number.number}, number.person_ref)
    if not owners:
        return ""
    label = session.lists.of("number_kind").label(number.kind)
    known = [ref for _, ref in owners if ref is not None and may_know_person(session, tx, ref)]
    people = list_people(tx, known)
    if not people:
        return (
            f"This number ({label}) belongs to a person on record whom you may not see. Compare it with its source; if "
            "it is right, ask a supervisor."
        )
    person = people[0]
    who = f"{format_name(person.family_name, person.given_names)}, born {format_day(person.date_of_birth)}"
    return f"This number ({label}) belongs to {who}. Open that person, or correct the number."
