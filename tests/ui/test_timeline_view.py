"""The timeline on screen."""

from datetime import date, timedelta

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.timeline import ConcernMark, ContactMark, ContactResult, RecordRef, TimelineFacts
from ioms_desktop.ui.charts.timeline_view import TimelineView
from ioms_desktop.ui.theme.apply import apply_theme
from ioms_desktop.ui.theme.tokens import Theme

TODAY = date(2026, 11, 23)
FIRST = TODAY - timedelta(days=363)
FACTS = TimelineFacts(
    contacts=tuple(
        ContactMark(ref=f"C{back}", on=TODAY - timedelta(days=back), came=ContactResult.SEEN, label=f"Visit {back}")
        for back in (300, 200, 100)
    ),
    concerns=(ConcernMark(ref="K1", on=TODAY - timedelta(days=50), label="<b>Arrest</b>"),),
)


@pytest.fixture
def view(qtbot: QtBot, theme: Theme) -> TimelineView:
    assert theme.name == "light"
    made = TimelineView()
    qtbot.addWidget(made)
    made.resize(900, 300)
    made.show_facts(FACTS, from_on=FIRST, to_on=TODAY, today=TODAY)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    made.setFocus()
    return made


def centre(view: TimelineView, ref: RecordRef) -> QPoint:
    (event,) = (each for each in view.picture.targets if each.ref == ref)
    return QPointF(*event.box.centre).toPoint()


def test_arrow_keys_go_from_event_to_event_and_enter_opens_the_one_under_focus(
    qtbot: QtBot, view: TimelineView
) -> None:
    for _ in range(2):
        QTest.keyClick(view, Qt.Key.Key_Right)
    with qtbot.waitSignal(view.event_opened) as opened:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert opened.args == ["contact", "C200"]
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.focused_event is not None
    assert view.focused_event.ref == RecordRef("contact", "C300")
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view.focused_event.ref == RecordRef("concern", "K1")


def test_a_screen_reader_hears_the_whole_first_and_then_the_event_under_focus(view: TimelineView) -> None:
    assert view.accessibleName() == "Timeline"
    assert "3 seen" in view.accessibleDescription()
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.accessibleDescription() == "27 Jan 2026: Visit 300"


def test_a_click_on_a_mark_opens_it_and_a_click_beside_it_does_not(qtbot: QtBot, view: TimelineView) -> None:
    with qtbot.waitSignal(view.event_opened) as opened:
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=centre(view, RecordRef("concern", "K1")))
    assert opened.args == ["concern", "K1"]
    with qtbot.assertNotEmitted(view.event_opened):
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=centre(view, RecordRef("concern", "K1")) + QPoint(0, 60))


def test_plus_and_minus_zoom_and_nought_shows_everything(view: TimelineView) -> None:
    QTest.keyClick(view, Qt.Key.Key_Plus)
    first, last = view.visible_period
    assert (last - first).days + 1 == round(364 / 1.25)
    QTest.keyClick(view, Qt.Key.Key_Minus)
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.visible_period == (FIRST, TODAY)


def test_zooming_out_stops_at_the_whole_and_zooming_in_at_two_weeks(view: TimelineView) -> None:
    view.zoom(0.1)
    assert view.visible_period == (FIRST, TODAY)
    view.zoom(1000)
    first, last = view.visible_period
    assert (last - first).days + 1 == 14


def test_ctrl_and_wheel_zoom_on_the_day_under_the_pointer(view: TimelineView) -> None:
    place = centre(view, RecordRef("contact", "C300"))
    for _ in range(6):
        wheel(view, place)
    first, last = view.visible_period
    assert first <= TODAY - timedelta(days=300) <= last
    assert (last - first).days < 120


def wheel(view: TimelineView, place: QPoint) -> None:
    event = QWheelEvent(
        QPointF(place),
        QPointF(view.mapToGlobal(place)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def test_an_event_out_of_sight_is_brought_into_sight_when_the_keyboard_reaches_it(view: TimelineView) -> None:
    view.zoom(8)
    view.pan(400)
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.focused_event is not None
    assert view.focused_event.ref in {each.ref for each in view.picture.targets}


def test_hovering_a_mark_tells_it_in_words_and_never_as_markup(view: TimelineView) -> None:
    place = centre(view, RecordRef("concern", "K1"))
    QApplication.sendEvent(view, QHelpEvent(QEvent.Type.ToolTip, place, view.mapToGlobal(place)))
    assert "4 Oct 2026: &lt;b&gt;Arrest&lt;/b&gt;" in QToolTip.text()
    QToolTip.hideText()


def test_it_paints_in_every_theme_and_tells_an_empty_case_in_words(qapp: QApplication, view: TimelineView) -> None:
    seen = set()
    for look in (Theme.light(), Theme.dark(), Theme.high_contrast()):
        apply_theme(qapp, look)
        seen.add(bytes(view.grab().toImage().constBits()))
    assert len(seen) == 3
    view.show_facts(TimelineFacts(), from_on=FIRST, to_on=TODAY, today=TODAY)
    assert view.grab().height() > 40
    assert "No contact, offer, concern or enforcement recorded" in view.accessibleDescription()


def test_a_narrow_window_never_makes_it_fail(view: TimelineView) -> None:
    view.resize(100, 40)
    assert view.grab().width() >= 100
