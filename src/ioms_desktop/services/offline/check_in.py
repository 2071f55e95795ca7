"""Checking a file in: an offline file returns, or a file an office began with is imported.

Nothing is written before every question is answered, and then everything in one transaction. What comes in is recorded
under the importing user's name, at the database's own time; the audit notes when and by whom it was recorded in the
file, and the file's own audit is kept whole (`storage.audit.imported_audit`). Importing a file twice changes nothing.

An offline file is compared with what was checked out, and each of its cases is opened with an audit entry. Any other
file is imported whole, which takes the right to import. Into an empty shared database the owner of the database moves
a file with all its history: see `server_migration`.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.audit.evidence import PROMOTION_OBJECT_TYPE
from ioms_desktop.domain.checkout import Checkout, redact_for_role
from ioms_desktop.domain.edit_merge import MergeChoice
from ioms_desktop.domain.errors import NotAllowed, WrongDatabase, WrongFile
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.concerns_and_decisions import Proposal
from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.domain.records.record_types import NOT_STRUCK_OUT
from ioms_desktop.services.change_feed import notify_others
from ioms_desktop.services.commands import add_record, save_record
from ioms_desktop.services.entries.authors import refusal_of_another
from ioms_desktop.services.offline.check_in_records import (
    CheckInOutcome,
    IncomingRecord,
    compare_with_stored,
    with_question,
    with_refusal,
)
from ioms_desktop.services.offline.check_in_report import CheckInPlan, CheckInReport, CheckInSource, build_report
from ioms_desktop.services.offline.check_in_rules import CheckInRules
from ioms_desktop.services.session import ALL_RECORD_TOPICS, Session
from ioms_desktop.storage.audit import imported_audit
from ioms_desktop.storage.bulk.write import BulkWriter, bulk_transaction, log_people
from ioms_desktop.storage.database.demo_marker import is_demo
from ioms_desktop.storage.documents.content import copy_content
from ioms_desktop.storage.offline import checkout, checkout_rows
from ioms_desktop.storage.records.bulk_read import find_by_keys
from ioms_desktop.storage.records.code_lists import database_id
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.row_mapping import field_values, key_text, to_json_value
from ioms_desktop.storage.transaction import Rollback, Transaction

CASE_NOT_OPEN_MESSAGE = "There is no case {ref} that you may open. Check the reference or ask a supervisor."
CHANGED_AWAY = "Changed in a file taken away"
"""The reason of a change for which none was asked there."""
NEW_PROPOSAL_FIELDS = {
    "status": "PROPOSED",
    "answered_by": None,
    "answered_on": None,
    "answer_reason": None,
    "decision_ref": None,
}


def check_in(
    session: Session,
    file: Session,
    picks: Mapping[str, MergeChoice] | None = None,
    *,
    dry_run: bool = False,
    progress: ProgressCallback = no_progress,
) -> CheckInReport:
    """Check a file in, or list the questions to be answered first.

    Args:
        session: Who brings it in, and where.
        file: The file, with whoever may open it.
        picks: The answers, by the name of the question.
        dry_run: Say what would happen, write nothing.
        progress: Called with the number of records compared (the total is not known); if it raises, nothing is
            written.

    Returns:
        What was done; not written where a question is open, or where there is nothing to write.

    Raises:
        NotAllowed: The user may not bring it in.
        Refused: The file is of another database, or somebody else's, or something forbids what was answered.
        Stale: Somebody saved a record meanwhile; look again.
    """
    if file.checkout is None:
        session.require(Right.IMPORT)
        file.require(Right.EXPORT)
    _refuse_wrong_file(session, file)
    given = picks or {}
    with file.store.read() as held:
        held.extend_timeouts()
        bag = CheckInSource(held, file.checkout, _handled_revisions(session, file.checkout))
        if file.checkout is not None and not bag.has_changes:
            _record_return(session, file.checkout, bag, dry_run=dry_run)
            return build_report(bag)
    if file.checkout is None and not dry_run:
        _log_disclosure(file, session)
    return _CheckInRun(session, file, given, dry_run=dry_run, progress=progress).run()


def _refuse_wrong_file(session: Session, file: Session) -> None:
    """Refuse to mix real and fictional people, or to check in another user's file."""
    with session.store.read() as reading, file.store.read() as held:
        target, source = database_id(reading), database_id(held)
        if target == source:
            raise WrongFile("This file is the database itself. Nothing was changed; name the other one.")
        if is_demo(reading) != is_demo(held):
            raise WrongDatabase(
                "One of the two is fictional and the other is not. Nothing was changed; real and fictional people are "
                "never mixed."
            )
        taken = file.checkout
        if taken is None:
            return
        if taken.by != session.user:
            by = session.names.of(taken.by)
            raise NotAllowed(f"{by} took this file offline and has to import it again. Nothing was changed; ask them.")
        if taken.database_id != target and not checkout.list_checkouts(reading, taken.number):
            raise WrongDatabase(
                f"This file was taken offline from another database ({taken.source}). Nothing was changed; sign in "
                "there."
            )


