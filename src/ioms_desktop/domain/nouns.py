"""Every stored noun, in the order of the exchange files."""

from ioms_desktop.domain.cases import Action, Case, Need, Notification, RagEntry, Referral
from ioms_desktop.domain.enforcement import Concern, Decision
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

BY_TABLE: dict[str, type[Record]] = {noun.table: noun for noun in NOUNS}
