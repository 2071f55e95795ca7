"""The rules of the dated sets of a person that span several columns, for imported files and screens alike."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ioms_desktop.domain.records.person_sets.addresses import Address
from ioms_desktop.domain.records.person_sets.care import (
    CARER_SEPARATORS,
    EXPLOITATION,
    MARKER_SEPARATORS,
    NEED_SEPARATORS,
    Carer,
    PersonNeed,
    SafeguardingCheck,
    WarningMarker,
)
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


def _check_marker(marker: WarningMarker, _facts: object) -> Iterator[Finding]:
    yield from _alone("marker", marker.marker, MARKER_SEPARATORS)


def _check_carer(carer: Carer, _facts: object) -> Iterator[Finding]:
    yield from _alone("name", carer.name, CARER_SEPARATORS)
    yield from _alone("relation", carer.relation or "", CARER_SEPARATORS)


def _check_need(need: PersonNeed, _facts: object) -> Iterator[Finding]:
    yield from _alone("words", need.words, NEED_SEPARATORS.get(need.kind, ""))


def _alone(column: str, text: str, separators: str) -> Iterator[Finding]:
    """Refuse a text that a person's column would take for several."""
    if any(sign in text for sign in separators):
        signs = " and ".join({";": "semicolons", ",": "commas"}[sign] for sign in separators)
        yield Finding(column, text, f"Write one entry here, without {signs}; each further one is an entry of its own.")


def _check_safeguarding(check: SafeguardingCheck, _facts: object) -> Iterator[Finding]:
    if check.kind == EXPLOITATION and check.answer is None and check.nrm_status is None:
        yield Finding("answer", "", "Answer the question, or say where the referral to the NRM stands.")
    if check.kind == "APPROPRIATE_ADULT" and check.adult is None:
        yield Finding("adult", "", "Write who the appropriate adult was, or was to be.")
    if check.kind == "GILLICK":
        if check.answer is None:
            yield Finding("answer", "", "Say whether the child is competent to decide this.")
        if check.reasons is None:
            yield Finding("reasons", "", "Write why; the assessment is nothing without its reasons.")


PERSON_RULES: Mapping[type[Record], Callable[[Any, object], Iterator[Finding]]] = {
    PersonName: _check_name,
    Address: _check_address,
    WarningMarker: _check_marker,
    Carer: _check_carer,
    PersonNeed: _check_need,
    SafeguardingCheck: _check_safeguarding,
}
