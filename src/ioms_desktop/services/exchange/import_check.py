"""Checking every row of a folder before anything is written: cells, references, keys and rules."""

from collections.abc import Sequence

from ioms_desktop.domain.dates.calendar import CustodyPeriod
from ioms_desktop.domain.errors import FileUnreadable
from ioms_desktop.domain.progress import ProgressCallback
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.concerns_and_decisions import Decision
from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.domain.records.people import CustodySpell, Offence, Order, Person
from ioms_desktop.domain.records.record_types import EXCHANGE_RECORD_TYPES
from ioms_desktop.domain.validation.findings import Finding
from ioms_desktop.domain.validation.record_rules import (
    check_record,
    describe_overlap,
    find_overlap,
)
from ioms_desktop.exchange.tables import TableReader
from ioms_desktop.services.exchange.import_deaths import ImportedCase, warn_of_deaths
from ioms_desktop.services.exchange.import_doubts import ImportDoubts
from ioms_desktop.services.exchange.import_facts import FolderFacts
from ioms_desktop.services.exchange.import_report import FileReport, RowOutcome
from ioms_desktop.services.exchange.table_check import PendingRow, TableCheck
from ioms_desktop.services.session import Session
from ioms_desktop.storage.records.bulk_read import has_no_records, list_by_owners
from ioms_desktop.storage.records.read import Reading

MAX_REJECTED_ROWS = 200_000
# Owners before what belongs to them, custody before contacts; decisions last: they look at orders and at each other.
READ_FIRST = (Person, Case, Offer, Order, CustodySpell)
READ_ORDER = (*sorted(EXCHANGE_RECORD_TYPES, key=lambda noun: noun not in READ_FIRST),)


class FolderCheck:
    """The check of one folder."""

    def __init__(
        self,
        session: Session,
        reading: Reading,
        readers: Sequence[TableReader],
        facts: FolderFacts,
        *,
        keep_keys: bool,
        progress: ProgressCallback,
    ) -> None:
        """Prepare.

        Args:
            session: Who imports.
            reading: The database.
            readers: The tables of the folder.
            facts: What the rules look up; filled on the way.
            keep_keys: Whether the key of every row is kept, for a preview.
            progress: Called with the number of rows read; the total is not known.
        """
        self._session = session
        self._reading = reading
        self._readers = readers
        self._facts = facts
        self._keep_keys = keep_keys
        self._progress = progress
        self._rows_read = 0
        self._spells: list[PendingRow] = []
        self._decisions: list[PendingRow] = []
        self._cases: list[ImportedCase] = []

    def run(self) -> tuple[FileReport, ...]:
        """Check everything; return a report for each reader, in their order."""
        reports = {id(reader): _new_report(reader) for reader in self._readers}
        doubts = ImportDoubts(self._reading, self._facts)
        for noun in READ_ORDER:
            mine = [reader for reader in self._readers if reader.record_type is noun]
            if not mine:
                continue
            table = TableCheck(self._reading, noun, self._facts, doubts, keep_keys=self._keep_keys)
            for reader in mine:
                for rows in reader.read():
                    table.check(reports[id(reader)], rows, reader.absent)
                    self._rows_read += len(rows.raw_rows)
                    self._progress(self._rows_read, 0)
                    _refuse_ruin(reports[id(reader)])
            table.finish()
            self._spells += table.spells
            self._decisions += table.decisions
            self._cases += table.cases
        self._check_spells()
        self._check_decisions()
        warn_of_deaths(self._session, self._reading, self._cases)
        return tuple(reports[id(reader)] for reader in self._readers)

    def _check_spells(self) -> None:
        spells = [each for each in self._spells if each.report.outcomes[each.place] != RowOutcome.REJECTED]
        keys = {each.record.identity for each in spells}
        by_person: dict[str, list[CustodyPeriod]] = {}
        if spells and not has_no_records(self._reading, CustodySpell):
            for record in list_by_owners(self._reading, CustodySpell, "person_ref", {key[0] for key in keys}):
                if record.identity not in keys:
                    by_person.setdefault(record.person_ref, []).append(_spell(record))
        for each in sorted(spells, key=lambda each: each.record.received_on):
            taken = by_person.setdefault(each.record.person_ref, [])
            other = find_overlap(_spell(each.record), taken)
            if other is None:
                taken.append(_spell(each.record))
            else:
                value = each.record.received_on.isoformat()
                each.report.reject(each.place, Finding("received_on", value, describe_overlap(other)))

    def _check_decisions(self) -> None:
        waiting = [each for each in self._decisions if each.report.outcomes[each.place] != RowOutcome.REJECTED]
        if not waiting:
            return
        self._load_decision_facts(waiting)
        # A decision may rest on an earlier one that is itself refused, so this goes on until nothing more falls.
        while waiting:
            refused = [(each, found) for each in waiting if (found := check_record(each.record, self._facts))]
            for each, findings in refused:
                each.report.reject(each.place, *findings)
                self._facts.decisions[each.record.case_ref].pop(each.record.decision_ref)
            waiting = (
                [each for each in waiting if each.report.outcomes[each.place] != RowOutcome.REJECTED] if refused else []
            )

    def _load_decision_facts(self, waiting: Sequence[PendingRow]) -> None:
        facts = self._facts
        for each in waiting:
            facts.decisions.setdefault(each.record.case_ref, {})[each.record.decision_ref] = each.record
        refs = {each.record.case_ref for each in waiting}
        facts.known["cases"].look_up(refs)
        persons = {case.person_ref for ref in refs if (case := facts.case(ref)) is not None}
        facts.known["people"].look_up(persons)
        if not has_no_records(self._reading, Decision):
            for decision in list_by_owners(self._reading, Decision, "case_ref", refs):
                facts.decisions[decision.case_ref].setdefault(decision.decision_ref, decision)
        if not has_no_records(self._reading, Order):
            for order in list_by_owners(self._reading, Order, "person_ref", persons):
                facts.add_order(order)
        refs = {each.record.case_ref for each in waiting if facts.needs_conviction(each.record)}
        convicted = {case.person_ref for ref in refs if (case := facts.case(ref)) is not None}
        for offence in list_by_owners(self._reading, Offence, "person_ref", convicted):
            facts.add_offence(offence)


def _refuse_ruin(report: FileReport) -> None:
    """Refuse a file that is wrong throughout: to read all of it would take long and tell nothing more.

    Raises:
        FileUnreadable: More rows are rejected than anybody can mend.
    """
    if report.count(RowOutcome.REJECTED) > MAX_REJECTED_ROWS:
        first = next(report.rejects())
        raise FileUnreadable(
            f"More than {MAX_REJECTED_ROWS:,} rows of {report.file} are rejected, the first on line {first.line}: "
            f"{first.reason} Nothing was written; correct the file or the program that writes it."
        )


def _new_report(reader: TableReader) -> FileReport:
    source = reader.source
    return FileReport(
        file=source.file,
        table=source.table,
        format_label=source.format_label,
        header_line=source.header_line,
        header_findings=reader.header_findings,
        notices=tuple(source.notices),
    )


def _spell(record: CustodySpell) -> CustodyPeriod:
    return CustodyPeriod(record.received_on, record.released_on)
