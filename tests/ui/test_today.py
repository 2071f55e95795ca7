import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.calendar import DAY
from ioms_desktop.domain.duties.case_duties import Duty
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.records.cases import Action, Case
from ioms_desktop.domain.records.concerns_and_decisions import Proposal
from ioms_desktop.services.cases.today import WHOLE_EVERY
from ioms_desktop.services.cases.worklist import EARLIER_LIST, Worklist
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage.store import Store
from ioms_desktop.ui.main_window.window import MainWindow
from ioms_desktop.ui.screens.today import TodayScreen
from ioms_desktop.ui.theme.tokens import Theme
from owed import list_owed_work
from ui.case_sessions import HARKER, MARLOW, TODAY, at, filled, session_of
from ui.hands import focused, press, show, write
from ui.window_at_work import at_work, idle, register, screen, settings_in, texts

pytestmark = pytest.mark.usefixtures("theme")
EARLIER = date(2026, 10, 20)
LONGEST = 20  # seconds that a held clock holds, so that a test that fails also ends
"""A day on which a trigger of the worked example waits for its decision."""


@pytest.fixture
def store(local_location: str) -> Iterator[Store]:
    opened = filled(local_location)
    yield opened
    opened.close()


@pytest.fixture
def window(qtbot: QtBot, theme: Theme, store: Store, tmp_path: Path) -> Iterator[MainWindow]:
    assert theme
    with at_work(qtbot, session_of(store, today=EARLIER), tmp_path) as opened:
        yield opened


def proposed(session: Session, rule: str, case_ref: str, by: str) -> Proposal:
    proposal = Proposal(
        proposal_ref="PR-1",
        case_ref=case_ref,
        rule=rule,
        proposed_on=session.today(),
        decision="HOLD",
        reason="Waiting for the family",
        proposed_by=by,
        status="PROPOSED",
    )
    with session.store.begin(session.command_context(), "propose") as tx:
        return tx.add(proposal)


def read(session: Session) -> Worklist:
    book = Worklist(session)
    book.replace_lines(book.read())
    return book


def test_the_most_urgent_stands_first(store: Store) -> None:
    for on in (EARLIER, TODAY):
        session = session_of(store, today=on)
        lines = list_owed_work(session)
        assert [line.urgency(on) for line in lines] == sorted(line.urgency(on) for line in lines)
        late = [line.due_on is not None and line.due_on < on for line in lines]
        assert late == sorted(late, reverse=True)


def test_a_trigger_without_a_decision_is_owed_with_its_clock(store: Store) -> None:
    session = session_of(store, today=EARLIER)
    decisions = [line for line in list_owed_work(session) if line.duty is Duty.DECISION]
    assert decisions
    assert {line.case_ref for line in decisions} <= {MARLOW, HARKER}
    assert all(line.due_on is not None and "2026-04-01" in line.description for line in decisions)


def test_a_proposal_stands_in_place_of_the_decision_it_answers(store: Store) -> None:
    session = session_of(store, today=EARLIER)
    decision = next(line for line in list_owed_work(session) if line.duty is Duty.DECISION)
    proposed(session, decision.ref, decision.case_ref or "", "somebody else")
    lines = list_owed_work(session)
    assert decision.ref not in {line.ref for line in lines if line.duty is Duty.DECISION}
    waiting = next(line for line in lines if line.duty is Duty.PROPOSAL)
    assert waiting.due_on == decision.due_on
    assert "proposed by somebody else" in waiting.description
    assert "waits for your answer" in waiting.description


def test_ones_own_proposal_waits_for_somebody_else(store: Store) -> None:
    session = session_of(store, today=EARLIER)
    decision = next(line for line in list_owed_work(session) if line.duty is Duty.DECISION)
    proposed(session, decision.ref, decision.case_ref or "", session.user)
    waiting = next(line for line in list_owed_work(session) if line.duty is Duty.PROPOSAL)
    assert "waits for a second person" in waiting.description


def test_a_navigator_owes_nothing_on_other_programmes(store: Store) -> None:
    assert {line.case_ref for line in list_owed_work(session_of(store, Role.NAVIGATOR, today=EARLIER))} <= {MARLOW}


def test_a_role_that_reads_no_cases_is_refused(store: Store) -> None:
    with pytest.raises(Refused, match="read cases"):
        list_owed_work(session_of(store, Role.ANALYST, user="someone"))


def test_work_that_is_no_longer_wanted_stops(store: Store) -> None:
    def stop(_done: int, _total: int, _step: str = "") -> None:
        raise Refused("Stopped.")

    with pytest.raises(Refused, match="Stopped"):
        list_owed_work(session_of(store), progress=stop)


