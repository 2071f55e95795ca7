"""The people to whom a person is linked: family, friends, co-defendants, and those who harm or exploit them."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ioms_desktop.domain.access.record_rights import RecordRights
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.records.record import Record, code, day, ref, short_text

INTELLIGENCE = "INTELLIGENCE"
"""The basis of a link that rests on intelligence: read by those alone who may read intelligence."""
GRADES = ("source_grade", "information_grade", "handling")


@dataclass(frozen=True, slots=True, kw_only=True)
class Associate(Record):
    """A link from a person to another, who has a record here or is only named.

    Whoever may not know of the other person does not see the link.
    """

    table: ClassVar[str] = "associates"
    key: ClassVar[tuple[str, ...]] = ("associate_ref",)
    subject: ClassVar[str] = "person_ref"
    label: ClassVar[str] = "Associate"
    plural: ClassVar[str] = "Family and associates"
    is_plain: ClassVar[bool] = True
    form_order: ClassVar[tuple[str, ...]] = ("other_person_ref", "name")
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.RECORD_ENGAGEMENT,
        intelligence=("basis", INTELLIGENCE),
        free_text=("other_person_ref", "name", "source", "note"),
    )

    associate_ref: str = ref(prefix="AS")
    person_ref: str = ref("people")
    kind: str = code("associate_kind", required=True, label="Link")
    basis: str = code("statement_basis", required=True, label="Rests on")
    source: str = short_text(required=True, help="Who said so, or which system, with its reference.")
    source_grade: str | None = code("source_grade")
    information_grade: str | None = code("information_grade")
    handling: str | None = code("handling")
    from_on: date | None = day(label="From")
    to_on: date | None = day(label="To", not_before="from_on", help="Leave it empty while the link stands.")
    review_on: date | None = day(label="Review on", future=True, not_before="from_on")
    other_person_ref: str | None = short_text(
        names="people",
        label="Person with a record",
        help="Leave it empty for somebody without one, and name them below.",
    )
    name: str | None = short_text(help="Of somebody without a record here.")
    note: str | None = short_text(help="What the link means for support and safety.")

    @property
    def grade(self) -> str:
        """Its grades in one word, as `2CP`; empty without."""
        return f"{self.source_grade or ''}{self.information_grade or ''}{self.handling or ''}"
