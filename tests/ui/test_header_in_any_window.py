"""The header of a case says next contact, custody, worker and step in a window of any size, at any scale."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.ui.cases.case_header import LOW_HEIGHT_PX
from ioms_desktop.ui.cases.header_facts import Fact, essential_facts, header_facts
from ioms_desktop.ui.reading.case_page import LOWEST_HEIGHT_PX
from ioms_desktop.ui.widgets.widgets import ElidedLabel
from ioms_desktop.ui.widgets.wrapping_label import WrappingLabel
from ui.case_sessions import HARKER, MARLOW, filled, session_of
from ui.hands import CTRL, SHIFT, press
from ui.window_at_work import at_work, idle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from ioms_desktop.services.cases.cases import CaseView
    from ioms_desktop.services.session import Session

pytestmark = pytest.mark.usefixtures("theme")
AT_SCALES = {
    (1024, 640): (1.0, 1.25, 1.5, 2.0),
    (1366, 768): (1.0, 1.5),
    (1920, 1080): (1.0, 1.5),
}
"""The screens, smallest first, with the scales at which a window fills them."""
SIZES_PX = [(int(width / scale), int(height / scale)) for (width, height), all_ in AT_SCALES.items() for scale in all_]
"""Those windows in pixels at 100 %."""
LEAST_CHARS = 24
"""An essential fact that is elided says at least so much."""
LEAST_ROOM_PX = 50
"""A past day has at least so much room below all that is said above it: its first lines."""
WHOLE = 1000
"""More than any fact has: it is not elided at all."""


def views(session: Session, ref: str) -> Iterator[CaseView]:
    """Yield a case as it is on record, and with a name and values as long as they come."""
    view = open_case(session, ref)
    yield view
    person = replace(
        view.person,
        family_name="Featherstonehaugh-Cholmondeley-Wriothesley",
        given_names="Maximiliana Konstantina",
        known_as="Maximiliana the younger",
        warning_markers="WE; VI; Weapons; Risk to children; Mental health",
    )
    case = replace(
        view.case,
        police_om="Detective Sergeant 12345 Ekwueme-Papadimitriou",
        probation_practitioner="Aleksandra Wojciechowska-Featherstonehaugh",
        navigator="Oluwaseun Adebayo-Thorne",
        expected_release_on=date(2027, 1, 30),
    )
    custody = tuple(
        replace(spell, establishment="HMP and YOI Somewhere with quite a long name " * 4) for spell in view.custody
    )
    yield replace(view, person=person, case=case, custody=custody)


def in_sight(widget: QWidget, root: QWidget) -> bool:
    """Whether a widget lies inside every widget around it, up to a root."""
    place = QRect(widget.mapTo(root, QPoint()), widget.size())
    around = widget.parentWidget()
    while around is not None and around is not root.parentWidget():
        if not QRect(around.mapTo(root, QPoint()), around.size()).contains(place):
            return False
        around = around.parentWidget()
    return widget.isVisible()


def says(around: QWidget, fact: Fact, root: QWidget, *, least: int = LEAST_CHARS) -> bool:
    """Whether a header shows a fact: in sight, under its title, and elided to no less than can be understood."""
    for words in around.findChildren(QLabel):
        if words.accessibleName() == f"{fact.title}: {fact.text}" and in_sight(words, root):
            shown = words.text().replace("\n", " ")
            lines = words.text().count("\n") + 1
            whole = shown == " ".join(fact.text.split()) or len(shown) >= least
            cell = words.parentWidget()
            assert cell is not None
            titled = any(each.text() == fact.title and in_sight(each, root) for each in cell.findChildren(QLabel))
            return whole and titled and words.height() >= lines * words.fontMetrics().height()
    return False


@pytest.mark.parametrize("ref", [HARKER, MARLOW])
def test_the_four_essential_facts_are_in_sight_at_any_size_and_scale(
    qtbot: QtBot, local_location: str, tmp_path: Path, ref: str
) -> None:
    with at_work(qtbot, session_of(filled(local_location)), tmp_path) as window:
        case = window.open_case(ref)
        idle(qtbot, window)
        for number, view in enumerate(views(window.session, ref)):
            least = WHOLE if number == 0 else LEAST_CHARS  # nothing of the case as it is on record is cut
            case.header.show_case(window.session, view)
            facts = header_facts(window.session, view)
            for size in SIZES_PX:
                window.resize(*size)
                cut = ["not drawn yet"]
                for _ in range(6):  # a header that unfolds or folds takes some rounds
                    QApplication.processEvents()
                    low, lowest = case.height() < LOW_HEIGHT_PX, case.height() < LOWEST_HEIGHT_PX
                    essential = essential_facts(facts, grouped=low)
                    around = case.page if number and lowest else window  # where much is said, one scrolls to read it
                    cut = [fact.title for fact in essential if not says(case, fact, around, least=least)]
                    if not cut:
                        break
                assert (window.width(), window.height(), cut) == (*size, [])
                assert {"Next contact", "Custody", "Step"} < {fact.title for fact in essential}
                assert not low or [fact.title for fact in essential][2] == "Responsible"
                assert in_sight(case.buttons[0], window), size


def test_whatever_is_said_above_a_past_day_leaves_room_for_it_in_the_lowest_window(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    with at_work(qtbot, session_of(filled(local_location)), tmp_path) as window:
        case = window.open_case(HARKER)
        idle(qtbot, window)
        case.show_as_of(date(2026, 11, 10))
        idle(qtbot, window)
        assert case.view is not None
        case.header.show_case(window.session, replace(case.view, wanted_since=date(2026, 11, 20)))
        case.header.show_changed()
        case.header.show_viewers("A. Wright, B. Coldwell, C. Shah, D. Okoro and E. Adeyemi have this open since 10:00")
        for size, is_lowest in (((512, 320), True), ((1024, 640), False), ((512, 320), True)):
            window.resize(*size)
            for _ in range(8):
                QApplication.processEvents()
            header, bar = case.header, case.as_of_bar
            assert all(in_sight(each, window) for each in (header.wanted, header.name, header.changed_label, bar))
            assert in_sight(header.viewers_label, case.page if is_lowest else header)
            assert ("it stood on 10 Nov 2026" in bar.text_label.text()) == (not is_lowest)
            assert "10 Nov 2026" in bar.text_label.text()
            assert case.scroll_area.height() >= LEAST_ROOM_PX
            assert case.scroll_area.horizontalScrollBar().maximum() == 0


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.NAVIGATOR])
def test_a_folded_header_is_unfolded_by_a_key_and_by_its_button(
    qtbot: QtBot, local_location: str, tmp_path: Path, role: Role
) -> None:
    with at_work(qtbot, session_of(filled(local_location), role), tmp_path) as window:
        case = window.open_case(MARLOW)
        window.resize(1024, 640)
        idle(qtbot, window)
        assert case.view is not None
        (born,) = (fact for fact in header_facts(window.session, case.view) if fact.title == "Born")
        header = case.header
        assert not says(header, born, window)
        assert header.fold_button.isVisible()
        press(case.section_list, Qt.Key.Key_F, CTRL | SHIFT)
        idle(qtbot, window)
        assert says(header, born, window)
        assert header.fold_button.accessibleName() == "Fewer facts"
        header.fold_button.setFocus()
        press(header.fold_button, Qt.Key.Key_Space)
        idle(qtbot, window)
        assert not says(header, born, window)
        window.resize(1600, 1100)
        idle(qtbot, window)
        assert says(header, born, window)
        assert not header.fold_button.isVisible()


def test_a_label_of_one_line_elides_what_a_wrapping_one_says(qtbot: QtBot) -> None:
    """The control of the first test: what elides to one line in a narrow window does not say it."""
    sentence = "In custody since 20 Oct 2026, HMP Leicester; release expected 15 Dec 2026"
    for made, whole in ((ElidedLabel(sentence), False), (WrappingLabel(sentence, max_lines=3), True)):
        qtbot.addWidget(made)
        made.resize(220, 80)
        made.show()
        QApplication.processEvents()
        assert (made.text().replace("\n", " ") == sentence) == whole
