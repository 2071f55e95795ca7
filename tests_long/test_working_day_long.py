"""A working day at one window: how much memory it takes, and how long the window stands still."""

from __future__ import annotations

import builtins
import gc
import importlib
import os
import random
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QTimer

from ioms_desktop.app import import_without_features
from ioms_desktop.demo.build import DEMO_USER_PASSWORD, SUPERVISOR, build_demo
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.start_modules import PRELOAD_MODULES, later_modules
from ioms_desktop.ui import errors
from ioms_desktop.ui.gc_timer import GarbageCollectionTimer
from ioms_desktop.ui.main_window.window import MainWindow
from journeys.working_day import STALL, Heart, Seat, WorkingDay
from ui.conftest import _waiting_says_nothing_of_the_machine, theme  # noqa: F401 - fixtures are found by their names
from ui.window_at_work import idle, settings_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

ACTS = int(os.environ.get("IOMS_TEST_ACTS", "2000"))
HOURS = 8
WARM = 200
"""Acts after which each screen and form has been shown, and what they keep for the next time is there."""
MOST_GROWTH, MOST_UNFINISHED, SHOWN = 1.1, 0.005, 20
MOST_PAUSED = 0.05
"""The share of acts with a pause that is too long, on a machine that many other processes share."""
CASES = 300
pytestmark = [pytest.mark.usefixtures("theme"), pytest.mark.posix("a process's memory is read from /proc")]


def memory() -> int:
    """Return the bytes of this process that are in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def work(seconds: float) -> None:
    """Keep the interface thread at work for so much of its processor time."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_a_day_at_one_window_keeps_its_memory_and_seldom_pauses(
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    measured: Callable[[object], None],
) -> None:
    monkeypatch.setattr(builtins, "__import__", builtins.__import__)  # put back at the end
    import_without_features()
    for name in (*PRELOAD_MODULES, *later_modules()):  # as the application does before anybody works
        importlib.import_module(name)
    location = str(tmp_path / "day.ioms")
    for _ in build_demo(location, cases=CASES):
        pass
    session = sign_in(location, SUPERVISOR, DEMO_USER_PASSWORD)
    gc.collect()
    gc.freeze()  # as the application does
    window = MainWindow(session, settings_in(tmp_path))
    qtbot.addWidget(window)
    window.resize(1366, 768)
    with qtbot.waitExposed(window):
        window.show()
    idle(qtbot, window)
    collector = GarbageCollectionTimer(idle_seconds=lambda: 0)  # somebody types all day
    heart = Heart()
    QTimer.singleShot(0, window, partial(work, STALL))
    day = WorkingDay(Seat(qtbot, window), random.Random(1), heart)  # noqa: S311 - repeatable
    day.seat.wait()
    assert max((stall.cpu for stall in heart.stalls), default=0) >= STALL, "the control: a pause is seen"
    held = []
    hour = ACTS // HOURS
    for _ in range(HOURS):
        for _ in range(hour):
            day.act()
        day.tidy()
        gc.collect()
        held.append(memory())
        day.seat.wait()  # what this test itself took is no stall of the next act
    heart.end()
    collector.deleteLater()
    said = ", ".join(f"{taken / 1e6:.0f}" for taken in held)
    measured(
        f"{day.done} acts, {len(day.unfinished)} that did not come to their end, {day.paused} with a "
        f"pause of over {STALL * 1e3:.0f} ms; MB by the hour: {said}"
    )
    for sentence in (*day.describe(), *day.unfinished[:SHOWN]):
        measured(sentence)
    assert [record.getMessage() for record in caplog.records if record.name == errors.LOG.name] == [], "faults of ours"
    if hour >= WARM:
        assert held[-1] <= held[0] * MOST_GROWTH
    assert len(day.unfinished) <= day.done * MOST_UNFINISHED
    assert day.paused <= day.done * MOST_PAUSED
    window.close()
    session.store.close()
