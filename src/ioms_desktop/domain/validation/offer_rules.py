"""The rules on the funding of an offer: an amount comes with who gives it, who authorised it, and when."""

from collections.abc import Iterator
from decimal import Decimal

from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.domain.validation.column_rules import is_number
from ioms_desktop.domain.validation.findings import Finding

NEEDED_BY_FUNDING = {
    "funded_by": "Say who pays.",
    "funding_authorised_by": "Funding needs whoever authorised it.",
    "funding_authorised_on": "Say on which day the funding was authorised.",
}
"""What an amount is not recorded without, and how that is asked for."""
NO_AMOUNT_MESSAGE = "Say how much was authorised, or leave everything about funding empty."


def format_pounds(amount: str | None) -> str:
    """Return an amount as it is read: £1,250.00; what is no number as it was given."""
    return f"£{Decimal(amount):,.2f}" if amount is not None and is_number(amount) else amount or ""


def check_funding(offer: Offer) -> Iterator[Finding]:
    """Find what is missing where an offer is funded, and what says something of funding without an amount."""
    given = [name for name in (*NEEDED_BY_FUNDING, "funding_for") if getattr(offer, name) is not None]
    if offer.funding_amount is None:
        if given:
            yield Finding("funding_amount", "", NO_AMOUNT_MESSAGE)
        return
    if Decimal(offer.funding_amount) <= 0:
        yield Finding("funding_amount", offer.funding_amount, "The amount must be more than £0. Correct it.")
    for name, ask in NEEDED_BY_FUNDING.items():
        if name not in given:
            yield Finding(name, "", ask)
