"""The rules of the dated sets of a person that span several columns, for imported files and screens alike."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ioms_desktop.domain.records.person_sets.addresses import Address
from ioms_desktop.domain.records.person_sets.names import CURRENT_NAME_KINDS, NAME_SEPARATORS, PersonName
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.validation.findings import Finding

EACH_NAME_ALONE_MESSAGE = (
    "Write one name as it is said, given names first, without commas, semicolons or strokes; each further name is an "
    "entry of its own."
)
NO_ADDRESS_MESSAGE = "Write the address, the number or the email."


def _check_name(name: PersonName, _facts: object) -> Iterator[Finding]:
    if name.kind in CURRENT_NAME_KINDS and any(sign in name.name for sign in NAME_SEPARATORS):
        yield Finding("name", name.name, EACH_NAME_ALONE_MESSAGE)


def _check_address(address: Address, _facts: object) -> Iterator[Finding]:
    if address.address is None and (address.postcode is None or not address.is_place):
        yield Finding("address", "", NO_ADDRESS_MESSAGE)


PERSON_RULES: Mapping[type[Record], Callable[[Any, object], Iterator[Finding]]] = {
    PersonName: _check_name,
    Address: _check_address,
}
