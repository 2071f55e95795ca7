"""Detect that the computer is locked or suspended, by D-Bus or by a Windows message."""

import os
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import SLOT, QAbstractNativeEventFilter, QByteArray, QCoreApplication, QObject, QTimer, Signal, Slot
from typing_extensions import override

if TYPE_CHECKING:
    from PySide6.QtDBus import QDBusConnection

LOGIN_SERVICE = "org.freedesktop.login1"
LISTEN_DELAY_MS = 1_000
"""Delay in milliseconds after the window was painted, so that a slow bus does not delay it."""
SCREEN_SAVER_SERVICES = ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver")
WM_WTSSESSION_CHANGE = 0x02B1
WTS_SESSION_LOCK = 0x7
WM_POWERBROADCAST = 0x0218
PBT_APMSUSPEND = 0x4


class SystemLockListener(QObject):
    """Listens to the operating system.

    Signals:
        locked: The screen was locked, or the computer is about to be suspended.
    """

    locked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Start listening; on systems that send no such messages only the idle time counts."""
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
        """Subscribe to the D-Bus signals of the desktop environment; does nothing where there is no bus."""
        try:
            from PySide6.QtDBus import QDBusConnection  # noqa: PLC0415 - slow to import, and missing on some systems
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
        bus.connect(*where, self, slot)  # type: ignore[call-overload]  # PySide6 takes a slot as text here, unlike its stub

    @Slot(bool)
    def changing(self, begins: bool) -> None:
        """Handle the signal that a suspension or the screen lock begins or ends."""
        if begins:
            self.locked.emit()

    @Slot()
    def locking(self) -> None:
        """Handle the signal that the login session is being locked."""
        self.locked.emit()

    def watch_window(self, handle: int) -> None:
        """Subscribe to the Windows session messages of a window; does nothing on other systems."""
        if sys.platform == "win32":
            import ctypes  # noqa: PLC0415 - Windows only

            ctypes.windll.wtsapi32.WTSRegisterSessionNotification(handle, 0)


_SLEEP_SLOT = SLOT("changing(bool)")
_LOCK_SLOT = SLOT("locking()")


def _own_session(system: "QDBusConnection", manager: str) -> str:
    """Return the login session of this process; the sessions of other users are ignored."""
    from PySide6.QtDBus import QDBusInterface, QDBusMessage  # noqa: PLC0415 - as above

    asked = QDBusInterface(LOGIN_SERVICE, manager, f"{LOGIN_SERVICE}.Manager", system)
    asked.setTimeout(500)
    answer = asked.call("GetSessionByPID", os.getpid()) if asked.isValid() else None
    if answer is None or answer.type() != QDBusMessage.MessageType.ReplyMessage or not answer.arguments():
        return ""
    path = answer.arguments()[0]
    return str(path.path()) if hasattr(path, "path") else str(path)


class _WindowsMessageFilter(QAbstractNativeEventFilter):
    """Reads Windows messages."""

    def __init__(self, lock: SystemLockListener) -> None:
        super().__init__()
        self._lock = lock

    @override
    def nativeEventFilter(self, eventType: QByteArray | bytes | bytearray | memoryview, message: int) -> object:
        if sys.platform == "win32":
            from ctypes import wintypes  # noqa: PLC0415 - Windows only

            told = wintypes.MSG.from_address(int(message))
            locking = told.message == WM_WTSSESSION_CHANGE and told.wParam == WTS_SESSION_LOCK
            if locking or (told.message == WM_POWERBROADCAST and told.wParam == PBT_APMSUSPEND):
                self._lock.locked.emit()
        return False, 0
