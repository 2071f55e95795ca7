"""The conditions of a licence and the requirements of an order, each from a day and by category."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ioms_desktop.domain.access.record_rights import RecordRights
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.records.record import Record, code, day, ref, short_text

IOM_CONDITION = "IOM_TEAM"
"""The category of the condition to engage with the IOM team, without which missing the team is no breach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCondition(Record):
    """One condition of a licence, or requirement of an order, from the first to the last day, both included."""

    table: ClassVar[str] = "order_conditions"
    key: ClassVar[tuple[str, ...]] = ("condition_ref",)
    subject: ClassVar[str] = "person_ref"
    label: ClassVar[str] = "Condition or requirement"
    plural: ClassVar[str] = "Conditions and requirements"
    is_plain: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(add=Right.RECORD_BACKGROUND, free_text=("wording",))

    condition_ref: str = ref(prefix="CD")
    person_ref: str = ref("people")
    category: str = code("condition_category", required=True)
    wording: str | None = short_text(help="As the order or licence has it.")
    from_on: date = day(required=True, future=True, label="From")
    to_on: date | None = day(future=True, not_before="from_on", label="To")
    order_ref: str | None = short_text(names="orders", label="Order or licence")
    em_type: str | None = code("em_type", label="Tag")

    def holds_on(self, on: date) -> bool:
        """Whether it holds on a day."""
        return self.from_on <= on and (self.to_on is None or on <= self.to_on)
