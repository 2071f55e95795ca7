"""Rules for an incoming record: what any service would refuse this user is refused with the same text."""

from collections.abc import Iterable, Mapping

from ioms_desktop.domain.access.roles import require
from ioms_desktop.domain.dates.calendar import CustodyPeriod
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import AlreadyDone, CaseNotFound, CheckedOut, InvalidRecord, Refused
from ioms_desktop.domain.records.cases import Case, RagEntry
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision, Proposal
from ioms_desktop.domain.records.engagement import Contact, Offer, Rating
from ioms_desktop.domain.records.people import CustodySpell, Offence, Order, Person
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.validation.document_rules import check_same_file
from ioms_desktop.domain.validation.record_rules import check_record, describe_overlap, find_overlap
from ioms_desktop.services.commands import refuse_if_closed
from ioms_desktop.services.exchange.import_facts import FolderFacts
from ioms_desktop.services.recording.decisions import check_proposal
from ioms_desktop.services.session import Session
from ioms_desktop.storage.records.bulk_read import list_by_owners
from ioms_desktop.storage.records.row_mapping import field_values
from ioms_desktop.storage.transaction import Transaction

NEW_CASE_MESSAGE = "A case begins in the main database, not in an offline file. It was not imported; add it there."
OFFLINE_DECISION_MESSAGE = (
    "A decision takes two people in the main database; one made in an offline file does not count. Propose it there, "
    "and somebody else authorises it."
)
OFFLINE_ANSWER_MESSAGE = "A proposal is answered in the main database. Nothing was changed; answer it there."
DATE_FIELDS: Mapping[type[Record], str] = {
    Contact: "occurred_at",
    Offer: "offered_on",
    Rating: "rated_on",
    RagEntry: "set_on",
    Concern: "occurred_on",
}
"""What a closed case no longer takes, by the day it is dated."""


