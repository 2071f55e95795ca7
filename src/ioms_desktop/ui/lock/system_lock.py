"""The computer is locked or goes to sleep: told by the desktop where it tells (D-Bus, or a message of Windows)."""

import os
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import SLOT, QAbstractNativeEventFilter, QByteArray, QCoreApplication, QObject, QTimer, Signal, Slot
from typing_extensions import override

if TYPE_CHECKING:
    from PySide6.QtDBus import QDBusConnection

LOGIN_SERVICE = "org.freedesktop.login1"
LISTEN_DELAY_MS = 1_000
"""Milliseconds after which the window has been painted, so that a slow bus keeps nobody waiting for it."""
SCREEN_SAVER_SERVICES = ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver")
WM_WTSSESSION_CHANGE = 0x02B1
WTS_SESSION_LOCK = 0x7
WM_POWERBROADCAST = 0x0218
PBT_APMSUSPEND = 0x4


class SystemLockListener(QObject):
    """Listens to the system.

    Signals:
        locked: The screen was locked, or the computer goes to sleep.
    """

    locked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Listen where there is something to listen to; elsewhere the idle time alone counts."""
        super().__init__(parent)
        self._filter: _WindowsMessageFilter | None = None
        if sys.platform == "win32":
            self._filter = _WindowsMessageFilter(self)
            app = QCoreApplication.instance()
            if app is not None:
                app.installNativeEventFilter(self._filter)
        elif sys.platform.startswith("linux"):
            QTimer.singleShot(LISTEN_DELAY_MS, self, self.listen_on_buses)

    @Slot()
    def listen_on_buses(self) -> None:
        """Ask the buses of the desktop for word; where there are none, nothing is asked."""
        try:
            from PySide6.QtDBus import QDBusConnection  # noqa: PLC0415 - slow to import, and not there on every system
        except ImportError:
            return
        system, session = QDBusConnection.systemBus(), QDBusConnection.sessionBus()
        if system.isConnected():
            manager = "/org/freedesktop/login1"
            self._subscribe(system, LOGIN_SERVICE, manager, f"{LOGIN_SERVICE}.Manager", "PrepareForSleep", _SLEEP_SLOT)
            path = _own_session(system, manager)
            if path:
                self._subscribe(system, LOGIN_SERVICE, path, f"{LOGIN_SERVICE}.Session", "Lock", _LOCK_SLOT)
        if session.isConnected():
            for saver in SCREEN_SAVER_SERVICES:
                self._subscribe(session, "", "", saver, "ActiveChanged", _SLEEP_SLOT)

    def _subscribe(self, bus: "QDBusConnection", *told: str) -> None:
        *where, slot = told
        bus.connect(*where, self, slot)  # type: ignore[call-overload]  # a slot is text here, whatever its stub says

    @Slot(bool)
    def changing(self, begins: bool) -> None:
        """Take the word that sleep or the locked screen begins, or ends."""
        if begins:
            self.locked.emit()

    @Slot()
    def locking(self) -> None:
        """Take the word that the session is being locked."""
        self.locked.emit()

    def watch_window(self, handle: int) -> None:
        """Ask Windows for word about the session of a window; elsewhere nothing is to be asked for."""
        if sys.platform == "win32":
            import ctypes  # noqa: PLC0415 - only there

            ctypes.windll.wtsapi32.WTSRegisterSessionNotification(handle, 0)


_SLEEP_SLOT = SLOT("changing(bool)")
_LOCK_SLOT = SLOT("locking()")


def _own_session(system: "QDBusConnection", manager: str) -> str:
    """Ask for the session of this process; other people's sessions are none of our business."""
    from PySide6.QtDBus import QDBusInterface, QDBusMessage  # noqa: PLC0415 - as above

    asked = QDBusInterface(LOGIN_SERVICE, manager, f"{LOGIN_SERVICE}.Manager", system)
    asked.setTimeout(500)
    answer = asked.call("GetSessionByPID", os.getpid()) if asked.isValid() else None
    if answer is None or answer.type() != QDBusMessage.MessageType.ReplyMessage or not answer.arguments():
        return ""
    path = answer.arguments()[0]
    return str(path.path()) if hasattr(path, "path") else str(path)


class _WindowsMessageFilter(QAbstractNativeEventFilter):
    """Reads the messages of Windows."""

    def __init__(self, lock: SystemLockListener) -> None:
        super().__init__()
        self._lock = lock

    @override
    def nativeEventFilter(self, eventType: QByteArray | bytes | bytearray | memoryview, message: int) -> object:
        if sys.platform == "win32":
            from ctypes import wintypes  # noqa: PLC0415 - only there

            told = wintypes.MSG.from_address(int(message))
            locking = told.message == WM_WTSSESSION_CHANGE and told.wParam == WTS_SESSION_LOCK
            if locking or (told.message == WM_POWERBROADCAST and told.wParam == PBT_APMSUSPEND):
                self._lock.locked.emit()
        return False, 0
