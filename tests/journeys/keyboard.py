"""Somebody at the keyboard of a window: real key presses and nothing else, each of them counted."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from ioms_desktop.ui.cases.sections import SECTION_KEYS, SECTIONS
from ioms_desktop.ui.forms.choice_fields import SingleChoiceField
from ioms_desktop.ui.forms.field import Field
from ioms_desktop.ui.lists.register_table import RegisterTable
from ioms_desktop.ui.main_window.window import MainWindow
from ioms_desktop.ui.widgets.widgets import MessageBar
from ui.hands import CTRL, PLAIN, SHIFT, await_guard, press, write
from ui.window_at_work import idle, settings_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from ioms_desktop.services.session import Session

MOST_TABS = 120
"""How often Tab is pressed before what is looked for counts as out of reach."""


@dataclass
class Keyboard:
    """Somebody at the keyboard: a word typed is one action, any other key is one too.

    Attributes:
        actions: How many actions were taken so far.
        keys: How many keys were pressed so far.
    """

    qtbot: QtBot
    window: MainWindow
    actions: int = 0
    keys: int = 0

    def shortcut(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        """Press a shortcut of the window, which a system makes active again where a dialog closes."""
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow)
        press(QApplication.focusWidget() or self.window, key, modifiers)
        self._did(1)
        self.wait()

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        """Press one key where the focus is."""
        press(self.focus, key, modifiers)
        self._did(1)

    def type(self, text: str) -> None:
        """Type a word where the focus is."""
        write(self.focus, text)
        self._did(len(text))

    def find(self, words: str) -> None:
        """Type words into the quick search and press Enter: a case, or something to do."""
        self.shortcut(Qt.Key.Key_K, CTRL)
        self.type(words)
        self.wait()
        self.key(Qt.Key.Key_Return)
        self.wait()

    def section(self, title: str) -> None:
        """Go to a section of the case that is shown."""
        number = next(number for number, section in enumerate(SECTIONS) if section.title == title)
        *shift, key = SECTION_KEYS[number].rpartition(" ")[2].split("+")
        self.shortcut(Qt.Key.Key_G, CTRL)
        self.key(Qt.Key(ord(key)), SHIFT if shift else PLAIN)
        self.wait()

    def row(self, words: str) -> None:
        """Go to the first row of the list that is shown in which some words stand."""
        table = self.tab_to(lambda widget: isinstance(widget, RegisterTable))
        assert isinstance(table, RegisterTable)
        model = table.model()
        self.qtbot.waitUntil(lambda: model.rowCount() > 0)
        texts = [
            " ".join(str(model.index(row, column).data() or "") for column in range(model.columnCount()))
            for row in range(model.rowCount())
        ]
        found = [row for row, text in enumerate(texts) if words in text]
        assert found, (words, texts)
        self._go_down(table, found[0])

    def _go_down(self, view: QAbstractItemView, row: int) -> None:
        for _ in range(view.model().rowCount()):
            present = view.currentIndex().row()
            if present == row:
                return
            self.key(Qt.Key.Key_Down if present < row else Qt.Key.Key_Up)
        assert view.currentIndex().row() == row

    def answer(self, name: str, text: str = "") -> None:
        """Press Tab until a field of the dialog has the focus, and type an answer in the place of what it holds."""
        field = self.field(name)
        if not isinstance(field, SingleChoiceField) and not _is_replaced_by_typing(self.focus):
            self.key(Qt.Key.Key_A, CTRL)
        self.type(text)

    def fill(self, **answers: str) -> None:
        """Answer several fields, in the order given."""
        for name, text in answers.items():
            self.answer(name, text)

    def tick(self, name: str, count: int) -> None:
        """Tick the first entries of a list."""
        self.field(name)
        for _ in range(count):
            self.key(Qt.Key.Key_Space)
            self.key(Qt.Key.Key_Down)

    def field(self, name: str) -> Field[Any]:
        """Press Tab until a field of the dialog has the focus."""
        widget = self.tab_to(lambda each: _field_of(each) is not None and _field_of(each).name == name)  # type: ignore[union-attr]
        found = _field_of(widget)
        assert found is not None
        return found

    def button(self, text: str) -> None:
        """Press Tab until a button has the focus, and press it."""
        self.tab_to(lambda each: isinstance(each, QPushButton) and each.text().replace("&", "").startswith(text))
        self.key(Qt.Key.Key_Space)
        self.wait()

    def tab_to(self, wanted: Any) -> QWidget:  # noqa: ANN401 - a question to a widget
        """Press Tab until what has the focus is what is wanted."""
        seen = []
        for _ in range(MOST_TABS):
            here = self.focus
            if wanted(here):
                return here
            seen.append(here.accessibleName() or here.objectName() or type(here).__name__)
            self.key(Qt.Key.Key_Tab)
        raise AssertionError(f"Tab does not reach it in {self.said()}: {list(dict.fromkeys(seen))}")

    def save(self) -> None:
        """Save from wherever one is, and wait as one does; a dialog that stays says why."""
        dialog = self.dialog
        assert dialog is not None
        self.key(Qt.Key.Key_Return, CTRL)
        self.wait()
        self.qtbot.waitUntil(lambda: self.dialog is not dialog or bool(_problems(dialog)))
        assert self.dialog is not dialog, f"{dialog.windowTitle()}: {_problems(dialog)}"
        self.wait()  # an alert that it raised opens once it has closed

    def read_alert(self) -> str:
        """Read the alert that an act raised, and put it aside; whether it is decided is another act."""
        dialog = self.dialog
        assert dialog is not None
        words = " ".join(each.text() for each in dialog.findChildren(QLabel))
        self.key(Qt.Key.Key_Escape)
        self.qtbot.waitUntil(lambda: self.dialog is not dialog)
        self.wait()
        return words

    def undo(self) -> None:
        """Take back the last act."""
        self.shortcut(Qt.Key.Key_Z, CTRL)

    def wait(self) -> None:
        """Wait until the window has done what it does in the background."""
        idle(self.qtbot, self.window)

    def said(self) -> str:
        """Return the words of the dialog that is open, for a failure to show."""
        dialog = self.dialog
        if dialog is not None:
            return f"{dialog.windowTitle()!r}"
        bars = self.window.findChildren(MessageBar)
        return " ".join(["the window", *(bar.text_label.text() for bar in bars if bar.isVisible())])

    @property
    def focus(self) -> QWidget:
        """The widget with the focus; that of the dialog that is open, where there is one."""
        top = self.dialog or self.window
        if not top.isActiveWindow():
            top.activateWindow()
            self.qtbot.waitUntil(top.isActiveWindow)
        await_guard(top)
        return QApplication.focusWidget() or top

    @property
    def dialog(self) -> QDialog | None:
        """The dialog that is open."""
        found = QApplication.activeModalWidget()
        return found if isinstance(found, QDialog) else None

    def _did(self, keys: int) -> None:
        self.actions += 1
        self.keys += keys


def _field_of(widget: QWidget | None) -> Field[Any] | None:
    while widget is not None and not isinstance(widget, Field):
        widget = widget.parentWidget()
    return widget


def _is_replaced_by_typing(widget: QWidget) -> bool:
    """Whether a field is empty, or what it holds is selected, as it is where Tab came to one line."""
    line = widget.lineEdit() if isinstance(widget, QComboBox) else widget
    if isinstance(line, QLineEdit):
        return line.text() in ("", line.selectedText())
    return not isinstance(line, QPlainTextEdit) or not line.toPlainText()


def _problems(dialog: QDialog) -> list[str]:
    kinds = {"problem", "caution", "error"}
    shown = [each for each in dialog.findChildren(QLabel) if each.isVisible() and each.text()]
    beside = [each.text() for each in shown if each.property("role") in kinds or each.property("kind") in kinds]
    return [*beside, *(bar.text_label.text() for bar in dialog.findChildren(MessageBar) if bar.isVisible())]


@contextmanager
def sat_down(qtbot: QtBot, session: Session, folder: Path) -> Iterator[Keyboard]:
    """Open the window for somebody who signed in, and close it at the end; the database stays open."""
    window = MainWindow(session, settings_in(folder / session.user))
    qtbot.addWidget(window)
    window.resize(1366, 768)
    with qtbot.waitExposed(window):
        window.show()
    idle(qtbot, window)
    try:
        yield Keyboard(qtbot, window)
    finally:
        window.close()
