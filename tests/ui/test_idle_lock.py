"""Nobody at the keyboard: the process that holds the data ends, what was typed is kept, and one that is empty asks."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ioms_desktop.services.process_isolation import LOCK_REASON_VARIABLE, restart_process
from ioms_desktop.settings import IDLE_LOCK_SECONDS, Settings
from ioms_desktop.ui.lock.idle_lock import CHECK_INTERVAL_MS, IdleLock, LockReason, describe_lock
from ioms_desktop.ui.lock.system_lock import SystemLockListener
from ui.case_sessions import filled, session_of
from ui.hands import CTRL, press, show
from ui.window_at_work import at_work

LIMIT = 300.0


@dataclass
class Clocks:
    """The clock on the wall and the one that nobody can set."""

    wall: float = 1_000_000.0
    steady: float = 50.0

    def both(self, seconds: float) -> None:
        """Let time pass."""
        self.wall += seconds
        self.steady += seconds


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    show(qtbot, made)
    return made


@pytest.fixture
def watched(page: QWidget, clocks: Clocks) -> Iterator[tuple[IdleLock, list[str]]]:
    assert page.isVisible()
    lock = IdleLock(LIMIT, wall_clock=lambda: clocks.wall, monotonic_clock=lambda: clocks.steady)
    told: list[str] = []
    lock.lock_requested.connect(told.append)
    yield lock, told
    lock.stop()


def key(page: QWidget) -> None:
    """Press a key as a keyboard does: the window gets it first."""
    window = page.windowHandle()
    assert window is not None
    QTest.keyClick(window, Qt.Key.Key_A)
    QApplication.processEvents()


def move_over(page: QWidget) -> None:
    """Move the mouse over a page."""
    QTest.mouseMove(page, QPoint(20, 20))


def click_on(page: QWidget) -> None:
    """Press the mouse on a page."""
    window = page.windowHandle()
    assert window is not None
    QTest.mouseClick(window, Qt.MouseButton.LeftButton)


def test_five_minutes_without_a_key_and_not_a_second_before(
    watched: tuple[IdleLock, list[str]], clocks: Clocks
) -> None:
    lock, told = watched
    assert (IDLE_LOCK_SECONDS, CHECK_INTERVAL_MS, lock.timer.interval(), lock.timer.isActive()) == (
        LIMIT,
        1_000,
        1_000,
        True,
    )
    clocks.both(LIMIT - 1)
    lock.check()
    assert told == []
    clocks.both(1)
    lock.check()
    lock.check()
    assert told == [LockReason.IDLE]


def test_a_key_and_the_mouse_put_it_off(watched: tuple[IdleLock, list[str]], clocks: Clocks, page: QWidget) -> None:
    lock, told = watched
    for touch in (key, move_over, click_on):
        clocks.both(LIMIT - 1)
        touch(page)
        QApplication.processEvents()
        lock.check()
        assert told == []
    clocks.both(LIMIT)
    lock.check()
    assert told == [LockReason.IDLE]


def test_a_computer_that_slept_is_locked_before_the_first_key_counts(
    watched: tuple[IdleLock, list[str]], clocks: Clocks, page: QWidget
) -> None:
    lock, told = watched
    typed: list[int] = []
    page.keyPressEvent = lambda event: typed.append(event.key())  # type: ignore[method-assign]
    key(page)
    assert len(typed) == 1
    clocks.wall += 3600  # asleep: the steady clock stood still
    key(page)
    assert told == [LockReason.IDLE]
    assert len(typed) == 1
    assert not lock.timer.isActive()


def test_a_wall_clock_set_back_gives_no_longer_a_stay(watched: tuple[IdleLock, list[str]], clocks: Clocks) -> None:
    lock, told = watched
    clocks.steady += LIMIT
    clocks.wall -= 86_400
    lock.check()
    assert told == [LockReason.IDLE]


def test_one_that_watches_no_longer_takes_nobodys_keys(
    watched: tuple[IdleLock, list[str]], clocks: Clocks, page: QWidget
) -> None:
    lock, told = watched
    typed: list[int] = []
    page.keyPressEvent = lambda event: typed.append(event.key())  # type: ignore[method-assign]
    lock.stop()
    clocks.both(LIMIT)
    key(page)
    assert (len(typed), told) == (1, [])


def test_a_window_opened_later_counts_too(watched: tuple[IdleLock, list[str]], clocks: Clocks, qtbot: QtBot) -> None:
    lock, told = watched
    other = QWidget()
    qtbot.addWidget(other)
    show(qtbot, other)
    clocks.both(LIMIT - 1)
    key(other)
    clocks.both(LIMIT - 1)
    lock.check()
    assert told == []


def test_the_sign_in_window_says_why_it_is_shown() -> None:
    assert describe_lock("idle kept", LIMIT) == "Locked after five minutes; your unsaved entries are kept."
    assert describe_lock("user kept", LIMIT) == "Locked; your unsaved entries are kept."
    assert describe_lock("system kept", LIMIT) == "Locked with the computer; your unsaved entries are kept."
    assert "could not be kept" in describe_lock("idle lost", LIMIT)
    assert describe_lock("what is this", LIMIT).startswith("Locked.")


def test_a_lock_says_what_it_does_not_protect_where_nothing_is_typed() -> None:
    said = "You sign in without a password: lock this computer too when you leave it."
    assert describe_lock("idle kept unasked", LIMIT).endswith(f"entries are kept. {said}")
    assert describe_lock("system lost unasked", LIMIT).endswith(said)
    assert said not in describe_lock("idle kept", LIMIT)


@pytest.mark.usefixtures("qapp")
def test_a_locked_screen_and_sleep_lock_and_their_ends_do_not() -> None:
    system = SystemLockListener()
    told: list[int] = []
    system.locked.connect(lambda: told.append(1))
    system.changing(False)
    assert told == []
    system.changing(True)
    system.locking()
    assert told == [1, 1]


LISTENER = """
import os, sys
os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = os.environ["DBUS_SESSION_BUS_ADDRESS"]
from PySide6.QtCore import SLOT, QCoreApplication, QObject, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage
from ioms_desktop.ui.lock.system_lock import SystemLockListener
app = QCoreApplication([])
class End(QObject):
    left = 2
    @Slot()
    def come(self):
        self.left -= 1
        if not self.left:
            app.quit()
