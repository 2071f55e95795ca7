"""Find where other people's records mention somebody, in the columns in which people write in their own words."""

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import NamedTuple

from sqlalchemy import select

from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import ColumnKind, Record, columns_of
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.row_mapping import record_columns, row_mapper, to_json_value
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.record_tables import free_text_columns


class Mention(NamedTuple):
    """A place that mentions somebody.

    Attributes:
        case_ref: In whose case; None where the record is a person's.
        person_ref: In whose record; None where it is a case's.
        place: The record, the field, and at which characters, counted from 1.
    """

    case_ref: str | None
    person_ref: str | None
    place: str


def mention_pattern(person: Person, case_refs: Iterable[str]) -> re.Pattern[str]:
    """Match everything by which others may have named somebody, as whole words."""
    said = (person.family_name, person.known_as, person.person_ref, person.pnc_id, person.cro_number, person.crn)
    more = (person.prison_number, person.niche_id, person.phone, *person.given_names.split(), *case_refs)
    terms = sorted({term.strip() for term in (*said, *more) if term and len(term.strip()) > 1})
    return re.compile(rf"(?<![^\W_])({'|'.join(map(re.escape, terms))})(?![^\W_])", re.IGNORECASE)


def find_mentions(reading: Reading, pattern: re.Pattern[str]) -> Iterator[Mention]:
    """Search the current records for a pattern, table by table."""
    for name, columns in free_text_columns().items():
        noun, table = RECORD_TYPE_BY_TABLE[name], tables.metadata.tables[name]
        for row in reading.connection.execute(select(*record_columns(noun, table)).order_by(table.c.id)):
            record = row_mapper(noun)(row)
            for column in columns:
                places = [str(found.start() + 1) for found in pattern.finditer(getattr(record, column) or "")]
                if places:
                    place = f"{name} {_name_of(record)}, {column} (at {' and '.join(places)})"
                    case_ref = getattr(record, "case_ref", None)
                    yield Mention(case_ref, None if case_ref else getattr(record, "person_ref", None), place)


def _name_of(record: Record) -> str:
    """Name a record by its references and dates, as far as its key begins with them: the rest may be people's words."""
    kinds = {column.name: column.kind for column in columns_of(type(record))}
    plain = takewhile(lambda name: kinds[name] in {ColumnKind.REF, ColumnKind.DATE}, type(record).key)
    return "/".join(str(to_json_value(getattr(record, name))) for name in plain)
