"""A window on a shared database sees what others do: it reads again, names who is here, says when the line is lost."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy import insert, text

from ioms_desktop.domain.access.case_access import AccessList
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.workers.names import WorkerNames
from ioms_desktop.services.access.break_glass import BreakGlass, break_glass
from ioms_desktop.services.access.case_access_admin import (
    ChangeCaseAccess,
    SetCaseRestriction,
    exclude_user,
    set_case_restriction,
)
from ioms_desktop.services.cases.case_lists import CaseRow
from ioms_desktop.services.change_feed import ChangeListener, ChangeNotice, ListenerCallbacks, Viewer, listen
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.recording.offers import MakeOffer, make_offer
from ioms_desktop.services.recording.rag import SetRag, set_rag
from ioms_desktop.services.session import Session, Topic
from ioms_desktop.storage import access_lists
from ioms_desktop.storage.schema import tables
from ioms_desktop.ui.actions.recording_actions import SET_RAG
from ioms_desktop.ui.cases.case_header import CHANGED_MESSAGE
from ioms_desktop.ui.cases.case_screen import CaseScreen
from ioms_desktop.ui.lists.register_model import Identified, RegisterModel
from ioms_desktop.ui.main_window.live_updates import LONGEST_REST_S, RECONNECTED_MESSAGE, RefreshRest, describe_viewers
from ioms_desktop.ui.main_window.window import MainWindow
from ioms_desktop.ui.recording.finish_action import FinishActionDialog
from ioms_desktop.ui.screens.caseload import CaseloadScreen
from keys import opened
from postgres_cluster import Cluster
from sessions import request
from ui.case_sessions import HARKER, MARLOW, TODAY, at, filled, session_of
from ui.hands import click
from ui.window_at_work import at_work, idle, screen


@dataclass
class Office:
    """Somebody at a window, and A. Shah at another workstation."""

    window: MainWindow
    other: Session
    ear: ChangeListener
    heard: list[ChangeNotice] = field(default_factory=list)

    def case(self, qtbot: QtBot, ref: str) -> CaseScreen:
        shown = self.window.open_case(ref)
        qtbot.waitUntil(lambda: shown.view is not None)
        idle(qtbot, self.window)
        return shown

    def rag(self, reason: str, ref: str = HARKER) -> None:
        """Record something of a case with these words: a RAG, or an offer on Phoenix, which has none."""
        if ref == MARLOW:
            entry = MakeOffer(
                request=request(), case_ref=ref, offer_type="MENTORING", offered_on=TODAY, provider=reason
            )
            make_offer(self.other, entry)
        else:
            set_rag(self.other, SetRag(request=request(), case_ref=ref, rag="RED", set_on=TODAY, reason=reason))


def ignore(_: object) -> None:
    """Be told and do nothing."""


@pytest.fixture
def shared(postgres_database: Callable[[str], str], _shared_template: str) -> str:
    return postgres_database(_shared_template)


@pytest.fixture
def office(qtbot: QtBot, shared: str, tmp_path: Path) -> Iterator[Office]:
    other = session_of(opened(shared), user="A. Shah")
    ear = listen(other, ListenerCallbacks(on_change=ignore, on_presence=ignore, on_connection=ignore))
    with at_work(qtbot, session_of(filled(shared)), tmp_path) as window:
        yield Office(window, other, ear)
    ear.close()
    other.store.close()


def reason(case: CaseScreen) -> str | None:
    assert case.view is not None
    if case.case_ref == MARLOW:
        return "; ".join(each.provider or "" for each in case.view.offers if each.offered_on == TODAY)
    return None if case.view.rag_in_force is None else case.view.rag_in_force.reason


def resting(window: MainWindow) -> None:
    """Let what is shown rest, as after a refresh that took long, with a clock that stands still."""
    spent = count()
    rest = window.live_updates._rest = RefreshRest(lambda: float(next(spent)), lambda: 0.0)  # noqa: SLF001 - its clock
    rest.begin(window.current_screen)
    rest.end()
    assert not rest.is_due(window.current_screen)


def since(hour: int, minute: int, day: int = 25, user: str = "A. Shah") -> Viewer:
    return Viewer(user, datetime(2026, 11, day, hour, minute, tzinfo=UTC))


def test_colleagues_are_named_quietly_and_read_as_the_administrator_said() -> None:
    def described(*others: Viewer) -> str:
        return describe_viewers(others, TODAY, WorkerNames({"lee": "PC 12 LEE"}))

    assert described() == ""
    assert described(since(10, 42)) == "A. Shah has this open since 10:42"
    assert described(since(16, 5, day=24)) == "A. Shah has this open since 24 Nov 2026, 16:05"
    two = [since(10, 42), since(11, 2, user="lee")]
    assert described(*two) == "A. Shah (since 10:42) and PC 12 LEE (since 11:02) have this open"
    three = [*two, since(11, 3, user="C")]
    assert described(*three) == "A. Shah (since 10:42), PC 12 LEE (since 11:02) and one other have this open"


def test_a_window_that_only_stands_there_reads_again_by_what_that_costs() -> None:
    cpu, clock = [0.0], [0.0]
    rest = RefreshRest(lambda: cpu[0], lambda: clock[0])
    assert rest.is_due("today"), "the first change is shown at once"
    rest.begin("today")
    cpu[0] += 0.15
    rest.end()
    clock[0] = 29.9
    assert not rest.is_due("today")
    assert rest.is_due("caseload"), "another screen, gone to just now"
    clock[0] = 30.1
    assert rest.is_due("today")
    rest.begin("today")
    cpu[0] += 30
    rest.end()
    clock[0] += LONGEST_REST_S
    assert rest.is_due("today"), "however large the book"


def test_the_header_names_who_has_the_case_open(qtbot: QtBot, office: Office) -> None:
    case = office.case(qtbot, HARKER)
    assert not case.header.viewers_label.isVisible()
    office.ear.mark_opened(MARLOW)
    office.ear.mark_opened(HARKER)
    qtbot.waitUntil(case.header.viewers_label.isVisible)
    assert case.header.viewers_label.text() == "A. Shah has this open since 10:00"
    # The window answers at once, and the answer takes its time on the way.
    qtbot.waitUntil(lambda: [who.user for who in office.ear.other_viewers(HARKER)] == ["Insp. WRIGHT"])
    office.ear.mark_closed(HARKER)
    qtbot.waitUntil(lambda: not case.header.viewers_label.isVisible())


def test_a_case_that_was_closed_is_no_longer_said_to_be_open(qtbot: QtBot, office: Office) -> None:
    office.ear.mark_opened(HARKER)
    office.case(qtbot, HARKER)
    qtbot.waitUntil(lambda: bool(office.ear.other_viewers(HARKER)))
    office.window.tabs.close_case(HARKER)
    qtbot.waitUntil(lambda: not office.ear.other_viewers(HARKER))


def test_a_case_one_may_not_open_is_never_said_to_be_open(qtbot: QtBot, shared: str, tmp_path: Path) -> None:
    other = session_of(opened(shared), user="A. Shah")
    ear = listen(other, ListenerCallbacks(on_change=ignore, on_presence=ignore, on_connection=ignore))
    with at_work(qtbot, session_of(filled(shared), Role.NAVIGATOR), tmp_path) as window:
        for ref in (HARKER, MARLOW):
            ear.mark_opened(ref)
        refused = window.open_case(HARKER)
        idle(qtbot, window)
        assert refused.view is None
        window.open_case(MARLOW)
        qtbot.waitUntil(lambda: bool(ear.other_viewers(MARLOW)))
        assert ear.other_viewers(HARKER) == ()
        assert not refused.header.viewers_label.text()
    ear.close()
    other.store.close()


def test_what_another_does_is_shown_and_what_concerns_another_case_is_not_read(qtbot: QtBot, office: Office) -> None:
    case = office.case(qtbot, HARKER)
    before = case.view
    office.rag("of the other case", MARLOW)
    office.rag("seen with old friends")
    qtbot.waitUntil(lambda: reason(case) == "seen with old friends")
    first = case.view
    assert first is not before
    office.rag("of the other case again", MARLOW)
    other = office.case(qtbot, MARLOW)
    qtbot.waitUntil(lambda: "of the other case again" in (reason(other) or ""))
    assert case.view is first


def test_a_screen_that_is_not_shown_is_read_when_it_is(qtbot: QtBot, office: Office) -> None:
    harker = office.case(qtbot, HARKER)
    office.case(qtbot, MARLOW)
    before = harker.view
    office.rag("while nobody looked")
    office.rag("of the case that is shown", MARLOW)
    shown = office.window.current_case
    assert shown is not None
    qtbot.waitUntil(lambda: reason(shown) == "of the case that is shown")
    assert harker.view is before
    office.window.open_case(HARKER)
    qtbot.waitUntil(lambda: reason(harker) == "while nobody looked")


def test_of_the_caseload_only_the_row_of_a_changed_case_is_read_again(
    qtbot: QtBot, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    caseload = screen(office.window, qtbot, "caseload")
    assert isinstance(caseload, CaseloadScreen)
    idle(qtbot, office.window)
    asked: list[int] = []
    read: list[list[int]] = []
    run, fetch = RegisterModel.run_query, caseload.view.model.register.fetch_rows

    def colour() -> str | None:
        return next(row.rag for row in caseload.view.model.loaded_rows(CaseRow) if row.case_ref == HARKER)

    def counting(model: RegisterModel[CaseRow], query: ListQuery) -> None:
        asked.append(1)
        run(model, query)

    def noting(ids: Sequence[int]) -> Sequence[Identified]:
        read.append(list(ids))
        return fetch(ids)

    monkeypatch.setattr(RegisterModel, "run_query", counting)
    caseload.view.model.register = replace(caseload.view.model.register, fetch_rows=noting)
    first = colour()
    office.rag("worse")
    qtbot.waitUntil(lambda: colour() == "RED")
    assert first != "RED"
    assert ([len(ids) for ids in read], asked) == ([1], [])
    # The control: where the colour decides who is listed, the list is read.
    run(caseload.view.model, replace(caseload.view.model.query, sort="rag"))
    idle(qtbot, office.window)
    set_rag(office.other, SetRag(request=request(), case_ref=HARKER, rag="GREEN", set_on=TODAY, reason="better"))
    qtbot.waitUntil(lambda: colour() == "GREEN")
    assert asked == [1]


def test_a_dialog_is_not_disturbed_and_the_case_is_read_when_it_is_closed(qtbot: QtBot, office: Office) -> None:
    case = office.case(qtbot, HARKER)
    before = case.view
    case.case_actions.launch(SET_RAG)
    qtbot.waitUntil(lambda: any(each.isVisible() for each in case.findChildren(QDialog)))
    office.rag("meanwhile")
    qtbot.waitUntil(case.header.changed_label.isVisible)
    assert case.header.changed_label.text() == CHANGED_MESSAGE
    assert case.view is before
    for dialog in case.findChildren(QDialog):
        dialog.close()
    qtbot.waitUntil(lambda: reason(case) == "meanwhile")
    assert not case.header.changed_label.isVisible()


def test_a_case_at_rest_says_that_it_changed_and_closes_at_once_where_it_is_restricted(
    qtbot: QtBot, office: Office
) -> None:
    case = office.case(qtbot, HARKER)
    resting(office.window)
    before = case.view
    office.rag("during the rest")
    qtbot.waitUntil(case.header.changed_label.isVisible)
    idle(qtbot, office.window)
    assert case.view is before, "the control: it rests on"
    office.window.refresh()
    qtbot.waitUntil(lambda: reason(case) == "during the rest")
    assert not case.header.changed_label.isVisible()
    set_case_restriction(office.other, SetCaseRestriction(request=request(), case_ref=HARKER, restricted=True))
    qtbot.waitUntil(lambda: case.view is None)
    assert not case.header.isVisible()


def test_a_list_at_rest_is_read_at_once_where_a_case_of_it_is_restricted(qtbot: QtBot, office: Office) -> None:
    caseload = screen(office.window, qtbot, "caseload")
    assert isinstance(caseload, CaseloadScreen)
    idle(qtbot, office.window)

    def colour() -> str | None:
        return next(row.rag for row in caseload.view.model.loaded_rows(CaseRow) if row.case_ref == HARKER)

    resting(office.window)
    office.rag("worse")
    qtbot.waitUntil(lambda: caseload in office.window.live_updates._stale)  # noqa: SLF001 - heard
    idle(qtbot, office.window)
    assert colour() != "RED", "the control: it rests on"
    set_case_restriction(office.other, SetCaseRestriction(request=request(), case_ref=MARLOW, restricted=True))
    qtbot.waitUntil(lambda: colour() == "RED")


def test_many_changes_at_once_are_read_once(qtbot: QtBot, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    case = office.case(qtbot, HARKER)
    office.rag("the first")
    qtbot.waitUntil(lambda: reason(case) == "the first")
    read: list[int] = []
    refresh = CaseScreen.refresh

    def counting(screen: CaseScreen) -> None:
        read.append(1)
        refresh(screen)

    monkeypatch.setattr(CaseScreen, "refresh", counting)
    for _ in range(20):
        office.window.live_updates._mark_stale(ChangeNotice(frozenset({Topic.RAG}), None))  # noqa: SLF001 - twenty within a moment
    office.rag("the last")
    qtbot.waitUntil(lambda: reason(case) == "the last")
    assert len(read) <= 2


def test_a_lost_line_is_said_and_so_is_its_return(qtbot: QtBot, tmp_path: Path) -> None:
    cluster = Cluster.start(is_migrated=True)
    location = cluster.create_migrated("lost")
    other = session_of(opened(location), user="A. Shah")
    with at_work(qtbot, session_of(filled(location)), tmp_path) as window:
        state = window.live_updates.connection_label
        shown = window.open_case(HARKER)
        qtbot.waitUntil(lambda: shown.view is not None)
        assert not state.isVisible()
        cluster.halt()
        qtbot.waitUntil(state.isVisible)
        assert state.text() == "Connection lost at 10:00; your entries are kept; trying again"
        before = shown.view
        resting(window)  # what was missed is read all the same
        cluster.resume()
        qtbot.waitUntil(lambda: state.text() == RECONNECTED_MESSAGE)
        qtbot.waitUntil(lambda: shown.view is not before)
        idle(qtbot, window)
    other.store.close()
    cluster.stop()


def test_a_case_that_a_colleague_excludes_one_from_closes_on_the_screen(qtbot: QtBot, office: Office) -> None:
    case = office.case(qtbot, HARKER)
    me = office.window.session.user
    with office.other.store.engine.begin() as connection:
        account = {"name": me, "role": "supervisor", "password_hash": "", "active": True, "created_at": at(TODAY)}
        connection.execute(insert(tables.users).values(**account))
    exclude_user(office.other, ChangeCaseAccess(request=request(), case_ref=HARKER, name=me))
    qtbot.waitUntil(lambda: case.view is None)
    assert not case.header.isVisible()
    assert office.window.tabs.tabText(1) == HARKER


def test_an_open_case_is_checked_where_a_case_changed_that_its_reader_may_not_know_of(
    qtbot: QtBot, office: Office
) -> None:
    hidden, case = office.case(qtbot, MARLOW), office.case(qtbot, HARKER)
    excluded = {"kind": AccessList.EXCLUDED.value, "begins_at": at(TODAY), "set_by": "x"}
    with office.other.store.engine.begin() as connection:
        for ref in (HARKER, MARLOW):
            entry = {**excluded, "case_ref": ref, "user_name": office.window.session.user}
            connection.execute(insert(tables.access_entry).values(**entry))
        said = {"from": "x", "topics": ["rag"], "cases": ["0" * 32]}  # explained to nobody
        connection.execute(text("SELECT pg_notify('ioms_changed', :said)"), {"said": json.dumps(said)})
    qtbot.waitUntil(lambda: case.view is None and hidden.view is None)


def alert(office: Office, **said: str) -> None:
    """Send what a server sends on break-glass access."""
    told = text("SELECT pg_notify('ioms_alert', :said)")
    with office.other.store.engine.begin() as connection:
        connection.execute(told, {"said": json.dumps({"kind": "BREAK_GLASS", **said})})


def test_a_broken_glass_is_told_at_once_and_only_what_the_record_says(qtbot: QtBot, office: Office) -> None:
    screen(office.window, qtbot, "today")
    window = office.window
    alert(office, who="B. Lee")  # anybody who has a login can send one
    with office.other.store.engine.begin() as connection:
        connection.execute(insert(tables.case_standing).values(case_ref=HARKER, restricted=True))
    with window.session.store.begin(window.session.command_context(), "admit") as tx:
        access_lists.set_access_entry(tx, HARKER, window.session.user, AccessList.ADMITTED, listed=True)
    break_glass(office.other, BreakGlass(request=request(), case_ref=HARKER, reason="his mother called, in danger"))
    alert(office)  # as the function of the server sends it
    said = window.messages.text_label
    qtbot.waitUntil(lambda: "restricted record access" in said.text())
    assert said.text() == f"A. Shah used restricted record access to case {HARKER}. The review stands in Today."
    click(window.messages.action_button)
    qtbot.waitUntil(lambda: bool(window.findChildren(FinishActionDialog)))
    (review,) = window.findChildren(FinishActionDialog)
    assert any("his mother called, in danger" in each.text() for each in review.findChildren(QLabel))
    review.close()
    window.messages.clear()
    window.live_updates._check_break_glass()  # noqa: SLF001 - what comes with the next alert
    idle(qtbot, window)
    assert not window.messages.isVisible()


def test_a_local_window_shows_nothing_of_the_kind(qtbot: QtBot, local_location: str, tmp_path: Path) -> None:
    with at_work(qtbot, session_of(filled(local_location)), tmp_path) as window:
        case = window.open_case(HARKER)
        qtbot.waitUntil(lambda: case.view is not None)
        assert not window.live_updates.connection_label.isVisible()
        assert not case.header.viewers_label.isVisible()
