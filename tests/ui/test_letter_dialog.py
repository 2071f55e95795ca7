"""A letter in the window: chosen, filled from the case, what is missing asked for, seen, kept and saved."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QLabel, QWidget
from shiboken6 import isValid

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import Unreachable
from ioms_desktop.domain.letters.kinds import LetterKind
from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.documents.documents import open_document
from ioms_desktop.services.drafts import list_drafts, save_draft
from ioms_desktop.services.letters.letters import WriteLetter, offered_letters, read_letter_facts, write_letter
from ioms_desktop.services.printing.packs.printed_letter import note_of_print
from ioms_desktop.services.printing.papers import PaperState, list_papers
from ioms_desktop.services.session import DecidedStep, Outcome
from ioms_desktop.ui.actions.casework.document_actions import DELIVER_LETTER
from ioms_desktop.ui.actions.dialog_action import Target
from ioms_desktop.ui.cases.section_table import SectionTable
from ioms_desktop.ui.dialogs.autosave import write_open_drafts
from ioms_desktop.ui.documents.deliver_letter import DeliveryDialog
from ioms_desktop.ui.letters import write_letter as write_letter_dialog
from ioms_desktop.ui.letters.print_letter import AGAIN, NOTHING, THE_LETTER, LetterPrint
from ioms_desktop.ui.letters.printed_letter import PrintedLetterDialog
from ioms_desktop.ui.letters.write_letter import WORDED_ANEW, LetterPagesDialog, OfferedLetter, WriteLetterDialog
from ioms_desktop.ui.main_window.draft_dialog import ANSWER, ASKED, KEPT_LETTERS, KEPT_TYPED, TYPED, UnsavedDialog
from ioms_desktop.ui.printing.pdf_preview import page_count
from ioms_desktop.ui.printing.printer_sheets import PrinterSheets
from ioms_desktop.ui.recording.case_subject import subject_of
from ui.case_sessions import MARLOW, filled, session_of
from ui.hands import CTRL, await_guard, focused, press, show, write
from ui.held import held
from ui.kit_checks import nameless, shared_mnemonics
from ui.window_at_work import at_work, idle

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from ioms_desktop.domain.drafts import Draft
    from ioms_desktop.ui.tasks import Tasks

PICTURES = os.environ.get("LETTER_PICTURES", "")
OF_STEPS = {LetterKind.WRITTEN_WARNING, LetterKind.ABC, LetterKind.IOM_NOTICE}


def test_a_letter_is_asked_for_seen_kept_and_saved(
    qtbot: QtBot, tasks: Tasks, local_location: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = session_of(filled(local_location), Role.OFFICER)
    view = open_case(session, MARLOW)
    letters = [
        OfferedLetter(each, read_letter_facts(session, view, each.kind)) for each in offered_letters(session, view)
    ]
    kinds = {each.template.kind for each in letters}
    assert kinds & OF_STEPS == {LetterKind.WRITTEN_WARNING}, "its step was authorised"
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
    qtbot.waitUntil(lambda: "no letter says" in dialog.form.problems.get("offer", ""))
    picture(dialog, "refused")
    offer.set_value("help with home")
    with held(monkeypatch, write_letter_dialog, "preview_letter") as older:
        dialog.show_pages()
        older.has_result.wait()
        offer.set_value("help with work")
    qtbot.waitUntil(lambda: any(each.isVisible() for each in dialog.findChildren(LetterPagesDialog)))
    (pages,) = dialog.findChildren(LetterPagesDialog)
    seen = pages.letter.pdf
    qtbot.waitUntil(lambda: len(pages.pages.pages) == 1)
    assert "We offer you help with work." in pages.pages.pages[0].accessibleDescription()
    picture(pages, "pages")
    press(pages.close_button, Qt.Key.Key_Space)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    offer.control.setFocus()
    with qtbot.waitSignal(dialog.completed) as done:
        press(offer.control, Qt.Key.Key_Return, CTRL)
    (kept,) = open_case(session, MARLOW).of(Document)
    assert isinstance(done.args, list)
    assert done.args[0].ref == kept.document_ref
    (saved,) = tmp_path.glob("*.pdf")
    assert saved.read_bytes() == seen == open_document(session, MARLOW, kept.document_ref).content
    assert [each.what for each in list_papers(session)] == ["Letter: Offer of support"]


def test_the_notice_of_a_decision_offers_its_letter_and_ctrl_z_does_not_write_it(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    with at_work(qtbot, session_of(filled(local_location)), tmp_path) as window:
        case = window.open_case(MARLOW)
        idle(qtbot, window)
        assert case.view is not None
        warned = next(each for each in case.view.decisions if each.step == "L2")
        made = DecidedStep(MARLOW, warned.decision_ref, "L2")
        for decided, offered in ((replace(made, step="L0"), False), (made, True)):
            case.handle_outcome(Outcome(notice="Authorised.", decided=decided, not_undone="Two people."))
            idle(qtbot, window)
            assert case.message.action_button.isVisible() is offered
        press(focused(), Qt.Key.Key_Z, CTRL)
        idle(qtbot, window)
        assert window.findChildren(WriteLetterDialog) == []
        assert case.message.text_label.text() == "Two people."
        window.handle_outcome(Outcome(notice="Authorised.", decided=made))
        assert window.messages.action_button.text() == "&Write the letter…"
        press(focused(), Qt.Key.Key_W, Qt.KeyboardModifier.AltModifier)
        qtbot.waitUntil(lambda: bool(window.findChildren(WriteLetterDialog)))
        (dialog,) = window.findChildren(WriteLetterDialog)
        assert dialog.kind.value() == "written-warning"


def test_how_a_letter_was_delivered_is_recorded_by_keyboard_and_stands_beside_it(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    session = session_of(filled(local_location))
    facts = read_letter_facts(session, open_case(session, MARLOW), LetterKind.OFFER)
    said = {"phone": "0116", "om": "Sam", "offer": "boxing", **facts.values}
    entry = WriteLetter(request="1", case_ref=MARLOW, kind=LetterKind.OFFER, values=said, address="1 High Street")
    letter = write_letter(session, entry).outcome.ref
    with at_work(qtbot, session, tmp_path) as window:
        case = window.open_case(MARLOW)
        idle(qtbot, window)
        case.case_actions.launch(DELIVER_LETTER, Target(case_ref=MARLOW, about=letter))
        idle(qtbot, window)
        (dialog,) = window.findChildren(DeliveryDialog)
        await_guard(dialog)
        assert dialog.form.field("document_ref").value() == letter
        write(focused(), "Left with")
        press(focused(), Qt.Key.Key_Tab)
        press(focused(), Qt.Key.Key_Return, CTRL)
        qtbot.waitUntil(lambda: "who it was left with" in dialog.banner.text_label.text())
        write(focused(), "Kim Marlow, his mother")
        with qtbot.waitSignal(dialog.completed):
            press(focused(), Qt.Key.Key_Return, CTRL)
        idle(qtbot, window)
        case.sections.choose("Documents")
        idle(qtbot, window)
        (table,) = (each for each in case.findChildren(SectionTable) if each.isVisible())
        row = [str(table.model.index(0, column).data()) for column in range(table.model.columnCount())]
        assert "Left with somebody: Kim Marlow, his mother, 25 Nov 2026" in row


@pytest.mark.qt_log_ignore("QPainter::begin", extend=True)  # of the printer that cannot be reached
def test_a_letter_is_kept_and_printed_and_what_did_not_come_out_is_on_record(
    qtbot: QtBot, tasks: Tasks, local_location: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = replace(session_of(filled(local_location), Role.OFFICER), draft_key=b"k" * 32)
    told: list[str] = []

    def filled_in() -> WriteLetterDialog:
        view = open_case(session, MARLOW)
        letters = [
            OfferedLetter(each, read_letter_facts(session, view, each.kind)) for each in offered_letters(session, view)
        ]
        dialog = WriteLetterDialog(
            session, tasks, subject_of(session, view), letters, LetterKind.WRITTEN_WARNING, told.append, parent=window
        )
        for name, text in (("phone", "0116"), ("address", "1 High Street"), ("conduct", "You had a knife.")):
            dialog.form.field(name).set_value(text)
        dialog.form.field("support").set_value("You can have a mentor.")
        dialog.then.set_value("print")
        show(qtbot, dialog)
        return dialog

    window = QWidget()
    qtbot.addWidget(window)
    show(qtbot, window)
    printer = printed_to(tmp_path / "nowhere" / "letter.pdf")
    dialog = filled_in()
    assert not dialog.folder.isVisible(), "no file is asked for where none is saved"
    dialog.print_on(printer)
    assert "could not be reached" in dialog.banner.text_label.text()
    assert list(open_case(session, MARLOW).of(Document)) == []
    path = tmp_path / "letter.pdf"
    with qtbot.waitSignal(dialog.completed):
        dialog.print_on(printed_to(path))
    qtbot.waitUntil(lambda: not window.findChildren(LetterPrint))
    assert page_count(path.read_bytes()) == 1
    (kept,) = open_case(session, MARLOW).of(Document)
    assert [each.state for each in list_papers(session)] == [PaperState.OUT]
    assert told == []
    stopped = filled_in()
    stopped.form.field("conduct").set_value("You had a knife again.")  # or it would be the same paper
    stopped.print_on(printed_to(tmp_path / "stopped.pdf"))
    window.findChildren(PrinterSheets)[-1].stop()
    qtbot.waitUntil(lambda: bool(told))
    assert told[0].startswith(f"The printer stopped. {THE_LETTER} That is on record;")
    assert "kept under Documents" in told[0]
    assert PaperState.NOT_PRINTED in {each.state for each in list_papers(session)}
    assert len(open_case(session, MARLOW).of(Document)) == 2
    assert kept.kind == "LETTER"
    lost = filled_in()

    def unanswered(_: object, entry: WriteLetter, *_args: object, **_others: object) -> None:
        write_letter(session, replace(entry, dated_on=date(2026, 11, 24)))  # or it would be the first paper again
        raise Unreachable("The database server cannot be reached.")

    monkeypatch.setattr("ioms_desktop.ui.letters.write_letter.write_letter", unanswered)
    lost.print_on(printed_to(tmp_path / "lost.pdf"))
    qtbot.waitUntil(lambda: lost.save_check is not None)
    lost.accept()
    qtbot.waitUntil(lambda: len(told) > 1)
    assert told[1] == f"{NOTHING} That is on record. {AGAIN}"
    states = [each.state for each in list_papers(session)]
    assert states == [PaperState.NOT_PRINTED, PaperState.NOT_PRINTED, PaperState.OUT], "the control: the first came out"
    assert list_drafts(session).entries == (), "of each of the three it is known what came out"


def test_a_letter_whose_print_was_cut_short_by_a_lock_is_asked_about_until_it_is_answered(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    session = replace(session_of(filled(local_location), Role.OFFICER), draft_key=b"k" * 32)
    view = open_case(session, MARLOW)
    facts = read_letter_facts(session, view, LetterKind.WRITTEN_WARNING)
    said = {"phone": "0116", "om": "Sam", "conduct": "You had a knife.", **facts.values}
    for request, kept in (("never", False), ("kept", True)):
        entry = WriteLetter(
            request=request, case_ref=MARLOW, kind=LetterKind.WRITTEN_WARNING, values=said, address="1 High Street",
            parent="Kim Marlow",
        )  # fmt: skip
        save_draft(session, note_of_print(session, entry))  # and then the window was locked
        if kept:
            write_letter(session, entry)
    assert {each.state for each in list_papers(session)} == {PaperState.OUT}

    def opened(shown: UnsavedDialog) -> PrintedLetterDialog:
        press(shown.entry_list, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: bool(window.findChildren(PrintedLetterDialog)))
        (dialog,) = window.findChildren(PrintedLetterDialog)
        await_guard(dialog)
        return dialog

    with at_work(qtbot, session, tmp_path) as window:
        told = "It is not known whether one letter came out of the printer."
        assert window.unsaved_banner.message.text() == told, "the other was never written"
        window.unsaved_banner.show_list()
        (shown,) = window.findChildren(UnsavedDialog)
        picture(shown, "asked_about")
        shows = [each.text() for each in shown.findChildren(QLabel)]
        assert (KEPT_LETTERS in shows, ASKED in shows) == (True, True)
        assert not any(KEPT_TYPED in each or each == TYPED for each in shows), "nothing was typed, and it is on record"
        assert shown.open_button.text() == ANSWER
        left = opened(shown)
        press(focused(), Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: not isValid(left))
        idle(qtbot, window)
        assert window.unsaved_banner.message.text() == told, "unanswered, it is asked about still"
        window.unsaved_banner.show_list()
        asked = opened(window.findChildren(UnsavedDialog)[-1])
        assert write_open_drafts(session, 60)  # as a lock does, with nothing answered
        assert [each.asks_of_print for each in list_drafts(session).entries] == [True]
        assert shared_mnemonics(asked) == nameless(asked) == []
        assert list(asked.came_out.buttons) == ["1", "0"], "he is of age, and nobody has a copy"
        write(focused(), "n")
        assert write_open_drafts(session, 60)
        assert [each.asks_of_print for each in list_drafts(session).entries] == [True], "nor is it asked twice"
        assert asked.draft_status.text() == "Your answer is kept once you put it on record"
        picture(asked, "asked")
        with qtbot.waitSignal(asked.completed):
            press(focused(), Qt.Key.Key_Return, CTRL)
        idle(qtbot, window)
        assert "did not receive it" in window.messages.text_label.text()
        assert not window.unsaved_banner.isVisible()
    assert {each.state for each in list_papers(session)} == {PaperState.NOT_PRINTED}


def test_an_entry_kept_with_another_wording_is_sent_once_its_pages_were_shown(
    qtbot: QtBot, tasks: Tasks, local_location: str, tmp_path: Path
) -> None:
    session = session_of(filled(local_location), Role.OFFICER)
    view = open_case(session, MARLOW)
    letters = [
        OfferedLetter(each, read_letter_facts(session, view, each.kind)) for each in offered_letters(session, view)
    ]

    def opened(draft: Draft | None) -> WriteLetterDialog:
        kind = None if draft else LetterKind.OFFER
        dialog = WriteLetterDialog(session, tasks, subject_of(session, view), letters, kind)
        qtbot.addWidget(dialog)
        show(qtbot, dialog)
        if draft is not None:
            dialog.restore(draft)
        return dialog

    first = opened(None)
    texts = {"offer": "a mentor", "phone": "0116", "address": "1 High Street", "path": str(tmp_path)}
    for field, text in texts.items():
        first.form.field(field).set_raw_text(text)
    assert first.autosave is not None
    draft = first.autosave.current_draft()
    assert not opened(draft).banner.isVisible(), "the control: it is the wording in force"
    for other in ("2020-01-01", ""):
        dialog = opened(replace(draft, fields={**draft.fields, "wording": other}))
        dialog.accept()
        assert dialog.banner.text_label.text() == WORDED_ANEW
        assert dialog.pages_button.hasFocus()
        assert dialog.autosave is not None
        assert opened(dialog.autosave.current_draft()).banner.isVisible(), "nor by keeping it once more"
    assert list(open_case(session, MARLOW).of(Document)) == []
    picture(dialog, "worded_anew")
    dialog.show_pages()
    qtbot.waitUntil(lambda: bool(dialog.findChildren(LetterPagesDialog)))
    with qtbot.waitSignal(dialog.completed):
        dialog.accept()
    assert [each.what for each in list_papers(session)] == ["Letter: Offer of support"]


def printed_to(path: Path) -> QPrinter:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    return printer


def picture(widget: QWidget, name: str) -> None:
    if PICTURES:
        widget.grab().save(str(Path(PICTURES) / f"letter_{name}.png"))
