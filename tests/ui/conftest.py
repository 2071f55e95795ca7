"""Fixtures for every test of the window: no display, the bundled font, and a task runner that is waited for."""

import gc
import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # read when Qt is first imported, so it comes first

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ioms_desktop.app import WindowManager
from ioms_desktop.settings import Settings
from ioms_desktop.ui.errors import fault_reporter
from ioms_desktop.ui.lock import window_lock
from ioms_desktop.ui.main_window import audit_sealer, frame
from ioms_desktop.ui.main_window.window import MainWindow
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Theme
from ioms_desktop.ui.widgets import widgets
from ui.light_theme import light_theme
from ui.window_at_work import settings_in

LONGEST_MS = 60_000


@pytest.fixture(scope="session", autouse=True)
def _waiting_says_nothing_of_the_machine() -> Iterator[None]:
    """Wait longer than the five seconds of pytest-qt: work that ends in one takes more of them on a busy machine.

    As long as that, a window that closes or is locked waits for what it writes last, and a notice stays.
    """
    with pytest.MonkeyPatch.context() as patched:
        for wait in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals, QtBot.waitExposed):
            assert wait.__kwdefaults__ is not None
            patched.setitem(wait.__kwdefaults__, "timeout", LONGEST_MS)
        patched.setattr(widgets, "NOTICE_SHOWN_MS", LONGEST_MS)
        for module, limit in (
            (frame, "DRAFT_WRITE_TIMEOUT_S"),
            (audit_sealer, "FINAL_SEAL_TIMEOUT_S"),
            (window_lock, "STEP_TIMEOUT_S"),
        ):
            patched.setattr(module, limit, LONGEST_MS / 1000)
        yield


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    """Return the light theme, which is applied to the application unless it still is since another test."""
    return light_theme(qapp)


@pytest.fixture
def tasks(qapp: QApplication) -> Iterator[Tasks]:
    """Return a task runner, and wait for its tasks at the end."""
    assert qapp is not None
    runner = Tasks()
    yield runner
    runner.close()


@pytest.fixture(autouse=True)
def _garbage_is_collected_on_this_thread() -> Iterator[None]:
    """Keep the collector from ending a window on a worker's thread, as the application does by a timer."""
    gc.disable()
    yield
    gc.collect(1)


@pytest.fixture(autouse=True)
def _a_fault_that_was_told_is_closed() -> Iterator[None]:
    """Close the dialog of a fault, which belongs to no window and would keep keys from those of later tests."""
    yield
    shown = fault_reporter().dialog if QApplication.instance() is not None else None
    if shown is not None:
        shown.close()


@pytest.fixture
def windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> Iterator[WindowManager]:
    """Return the windows of a start, one at a time; those still open at the end are closed."""
    assert qapp
    monkeypatch.setenv("IOMS_SETTINGS", str(tmp_path / "settings"))
    made = WindowManager(Settings.read("", ""), settings_in(tmp_path))
    yield made
    shown, made.current_window = made.current_window, None
    if isinstance(shown, MainWindow):
        shown.close()
        shown.session.store.close()
    elif shown is not None:
        shown.close()
    made.tasks.close()
    made._gc_timer = None  # noqa: SLF001 - or it would collect in later tests, of which some say what is not collected
