"""The window as it is drawn, menus, tooltips, screens and cases, says nothing in words practitioners do not use."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QListWidget, QTableView, QWidget
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.ui.cases.sections import SECTIONS
from ioms_desktop.ui.main_window.help import HelpDialog
from test_words import REPLACED, found
from ui.case_sessions import HARKER, MARLOW, USERS, filled, session_of
from ui.window_at_work import at_work, idle

READS = {login: f"{login.rpartition(' ')[0]} X. {login.rpartition(' ')[2]}" for login in USERS.values()}
"""How the users read here: not as their logins, which the worked example names as workers."""


def texts_of(widget: QWidget) -> Iterator[str]:
    """Every text of a widget and what is in it: titles, labels, buttons, headings, rows, tooltips, names read out."""
    for action in widget.findChildren(QAction):
        yield from (action.text(), action.toolTip(), action.statusTip())
    for child in (widget, *widget.findChildren(QWidget)):
        yield from (child.toolTip(), child.accessibleName(), child.accessibleDescription(), child.windowTitle())
        if isinstance(child, QLabel | QAbstractButton):
            yield child.text()
        elif isinstance(child, QLineEdit):
            yield child.placeholderText()
        elif isinstance(child, QComboBox):
            yield from (child.itemText(number) for number in range(child.count()))
        elif isinstance(child, QListWidget):
            yield from (child.item(number).text() for number in range(child.count()))
        elif isinstance(child, QTableView) and (model := child.model()) is not None:
            for column in range(model.columnCount()):
                yield str(model.headerData(column, Qt.Orientation.Horizontal))
                yield from (str(model.index(row, column).data()) for row in range(min(model.rowCount(), 60)))


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.NAVIGATOR])
def test_nothing_in_the_window_is_said_in_our_words(
    qtbot: QtBot, local_location: str, tmp_path: Path, role: Role
) -> None:
    session = session_of(filled(local_location), role)
    session.names.replace(READS)
    with at_work(qtbot, session, tmp_path) as window:
        for entry in window.screen_entries:
            window.show_screen(entry.id)
            idle(qtbot, window)
        for ref in (MARLOW, HARKER) if role is Role.SUPERVISOR else (MARLOW,):
            case = window.open_case(ref)
            idle(qtbot, window)
            for number in range(len(SECTIONS)):
                case.section_list.choose(number)
            idle(qtbot, window)
        help_on_case = HelpDialog("Case", case.explanation, window.user_actions.actions, window)
        texts = {text.replace("&", "") for text in texts_of(window) if text}
        help_on_case.close()
    said = sorted(f"{name}: {text}" for name, word in REPLACED.items() for text in texts if found(text, word))
    assert not said, "\n".join(said)
    written = "authorised by Insp. WRIGHT"  # in somebody's own words, which nobody alters
    raw = sorted(text for text in texts for login in READS if login in text.replace(written, ""))
    assert not raw, "\n".join(["a login is read where a name belongs:", *raw])
    assert any(READS[USERS[Role.NAVIGATOR]] in text for text in texts), "the control"
    assert {"For decision", "Alerts", "Performance" if role is Role.SUPERVISOR else "Today"} <= texts, "the control"
    assert any(found("Waiting for the panel", word) for word in REPLACED.values()), "the control"
