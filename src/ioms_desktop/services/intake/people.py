"""Record a new person, and change the details of one, after a search for who is on record already."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.errors import Duplicate, InvalidRecord, Missing, Refused
from ioms_desktop.domain.records.identifiers import canonical_identifier
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import columns_of
from ioms_desktop.domain.search.near_people import EnteredPerson
from ioms_desktop.domain.text_format import format_name
from ioms_desktop.domain.validation.column_rules import check_columns
from ioms_desktop.services.case_access import may_know_person
from ioms_desktop.services.commands import add_record, clean_record, new_ref, run_command
from ioms_desktop.services.edit_conflicts import (
    RECORD_NOT_FOUND_MESSAGE,
    ConflictResolution,
    apply_edit,
    record_removed_error,
    save_edit,
)
from ioms_desktop.services.entry_doubts import doubtful
from ioms_desktop.services.intake.near_people import (
    describe_owners,
    find_namesakes,
    owners_of_known_numbers,
)
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage.records.previous_versions import find_removal
from ioms_desktop.storage.transaction import Transaction

PEOPLE = frozenset({Topic.PEOPLE})
WHY_OPENED = "CASE_WORK"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPerson:
    """A person to record; the command gives them a reference of their own."""

    request: str
    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePerson:
    """A person as they are to be recorded; `revision` is the one read."""

    request: str
    person: Person
    revision: int
    resolution: ConflictResolution | None = None


def names_of(person: Person) -> str:
    """Return a person's names as one would type them to search."""
    return f"{person.given_names} {person.family_name}".strip()


def entered_from(person: Person) -> EnteredPerson:
    """Return what a search needs of a person who is being entered."""
    numbers = {name: number for name in Person.identifiers if (number := getattr(person, name))}
    return EnteredPerson(
        names=names_of(person), born_on=person.date_of_birth, numbers=numbers, own_ref=person.person_ref
    )


def add_person(session: Session, entry: AddPerson) -> Outcome:
    """Record a new person.

    Raises:
        NotAllowed: The user may not record people.
        InvalidRecord: A value is not accepted; the refusal names its field.
        Duplicate: An identifier belongs to somebody else.
        EntryDoubtful: Somebody of this name and date of birth is on record, and the user was not asked yet.
    """

    def do(tx: Transaction) -> Outcome:
        person = clean_record(replace(_checked(session, entry.person), person_ref=""))
        _refuse_taken_numbers(session, tx, person, {name: getattr(person, name) for name in Person.identifiers})
        _ask_about_namesakes(session, tx, person)
        stored = add_record(tx, replace(person, person_ref=new_ref("PE")))
        name = format_name(stored.family_name, stored.given_names)
        return Outcome(notice=f"{name} is on record as {stored.person_ref}.", changed=PEOPLE, ref=stored.person_ref)

    return run_command(session, "add_person", Person.rights.add, entry.request, do)


def change_person(session: Session, entry: ChangePerson) -> Outcome:
    """Change the details of a person.

    Raises:
        NotAllowed: The user may not change people.
        Missing: The person is not there for this user, or only by break-glass access.
        EditConflict: Someone else saved the person since they were read.
        RecordRemoved: Someone else removed them.
        InvalidRecord: A value is not accepted; the refusal names its field.
        Duplicate: An identifier belongs to somebody else.
    """
    ref = entry.person.person_ref

    def do(tx: Transaction) -> Outcome:
        current = get_known_person(session, tx, ref)
        wanted = clean_record(_checked(session, entry.person))
        values = {column.name: getattr(wanted, column.name) for column in columns_of(Person)}
        edited = apply_edit(session, tx, entry, current, lambda read: replace(read, **values))
        fresh = {
            name: getattr(edited.record, name)
            for name in Person.identifiers
            if getattr(edited.record, name) != getattr(current, name)
        }
        _refuse_taken_numbers(session, tx, edited.record, fresh)
        name = format_name(edited.record.family_name, edited.record.given_names)
        return save_edit(tx, edited, notice=f"Details of {name} changed.", topics=PEOPLE | {Topic.CASES}, ref=ref)

    return run_command(session, "change_person", Person.rights.change_right, entry.request, do)


def open_person(session: Session, person_ref: str) -> Person:
    """Read a person and put the look on record.

    Raises:
        NotAllowed: The user may not read cases.
        Missing: The person is not there for this user.
    """
    session.require(Right.READ_CASES)
    with session.store.begin(session.command_context(reason_code=WHY_OPENED), "open_person") as tx:
        person = get_known_person(session, tx, person_ref)
        if not tx.server_enforces_access:
            tx.log("CONSULTATION", object_type=Person.table, object_ref=person_ref, subject_ref=person_ref)
        return person


def get_known_person(session: Session, tx: Transaction, person_ref: str) -> Person:
    """Open a person whom the user may write about.

    Raises:
        Missing: They may not know of the person, or there is no such person.
        RecordRemoved: Somebody removed the person.
    """
    opened = tx.open_person(person_ref, WHY_OPENED, session.workstation)
    person = tx.find(Person, person_ref) if opened else None
    if person is not None and may_know_person(session, tx, person_ref):
        return person
    removal = find_removal(tx, Person, person_ref) if opened and person is None else None
    if removal is not None:
        raise record_removed_error(session, removal)
    raise Missing(RECORD_NOT_FOUND_MESSAGE)


def _checked(session: Session, person: Person) -> Person:
    """Return a person with identifiers in the form in which they are kept.

    Raises:
        InvalidRecord: A value is not accepted.
    """
    found = next(
        iter(check_columns(replace(person, person_ref=person.person_ref or "new"), session.lists, session.today())),
        None,
    )
    if found is not None:
        raise InvalidRecord(f"{found.reason} Your entry is kept.", field=found.column)
    kept: dict[str, str] = {}
    for name in Person.identifiers:
        written = (getattr(person, name) or "").strip()
        if not written:
            continue
        try:
            kept[name] = canonical_identifier(name, written, session.today().year)
        except Refused as wrong:
            raise InvalidRecord(f"{wrong.sentence} Your entry is kept.", field=name) from wrong
    return replace(person, **kept) if kept else person  # type: ignore[arg-type]  # texts by field name


def _refuse_taken_numbers(session: Session, tx: Transaction, person: Person, numbers: Mapping[str, str | None]) -> None:
    """Refuse an identifier that belongs to somebody else; a server asks once more when the person is stored."""
    given = {name: number for name, number in numbers.items() if number}
    if not given:
        return
    owners = owners_of_known_numbers(session, tx, given, person.person_ref)
    for column, sentence in describe_owners(session, tx, owners).items():
        raise Duplicate(f"{sentence} Nothing was saved and your entry is kept.", field=column)


def _ask_about_namesakes(session: Session, tx: Transaction, person: Person) -> None:
    """Ask about those of this name, or one like it, and this date of birth, unless the user answered."""
    confirmed = tx.command.confirmed
    if confirmed is None:
        return
    asked = tuple(
        f"{near.description}, may be the same person ({near.why})."
        for near in find_namesakes(session, tx, entered_from(person))
        if may_know_person(session, tx, near.person.person_ref)
    )
    if set(asked) - confirmed:
        raise doubtful({"": asked})
