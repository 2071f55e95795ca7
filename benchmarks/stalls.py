"""How long the interface thread stands still while the real caseload opens, jumps to its end and is searched.

Its own processor time is measured between two looks at the next key: by the clock, other work makes it wait too.
"""

import gc
import os
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # read when Qt is first imported, so it comes first

from functools import partial

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from ioms_desktop.services.cases import case_lists
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.session import Session
from ioms_desktop.ui.lists.register import Register
from ioms_desktop.ui.lists.register_view import RegisterView
from ioms_desktop.ui.screens.caseload import caseload_columns, caseload_filters
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.apply import apply_theme
from ioms_desktop.ui.theme.tokens import Theme

BEAT = 1
SETTLED = 20
"""Milliseconds between looks at whether everything asked has been answered."""


class Heart:
    """Beats every millisecond on the interface thread, and keeps the longest it was at work between two beats."""

    def __init__(self) -> None:
        """Begin at once."""
        self.longest = 0.0
        self._last = time.thread_time()
        self._timer = QTimer()
        self._timer.timeout.connect(self._beat)
        self._timer.start(BEAT)

    def _beat(self) -> None:
        now = time.thread_time()
        self.longest = max(self.longest, now - self._last)
        self._last = now

    def stop(self) -> float:
        """End; gives the longest in seconds."""
        self._timer.stop()
        return self.longest


def longest_stall(session: Session, typed: str) -> float:
    """Open, jump and type in the real view without a screen; gives the longest stall in seconds."""
    app = QApplication.instance() or QApplication([])
    if isinstance(app, QApplication):
        apply_theme(app, Theme.light())
    tasks = Tasks()
    view = RegisterView(_register(session), tasks)
    view.resize(1300, 700)
    view.show()
    QApplication.processEvents()
    gc.freeze()  # as the application does once its window stands
    heart = Heart()
    _wait(lambda: view.model.is_complete)
    last = view.model.rowCount() - 1
    view.table.scrollToBottom()
    _wait(lambda: view.model.record(last) is not None)
    for end in range(1, len(typed) + 1):
        view.search.setText(typed[:end])
        _pause(SETTLED)
    _wait(lambda: view.model.is_complete and view.model.query.text == typed)
    view.search.clear()
    _wait(lambda: view.model.is_complete and not view.model.query.text)
    found = heart.stop()
    gc.unfreeze()
    view.close()
    tasks.close()
    view.deleteLater()
    return found


def _register(session: Session) -> Register[case_lists.CaseRow]:
    return Register(
        title="Caseload",
        noun=("case", "cases"),
        columns=caseload_columns(session),
        query_ids=partial(case_lists.case_ids, session),
        query_first_rows=partial(case_lists.first_case_rows, session),
        fetch_rows=partial(case_lists.case_rows, session),
        filters=caseload_filters(session),
        initial_query=ListQuery(sort="name", filters=(("open", "open"),)),
        placeholder="Search",
        empty_message="None",
    )


def _wait(until: Callable[[], bool]) -> None:
    while not until():
        _pause(SETTLED)


def _pause(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
