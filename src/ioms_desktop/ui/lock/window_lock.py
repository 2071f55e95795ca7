"""Secure a window that is being locked: hide it, save drafts, clear the clipboard."""

import threading
from collections.abc import Callable

from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QApplication

from ioms_desktop.domain.errors import Refused
from ioms_desktop.services.drafts import can_keep_drafts, save_tabs
from ioms_desktop.ui.dialogs.autosave import write_open_drafts
from ioms_desktop.ui.main_window.window import MainWindow

STEP_TIMEOUT_S = 5.0
"""Longest time in seconds for each step; the window is then locked without it."""


def secure_window(window: MainWindow) -> bool:
    """Hide a window and save its drafts before its process ends.

    Returns:
        Whether all drafts were saved.
    """
    for each in QApplication.topLevelWidgets():
        each.hide()
    QApplication.processEvents()
    kept = can_keep_drafts(window.session) and write_open_drafts(window.session, STEP_TIMEOUT_S)
    _run_with_timeout(lambda: _remember_tabs(window))
    _empty_clipboard()
    _run_with_timeout(window.session.store.close)
    return kept


def _remember_tabs(window: MainWindow) -> None:
    tabs = window.tabs
    save_tabs(window.session, tabs.open_cases, tabs.current_case or "", window.current_entry)


def _empty_clipboard() -> None:
    clipboard = QGuiApplication.clipboard()
    if clipboard.ownsClipboard():
        clipboard.clear()
    if clipboard.supportsSelection() and clipboard.ownsSelection():
        clipboard.clear(QClipboard.Mode.Selection)


def _run_with_timeout(work: Callable[[], None]) -> None:
    """Run a step for at most ``STEP_TIMEOUT_S``; an unreachable database must not keep a window open."""

    def tried() -> None:
        try:
            work()
        except Refused:
            return  # without it the window only opens at its first screen

    doing = threading.Thread(target=tried, daemon=True)
    doing.start()
    doing.join(STEP_TIMEOUT_S)
