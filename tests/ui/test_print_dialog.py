"""Printing: the real pages are seen first; what leaves is put on record, and a look is none."""

import threading
from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PySide6.QtCore import QDir, Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from sqlalchemy import select
from typing_extensions import override

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.drafts import PRINTED_PAPERS_FORM
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.printing.papers import PrintOfCase
from ioms_desktop.domain.printing.texts.marks import REMOVED
from ioms_desktop.domain.records.cases import RagEntry
from ioms_desktop.file_access import others_may_use
from ioms_desktop.services.drafts import find_note
from ioms_desktop.services.printing.many_summaries import PrintedCase, print_in_parts
from ioms_desktop.services.printing.papers import PaperState, list_papers
from ioms_desktop.services.printing.sharing_log import list_disclosures
from ioms_desktop.services.session import Session
from ioms_desktop.storage.schema import tables
from ioms_desktop.ui.forms.picker import PickerMatch
from ioms_desktop.ui.printing import print_run, printer_sheets
from ioms_desktop.ui.printing.cases_field import CasesField
from ioms_desktop.ui.printing.pdf_preview import RenderedPage, page_count, render_page
from ioms_desktop.ui.printing.print_cases import PrintCasesDialog
from ioms_desktop.ui.printing.protect_file import ProtectFileDialog
from ioms_desktop.ui.printing.review_texts import ReviewTextsDialog
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Theme
from ui.case_sessions import HARKER, MARLOW, TODAY, filled, session_of
from ui.hands import press, show, write
from ui.held import held
from ui.kit_checks import nameless, shared_mnemonics


@pytest.fixture
def session(local_location: str, theme: Theme) -> Iterator[Session]:
    assert theme.name == "light"
    store = filled(local_location)
    yield session_of(store)
    store.close()


def printing(qtbot: QtBot, tasks: Tasks, session: Session, *refs: str, audience: str = "full") -> PrintCasesDialog:
    dialog = PrintCasesDialog(session, tasks, refs)
    qtbot.addWidget(dialog)
    show(qtbot, dialog)
    dialog.form.field("audience").set_value(audience)
    if audience == "partner":
        dialog.form.field("agency").set_value("HMPPS_PROBATION")
        dialog.form.field("texts").set_value("leave")
    dialog.form.field("reason").set_value("CASE_CONFERENCE")
    dialog.form.field("held").set_value("kept")
    dialog.preview()
    qtbot.waitUntil(lambda: len(dialog.pages.pages) >= len(refs) and not tasks.is_busy)
    return dialog


def add_case(qtbot: QtBot, dialog: PrintCasesDialog, typed: str) -> None:
    """Find a case by what is typed, and take the only one that is found with Enter."""
    before, edit = len(dialog.form.case_refs), dialog.form.cases.search.edit
    edit.setFocus()
    write(edit, typed)
    qtbot.waitUntil(lambda: dialog.form.cases.search._matches_text == typed)  # noqa: SLF001 - it has been looked for
    press(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(dialog.form.case_refs) == before + 1)


def test_a_search_that_ends_after_a_later_one_takes_nothing_of_it_away(qtbot: QtBot, tasks: Tasks) -> None:
    begun, gate = threading.Event(), threading.Event()

    def find(text: str) -> list[PickerMatch]:
        if text == "h":
            begun.set()
            assert gate.wait(60)
            return []
        return [PickerMatch(1, "Callum Harker", ref=HARKER)]

    cases = CasesField("cases", "Cases", find=find, tasks=tasks)
    qtbot.addWidget(cases)
    show(qtbot, cases)
    write(cases.search.edit, "h")
    qtbot.waitUntil(begun.is_set)
    write(cases.search.edit, "a")
    qtbot.waitUntil(lambda: cases.search.edit.completer().completionModel().rowCount() == 1)
    gate.set()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    press(cases.search.edit, Qt.Key.Key_Return)
    assert cases.value() == (HARKER,)


