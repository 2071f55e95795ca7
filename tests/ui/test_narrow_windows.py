"""In a window of 490 pixels, as 735 are at 150 %, nothing scrolls sideways and every answer is in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ioms_desktop.ui.dialogs.command_dialog import CommandDialog
from ioms_desktop.ui.forms.choice_fields import Choice, ChoiceField, Option
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.forms.tick_field import MOST_IN_A_COLUMN, TickField
from ioms_desktop.ui.widgets.flow_layout import FlowLayout
from ui.case_sessions import HARKER, filled, session_of
from ui.every_dialog import every_dialog, opened, states
from ui.hands import show
from ui.window_at_work import at_work

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.usefixtures("theme")
NARROW_PX = 490
BESIDE_PX = 12
"""How far a control may stand from its field's left and top, as inside a frame."""
ROUNDING_PX = 2
"""What a form may need more at another scale, where every text is rounded to other pixels."""
ANSWERS = tuple(Choice(word, f"{word} of the reasons", word[0].lower()) for word in ("Theirs", "None", "Ours", "Moved"))


def apart(form: Form) -> list[str]:
    """Name the fields whose first control stands away from their label, which is at their left and top."""
    found = []
    for field in form.fields:
        parts = [each for each in field.findChildren(QWidget) if each.focusPolicy() and each.isVisible()]
        places = [each.mapTo(field, QPoint()) for each in parts]
        if places and max(min(at.x() for at in places), min(at.y() for at in places)) > BESIDE_PX:
            found.append(field.name)
    return found


def test_no_form_scrolls_sideways_in_a_narrow_window(qtbot: QtBot, local_location: str, tmp_path: Path) -> None:
    with at_work(qtbot, session_of(filled(local_location)), tmp_path) as window:
        window.show_screen("caseload")
        tried = set()
        for name, make in every_dialog(window, HARKER).items():
            with opened(make) as dialog:
                if not isinstance(dialog, CommandDialog):
                    continue
                dialog.resize(NARROW_PX, 500)
                for state in states(dialog):
                    QApplication.processEvents()
                    assert dialog.width() == NARROW_PX, f"{name}, {state}"
                    assert dialog.scroll_area.horizontalScrollBar().maximum() == 0, f"{name}, {state}"
                    page = dialog.scroll_area.widget()
                    assert page is not None
                    needed = page.minimumSizeHint().width() + ROUNDING_PX
                    assert needed <= dialog.scroll_area.viewport().width(), f"{name}, {state}"
                    assert not apart(dialog.form), f"{name}, {state}"
                    dialog.resize(NARROW_PX, 500)  # a form that asks more may grow
                tried.add(name)
        assert {"propose_decision", "record_contact", "make_offer"} <= tried


@pytest.mark.parametrize("offered", [["A3"], ["A13", "A16"], ["A9", "A13"], [f"A{n}" for n in range(4, 17)]])
@pytest.mark.parametrize("width", [330, 900])
def test_the_boxes_that_are_offered_begin_beside_their_label(qtbot: QtBot, width: int, offered: list[str]) -> None:
    options = [Option(f"A{number}", f"Agency number {number}") for number in range(17)]
    form = Form()
    field = form.add(TickField("told", "&Agencies told", options))
    page = QWidget()
    qtbot.addWidget(page)
    layout = QVBoxLayout(page)
    layout.addWidget(form)
    layout.addStretch(1)
    page.resize(width, 700)
    show(qtbot, page)
    field.set_offered(offered)
    for _ in range(3):
        QApplication.processEvents()
    assert not apart(form)
    places = [box.mapTo(field, QPoint()) for code, box in field.boxes.items() if code in offered]
    assert len({(place.x(), place.y()) for place in places}) == len(offered)
    assert (len({place.x() for place in places}) == 2) == (width == 900 and len(offered) > MOST_IN_A_COLUMN)
    for code in offered:
        field.boxes[code].move(300, 0)
    assert apart(form) == ["told"], "the control"
    field.set_offered(field.boxes)
    QApplication.processEvents()
    assert all(box.isVisible() for box in field.boxes.values())
    assert not apart(form)


@pytest.mark.parametrize("width", [170, 250, 900])
def test_every_answer_is_in_sight_in_as_many_lines_as_it_takes(qtbot: QtBot, width: int) -> None:
    field = ChoiceField("why", "&Why", ANSWERS)
    qtbot.addWidget(field)
    field.setFixedWidth(width)
    show(qtbot, field)
    field.resize(width, field.heightForWidth(width))
    QApplication.processEvents()
    places = [QRect(each.mapTo(field, QPoint()), each.size()) for each in field.buttons.values()]
    assert all(field.rect().contains(place) for place in places)
    assert not any(one.intersects(other) for one in places for other in places if one is not other)
    lines = {place.y() for place in places}
    assert (len(lines) == 1) == (width == 900)


def test_a_row_inside_another_layout_gives_its_new_size_at_once(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    column, row, plain = QVBoxLayout(page), FlowLayout(6), QHBoxLayout()
    column.addLayout(row)
    column.addLayout(plain)
    first, second, control = QLabel("Ours"), QLabel("None"), QLabel("Ours")
    row.addWidget(first)
    row.addWidget(second)
    plain.addWidget(control)
    show(qtbot, page)
    before, one_line, unchanged = row.sizeHint(), row.heightForWidth(150), plain.sizeHint()
    for each in (first, control):
        each.setText("Theirs, of all the reasons that were given")
    assert plain.sizeHint() == unchanged, "the control: Qt has said nothing yet"
    assert row.sizeHint().width() > before.width()
    assert row.heightForWidth(150) > one_line, "the second now has a line of its own"
    second.hide()
    assert row.sizeHint() == first.sizeHint()


def test_a_row_that_does_not_wrap_takes_more_room(qtbot: QtBot) -> None:
    """The control of the tests above."""
    row = QWidget()
    qtbot.addWidget(row)
    layout = QHBoxLayout(row)
    for each in ANSWERS:
        layout.addWidget(QPushButton(each.label))
    assert row.minimumSizeHint().width() > NARROW_PX
