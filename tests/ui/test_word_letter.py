"""A letter is worded in the window: its page drawn as one types, what is wrong beside the field; then it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.services.letters.wordings import WordingRow, WordingState, read_wordings
from ioms_desktop.ui.letters.word_letter import WordLetterDialog
from ioms_desktop.ui.letters.wording_changes import WordingChanges, WordingDialog
from ui.case_sessions import filled, session_of
from ui.hands import CTRL, focused, press, show, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytestqt.qtbot import QtBot

    from ioms_desktop.ui.tasks import Tasks

HARD = "Non-engagement necessitates consideration of proportionate escalation."


def as_worded(versions: Sequence[WordingRow], kind: str) -> tuple[str, str]:
    (found,) = (each for each in versions if each.kind == kind and each.state is WordingState.IN_FORCE)
    return found.title, "\n".join(found.paragraphs)


def test_a_letter_is_worded_with_its_page_beside_it_and_kept(qtbot: QtBot, tasks: Tasks, local_location: str) -> None:
    session = session_of(filled(local_location), Role.ADMINISTRATOR, user="chief")
    versions = read_wordings(session)
    dialog = WordLetterDialog(session, tasks, versions)
    qtbot.addWidget(dialog)
    show(qtbot, dialog)
    assert dialog.title.value() is None, "nothing is proposed before a letter is chosen"
    write(focused(), "Offer")
    press(focused(), Qt.Key.Key_Tab)
    press(focused(), Qt.Key.Key_Tab)
    assert dialog.title.value() == "Help that we offer you"
    qtbot.waitUntil(lambda: len(dialog.pages.pages) == 1)
    assert "Alex Example" in dialog.pages.pages[0].accessibleDescription()
    assert dialog.readability.text().startswith("Reading age ")
    box = focused()
    assert box is dialog.paragraphs.edit
    press(box, Qt.Key.Key_A, CTRL)
    write(box, "You must sign this.")
    qtbot.waitUntil(lambda: "no letter says" in dialog.form.problems.get("paragraphs", ""))
    press(box, Qt.Key.Key_A, CTRL)
    write(box, f"We offer you {{offer}}. {HARD}")
    qtbot.waitUntil(lambda: HARD in dialog.readability.text())
    assert dialog.form.problems == {}, "what was wrong is gone with it"
    dialog.kind.set_value("appointment")
    assert (dialog.title.value(), dialog.paragraphs.value()) == as_worded(versions, "appointment")
    dialog.kind.set_value("offer")
    assert HARD in str(dialog.paragraphs.value()), "what was typed of a letter is there when it is chosen again"
    dialog.reason.set_value("Plainer")
    press(box, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: "hardest sentence" in dialog.form.problems.get("paragraphs", ""))
    assert [each for each in read_wordings(session) if not each.is_shipped] == []
    box.setFocus()
    press(box, Qt.Key.Key_A, CTRL)
    write(box, "We can offer you {offer}.")
    qtbot.waitUntil(lambda: HARD not in dialog.readability.text())
    assert "added: We can offer you {offer}." in dialog.changes.lines
    with qtbot.waitSignal(dialog.completed):
        press(box, Qt.Key.Key_Return, CTRL)
    kept = next(each for each in read_wordings(session) if each.state is WordingState.IN_FORCE and not each.is_shipped)
    assert (kept.paragraphs, kept.reason) == (("We can offer you {offer}.",), "Plainer")
    shipped = next(each for each in versions if each.kind == "offer")
    shown = WordingDialog(shipped, kept)
    qtbot.addWidget(shown)
    assert "removed: We can offer you {offer}." in shown.changes.lines


def test_what_changes_stands_beside_its_word_however_many_paragraphs_there_were(qtbot: QtBot) -> None:
    changes = WordingChanges()
    qtbot.addWidget(changes)
    changes.resize(500, 600)
    show(qtbot, changes)
    for after in (("A",), ("A", "B"), ("A", "B", "C")):
        changes.show_changes(("A",), after)
    qtbot.waitUntil(lambda: len([each for each in changes.findChildren(QLabel) if each.isVisible()]) == 6)
    tops = {each.text(): each.y() for each in changes.findChildren(QLabel) if each.text() in {"A", "B", "C"}}
    assert tops["C"] - tops["B"] == tops["B"] - tops["A"], "no row takes the room of all"
