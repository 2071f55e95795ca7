"""A check-in: what is new in the file, what is to be done, and the report."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ioms_desktop.domain.checkout import Checkout
from ioms_desktop.domain.edit_merge import MergeChoice
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.text_format import pluralise
from ioms_desktop.services.offline.check_in_records import CheckInOutcome, CheckInQuestion, IncomingRecord
from ioms_desktop.storage.offline import checkout, checkout_rows
from ioms_desktop.storage.records.read import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInReport:
    """The result of a check-in, or its preview.

    Attributes:
        checkout: What the file is, where it was taken away; None for any other.
        counts: How many records, by table and by what becomes of them.
        questions: What must be answered before anything is written.
        written: Whether it was written.
        sentence: What was done, and what to do.
    """

    checkout: Checkout | None
    counts: Mapping[str, Mapping[CheckInOutcome, int]]
    questions: tuple[CheckInQuestion, ...]
    written: bool
    sentence: str

    def count(self, outcome: CheckInOutcome) -> int:
        """Count the records with an outcome, in all tables."""
        return sum(each.get(outcome, 0) for each in self.counts.values())


class CheckInSource:
    """The file being checked in: its changes since it was checked out or last checked in.

    Attributes:
        handled: Which revision of each record was dealt with before.
        counts: How many records there are, by table.
    """

    def __init__(self, file_reading: Reading, taken: Checkout | None, handled: checkout.RevisionsByKey) -> None:
        """Read which records of a file changed.

        Args:
            file_reading: The file.
            taken: What it is, where it was taken away.
            handled: Which revision of each record was dealt with before.
        """
        self.handled, self.checkout = handled, taken
        self.revisions = {
            noun.table: checkout_rows.revisions_by_key(file_reading, noun) for noun in checkout.RECORD_TYPES
        }
        self._base_revisions: checkout.RevisionsByKey = {noun.table: {} for noun in checkout.RECORD_TYPES}
        if taken is not None:
            for revisions in (checkout.checkout_revisions(file_reading), handled):
                for table, each in revisions.items():
                    self._base_revisions[table].update(each)

    def base_revision(self, table: str, key: str) -> int:
        """The revision of a record that the database knows; 0 where it knows none."""
        return self._base_revisions[table].get(key, 0)

    def new_keys(self, record_type: type[Record]) -> set[str]:
        """The keys of what was added or changed."""
        present = self.revisions[record_type.table]
        return {key for key, revision in present.items() if revision != self.base_revision(record_type.table, key)}

    def removed_keys(self, record_type: type[Record]) -> set[str]:
        """The keys of what was removed."""
        known = self._base_revisions[record_type.table]
        return {key for key, revision in known.items() if revision and key not in self.revisions[record_type.table]}

    @property
    def has_changes(self) -> bool:
        """Whether anything has to be compared."""
        return any(self.new_keys(noun) or self.removed_keys(noun) for noun in checkout.RECORD_TYPES)

    def handled_after_check_in(self) -> checkout.RevisionsByKey:
        """What is finished once everything new has been dealt with."""
        settled = {table: dict(each) for table, each in self.handled.items()}
        for noun in checkout.RECORD_TYPES:
            fresh = {key: self.revisions[noun.table][key] for key in self.new_keys(noun)}
            fresh |= dict.fromkeys(self.removed_keys(noun), 0)
            if fresh:
                settled.setdefault(noun.table, {}).update(fresh)
        return settled


@dataclass(slots=True)
class CheckInPlan:
    """What is to be written, in order."""

    incoming: list[IncomingRecord] = field(default_factory=list)
    counts: dict[str, dict[CheckInOutcome, int]] = field(default_factory=dict)

    def add(self, record: IncomingRecord) -> None:
        """Count a record, and hold it where something is to be done or asked."""
        each = self.counts.setdefault(record.mine.table, {})
        each[record.outcome] = each.get(record.outcome, 0) + 1
        if record.outcome is not CheckInOutcome.UNCHANGED:
            self.incoming.append(record)


def build_report(
    source: CheckInSource,
    plan: CheckInPlan | None = None,
    picks: Mapping[str, MergeChoice] | None = None,
    *,
    written: bool = False,
    dry_run: bool = False,
) -> CheckInReport:
    """Build the report of a check-in.

    Args:
        source: The file.
        plan: What was to be done; None where nothing in the file was new.
        picks: The answers that were given.
        written: Whether it was written.
        dry_run: Whether it was not to be.
    """
    given = picks or {}
    counts = {table: {CheckInOutcome.UNCHANGED: len(keys)} for table, keys in source.revisions.items() if keys}
    waiting: tuple[CheckInQuestion, ...] = ()
    if plan is not None:
        counts = {table: dict(each) for table, each in plan.counts.items()}
        waiting = tuple(question for each in plan.incoming for question in each.unanswered(given))
        for coming in plan.incoming:
            if coming.outcome is CheckInOutcome.CONFLICTS and not coming.unanswered(given):
                _count_answered(counts[coming.mine.table], coming, given)
    report = CheckInReport(checkout=source.checkout, counts=counts, questions=waiting, written=written, sentence="")
    return replace(report, sentence=_describe_report(report, dry_run=dry_run))


def _count_answered(
    counts: dict[CheckInOutcome, int], incoming: IncomingRecord, picks: Mapping[str, MergeChoice]
) -> None:
    """Count a record that was asked about by the outcome its answers lead to."""
    done = incoming.is_added(picks) or incoming.is_removed(picks) or incoming.record_to_save(picks) is not None
    now = CheckInOutcome.MERGED if done else CheckInOutcome.UNCHANGED
    counts[CheckInOutcome.CONFLICTS] -= 1
    counts[now] = counts.get(now, 0) + 1


def _describe_report(report: CheckInReport, *, dry_run: bool) -> str:
    if report.written:
        done = [
            f"{report.count(fate):,} {fate}"
            for fate in (CheckInOutcome.ADDED, CheckInOutcome.UPDATED, CheckInOutcome.MERGED)
        ]
        verb = "Brought back" if report.checkout else "Taken over"
        left = " Delete the file once you have seen that everything is there." if report.checkout else ""
        return f"{verb}: {', '.join(done)}; {report.count(CheckInOutcome.UNCHANGED):,} as they were.{left}"
    if report.questions:
        asked = pluralise(len({(each.table, each.key) for each in report.questions}), "record")
        return f"Nothing was written: {asked} must be looked at first. Say of each whose words are kept."
    if dry_run:
        return "Nothing was written: this was a dry run."
    return "Nothing in this file is new; nothing was written."