def test_while_cases_are_evaluated_the_earlier_list_is_called_so(store: Store) -> None:
    session = session_of(store, today=EARLIER)
    said: list[tuple[int, int, str]] = []

    def told(done: int, total: int, step: str = "") -> None:
        said.append((done, total, step))

    book = Worklist(session)
    book.replace_lines(book.read(told))
    assert {step for *_, step in said} == {""}
    said.clear()
    book.read(told)
    assert said == [], "nothing changed"
    with store.begin(session.command_context(), "change") as tx:
        tx.save(replace(tx.get(Case, MARLOW), closed_on=EARLIER))
    book.read(told)
    assert said == [(0, 1, EARLIER_LIST)]


def test_a_line_keeps_its_number_while_it_is_owed(store: Store) -> None:
    session = session_of(store, today=EARLIER)
    book = read(session)
    first = {line.id: line.description for line in book.rows(book.ids("", frozenset(), mine=False))}
    decision = next(line for line in list_owed_work(session) if line.duty is Duty.DECISION)
    proposed(session, decision.ref, decision.case_ref or "", "somebody else")
    assert {line.id: line.description for line in book.rows(book.ids("", frozenset(), mine=False))} == first
    book.replace_lines(book.read())
    second = {line.id: line.description for line in book.rows(book.ids("", frozenset(), mine=False))}
    assert {number: words for number, words in second.items() if number in first}.items() <= first.items()
    assert len(second) == len(first)


def test_a_list_that_was_not_read_is_refused_in_words_rather_than_empty(store: Store) -> None:
    with pytest.raises(Refused, match="not been worked out yet"):
        Worklist(session_of(store)).ids("", frozenset(), mine=False)


def test_words_and_duties_narrow_the_list(store: Store) -> None:
    book = read(session_of(store, today=EARLIER))
    found = book.rows(book.ids("hark call", frozenset(), mine=False))
    assert {line.case_ref for line in found} == {HARKER}
    assert book.ids("marlow hark", frozenset(), mine=False) == []
    only = book.rows(book.ids("", frozenset({"DECISION"}), mine=False))
    assert {line.duty for line in only} == {Duty.DECISION}


def test_enter_on_a_decision_opens_the_decision(qtbot: QtBot, window: MainWindow) -> None:
    shown = screen(window, qtbot, "today")
    view = register(shown)
    view.filters.choose("duty", frozenset({"DECISION"}))
    idle(qtbot, window)
    view.table.setFocus()
    press(view.table, Qt.Key.Key_Return)
    idle(qtbot, window)
    titles = [dialog.windowTitle() for dialog in window.findChildren(QDialog)]
    assert len(titles) == 1
    assert "decision" in titles[0].lower()
    for dialog in window.findChildren(QDialog):
        dialog.close()


def test_the_strip_says_the_whole_sentence_and_its_button_the_verb(qtbot: QtBot, window: MainWindow) -> None:
    shown = screen(window, qtbot, "today")
    assert isinstance(shown, TodayScreen)
    view = register(shown)
    for row in range(view.model.rowCount()):
        view.table.selectRow(row)
        line = shown.current
        assert line is not None
        assert shown.sentence.full_text == line.description
        assert shown.action_button.isVisible()
    assert view.model.rowCount() > 1


def test_the_heading_counts_what_is_late(qtbot: QtBot, window: MainWindow) -> None:
    shown = screen(window, qtbot, "today")
    assert isinstance(shown, TodayScreen)
    late = sum(word.endswith("late") for word in texts(register(shown), 0)) or sum(
        line.due_on is not None and line.due_on < EARLIER for line in list_owed_work(window.session)
    )
    assert f"{late} late" in shown.summary.text()


def test_an_act_of_ones_own_has_the_cases_read_again_that_it_names(
    qtbot: QtBot, window: MainWindow, store: Store
) -> None:
    shown = screen(window, qtbot, "today")
    with store.begin(window.session.command_context()) as tx:
        for ref in (MARLOW, HARKER):
            tx.add(Action(action_ref=ref, case_ref=ref, text=f"Ring about {ref}", owner="holt", due_on=EARLIER))

    def told() -> set[str]:
        idle(qtbot, window)
        return {ref for ref in (MARLOW, HARKER) if any(f"about {ref}" in words for words in texts(register(shown), 3))}

    window.handle_outcome(Outcome(notice="", changed=frozenset({Topic.ACTIONS}), cases=frozenset({MARLOW})))
    assert told() == {MARLOW}
    press(window, Qt.Key.Key_F5)
    assert told() == {MARLOW, HARKER}


