"""The numbers by which other agencies know a person, beside those that have a column of their own."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ioms_desktop.domain.access.record_rights import RecordRights
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import Record, code, day, ref, short_text

OTHER_NUMBER = "OTHER"
"""The kind of what any agency gave: two people may have the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonNumber(Record):
    """A number that somebody else gave a person; of its kind it is one person's alone."""

    table: ClassVar[str] = "person_numbers"
    key: ClassVar[tuple[str, ...]] = ("number_ref",)
    subject: ClassVar[str] = "person_ref"
    label: ClassVar[str] = "Other identifier"
    plural: ClassVar[str] = "Other identifiers"
    is_plain: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(add=Right.INTAKE, free_text=("number", "source"))

    number_ref: str = ref(prefix="NR")
    person_ref: str = ref("people")
    kind: str = code("number_kind", required=True)
    number: str = short_text(required=True)
    from_on: date | None = day(label="From")
    to_on: date | None = day(label="To", not_before="from_on", help="Leave it empty while it is in use.")
    source: str | None = short_text(help="Who said so, or which record.")


def numbers_of(record: Record | None) -> dict[str, str]:
    """Return the numbers in a record that are one person's alone, by their column; those without one by their kind."""
    if isinstance(record, Person):
        given = {name: getattr(record, name) for name in Person.identifiers}
        return {name: number for name, number in given.items() if number}
    if isinstance(record, PersonNumber) and record.kind != OTHER_NUMBER:
        return {record.kind: record.number}
    return {}
