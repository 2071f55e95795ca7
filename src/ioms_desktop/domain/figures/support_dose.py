"""How much support an offer brought, against what was planned, and how long it took to begin.

Source: what the field would correct, 28 November 2026: planned against delivered dose, days from accepted to the first
real session. A session is real where the contact counts as completed; a missed or cancelled one delivered nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ioms_desktop.domain.policy.case_facts import ACCEPTED_RESPONSES
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.engagement import Contact, Offer


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportDose:
    """What one offer brought by a day.

    Attributes:
        sessions: Completed contacts that name the offer.
        minutes: Their minutes; a session of which no length is known counts none.
        first_session_on: The day of the first of them on or after the day of acceptance; None before it.
        accepted_on: The day the offer was accepted, wholly or partly; None where it was not.
    """

    offer: Offer
    sessions: int = 0
    minutes: int = 0
    first_session_on: date | None = None
    accepted_on: date | None = None

    def days_to_first_session(self, as_of: date) -> int | None:
        """Return the days from acceptance to the first session, or to a day where there was none yet.

        Returns:
            The days; None for an offer that was not accepted, or that ended before anything began.
        """
        if self.accepted_on is None:
            return None
        if self.first_session_on is None and self.offer.ended_on is not None:
            return None
        return ((self.first_session_on or as_of) - self.accepted_on).days


def support_dose(offer: Offer, contacts: Iterable[Contact], completed: frozenset[str]) -> SupportDose:
    """Work out what an offer brought.

    Args:
        offer: The offer as it stood on a day.
        contacts: The contacts of its case up to that day.
        completed: The references of those that count as completed.
    """
    held = [each for each in contacts if each.offer_ref == offer.offer_ref and each.contact_ref in completed]
    accepted_on = (offer.responded_on or offer.offered_on) if offer.response in ACCEPTED_RESPONSES else None
    days = [each.occurred_at.on for each in held if accepted_on is not None and each.occurred_at.on >= accepted_on]
    return SupportDose(
        offer=offer,
        sessions=len(held),
        minutes=sum(each.minutes or 0 for each in held),
        first_session_on=min(days, default=None),
        accepted_on=accepted_on,
    )


def next_session_on(offer: Offer, appointments: Iterable[Appointment], as_of: date) -> date | None:
    """Return the day of the next session that is arranged for an offer, today's included; None where none is."""
    arranged = (each.starts_at.on for each in appointments if each.offer_ref == offer.offer_ref and each.is_waiting)
    return min((on for on in arranged if on >= as_of), default=None)
