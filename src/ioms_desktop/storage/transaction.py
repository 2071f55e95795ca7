"""Writes for a command: records with their history, audit entries and search words, in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from json import dumps
from typing import Any, TypeVar

from sqlalchemy import Connection, delete, select, update
from typing_extensions import override

from ioms_desktop.domain.errors import Stale
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.person_sets.current_values import SET_TYPES, Written
from ioms_desktop.domain.records.person_sets.numbers import numbers_of
from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.domain.records.workers.changes import WorkerChanges
from ioms_desktop.storage.break_glass_reviews import refuse_own_review
from ioms_desktop.storage.db_errors import STALE_MESSAGE
from ioms_desktop.storage.postgres import transaction_context
from ioms_desktop.storage.records import search_index
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.read_scope import FULL_SCOPE, CaseGate, ReadScope
from ioms_desktop.storage.records.row_mapping import (
    changed_fields,
    column_values,
    key_text,
    to_json_fields,
)
from ioms_desktop.storage.records.struck_out import StruckOutRow
from ioms_desktop.storage.records.write_statements import (
    ANSWER_AND_NOTIFY,
    AUDIT_OF_A_CASE,
    SAVE_ANSWER,
    carry_out,
    insert_row,
    update_row,
)
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.plain_text import ask_driver

R = TypeVar("R", bound=Record)
STRUCK_OUT_WORDS = "Entered in error: "
"""How the audit begins the reason of a strike-out; a server writes the same."""


class Rollback(Exception):  # noqa: N818 - control flow, not an error
    """Raised inside `Store.begin` to roll back and continue after the block: for a dry run, or an unwanted change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandContext:
    """Who acts, when, from where and why.

    Attributes:
        request: The request number; empty if a repeat need not be recognised.
        at: When (UTC).
        reason_code: Why, as a code.
        reason_text: Why, in words.
        confirmed: What is odd about the entry and the user said is right; None where there is nobody to ask.
    """

    request: str
    user: str
    role: str
    at: datetime
    workstation: str
    reason_code: str = ""
    reason_text: str = ""
    confirmed: frozenset[str] | None = None


