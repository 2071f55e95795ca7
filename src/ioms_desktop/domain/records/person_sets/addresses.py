"""Where a person is reached: addresses, phones and emails, each with its days."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ioms_desktop.domain.access.record_rights import RecordRights
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.records.record import Record, code, day, ref, short_text, yes_no

HOME_ADDRESS = "HOME"
OWN_PHONE = "PHONE"
NUMBER_KINDS = frozenset({OWN_PHONE, "OTHER_PHONE", "EMAIL"})
"""The kinds that are no place: phones and emails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address(Record):
    """An address, a phone number or an email address of a person; current while it has no last day."""

    table: ClassVar[str] = "addresses"
    key: ClassVar[tuple[str, ...]] = ("address_ref",)
    subject: ClassVar[str] = "person_ref"
    label: ClassVar[str] = "Address or phone"
    plural: ClassVar[str] = "Addresses and phones"
    is_plain: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(add=Right.INTAKE, free_text=("address", "source"))

    address_ref: str = ref(prefix="AD")
    person_ref: str = ref("people")
    kind: str = code("address_kind", required=True)
    address: str | None = short_text(label="Address, number or email")
    postcode: str | None = short_text(help="Of an address.")
    from_on: date | None = day(label="From")
    to_on: date | None = day(label="To", not_before="from_on", help="Leave it empty while it is in use.")
    safe: bool | None = yes_no(label="Safe to write, call or leave a message")
    source: str | None = short_text(help="Who said so, or which record.")

    @property
    def is_place(self) -> bool:
        """Whether it is an address, and no phone or email."""
        return self.kind not in NUMBER_KINDS
