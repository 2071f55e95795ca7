"""How a letter reached whom it was for, or did not."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from ioms_desktop.domain.access.record_rights import Keeper, RecordRights
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.domain.records.record import Record, code, day_time, ref, short_text, worker_name

LETTER = "LETTER"
"""The kind of a document that is delivered."""
DELIVERED = "DELIVERED"
LEFT_WITH = "LEFT_WITH"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterDelivery(Record):
    """One attempt to deliver a letter: what came of it, how, by whom, and who was there.

    A step is served, and a notification given, by records of their own, which the clocks follow; this says what became
    of the paper.
    """

    table: ClassVar[str] = "letter_deliveries"
    key: ClassVar[tuple[str, ...]] = ("delivery_ref",)
    label: ClassVar[str] = "Delivery of a letter"
    plural: ClassVar[str] = "Letters delivered"
    is_plain: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.RECORD_ENGAGEMENT,
        free_text=("given_to", "delivered_by", "witnessed_by", "note"),
        kept_by=Keeper.AUTHOR,
    )

    delivery_ref: str = ref(prefix="LD")
    case_ref: str = ref("cases")
    document_ref: str | None = short_text(
        names=Document.table, label="Letter", help="Leave empty for a letter that is not kept here."
    )
    attempted_at: DayTime = day_time(label="When")
    outcome: str = code("delivery_outcome", required=True, begins=DELIVERED)
    method: str = code("delivery_method", required=True, label="How")
    given_to: str | None = short_text(
        label="Given to", help="If not the person it is for: who took it, and who they are to that person."
    )
    delivered_by: str | None = worker_name(is_author=True, label="By whom")
    witnessed_by: str | None = short_text(label="Witnessed by", help="Who was there and saw it.")
    note: str | None = short_text(help="What was said, or why it was not taken.")

    @property
    @override
    def outlasts_case(self) -> bool:
        """What became of a letter that is kept is recorded whenever it is known: the last of them follows a closing."""
        return self.document_ref is not None


def latest_delivery(deliveries: Iterable[LetterDelivery], document_ref: str) -> LetterDelivery | None:
    """Return how a letter was delivered: the latest attempt that reached them, else the latest; None without one."""
    tried = [each for each in deliveries if each.document_ref == document_ref]
    return max(tried, key=lambda each: (each.outcome == DELIVERED, each.attempted_at.iso_text, each.id), default=None)
