"""Checking every row of a folder before anything is written: cells, references, keys and rules."""

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from ioms_desktop.domain.dates.calendar import CustodyPeriod
from ioms_desktop.domain.progress import ProgressCallback
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.concerns_and_decisions import Decision
from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.domain.records.people import CustodySpell, Order, Person
from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.domain.records.record_types import EXCHANGE_RECORD_TYPES
from ioms_desktop.domain.validation.findings import Finding
from ioms_desktop.domain.validation.record_rules import (
    COLUMN_NEEDED_BY_RULE,
    check_record,
    describe_overlap,
    find_overlap,
    has_rules,
)
from ioms_desktop.exchange.tables import RowChunk, TableReader
from ioms_desktop.exchange.writing import cell_writer
from ioms_desktop.services.exchange.import_facts import FolderFacts, KnownFacts, RowLocation
from ioms_desktop.services.exchange.import_report import FileReport, RowOutcome
from ioms_desktop.services.exchange.import_twins import RowPlace, twin_check
from ioms_desktop.storage.records.bulk_read import find_by_keys, has_no_records, list_by_owners
from ioms_desktop.storage.records.read import Reading

# Owners before what belongs to them; decisions last, for they look at orders and at each other.
READ_ORDER = (*sorted(EXCHANGE_RECORD_TYPES, key=lambda noun: noun not in {Person, Case, Offer, Order}),)
_PERSON_FACTS = itemgetter(
    *([column.name for column in columns_of(Person)].index(name) for name in ("person_ref", "date_of_birth", "sex"))
)
SINGULAR_NOUNS = {"people": "person", "cases": "case", "offers": "offer"}


class _PendingRow(NamedTuple):
    """A row that can be judged only once every row is known."""

    report: FileReport
    place: int
    record: Any


class _FirstOccurrence(NamedTuple):
    """Where a key occurred first, and with which values."""

    report: FileReport
    place: int
    values_hash: int


class FolderCheck:
    """The check of one folder."""

    def __init__(
        self,
        reading: Reading,
        readers: Sequence[TableReader],
        facts: FolderFacts,
        *,
        keep_keys: bool,
        progress: ProgressCallback,
    ) -> None:
        """Prepare.

        Args:
            readers: The tables of the folder.
            facts: What the rules look up; filled on the way.
            keep_keys: Whether the key of every row is kept, for a preview.
            progress: Called with the number of rows read; the total is not known.
        """
        self._reading = reading
        self._readers = readers
        self._facts = facts
        self._keep_keys = keep_keys
        self._progress = progress
        self._rows_read = 0
        self._spells: list[_PendingRow] = []
        self._decisions: list[_PendingRow] = []

    def run(self) -> tuple[FileReport, ...]:
        """Check everything; return a report for each reader, in their order."""
        reports = {id(reader): _new_report(reader) for reader in self._readers}
        for noun in READ_ORDER:
            mine = [reader for reader in self._readers if reader.record_type is noun]
            table = _TableCheck(self._reading, noun, self._facts, keep_keys=self._keep_keys)
            for reader in mine:
                for rows in reader.read():
                    table.check(reports[id(reader)], rows, reader.absent)
                    self._rows_read += len(rows.raw_rows)
                    self._progress(self._rows_read, 0)
            table.finish()
            self._spells += table.spells
            self._decisions += table.decisions
        self._check_spells()
        self._check_decisions()
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

    def _load_decision_facts(self, waiting: Sequence[_PendingRow]) -> None:
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


