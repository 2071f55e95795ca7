"""An open window seals the audit: on coming, as time goes by, and on leaving."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from pytestqt.qtbot import QtBot

from ioms_desktop.services.audit.audit_anchors import read_local_heads
from ioms_desktop.storage.audit import sealing
from ioms_desktop.storage.records.code_lists import database_id
from ioms_desktop.storage.store import Store
from ioms_desktop.ui.theme.tokens import Theme
from keys import opened
from sessions import Clock
from ui.case_sessions import HARKER, MARLOW, filled, session_of
from ui.window_at_work import at_work, idle


def sealed(store: Store) -> tuple[int, bool]:
    """How many seals there are, and whether anything waits for one."""
    with store.read() as reading:
        last = sealing.last_seal(reading)
        return last.n if last else 0, sealing.has_unsealed_entries(reading)


def test_a_window_seals_on_coming_as_time_goes_by_and_on_leaving(
    qtbot: QtBot, theme: Theme, local_location: str, tmp_path: Path
) -> None:
    assert theme
    assert sealed(filled(local_location)) == (0, True)
    with at_work(qtbot, session_of(opened(local_location)), tmp_path) as window:
        store = window.session.store
        idle(qtbot, window)
        assert sealed(store) == (1, False)
        window.open_case(MARLOW)
        idle(qtbot, window)
        assert sealed(store) == (1, True)
        window.audit_sealer.seal()
        idle(qtbot, window)
        assert sealed(store) == (2, False)
        window.open_case(HARKER)
        idle(qtbot, window)
        assert sealed(store) == (2, True)
    again = opened(local_location)
    assert sealed(again) == (3, False)
    with again.read() as reading:
        seen = read_local_heads(database_id(reading))
    again.close()
    assert [head.n for head in seen] == [1, 2, 3]


def test_a_clock_that_moved_back_under_an_open_window_is_told_there_once(
    qtbot: QtBot, theme: Theme, local_location: str, tmp_path: Path
) -> None:
    assert theme
    filled(local_location)
    session = session_of(opened(local_location))
    clock = Clock(session.clock())
    with at_work(qtbot, replace(session, clock=clock), tmp_path) as window:
        clock.now += timedelta(hours=5)
        window.open_case(MARLOW)
        idle(qtbot, window)
        clock.now -= timedelta(hours=5)
        told: list[str] = []
        window.audit_sealer.clock_moved_back.connect(told.append)
        for _ in range(2):
            window.audit_sealer.seal()
            idle(qtbot, window)
        assert len(told) == 1
        assert "The clock of this computer moved back" in window.messages.text_label.text()