class Transaction(Reading):
    """A command's reads and writes; committed when the command returns, rolled back when it raises."""

    def __init__(
        self,
        connection: Connection,
        command: CommandContext,
        earlier_answer: dict[str, Any] | None,
        scope: ReadScope = FULL_SCOPE,
        case_gate: CaseGate | None = None,
    ) -> None:
        """Use a connection on behalf of a user."""
        super().__init__(connection, scope, case_gate)
        self.command = command
        self.earlier_answer = earlier_answer
        self.written: list[tuple[Record | None, Record | None]] = []  # each record before and after; None for none
        self.worker_changes = WorkerChanges()
        self.bulk_writer: Callable[[type[Record]], Any] | None = None  # there once one was used
        self.changed_case_refs: set[str | None] = set()  # cases whose records were written; None for any case
        self.of_people: list[Written] = []  # people and entries of their dated sets, to be settled at the end
        self.held_back: dict[str, tuple[Record, ...]] = {}  # whose was written too, with what was changed as it was
        self.unsearched: set[str] = set()  # people added without their search words, which follow when they are settled
        self.numbers_before: dict[type[Record], int] = {}  # the last row of each type before any was added in bulk
        # On a server triggers write the entries, so that no client can write without them.
        self.writes_own_history = connection.dialect.name != "postgresql"

    @property
    def only_cases(self) -> frozenset[str] | None:
        """The only cases of which records were written; None where any may have changed, as by what is a person's."""
        named = frozenset(filter(None, self.changed_case_refs))
        return None if not named or None in self.changed_case_refs or self.bulk_writer is not None else named

    @property
    @override
    def sees_new_commits(self) -> bool:
        return True

    def note_written(self, before: Record | None, after: Record | None) -> None:
        """Note that a record was written, so that what says the same elsewhere is brought together at the end."""
        self.worker_changes.note(before, after)
        if isinstance(before or after, (Person, *SET_TYPES)):
            self.of_people.append(Written(before, after))

    def save_answer(self, payload: dict[str, Any], notice: tuple[str, str] | None = None) -> None:
        """Store the command's answer, so that a repeat of its request gets the same one.

        Args:
            payload: The answer.
            notice: On a server, what others are told when this commits: the channel and the message; None for nothing.
        """
        if notice is not None:
            told = {"channel": notice[0], "payload": notice[1]}
            ask_driver(
                self.connection, ANSWER_AND_NOTIFY, {"number": self.command.request, "said": dumps(payload), **told}
            )
        elif self.command.request:
            carry_out(self.connection, SAVE_ANSWER, {"number": self.command.request, "said": payload})

    def because(self, reason: str) -> None:
        """Say why what follows is changed: the audit and the versions that it ends keep the reason."""
        self.command = replace(self.command, reason_text=reason)
        if not self.writes_own_history:
            self.connection.execute(transaction_context.SET_REASON_SQL, {"reason": reason})

    def lock(self, record: Record) -> None:
        """Lock a record against other commands until this one ends.

        A check that depends on reading, such as that a trigger has no second proposal, needs it on a server, where
        commands run concurrently. A local file has only one writer at a time.
        """
        if self.connection.dialect.name == "postgresql":
            table = tables.table_of(type(record))
            self.connection.execute(select(table.c.id).where(table.c.id == record.id).with_for_update())

    def add(self, record: R, *, is_read_back: bool = True) -> R:
        """Store a new record.

        Args:
            record: The record.
            is_read_back: Whether its number is read back. On a server nobody reads a record of a case that was made in
                the same transaction, and so is not open yet; the record returned then has no number.
        """
        self.changed_case_refs.add(record.shown_on)
        own: dict[str, Any] = {"revision": 1, "recorded_at": self.command.at, "recorded_by": self.command.user}
        self._ask_for_numbers(None, record)
        values = {**column_values(record), **own}
        number = insert_row(self.connection, tables.table_of(type(record)), values, is_read_back=is_read_back)
        stored = replace(record, id=number, **own)
        if isinstance(stored, Person):
            self.unsearched.add(stored.person_ref)
        elif isinstance(stored, Case):
            search_index.add_search_keys(self.connection, stored)
        self.written.append((None, stored))
        self.note_written(None, stored)
        if self.writes_own_history:
            self._audit_change("COLLECTION", stored, None, to_json_fields(record))
        return stored

    def save(self, record: R) -> R:
        """Store a changed record, and keep its previous version.

        Raises:
            Stale: The record was saved or removed by someone else since its revision was read.
            NeedsAnotherPerson: It is the review of the user's own break-glass access.
        """
        before = self._current(record)
        if self.writes_own_history:
            refuse_own_review(self, before, self.command.user)
        self.changed_case_refs |= {before.shown_on, record.shown_on}
        newer = replace(
            record, revision=record.revision + 1, recorded_at=self.command.at, recorded_by=self.command.user
        )
        own = {"revision": newer.revision, "recorded_at": self.command.at, "recorded_by": self.command.user}
        # Only changed columns: on a server, a role may not write every column.
        present = column_values(before)
        changed = {name: value for name, value in column_values(newer).items() if value != present[name]}
        self._ask_for_numbers(before, newer)
        if not update_row(self.connection, tables.table_of(type(record)), record.id, record.revision, changed | own):
            raise Stale(STALE_MESSAGE)
        self.written.append((before, newer))
        self.note_written(before, newer)
        if isinstance(newer, Case) and not search_index.has_same_search_keys(before, newer):
            search_index.replace_search_keys(self.connection, newer)
        if self.writes_own_history:
            self._keep_former(before, "CHANGED", self.command.reason_text.strip() or None)
            self._audit_change("ALTERATION", newer, *changed_fields(before, newer))
        return newer

    def strike_out(self, record: Record, reason: str, *, by: str | None = None, on: str | None = None) -> None:
        """Take out a record that was entered in error: it counts nowhere, and its last version says who, when and why.

        Args:
            record: The record as it was read.
            reason: Why; the audit has it, too.
            by: Who struck it out, where an import says so.
            on: When, where an import says so, as in its file.

        Raises:
            Stale: The record was saved or removed by someone else since its revision was read.
        """
        before = self._current(record)
        self.written.append((before, None))
        self.note_written(before, None)
        self.changed_case_refs.add(record.shown_on)
        if self.writes_own_history:
            table = tables.table_of(type(record))
            self.connection.execute(delete(table).where(table.c.id == record.id))
            self._keep_former(
                before, "DELETED", reason, struck_out_by=self.command.user if by is None else by, struck_out_on=on
            )
            words = f"{STRUCK_OUT_WORDS}{reason}"
            self._audit_change("ERASURE", before, to_json_fields(before), None, reason=words)
            return
        values = {"table_name": record.table, "record_id": record.id, "revision": record.revision}
        if not self.connection.scalar(
            transaction_context.STRIKE_OUT_SQL, {**values, "reason": reason, "on": on, "by": by}
        ):
            raise Stale(STALE_MESSAGE)

    def keep_struck_out(self, rows: Sequence[StruckOutRow]) -> None:
        """Keep records that an import brings struck out, so that they never counted here."""
        if not self.writes_own_history:
            part = [row.server_values() for row in rows]
            if part:
                self.connection.execute(transaction_context.KEEP_STRUCK_OUT_SQL, {"rows": dumps(part)})
            return
        former, act = tables.former_version, self.command
        for row in rows:
            record = replace(row.record, id=0, revision=1, recorded_at=act.at)
            self._keep_former(record, "DELETED", row.reason, struck_out_by=row.by, struck_out_on=row.on)
            words = f"{STRUCK_OUT_WORDS}{row.reason}"
            self._audit_change("ERASURE", record, to_json_fields(record), None, reason=words)
        self.connection.execute(update(former).where(former.c.record_id == 0).values(record_id=-former.c.id))

    def put_back(self, record: R, number: int) -> R:
        """Put back a record that was struck out, as a new one of who does so.

        Args:
            record: What it said.
            number: Of its struck-out version.

        Raises:
            Stale: Someone else put it back.
        """
        self.changed_case_refs.add(record.shown_on)
        if self.writes_own_history:
            former = tables.former_version
            self.connection.execute(
                update(former).where(former.c.id == number).values(struck_out_by=None, struck_out_on=None)
            )
            return self.add(record)
        self._ask_for_numbers(None, record)
        if not self.connection.scalar(transaction_context.RESTORE_SQL, {"number": number}):
            raise Stale(STALE_MESSAGE)
        restored = self.get(type(record), *record.identity)
        self.note_written(None, restored)
        return restored

    def remove(self, record: Record, reason: str) -> None:
        """Delete a record; its last version is kept in the history with the reason.

        Raises:
            Stale: The record was saved or removed by someone else since its revision was read.
        """
        table = tables.table_of(type(record))
        before = self._current(record)
        self.note_written(before, None)
        self.changed_case_refs.add(record.shown_on)
        search_index.delete_search_keys(self.connection, record)
        if not self.writes_own_history:
            self.connection.execute(transaction_context.SET_REMOVAL_REASON_SQL, {"reason": reason})
        done = self.connection.execute(
            delete(table).where(table.c.id == record.id, table.c.revision == record.revision)
        )
        if done.rowcount != 1:
            raise Stale(STALE_MESSAGE)
        if self.writes_own_history:
            self._keep_former(before, "DELETED", reason)
            self._audit_change("ERASURE", before, to_json_fields(before), None, reason=reason)

    def log(
        self,
        kind: str,
        *,
        object_type: str,
        object_ref: str,
        subject_ref: str | None,
        recipient: str = "",
        detail: dict[str, Any] | None = None,
    ) -> None:
        """Write an audit entry in this transaction."""
        if not self.writes_own_history:
            self.connection.execute(
                transaction_context.LOG_AUDIT_SQL,
                {
                    "kind": kind,
                    "object_type": object_type,
                    "object_ref": object_ref,
                    "subject_ref": subject_ref,
                    "recipient": recipient or None,
                    "detail": None if detail is None else dumps(detail),
                },
            )
            return
        self._audit(
            kind=kind,
            object_type=object_type,
            object_ref=object_ref,
            subject_ref=subject_ref,
            recipient=recipient or None,
            after=detail,
        )

    def _current(self, record: R) -> R:
        present = self.find_by_number(type(record), record.id)
        if present is None or present.revision != record.revision:
            raise Stale(STALE_MESSAGE)
        return present

    def _ask_for_numbers(self, before: Record | None, after: Record) -> None:
        """Have a server put on record which numbers are to be written; it refuses those of somebody else."""
        if written := dict(numbers_of(after).items() - numbers_of(before).items()):
            self.ask_numbers(written, "", self.command.workstation)

    def former_row(self, before: Record, ended: str, reason: str | None) -> dict[str, Any]:
        """Return the row that keeps a record as it was before this command."""
        return {
            "table_name": before.table,
            "record_id": before.id,
            "record_key": key_text(before),
            "revision": before.revision,
            "case_ref": getattr(before, "case_ref", None),
            "person_ref": getattr(before, "person_ref", None),
            "current_from": before.recorded_at,
            "current_to": self.command.at,
            "changed_by": self.command.user,
            "request": self.command.request or None,
            "ended": ended,
            "reason": reason,
            "data": to_json_fields(before),
        }

    def _keep_former(self, before: Record, ended: str, reason: str | None, **struck_out: str | None) -> None:
        row = self.former_row(before, ended, reason)
        insert_row(self.connection, tables.former_version, {**row, **struck_out})

    def _audit_change(
        self, kind: str, record: Record, before: dict[str, Any] | None, after: dict[str, Any] | None, reason: str = ""
    ) -> None:
        self._audit(
            kind=kind,
            object_type=record.table,
            object_ref=key_text(record),
            before=before,
            after=after,
            reason=reason,
            **_subject(record),
        )

    def _audit(self, *, reason: str = "", **entry: Any) -> None:  # noqa: ANN401 - the columns of the audit
        values = {
            "at": self.command.at,
            "actor": self.command.user,
            "actor_role": self.command.role,
            "workstation": self.command.workstation,
            "request": self.command.request or None,
            "reason_code": self.command.reason_code or None,
            "reason_text": reason or self.command.reason_text or None,
            **entry,
        }
        if "subject_ref" in entry:
            insert_row(self.connection, tables.audit, values)
        else:
            carry_out(self.connection, AUDIT_OF_A_CASE, values)


def _subject(record: Record) -> dict[str, str | None]:
    """Return whom an entry about a record is about: the person, or the case whose person they are."""
    if any(column.name == "person_ref" for column in columns_of(type(record))):
        return {"subject_ref": record.person_ref}  # type: ignore[attr-defined]  # asked for one line above
    case_ref = getattr(record, "case_ref", None)
    return {"subject_ref": None} if case_ref is None else {"case_of_subject": case_ref}
