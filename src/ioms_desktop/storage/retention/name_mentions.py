"""Where others' records mention somebody, in the columns in which people write in their own words."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import select

from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.row_mapping import key_text, record_columns, row_mapper
from ioms_desktop.storage.schema import tables

FREE_TEXT_COLUMNS: dict[str, tuple[str, ...]] = {
    "people": ("address", "communication_needs", "parent_or_carer", "warning_markers"),
    "cases": ("referred_by",),
    "rag": ("reason",),
    "offers": ("provider", "end_reason"),
    "contacts": ("note",),
    "concerns": ("summary",),
    "decisions": ("reason", "child_checks", "told_participant"),
    "proposals": (*("reason", "child_checks", "told_participant", "alternatives", "proportionality", "answer_reason"),),
    "orders": ("conditions",),
    "offences": ("offence", "outcome"),
    "referrals": ("reason",),
    "notifications": ("present", "response", "note"),
    "actions": ("text", "cancel_reason"),
}
"""The columns looked through; a server has the same list in its migration, and a test holds them together."""
TABLES_NAMED_BY_DAY = ("offences", "rag", "notifications")
"""Whose keys are named as far as their day: what follows it may be somebody's words."""


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
    """Give everything by which others may have named somebody, as whole words."""
    said = (person.family_name, person.known_as, person.person_ref, person.pnc_id, person.cro_number, person.crn)
    more = (person.prison_number, person.niche_id, person.phone, *person.given_names.split(), *case_refs)
    terms = sorted({term.strip() for term in (*said, *more) if term and len(term.strip()) > 1})
    return re.compile(rf"(?<![^\W_])({'|'.join(map(re.escape, terms))})(?![^\W_])", re.IGNORECASE)


def find_mentions(reading: Reading, pattern: re.Pattern[str]) -> Iterator[Mention]:
    """Look for a pattern in what is recorded now, table by table."""
    for name, columns in FREE_TEXT_COLUMNS.items():
        noun, table = RECORD_TYPE_BY_TABLE[name], tables.metadata.tables[name]
        for row in reading.connection.execute(select(*record_columns(noun, table)).order_by(table.c.id)):
            record = row_mapper(noun)(row)
            for column in columns:
                places = [str(found.start() + 1) for found in pattern.finditer(getattr(record, column) or "")]
                if places:
                    key = key_text(record)
                    named = "/".join(key.split("/")[:2]) if name in TABLES_NAMED_BY_DAY else key
                    place = f"{name} {named}, {column} (at {' and '.join(places)})"
                    case_ref = getattr(record, "case_ref", None)
                    yield Mention(case_ref, None if case_ref else getattr(record, "person_ref", None), place)
