import gc
import weakref
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.ui.gc_timer import FULL_EVERY_CHECKS, LATEST_FULL_CHECKS, QUIET_S, GarbageCollectionTimer
from ui.case_sessions import HARKER, filled, session_of
from ui.window_at_work import at_work, idle


class Ring:
    def __init__(self) -> None:
        self.itself = self


def test_garbage_in_cycles_waits_for_the_timer(qapp: QApplication) -> None:
    assert qapp
    collecting = GarbageCollectionTimer()
    assert not gc.isenabled()
    gone = weakref.ref(Ring())
    kept = [[] for _ in range(gc.get_threshold()[0] * 3)]  # type: list[list[object]]
    assert gone() is not None
    collecting.collect_if_due()
    assert gone() is None
    assert kept


def test_where_there_is_little_nothing_is_collected(qapp: QApplication) -> None:
    assert qapp
    collecting = GarbageCollectionTimer()
    gc.collect()
    gone = weakref.ref(Ring())
    collecting.collect_if_due()
    assert gone() is not None


def test_all_that_is_in_memory_is_gone_through_when_nobody_types_and_after_a_time_all_the_same(
    qapp: QApplication,
) -> None:
    assert qapp
    idle_for = [0.0]
    collecting = GarbageCollectionTimer(idle_seconds=lambda: idle_for[0])
    for checks, seconds in ((FULL_EVERY_CHECKS, QUIET_S), (LATEST_FULL_CHECKS, 0.0)):
        idle_for[0] = 0.0
        old = weakref.ref(Ring())
        ring = old()
        gc.collect(1)
        assert ring is not None
        del ring  # now garbage of the oldest generation
        for _ in range(checks - 1):
            collecting.collect_if_due()
        kept = [[] for _ in range(gc.get_threshold()[0] * 3)]  # type: list[list[object]]
        assert old() is not None
        idle_for[0] = seconds
        collecting.collect_if_due()
        assert old() is None
        assert kept


@pytest.mark.usefixtures("theme")
def test_a_case_that_was_open_at_a_full_collection_is_gone_from_memory_once_its_tab_is_closed(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    with at_work(qtbot, session_of(filled(local_location)), tmp_path) as window:
        earlier, frozen = views_in_memory(), gc.get_freeze_count()
        screen = weakref.ref(window.open_case(HARKER))
        idle(qtbot, window)
        assert len(views_in_memory()) > len(earlier)
        collecting = GarbageCollectionTimer()
        for _ in range(FULL_EVERY_CHECKS - 1):
            collecting.collect_if_due()
        kept = [[] for _ in range(gc.get_threshold()[0] * 3)]  # type: list[list[object]]
        collecting.collect_if_due()
        assert kept
        window.tabs.close_case(HARKER)
        idle(qtbot, window)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
        gc.collect()
        assert screen() is None
        assert gc.get_freeze_count() <= frozen, "what is frozen is not listed"
        assert not [view for view in views_in_memory() if not any(view is each for each in earlier)]


def views_in_memory() -> list[CaseView]:
    """Return every case view that anything holds, those of earlier tests included."""
    return [each for each in gc.get_objects() if isinstance(each, CaseView)]
