"""Checking the rows of one table before anything is written: references, keys and rules."""

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.concerns_and_decisions import Decision
from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.domain.records.people import CustodySpell, Offence, Order, Person
from ioms_desktop.domain.records.person_sets.current_values import SET_TYPES
from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.domain.records.record_types import NOT_STRUCK_OUT
from ioms_desktop.domain.validation.document_rules import check_same_file
from ioms_desktop.domain.validation.doubts import has_doubts
from ioms_desktop.domain.validation.findings import Finding
from ioms_desktop.domain.validation.record_rules import COLUMN_NEEDED_BY_RULE, check_followed, check_record, has_rules
from ioms_desktop.exchange.tables import RowChunk
from ioms_desktop.exchange.writing import cell_writer
from ioms_desktop.services.exchange.import_deaths import ImportedCase
from ioms_desktop.services.exchange.import_doubts import ImportDoubts, owner_column
from ioms_desktop.services.exchange.import_facts import FolderFacts
from ioms_desktop.services.exchange.import_report import FileReport, RowOutcome
from ioms_desktop.services.exchange.import_twins import twin_check
from ioms_desktop.services.exchange.owner_hints import OwnerHints
from ioms_desktop.services.exchange.row_index import RowIndex, RowPlace
from ioms_desktop.services.exchange.struck_out_rows import NOT_REVIVED, PendingStrikeOut, StruckOutCheck
from ioms_desktop.services.exchange.unlike_columns import UnlikeColumns
from ioms_desktop.storage.records.bulk_read import find_by_keys, has_no_records
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.struck_out import key_text

_PERSON_FACTS = itemgetter(
    *([column.name for column in columns_of(Person)].index(name) for name in ("person_ref", "date_of_birth", "sex"))
)
FOLLOWS_NOBODY = (
    "There is no case {ref} in this import or in the database; this one is imported and still says that it follows "
    "that case. Import that case too, or correct the reference."
)
SINGULAR_NOUNS = {"people": "person", "cases": "case", "offers": "offer"}


class PendingRow(NamedTuple):
    """A row that can be judged only once every row is known."""

    report: FileReport
    place: int
    record: Any


