"""Saves the draft of a form: two seconds after the last key, and every ten seconds while keys keep coming.

``services.drafts`` writes it encrypted, off the interface thread. It is deleted only when the record was saved for
certain, or when the user discards it.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from uuid import uuid4
from weakref import WeakSet

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from ioms_desktop.domain.drafts import Draft
from ioms_desktop.domain.errors import Refused
from ioms_desktop.services import drafts
from ioms_desktop.services.session import Session
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.tasks import Tasks, ignore

IDLE_SAVE_DELAY_MS = 2_000
MAX_SAVE_DELAY_MS = 10_000


@dataclass(frozen=True, slots=True)
class Origin:
    """What a form was opened on.

    Attributes:
        form: The name of the form, which an action names in its ``drafts``.
        case_ref: The case; empty for none.
        about: The record; empty for none.
        revision: The record's revision as it was read; 0 for none.
        is_note: Whether what is kept under the name is a note that something is to be answered: the form neither writes
            over it nor takes it away, and what answers it does.
    """

    form: str
    case_ref: str = ""
    about: str = ""
    revision: int = 0
    is_note: bool = False


class _WriteOrder:
    """Makes the newest write of one draft win, whichever thread runs first; `newest` is its number."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.newest = self._newest_done = 0

    def issue(self) -> int:
        self.newest += 1
        return self.newest

    def run_if_newest(self, number: int, act: Callable[[], object]) -> None:
        with self._lock:
            if number > self._newest_done:
                self._newest_done = number
                act()


class DraftNotifier(QObject):
    """Signals that unsaved entries were added or removed."""

    changed = Signal()


@cache
def draft_notifier() -> DraftNotifier:
    """Return the notifier of this process."""
    return DraftNotifier()


_OPEN_FORMS: WeakSet["DraftAutosave"] = WeakSet()


