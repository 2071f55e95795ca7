"""Lock the window when the user has been idle for too long, by the wall clock.

A suspended computer does not count its own running time, but the wall clock goes on, so that the window is locked when
the lid is opened again. The monotonic clock is used too, in case the wall clock is set back.
"""

import time
from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QWindow
from typing_extensions import override

from ioms_desktop.domain.drafts import DRAFT_LIFETIME
from ioms_desktop.domain.text_format import pluralise

CHECK_INTERVAL_MS = 1_000
MINUTE_S = 60
USER_INPUT_EVENTS = frozenset(
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


class LockReason(StrEnum):
    """Why a window was locked."""

    IDLE = "idle"
    SYSTEM = "system"
    USER = "user"
    ENDED = "ended"


class IdleLock(QObject):
    """Detects that keyboard and mouse have not been used for a time.

    Signals:
        lock_requested: The window must be locked; carries the reason.
    """

    lock_requested = Signal(str)

    def __init__(
        self,
        limit_s: float,
        parent: QObject | None = None,
        *,
        wall_clock: Callable[[], float] = time.time,
        monotonic_clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start watching.

        Args:
            limit_s: Idle time in seconds after which the window is locked.
            parent: The Qt parent.
            wall_clock: A clock that goes on while the computer is suspended.
            monotonic_clock: A clock that cannot be set.
        """
        super().__init__(parent)
        self._limit_s, self._wall_clock, self._monotonic_clock = limit_s, wall_clock, monotonic_clock
        self._requested = self._stopped = False
        self._last_input = (wall_clock(), monotonic_clock())
        # Filter the events of windows, not of the application: its filter would see every event of every widget.
        for window in QGuiApplication.allWindows():
            window.installEventFilter(self)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self._watch_window)
        self.timer = QTimer(self)
        self.timer.setInterval(CHECK_INTERVAL_MS)
        self.timer.timeout.connect(self.check)
        self.timer.start()

    @Slot(QWindow)
    def _watch_window(self, window: QWindow | None) -> None:
        if window is not None:
            window.removeEventFilter(self)
            window.installEventFilter(self)

    @property
    def is_expired(self) -> bool:
        """Whether the idle time has passed the limit."""
        wall, steady = self._last_input
        return self._wall_clock() - wall >= self._limit_s or self._monotonic_clock() - steady >= self._limit_s

    def idle_seconds(self) -> float:
        """Return for how long nobody has pressed a key or moved the mouse."""
        return self._monotonic_clock() - self._last_input[1]

    @Slot()
    def check(self) -> None:
        """Request the lock if the idle time has passed the limit."""
        if self.is_expired and not self._requested:
            self._requested = True
            self.timer.stop()
            self.lock_requested.emit(LockReason.IDLE)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in USER_INPUT_EVENTS and not self._stopped:
            if self._requested or self.is_expired:
                self.check()  # first: a key pressed after a suspension does not mean that the user was never away
                return True
            self._last_input = (self._wall_clock(), self._monotonic_clock())
        return False

    def stop(self) -> None:
        """Stop watching."""
        self.timer.stop()
        self._requested = self._stopped = True  # from now on, keys belong to the next window


NO_PASSWORD_WARNING = "You sign in without a password: lock this computer too when you leave it."
ACCESS_ENDED_MESSAGE = "Your access was withdrawn, so the window was closed"


def describe_lock(lock_state: str, limit_s: float) -> str:
    """Explain in the sign-in window why it is shown.

    Args:
        lock_state: Words separated by spaces: the reason; ``kept`` if drafts were saved; and ``unasked`` if anyone
            can sign in again without typing anything, so that a lock clears the memory but does not keep others out.
        limit_s: Idle time in seconds after which the window is locked.
    """
    why, kept, unasked = [*lock_state.split(), "", "", ""][:3]
    if why == LockReason.ENDED:
        stay = f"stay encrypted on this computer for {DRAFT_LIFETIME.days} days, and open only if you are let in again"
        entries = f"Unsaved entries {stay}." if kept == "kept" else "What had not been saved could not be kept."
        return f"{ACCESS_ENDED_MESSAGE}. {entries} Sign in again if your password was changed, or ask an administrator."
    also = f" {NO_PASSWORD_WARNING}" if unasked else ""
    minutes = pluralise(max(1, round(limit_s / MINUTE_S)), "minute")
    reasons = {LockReason.IDLE: f"Locked after {minutes}", LockReason.SYSTEM: "Locked with the computer"}
    reason = reasons.get(why, "Locked")  # type: ignore[call-overload]  # any text from the environment is looked up
    if kept == "kept":
        return f"{reason}; your unsaved entries are kept.{also}"
    return f"{reason}. What had not been saved could not be kept on this computer; look at your last entries.{also}"