system = SystemLockListener()
system.listen_on_buses()
told = []
system.locked.connect(lambda: told.append(1))
end = End()  # what one sends comes to another in order, so what comes last comes after everything else
for bus in (QDBusConnection.systemBus(), QDBusConnection.sessionBus()):
    assert bus.connect("", "/end", "the.end", "Come", end, SLOT("come()"))
    bus.interface().isServiceRegistered("the.end")  # answered once the bus knows what is listened to
other = QDBusConnection.connectToBus(QDBusConnection.BusType.SessionBus, "the desktop")
def say(path, interface, name, value):
    message = QDBusMessage.createSignal(path, interface, name)
    message.setArguments([value])
    other.send(message)
say("/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep", False)
say("/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged", False)
say("/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged", True)
say("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", True)
other.send(QDBusMessage.createSignal("/end", "the.end", "Come"))
app.exec()
print(len(told))
"""


@pytest.mark.skipif(not Path("/usr/bin/dbus-run-session").exists(), reason="needs a D-Bus daemon to try it on")
def test_a_screen_that_is_locked_is_heard_on_a_real_bus() -> None:
    command = ["/usr/bin/dbus-run-session", "--", sys.executable, "-c", LISTENER]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "2"


def test_no_password_is_handed_to_the_next_process(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, object] = {}

    class Started:
        pid = 1

        def __init__(self, command: list[str], **more: object) -> None:
            given.update(more, command=command)

    monkeypatch.setattr(subprocess, "Popen", Started)
    monkeypatch.setenv("IOMS_PASSWORD", "secret-one")
    monkeypatch.setenv("IOMS_NEW_PASSWORD", "secret-two")
    restart_process(
        "postgresql://wright:secret-three@h/n?password=secret-four&sslmode=verify-full", "wright", "idle kept"
    )
    assert "secret" not in str(given)
    environment = given["env"]
    assert isinstance(environment, dict)
    assert environment["IOMS_DATABASE"] == "postgresql://wright@h/n?sslmode=verify-full"
    assert (environment["IOMS_USER"], environment[LOCK_REASON_VARIABLE]) == ("wright", "idle kept")
    assert given["command"] == [sys.executable, "-m", "ioms_desktop"]


def test_the_reason_is_read_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IOMS_SETTINGS", str(tmp_path))
    monkeypatch.setenv(LOCK_REASON_VARIABLE, "idle kept")
    assert Settings.read().lock_reason == "idle kept"
    assert Settings.read().lock_reason == ""


def test_ctrl_l_locks_at_once(qtbot: QtBot, local_location: str, tmp_path: Path) -> None:
    with (
        at_work(qtbot, session_of(filled(local_location)), tmp_path) as window,
        qtbot.waitSignal(window.lock_requested),
    ):
        press(window, Qt.Key.Key_L, CTRL)
