"""Ask about what is odd in an entry before it is stored; the import warns of the same (`domain.validation.doubts`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ioms_desktop.domain.dates.calendar import CustodyPeriod
from ioms_desktop.domain.errors import EntryDoubtful
from ioms_desktop.domain.records.cases import Case, RagEntry
from ioms_desktop.domain.records.code_lists import CodeList, CodeLists
from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.domain.records.people import CustodySpell, Person
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.validation.doubts import OfferDates, RagReason, find_doubts, has_doubts
from ioms_desktop.storage.records.code_lists import list_documents
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class StoredFacts:
    """What the checks look up about an entry, as it is stored now."""

    reading: Reading

    @property
    def lists(self) -> CodeLists:
        """The code lists, read where a check asks for them."""
        documents = list_documents(self.reading).items()
        return CodeLists.from_lists(CodeList.from_document(name, document) for name, document in documents)

    def owner(self, case_ref: str) -> str | None:
        """The person a case is about."""
        case = self.reading.find(Case, case_ref)
        return None if case is None else case.person_ref

    def born_on(self, person_ref: str) -> date | None:
        """A person's date of birth."""
        person = self.reading.find(Person, person_ref)
        return None if person is None else person.date_of_birth

    def custody(self, person_ref: str) -> Sequence[CustodyPeriod]:
        """A person's periods in custody."""
        spells = self.reading.list_records(CustodySpell, person_ref=person_ref)
        return [CustodyPeriod(spell.received_on, spell.released_on) for spell in spells]

    def offer(self, offer_ref: str) -> OfferDates | None:
        """An offer."""
        offer = self.reading.find(Offer, offer_ref)
        return None if offer is None else OfferDates.of(offer)

    def rag_before(self, case_ref: str, on: date) -> RagReason | None:
        """The latest RAG entry of a case before a day; None before the first."""
        entries = self.reading.list_records(RagEntry, case_ref=case_ref)
        return max((RagReason(each.set_on, each.reason) for each in entries if each.set_on < on), default=None)


def require_confirmed(tx: Transaction, record: Record, before: Record | None = None) -> None:
    """Ask about what is odd in a record, unless there is nobody to ask or the user said that it is right.

    Args:
        tx: The command; it knows what the user confirmed.
        record: The record as it is to be stored.
        before: The record as it is stored; what was odd then is not asked again.

    Raises:
        EntryDoubtful: Something is odd; nothing may be stored.
    """
    confirmed = tx.command.confirmed
    if confirmed is None or not has_doubts(type(record)):
        return
    facts = StoredFacts(tx)
    known = set() if before is None else {found.reason for found in find_doubts(before, facts)}
    open_ = [found.reason for found in find_doubts(record, facts) if found.reason not in known | confirmed]
    if open_:
        raise doubtful({"": tuple(open_)})


def doubtful(doubts: Mapping[str, tuple[str, ...]]) -> EntryDoubtful:
    """Word what is odd about an entry as one question.

    Args:
        doubts: What is odd, by the case it is about; empty where the entry is about one alone.
    """
    sentences = [f"{ref}: {' '.join(reasons)}" if ref else " ".join(reasons) for ref, reasons in doubts.items()]
    return EntryDoubtful(
        f"{' '.join(sentences)} Nothing is saved yet and your entry is kept; correct it, or save it as it is.",
        tuple(dict.fromkeys(reason for reasons in doubts.values() for reason in reasons)),
    )
