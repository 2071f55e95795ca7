"""Transfers between establishments within a custody spell, and where somebody was on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ioms_desktop.domain.access.record_rights import RecordRights
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.domain.records.record import Record, day, ref, short_text


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyTransfer(Record):
    """A move to another establishment while in custody; the spell says where somebody was received.

    The spell goes on, so the day of a transfer is neither a release nor a reception and changes no figure.
    """

    table: ClassVar[str] = "custody_transfers"
    key: ClassVar[tuple[str, ...]] = ("person_ref", "moved_on", "establishment")
    subject: ClassVar[str] = "person_ref"
    label: ClassVar[str] = "Transfer"
    plural: ClassVar[str] = "Transfers in custody"
    is_plain: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(add=Right.RECORD_BACKGROUND, free_text=("reason",))

    person_ref: str = ref("people")
    moved_on: date = day(required=True)
    establishment: str = short_text(required=True, label="Where to")
    reason: str | None = short_text(label="Why")


def establishment_on(spell: CustodySpell, transfers: Iterable[CustodyTransfer], on: date) -> str:
    """Return where somebody was on a day of a custody spell; empty where nobody wrote it down.

    Args:
        spell: The spell.
        transfers: All transfers of the person.
        on: The day; of a spell that is over by then, its last day counts.
    """
    until = on if spell.released_on is None else min(on, spell.released_on)
    within = [each for each in transfers if spell.received_on <= each.moved_on <= until]
    latest = max(within, key=lambda each: (each.moved_on, each.id), default=None)
    return (spell.establishment or "") if latest is None else latest.establishment
