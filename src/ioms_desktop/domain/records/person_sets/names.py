"""The other names of a person: aliases, nicknames and former names."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ioms_desktop.domain.access.record_rights import RecordRights
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.records.record import Record, code, day, ref, short_text

FORMER_NAME = "FORMER"
ALIAS = "ALIAS"
CURRENT_NAME_KINDS = frozenset({ALIAS, "NICKNAME"})
"""The kinds that stand in the column `known_as` while they have no last day."""
NAME_SEPARATORS = ";,/|"
"""What stands between several names in `known_as`, so that no single one contains it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonName(Record):
    """Another name by which a person is or was known; their own name is in the person's details."""

    table: ClassVar[str] = "person_names"
    key: ClassVar[tuple[str, ...]] = ("name_ref",)
    subject: ClassVar[str] = "person_ref"
    label: ClassVar[str] = "Other name"
    plural: ClassVar[str] = "Names and aliases"
    is_plain: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.INTAKE, facts=True, withheld=("source",), free_text=("name", "source")
    )

    name_ref: str = ref(prefix="PN")
    person_ref: str = ref("people")
    kind: str = code("name_kind", required=True)
    name: str = short_text(required=True)
    from_on: date | None = day(label="From")
    to_on: date | None = day(label="To", not_before="from_on", help="Leave it empty while the name is in use.")
    source: str | None = short_text(help="Who said so, or which record.")
