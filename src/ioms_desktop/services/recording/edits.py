"""The frame of every command that changes one record: find it, check, change, check the outcome, save."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.records.record import Record
from ioms_desktop.services.commands import add_record, run_command
from ioms_desktop.services.edit_conflicts import EditCommand, apply_edit, get_record_to_edit, save_edit
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage.transaction import Transaction

R = TypeVar("R", bound=Record)


class EditRequest(EditCommand, Protocol):
    """An edit command that is sent once, however often its answer is lost."""

    @property
    def request(self) -> str:
        """The number of the request; empty where it need not be recognised."""


def _no_check(*_: object) -> None:
    """Nothing more is to be checked."""


def _no_refusal(_record: object) -> str:
    """Every version takes the change."""
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit(Generic[R]):
    """What one command does to one record.

    None of the checks is made for a command: one that must not write to a closed case says so in `before`.

    Attributes:
        change: Makes the record as the user would have it of the version they read; raises what forbids it.
        notice: The message for the user, from the record that is to be saved.
        topics: What changes for other windows.
        ref: The reference of the outcome.
        before: Raises what forbids the command, given the stored record.
        refusal: Why the stored record no longer accepts such a change; empty where it does.
        after: Raises what forbids the outcome, or stores what belongs to it, given the record as it is stored and as it
            is to be saved. After a conflict that is the record the two users' changes were merged into, so what must
            hold of the stored record is checked here and not in `change` alone.
    """

    change: Callable[[R], R]
    notice: Callable[[R], str]
    topics: frozenset[Topic]
    ref: str
    before: Callable[[Transaction, R], object] = _no_check
    refusal: Callable[[R], str] = _no_refusal
    after: Callable[[Transaction, R, R], object] = _no_check

    def apply(self, session: Session, tx: Transaction, entry: EditCommand, current: R) -> Outcome:
        """Apply the edit to a record that was found.

        Raises:
            EditConflict: Someone else saved the record since it was read.
            Refused: A check forbids it.
        """
        self.before(tx, current)
        edited = apply_edit(session, tx, entry, current, self.change, refusal=self.refusal(current))
        self.after(tx, current, edited.record)
        return save_edit(tx, edited, notice=self.notice(edited.record), topics=self.topics, ref=self.ref)


def run_edit(
    session: Session, name: str, right: Right, entry: EditRequest, record: tuple[type[R], str], edit: Edit[R]
) -> Outcome:
    """Run a command that changes one record.

    Args:
        name: The command's name in the audit.
        right: What the role must include.
        record: The type and the reference of the record to be changed.
        edit: What the command does to it.

    Raises:
        NotAllowed: The role does not include the right, or the case is open by break-glass access only.
        Missing: The record is not there for this user.
        EditConflict: Someone else saved it since it was read.
        RecordRemoved: Someone else removed it.
        Refused: A check of the command forbids it.
    """

    def do(tx: Transaction) -> Outcome:
        return edit.apply(session, tx, entry, get_record_to_edit(session, tx, *record))

    return run_command(session, name, right, entry.request, do)


def add_or_edit(session: Session, tx: Transaction, entry: EditCommand, new: R, edit: Edit[R]) -> Outcome:
    """Add a record, or edit the one that has its key already.

    Raises:
        EditConflict: Someone else saved the record since it was read.
        Refused: A check forbids it.
    """
    found = tx.find(type(new), *new.identity)
    if found is not None:
        return edit.apply(session, tx, entry, found)
    add_record(tx, new)
    return Outcome(notice=edit.notice(new), changed=edit.topics, ref=edit.ref)
