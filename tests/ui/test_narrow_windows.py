"""In a window of 490 pixels, as 735 are at 150 %, nothing scrolls sideways and every answer is in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QWidget

from ioms_desktop.ui.dialogs.command_dialog import CommandDialog
from ioms_desktop.ui.forms.choice_fields import Choice, ChoiceField
from ui.case_sessions import HARKER, filled, session_of
from ui.every_dialog import every_dialog, opened, states
from ui.hands import show
from ui.window_at_work import at_work

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.usefixtures("theme")
NARROW_PX = 490
ROUNDING_PX = 2
"""What a form may need more at another scale, where every text is rounded to other pixels."""
ANSWERS = tuple(Choice(word, f"{word} of the reasons", word[0].lower()) for word in ("Theirs", "None", "Ours", "Moved"))


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
                    dialog.resize(NARROW_PX, 500)  # a form that asks more may grow
                tried.add(name)
        assert {"propose_decision", "record_contact", "make_offer"} <= tried


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


def test_a_row_that_does_not_wrap_takes_more_room(qtbot: QtBot) -> None:
    """The control of the tests above."""
    row = QWidget()
    qtbot.addWidget(row)
    layout = QHBoxLayout(row)
    for each in ANSWERS:
        layout.addWidget(QPushButton(each.label))
    assert row.minimumSizeHint().width() > NARROW_PX
