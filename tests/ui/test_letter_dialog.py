"""A letter in the window: chosen, filled from the case, what is missing asked for, seen, kept and saved."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.letters.template import LetterKind
from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.documents.documents import open_document
from ioms_desktop.services.letters.letters import offered_letters, read_letter_facts
from ioms_desktop.services.printing.papers import list_papers
from ioms_desktop.ui.letters.write_letter import LetterPagesDialog, OfferedLetter, WriteLetterDialog
from ioms_desktop.ui.recording.case_subject import subject_of
from ui.case_sessions import MARLOW, filled, session_of
from ui.hands import CTRL, focused, press, show, write

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from ioms_desktop.ui.tasks import Tasks

PICTURES = os.environ.get("LETTER_PICTURES", "")
WAIT_MS = 20_000


def test_a_letter_is_asked_for_seen_kept_and_saved(
    qtbot: QtBot, tasks: Tasks, local_location: str, tmp_path: Path
) -> None:
    session = session_of(filled(local_location), Role.OFFICER)
    view = open_case(session, MARLOW)
    letters = [
        OfferedLetter(each, read_letter_facts(session, view, each.kind)) for each in offered_letters(session, view)
    ]
    kinds = {each.template.kind for each in letters}
    assert LetterKind.WRITTEN_WARNING in kinds, "its step was authorised"
    assert not kinds & {LetterKind.ABC, LetterKind.IOM_NOTICE}
    dialog = WriteLetterDialog(session, tasks, subject_of(session, view), letters)
    qtbot.addWidget(dialog)
    show(qtbot, dialog)
    assert not dialog.form.field("offer").isVisible(), "nothing is asked before a letter is chosen"
    write(focused(), "Offer")
    press(focused(), Qt.Key.Key_Tab)
    assert dialog.kind.value() == "offer"
    assert dialog.form.field("offer").isVisible()
    assert not dialog.form.field("promises").isVisible()
    dialog.folder.set_value(str(tmp_path))
    press(dialog.kind.control, Qt.Key.Key_Return, CTRL)
    assert "phone" in dialog.form.problems
    assert list(open_case(session, MARLOW).of(Document)) == []
    for field, text in (("offer", "help with work"), ("phone", "0116 496 0000"), ("address", "1 High Street")):
        control = dialog.form.field(field).control
        control.setFocus()
        press(control, Qt.Key.Key_A, CTRL)
        write(control, text)
    offer = dialog.form.field("offer")
    offer.set_value("help, or you will be arrested")
    dialog.show_pages()
    qtbot.waitUntil(lambda: "no letter says" in dialog.form.problems.get("offer", ""), timeout=WAIT_MS)
    picture(dialog, "refused")
    offer.set_value("help with work")
    dialog.show_pages()
    qtbot.waitUntil(lambda: any(each.isVisible() for each in dialog.findChildren(LetterPagesDialog)), timeout=WAIT_MS)
    (pages,) = dialog.findChildren(LetterPagesDialog)
    seen = pages.pdf
    qtbot.waitUntil(lambda: len(pages.pages.pages) == 1, timeout=WAIT_MS)
    assert "We offer you help with work." in pages.pages.pages[0].accessibleDescription()
    picture(pages, "pages")
    press(pages.close_button, Qt.Key.Key_Space)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    offer.control.setFocus()
    with qtbot.waitSignal(dialog.completed, timeout=WAIT_MS) as done:
        press(offer.control, Qt.Key.Key_Return, CTRL)
    (kept,) = open_case(session, MARLOW).of(Document)
    assert isinstance(done.args, list)
    assert done.args[0].ref == kept.document_ref
    (saved,) = tmp_path.glob("*.pdf")
    assert saved.read_bytes() == seen == open_document(session, MARLOW, kept.document_ref).content
    assert [each.what for each in list_papers(session)] == ["Letter: Offer of support"]


def picture(widget: WriteLetterDialog | LetterPagesDialog, name: str) -> None:
    if PICTURES:
        widget.grab().save(str(Path(PICTURES) / f"letter_{name}.png"))
