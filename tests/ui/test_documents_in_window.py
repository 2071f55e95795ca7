"""Documents in the window: dropped, pasted or chosen, checked beside the field, looked at, and copied with a reason."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from document_samples import HOSTILE, harmless, png
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.documents.file_types import FileType
from ioms_desktop.domain.errors import Unreachable
from ioms_desktop.domain.records.documents.document import OF_PERSON, Document
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.documents import apart
from ioms_desktop.services.documents.documents import OpenedDocument
from ioms_desktop.ui.cases.case_actions import NOT_SHOWN_MESSAGE
from ioms_desktop.ui.cases.case_section import ShownCase
from ioms_desktop.ui.cases.casework.document_sections import DOCUMENTS
from ioms_desktop.ui.documents.add_document import STOPPED_MESSAGE, AddDocumentDialog
from ioms_desktop.ui.documents.save_copy import SaveCopyDialog
from ioms_desktop.ui.documents.viewer import SAVE_TO_SEE, TEXT_ONLY, DocumentDialog
from ioms_desktop.ui.labels import record_lines
from ioms_desktop.ui.recording.case_subject import subject_of
from ui.case_sessions import MARLOW, TODAY, filled, session_of
from ui.hands import CTRL, focused, press, show, write
from ui.window_at_work import at_work, idle

if TYPE_CHECKING:
    import pytest
    from pytestqt.qtbot import QtBot

    from ioms_desktop.services.session import Outcome
    from ioms_desktop.ui.cases.case_screen import CaseScreen
    from ioms_desktop.ui.main_window.window import MainWindow
    from ioms_desktop.ui.tasks import Tasks

PICTURES = os.environ.get("DOCUMENT_PICTURES", "")


def picture(widget: QWidget, name: str) -> None:
    if PICTURES:
        widget.grab().save(str(Path(PICTURES) / f"{name}.png"))


def given(*paths: Path) -> QMimeData:
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return files


def drop(widget: QWidget, *paths: Path) -> None:
    """Drop files as a person does, at a point of a widget."""
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    files = given(*paths)  # an event does not keep what it carries
    at = QPoint(40, 40)
    entering = QDragEnterEvent(at, copy, files, left, none)
    QApplication.sendEvent(widget, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(widget, QDropEvent(QPointF(at), copy, files, left, none))


def shown(qtbot: QtBot, window: MainWindow, kind: type[QWidget]) -> QWidget:
    def found() -> QWidget | None:
        return next((each for each in window.findChildren(kind) if each.isVisible()), None)

    qtbot.waitUntil(lambda: found() is not None)
    dialog = found()
    assert dialog is not None
    return dialog


def gone(qtbot: QtBot, window: MainWindow, kind: type[QWidget]) -> None:
    qtbot.waitUntil(lambda: not any(each.isVisible() for each in window.findChildren(kind)))
    idle(qtbot, window)


def files_in(*folders: Path) -> set[Path]:
    return {path for folder in folders for path in folder.rglob("*") if path.is_file()}


def add_dropped(qtbot: QtBot, window: MainWindow, name: str) -> None:
    """Describe a file that was dropped, and add it."""
    dialog = shown(qtbot, window, AddDocumentDialog)
    assert isinstance(dialog, AddDocumentDialog)
    qtbot.waitUntil(lambda: f"{name}: " in dialog.draft_status.text())
    assert dialog.draft_status.text().endswith("bytes")
    assert dialog.document_title.value() == Path(name).stem
    press(focused(), Qt.Key.Key_Tab)
    write(focused(), "Letter")
    press(focused(), Qt.Key.Key_Tab)
    picture(dialog, f"2_add_{name}")
    press(focused(), Qt.Key.Key_Return, CTRL)
    gone(qtbot, window, AddDocumentDialog)


def opened_viewer(qtbot: QtBot, window: MainWindow) -> DocumentDialog:
    """Return the viewer once it shows the document."""
    viewer = shown(qtbot, window, DocumentDialog)
    assert isinstance(viewer, DocumentDialog)
    qtbot.waitUntil(lambda: viewer.stack.currentWidget() is not viewer.message)
    return viewer


def test_a_file_is_dropped_described_added_opened_and_nothing_is_left_on_the_disk(
    qtbot: QtBot, local_location: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary, files = tmp_path / "tmp", tmp_path / "files"
    temporary.mkdir()
    files.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    for name, content in harmless("Hello Jayden").items():
        (files / name).write_bytes(content)
    with at_work(qtbot, session_of(filled(local_location), Role.OFFICER), tmp_path) as window:
        screen = window.open_case(MARLOW)
        drop(screen, files / "letter.pdf")  # before the case has been read
        assert screen.message.text_label.text() == NOT_SHOWN_MESSAGE
        assert screen.message.isVisible()
        idle(qtbot, window)
        assert QApplication.activeModalWidget() is None
        screen.sections.choose("Documents")
        picture(window, "1_empty_section")
        drop(screen, files / "letter.pdf", files / "scan.png")
        assert "one after the other" in screen.message.text_label.text()
        for name in ("letter.pdf", "note.txt"):
            drop(screen, files / name)
            add_dropped(qtbot, window, name)
        listed = {each.file_name: each for each in open_case(window.session, MARLOW).of(Document)}
        assert set(listed) == {"letter.pdf", "note.txt"}
        told = {label for label, _ in record_lines(window.session, listed["letter.pdf"])}
        assert {"Size in bytes"} == told & {"Size in bytes", "Digest"}
        picture(window, "3_section")
        before = files_in(tmp_path)
        for name, words in (("letter.pdf", "Hello Jayden"), ("note.txt", "Hello Jayden: £5")):
            screen.case_actions.open_row(listed[name])
            viewer = opened_viewer(qtbot, window)
            picture(viewer, f"4_viewer_{name}")
            said = viewer.scroll_area.accessibleDescription() or viewer.text.toPlainText()
            assert words in said
            assert {path for path in files_in(tmp_path) if "cases.ioms" not in path.name} <= before
            assert not list(temporary.iterdir())
            if name == "note.txt":
                viewer.copy_button.click()
                save_copied(qtbot, window, files, "copy.txt")
                assert "A copy was saved as" in screen.message.text_label.text()
                assert not window.findChildren(SaveCopyDialog), "it ends with its command"
            else:
                with monkeypatch.context() as patched:
                    patched.setattr(apart, "POLL_S", apart.MAX_WAIT_S * 2)  # the page is not waited for
                    viewer.larger_button.click()
                    idle(qtbot, window)
                viewer.larger_button.click()
                idle(qtbot, window)
                assert "could not be read" in viewer.message.text(), "nor is it shown as the next"
                assert viewer.stack.currentWidget() is viewer.message
            press(viewer, Qt.Key.Key_Escape)
            idle(qtbot, window)


def save_copied(qtbot: QtBot, window: MainWindow, folder: Path, name: str) -> None:
    copying = shown(qtbot, window, SaveCopyDialog)
    assert isinstance(copying, SaveCopyDialog)
    copying.folder.set_value(str(folder))
    copying.file_name.set_value(name)
    copying.reason.set_value("CASE_WORK")
    copying.recipient.held.set_value("kept")
    copying.primary.click()
    gone(qtbot, window, SaveCopyDialog)


def test_what_is_said_of_a_file_goes_with_it_and_a_lost_connection_leaves_a_way_out(
    qtbot: QtBot, local_location: str, tmp_path: Path, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (tmp_path / "first_letter.txt", tmp_path / "second.txt")
    for path in (first, second):
        path.write_bytes(b"Dear Jayden")
    session = session_of(filled(local_location), Role.OFFICER)
    dialog = AddDocumentDialog(session, tasks, subject_of(session, open_case(session, MARLOW)), str(first))
    qtbot.addWidget(dialog)
    show(qtbot, dialog)

    def looked_at(path: Path) -> None:
        qtbot.waitUntil(lambda: dialog.draft_status.text().startswith(f"{path.name}: "))

    looked_at(first)
    assert dialog.document_title.value() == "first letter"
    dialog.file.set_value(str(second))
    assert not dialog.draft_status.text(), "what was said of the first does not stand beside the second"
    looked_at(second)
    assert dialog.document_title.value() == "second", "a title that was proposed goes with its file"
    dialog.check_file()
    dialog.file.set_value(str(tmp_path / "nowhere.txt"))
    qtbot.waitUntil(lambda: "file" in dialog.form.problems)
    assert not dialog.draft_status.text()
    dialog.document_title.set_value("Mine")
    dialog.file.set_value(str(first))
    looked_at(first)
    assert dialog.document_title.value() == "Mine"

    def lost() -> Outcome:
        raise Unreachable("The database does not answer.")

    still_adding: list[bool] = []
    begin = dialog.begin_save_check

    def is_adding() -> bool:
        return dialog._steps.isActive()  # noqa: SLF001 - while it is, Escape and Cancel only stop what is added

    def begin_watched(sentence: str) -> None:
        begin(sentence)
        still_adding.append(is_adding())

    monkeypatch.setattr(dialog, "begin_save_check", begin_watched)  # the answer is there before one could look
    dialog.send(lost)
    assert is_adding(), "the control"
    qtbot.waitUntil(lambda: bool(still_adding) and not tasks.is_busy)
    assert still_adding == [False]
    press(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not dialog.isVisible() or dialog.unsaved_prompt.isVisible())


def test_a_small_picture_is_enlarged_and_what_is_shown_as_text_says_so(
    qtbot: QtBot, local_location: str, tasks: Tasks
) -> None:
    session = session_of(filled(local_location), Role.OFFICER)

    def opening(name: str, file_type: FileType, content: bytes) -> DocumentDialog:
        document = Document(
            document_ref="D-1",
            case_ref=MARLOW,
            title="Scan",
            kind="LETTER",
            dated_on=TODAY,
            handling="TEAM",
            file_name=name,
            file_type=file_type,
            size_bytes=len(content),
            digest="",
        )
        opened = OpenedDocument(document=document, content=content)
        viewer = DocumentDialog(session, tasks, opened, may_copy=True)
        qtbot.addWidget(viewer)
        show(qtbot, viewer)
        return viewer

    def viewing(name: str, file_type: FileType, content: bytes) -> DocumentDialog:
        viewer = opening(name, file_type, content)
        qtbot.waitUntil(lambda: viewer.stack.currentWidget() is not viewer.message)
        return viewer

    viewer = viewing("scan.png", FileType.PNG, png(40, 30))
    assert viewer.sheet.pixmap().width() == 40, "in its own size at first"
    assert viewer.scroll_area.accessibleDescription() == "A picture without text."
    for wider in (300, 375):
        viewer.larger_button.click()
        qtbot.waitUntil(lambda: not tasks.is_busy)
        assert viewer.sheet.pixmap().deviceIndependentSize().width() == wider
    assert not viewer.text_note.isVisible()
    viewer.close()
    viewer = viewing("list.xlsx", FileType.XLSX, harmless()["list.xlsx"])
    picture(viewer, "7_text_only")
    assert viewer.text_note.isVisible()
    assert viewer.text.accessibleDescription() == f"{TEXT_ONLY} {SAVE_TO_SEE}"
    viewer.close()
    with qtbot.captureExceptions() as raised:
        viewer = opening("list.xlsx", FileType.XLSX, harmless()["list.xlsx"])
        shiboken6.delete(viewer.text)  # it is read, and cannot be shown
        qtbot.waitUntil(lambda: "It could not be shown" in viewer.message.text())
    assert len(raised) == 1


def check_shown_elsewhere(screen: CaseScreen, made: Document) -> None:
    """Check what is said of a document of the person, and offered, in another case than it was added on."""
    elsewhere = {each.label for each in screen.case_actions.row_acts(replace(made, case_ref=""))}
    here = {each.label for each in screen.case_actions.row_acts(made)}
    assert elsewhere == {"&Open the document…", "&Save a copy…"} < here, "it is changed where it was added"
    view = replace(open_case(screen.session, MARLOW), person_documents=(replace(made, id=99, case_ref=""),))
    whose = next(each for each in DOCUMENTS.columns if each.title == "About")
    rows = DOCUMENTS.rows(ShownCase(screen.session, view))
    assert [whose.text(row) for row in rows] == ["Person (from another case)", "Person"]


def test_what_is_not_kept_is_said_beside_the_file_and_a_copy_needs_a_reason(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    name, content, words = HOSTILE["PDF with a script"]
    (tmp_path / name).write_bytes(content)
    (tmp_path / "letter.txt").write_bytes(b"Dear Jayden")
    with at_work(qtbot, session_of(filled(local_location), Role.OFFICER), tmp_path) as window:
        screen = window.open_case(MARLOW)
        idle(qtbot, window)
        screen.sections.choose("Documents")
        QApplication.clipboard().setMimeData(given(tmp_path / name))
        press(screen.sections.section_list, Qt.Key.Key_V, CTRL)
        QApplication.clipboard().clear()  # what Python made may not outlive it there
        dialog = shown(qtbot, window, AddDocumentDialog)
        assert isinstance(dialog, AddDocumentDialog)
        qtbot.waitUntil(lambda: "file" in dialog.form.problems)
        assert words in dialog.form.problems["file"]
        dialog.document_title.set_value("Letter")
        dialog.kind.set_value("LETTER")
        dialog.primary.click()
        qtbot.waitUntil(lambda: not dialog.busy.isVisible() and "file" in dialog.form.problems)
        picture(dialog, "5_refused")
        assert not open_case(window.session, MARLOW).of(Document)
        dialog.file.set_value(str(tmp_path / "letter.txt"))
        assert dialog.belongs_to.value() == "CASE"
        dialog.belongs_to.set_value(OF_PERSON)
        dialog.primary.click()
        press(dialog, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: dialog.banner.text_label.text() == STOPPED_MESSAGE)
        assert not open_case(window.session, MARLOW).of(Document)
        dialog.primary.click()
        gone(qtbot, window, AddDocumentDialog)
        (made,) = open_case(window.session, MARLOW).of(Document)
        idle(qtbot, window)
        check_shown_elsewhere(screen, made)
        save = next(act for act in screen.case_actions.row_acts(made) if "copy" in act.label)
        save.run()
        copying = shown(qtbot, window, SaveCopyDialog)
        assert isinstance(copying, SaveCopyDialog)
        copying.folder.set_value(str(tmp_path))
        copying.primary.click()
        assert set(copying.form.problems) == {"reason", "held"}
        copying.reason.set_value("CASE_WORK")
        copying.recipient.held.set_value("kept")
        copying.primary.click()
        idle(qtbot, window)
        assert "already" in copying.banner.text_label.text()
        picture(copying, "6_copy")
        copying.file_name.set_value("copy.txt")
        copying.primary.click()
        idle(qtbot, window)
        assert (tmp_path / "copy.txt").read_bytes() == b"Dear Jayden"
