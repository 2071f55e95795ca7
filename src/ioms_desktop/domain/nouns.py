"""Every stored noun: those of the exchange files in their order, and those that stay inside."""

from ioms_desktop.domain.cases import Action, Case, Need, Notification, RagEntry, Referral
from ioms_desktop.domain.enforcement import Concern, Decision, Proposal
from ioms_desktop.domain.people import Assessment, CustodySpell, Offence, Order, Person
from ioms_desktop.domain.record import Record
from ioms_desktop.domain.support import Contact, Offer, Rating

NOUNS: tuple[type[Record], ...] = (
    Person,
    Case,
    RagEntry,
    CustodySpell,
    Assessment,
    Need,
    Offer,
    Contact,
    Rating,
    Concern,
    Decision,
    Order,
    Offence,
    Referral,
    Notification,
    Action,
)

WORKING: tuple[type[Record], ...] = (Proposal,)
"""Stored like the others, and not part of the exchange files: what is not yet decided."""

BY_TABLE: dict[str, type[Record]] = {noun.table: noun for noun in (*NOUNS, *WORKING)}
