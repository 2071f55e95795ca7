"""The Case screen: one page, one case, as of any day, showing each role what it may see and do."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.policy.case_facts import COMPLETED_OUTCOME
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.recording.contacts import ContactEntry, RecordContact, record_contact
from ioms_desktop.services.recording.decisions import ProposeDecision, propose_decision
from ioms_desktop.services.recording.ratings import RateWeek, rate_week
from ioms_desktop.services.session import Topic
from ioms_desktop.storage.store import Store
from ioms_desktop.ui.actions.recording_actions import RECORD_CONTACT
from ioms_desktop.ui.cases.case_actions import find_record
from ioms_desktop.ui.cases.case_screen import CASE_PAGE, UNAVAILABLE_PAGE, CaseScreen
from ioms_desktop.ui.cases.case_section import ShownCase
from ioms_desktop.ui.cases.header_facts import header_facts
from ioms_desktop.ui.cases.record_details import RecordDetailsDialog
from ioms_desktop.ui.cases.sections import SECTIONS
from ioms_desktop.ui.recording.decision import DecisionDialog
from ioms_desktop.ui.recording.record_contact import RecordContactDialog
from ioms_desktop.ui.recording.trigger_raised import TriggersRaisedDialog
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Theme
from ui.case_gallery import PICTURES, draw_gallery
from ui.case_sessions import HARKER, MARLOW, TODAY, at, filled, session_of
from ui.hands import CTRL, click, focused, press, show, write
from ui.kit_checks import focusable, nameless

OPEN_TRIGGER = date(2026, 10, 16)
Opener = Callable[..., CaseScreen]


@pytest.fixture
def store(local_location: str) -> Iterator[Store]:
    made = filled(local_location)
    yield made
    made.close()


@pytest.fixture
def case(qtbot: QtBot, theme: Theme, tasks: Tasks, store: Store) -> Opener:
    assert theme.name == "light"

    def opened(ref: str, role: Role = Role.SUPERVISOR, today: date = TODAY) -> CaseScreen:
        screen = CaseScreen(session_of(store, role, today=today), tasks, ref)
        qtbot.addWidget(screen)
        screen.resize(1366, 720)
        show(qtbot, screen)
        qtbot.waitUntil(lambda: screen.pages.currentIndex() in {CASE_PAGE, UNAVAILABLE_PAGE})
        qtbot.waitUntil(lambda: not tasks.is_busy)
        return screen

    return opened


def words_of(widget: QWidget) -> str:
    labels = [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]
    return " | ".join([*labels, *(button.text().strip() for button in widget.findChildren(QPushButton))])


def modal(qtbot: QtBot, kind: type[QDialog]) -> QDialog:
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), kind))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QDialog)
    return dialog


def test_the_header_answers_the_inspector_s_question(case: Opener) -> None:
    screen = case(HARKER)
    assert screen.view is not None
    facts = {fact.title: fact.text for fact in header_facts(screen.session, screen.view)}
    assert screen.header.name.text() == "HARKER, Callum"
    assert facts["Born"] == "14 Feb 1994 (age 32)"
    assert facts["Programme"] == "IOM · Fixed · Active"
    assert facts["RAG"].startswith("BLUE since 20 Oct 2026: ")
    assert facts["Last contact"] == "11 Nov 2026, 14 days ago: Seen"
    assert facts["Custody"].startswith("Since 20 Oct 2026, HMP Leicester; release expected 15 Dec 2026")
    assert facts["Statutory status"] == "Licence, from the order of 10 Sep 2026; IOM licence condition"
    assert screen.header.rag.text() == "BLUE"
    assert screen.header.custody.text() == "in custody"


def test_an_open_trigger_stands_with_its_sentence_its_clock_and_its_evidence(qtbot: QtBot, case: Opener) -> None:
    screen = case(MARLOW, today=OPEN_TRIGGER)
    told = words_of(screen.trigger_panel)
    assert "Three planned contacts were missed on 6 Oct 2026, 13 Oct 2026 and 15 Oct 2026" in told
    assert "3 days left" in told
    buttons = screen.trigger_panel.findChildren(QPushButton)
    (missed,) = (each for each in buttons if each.accessibleName().startswith("Open evidence, 13 Oct 2026"))
    press(missed, Qt.Key.Key_Space)
    details = modal(qtbot, RecordDetailsDialog)
    assert "Failed to attend" in words_of(details)
    press(details, Qt.Key.Key_Escape)


def test_decide_opens_the_dialog_with_the_trigger_in_it(qtbot: QtBot, case: Opener) -> None:
    screen = case(MARLOW, today=OPEN_TRIGGER)
    (decide,) = (each for each in screen.trigger_panel.findChildren(QPushButton) if each.text() == "&Decide")
    click(decide)
    dialog = modal(qtbot, DecisionDialog)
    assert "Three planned contacts were missed" in words_of(dialog)
    dialog.close()


def test_nobody_without_the_right_is_offered_a_decision_or_a_rag(case: Opener) -> None:
    screen = case(MARLOW, Role.NAVIGATOR, OPEN_TRIGGER)
    assert "&Decide" in words_of(screen.trigger_panel), "a navigator proposes, and somebody else authorises"
    assert [each.accessibleName() for each in screen.buttons] == [
        "Record contact",
        "Offer",
        "Concern",
        "Rating",
        "Appointment",
        "Print…",
    ]
    reader = case(MARLOW, Role.COORDINATOR, OPEN_TRIGGER)
    assert "&Decide" not in words_of(reader.trigger_panel)
    assert [each.accessibleName() for each in reader.buttons] == ["Print…"]


def test_what_a_record_raised_is_told_and_may_be_decided_at_once(qtbot: QtBot, case: Opener) -> None:
    screen = case(MARLOW, Role.OFFICER, date(2026, 10, 14))
    screen.case_actions.launch(RECORD_CONTACT)
    dialog = modal(qtbot, RecordContactDialog)
    assert isinstance(dialog, RecordContactDialog)
    qtbot.waitUntil(lambda: dialog.isAncestorOf(focused()))
    for key in "nnny":
        write(focused(), key)
    dialog.worry.set_value("no")
    with qtbot.waitSignal(screen.outcome_received):
        press(focused(), Qt.Key.Key_Return, CTRL)
    raised = modal(qtbot, TriggersRaisedDialog)
    assert "missed on 6 Oct 2026, 13 Oct 2026 and 14 Oct 2026" in words_of(raised)
    press(raised, Qt.Key.Key_Return)
    decision = modal(qtbot, DecisionDialog)
    decision.close()
    assert screen.message.text_label.text() == "Contact recorded."


def test_an_alert_of_another_person_names_them_and_is_decided_on_their_case(qtbot: QtBot, case: Opener) -> None:
    screen = case(HARKER, today=date(2026, 10, 14))
    screen.case_actions.launch(RECORD_CONTACT)
    dialog = modal(qtbot, RecordContactDialog)
    assert isinstance(dialog, RecordContactDialog)
    missed = ContactEntry(case_ref=MARLOW, outcome="FAILED_TO_ATTEND")
    entry = RecordContact(
        request=str(uuid4()),
        entries=(ContactEntry(case_ref=HARKER, outcome=COMPLETED_OUTCOME), missed),
        occurred_at=DayTime(date(2026, 10, 14)),
        planned=True,
        contact_type="OFFICE",
        minutes=30,
    )
    dialog.completed.emit(record_contact(screen.session, entry))
    dialog.form.mark_clean()
    dialog.close()
    raised = modal(qtbot, TriggersRaisedDialog)
    for said in (words_of(raised), raised.accessibleDescription()):
        assert "Jayden MARLOW" in said
        assert "HARKER" not in said
    press(raised, Qt.Key.Key_Return)
    decision = modal(qtbot, DecisionDialog)
    assert isinstance(decision, DecisionDialog)
    assert (decision.page.case.case_ref, decision.view.case.case_ref) == (MARLOW, MARLOW)
    assert decision.page.trigger is not None
    proposal = ProposeDecision(
        request=str(uuid4()),
        case_ref=MARLOW,
        decision="HOLD",
        rule="missed_contacts",
        reason="r",
        alternatives="a",
        proportionality="p",
    )
    decision.completed.emit(propose_decision(screen.session, proposal))
    decision.form.mark_clean()
    decision.close()
    assert screen.message.text_label.text().startswith(f"{MARLOW}: Proposed.")
    with qtbot.waitSignal(screen.outcome_received):
        click(screen.message.action_button)
    assert [each.status for each in open_case(screen.session, MARLOW).proposals] == ["WITHDRAWN"]


def test_a_past_day_is_shown_whole_with_a_banner_and_nothing_can_be_recorded(qtbot: QtBot, case: Opener) -> None:
    screen = case(MARLOW, today=OPEN_TRIGGER)
    screen.as_of.edit.selectAll()
    write(screen.as_of.edit, "10 Oct 2026")
    press(screen.as_of.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: screen.view is not None and screen.view.as_of == date(2026, 10, 10))
    qtbot.waitUntil(screen.as_of_bar.isVisible)
    assert "as it stood on 10 Oct 2026" in screen.as_of_bar.text_label.text()
    qtbot.waitUntil(lambda: "No alert is open." in words_of(screen.trigger_panel))
    assert screen.section_list.line(0).text() == "Contacts (5)"
    screen.case_actions.launch(RECORD_CONTACT)
    assert QApplication.activeModalWidget() is None
    assert "past day" in screen.message.text_label.text()
    click(screen.as_of_bar.action_button)
    qtbot.waitUntil(lambda: screen.is_live and screen.view is not None and screen.view.as_of == OPEN_TRIGGER)
    assert not screen.as_of_bar.isVisible()


def test_the_day_is_passed_by_with_tab_after_midnight_and_the_case_stays_live(qtbot: QtBot, case: Opener) -> None:
    screen = case(MARLOW, today=OPEN_TRIGGER)
    tomorrow = OPEN_TRIGGER + timedelta(days=1)
    screen.session = replace(screen.session, clock=lambda: at(tomorrow))
    screen.as_of.edit.setFocus()
    press(focused(), Qt.Key.Key_Tab)
    assert screen.is_live
    screen.refresh()
    qtbot.waitUntil(lambda: screen.view is not None and screen.view.as_of == tomorrow)
    assert screen.as_of.value() == tomorrow
    assert not screen.as_of_bar.isVisible()


def test_a_day_that_is_typed_after_midnight_is_asked_for_though_the_field_said_it_before(
    qtbot: QtBot, case: Opener
) -> None:
    screen = case(MARLOW, today=OPEN_TRIGGER)
    screen.session = replace(screen.session, clock=lambda: at(OPEN_TRIGGER + timedelta(days=1)))
    screen.as_of.edit.setFocus()
    screen.as_of.edit.selectAll()
    write(screen.as_of.edit, f"{OPEN_TRIGGER:%d/%m/%Y}")
    press(screen.as_of.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(screen.as_of_bar.isVisible)
    assert not screen.is_live


def test_a_day_that_is_none_leaves_the_case_as_it_was(case: Opener) -> None:
    screen = case(MARLOW, today=OPEN_TRIGGER)
    for typed in ("nonsense", "1 Jan 2030"):
        screen.as_of.edit.selectAll()
        write(screen.as_of.edit, typed)
        press(screen.as_of.edit, Qt.Key.Key_Return)
        assert screen.is_live
        assert screen.as_of.value() == OPEN_TRIGGER
        assert "not today or an earlier day" in screen.message.text_label.text()


def test_a_case_that_is_not_there_is_said_in_words_with_a_way_on(case: Opener) -> None:
    screen = case("NOBODY")
    assert screen.pages.currentIndex() == UNAVAILABLE_PAGE
    assert "There is no case NOBODY that you may open" in screen.unavailable.text_label.text()
    assert not screen.header.isVisible()


def test_a_case_that_cannot_be_shown_says_so_and_nobody_waits_for_it(
    case: Opener, tasks: Tasks, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = case(HARKER)
    monkeypatch.setattr(CaseScreen, "_show_sections", lambda *_: 1 / 0)
    other = case(HARKER)
    assert other.pages.currentIndex() == UNAVAILABLE_PAGE
    assert "The reference is" in words_of(other)
    assert not other.is_current
    screen.refresh()
    qtbot.waitUntil(screen.message.isVisible)
    assert "could not be read" in screen.message.text_label.text()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert not screen.is_current, "nobody acts on what is shown by halves"


def test_a_section_without_records_says_so(qtbot: QtBot, case: Opener) -> None:
    screen = case(HARKER)
    titles = [section.title for section in SECTIONS]
    screen.section_list.choose(titles.index("Enforcement"))
    qtbot.waitUntil(lambda: "None recorded" in words_of(screen.section_stack))


def test_sections_are_built_when_they_are_first_shown(case: Opener) -> None:
    screen = case(HARKER)
    assert screen.section_stack.count() == len(screen.tables) == 1
    screen.section_list.setFocus()
    screen.section_list.set_folded(folded=False)
    reached = [screen.section_list.chosen]
    for _ in SECTIONS:  # one more than there are below the first: the line above those without entries
        press(screen.section_list, Qt.Key.Key_Down)
        reached += [] if screen.section_list.is_at_fold else [screen.section_list.chosen]
    assert sorted(reached) == list(range(len(SECTIONS)))
    assert len(screen.tables) == len(SECTIONS)


def test_every_control_has_a_name_and_there_are_not_too_many(case: Opener) -> None:
    screen = case(HARKER)
    for number in range(len(SECTIONS)):
        screen.section_list.choose(number)
    assert nameless(screen) == []
    assert len([each for each in focusable(screen) if each.isVisible()]) < 60


def test_enter_on_a_row_opens_its_record(qtbot: QtBot, case: Opener, tasks: Tasks) -> None:
    screen = case(HARKER)
    table = screen.tables[0].table
    qtbot.waitUntil(lambda: table.model().rowCount() == 11 and not tasks.is_busy)
    table.setFocus()
    table.selectRow(0)
    press(table, Qt.Key.Key_Return)
    details = modal(qtbot, RecordDetailsDialog)
    assert "Prison visit" in words_of(details)
    press(details, Qt.Key.Key_Escape)


def test_what_somebody_else_recorded_is_read_when_the_window_says_so(qtbot: QtBot, case: Opener, store: Store) -> None:
    screen = case(MARLOW, today=OPEN_TRIGGER)
    other = session_of(store, Role.OFFICER, today=OPEN_TRIGGER)
    rate_week(other, RateWeek(request="r1", case_ref=MARLOW, on=OPEN_TRIGGER, level=2))
    before = screen.view
    screen.topics_changed(frozenset({Topic.RATINGS}))
    qtbot.waitUntil(lambda: screen.view is not before)
    assert screen.view is not None
    assert any(rating.role == "POLICE" for rating in screen.view.ratings)


def test_a_navigator_opens_no_evidence_that_is_intelligence(store: Store) -> None:
    view = open_case(session_of(store, Role.NAVIGATOR), MARLOW)
    officer = open_case(session_of(store, Role.OFFICER), HARKER)
    refs = [each.concern_ref for each in officer.concerns if each.concern_type == "INTELLIGENCE"]
    assert refs
    assert all(find_record(view, "concern", ref) is None for ref in refs)
    assert find_record(officer, "concern", refs[0]) is not None


def test_below_a_low_window_the_header_keeps_one_row_and_about_holds_the_rest(case: Opener) -> None:
    screen = case(HARKER)
    tall = screen.header.sizeHint().height()
    screen.resize(911, 512)
    QApplication.processEvents()
    assert screen.header.sizeHint().height() < tall
    titles = [section.title for section in SECTIONS]
    screen.section_list.choose(titles.index("About"))
    assert screen.view is not None
    about = SECTIONS[titles.index("About")].rows(ShownCase(screen.session, screen.view))
    shown = {row.record.title for row in about}
    assert {fact.title for fact in header_facts(screen.session, screen.view)} <= shown


def test_every_picture_of_the_gallery_is_drawn_in_its_theme(store: Store, theme: Theme, tmp_path: Path) -> None:
    session = session_of(store, today=OPEN_TRIGGER)
    dark = Theme.dark()
    assert theme.name != dark.name
    drawn = draw_gallery(tmp_path / "pictures", session, dark)
    names = {path.name.removesuffix("-dark.png") for path in drawn}
    left_out = {name for name, _ in PICTURES} - names
    assert left_out <= {"offer-answer", "offer-end", "merge"}  # the first case with an open trigger has no offer yet
    for path in drawn:
        picture = QImage(str(path))
        assert picture.width() > 300
        assert picture.pixelColor(2, picture.height() - 3).lightness() < 80
