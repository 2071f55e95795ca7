"""A main window on a real database, driven by real key presses."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ioms_desktop.services.session import Session
from ioms_desktop.ui.lists.register_view import RegisterView
from ioms_desktop.ui.main_window.live_updates import RefreshRest
from ioms_desktop.ui.main_window.window import MainWindow
from ioms_desktop.ui.screen import Screen
from ui.hands import show


def settings_in(folder: Path) -> QSettings:
    """Keep settings in a folder of the test."""
    return QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)


def idle(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until no task is running, and none is started by the next turn of the event loop."""
    for _ in range(3):
        QApplication.processEvents()
    qtbot.waitUntil(lambda: not window.tasks.is_busy)


@contextmanager
def at_work(qtbot: QtBot, session: Session, folder: Path) -> Iterator[MainWindow]:
    """Open the window, and close it and its database at the end.

    What it shows does not rest after a refresh: how long it would depends on the machine.
    """
    window = MainWindow(session, settings_in(folder))
    window.live_updates._rest = RefreshRest(cpu=lambda: 0.0)  # noqa: SLF001 - no refresh costs anything
    qtbot.addWidget(window)
    window.resize(1366, 720)
    show(qtbot, window)
    idle(qtbot, window)
    try:
        yield window
    finally:
        window.close()
        session.store.close()


def put_on(window: QWidget, name: str) -> None:
    """Put a window on one of the screens of `screens.json`; the dialogs that it opens are then on that screen, too."""
    known = {each.name(): each for each in QGuiApplication.screens()}
    if sys.platform != "win32":  # where there is one screen
        window.move(known[name].availableGeometry().topLeft())
        QApplication.processEvents()
        assert window.screen() is known[name]


def screen(window: MainWindow, qtbot: QtBot, name: str) -> Screen:
    """Go to a screen and wait until it has loaded."""
    window.show_screen(name)
    idle(qtbot, window)
    return window.screens[name]


def register(shown: Screen) -> RegisterView:
    """Return the register of a screen."""
    found = shown.findChildren(RegisterView)
    assert len(found) == 1
    return found[0]


def texts(view: RegisterView, column: int = 0) -> list[str]:
    """Return the texts of a column, from top to bottom."""
    model = view.model
    return [str(model.index(row, column).data()) for row in range(model.rowCount())]