class TableCheck:
    """The check of the rows of one table, whichever files they come from."""

    def __init__(
        self,
        reading: Reading,
        record_type: type[Record],
        facts: FolderFacts,
        doubts: ImportDoubts,
        *,
        keep_keys: bool,
    ) -> None:
        """Prepare for the rows of one table.

        Args:
            reading: The database.
            record_type: The record type of the table.
            facts: What the rules look up; filled on the way.
            doubts: What is odd is found here; it remembers the rows on the way.
            keep_keys: Whether the key of every row is kept, for a preview.
        """
        self._reading = reading
        self._doubts = doubts
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
        self._has_rules = has_rules(record_type)
        self._index = RowIndex(keeps_refs=record_type.table in facts.known)
        self._twins = twin_check(record_type, self._index)
        self._hints = OwnerHints()
        self._struck_out = StruckOutCheck(reading, record_type)
        if record_type.table in facts.known:
            facts.known[record_type.table].rows = self._index
        self.spells: list[PendingRow] = []
        self.decisions: list[PendingRow] = []
        self.cases: list[ImportedCase] = []
        self._following: list[PendingRow] = []

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
            report.keys.extend(map(key_text, keys))
        self._check_owners(report, first, rows)
        column = owner_column(self._record_type)
        owner = self._names.index(column) if column in self._names else None
        self._doubts.look_up(self._record_type, [] if owner is None else [values[owner] for values in rows.values])
        present = self._stored_records(keys)
        new = (key for place, key in enumerate(keys) if key not in present and place not in rows.struck_out)
        self._struck_out.look_up(new)
        again = self._check_keys(report, first, keys, rows)
        for place, key in enumerate(keys, start=first):
            if report.outcomes[place] == RowOutcome.REJECTED:
                continue
            if place in again:
                report.outcomes[place] = RowOutcome.UNCHANGED
            elif place - first in rows.struck_out:
                cells = rows.struck_out[place - first]
                self._struck_out.note(PendingStrikeOut(report, place, key, cells.on))
            else:
                self._judge(report, place, rows.values[place - first], present.get(key), absent)

    def _judge(
        self,
        report: FileReport,
        place: int,
        values: tuple[Any, ...],
        stored_record: Record | None,
        absent: Sequence[int],
    ) -> None:
        """Decide the outcome of a row that stands, with valid cells and references."""
        if stored_record is None and self._struck_out.brings_back(self._key(values), values, absent):
            report.outcomes[place] = RowOutcome.UNCHANGED
            report.warn(place, NOT_REVIVED)
            return
        whole = self._complete(values, stored_record, absent)
        if self._record_type is Document and self._is_of_another_file(report, place, whole, stored_record):
            return
        self._apply_rules(report, place, whole, stored_record)
        if report.outcomes[place] != RowOutcome.REJECTED:
            if self._twins is not None:
                self._twins.note(report, place, values, absent)
            if self._facts.columns is not None:
                self._compare_columns(self._facts.columns, RowPlace(report, place), whole, stored_record, absent)

    def _compare_columns(
        self,
        columns: UnlikeColumns,
        at: RowPlace,
        values: tuple[Any, ...],
        stored_record: Record | None,
        absent: Sequence[int],
    ) -> None:
        """Compare what the columns of people in the folder say with their entries."""
        people = self._facts.known[Person.table].rows
        if self._record_type is Person:
            columns.note(at.report, values, absent)
        elif people is not None and self._record_type in SET_TYPES:
            entry: Any = self._record_type(**dict(zip(self._names, values, strict=True)))
            person = people.first(entry.person_ref)
            if person is not None:
                columns.check(at, entry, stored_record, person)

    def _is_of_another_file(
        self, report: FileReport, place: int, values: tuple[Any, ...], stored_record: Record | None
    ) -> bool:
        """Reject a row that gives a known document another file: its content would not be found again."""
        known = stored_record or self._struck_out.last_version(self._key(values))
        wrong = list(check_same_file(known, self._record_type(**dict(zip(self._names, values, strict=True)))))
        if wrong:
            report.reject(place, *wrong)
        return bool(wrong)

    def finish(self) -> None:
        """Warn of what only all rows together show, and reject what a later row makes wrong."""
        self._check_followed()
        if self._twins is not None:
            self._twins.finish(self._reading, is_empty=self._is_empty)
        self._hints.finish(self._reading)
        self._struck_out.finish(self._index)

    def _check_followed(self) -> None:
        """Judge the cases that follow one of a later row, and warn of those that follow a case nobody knows."""
        for pending in self._following:
            report, place, case = pending.report, pending.place, pending.record
            followed = self._facts.followed_case(case.follows_case_ref or "")
            if followed is None and report.outcomes[place] != RowOutcome.UNCHANGED:
                reason = FOLLOWS_NOBODY.format(ref=case.follows_case_ref)
                report.warn(place, Finding("follows_case_ref", case.follows_case_ref or "", reason))
            wrong = list(check_followed(case, self._facts))
            if wrong:
                report.reject(place, *wrong)

    def _key(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        key = self._key_of(values)
        return key if len(self._key_indexes) > 1 else (key,)

    def _stored_records(self, keys: Sequence[tuple[Any, ...]]) -> dict[tuple[Any, ...], Record]:
        if self._is_empty:
            return {}
        return find_by_keys(self._reading, self._record_type, (key for key in keys if key[0] is not None))

    def _check_owners(self, report: FileReport, first: int, rows: RowChunk) -> None:
        for column, name, standing in self._owners:
            refs = [values[column] for values in rows.values]
            if standing.record_type not in NOT_STRUCK_OUT:  # what a struck-out row names may be struck out itself
                refs = [None if place in rows.struck_out else ref for place, ref in enumerate(refs)]
            unknown = standing.not_accepted(refs)
            if not unknown:
                continue
            standing.look_up(unknown)
            lost = {ref for ref in unknown if not standing.has(ref)}
            if not lost:
                continue
            one = SINGULAR_NOUNS[standing.record_type.table]
            for place, ref in enumerate(refs, start=first):
                if ref in lost:
                    refused = standing.rejected_at(ref)
                    finding = Finding(name, ref, _describe_missing_owner(one, ref, refused))
                    report.reject(place, finding)
                    if refused is None:
                        self._hints.note(standing, report, place, finding)

    def _check_keys(
        self,
        report: FileReport,
        first: int,
        keys: Sequence[tuple[Any, ...]],
        rows: RowChunk,
    ) -> set[int]:
        """Reject different rows with one key; return the places of exact repetitions."""
        again: set[int] = set()
        for place, (key, values) in enumerate(zip(keys, rows.values, strict=True), start=first):
            cells = rows.struck_out.get(place - first)
            likeness = hash(values if cells is None else (values, cells))
            known_by = key if len(key) > 1 else key[0]
            earlier = self._index.add(known_by if cells is None else (key, cells.on), report, likeness)
            if earlier == self._index.newest or not self._is_complete(key):
                continue
            if self._index.values_hash(earlier) == likeness:
                again.add(place)
            else:
                self._reject_both(RowPlace(report, place), self._index.row(earlier), key)
        return again

    def _is_complete(self, key: tuple[Any, ...]) -> bool:
        """Whether a key has all its parts: a wrong cell leaves one out."""
        return None not in key or all(
            part is not None or not self._columns[place].required
            for part, place in zip(key, self._key_indexes, strict=True)
        )

    def _reject_both(self, later: RowPlace, earlier: RowPlace, key: tuple[Any, ...]) -> None:
        column, text = self._record_type.key[0], "" if key[0] is None else str(key[0])
        for mine, other in ((later, earlier), (earlier, later)):
            where = f"line {other.line}" + ("" if other.report is mine.report else f" of {other.report.file}")
            reason = (
                f"Another row has the same {' and '.join(self._record_type.key)} and other values ({where}); keep one."
            )
            own_findings = mine.report.findings.get(mine.place, ())
            if not any(finding.reason.startswith("Another row has the same") for finding in own_findings):
                mine.report.reject(mine.place, Finding(column, text, reason))

    def _apply_rules(
        self, report: FileReport, index: int, values: tuple[Any, ...], stored_record: Record | None
    ) -> None:
        """Apply the rules to a row with valid cells and references, and decide its outcome."""
        noun = self._record_type
        if isinstance(stored_record, Case):
            self._facts.add_stored_case(stored_record)
        record = None
        if self._has_rules and (
            noun not in COLUMN_NEEDED_BY_RULE or values[self._names.index(COLUMN_NEEDED_BY_RULE[noun])] is not None
        ):
            record = noun(**dict(zip(self._names, values, strict=True)))
            if noun is not Decision:
                findings = check_record(record, self._facts)
                if findings:
                    report.reject(index, *findings)
                    return
        if (
            isinstance(record, Case)
            and record.follows_case_ref
            and not self._facts.followed_case(record.follows_case_ref)
        ):
            self._following.append(PendingRow(report, index, record))
        if isinstance(record, CustodySpell):
            self.spells.append(PendingRow(report, index, record))
        elif isinstance(record, Decision):
            self.decisions.append(PendingRow(report, index, record))
        if stored_record is not None:
            before = self._values_of(stored_record)
            report.outcomes[index] = RowOutcome.UNCHANGED if before == values else RowOutcome.UPDATED
            if before != values:
                report.warn(index, *self._emptied(before, values))
        self._note_facts(values, record)
        self._warn_of_doubts(report, index, values, record)

    def _warn_of_doubts(self, report: FileReport, index: int, values: tuple[Any, ...], record: Record | None) -> None:
        if has_doubts(self._record_type):
            made = record or self._record_type(**dict(zip(self._names, values, strict=True)))
            odd = self._doubts.find(made)
            if report.outcomes[index] != RowOutcome.UNCHANGED:
                report.warn(index, *odd)
                if isinstance(made, Case):  # a later row may tell of a death
                    self.cases.append(ImportedCase.of(report, index, made))

    def _complete(
        self, values: tuple[Any, ...], stored_record: Record | None, absent: Sequence[int]
    ) -> tuple[Any, ...]:
        """Return the values that a record will have: a file without a column says nothing about that field."""
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
                    f"The cell is empty, so the value on record will be removed: {cell_writer(column)(was)}",
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
        elif isinstance(record, Offence):
            facts.add_offence(record)


def _describe_missing_owner(noun: str, ref: str, refused: RowPlace | None) -> str:
    if refused is not None:
        where = f"line {refused.line} of {refused.report.file}"
        return f"The {noun} {ref} is itself rejected ({where}); correct that row too."
    return f"There is no {noun} {ref} in this import or in the database."
