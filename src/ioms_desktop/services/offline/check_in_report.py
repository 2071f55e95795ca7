"""A file on its way into a database: what of it is new, what is to be done, and what that comes to in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ioms_desktop.domain.checkout import Checkout
from ioms_desktop.domain.edit_merge import MergeChoice
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.text_format import pluralise
from ioms_desktop.services.offline.check_in_records import Coming, Fate, Question
from ioms_desktop.storage.offline import checkout, checkout_rows
from ioms_desktop.storage.records.read import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """What bringing a file in comes to, or would.

    Attributes:
        taken: What the file is, where it was taken away; None for any other.
        counts: How many records, by table and by what becomes of them.
        questions: What must be answered before anything is written.
        written: Whether it was written.
        sentence: What was done, and what to do.
    """

    taken: Checkout | None
    counts: Mapping[str, Mapping[Fate, int]]
    questions: tuple[Question, ...]
    written: bool
    sentence: str

    def count(self, fate: Fate) -> int:
        """How many records have a fate, in all tables."""
        return sum(each.get(fate, 0) for each in self.counts.values())


class Bag:
    """A file on its way in: what of it is new since it was taken, or since it last came back.

    Attributes:
        settled: Which revision of each record was dealt with before.
        counts: How many records there are, by table.
    """

    def __init__(self, held: Reading, taken: Checkout | None, settled: checkout.RevisionsByKey) -> None:
        """Look at a file.

        Args:
            held: The file.
            taken: What it is, where it was taken away.
            settled: Which revision of each record was dealt with before.
        """
        self.settled, self.taken = settled, taken
        self.present = {noun.table: checkout_rows.revisions_by_key(held, noun) for noun in checkout.RECORD_TYPES}
        self._known: checkout.RevisionsByKey = {noun.table: {} for noun in checkout.RECORD_TYPES}
        if taken is not None:
            for revisions in (checkout.checkout_revisions(held), settled):
                for table, each in revisions.items():
                    self._known[table].update(each)

    def base(self, table: str, key: str) -> int:
        """The revision of a record that the database knows of; 0 where it knows of none."""
        return self._known[table].get(key, 0)

    def new(self, noun: type[Record]) -> set[str]:
        """The keys of what was added or changed."""
        present = self.present[noun.table]
        return {key for key, revision in present.items() if revision != self.base(noun.table, key)}

    def gone(self, noun: type[Record]) -> set[str]:
        """The keys of what was removed."""
        known = self._known[noun.table]
        return {key for key, revision in known.items() if revision and key not in self.present[noun.table]}

    @property
    def anything(self) -> bool:
        """Whether anything is to be looked at."""
        return any(self.new(noun) or self.gone(noun) for noun in checkout.RECORD_TYPES)

    def dealt_with(self) -> checkout.RevisionsByKey:
        """What is settled once everything that is new was dealt with."""
        settled = {table: dict(each) for table, each in self.settled.items()}
        for noun in checkout.RECORD_TYPES:
            fresh = {key: self.present[noun.table][key] for key in self.new(noun)}
            fresh |= dict.fromkeys(self.gone(noun), 0)
            if fresh:
                settled.setdefault(noun.table, {}).update(fresh)
        return settled


@dataclass(slots=True)
class Plan:
    """What is to be written, in the order in which it is."""

    coming: list[Coming] = field(default_factory=list)
    counts: dict[str, dict[Fate, int]] = field(default_factory=dict)

    def take(self, coming: Coming) -> None:
        """Count a record, and hold it where something is to be done or asked."""
        each = self.counts.setdefault(coming.mine.table, {})
        each[coming.fate] = each.get(coming.fate, 0) + 1
        if coming.fate is not Fate.UNCHANGED:
            self.coming.append(coming)


def told_of(
    bag: Bag,
    plan: Plan | None = None,
    picks: Mapping[str, MergeChoice] | None = None,
    *,
    written: bool = False,
    dry_run: bool = False,
) -> Promotion:
    """Say what bringing a file in came to.

    Args:
        bag: The file.
        plan: What was to be done; None where nothing in the file was new.
        picks: The answers that were given.
        written: Whether it was written.
        dry_run: Whether it was not to be.
    """
    given = picks or {}
    counts = {table: {Fate.UNCHANGED: len(keys)} for table, keys in bag.present.items() if keys}
    waiting: tuple[Question, ...] = ()
    if plan is not None:
        counts = {table: dict(each) for table, each in plan.counts.items()}
        waiting = tuple(question for each in plan.coming for question in each.waiting(given))
        for coming in plan.coming:
            if coming.fate is Fate.CONFLICTS and not coming.waiting(given):
                _settle(counts[coming.mine.table], coming, given)
    report = Promotion(taken=bag.taken, counts=counts, questions=waiting, written=written, sentence="")
    return replace(report, sentence=_said(report, dry_run=dry_run))


def _settle(counts: dict[Fate, int], coming: Coming, picks: Mapping[str, MergeChoice]) -> None:
    """Count a record that was asked about and answered as what the answers make of it."""
    done = coming.adds(picks) or coming.removes(picks) or coming.change(picks) is not None
    now = Fate.MERGED if done else Fate.UNCHANGED
    counts[Fate.CONFLICTS] -= 1
    counts[now] = counts.get(now, 0) + 1


def _said(report: Promotion, *, dry_run: bool) -> str:
    if report.written:
        done = [f"{report.count(fate):,} {fate}" for fate in (Fate.ADDED, Fate.UPDATED, Fate.MERGED)]
        verb = "Brought back" if report.taken else "Taken over"
        left = " Delete the file once you have seen that everything is there." if report.taken else ""
        return f"{verb}: {', '.join(done)}; {report.count(Fate.UNCHANGED):,} as they were.{left}"
    if report.questions:
        asked = pluralise(len({(each.table, each.key) for each in report.questions}), "record")
        return f"Nothing was written: {asked} must be looked at first. Say of each whose words are kept."
    if dry_run:
        return "Nothing was written: this was a dry run."
    return "Nothing in this file is new; nothing was written."
