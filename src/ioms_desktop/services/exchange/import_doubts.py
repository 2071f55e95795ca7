"""What an import warns of though it takes the row: the same that a form asks about, in the same words."""

from collections.abc import Sequence
from datetime import date

from ioms_desktop.domain.dates.calendar import CustodyPeriod
from ioms_desktop.domain.records.cases import Case, RagEntry
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.custody.transfers import CustodyTransfer
from ioms_desktop.domain.records.engagement import Contact, Offer
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.validation.doubts import OfferDates, RagReason, find_doubts, has_doubts
from ioms_desktop.domain.validation.findings import Finding
from ioms_desktop.services.exchange.import_facts import FolderFacts
from ioms_desktop.storage.records.bulk_read import has_no_records, list_by_owners
from ioms_desktop.storage.records.read import Reading


def owner_column(record_type: type[Record]) -> str:
    """Return the column that names whose a row is: the case, or the person."""
    return "person_ref" if record_type is Case else record_type.subject


class ImportDoubts:
    """What the checks look up during an import: the rows of the folder first, then the database."""

    def __init__(self, reading: Reading, facts: FolderFacts) -> None:
        """Begin with nothing looked up."""
        self._reading = reading
        self._facts = facts
        self._offers: dict[str, OfferDates] = {}
        self._spells: dict[str, dict[date, CustodyPeriod]] = {}
        self._has_stored_spells = not has_no_records(reading, CustodySpell)
        self._looked_up: set[str] = set()
        self._rag: dict[str, dict[date, RagReason]] = {}
        self._has_stored_rag = not has_no_records(reading, RagEntry)

    def look_up(self, record_type: type[Record], owners: Sequence[str | None]) -> None:
        """Look up what a chunk of rows needs: the people it is about and, where a check asks for it, their custody.

        Args:
            record_type: The type of the rows.
            owners: Their cases or people, by `owner_column`, in any order.
        """
        if not has_doubts(record_type):
            return
        refs = {ref for ref in owners if ref is not None}
        if owner_column(record_type) == "case_ref":
            people = {person_ref for ref in refs if (person_ref := self.owner(ref)) is not None}
        else:
            people = refs
        self._facts.known["people"].look_up(people)
        if record_type in {Contact, CustodyTransfer} and self._has_stored_spells:
            missing = people - self._looked_up
            self._looked_up |= missing
            for spell in list_by_owners(self._reading, CustodySpell, "person_ref", missing):
                period = CustodyPeriod(spell.received_on, spell.released_on)
                self._spells.setdefault(spell.person_ref, {}).setdefault(spell.received_on, period)

        if record_type is RagEntry:
            self._look_up_rag(refs)

    def _look_up_rag(self, case_refs: set[str]) -> None:
        """Look up the RAG of the cases of a chunk, and forget that of all others."""
        self._rag = {ref: self._rag.get(ref, {}) for ref in case_refs}
        if self._has_stored_rag:
            for entry in list_by_owners(self._reading, RagEntry, "case_ref", case_refs):
                self._rag[entry.case_ref].setdefault(entry.set_on, RagReason(entry.set_on, entry.reason))

    def find(self, record: Record) -> list[Finding]:
        """Find what is odd about a row; it is remembered for the rows that come after."""
        if isinstance(record, Offer):
            self._offers[record.offer_ref] = OfferDates.of(record)
        elif isinstance(record, CustodySpell):
            period = CustodyPeriod(record.received_on, record.released_on)
            self._spells.setdefault(record.person_ref, {})[record.received_on] = period
        elif isinstance(record, RagEntry):
            self._rag.setdefault(record.case_ref, {})[record.set_on] = RagReason(record.set_on, record.reason)
        return find_doubts(record, self)

    @property
    def lists(self) -> CodeLists:
        """The code lists."""
        return self._facts.lists

    def owner(self, case_ref: str) -> str | None:
        """The person a case is about."""
        case = self._facts.case(case_ref)
        return None if case is None else case.person_ref

    def born_on(self, person_ref: str) -> date | None:
        """A person's date of birth."""
        return self._facts.born_on(person_ref)

    def custody(self, person_ref: str) -> Sequence[CustodyPeriod]:
        """A person's periods in custody."""
        return tuple(self._spells.get(person_ref, {}).values())

    def offer(self, offer_ref: str) -> OfferDates | None:
        """An offer."""
        stored = self._facts.known["offers"].stored(offer_ref)
        return self._offers.get(offer_ref, OfferDates.of(stored) if isinstance(stored, Offer) else None)

    def rag_before(self, case_ref: str, on: date) -> RagReason | None:
        """The latest RAG entry of a case before a day; None before the first."""
        return max((each for each in self._rag.get(case_ref, {}).values() if each.set_on < on), default=None)