class _TableCheck:
    """The check of the rows of one table, whichever files they come from."""

    def __init__(self, reading: Reading, record_type: type[Record], facts: FolderFacts, *, keep_keys: bool) -> None:
        self._reading = reading
        self._record_type = record_type
        self._facts = facts
        self._keep_keys = keep_keys
        self._columns = columns_of(record_type)
        self._names = tuple(column.name for column in self._columns)
        self._values_of = attrgetter(*self._names)
        places = [self._names.index(name) for name in record_type.key]
        self._key_indexes = places
        self._key_of: Callable[[tuple[Any, ...]], Any] = itemgetter(*places)
        self._owners = [
            (place, column.name, facts.known[column.owner])
            for place, column in enumerate(self._columns)
            if column.owner
        ]
        self._is_empty = has_no_records(reading, record_type)
        self._first_occurrences: dict[Any, _FirstOccurrence] = {}
        self._twins = twin_check(record_type)
        self._references = facts.known.get(record_type.table)
        self.spells: list[_PendingRow] = []
        self.decisions: list[_PendingRow] = []

    def check(self, report: FileReport, rows: RowChunk, absent: Sequence[int]) -> None:
        """Check a chunk of rows; of a known record, the columns that are absent from the file keep their values."""
        first = report.read
        report.lines.extend(row.line for row in rows.raw_rows)
        report.outcomes.extend(bytes(len(rows.raw_rows)))
        for place, findings in rows.errors.items():
            report.reject(first + place, *findings)
        for place, findings in rows.warnings.items():
            report.warn(first + place, *findings)
        if report.header_findings:
            report.outcomes[first:] = bytes([RowOutcome.REJECTED]) * len(rows.raw_rows)
        keys = [self._key(values) for values in rows.values]
        if self._keep_keys:
            report.keys.extend(map(_key_text, keys))
        self._check_owners(report, first, rows.values)
        present = self._stored_records(keys)
        again = self._check_keys(report, first, keys, rows.values)
        for place, (key, values) in enumerate(zip(keys, rows.values, strict=True), start=first):
            if place in again and report.outcomes[place] != RowOutcome.REJECTED:
                report.outcomes[place] = RowOutcome.UNCHANGED
            elif report.outcomes[place] != RowOutcome.REJECTED:
                stored_record = present.get(key)
                self._apply_rules(report, place, self._complete(values, stored_record, absent), stored_record)
                if self._twins is not None and report.outcomes[place] != RowOutcome.REJECTED:
                    self._twins.note(report, place, values, absent)
            if self._references is not None and key[0] is not None:
                self._note_reference(self._references, report, place, key[0])

    def finish(self) -> None:
        """Warn of what only all rows together show."""
        if self._twins is not None:
            self._twins.finish(self._reading, self._row_of, is_empty=self._is_empty)

    def _row_of(self, ref: str) -> RowPlace | None:
        found = self._first_occurrences.get((ref,))
        return None if found is None else RowPlace(found.report, found.place)

    def _key(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        key = self._key_of(values)
        return key if len(self._key_indexes) > 1 else (key,)

    def _stored_records(self, keys: Sequence[tuple[Any, ...]]) -> dict[tuple[Any, ...], Record]:
        if self._is_empty:
            return {}
        return find_by_keys(self._reading, self._record_type, (key for key in keys if key[0] is not None))

    def _check_owners(self, report: FileReport, first: int, rows: Sequence[tuple[Any, ...]]) -> None:
        for column, name, standing in self._owners:
            refs = [values[column] for values in rows]
            unknown = {ref for ref in refs if ref is not None} - standing.accepted
            if not unknown:
                continue
            standing.look_up(unknown)
            lost = {ref for ref in unknown if not standing.has(ref)}
            if not lost:
                continue
            one = SINGULAR_NOUNS[standing.record_type.table]
            for place, ref in enumerate(refs, start=first):
                if ref in lost:
                    report.reject(
                        place, Finding(name, ref, _describe_missing_owner(one, ref, standing.rejected.get(ref)))
                    )

    def _check_keys(
        self,
        report: FileReport,
        first: int,
        keys: Sequence[tuple[Any, ...]],
        rows: Sequence[tuple[Any, ...]],
    ) -> set[int]:
        """Reject different rows with one key; return the places of exact repetitions."""
        again: set[int] = set()
        for place, (key, values) in enumerate(zip(keys, rows, strict=True), start=first):
            likeness = hash(values)
            earlier = self._first_occurrences.setdefault(key, _FirstOccurrence(report, place, likeness))
            if (earlier.place == place and earlier.report is report) or not self._is_complete(key):
                continue
            if earlier.values_hash == likeness:
                again.add(place)
            else:
                self._reject_both(report, place, earlier, key)
        return again

    def _is_complete(self, key: tuple[Any, ...]) -> bool:
        """Whether a key has all its parts: a wrong cell leaves one out."""
        return None not in key or all(
            part is not None or not self._columns[place].required
            for part, place in zip(key, self._key_indexes, strict=True)
        )

    def _reject_both(self, report: FileReport, index: int, earlier: _FirstOccurrence, key: tuple[Any, ...]) -> None:
        column, text = self._record_type.key[0], "" if key[0] is None else str(key[0])
        for mine, own, other, others in (
            (report, index, earlier.report, earlier.place),
            (earlier.report, earlier.place, report, index),
        ):
            where = f"line {other.lines[others]}" + ("" if other is mine else f" of {other.file}")
            reason = (
                f"Another row has the same {' and '.join(self._record_type.key)} and other values ({where}); keep one."
            )
            if not any(finding.reason.startswith("Another row has the same") for finding in mine.findings.get(own, ())):
                mine.reject(own, Finding(column, text, reason))
        if self._references is not None:
            self._references.accepted.discard(key[0])
            self._references.rejected[key[0]] = RowLocation(earlier.report.file, earlier.report.lines[earlier.place])

    def _apply_rules(
        self, report: FileReport, index: int, values: tuple[Any, ...], stored_record: Record | None
    ) -> None:
        """Apply the rules to a row with valid cells and references, and decide its outcome."""
        noun = self._record_type
        if isinstance(stored_record, Case):
            self._facts.add_stored_case(stored_record)
        record = None
        if has_rules(noun) and (
            noun not in COLUMN_NEEDED_BY_RULE or values[self._names.index(COLUMN_NEEDED_BY_RULE[noun])] is not None
        ):
            record = noun(**dict(zip(self._names, values, strict=True)))
            if noun is not Decision:
                findings = check_record(record, self._facts)
                if findings:
                    report.reject(index, *findings)
                    return
        if isinstance(record, CustodySpell):
            self.spells.append(_PendingRow(report, index, record))
        elif isinstance(record, Decision):
            self.decisions.append(_PendingRow(report, index, record))
        if stored_record is not None:
            before = self._values_of(stored_record)
            report.outcomes[index] = RowOutcome.UNCHANGED if before == values else RowOutcome.UPDATED
            if before != values:
                report.warn(index, *self._emptied(before, values))
        self._note_facts(values, record)

    def _complete(
        self, values: tuple[Any, ...], stored_record: Record | None, absent: Sequence[int]
    ) -> tuple[Any, ...]:
        """Give the values that a record will have: a file without a column says nothing about that field."""
        if stored_record is None or not absent:
            return values
        kept = list(values)
        for place in absent:
            kept[place] = getattr(stored_record, self._names[place])
        return tuple(kept)

    def _emptied(self, before: tuple[Any, ...], after: tuple[Any, ...]) -> Iterator[Finding]:
        """Name every value that a row takes away by an empty cell."""
        for column, was, is_now in zip(self._columns, before, after, strict=True):
            if is_now is None and was is not None:
                yield Finding(
                    column.exchange_name,
                    "",
                    f"The cell is empty, so the value on record goes: {cell_writer(column)(was)}",
                )

    def _note_facts(self, values: tuple[Any, ...], record: Record | None) -> None:
        facts = self._facts
        if self._record_type is Person:
            facts.add_person(*_PERSON_FACTS(values))
        elif isinstance(record, Case):
            facts.add_case(record)
        elif isinstance(record, Offer):
            facts.add_offer(record.offer_ref, record.case_ref)
        elif isinstance(record, Order):
            facts.add_order(record)

    @staticmethod
    def _note_reference(references: KnownFacts, report: FileReport, index: int, ref: str) -> None:
        """Note whether the row's own reference may be referred to."""
        if report.outcomes[index] != RowOutcome.REJECTED:
            references.accepted.add(ref)
        elif ref not in references.accepted:
            references.rejected[ref] = RowLocation(report.file, report.lines[index])


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


def _key_text(key: Sequence[Any]) -> str:
    return "/".join("" if part is None else str(part) for part in key)


def _describe_missing_owner(noun: str, ref: str, refused: RowLocation | None) -> str:
    if refused is not None:
        return f"The {noun} {ref} is rejected itself (line {refused.line} of {refused.file}); correct that row too."
    return f"There is no {noun} {ref} in this import or in the database."