class CheckInRules:
    """Decides whether records may come in; looks up what it needs for a batch of records at a time."""

    def __init__(self, session: Session, tx: Transaction, refusals_by_case: Mapping[str, str] | None) -> None:
        """Prepare the rules for one user and database.

        Args:
            tx: The transaction that will write them.
            refusals_by_case: For a file that was taken away: its cases, with the sentence why one is closed to the
                user, or nothing. None for every other file, whose records are imported.
        """
        self._session, self._tx, self._refusals_by_case = session, tx, refusals_by_case
        self._facts = FolderFacts(tx, session)
        self._spells: dict[str, list[tuple[tuple[object, ...], CustodyPeriod]]] = {}

    def load_facts(self, records: Iterable[Record]) -> None:
        """Look up what the rules need about some records."""
        facts, standing = self._facts, self._facts.known
        held = list(records)
        for record in held:
            if isinstance(record, Person):
                facts.add_person(record.person_ref, record.date_of_birth, record.sex)
            elif isinstance(record, Offer):
                facts.add_offer(record.offer_ref, record.case_ref)
            elif isinstance(record, Order):
                facts.add_order(record)
            elif isinstance(record, Offence):
                facts.add_offence(record)
        refs = {ref for each in held if (ref := getattr(each, "case_ref", None)) is not None}
        standing["cases"].look_up(refs)
        standing["offers"].look_up({getattr(each, "offer_ref", None) for each in held})
        persons = {getattr(each, "person_ref", None) for each in held}
        persons |= {case.person_ref for ref in refs if (case := facts.case(ref)) is not None}
        standing["people"].look_up(persons)
        self._load_spells(held)
        self._load_decisions(held)

    def _load_spells(self, records: list[Record]) -> None:
        spells = [each for each in records if isinstance(each, CustodySpell)]
        present = (
            list_by_owners(self._tx, CustodySpell, "person_ref", {each.person_ref for each in spells}) if spells else []
        )
        mine = {each.identity for each in spells}
        for each in (*(spell for spell in present if spell.identity not in mine), *spells):
            spell = (each.identity, CustodyPeriod(each.received_on, each.released_on))
            known = self._spells.setdefault(each.person_ref, [])
            if spell not in known:
                known.append(spell)

    def _load_decisions(self, records: list[Record]) -> None:
        decisions = [each for each in records if isinstance(each, Decision)]
        if not decisions:
            return
        facts = self._facts
        refs = {each.case_ref for each in decisions}
        for each in decisions:
            facts.decisions.setdefault(each.case_ref, {})[each.decision_ref] = each
        for stored in list_by_owners(self._tx, Decision, "case_ref", refs):
            facts.decisions[stored.case_ref].setdefault(stored.decision_ref, stored)
        persons = {case.person_ref for ref in refs if (case := facts.case(ref)) is not None}
        for order in list_by_owners(self._tx, Order, "person_ref", persons):
            facts.add_order(order)
        for offence in list_by_owners(self._tx, Offence, "person_ref", persons):
            facts.add_offence(offence)

    def note_stored(self, record: Record | None) -> None:
        """Note a stored case, so that its next status can be checked."""
        if isinstance(record, Case):
            self._facts.add_stored_case(record)

    def note_incoming(self, record: Record) -> None:
        """Note an incoming case, for the records that belong to it."""
        if isinstance(record, Case):
            self._facts.add_case(record)

    def get_refusal(self, before: Record | None, after: Record, *, is_final: bool = True) -> str:
        """Return the reason why a record may not come in; empty where it may.

        Args:
            before: The stored record; None where it is new.
            after: As it is to be.
            is_final: Whether `after` is what would be stored. Where it is still to be merged only the rights are asked.
        """
        try:
            self._refuse(before, after, is_final=is_final)
        except Refused as refusal:
            return refusal.sentence
        return ""

    def _refuse(self, before: Record | None, after: Record, *, is_final: bool) -> None:
        noun = type(after)
        if self._refusals_by_case is not None:
            self._refuse_closed(after)
            if isinstance(after, Decision):
                _refuse_other_changes(before, after)
        require(self._session.role, noun.rights.add if before is None else noun.rights.change_right)
        if isinstance(after, Proposal):
            self._refuse_proposal(before, after)
        for finding in check_same_file(before, after):
            raise InvalidRecord(finding.reason)
        if is_final:
            self._check_rules(before, after)

    def _refuse_closed(self, after: Record) -> None:
        """Refuse what belongs to a case that the user may not open, or that is new."""
        ref = getattr(after, "case_ref", None)
        if ref is None or self._refusals_by_case is None:
            return
        why = self._refusals_by_case.get(ref, NEW_CASE_MESSAGE)
        if why:
            raise CaseNotFound(why)

    def _refuse_proposal(self, before: Record | None, after: Proposal) -> None:
        user, names = self._session.user, self._session.names
        if isinstance(before, Proposal) and before.status != "PROPOSED":
            raise AlreadyDone(
                f"This proposal was already answered by {names.of(before.answered_by)}. Nothing was changed."
            )
        if after.proposed_by != user:
            raise CheckedOut(
                "A proposal is made and withdrawn under one's own name, and "
                f"{names.of(after.proposed_by)} made this one. Nothing was changed; they make it again in the main "
                "database."
            )
        if after.status not in {"PROPOSED", "WITHDRAWN"}:
            raise CheckedOut(OFFLINE_ANSWER_MESSAGE)

    def _check_rules(self, before: Record | None, after: Record) -> None:
        dated = DATE_FIELDS.get(type(after))
        case = self._stored_case(after) if self._refusals_by_case is not None else None
        if case is not None and before is None and dated is not None:
            on = getattr(after, dated)
            refuse_if_closed(case, on.on if isinstance(on, DayTime) else on)
        if case is not None and before is None and isinstance(after, Proposal) and after.status == "PROPOSED":
            self._tx.lock(case)
            check_proposal(self._session, self._tx, case, after)
        if not isinstance(after, Decision) or self._refusals_by_case is None:
            for finding in check_record(after, self._facts):
                raise InvalidRecord(finding.reason)
        if isinstance(after, CustodySpell):
            spells = self._spells.get(after.person_ref, [])
            other = find_overlap(
                CustodyPeriod(after.received_on, after.released_on),
                [spell for key, spell in spells if key != after.identity],
            )
            if other is not None:
                raise InvalidRecord(describe_overlap(other))

    def _stored_case(self, record: Record) -> Case | None:
        stored = self._facts.known["cases"].stored(getattr(record, "case_ref", None) or "")
        return stored if isinstance(stored, Case) else None


def _refuse_other_changes(before: Record | None, after: Decision) -> None:
    if before is None:
        raise CheckedOut(OFFLINE_DECISION_MESSAGE)
    stood, now = field_values(before), field_values(after)
    if any(stood[name] != now[name] for name in now if name != "actioned_on"):
        raise CheckedOut("A decision cannot be changed, only recorded as served. Nothing was changed.")