def _handled_revisions(session: Session, taken: Checkout | None) -> checkout.RevisionsByKey:
    if taken is None:
        return {}
    with session.store.read() as reading:
        found = checkout.list_checkouts(reading, taken.number)
    return {table: dict(each) for table, each in found[0].settled.items()} if found else {}


def _record_return(session: Session, taken: Checkout, source: "CheckInSource", *, dry_run: bool) -> None:
    """Record that a file was returned without changes; nothing else is written."""
    if dry_run:
        return
    with session.store.read() as reading:
        known = checkout.list_checkouts(reading, taken.number)
    if known and known[0].returned_at is None:
        with session.store.begin(replace(session.command_context(), request=""), "promote") as tx:
            checkout.record_return(tx, taken.number, source.handled)


def _log_disclosure(file: Session, session: Session) -> None:
    """Audit in the file that it is being imported, before it is."""
    with session.store.read() as reading:
        target = database_id(reading)
    with file.store.begin(file.command_context(), "promote") as tx:
        log_people(tx, "DISCLOSURE", {"promoted_to": target, "by": session.user})


class _CheckInRun:
    """One check-in in progress."""

    def __init__(
        self,
        session: Session,
        file: Session,
        picks: Mapping[str, MergeChoice],
        *,
        dry_run: bool,
        progress: ProgressCallback,
    ) -> None:
        self._session, self._file, self._picks = session, file, picks
        self._dry_run, self._progress = dry_run, progress
        self._records_examined = 0

    def run(self) -> CheckInReport:
        """Compare everything, and write if no question is open."""
        session, taken = self._session, self._file.checkout
        plan, written = CheckInPlan(), False
        with ExitStack() as opened:
            held = opened.enter_context(self._file.store.read())
            held.extend_timeouts()
            bag = CheckInSource(held, taken, _handled_revisions(session, taken))
            if taken is None:
                opened.enter_context(session.store.all_cases_open("IMPORT", session.workstation))
            with session.store.begin(session.command_context(), "promote") as tx:
                tx.extend_timeouts()
                self._examine(tx, held, bag, plan)
                self._stop_unless_ready(plan)
                self._write(tx, held, bag, plan)
                written = True
        return build_report(bag, plan, self._picks, written=written, dry_run=self._dry_run)

    def _stop_unless_ready(self, plan: CheckInPlan) -> None:
        """Stop here where a question is still open, or nothing is to be written."""
        waiting = any(each.unanswered(self._picks) for each in plan.incoming)
        if waiting or self._dry_run or not (plan.incoming or self._file.checkout):
            raise Rollback

    def _examine(self, tx: Transaction, file_reading: Reading, source: CheckInSource, plan: CheckInPlan) -> None:
        gate = CheckInRules(
            self._session, tx, self._open_cases(tx, file_reading, source) if source.checkout is not None else None
        )
        for noun in checkout.RECORD_TYPES:
            wanted = source.new_keys(noun)
            unchanged = len(source.revisions[noun.table]) - len(wanted)
            if unchanged:
                plan.counts.setdefault(noun.table, {})[CheckInOutcome.UNCHANGED] = unchanged
            for records in checkout_rows.record_batches(file_reading, noun, wanted):
                self._records_examined += len(records)
                self._progress(self._records_examined, 0)
                for coming in self._compare(tx, file_reading, source, gate, records):
                    plan.add(coming)
            for coming in self._compare_removed(tx, file_reading, source, noun):
                plan.add(coming)

    def _open_cases(self, tx: Transaction, file_reading: Reading, source: CheckInSource) -> dict[str, str]:
        """Open the cases with changes, and note why one is closed to this user."""
        cases = {
            case.case_ref: case for records in checkout_rows.record_batches(file_reading, Case) for case in records
        }
        touched: set[str] = set()
        for noun in checkout.RECORD_TYPES:
            for record in _changed_records(file_reading, noun, source.new_keys(noun), source.removed_keys(noun)):
                touched |= _case_refs_of(record, cases)
        why: dict[str, str] = {}
        for ref in self._file.checkout.cases if self._file.checkout is not None else ():
            if ref not in touched:
                continue
            opened = tx.open_case(
                ref, self._file.checkout.reason if self._file.checkout else "", self._session.workstation
            )
            case = tx.find(Case, ref) if opened else None
            shut = case is None or redact_for_role(self._session.role, case) is None
            why[ref] = CASE_NOT_OPEN_MESSAGE.format(ref=ref) if shut else ""
        return why

    def _compare(
        self, tx: Transaction, file_reading: Reading, source: CheckInSource, rules: CheckInRules, records: list[Record]
    ) -> Iterator[IncomingRecord]:
        rules.load_facts(records)
        there = find_by_keys(tx, type(records[0]), (record.identity for record in records))
        for mine in records:
            stands = there.get(mine.identity)
            known = source.base_revision(mine.table, key_text(mine))
            coming = IncomingRecord(
                mine=mine,
                base=checkout_rows.record_at_revision(file_reading, mine, known) if known else None,
                stored=stands,
                visible=None if stands is None else redact_for_role(self._session.role, stands),
            )
            rules.note_stored(stands)
            yield self._apply_rules(tx, rules, coming)
            rules.note_incoming(mine)

    def _apply_rules(self, tx: Transaction, rules: CheckInRules, incoming: IncomingRecord) -> IncomingRecord:
        if incoming.stored is not None and incoming.visible is None:
            return with_refusal(
                self._session, incoming, "A record with this reference exists already, and you may not open it."
            )
        found = compare_with_stored(self._session, incoming)
        if found.outcome is CheckInOutcome.UNCHANGED:
            return found
        straight = found.outcome in {CheckInOutcome.ADDED, CheckInOutcome.UPDATED} or found.visible is None
        why = rules.get_refusal(found.visible, found.mine, is_final=straight)
        if not why and found.visible is not None:
            why = refusal_of_another(self._session, tx, found.visible, found.mine)
        return with_refusal(self._session, incoming, why) if why else found

    def _compare_removed(
        self, tx: Transaction, file_reading: Reading, source: CheckInSource, record_type: type[Record]
    ) -> Iterator[IncomingRecord]:
        """Ask about records the file no longer has; without an answer nothing is removed."""
        gone = checkout.removed_records(file_reading, record_type, source.removed_keys(record_type))
        there = find_by_keys(tx, record_type, (record.identity for record, _, _ in gone.values())) if gone else {}
        for record, by, reason in gone.values():
            stands = there.get(record.identity)
            if stands is None:
                continue
            why = f" ({reason})" if reason else ""
            # On a server nobody removes a record by their own login; there it can only stay.
            picks = (MergeChoice.THEIRS,) if tx.server_enforces_access else (MergeChoice.MINE, MergeChoice.THEIRS)
            coming = IncomingRecord(
                mine=record, stored=stands, visible=stands, removal_reason=reason or "Removed in an offline file"
            )
            who = self._session.names.of(by)
            told = f"It was removed from the file by {who}{why}, and the database still has it."
            yield with_question(self._session, coming, told, picks)

    def _write(self, tx: Transaction, file_reading: Reading, source: CheckInSource, plan: CheckInPlan) -> None:
        added = [each for each in plan.incoming if each.is_added(self._picks)]
        changed = [(each, newer) for each in plan.incoming if (newer := each.record_to_save(self._picks)) is not None]
        with bulk_transaction(tx, sum(isinstance(each.mine, Person | Case) for each in added)):
            for noun in checkout.RECORD_TYPES:
                self._add(tx, noun, [each.mine for each in added if type(each.mine) is noun])
            copy_content(file_reading, tx, (each.mine for each in added if isinstance(each.mine, Document)))
        asked = tx.command.reason_text
        for each, newer in changed:
            tx.because(checkout_rows.reasons_of_changes(file_reading, each.mine) or CHANGED_AWAY)
            save_record(tx, newer)
        tx.because(asked)
        for each in reversed(plan.incoming):
            if each.stored is not None and each.is_removed(self._picks):
                taken_out = tx.remove if type(each.stored) in NOT_STRUCK_OUT else tx.strike_out
                taken_out(each.stored, each.removal_reason or "")
        self._log_origin(tx, file_reading, [*(each.mine for each in added), *(each.mine for each, _ in changed)])
        kept = imported_audit.import_audit(file_reading, tx)
        detail = kept.detail | {"take_away": source.checkout.number if source.checkout else None}
        tx.log(
            "COMBINATION",
            object_type=PROMOTION_OBJECT_TYPE,
            object_ref=database_id(file_reading),
            subject_ref=None,
            detail=detail,
        )
        if source.checkout is not None:
            if not checkout.list_checkouts(tx, source.checkout.number):
                checkout.register_checkout(tx, source.checkout)
            checkout.record_return(tx, source.checkout.number, source.handled_after_check_in())
        notify_others(self._session, tx, ALL_RECORD_TOPICS)

    def _add(self, tx: Transaction, record_type: type[Record], records: list[Record]) -> None:
        if self._file.checkout is None and record_type is not Proposal:
            writer = BulkWriter(tx, record_type)
            names = [column.name for column in columns_of(record_type)]
            writer.add([tuple(getattr(record, name) for name in names) for record in records])
            writer.finish()
            return
        for record in records:
            if isinstance(record, Proposal) and record.status != NEW_PROPOSAL_FIELDS["status"]:
                # Made and withdrawn while away: it is made, and withdrawn.
                made: Any = add_record(tx, _as_new(record, **NEW_PROPOSAL_FIELDS))
                save_record(tx, _as_new(record, id=made.id, revision=made.revision))
            else:
                add_record(tx, _as_new(record))

    def _log_origin(self, tx: Transaction, file_reading: Reading, records: list[Record]) -> None:
        """Audit for every case what came in, and when and by whom it was recorded in the file."""
        source = database_id(file_reading)
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
        persons = {
            each.case_ref: each.person_ref for part in checkout_rows.record_batches(file_reading, Case) for each in part
        }
        taken = self._file.checkout
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


def _changed_records(
    file_reading: Reading, record_type: type[Record], new: set[str], gone: set[str]
) -> Iterator[Record]:
    for records in checkout_rows.record_batches(file_reading, record_type, new):
        yield from records
    if gone:
        yield from (record for record, _, _ in checkout.removed_records(file_reading, record_type, gone).values())


def _case_refs_of(record: Record, cases: Mapping[str, Case]) -> set[str]:
    """List the cases that must be open to read a record: its own, or those of its person."""
    ref = getattr(record, "case_ref", None)
    if ref is not None:
        return {ref}
    person = getattr(record, "person_ref", None)
    return {case.case_ref for case in cases.values() if case.person_ref == person}