def test_cases_are_chosen_by_search_put_in_order_and_kept_with_the_rest_for_later(
    qtbot: QtBot, tasks: Tasks, session: Session
) -> None:
    session = replace(session, draft_key=b"k" * 32)
    dialog = PrintCasesDialog(session, tasks, ())
    qtbot.addWidget(dialog)
    show(qtbot, dialog)
    assert dialog.form.cases.search.edit.hasFocus()
    dialog.save()
    assert "cases" in dialog.form.problems
    add_case(qtbot, dialog, "marlow")
    add_case(qtbot, dialog, HARKER)
    cases = dialog.form.cases
    assert "MARLOW" in cases.list.item(0).text()
    press(cases.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert dialog.form.case_refs == (HARKER, MARLOW)
    dialog.form.field("reason_text").set_value("For the panel")
    dialog.message.problem("Saved 1 of 2 cases. " * 8)
    dialog.reject()
    assert dialog.isVisible(), "what was typed is asked after"
    later = dialog.unsaved_prompt.keep_for_later_button
    qtbot.waitUntil(lambda: dialog.childAt(later.mapTo(dialog, later.rect().center())) is later)  # no message covers it
    dialog.unsaved_prompt.keep_for_later_button.click()
    qtbot.waitUntil(lambda: not dialog.isVisible())

    again = PrintCasesDialog(session, tasks, ())
    qtbot.addWidget(again)
    show(qtbot, again)
    qtbot.waitUntil(again.message.isVisible)
    again.message.action_button.click()
    assert again.form.case_refs == (HARKER, MARLOW)
    assert again.form.field("reason_text").value() == "For the panel"
    assert "MARLOW" in again.form.cases.list.item(1).text()
    press(again.form.cases.list, Qt.Key.Key_Delete)
    assert again.form.cases.value() == (MARLOW,)
    again.discard()


def test_texts_are_read_and_marked_by_keys_before_a_copy_leaves(
    qtbot: QtBot, tasks: Tasks, session: Session, tmp_path: Path
) -> None:
    dialog = printing(qtbot, tasks, session, MARLOW, audience="partner")
    dialog.form.field("texts").set_value("review")
    path = tmp_path / "marlow.pdf"
    dialog.save_to([path])
    qtbot.waitUntil(lambda: "not every one was reviewed" in dialog.message.text_label.text())
    assert not path.exists()
    assert disclosed(session, MARLOW) == 0
    dialog.save()
    qtbot.waitUntil(lambda: bool(dialog.findChildren(ReviewTextsDialog)))
    (review,) = dialog.findChildren(ReviewTextsDialog)
    assert review.text.hasFocus()
    assert nameless(review) == []
    assert shared_mnemonics(review) == []
    gone: list[str] = []
    while review.isVisible():
        word = review.shown.text.split()[0]
        press(review.text, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        press(review.text, Qt.Key.Key_Delete)
        assert review.removed, word
        if gone:
            press(review.text, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
            press(review.text, Qt.Key.Key_Insert)
            assert not review.removed, "put back"
        gone.append(word)
        press(review.text, Qt.Key.Key_Return)
    assert len(gone) > 2
    dialog.preview()
    qtbot.waitUntil(lambda: REMOVED in "".join(page.accessibleDescription() for page in dialog.pages.pages))
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    press(dialog.pages.sheets, Qt.Key.Key_F7)
    assert dialog.pages.text.hasFocus()
    as_text, drawn = (
        dialog.pages.text.toPlainText(),
        "".join(each.accessibleDescription() for each in dialog.pages.pages),
    )
    assert as_text.count(REMOVED) == drawn.count(REMOVED)
    assert "OFFICIAL-SENSITIVE" in as_text
    assert nameless(dialog) == []
    dialog.save_to([path])
    qtbot.waitUntil(path.exists)
    qtbot.waitUntil(lambda: disclosed(session, MARLOW) == 1)
    dialog.form.field("agency").set_value("HMP")
    assert not dialog.form.marks, "for another reader they are reviewed again"
    dialog.discard()


def disclosed(session: Session, ref: str) -> int:
    with session.store.read() as reading:
        return len(list_disclosures(reading, ref, TODAY.replace(year=2030), session.lists))


def reasons_of_unfinished(session: Session) -> set[str | None]:
    with session.store.read() as reading:
        logged = reading.connection.execute(select(tables.audit.c.reason_code, tables.audit.c.after))
        return {reason for reason, detail in logged if "print_of" in (detail or {})}


def test_a_preview_shows_the_real_pages_and_puts_no_disclosure_on_record(
    qtbot: QtBot, tasks: Tasks, session: Session
) -> None:
    dialog = printing(qtbot, tasks, session, HARKER)
    words = dialog.pages.pages[0].accessibleDescription()
    assert "HARKER" in words
    assert "OFFICIAL-SENSITIVE" in words
    assert not dialog.pages.pages[0].pixmap().isNull()
    assert disclosed(session, HARKER) == 0
    assert nameless(dialog) == []


def test_nothing_is_printed_without_audience_and_reason(
    qtbot: QtBot, tasks: Tasks, session: Session, tmp_path: Path
) -> None:
    dialog = PrintCasesDialog(session, tasks, (HARKER,))
    qtbot.addWidget(dialog)
    show(qtbot, dialog)
    dialog.save()
    assert set(dialog.form.problems) == {"audience", "reason", "held"}
    assert list(tmp_path.glob("*.pdf")) == []
    assert disclosed(session, HARKER) == 0


def test_what_is_saved_is_what_was_seen_and_is_on_record(
    qtbot: QtBot, tasks: Tasks, session: Session, tmp_path: Path
) -> None:
    dialog = printing(qtbot, tasks, session, HARKER, audience="partner")
    path = tmp_path / "harker.pdf"
    dialog.save_to([path])
    qtbot.waitUntil(dialog.message.isVisible)
    assert "put on record" in dialog.message.text_label.text()
    pdf = path.read_bytes()
    qtbot.waitUntil(lambda: page_count(pdf) == len(dialog.pages.pages))  # the preview may be drawn anew meanwhile
    assert render_page(pdf, 0, 1.0).text == dialog.pages.pages[0].accessibleDescription()
    assert disclosed(session, HARKER) == 1


def test_a_folder_that_is_not_there_puts_nothing_on_record(
    qtbot: QtBot, tasks: Tasks, session: Session, tmp_path: Path
) -> None:
    dialog = printing(qtbot, tasks, session, HARKER)
    dialog.save_to([tmp_path / "gone" / "harker.pdf"])
    qtbot.waitUntil(dialog.message.isVisible)
    assert "There is no folder" in dialog.message.text_label.text()
    assert disclosed(session, HARKER) == 0


def test_the_place_is_first_asked_for_in_the_user_s_own_folder(qtbot: QtBot, tasks: Tasks, session: Session) -> None:
    dialog = printing(qtbot, tasks, session, HARKER, MARLOW)
    dialog.save()
    qtbot.waitUntil(lambda: dialog.findChild(QFileDialog) is not None)
    asking = dialog.findChild(QFileDialog)
    assert isinstance(asking, QFileDialog)
    assert asking.directory() == QDir.home()
    assert QDir.home() != QDir.current(), "the control: nobody's folder is another"
    asking.reject()


def test_several_cases_are_printed_in_their_order_and_each_is_on_record(
    qtbot: QtBot, tasks: Tasks, session: Session, tmp_path: Path
) -> None:
    dialog = printing(qtbot, tasks, session, HARKER, MARLOW)
    previewed = len(dialog.pages.pages)  # before printing, after which the preview may be drawn anew
    printer = QPrinter(QPrinter.PrinterMode.ScreenResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    dialog.print_on(printer)
    qtbot.waitUntil(dialog.message.isVisible)
    assert "Sent to the printer" in dialog.message.text_label.text()
    assert page_count((tmp_path / "printed.pdf").read_bytes()) == previewed
    assert (disclosed(session, HARKER), disclosed(session, MARLOW)) == (1, 1)


def test_a_folder_gets_one_file_a_case_under_its_reference_and_for_its_owner_alone(
    qtbot: QtBot, tasks: Tasks, session: Session, tmp_path: Path
) -> None:
    dialog = printing(qtbot, tasks, session, HARKER, MARLOW, audience="partner")
    dialog.save()
    (asking,) = dialog.findChildren(QFileDialog)
    asking.fileSelected.emit(str(tmp_path / "pack"))
    asking.close()
    qtbot.waitUntil(dialog.message.isVisible)
    assert "There is no folder" in dialog.message.text_label.text()
    (tmp_path / "pack").mkdir()
    dialog.save()
    (again,) = [each for each in dialog.findChildren(QFileDialog) if each.isVisible()]
    again.fileSelected.emit(str(tmp_path / "pack"))
    again.close()
    qtbot.waitUntil(lambda: "put on record" in dialog.message.text_label.text())
    files = sorted((tmp_path / "pack").iterdir())
    assert [path.name for path in files] == [f"{HARKER}-partner.pdf", f"{MARLOW}-partner.pdf"]
    assert not any(others_may_use(path) for path in files)
    assert (disclosed(session, HARKER), disclosed(session, MARLOW)) == (1, 1)


def test_a_preview_that_ends_after_printing_leaves_what_was_said_of_the_print(
    qtbot: QtBot, tasks: Tasks, session: Session, tmp_path: Path
) -> None:
    dialog = printing(qtbot, tasks, session, HARKER)
    for field in ("reason_text", "recipient_name"):  # once by the timer after typing, once at the same moment
        dialog.print_on(pdf_printer(QPrinter(QPrinter.PrinterMode.ScreenResolution), tmp_path / f"{field}.pdf"))
        dialog.form.field(field).set_value("For the panel")
        dialog.preview()
        qtbot.waitUntil(dialog.message.isVisible)
        qtbot.waitUntil(lambda: not dialog._timer.isActive() and not tasks.is_busy)  # noqa: SLF001 - nor is about to be
        assert dialog.message.isVisible()
        assert "Sent to the printer" in dialog.message.text_label.text()
        dialog.message.clear()


def test_a_preview_that_is_refused_takes_the_place_of_the_pages(
    qtbot: QtBot, tasks: Tasks, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> bytes:
        raise Refused("The case is no longer there.")

    dialog = printing(qtbot, tasks, session, HARKER)
    monkeypatch.setattr(print_run, "preview_summary", refuse)
    dialog.preview()
    qtbot.waitUntil(lambda: not dialog.pages.pages)
    assert dialog.pages.sheets.accessibleDescription() == "The case is no longer there."
    assert not dialog.message.isVisible()
    assert not dialog.busy.isVisible()


class StoppingPrinter(QPrinter):
    """Stands for a printer that runs out of paper after some pages."""

    left = 1

    @override
    def newPage(self) -> bool:
        self.left -= 1
        return self.left > 0 and super().newPage()


def pdf_printer(printer: QPrinter, path: Path) -> QPrinter:
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    return printer


@pytest.mark.qt_log_ignore("QPainter::begin", extend=True)
def test_a_printer_that_cannot_be_reached_puts_nothing_on_record(
    qtbot: QtBot, tasks: Tasks, session: Session, tmp_path: Path
) -> None:
    dialog = printing(qtbot, tasks, session, HARKER)
    dialog.print_on(pdf_printer(QPrinter(QPrinter.PrinterMode.ScreenResolution), tmp_path / "gone" / "printed.pdf"))
    assert "Nothing was printed or put on record" in dialog.message.text_label.text()
    assert not tasks.is_busy
    assert disclosed(session, HARKER) == 0


def test_no_pages_are_shown_that_were_made_for_what_the_form_no_longer_asks(
    qtbot: QtBot, tasks: Tasks, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = printing(qtbot, tasks, session, HARKER)
    with held(monkeypatch, print_run, "preview_summary") as pages:
        dialog.preview()
        pages.has_result.wait()
        dialog.form.field("reason").set_value(None)
        dialog.preview()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert dialog.pages.pages == []
    assert not dialog.busy.isVisible()


def test_a_printer_that_stops_leaves_no_disclosure_of_a_paper_that_does_not_exist(
    qtbot: QtBot, tasks: Tasks, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = printing(qtbot, tasks, session, HARKER, MARLOW)
    drawn: list[int] = []

    def draw(pdf: bytes, number: int, scale: float) -> RenderedPage:
        drawn.append(number)
        return render_page(pdf, number, scale)

    monkeypatch.setattr(printer_sheets, "render_page", draw)
    dialog.print_on(pdf_printer(StoppingPrinter(QPrinter.PrinterMode.ScreenResolution), tmp_path / "printed.pdf"))
    assert not dialog.save_button.isEnabled()
    dialog.reject()
    assert dialog.isVisible()  # what is on record is being made
    dialog.form.field("reason").set_value("CASE_WORK")  # for the next copy
    qtbot.waitUntil(dialog.message.isVisible)
    assert "The printer stopped" in dialog.message.text_label.text()
    assert (disclosed(session, HARKER), disclosed(session, MARLOW)) == (0, 0)
    assert reasons_of_unfinished(session) == {"CASE_CONFERENCE"}
    assert drawn == [0, 1], "one page at a time: the others are not drawn"
    dialog.print_on(pdf_printer(QPrinter(QPrinter.PrinterMode.ScreenResolution), tmp_path / "again.pdf"))
    qtbot.waitUntil(lambda: "Sent to the printer" in dialog.message.text_label.text())
    assert (disclosed(session, HARKER), disclosed(session, MARLOW)) == (1, 1)
    dialog.reject()
    assert not dialog.isVisible()


def test_what_came_out_whole_stays_on_record_when_the_printer_or_the_program_stops(
    qtbot: QtBot, tasks: Tasks, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = replace(session, draft_key=b"k" * 32)
    signed_in_again = replace(session, store=copy(session.store))  # as after a lock, while this prints
    notes: list[bool] = []
    dialog = printing(qtbot, tasks, session, HARKER, MARLOW)
    printer = StoppingPrinter(QPrinter.PrinterMode.ScreenResolution)
    printer.left = pages = page_count(dialog._current_job().preview()[0].pdf)  # noqa: SLF001 - the first case alone
    dialog.print_on(pdf_printer(printer, tmp_path / "printed.pdf"))
    qtbot.waitUntil(lambda: "1 of 2 copies came out whole" in dialog.message.text_label.text())
    assert page_count((tmp_path / "printed.pdf").read_bytes()) == pages
    assert (disclosed(session, HARKER), disclosed(session, MARLOW)) == (1, 0)
    noted = next(PrintOfCase(row.case_ref, row.print_id) for row in list_papers(session) if row.case_ref == MARLOW)
    dialog._record_unfinished([(noted,)], "The printer stopped")  # noqa: SLF001 - which is noted already
    qtbot.waitUntil(lambda: "That could not be put on record: The register" in dialog.message.text_label.text())
    assert "It is on record" not in dialog.message.text_label.text()

    def fail(*_: object) -> None:
        raise RuntimeError

    def fail_after_one(*given: Any, **asked: Any) -> Iterator[tuple[PrintedCase, ...]]:  # noqa: ANN401 - passed on unchanged
        yield next(print_in_parts(*given, **asked))
        notes.append(find_note(signed_in_again, PRINTED_PAPERS_FORM) is not None)
        fail()

    for at, name, faults in (
        (printer_sheets, "render_page", 0),
        (print_run, "print_in_parts", 0),
        (printer_sheets.PrinterSheets, "paint", 1),  # the summaries are made, and painting does not begin
        (printer_sheets, "image_of", 1),  # a page is drawn, and is not painted
    ):
        with monkeypatch.context() as patched, qtbot.captureExceptions() as raised:
            patched.setattr(at, name, fail_after_one if at is print_run else fail)
            dialog.print_on(pdf_printer(QPrinter(QPrinter.PrinterMode.ScreenResolution), tmp_path / "failed.pdf"))
            qtbot.waitUntil(dialog.save_button.isEnabled)
        assert len(raised) == faults, name
        assert "0 of " in dialog.message.text_label.text(), name
        assert (disclosed(session, HARKER), disclosed(session, MARLOW)) == (1, 0), name
    assert notes == [True], "a lock at that moment is asked about"
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert find_note(signed_in_again, PRINTED_PAPERS_FORM) is None, "and what is known to have come out is not"


def test_a_pack_and_a_paper_of_the_office_are_one_file_as_seen_and_stop_as_a_whole(
    qtbot: QtBot, tasks: Tasks, session: Session, tmp_path: Path
) -> None:
    dialog = printing(qtbot, tasks, session, HARKER, MARLOW)
    for what, names in (("pack", "Case summaries"), ("action-sheet", "Action sheet")):
        dialog.form.field("paper").set_value(what)
        dialog.form.cases.list.setCurrentRow(1)
        dialog.form.cases.move_earlier()
        dialog.preview()
        qtbot.waitUntil(lambda: not tasks.is_busy)
        qtbot.waitUntil(partial(begins_with, dialog, names))
        path = tmp_path / f"{what}.pdf"
        dialog.save_to([path])
        qtbot.waitUntil(lambda: dialog.message.isVisible() and not dialog.is_working)
        assert "Saved 2 of 2 cases as " in dialog.message.text_label.text()
        qtbot.waitUntil(partial(begins_with, dialog, names))  # the pages are made anew after saving
        words = first_words(dialog)
        assert words.index(dialog.form.case_refs[0]) < words.index(dialog.form.case_refs[1]), "in the chosen order"
    dialog.form.field("paper").set_value("pack")
    dialog.print_on(pdf_printer(StoppingPrinter(QPrinter.PrinterMode.ScreenResolution), tmp_path / "printed.pdf"))
    qtbot.waitUntil(lambda: "0 of 1 copies came out whole" in dialog.message.text_label.text())
    rows = {(row.case_ref, row.digest) for row in list_papers(session) if row.state is not PaperState.NOT_PRINTED}
    assert any(row.state is PaperState.NOT_PRINTED for row in list_papers(session))
    files = [sha256((tmp_path / f"{what}.pdf").read_bytes()).hexdigest() for what in ("pack", "action-sheet")]
    assert rows == {(ref, digest) for ref in (HARKER, MARLOW) for digest in files}
    dialog.form.audience.set_value("partner")
    reviewed = [dialog.form.asks_for_review]
    dialog.form.field("paper").set_value("supervisor-review")
    assert [*reviewed, dialog.form.asks_for_review] == [True, False], "the police alone have it"
    assert not dialog.form.audience.isVisible(), "it is for the police alone"
    dialog.preview()
    qtbot.waitUntil(lambda: "is of one case" in dialog.pages.sheets.accessibleDescription())
    dialog.form.cases.remove_current()
    dialog.preview()
    qtbot.waitUntil(partial(begins_with, dialog, "Supervisor's review"))
    assert nameless(dialog) == []
    assert shared_mnemonics(dialog) == []


def begins_with(dialog: PrintCasesDialog, words: str) -> bool:
    return bool(dialog.pages.pages) and words in first_words(dialog)


def first_words(dialog: PrintCasesDialog) -> str:
    return dialog.pages.pages[0].accessibleDescription()


def test_a_navigator_is_offered_every_copy_but_the_full_one(qtbot: QtBot, tasks: Tasks, session: Session) -> None:
    dialog = printing(qtbot, tasks, session_of(session.store, Role.NAVIGATOR), MARLOW, audience="partner")
    assert dialog.form.field("audience").value() == "partner"
    dialog.form.field("audience").set_value("full")
    assert dialog.form.field("audience").value() != "full"


def test_the_agency_is_asked_for_a_partner_alone_and_decides_what_is_on_the_copy(
    qtbot: QtBot, tasks: Tasks, session: Session
) -> None:
    dialog = printing(qtbot, tasks, session, HARKER, audience="partner")
    assert dialog.form.field("agency").isVisible()
    for_probation = dialog.pages.pages[0].accessibleDescription()
    seen = {"", for_probation}
    dialog.form.field("agency").set_value("VRN")
    dialog.preview()
    qtbot.waitUntil(lambda: "".join(each.accessibleDescription() for each in dialog.pages.pages[:1]) not in seen)
    assert "RAG now" in for_probation
    assert "RAG now" not in dialog.pages.pages[0].accessibleDescription().split("Only in part")[0]
    dialog.form.field("audience").set_value("panel")
    assert not dialog.form.field("agency").isVisible()


def test_copies_are_numbered_and_what_is_there_gets_company_not_replaced(
    qtbot: QtBot, tasks: Tasks, session: Session, tmp_path: Path
) -> None:
    dialog = printing(qtbot, tasks, session, HARKER, MARLOW)
    qtbot.waitUntil(lambda: not dialog._timer.isActive())  # noqa: SLF001 - what was typed has been taken up
    press(dialog.form.copies.control, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    write(dialog.form.copies.control, "3")
    taken = tmp_path / f"{HARKER}-full-copy-2.pdf"
    taken.write_bytes(b"mine")
    dialog._target_chosen(str(tmp_path))  # noqa: SLF001 - as the system's own dialog answers
    qtbot.waitUntil(lambda: "put on record" in dialog.message.text_label.text())
    names = sorted(path.name for path in tmp_path.glob("*.pdf"))
    assert taken.read_bytes() == b"mine"
    assert names == sorted(
        [f"{ref}-full-copy-{number}.pdf" for ref in (HARKER, MARLOW) for number in (1, 2, 3)]
        + [f"{HARKER}-full-copy-2 (2).pdf"]
    )
    assert "2 of 2 cases" in dialog.message.text_label.text()
    assert {row.copy for row in list_papers(session)} == {"1 of 3", "2 of 3", "3 of 3"}


def test_what_leaves_is_to_the_byte_what_was_seen_or_is_shown_anew_first(
    qtbot: QtBot, tasks: Tasks, session: Session, tmp_path: Path
) -> None:
    dialog = printing(qtbot, tasks, session, HARKER)
    seen = settled(qtbot, tasks, dialog)
    dialog.save_to([tmp_path / "one.pdf"])
    qtbot.waitUntil(lambda: "put on record" in dialog.message.text_label.text())
    assert sha256((tmp_path / "one.pdf").read_bytes()).hexdigest() == seen
    again = settled(qtbot, tasks, dialog)
    assert again == seen, "the clock of this session stands still"
    with session.store.begin(session.command_context()) as tx:
        tx.add(RagEntry(case_ref=HARKER, set_on=TODAY, rag="RED", reason="arrested"))
    dialog.save_to([tmp_path / "two.pdf"])
    qtbot.waitUntil(lambda: "was changed since" in dialog.message.text_label.text())
    assert not (tmp_path / "two.pdf").exists()
    assert disclosed(session, HARKER) == 1
    assert settled(qtbot, tasks, dialog) != again
    dialog.save_to([tmp_path / "two.pdf"])
    qtbot.waitUntil((tmp_path / "two.pdf").exists)
    qtbot.waitUntil(lambda: not tasks.is_busy)


def settled(qtbot: QtBot, tasks: Tasks, dialog: PrintCasesDialog) -> str:
    """Wait for the pages of what the form asks for, and return the digest of the first document."""
    qtbot.waitUntil(
        lambda: not dialog._timer.isActive() and not tasks.is_busy and dialog._looked_at is not None  # noqa: SLF001
    )
    assert dialog._looked_at is not None  # noqa: SLF001 - what the run is compared with
    return dialog._looked_at.shown[HARKER, 1]  # noqa: SLF001 - as above


def test_a_run_that_is_stopped_says_what_was_printed_and_what_was_not(
    qtbot: QtBot, tasks: Tasks, session: Session, tmp_path: Path
) -> None:
    dialog = printing(qtbot, tasks, session, HARKER, MARLOW)
    dialog._target_chosen(str(tmp_path))  # noqa: SLF001 - as the system's own dialog answers
    dialog.progress.action_button.click()
    qtbot.waitUntil(lambda: "Stopped" in dialog.message.text_label.text())
    there = {path.name.removesuffix("-full.pdf") for path in tmp_path.glob("*.pdf")}
    assert there < {HARKER, MARLOW}
    assert {ref for ref in (HARKER, MARLOW) if disclosed(session, ref)} == there
    assert dialog.save_button.isEnabled()


def test_a_saved_file_is_opened_by_a_passphrase_that_is_shown_once(
    qtbot: QtBot, tasks: Tasks, session: Session, tmp_path: Path
) -> None:
    dialog = printing(qtbot, tasks, session, HARKER)
    dialog.form.protect.set_value(True)
    dialog.save()
    (asking,) = dialog.findChildren(ProtectFileDialog)
    assert nameless(asking) == shared_mnemonics(asking) == []
    press(asking, Qt.Key.Key_Return)
    assert set(asking.form.problems) == {"first", "second"}, "nothing is taken without one"
    asking.make_button.click()
    words = asking.fields.value()
    assert words in asking.made.text()
    press(asking, Qt.Key.Key_Return)
    (place,) = [each for each in dialog.findChildren(QFileDialog) if each.isVisible()]
    place.fileSelected.emit(str(tmp_path / "locked.pdf"))
    place.close()
    qtbot.waitUntil(lambda: "put on record" in dialog.message.text_label.text())
    with pikepdf.open(tmp_path / "locked.pdf", password=words) as opened:
        assert opened.encryption.R == 6
    assert dialog._passphrase == ""  # noqa: SLF001 - it is kept nowhere
