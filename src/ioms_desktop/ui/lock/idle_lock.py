"""When nobody has been at the keyboard for five minutes the window is locked: by the clock on the wall.

Suspended, a computer counts no time of its own; the wall clock does, so that whoever opens the lid after lunch is asked
who they are. The second clock is there for whoever sets the first one back.
"""

import time
from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QWindow
from typing_extensions import override

from ioms_desktop.domain.drafts import DRAFT_LIFETIME
from ioms_desktop.domain.text_format import pluralise

EVERY = 1_000
MINUTE = 60
INPUT = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.KeyRelease,
        QEvent.Type.ShortcutOverride,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TabletPress,
        QEvent.Type.TabletMove,
        QEvent.Type.InputMethod,
    }
)


class Why(StrEnum):
    """Why a window was locked."""

    IDLE = "idle"
    SYSTEM = "system"
    USER = "user"
    ENDED = "ended"


class IdleLock(QObject):
    """Watches for a stretch of time without a key or the mouse.

    Signals:
        due: The window is to be locked; with the reason.
    """

    due = Signal(str)

    def __init__(
        self,
        limit: float,
        parent: QObject | None = None,
        *,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        """Watch from now on.

        Args:
            limit: Seconds without a key or the mouse after which it is due.
            parent: Who lives as long.
            wall: The clock that goes on while the computer sleeps.
            steady: The clock that nobody can set.
        """
        super().__init__(parent)
        self._limit, self._wall, self._steady = limit, wall, steady
        self._said = self._stopped = False
        self._last = (wall(), steady())
        # Windows are listened to, not the application: its filter would see every event of every widget, paint too.
        for window in QGuiApplication.allWindows():
            window.installEventFilter(self)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self._listen)
        self.timer = QTimer(self)
        self.timer.setInterval(EVERY)
        self.timer.timeout.connect(self.look)
        self.timer.start()

    @Slot(QWindow)
    def _listen(self, window: QWindow | None) -> None:
        if window is not None:
            window.removeEventFilter(self)
            window.installEventFilter(self)

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        wall, steady = self._last
        return self._wall() - wall >= self._limit or self._steady() - steady >= self._limit

    @Slot()
    def look(self) -> None:
        """Lock when the time is up."""
        if self.over and not self._said:
            self._said = True
            self.timer.stop()
            self.due.emit(Why.IDLE)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in INPUT and not self._stopped:
            if self._said or self.over:
                self.look()  # the first key after a sleep must not be taken for somebody who was there all along
                return True
            self._last = (self._wall(), self._steady())
        return False

    def stop(self) -> None:
        """Watch no longer."""
        self.timer.stop()
        self._said = self._stopped = True  # keys are for the next window now


UNPROVED = "You sign in without a password: lock this computer too when you leave it."
ENDED = "The server lets you in no more, and the window was closed"


def locked_words(said: str, limit: float) -> str:
    """Say in the sign-in window why it is shown.

    Args:
        said: The reason, behind a space whether what was typed is ``kept``, and behind another one ``unasked`` where
            nothing has to be typed to sign in again: a lock then protects what was in memory, and not the desk.
        limit: Seconds after which an idle window is locked.
    """
    why, kept, unasked = [*said.split(), "", "", ""][:3]
    if why == Why.ENDED:
        stay = f"stay encrypted on this computer for {DRAFT_LIFETIME.days} days, and open only if you are let in again"
        entries = f"Unsaved entries {stay}." if kept == "kept" else "What had not been saved could not be kept."
        return f"{ENDED}. {entries} Sign in again if your password was changed, or ask an administrator."
    also = f" {UNPROVED}" if unasked else ""
    minutes = pluralise(max(1, round(limit / MINUTE)), "minute")
    reasons = {Why.IDLE: f"Locked after {minutes}", Why.SYSTEM: "Locked with the computer"}
    reason = reasons.get(why, "Locked")  # type: ignore[call-overload]  # whatever the environment says is looked up
    if kept == "kept":
        return f"{reason}; your unsaved entries are kept.{also}"
    return f"{reason}. What had not been saved could not be kept on this computer; look at your last entries.{also}"
