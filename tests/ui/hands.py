"""Real key presses and clicks, sent to the widget with the focus, which pytest-qt does not do."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ioms_desktop.ui.dialogs.send_keys import SendKeys
from ioms_desktop.ui.opening_guard import OpeningGuard

PLAIN = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


def focused() -> QWidget:
    """Return the widget with the keyboard focus."""
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def await_guard(widget: QWidget) -> None:
    """Wait, as a person does who reads a window that opened by itself, until it takes keys and clicks."""
    window, own = widget.window(), Qt.FindChildOption.FindDirectChildrenOnly  # all of a window's are thousands
    for guard in window.findChildren(OpeningGuard, options=own):
        guard.end()
    for keys in window.findChildren(SendKeys, options=own):
        keys.end_pause()


def press(widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
    """Press a key."""
    await_guard(widget)
    QTest.keyClick(widget, key, modifiers)


def write(widget: QWidget, text: str) -> None:
    """Type a text."""
    await_guard(widget)
    QTest.keyClicks(widget, text)


def click(widget: QWidget, at: QPoint | None = None) -> None:
    """Click in the middle of a widget, or at a point of it."""
    await_guard(widget)
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, PLAIN, at if at is not None else widget.rect().center())


def show(qtbot: QtBot, widget: QWidget) -> None:
    """Show a window and give it the keyboard focus."""
    with qtbot.waitExposed(widget):
        widget.show()
    widget.activateWindow()
    qtbot.waitUntil(widget.isActiveWindow)
