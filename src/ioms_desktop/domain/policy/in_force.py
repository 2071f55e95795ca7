"""What is in force on a day: the one declaration that rules, steps, screens and imports share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ioms_desktop.domain.policy.policy import InForce


class OrderFact(NamedTuple):
    """An order or licence.

    Attributes:
        type: Its code.
        made_on: The first day it is in force, included.
        ends_on: The last day, included; None for no end.
        ref: Its reference.
        ended_on: The day, included, on which it was revoked or completed; None if it was not.
    """

    type: str
    made_on: date
    ends_on: date | None
    ref: str = ""
    ended_on: date | None = None


class StatusFact(NamedTuple):
    """A statutory status that a case had from a day on; None for none."""

    from_on: date
    status: str | None


@dataclass(frozen=True, slots=True)
class LegalPosition:
    """The orders of a person, and what their case says of its statutory status.

    Attributes:
        orders: The orders and licences.
        statuses: The statutory statuses of the case, oldest first; the last is the present one.
        iom_licence_condition: Whether the licence has the IOM condition.
    """

    orders: Sequence[OrderFact]
    statuses: Sequence[StatusFact]
    iom_licence_condition: bool

    def orders_in_force(self, terms: InForce, on: date) -> list[OrderFact]:
        """List the orders and licences that are in force on a day, without what is no order."""
        return [o for o in self.orders if o.type not in terms.no_orders and order_in_force(terms, o, on)]

    def licence_in_force(self, terms: InForce, on: date) -> bool:
        """Whether a licence or the IOM licence condition is in force on a day."""
        return (
            self.iom_licence_condition
            or self._status_on(terms, on) in terms.licences
            or any(order.type in terms.licences for order in self.orders_in_force(terms, on))
        )

    def any_in_force(self, terms: InForce, on: date) -> bool:
        """Whether an order, a licence or the IOM licence condition is in force on a day."""
        return self.licence_in_force(terms, on) or bool(self.orders_in_force(terms, on))

    def _status_on(self, terms: InForce, on: date) -> str | None:
        if not self.statuses:
            return None
        if terms.status_of_day:
            # Before the first that was recorded, it is taken to have been the same.
            until = [fact for fact in self.statuses if fact.from_on <= on]
            return until[-1].status if until else self.statuses[0].status
        return self.statuses[-1].status


def order_in_force(terms: InForce, order: OrderFact, on: date) -> bool:
    """Whether an order is in force on a day, from the day it was made to the day it ends, both included."""
    if on < order.made_on or (order.ends_on is not None and on > order.ends_on):
        return False
    return not terms.ends_early or order.ended_on is None or on <= order.ended_on


def distinct_statuses(statuses: Iterable[StatusFact]) -> tuple[StatusFact, ...]:
    """Leave out statuses that are the same as the one before; of several on one day, the last holds."""
    kept: list[StatusFact] = []
    for fact in statuses:
        if kept and kept[-1].from_on == fact.from_on:
            kept.pop()
        if not kept or kept[-1].status != fact.status:
            kept.append(fact)
    return tuple(kept)