class HeldClock:
    """A clock that work off the interface thread must wait for, so that reading is caught under way."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.open.set()

    def __call__(self) -> datetime:
        if threading.current_thread() is not threading.main_thread():
            self.open.wait(LONGEST)
        return at(EARLIER)


@pytest.fixture
def held(qtbot: QtBot, theme: Theme, store: Store, tmp_path: Path) -> Iterator[tuple[MainWindow, HeldClock]]:
    assert theme
    clock = HeldClock()
    with at_work(qtbot, replace(session_of(store), clock=clock), tmp_path) as opened:
        yield opened, clock
        clock.open.set()


def test_the_former_lines_stay_and_can_be_searched_while_every_case_is_looked_at(
    qtbot: QtBot, held: tuple[MainWindow, HeldClock]
) -> None:
    window, clock = held
    shown = screen(window, qtbot, "today")
    view = register(shown)
    before = texts(view, 3)
    assert isinstance(shown, TodayScreen)
    assert not shown.progress.isVisible()
    clock.open.clear()
    press(window, Qt.Key.Key_F5)
    qtbot.waitUntil(shown.progress.isVisible)
    assert shown.progress.message.text() == "Reading cases…"
    assert texts(view, 3) == before
    view.focus_search()
    write(focused(), "treatment")
    qtbot.waitUntil(lambda: 0 < view.model.rowCount() < len(before))
    view.clear()
    clock.open.set()
    idle(qtbot, window)
    assert texts(view, 3) == before
    assert not shown.progress.isVisible()


def test_what_changes_by_the_clock_or_is_not_announced_is_read_while_the_list_is_shown(
    qtbot: QtBot, store: Store, tmp_path: Path
) -> None:
    begun = session_of(store, today=EARLIER)
    now = [begun.clock()]
    with at_work(qtbot, replace(begun, clock=lambda: now[0]), tmp_path) as window:
        shown = screen(window, qtbot, "today")
        assert isinstance(shown, TodayScreen)
        assert shown.clock_timer.isActive()
        with store.begin(window.session.command_context()) as tx:
            tx.add(Action(action_ref="A-9", case_ref=MARLOW, text="Ring about it", owner="holt", due_on=EARLIER))

        def listed() -> bool:
            shown.clock_timer.timeout.emit()
            idle(qtbot, window)
            return any("Ring about it" in words for words in texts(register(shown), 3))

        assert not listed()
        now[0] += WHOLE_EVERY
        window.show_screen("caseload")
        assert not listed()
        window.show_screen("today")
        assert listed()
        now[0] += DAY
        assert shown.worklist.day == EARLIER
        assert listed()
        assert shown.worklist.day == EARLIER + DAY


def test_reading_is_stopped_and_begun_again_by_its_button(qtbot: QtBot, held: tuple[MainWindow, HeldClock]) -> None:
    window, clock = held
    shown = screen(window, qtbot, "today")
    view = register(shown)
    before = texts(view, 3)
    assert isinstance(shown, TodayScreen)
    clock.open.clear()
    shown.refresh()
    qtbot.waitUntil(shown.progress.isVisible)
    press(shown.progress.action_button, Qt.Key.Key_Space)
    assert shown.progress.message.text() == "Stopped. The list is as it was."
    clock.open.set()
    idle(qtbot, window)
    assert texts(view, 3) == before
    press(shown.progress.action_button, Qt.Key.Key_Space)
    idle(qtbot, window)
    assert not shown.progress.isVisible()
    assert texts(view, 3) == before


def test_a_first_reading_that_was_stopped_says_so_and_leaves_a_way_on(
    qtbot: QtBot, theme: Theme, store: Store, tmp_path: Path
) -> None:
    assert theme
    clock = HeldClock()
    clock.open.clear()
    window = MainWindow(replace(session_of(store), clock=clock), settings_in(tmp_path))
    qtbot.addWidget(window)
    show(qtbot, window)
    window.show_screen("today")
    shown = window.screens["today"]
    assert isinstance(shown, TodayScreen)
    view = register(shown)
    assert view.empty_state.text_label.text() == "Loading things to do…"
    qtbot.waitUntil(shown.progress.isVisible)
    press(shown.progress.action_button, Qt.Key.Key_Space)
    clock.open.set()
    qtbot.waitUntil(lambda: "not been worked out yet" in view.empty_state.text_label.text())
    press(view.empty_state.action_button, Qt.Key.Key_Space)
    idle(qtbot, window)
    assert view.model.rowCount() > 0
    assert view.table.isVisible()
    window.close()
