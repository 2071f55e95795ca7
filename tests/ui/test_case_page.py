"""The page of a case: sections by key, entries read in place, and notices that move nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton, QVBoxLayout, QWidget

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.intelligence import INTELLIGENCE_RULE
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.records.own_words import OwnWords
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.ui import labels
from ioms_desktop.ui.actions.registry import section_button
from ioms_desktop.ui.cases.case_section import GO_KEY, CaseSection, ShownCase, go_keys
from ioms_desktop.ui.cases.sections import CONTACTS, SECTION_KEYS, SECTIONS, WITHHELD
from ioms_desktop.ui.charts.drawing_view import pixels_of
from ioms_desktop.ui.main_window.help import HelpDialog
from ioms_desktop.ui.reading.case_page import LOW_HEIGHT_PX
from ioms_desktop.ui.widgets.widgets import MessageBar
from ui.case_sessions import HARKER, MARLOW, filled, session_of
from ui.hands import CTRL, PLAIN, SHIFT, focused, press
from ui.test_case_sections import copied_entries
from ui.window_at_work import at_work, idle

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from ioms_desktop.services.session import Session
    from ioms_desktop.ui.cases.case_screen import CaseScreen
    from ioms_desktop.ui.main_window.window import MainWindow

pytestmark = pytest.mark.usefixtures("theme")
ACCESSIBLE = Qt.ItemDataRole.AccessibleTextRole
NOTE = "He asked for a place to stay. " * 410 + "The last word is harbour."


@pytest.fixture
def session(local_location: str) -> Session:
    return session_of(filled(local_location))


def go_to(number: int) -> None:
    """Press the keys of a section, wherever the keyboard is."""
    press(focused(), Qt.Key.Key_G, CTRL)
    *shift, key = SECTION_KEYS[number].rpartition(" ")[2].split("+")
    press(focused(), Qt.Key(ord(key)), SHIFT if shift else PLAIN)


def opened(qtbot: QtBot, window: MainWindow, ref: str) -> CaseScreen:
    case = window.open_case(ref)
    idle(qtbot, window)
    return case


def test_every_section_is_reached_by_its_key_which_the_help_lists(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    with at_work(qtbot, session, tmp_path) as window:
        case = opened(qtbot, window, HARKER)
        for number in reversed(range(len(SECTIONS))):
            go_to(number)
            QApplication.processEvents()
            assert case.section_list.chosen == number
            table = case.tables[number]
            assert focused() is (table.table if table.source.rows else case.section_list)
            shown = QRect(table.mapTo(case.scroll_area, QPoint()), table.size())
            assert shown.intersects(case.scroll_area.rect())
            counted = f" ({len(table.source.rows)})" if table.source.rows else ""
            line = case.section_list.line(number)
            assert line.text() == SECTIONS[number].title + counted
            assert not line.isHidden(), "what is shown is seen in the list, also among those without entries"
        press(focused(), Qt.Key.Key_F1)
        (sheet,) = window.findChildren(HelpDialog)
        said = set(sheet.text.toPlainText().splitlines())
        assert {f"Show {section.title}" for section in SECTIONS} <= said
        assert set(SECTION_KEYS) <= said
        sheet.close()


def listed(case: CaseScreen) -> list[str]:
    """Return the titles of the sections that are seen in the list, in its order, and the line above the empty ones."""
    lines = [case.section_list.item(row) for row in range(case.section_list.count())]
    return [line.text().partition(" (")[0] for line in lines if not line.isHidden()]


def test_sections_without_entries_stand_together_folded_until_they_are_asked_for(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    titles = [section.title for section in SECTIONS]
    with at_work(qtbot, session, tmp_path) as window:
        case = opened(qtbot, window, HARKER)
        lists, sections = case.sections, case.section_list
        assert case.view is not None
        shown = ShownCase(session, case.view)
        full = [section.title for section in SECTIONS if section.rows(shown) or section.stays_listed]
        empty = [title for title in titles if title not in full]
        assert 10 < len(empty) < len(titles)
        assert listed(case) == [*full, "Nothing listed"], "in their order"
        fold = sections.fold_line
        sections.setFocus()
        press(sections, Qt.Key.Key_End)
        assert sections.is_at_fold
        assert fold.data(ACCESSIBLE) == f"Nothing listed ({len(empty)}), folded"
        assert lists.section_stack.currentWidget() is case.tables[0], "what was shown stays"
        for key, unfolded in ((Qt.Key.Key_Right, empty), (Qt.Key.Key_Left, []), (Qt.Key.Key_Return, empty)):
            press(sections, key)
            assert listed(case) == [*full, "Nothing listed", *unfolded]
            assert str(fold.data(ACCESSIBLE)).endswith(", unfolded" if unfolded else ", folded")
        press(sections, Qt.Key.Key_Down)
        assert titles[sections.chosen] == empty[0]
        press(sections, Qt.Key.Key_Left)
        press(sections, Qt.Key.Key_Space)
        assert listed(case) == [*full, "Nothing listed"]
        case.refresh()
        idle(qtbot, window)
        assert listed(case) == [*full, "Nothing listed"], "what a colleague saves unfolds nothing"
        assert sections.is_at_fold
        go_to(titles.index(empty[-1]))
        assert empty[-1] in listed(case), "its key shows what is folded"
        press(focused(), Qt.Key.Key_Insert)
        idle(qtbot, window)
        assert case.has_dialogs, "its Add works"
        case.findChildren(QDialog)[0].done(0)
        lists.show_case(replace(case.view, contacts=(), custody=()))
        at_end = listed(case)[listed(case).index("Nothing listed") :]
        assert "Custody" in at_end, "what has lost its last entry"
        assert "Contacts" not in at_end, "the work on every case keeps its place"
    with at_work(qtbot, session, tmp_path) as window:
        case = opened(qtbot, window, HARKER)
        assert empty[0] not in listed(case), "folded is how it was left"
        place = case.section_list.visualItemRect(case.section_list.fold_line).center()
        QTest.mouseClick(case.section_list.viewport(), Qt.MouseButton.LeftButton, PLAIN, place)
        assert empty[0] in listed(case)
    with at_work(qtbot, session, tmp_path) as window:
        assert empty[0] in listed(opened(qtbot, window, HARKER)), "it is remembered"
    other = session_of(session.store, Role.COORDINATOR)
    with at_work(qtbot, other, tmp_path) as window:
        assert empty[0] not in listed(opened(qtbot, window, HARKER)), "for its user alone"


def test_a_small_window_shows_header_acts_and_the_newest_entries_at_first(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    with at_work(qtbot, session, tmp_path) as window:
        for ref, alerts in ((HARKER, 2), (MARLOW, 0)):
            case = opened(qtbot, window, ref)
            window.resize(1024, 640)
            idle(qtbot, window)
            table = case.tables[SECTIONS.index(CONTACTS)].table
            row = table.visualRect(table.model().index(2, 0))
            decide = [
                each for each in case.trigger_panel.findChildren(QPushButton) if each.text() in {"&Decide", "Decide"}
            ]
            assert len(decide) == alerts
            seen = case.scroll_area.viewport().rect()
            places = [QRect(each.mapTo(case.scroll_area.viewport(), QPoint()), each.size()) for each in decide]
            places.append(QRect(table.viewport().mapTo(case.scroll_area.viewport(), row.topLeft()), QSize(40, 24)))
            assert all(seen.contains(place) for place in places), ref
            window.resize(1024, 900)
            idle(qtbot, window)
            assert case.timeline.mapTo(case.page, QPoint()).y() < table.mapTo(case.page, QPoint()).y(), "the centre"
        case.section_list.setFocus()
        window.resize(1024, 640)
        idle(qtbot, window)
        press(case.section_list, Qt.Key.Key_End)
        press(case.section_list, Qt.Key.Key_Right)
        case.section_list.choose(0)
        seen = case.scroll_area.viewport().rect()
        while case.section_list.currentRow() < case.section_list.count() - 1:
            press(case.section_list, Qt.Key.Key_Down)
            QApplication.processEvents()
            line = case.section_list.visualItemRect(case.section_list.currentItem())
            reached = case.section_list.viewport().mapTo(case.scroll_area.viewport(), line.center())
            assert seen.contains(reached), "the line that the arrows reach"
        for scale in (1.5, 2):
            window.resize(int(1024 / scale), int(640 / scale))
            idle(qtbot, window)
            assert case.page.width() <= case.scroll_area.viewport().width(), f"no section is cut off at {scale}"


def test_no_key_of_a_section_is_taken(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    assert len(set(SECTION_KEYS)) == len(SECTIONS)
    with at_work(qtbot, session, tmp_path) as window:
        taken = [action.shortcut for action in window.user_actions.actions if action.shortcut]
    assert "Ctrl+K" in taken
    assert [keys for keys in taken if keys.split(",")[0] == GO_KEY] == []
    plain: CaseSection[Contact] = CaseSection("Cc", records=lambda case: case.view.contacts, columns=())
    assert go_keys((plain, replace(plain, key="C"), plain)) == ("Ctrl+G, Shift+C", "Ctrl+G, C", "Ctrl+G, A")


@pytest.mark.parametrize("role", [Role.NAVIGATOR, Role.COORDINATOR])
def test_an_empty_section_says_what_to_do_next_to_whom_may_do_it(
    qtbot: QtBot, session: Session, tmp_path: Path, role: Role
) -> None:
    user = session_of(session.store, role)
    with at_work(qtbot, user, tmp_path) as window:
        case = opened(qtbot, window, MARLOW)
        assert case.view is not None
        emptied = replace(case.view, contacts=(), appointments=(), offers=(), concerns=(), actions=(), custody=())
        case.sections.show_case(emptied)
        kinds = set()
        for number, section in enumerate(SECTIONS):
            case.section_list.choose(number)
            table = case.tables[number]
            adding = section_button(user, section.added_type)
            if not table.source.rows:
                offered = adding is not None and adding[0].applies_to(emptied)
                assert ("with Insert" in table.empty_label.text()) == offered, section.title
                kinds.add((section.record_type, offered))
        mine = {(Contact, True), (Appointment, True), (OwnWords, True)}
        assert mine <= kinds if role is not Role.COORDINATOR else not mine & kinds


def with_note(session: Session, ref: str) -> None:
    newest = max(open_case(session, ref).contacts, key=lambda each: each.occurred_at.iso_text)
    with session.store.begin(session.command_context()) as tx:
        tx.save(replace(newest, note=NOTE))


def test_a_whole_note_is_read_in_place_by_keys_and_copied_on_record(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    assert len(NOTE) > 12_000, "as long as others were asked for"
    with_note(session, MARLOW)
    with at_work(qtbot, session, tmp_path) as window:
        case = opened(qtbot, window, MARLOW)
        go_to(SECTIONS.index(CONTACTS))
        pane, table = case.sections.pane, case.tables[SECTIONS.index(CONTACTS)]
        assert NOTE in pane.text.toPlainText()
        assert pane.heading.full_text.startswith("24 Nov 2026 · ")
        press(focused(), Qt.Key.Key_Down)
        assert NOTE not in pane.text.toPlainText()
        press(focused(), Qt.Key.Key_Up)
        press(focused(), Qt.Key.Key_F7)
        assert focused() is pane.text
        QApplication.clipboard().clear()
        press(focused(), Qt.Key.Key_Down)
        press(focused(), Qt.Key.Key_Home, CTRL)
        press(focused(), Qt.Key.Key_End, CTRL | SHIFT)
        assert "The last word is harbour." in pane.text.chosen
        press(focused(), Qt.Key.Key_C, CTRL)
        qtbot.waitUntil(lambda: "harbour" in QApplication.clipboard().text())
        assert [copied for _, copied in copied_entries(session.store)] == ["Contacts"]
        press(focused(), Qt.Key.Key_Escape)
        assert focused() is table.table


def test_the_pane_stands_where_there_is_room_and_folds_in_a_low_window(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    with at_work(qtbot, session, tmp_path) as window:
        case = opened(qtbot, window, MARLOW)
        pane, lists = case.sections.pane, case.sections
        window.resize(1366, 900)
        idle(qtbot, window)
        assert not lists.isAncestorOf(pane)
        assert pane.mapTo(case.page, QPoint()).y() == lists.mapTo(case.page, QPoint()).y()
        assert pane.text.isVisible()
        window.resize(1024, LOW_HEIGHT_PX)
        idle(qtbot, window)
        assert lists.isAncestorOf(pane)
        assert not pane.text.isVisible()
        press(case.section_list, Qt.Key.Key_F7)
        assert pane.text.isVisible()
        assert focused() is pane.text


@pytest.mark.parametrize("sees", [True, False])
def test_the_pane_says_no_more_than_the_list_of_what_rests_on_intelligence(
    qtbot: QtBot, session: Session, tmp_path: Path, *, sees: bool
) -> None:
    with at_work(qtbot, session, tmp_path) as window:
        case = opened(qtbot, window, MARLOW)
        assert case.view is not None
        rested = replace(case.view.decisions[0], rule=INTELLIGENCE_RULE, reason="Seen with a knife by a source")
        case.sections.show_case(replace(case.view, decisions=(rested,), sees_intelligence=sees))
        go_to([section.title for section in SECTIONS].index("Enforcement"))
        said = case.sections.pane.text.toPlainText()
        assert ("by a source" in said) == sees
        assert (WITHHELD in said) != sees
        go_to([section.title for section in SECTIONS].index("MAPPA"))
        assert case.sections.pane.text.toPlainText() == ""


def geometry(root: QWidget, but: QWidget) -> dict[QWidget, QRect]:
    """Return the place and size of everything in sight but a message, and what it lies in."""
    QApplication.processEvents()
    return {
        widget: QRect(widget.mapTo(root, QPoint()), widget.size())
        for widget in root.findChildren(QWidget)
        if widget.isVisible() and widget is not but and not but.isAncestorOf(widget) and not widget.isAncestorOf(but)
    }


def in_sight(inside: QWidget, part: QRect) -> bool:
    return inside.visibleRegion().boundingRect().contains(part)


def test_rows_a_whole_entry_and_each_mark_of_the_timeline_come_into_sight_in_the_lowest_window(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    with at_work(qtbot, session, tmp_path) as window:
        window.resize(512, 320)
        case = opened(qtbot, window, MARLOW)
        go_to(SECTIONS.index(CONTACTS))
        idle(qtbot, window)
        rows = case.tables[case.section_list.chosen].table
        assert rows.viewport().visibleRegion().boundingRect().height() >= 3 * rows.verticalHeader().defaultSectionSize()
        press(rows, Qt.Key.Key_F7)
        idle(qtbot, window)
        assert focused() is case.sections.pane.text
        assert in_sight(focused(), focused().rect()), "its keys scroll what is longer"
        assert in_sight(case.sections.pane, case.sections.pane.heading.geometry())
        seen = []
        case.timeline.setFocus(Qt.FocusReason.TabFocusReason)
        for key in (Qt.Key.Key_Home, *[Qt.Key.Key_Right] * 20):
            press(case.timeline, key)
            reached = case.timeline.focused_event
            assert reached is not None
            shown = [each.box for each in case.timeline.picture.targets if each.ref == reached.ref]
            assert any(in_sight(case.timeline, pixels_of(box)) for box in shown), reached.title
            seen.append(case.scroll_area.verticalScrollBar().value())
        assert len(set(seen)) > 1, "the control: not all of it is in sight at once"
        assert case.header.name.isVisible()
        assert case.buttons[0].visibleRegion().boundingRect() == case.buttons[0].rect()


def in_a_layout(bar: MessageBar) -> QWidget:
    """Return a page that makes room for a message."""
    page = QWidget()
    column = QVBoxLayout(page)
    column.addWidget(bar)
    column.addWidget(QLabel("Below"), 1)
    page.resize(400, 300)
    page.show()
    return page


def test_the_notice_of_a_finished_act_moves_nothing_and_takes_no_focus(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    with at_work(qtbot, session, tmp_path) as window:
        case = opened(qtbot, window, MARLOW)
        for size in ((1366, 768), (682, 426)):
            window.resize(*size)
            go_to(SECTIONS.index(CONTACTS))
            idle(qtbot, window)
            before, had = geometry(window, case.message), focused()
            case.message.notice("Contact recorded.", "&Undo", print)
            assert case.message.isVisible()
            assert geometry(window, case.message) == before
            assert focused() is had
            case.message.clear()
            assert geometry(window, case.message) == before
    bar = MessageBar()
    page = in_a_layout(bar)
    qtbot.addWidget(page)
    before = geometry(page, bar)
    bar.notice("Contact recorded.", "&Undo", print)
    assert geometry(page, bar) != before, "the control: a notice in a layout moves what is below it"


def test_none_is_said_in_the_words_of_the_house() -> None:
    said = {section.describe_empty(Role.SUPERVISOR) for section in SECTIONS}
    assert all(words.startswith("None") for words in said)
    assert labels.NONE_RECORDED in said
