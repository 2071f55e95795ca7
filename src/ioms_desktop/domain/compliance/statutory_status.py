"""The statutory status of a day: one rule for screens and paper, from the orders unless a person says otherwise.

In this order: what a person set with a reason; the order in force that weighs most (`weight` in the code list, the
later made of two that weigh alike); what a file brought as the status of the case; none. `cases.statutory_status` is
what files carry and what the policy reads as the status of the case, so it stays as it is until somebody sets it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

from ioms_desktop.domain.policy.in_force import OrderFact, order_in_force
from ioms_desktop.domain.policy.policy import InForce
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import Order


class StatusSource(Enum):
    """Where a statutory status comes from."""

    PERSON = auto()
    ORDER = auto()
    FILE = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatutoryStatus:
    """The statutory status of a case on a day.

    Attributes:
        code: The code of the list `statutory_status`; None for none.
        order: The order it follows from, or would without what a person set; None where none is in force.
    """

    code: str | None
    source: StatusSource
    order: Order | None = None

    @property
    def differs_from_orders(self) -> bool:
        """Whether a person or a file says something else than the orders do."""
        return self.order is not None and self.order.order_type != self.code


def statutory_status_on(
    case: Case, orders: Iterable[Order], weights: Mapping[str, int], terms: InForce, on: date
) -> StatutoryStatus:
    """Return the statutory status of a case on a day.

    Args:
        case: The case.
        orders: The orders and licences of its person.
        weights: How much each code weighs where several are in force; one without a weight is no order on that day.
        terms: What "in force" means on that day.
        on: The day.
    """
    held = [each for each in orders if each.order_type in weights and _in_force(each, terms, on)]
    heaviest = max(held, key=lambda each: (weights[each.order_type], each.made_on, each.order_ref), default=None)
    if case.statutory_reason:
        return StatutoryStatus(code=case.statutory_status, source=StatusSource.PERSON, order=heaviest)
    if heaviest is not None:
        return StatutoryStatus(code=heaviest.order_type, source=StatusSource.ORDER, order=heaviest)
    source = StatusSource.FILE if case.statutory_status else StatusSource.NOTHING
    return StatutoryStatus(code=case.statutory_status, source=source)


def _in_force(order: Order, terms: InForce, on: date) -> bool:
    fact = OrderFact(order.order_type, order.made_on, order.ends_on, order.order_ref, order.ended_on)
    return order_in_force(terms, fact, on)
