"""Bring a file into a database: one that was taken away comes back, one that an office began with is taken over.

Nothing is written before every question is answered, and then everything in one transaction. What comes in is recorded
by whoever brings it, at the database's own time; when and by whom it was recorded in the file stands beside it in the
audit, and the file's own audit is kept whole (`storage.kept_trail`). Bringing a file twice changes nothing.

A file that was taken away is compared with what was taken, case by case opened on record. Any other file is an import
of everything that is in it, and takes whoever may import. Into an empty shared database whoever keeps the server takes
a file over with all its history: `services.taking_over`.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.checkout import Checkout, redact_for_role
from ioms_desktop.domain.edit_merge import MergeChoice
from ioms_desktop.domain.errors import NotAllowed, Refused
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.concerns_and_decisions import Proposal
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.services.change_feed import tell_others
from ioms_desktop.services.commands import add, save
from ioms_desktop.services.offline.check_in_records import Coming, Fate, asked, beside, refused
from ioms_desktop.services.offline.check_in_report import Bag, Plan, Promotion, told_of
from ioms_desktop.services.offline.check_in_rules import Gate
from ioms_desktop.services.session import Desk, Topic
from ioms_desktop.storage.audit import imported_audit
from ioms_desktop.storage.bulk_write import BulkWriter, bulk_transaction, log_people
from ioms_desktop.storage.database.demo_marker import is_demo
from ioms_desktop.storage.offline import checkout, checkout_rows
from ioms_desktop.storage.records.bulk_read import find_by_keys
from ioms_desktop.storage.records.code_lists import database_id
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.row_mapping import field_values, key_text, to_json_value
from ioms_desktop.storage.transaction import Transaction

Progress = Callable[[int], None]
"""Told how many records have been looked at; it may raise to stop, and nothing is written."""

NO_CASE = "There is no case {ref} that you may open. Check the reference or ask a supervisor."
STARTED = {"status": "PROPOSED", "answered_by": None, "answered_on": None, "answer_reason": None, "decision_ref": None}


class _NotWanted(Exception):  # noqa: N818 - an answer inside this file, not a fault
    """Ends the transaction without a trace."""


def silent(_records: int) -> None:
    """Tell nobody."""


def promote(
    desk: Desk,
    file: Desk,
    picks: Mapping[str, MergeChoice] | None = None,
    *,
    dry_run: bool = False,
    progress: Progress = silent,
) -> Promotion:
    """Bring a file in, or say what must be answered first.

    Args:
        desk: Who brings it in, and where.
        file: The file, with whoever may open it.
        picks: The answers, by the name of the question.
        dry_run: Say what would happen, write nothing.
        progress: Told how many records have been looked at.

    Returns:
        What was done; not written where a question is open, or where there is nothing to write.

    Raises:
        NotAllowed: The user may not bring it in.
        Refused: The file is of another database, or somebody else's, or something forbids what was answered.
        Stale: Somebody saved a record meanwhile; look again.
    """
    if file.taken is None:
        desk.require(Right.IMPORT)
        file.require(Right.EXPORT)
    _refuse_mixture(desk, file)
    given = picks or {}
    with file.store.read() as held:
        held.extend_timeouts()
        bag = Bag(held, file.taken, _settled(desk, file.taken))
        if file.taken is not None and not bag.anything:
            _note_return(desk, file.taken, bag, dry_run=dry_run)
            return told_of(bag)
    if file.taken is None and not dry_run:
        _disclosed(file, desk)
    return _Run(desk, file, given, dry_run=dry_run, progress=progress).go()


def _refuse_mixture(desk: Desk, file: Desk) -> None:
    """Refuse what would put real and fictional people together, or somebody else's file in one's own name."""
    with desk.store.read() as reading, file.store.read() as held:
        target, source = database_id(reading), database_id(held)
        if target == source:
            raise Refused("This file is the database itself. Nothing was changed; name the other one.")
        if is_demo(reading) != is_demo(held):
            raise Refused(
                "One of the two is fictional and the other is not. Nothing was changed: real and invented people never "
                "come together."
            )
        taken = file.taken
        if taken is None:
            return
        if taken.by != desk.user:
            raise NotAllowed(f"{taken.by} took this file away and brings it back. Nothing was changed; ask them.")
        if taken.database_id != target and not checkout.list_checkouts(reading, taken.number):
            raise Refused(
                f"This file was taken away from another database ({taken.source}). Nothing was changed; sign in there."
            )


def _settled(desk: Desk, taken: Checkout | None) -> checkout.RevisionsByKey:
    if taken is None:
        return {}
    with desk.store.read() as reading:
        found = checkout.list_checkouts(reading, taken.number)
    return {table: dict(each) for table, each in found[0].settled.items()} if found else {}


def _note_return(desk: Desk, taken: Checkout, bag: "Bag", *, dry_run: bool) -> None:
    """Note that a file came back in which nothing had changed; nothing else is written."""
    if dry_run:
        return
    with desk.store.read() as reading:
        known = checkout.list_checkouts(reading, taken.number)
    if known and known[0].returned_at is None:
        with desk.store.begin(replace(desk.act(), request=""), "promote") as tx:
            checkout.record_return(tx, taken.number, bag.settled)


def _disclosed(file: Desk, desk: Desk) -> None:
    """Put on record in the file that it is taken over, before it is."""
    with desk.store.read() as reading:
        target = database_id(reading)
    with file.store.begin(file.act(), "promote") as tx:
        log_people(tx, "DISCLOSURE", {"promoted_to": target, "by": desk.user})


class _Run:
    """One file on its way in."""

    def __init__(
        self, desk: Desk, file: Desk, picks: Mapping[str, MergeChoice], *, dry_run: bool, progress: Progress
    ) -> None:
        self._desk, self._file, self._picks = desk, file, picks
        self._dry, self._progress = dry_run, progress
        self._looked = 0

    def go(self) -> Promotion:
        """Look, and write where nothing is open."""
        desk, taken = self._desk, self._file.taken
        plan, written = Plan(), False
        with ExitStack() as opened:
            held = opened.enter_context(self._file.store.read())
            held.extend_timeouts()
            bag = Bag(held, taken, _settled(desk, taken))
            if taken is None:
                opened.enter_context(desk.store.all_cases_open("IMPORT", desk.workstation))
            try:
                with desk.store.begin(desk.act(), "promote") as tx:
                    tx.extend_timeouts()
                    self._look(tx, held, bag, plan)
                    self._ask(plan)
                    self._write(tx, held, bag, plan)
                    written = True
            except _NotWanted:
                pass
        return told_of(bag, plan, self._picks, written=written, dry_run=self._dry)

    def _ask(self, plan: Plan) -> None:
        """End here where something is still to be answered, or nothing is to be written."""
        waiting = any(each.waiting(self._picks) for each in plan.coming)
        if waiting or self._dry or not (plan.coming or self._file.taken):
            raise _NotWanted

    # Looking ------------------------------------------------------------------------------------

    def _look(self, tx: Transaction, held: Reading, bag: Bag, plan: Plan) -> None:
        gate = Gate(self._desk, tx, self._opened(tx, held, bag) if bag.taken is not None else None)
        for noun in checkout.RECORD_TYPES:
            wanted = bag.new(noun)
            unchanged = len(bag.present[noun.table]) - len(wanted)
            if unchanged:
                plan.counts.setdefault(noun.table, {})[Fate.UNCHANGED] = unchanged
            for records in checkout_rows.record_batches(held, noun, wanted):
                self._looked += len(records)
                self._progress(self._looked)
                for coming in self._beside(tx, held, bag, gate, records):
                    plan.take(coming)
            for coming in self._removed(tx, held, bag, noun):
                plan.take(coming)

    def _opened(self, tx: Transaction, held: Reading, bag: Bag) -> dict[str, str]:
        """Open the cases of which something is new, and say why one is closed to this user."""
        cases = {case.case_ref: case for records in checkout_rows.record_batches(held, Case) for case in records}
        touched: set[str] = set()
        for noun in checkout.RECORD_TYPES:
            for record in _all_of(held, noun, bag.new(noun), bag.gone(noun)):
                touched |= _cases_of(record, cases)
        why: dict[str, str] = {}
        for ref in self._file.taken.cases if self._file.taken is not None else ():
            if ref not in touched:
                continue
            opened = tx.open_case(ref, self._file.taken.reason if self._file.taken else "", self._desk.workstation)
            case = tx.find(Case, ref) if opened else None
            shut = case is None or redact_for_role(self._desk.role, case) is None
            why[ref] = NO_CASE.format(ref=ref) if shut else ""
        return why

    def _beside(self, tx: Transaction, held: Reading, bag: Bag, gate: Gate, records: list[Record]) -> Iterator[Coming]:
        gate.look_up(records)
        there = find_by_keys(tx, type(records[0]), (record.identity for record in records))
        for mine in records:
            stands = there.get(mine.identity)
            known = bag.base(mine.table, key_text(mine))
            coming = Coming(
                mine=mine,
                base=checkout_rows.record_at_revision(held, mine, known) if known else None,
                stands=stands,
                seen=None if stands is None else redact_for_role(self._desk.role, stands),
            )
            gate.note_stored(stands)
            yield self._judged(gate, coming)
            gate.note_coming(mine)

    def _judged(self, gate: Gate, coming: Coming) -> Coming:
        if coming.stands is not None and coming.seen is None:
            return refused(coming, "A record with this reference exists already, and you may not open it.")
        found = beside(self._desk, coming)
        if found.fate is Fate.UNCHANGED:
            return found
        straight = found.fate in {Fate.ADDED, Fate.UPDATED} or found.seen is None
        why = gate.why_not(found.seen, found.mine, settled=straight)
        return refused(coming, why) if why else found

    def _removed(self, tx: Transaction, held: Reading, bag: Bag, noun: type[Record]) -> Iterator[Coming]:
        """Ask about what the file has no longer; nothing is lost for want of an answer."""
        gone = checkout.removed_records(held, noun, bag.gone(noun))
        there = find_by_keys(tx, noun, (record.identity for record, _, _ in gone.values())) if gone else {}
        for record, by, reason in gone.values():
            stands = there.get(record.identity)
            if stands is None:
                continue
            why = f" ({reason})" if reason else ""
            # On a server nobody removes a record by their own login; there it can only stay.
            picks = (MergeChoice.THEIRS,) if tx.server_enforces_access else (MergeChoice.MINE, MergeChoice.THEIRS)
            coming = Coming(mine=record, stands=stands, seen=stands, removed=reason or "Removed in a file taken away")
            yield asked(coming, f"It was removed from the file by {by}{why}, and the database still has it.", picks)

    # Writing ------------------------------------------------------------------------------------

    def _write(self, tx: Transaction, held: Reading, bag: Bag, plan: Plan) -> None:
        added = [each for each in plan.coming if each.adds(self._picks)]
        changed = [(each, newer) for each in plan.coming if (newer := each.change(self._picks)) is not None]
        with bulk_transaction(tx, sum(isinstance(each.mine, Person | Case) for each in added)):
            for noun in checkout.RECORD_TYPES:
                self._add(tx, noun, [each.mine for each in added if type(each.mine) is noun])
        for _, newer in changed:
            save(tx, newer)
        for each in reversed(plan.coming):
            if each.stands is not None and each.removes(self._picks):
                tx.remove(each.stands, each.removed or "")
        self._log(tx, held, [*(each.mine for each in added), *(each.mine for each, _ in changed)])
        kept = imported_audit.import_audit(held, tx)
        detail = {"entries": kept.entries, "sha256": kept.digest, "take_away": bag.taken.number if bag.taken else None}
        tx.log(
            "COMBINATION",
            object_type=imported_audit.PROMOTION_OBJECT_TYPE,
            object_ref=database_id(held),
            subject_ref=None,
            detail=detail,
        )
        if bag.taken is not None:
            if not checkout.list_checkouts(tx, bag.taken.number):
                checkout.register_checkout(tx, bag.taken)
            checkout.record_return(tx, bag.taken.number, bag.dealt_with())
        tell_others(self._desk, tx, frozenset(Topic) - {Topic.USERS})

    def _add(self, tx: Transaction, noun: type[Record], records: list[Record]) -> None:
        if self._file.taken is None and noun is not Proposal:
            writer = BulkWriter(tx, noun)
            names = [column.name for column in columns_of(noun)]
            writer.add([tuple(getattr(record, name) for name in names) for record in records])
            writer.finish()
            return
        for record in records:
            if isinstance(record, Proposal) and record.status != STARTED["status"]:
                # Made and withdrawn while away: it is made, and withdrawn.
                made: Any = add(tx, _as_new(record, **STARTED))
                save(tx, _as_new(record, id=made.id, revision=made.revision))
            else:
                add(tx, _as_new(record))

    def _log(self, tx: Transaction, held: Reading, records: list[Record]) -> None:
        """Say of every case what came in, and when and by whom it was recorded in the file."""
        source = database_id(held)
        by_owner: dict[tuple[str, str], list[list[Any]]] = {}
        for record in records:
            case_ref = getattr(record, "case_ref", None)
            owner = ("cases", case_ref) if case_ref else ("people", getattr(record, "person_ref", None) or "")
            told = [
                record.table,
                key_text(record),
                record.revision,
                to_json_value(record.recorded_at),
                record.recorded_by,
            ]
            by_owner.setdefault(owner, []).append(told)
        persons = {each.case_ref: each.person_ref for part in checkout_rows.record_batches(held, Case) for each in part}
        taken = self._file.taken
        for (table, ref), told in by_owner.items():
            tx.log(
                "COMBINATION",
                object_type=table,
                object_ref=ref,
                subject_ref=(persons.get(ref) if table == "cases" else ref) or None,
                detail={"from": source, "take_away": taken.number if taken else None, "recorded": told},
            )


def _as_new(record: Record, **fields: Any) -> Any:  # noqa: ANN401 - a record of the same kind
    return type(record)(**{**field_values(record), **fields})


def _all_of(held: Reading, noun: type[Record], new: set[str], gone: set[str]) -> Iterator[Record]:
    for records in checkout_rows.record_batches(held, noun, new):
        yield from records
    if gone:
        yield from (record for record, _, _ in checkout.removed_records(held, noun, gone).values())


def _cases_of(record: Record, cases: Mapping[str, Case]) -> set[str]:
    """Name the cases that must be open for a record to be read: its own, or those of its person."""
    ref = getattr(record, "case_ref", None)
    if ref is not None:
        return {ref}
    person = getattr(record, "person_ref", None)
    return {case.case_ref for case in cases.values() if case.person_ref == person}
