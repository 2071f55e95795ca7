"""Finds mentions of a person in the free-text columns of other people's records."""

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import NamedTuple

from sqlalchemy import select

from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.person_sets.addresses import Address
from ioms_desktop.domain.records.person_sets.names import FORMER_NAME, PersonName
from ioms_desktop.domain.records.person_sets.numbers import PersonNumber
from ioms_desktop.domain.records.record import ColumnKind, Record, columns_of
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.row_mapping import record_columns, row_mapper, to_json_value
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.record_tables import free_text_columns

CONTACT_KINDS = frozenset({"PHONE", "OTHER_PHONE", "EMAIL"})
"""The kinds of address that name nobody else."""


class Mention(NamedTuple):
    """A mention of a person.

    Attributes:
        case_ref: The case of the record; None where it belongs to a person.
        person_ref: The person of the record; None where it belongs to a case.
        place: The record, the field, and the positions of the characters, counted from 1.
    """

    case_ref: str | None
    person_ref: str | None
    place: str


def other_names(reading: Reading, person_ref: str) -> list[str]:
    """List what a person is or was called beside their own name, each once.

    Of a former name its first word, its last and all but the first are among them: others may have gone on with those.
    """
    found: dict[str, None] = {}
    for each in reading.list_records(PersonName, person_ref=person_ref):
        found[each.name] = None
        if each.kind == FORMER_NAME:
            first, _, rest = each.name.strip().partition(" ")
            found |= dict.fromkeys((first, rest.strip(), each.name.split()[-1]))
    return [name for name in found if name]


def other_numbers(reading: Reading, person_ref: str) -> list[str]:
    """List the numbers by which other agencies know a person, and the phones and emails they have or had."""
    contacts = reading.list_records(Address, person_ref=person_ref)
    return [
        *(each.number for each in reading.list_records(PersonNumber, person_ref=person_ref)),
        *(each.address for each in contacts if each.kind in CONTACT_KINDS and each.address),
    ]


def mention_pattern(person: Person, case_refs: Iterable[str], others: Iterable[str] = ()) -> re.Pattern[str]:
    """Build a pattern of the names and numbers by which others may have mentioned a person, as whole words.

    Args:
        person: The person.
        case_refs: Their cases.
        others: Their other names and numbers.
    """
    names = (person.family_name, person.known_as, person.person_ref, person.pnc_id, person.cro_number, person.crn)
    more = (person.prison_number, person.niche_id, person.phone, *person.given_names.split(), *case_refs, *others)
    found = {term.strip() for term in (*names, *more) if term and len(term.strip()) > 1}
    terms = sorted(found, key=len, reverse=True)  # the longest, as a server finds it
    return re.compile(rf"(?<![^\W_])({'|'.join(map(re.escape, terms))})(?![^\W_])", re.IGNORECASE)


def find_mentions(reading: Reading, pattern: re.Pattern[str]) -> Iterator[Mention]:
    """Search the current records for a pattern, table by table."""
    for name, columns in free_text_columns().items():
        record_type, table = RECORD_TYPE_BY_TABLE[name], tables.metadata.tables[name]
        for row in reading.connection.execute(select(*record_columns(record_type, table)).order_by(table.c.id)):
            record = row_mapper(record_type)(row)
            for column in columns:
                places = [str(found.start() + 1) for found in pattern.finditer(getattr(record, column) or "")]
                if places:
                    place = f"{name} {_name_of(record)}, {column} (at {' and '.join(places)})"
                    case_ref = getattr(record, "case_ref", None)
                    yield Mention(case_ref, None if case_ref else getattr(record, "person_ref", None), place)


def _name_of(record: Record) -> str:
    """Name a record by the references and dates at the start of its key: the rest may be free text."""
    kinds = {column.name: column.kind for column in columns_of(type(record))}
    plain = takewhile(lambda name: kinds[name] in {ColumnKind.REF, ColumnKind.DATE}, type(record).key)
    return "/".join(str(to_json_value(getattr(record, name))) for name in plain)
