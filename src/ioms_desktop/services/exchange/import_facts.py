"""What the rules look up during an import check: the rows of the folder first, then the database."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.policy.build_facts import order_fact
from ioms_desktop.domain.policy.in_force import LegalPosition, OrderFact, StatusFact, distinct_statuses
from ioms_desktop.domain.policy.ladder import LadderStep, StepContext
from ioms_desktop.domain.policy.policy import rule_families
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.concerns_and_decisions import Decision
from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.domain.records.people import Offence, Order, Person
from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.domain.records.record_types import EXCHANGE_RECORD_TYPES, RECORD_TYPE_BY_TABLE
from ioms_desktop.domain.validation.record_rules import CaseBasics
from ioms_desktop.services.exchange.import_report import RowOutcome
from ioms_desktop.services.exchange.row_index import RowIndex, RowPlace
from ioms_desktop.services.exchange.unlike_columns import UnlikeColumns
from ioms_desktop.services.recording.decisions import conviction_day, levers_on, pronoun_of
from ioms_desktop.services.session import Session
from ioms_desktop.storage.records.bulk_read import has_no_records, list_by_owners
from ioms_desktop.storage.records.read import Reading

REFERRED_TO = sorted({column.owner for each in EXCHANGE_RECORD_TYPES for column in columns_of(each) if column.owner})
"""The tables whose records other records name."""


class KnownFacts:
    """The references of one table that may be referred to.

    Attributes:
        record_type: The table's record type.
        rows: The rows of the import by reference; None before the table is read.
    """

    def __init__(self, reading: Reading, record_type: type[Record], keep: Callable[[Any], Any] | None = None) -> None:
        """Begin with what is stored.

        Args:
            reading: The database.
            record_type: The table's record type.
            keep: What is kept of a record that was looked up; None for all of it.
        """
        self.record_type = record_type
        self._keep = keep
        self.rows: RowIndex | None = None
        self._reading = reading
        self._empty = has_no_records(reading, record_type)
        self._looked_up: dict[str, Any] = {}

    def not_accepted(self, refs: Iterable[str | None]) -> set[str]:
        """Return those references that no accepted row of the import has."""
        wanted = {ref for ref in refs if ref is not None}
        return wanted if self.rows is None else {ref for ref in wanted if not self.rows.is_accepted(ref)}

    def look_up(self, refs: Iterable[str | None]) -> None:
        """Look up in the database, in one query, what the folder does not have."""
        if self._empty:
            return
        missing = self.not_accepted(refs) - self._looked_up.keys()
        if not missing:
            return
        self._looked_up.update(dict.fromkeys(missing))
        for record in list_by_owners(self._reading, self.record_type, self.record_type.key[0], missing):
            self._looked_up[record.identity[0]] = record if self._keep is None else self._keep(record)

    def has(self, ref: str) -> bool:
        """Whether a reference may be referred to."""
        return self._looked_up.get(ref) is not None or not self.not_accepted((ref,))

    def rejected_at(self, ref: str) -> RowPlace | None:
        """Find the row of the import with a reference that is rejected."""
        found = None if self.rows is None else self.rows.first(ref)
        return found if found is not None and found.outcome == RowOutcome.REJECTED else None

    def stored(self, ref: str) -> Any:  # noqa: ANN401 - a record, or what is kept of one
        """What is kept of the stored record of a reference that was looked up; None where there is none."""
        return self._looked_up.get(ref)


class _BirthsAndSexes:
    """Dates of birth with sexes, each pair held once: many people were born on one day."""

    def __init__(self) -> None:
        """Begin with none."""
        self._held: dict[tuple[date, str | None], tuple[date, str | None]] = {}

    def of(self, born_on: date, sex: str | None) -> tuple[date, str | None]:
        """Return the pair."""
        pair = (born_on, sex)
        return self._held.setdefault(pair, pair)

    def of_person(self, person: Person) -> tuple[date, str | None]:
        """Return the pair of a stored person."""
        return self.of(person.date_of_birth, person.sex)


class FolderFacts:
    """The facts of a folder and of the database behind it, as the record rules need them.

    Attributes:
        lists: The code lists.
        ladder: The enforcement steps.
        families: The families of the policy's rules, by rule.
        known: Which references of each owning table may be referred to.
        orders: The orders of the folder, by person and reference.
        decisions: The decisions that are still taken, by case.
        columns: What its rows of people say that its dated entries say too; None where it has no such entries.
    """

    def __init__(self, reading: Reading, session: Session, *, has_sets: bool = False) -> None:
        """Begin with an empty folder.

        Args:
            reading: The database.
            session: Who imports.
            has_sets: Whether the folder has entries of dated sets.
        """
        self.lists = session.lists
        self.ladder: Sequence[LadderStep] = session.ladder
        self.families: Mapping[str, str] = rule_families(session.policies)
        self._policies = session.policy_timeline
        self._today = session.today()
        self._reading = reading
        self._pairs = _BirthsAndSexes()
        keep = self._pairs.of_person  # nothing of this object: a circle would last until the import has ended
        self.known = {
            name: KnownFacts(reading, RECORD_TYPE_BY_TABLE[name], keep if name == Person.table else None)
            for name in REFERRED_TO
        }
        self.orders: dict[str, dict[str, OrderFact]] = {}
        self.decisions: dict[str, dict[str, Decision]] = {}
        self.columns = UnlikeColumns() if has_sets else None
        self._convicted_on: dict[str, date] = {}
        self._offences_seen: set[int] = set()
        self._people: dict[str, tuple[date, str | None]] = {}
        self._cases: dict[str, CaseBasics] = {}
        self._basics: dict[str, CaseBasics] = {}  # of cases that rows only name
        self._stored_cases: dict[str, CaseBasics] = {}
        self._offers: dict[str, str] = {}
        self._former_statuses: dict[str, list[StatusFact]] = {}

    def add_person(self, ref: str, born_on: date, sex: str | None) -> None:
        """Note a person of the folder."""
        self._people[ref] = self._pairs.of(born_on, sex)

    def add_case(self, case: Case) -> None:
        """Note a case of the folder."""
        self._cases[case.case_ref] = CaseBasics.of(case)

    def add_offer(self, ref: str, case_ref: str) -> None:
        """Note an offer of the folder."""
        self._offers[ref] = case_ref

    def add_stored_case(self, case: Case) -> None:
        """Note a case as it is stored now."""
        self._stored_cases[case.case_ref] = CaseBasics.of(case)

    def add_order(self, order: Order) -> None:
        """Note an order of the folder or, unless the folder has it too, of the database."""
        orders = self.orders.setdefault(order.person_ref, {})
        orders.setdefault(order.order_ref, order_fact(order))

    def add_offence(self, offence: Offence) -> None:
        """Note an offence of the folder or, unless the folder has it too, of the database."""
        likeness = hash(offence.identity)  # a number, because a folder may hold many offences
        on = conviction_day(self.lists, offence)
        if on is not None and likeness not in self._offences_seen:
            ref = offence.person_ref
            self._convicted_on[ref] = min(on, self._convicted_on.get(ref, on))
        self._offences_seen.add(likeness)

    def needs_conviction(self, decision: Decision) -> bool:
        """Whether a decision is accepted only after a conviction."""
        return decision.step in self._policies.on(decision.decided_on).steps.conviction_steps

    def born_on(self, person_ref: str) -> date | None:
        """A person's date of birth."""
        found = self._person(person_ref)
        return None if found is None else found[0]

    def case(self, case_ref: str) -> CaseBasics | None:
        """A case as it is to be."""
        found = self._cases.get(case_ref) or self._basics.get(case_ref)
        if found is not None:
            return found
        stored = self.known["cases"].stored(case_ref)
        if not isinstance(stored, Case):
            return None
        self._basics[case_ref] = CaseBasics.of(stored)
        return self._basics[case_ref]

    def stored_case(self, case_ref: str) -> CaseBasics | None:
        """A case as it is stored now; None where it is new."""
        return self._stored_cases.get(case_ref)

    def followed_case(self, case_ref: str) -> CaseBasics | None:
        """A case that another one follows, looked up where no row is of it."""
        self.known["cases"].look_up((case_ref,))
        return self.case(case_ref)

    def offer_case(self, offer_ref: str) -> str | None:
        """The case an offer was made on."""
        stored = self.known["offers"].stored(offer_ref)
        return self._offers.get(offer_ref, stored.case_ref if isinstance(stored, Offer) else None)

    def situation(self, decision: Decision) -> StepContext | None:
        """What the availability of steps depends on for a decision."""
        case = self.case(decision.case_ref)
        person = None if case is None else self._person(case.person_ref)
        if case is None or person is None:
            return None
        on = decision.decided_on
        policy = self._policies.on(on)
        others = self.decisions.get(decision.case_ref, {}).values()
        return StepContext(
            born_on=person[0],
            on=on,
            earlier_steps=frozenset(
                other.step
                for other in others
                if other.step
                and other.decision == "ESCALATE"
                and other.decided_on <= on
                and other.decision_ref != decision.decision_ref
            ),
            order_in_force=self._legal_position(decision.case_ref, case).any_in_force(policy.in_force, on),
            pronoun=pronoun_of(self.lists, person[1]),
            rules=policy.steps,
            convicted=self._convicted_on.get(case.person_ref, date.max) <= on,
            levers=levers_on(self.lists, on),
        )

    def _legal_position(self, case_ref: str, case: CaseBasics) -> LegalPosition:
        orders = tuple(self.orders.get(case.person_ref, {}).values())
        return LegalPosition(orders, self._statuses(case_ref, case), bool(case.iom_licence_condition))

    def _statuses(self, case_ref: str, case: CaseBasics) -> tuple[StatusFact, ...]:
        """The statutory statuses that the case has had, by the day they were recorded, the folder's own last."""
        stored = self.known["cases"].stored(case_ref)
        if not isinstance(stored, Case) or stored.recorded_at is None:
            return (StatusFact(date.min, case.statutory_status),)
        if case_ref not in self._former_statuses:
            former = self._reading.list_former_versions(Case, case_ref=case_ref)
            versions = [(each.current_from, each.record) for each in former] + [(stored.recorded_at, stored)]
            self._former_statuses[case_ref] = [
                StatusFact(since.astimezone(LONDON).date(), record.statutory_status) for since, record in versions
            ]
        return distinct_statuses((*self._former_statuses[case_ref], StatusFact(self._today, case.statutory_status)))

    def _person(self, person_ref: str) -> tuple[date, str | None] | None:
        found: tuple[date, str | None] | None = self._people.get(person_ref) or self.known["people"].stored(person_ref)
        return found