class DraftAutosave(QObject):
    """Saves the draft of one form.

    Signals:
        draft_saved: The draft on the disk equals the form.
        save_failed: The draft could not be written; with the sentence that says why.
    """

    draft_saved = Signal()
    save_failed = Signal(str)

    def __init__(self, session: Session, tasks: Tasks, form: Form, origin: Origin, parent: QWidget) -> None:
        """Begin to watch a form.

        Args:
            parent: The dialog around the form.
        """
        super().__init__(parent)
        self.session, self.origin = session, origin
        self.id, self.request = uuid4().hex, str(uuid4())
        self._tasks, self._form, self._dialog = tasks, form, parent
        self._write_order = _WriteOrder()
        self._on_disk = self._stopped = False
        self.idle_timer, self.max_delay_timer = QTimer(self), QTimer(self)
        for timer, wait in ((self.idle_timer, IDLE_SAVE_DELAY_MS), (self.max_delay_timer, MAX_SAVE_DELAY_MS)):
            timer.setSingleShot(True)
            timer.setInterval(wait)
            timer.timeout.connect(self.flush)
        form.changed.connect(self._schedule_save)
        _OPEN_FORMS.add(self)

    @property
    def can_save(self) -> bool:
        """Whether drafts of the form can be saved on this computer for this user."""
        return not self.origin.is_note and drafts.can_keep_drafts(self.session)

    @property
    def is_open(self) -> bool:
        """Whether the form is still open."""
        return not self._stopped and shiboken6.isValid(self._form)

    @Slot()
    def _schedule_save(self) -> None:
        if self._stopped or not self.can_save:
            return
        self.idle_timer.start()
        if not self.max_delay_timer.isActive():
            self.max_delay_timer.start()

    @Slot()
    def flush(self) -> None:
        """Write the draft, off the interface thread."""
        if not self._stopped and self.can_save and (self._on_disk or self._form.is_dirty):
            write, number = self.pending_write(), self._write_order.newest
            self._tasks.run(self, write, lambda _: self._report_saved(number), self.save_failed.emit)

    def pending_write(self) -> Callable[[], None]:
        """Read the form and give what writes it, to be run on any thread; later writes win over earlier ones."""
        self.idle_timer.stop()
        self.max_delay_timer.stop()
        draft = self.current_draft() if self._form.is_dirty and self.can_save else None
        number, session = self._write_order.issue(), self.session
        if draft is not None:
            self._on_disk = True
            return partial(self._write_order.run_if_newest, number, partial(drafts.save_draft, session, draft))
        gone, self._on_disk = self._on_disk, False
        return (
            partial(self._write_order.run_if_newest, number, partial(drafts.delete_draft, session, self.id))
            if gone
            else _no_write
        )

    def _report_saved(self, number: int) -> None:
        if self._on_disk and number == self._write_order.newest and not self.idle_timer.isActive():
            self.draft_saved.emit()

    def current_draft(self) -> Draft:
        """Make a draft of the form as it is filled in."""
        origin, focused = self.origin, self._dialog.focusWidget()
        inside = (field for field in self._form.fields if focused is field or field.isAncestorOf(focused or field))
        has_focus = next((field.name for field in inside if focused is not None), "")
        return Draft(
            id=self.id,
            form=origin.form,
            request=self.request,
            saved_at=self.session.clock(),
            case_ref=origin.case_ref,
            about=origin.about,
            revision=origin.revision,
            fields=self._form.kept(),
            focus=has_focus,
            words=self._form.describe_changes(),
            cases=self._form.named_cases(),
        )

    def adopt(self, draft: Draft) -> None:
        """Continue a saved draft: its file, its request and the revision it was typed on; a note stays as it is."""
        if self.origin.is_note:
            return
        self.id, self.request = draft.id, draft.request
        self.origin = replace(self.origin, revision=draft.revision)
        self._on_disk = True

    def save_for_later(self, then: Callable[[], object], failed: Callable[[str], None]) -> None:
        """Save the draft while the form still stands.

        Args:
            then: Called once the draft is on the disk; closes the form.
            failed: Called with the sentence that says why it could not be written; the form stays.
        """

        def done(_: object) -> None:
            self._stop()
            then()
            draft_notifier().changed.emit()

        def faulty(reference: str) -> None:
            failed(f"It could not be kept for later, and is still here. The reference is {reference}.")

        self._tasks.run(self, self.pending_write(), done, failed, faulty)

    def save_and_stop(self, failed: Callable[[str], None]) -> None:
        """Save the draft of a form that closes at once.

        Args:
            failed: Called with the sentence that says why it could not be written.
        """
        self._tasks.run(draft_notifier(), self.pending_write(), lambda _: draft_notifier().changed.emit(), failed)
        self._stop()

    def delete_draft(self) -> None:
        """Delete the draft: the record was saved, or the user discarded it."""
        session, number = self.session, self._write_order.issue()
        if self._on_disk:
            forget = partial(self._write_order.run_if_newest, number, partial(drafts.delete_draft, session, self.id))
            # A draft that could not be deleted is found to be saved at the next sign-in.
            self._tasks.run(draft_notifier(), forget, lambda _: draft_notifier().changed.emit(), ignore)
        self._on_disk = False
        self._stop()

    def _stop(self) -> None:
        self._stopped = True
        self.idle_timer.stop()
        self.max_delay_timer.stop()
        _OPEN_FORMS.discard(self)


def open_draft_ids(session: Session) -> frozenset[str]:
    """List the ids of the drafts that are in an open form."""
    return frozenset(keeper.id for keeper in _OPEN_FORMS if keeper.is_open and keeper.session is session)


def pending_writes(session: Session) -> list[Callable[[], None]]:
    """Read every open form and return what writes each; for a window that must close at once."""
    return [
        keeper.pending_write()
        for keeper in list(_OPEN_FORMS)
        if keeper.is_open and keeper.can_save and keeper.session is session
    ]


def write_open_drafts(session: Session, timeout_s: float) -> bool:
    """Write the draft of every open form, and wait for that at most some seconds.

    Returns:
        Whether every draft is on the disk.
    """
    due = pending_writes(session)
    done: list[bool] = []
    writing = threading.Thread(target=_write_in_turn, args=(due, done), daemon=True)
    writing.start()
    writing.join(timeout_s)
    return len(done) == len(due) and all(done)


def _write_in_turn(due: list[Callable[[], None]], done: list[bool]) -> None:
    for write in due:
        try:
            write()
            done.append(True)
        except Refused:
            done.append(False)


def _no_write() -> None:
    """There is no draft on the disk, and none is to be written."""
