"""In a window of 490 pixels, as 735 are at 150 %, nothing scrolls sideways; whom it is about stays in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ioms_desktop.ui.dialogs.command_dialog import CommandDialog
from ioms_desktop.ui.forms.choice_fields import Choice, ChoiceField, Option
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.forms.tick_field import MOST_IN_A_COLUMN, TickField
from ioms_desktop.ui.widgets.flow_layout import FlowLayout
from ui.case_sessions import HARKER, filled, session_of
from ui.every_dialog import every_dialog, in_sight, opened, states
from ui.hands import show
from ui.kit_checks import focusable
from ui.window_at_work import at_work, idle, put_on

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.usefixtures("theme")
NARROW_PX, LOW_PX = 490, 300
MOST_AT_200_PX = 628, LOW_PX
"""As wide as a dialog becomes on a screen of 1366 x 768 at 200 %, and lower."""
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


def unsaid(dialog: CommandDialog) -> str:
    """Say what of the case that a dialog is about is not in sight once its form is scrolled to the end."""
    bar, said = dialog.scroll_area.verticalScrollBar(), dialog.about_label
    case_ref = "" if dialog.autosave is None else dialog.autosave.origin.case_ref
    if case_ref not in dialog.about:
        return f"{case_ref} is not named"
    bar.setValue(bar.maximum())
    is_whole = in_sight(said) and said.height() >= said.heightForWidth(said.width())
    bar.setValue(0)
    return "" if is_whole or not dialog.about else "out of sight"


def unmarked(dialog: QDialog, kinds: set[str]) -> list[str]:
    """Return the kinds of widget, of those not tried yet, that look the same with the keyboard and without."""
    found = []
    for each in focusable(dialog):
        kind = f"{type(each).__name__} {each.property('kind') or ''}"
        if kind in kinds or not each.isEnabled() or each.visibleRegion().isEmpty():
            continue
        kinds.add(kind)
        each.setFocus(Qt.FocusReason.TabFocusReason)
        QApplication.processEvents()
        around = QRect(each.mapTo(dialog, QPoint(-4, -4)), each.size() + QSize(8, 8))
        marked = dialog.grab(around).toImage()
        each.clearFocus()
        QApplication.processEvents()
        found += [kind] * (dialog.grab(around).toImage() == marked)
    return found


def cut(dialog: QDialog) -> list[str]:
    """Return the words of a dialog of which some lines are not there, however one scrolls."""
    told = [each for each in dialog.findChildren(QLabel) if each.wordWrap() and each.isVisible()]
    return [each.text() for each in told if each.height() < each.heightForWidth(each.width())]


def test_no_form_scrolls_sideways_in_a_narrow_window_and_each_says_whom_it_is_about(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    with at_work(qtbot, session_of(filled(local_location)), tmp_path) as window:
        window.show_screen("caseload")
        put_on(window, "small")
        shown, tried, kinds, told = set[str](), set[str](), set[str](), 0
        for name, make in every_dialog(window, HARKER).items():
            with opened(make) as dialog:
                assert not unmarked(dialog, kinds), name
                if not isinstance(dialog, CommandDialog):
                    dialog.resize(*MOST_AT_200_PX)
                    idle(qtbot, window)  # some say more once they have read it
                    for _ in range(3):
                        QApplication.processEvents()
                    assert not cut(dialog), name
                    shown.add(name)
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
                dialog.resize(NARROW_PX, LOW_PX)
                QApplication.processEvents()
                assert not unsaid(dialog), name
                assert not cut(dialog), name
                assert dialog.accessibleDescription() == dialog.about, name
                told += HARKER in dialog.about
                tried.add(name)
                dialog.show_about("")
                assert bool(unsaid(dialog)) == (dialog.autosave is not None and bool(dialog.autosave.origin.case_ref))
        assert {"propose_decision", "record_contact", "make_offer"} <= tried
        assert told > 60
        assert {"QPushButton danger", "_SegmentButton segment", "QListWidget ", "QTreeWidget "} <= kinds
        assert {"raised", "recovery_code_of_a_file", "merge"} <= shown


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
    field.make()  # as a form does that shows it
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
