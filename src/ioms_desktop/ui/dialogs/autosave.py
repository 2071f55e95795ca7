"""What stands in a form is kept while one types: two seconds after the last key, every ten while keys keep coming.

Written off the interface thread, encrypted, by ``services.drafts``. It is taken away only when the save was
acknowledged, or when whoever typed it throws it away.
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
from ioms_desktop.services.session import Desk
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.tasks import Tasks

IDLE = 2_000
LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class Origin:
    """What a form was opened on.

    Attributes:
        form: Which form it is, as ``draft_forms`` knows it.
        case_ref: The case; empty for none.
        about: The record; empty for none.
        revision: The record's revision as it was read; 0 for none.
    """

    form: str
    case_ref: str = ""
    about: str = ""
    revision: int = 0


class _Turns:
    """Lets the newest wish about one entry win, whichever thread comes to it first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._given = self._done = 0

    def next(self) -> int:
        self._given += 1
        return self._given

    def take(self, number: int, act: Callable[[], object]) -> None:
        with self._lock:
            if number > self._done:
                self._done = number
                act()


class Watch(QObject):
    """Tells that unsaved entries were left behind or taken away."""

    changed = Signal()


@cache
def watch() -> Watch:
    """Give the one that tells."""
    return Watch()


_OPEN: WeakSet["DraftKeeper"] = WeakSet()


class DraftKeeper(QObject):
    """Keeps one form.

    Signals:
        kept: It stands on the disk as it stands in the form.
        not_kept: It could not be written; with the sentence that says why.
    """

    kept = Signal()
    not_kept = Signal(str)

    def __init__(self, desk: Desk, tasks: Tasks, form: Form, origin: Origin, parent: QWidget) -> None:
        """Begin to watch a form.

        Args:
            desk: Whose entry it is.
            tasks: Where it is written.
            form: What is kept.
            origin: What the form was opened on.
            parent: The dialog around the form.
        """
        super().__init__(parent)
        self.desk, self.origin = desk, origin
        self.id, self.request = uuid4().hex, str(uuid4())
        self._tasks, self._form, self._dialog = tasks, form, parent
        self._turns = _Turns()
        self._on_disk = self._over = False
        self.rest, self.longest = QTimer(self), QTimer(self)
        for timer, wait in ((self.rest, IDLE), (self.longest, LONGEST)):
            timer.setSingleShot(True)
            timer.setInterval(wait)
            timer.timeout.connect(self.flush)
        form.changed.connect(self._typed)
        _OPEN.add(self)

    @property
    def able(self) -> bool:
        """Whether anything can be kept here."""
        return drafts.can_keep_drafts(self.desk)

    @property
    def live(self) -> bool:
        """Whether its form is still open."""
        return not self._over and shiboken6.isValid(self._form)

    @Slot()
    def _typed(self) -> None:
        if self._over or not self.able:
            return
        self.rest.start()
        if not self.longest.isActive():
            self.longest.start()

    @Slot()
    def flush(self) -> None:
        """Write what stands in the form, off the interface thread."""
        if not self._over and self.able and (self._on_disk or self._form.dirty):
            self._tasks.run(self, self.due(), lambda _: self._written(), self.not_kept.emit)

    def due(self) -> Callable[[], None]:
        """Read the form and give what writes it, to be run on any thread; later writes win over earlier ones."""
        self.rest.stop()
        self.longest.stop()
        draft = self.read() if self._form.dirty and self.able else None
        number, desk = self._turns.next(), self.desk
        if draft is not None:
            self._on_disk = True
            return partial(self._turns.take, number, partial(drafts.save_draft, desk, draft))
        gone, self._on_disk = self._on_disk, False
        return partial(self._turns.take, number, partial(drafts.delete_draft, desk, self.id)) if gone else _nothing

    def _written(self) -> None:
        if self._on_disk and not self.rest.isActive():
            self.kept.emit()

    def read(self) -> Draft:
        """Give what stands in the form as an entry to keep."""
        origin, focused = self.origin, self._dialog.focusWidget()
        inside = (field for field in self._form.fields if focused is field or field.isAncestorOf(focused or field))
        has_focus = next((field.name for field in inside if focused is not None), "")
        return Draft(
            id=self.id,
            form=origin.form,
            request=self.request,
            saved_at=self.desk.clock(),
            case_ref=origin.case_ref,
            about=origin.about,
            revision=origin.revision,
            fields=self._form.kept(),
            focus=has_focus,
            words=self._form.words(),
        )

    def adopt(self, draft: Draft) -> None:
        """Go on with an entry that was kept before: its file, its number, the revision it was typed on."""
        self.id, self.request = draft.id, draft.request
        self.origin = replace(self.origin, revision=draft.revision)
        self._on_disk = True

    def leave(self) -> None:
        """Keep what stands in the form for later; the form closes."""
        self._tasks.run(watch(), self.due(), lambda _: watch().changed.emit(), self.not_kept.emit)
        self._end()

    def drop(self) -> None:
        """Take the entry away: it was saved, or is not wanted."""
        desk, number = self.desk, self._turns.next()
        if self._on_disk:
            forget = partial(self._turns.take, number, partial(drafts.delete_draft, desk, self.id))
            self._tasks.run(watch(), forget, lambda _: watch().changed.emit(), _silent)
        self._on_disk = False
        self._end()

    def _end(self) -> None:
        self._over = True
        self.rest.stop()
        self.longest.stop()
        _OPEN.discard(self)


def open_ids(desk: Desk) -> frozenset[str]:
    """Number the entries that stand in an open form."""
    return frozenset(keeper.id for keeper in _OPEN if keeper.live and keeper.desk is desk)


def everything_due(desk: Desk) -> list[Callable[[], None]]:
    """Read every open form and give what writes each; for when the window must close at once."""
    return [keeper.due() for keeper in list(_OPEN) if keeper.live and keeper.able and keeper.desk is desk]


def write_all(desk: Desk, patience: float) -> bool:
    """Write every open form and wait for it, but not for ever.

    Args:
        desk: Whose forms.
        patience: Seconds to wait at most.

    Returns:
        Whether all of it is on the disk.
    """
    due = everything_due(desk)
    done: list[bool] = []
    writing = threading.Thread(target=_write, args=(due, done), daemon=True)
    writing.start()
    writing.join(patience)
    return len(done) == len(due) and all(done)


def _write(due: list[Callable[[], None]], done: list[bool]) -> None:
    for write in due:
        try:
            write()
            done.append(True)
        except Refused:
            done.append(False)


def _nothing() -> None:
    """Nothing is on the disk, and nothing is to be."""


def _silent(sentence: str) -> None:
    del sentence  # an entry that could not be taken away is found to be saved at the next sign-in
