"""Print papers about cases: recipient and reason, a preview, then paper or PDF. Every disclosure is recorded."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.domain.printing.papers import PrintOfCase
from ioms_desktop.domain.printing.seen_paper import SeenPaper
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.printing.many_summaries import PrintedCase
from ioms_desktop.services.printing.sharing_log import record_unfinished_prints
from ioms_desktop.services.session import Session
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.drafting_dialog import DraftingDialog
from ioms_desktop.ui.forms.path_field import file_dialog
from ioms_desktop.ui.printing.paper_preview import PaperPreview
from ioms_desktop.ui.printing.print_form import PrintForm
from ioms_desktop.ui.printing.print_run import MAX_SHOWN_CASES, SUMMARIES, PrintJob, describe_run
from ioms_desktop.ui.printing.printed_papers import PrintNote
from ioms_desktop.ui.printing.printer_sheets import PrinterSheets, ask_for_printer, copies_of, describe_unfinished
from ioms_desktop.ui.printing.protect_file import ProtectFileDialog
from ioms_desktop.ui.printing.text_reviewing import TextReviewing
from ioms_desktop.ui.tasks import Task, TaskProgress, Tasks
from ioms_desktop.ui.widgets.floating import FloatingArea
from ioms_desktop.ui.widgets.layouts import FocusScrollArea, fit_to_screen, largest_size
from ioms_desktop.ui.widgets.progress_bar import ProgressStrip
from ioms_desktop.ui.widgets.unsaved_prompt import UnsavedPrompt
from ioms_desktop.ui.widgets.widgets import BusyIndicator, MessageBar, announce, button, label

TITLE = "Print"
DIALOG_WIDTH_PX, DIALOG_HEIGHT_PX = 1080, 700
FORM_WIDTH_PX, PAGE_WIDTH_PX = 400, 600
LEAST_WIDTH_BESIDE_PX, LEAST_PAGE_HEIGHT_PX = 680, 300
SCREEN_SHARE = 0.94  # larger than other dialogs: the form and the page are side by side
PREVIEW_DELAY_MS = 400
"""Pause in milliseconds, since the last key, before the preview is updated."""
NOTED = "It is on record that the others did not; destroy their pages, and try again."
NOT_NOTED = "That could not be put on record: {why} Destroy the pages of the others, and tell a supervisor."
ON_RECORD = "Saving or printing is put on record, with the reason and who it is for."
NOT_SHOWN_YET = (
    "Choose the cases, who the copy is for, why, and who gets it. The pages are then shown here as they will be "
    "printed."
)


class PrintCasesDialog(DraftingDialog):
    """Previews case summaries and prints or saves them."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        case_refs: tuple[str, ...],
        parent: QWidget | None = None,
        *,
        as_of: date | None = None,
        what: str = SUMMARIES,
    ) -> None:
        """Show the form; the preview follows once it is valid.

        Args:
            session: The session of the user who prints.
            tasks: Builds the pages.
            case_refs: The cases in printing order; others can be added.
            parent: The Qt parent.
            as_of: The date of the summaries; None for today.
            what: What is printed, unless another paper is chosen.
        """
        super().__init__(parent)
        self.session, self._tasks, self._as_of = session, tasks, as_of
        self._sheets: PrinterSheets | None = None
        self._printed: list[PrintedCase] = []  # on record, for the sheets
        self._note = PrintNote(session, tasks)
        self._passphrase = ""  # between the dialog that asks for it and the files alone
        self._running: Task[Any] | None = None
        self._looked_at: PrintJob | None = None  # whose pages are shown, with the time that is on them
        self.setWindowTitle(TITLE)
        self.setAccessibleName(TITLE)
        fit_to_screen(self, DIALOG_WIDTH_PX, DIALOG_HEIGHT_PX, SCREEN_SHARE)
        self.form: PrintForm = PrintForm(session, tasks, case_refs, what)
        self._under_way = self._job(session.clock())  # what was sent off last, whatever the form asks for by then
        self.message = self.banner = MessageBar()
        self.unsaved_prompt = UnsavedPrompt(
            "&Discard it", discard=self.discard, keep_for_later=self.keep_for_later, keep_editing=self.keep_editing
        )
        self.busy = BusyIndicator("Making the pages…")
        self.pages = PaperPreview(tasks, PAGE_WIDTH_PX)
        self.progress = ProgressStrip("cases")
        self.progress.cancel_requested.connect(self.stop)
        self.reviewing = TextReviewing(self, tasks, self.form, lambda: self._job(session.clock()).texts)
        self.reviewing.told.connect(self.message.notice)
        self.reviewing.refused.connect(self.message.problem)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PREVIEW_DELAY_MS)
        self._timer.timeout.connect(self.preview)
        self._lay_out("" if as_of is None else f"As of {format_day(as_of)}.")
        self.form.changed.connect(self._begin_preview_anew)
        self.keep_drafts(session, tasks, Origin("print_cases", case_refs[0] if len(case_refs) == 1 else ""))
        (self.form.audience if case_refs else self.form.cases).setFocus()
        self.preview()

    def _lay_out(self, day: str) -> None:
        """Put the questions beside the pages; on a screen too narrow for both, above them in a column that scrolls."""
        beside = largest_size(self, SCREEN_SHARE).width() >= LEAST_WIDTH_BESIDE_PX
        whole = QBoxLayout(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom, self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        told = FloatingArea(self.message, self.unsaved_prompt)  # in one area, or the message hides the question
        side, right = QWidget(), QVBoxLayout()
        left = QVBoxLayout(side)
        left.setContentsMargins(24, 16, 16, 16)
        left.setSpacing(8)
        right.setSpacing(0)
        if not beside:
            whole.addWidget(told)
        whole.addWidget(side)  # before it is filled: to move what has been styled already costs much
        whole.addLayout(right, 1)
        left.addWidget(label(TITLE, "title"))
        if day:
            left.addWidget(label(day, "quiet", wrap=True))
        asked, inside = FocusScrollArea(), QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        asked.setWidget(inside)
        asked.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        left.addWidget(asked, 1)
        column.addWidget(self.form)
        column.addStretch(1)
        (left if beside else column).addWidget(label(ON_RECORD, "small", wrap=True))
        if beside:
            side.setFixedWidth(FORM_WIDTH_PX)
            right.addWidget(told)
            right.addWidget(self.pages, 1)
        else:
            self.pages.setMinimumHeight(LEAST_PAGE_HEIGHT_PX)
            column.addWidget(self.pages)
        self.progress.setContentsMargins(16, 8, 16, 12)
        right.addWidget(self.progress)
        self._lay_out_buttons(left, beside=beside)

    def _lay_out_buttons(self, left: QVBoxLayout, *, beside: bool) -> None:
        kept = self.busy.sizePolicy()
        kept.setRetainSizeWhenHidden(True)  # or the questions would be pushed out of sight whenever it comes
        self.busy.setSizePolicy(kept)
        self.save_button = button("&Save as PDF…", self.save, icon="download")
        self.print_button = button("&Print…", self.print_pages, kind="primary", icon="printer")
        self.close_button = button("Close", self.reject)
        above, others = (self.busy, self.print_button), (self.save_button, self.close_button)
        row = QHBoxLayout()
        for part in above if beside else ():
            left.addWidget(part)
        for part in others if beside else (self.busy, *others, self.print_button):
            row.addWidget(part, 1 if part is self.busy else 0)
        left.addLayout(row)

    @Slot()
    def _begin_preview_anew(self) -> None:
        """Show no pages that were made for what the form asked before."""
        self._tasks.drop(self, "preview")
        self._timer.start()

    @Slot()
    def preview(self) -> None:
        """Update the preview, once recipient and reason are known."""
        if not self.form.is_complete:
            self._stop_preview_busy()
            self.pages.show_message(NOT_SHOWN_YET)
            return
        self.busy.start("Making the pages…")
        job = self._job(self.session.clock())
        show, refused, failed = partial(self._show_preview, job), self._preview_refused, self._preview_failed
        self._tasks.latest(self, "preview", job.preview, show, refused, failed)

    def _show_preview(self, job: PrintJob, papers: list[SeenPaper]) -> None:
        self._stop_preview_busy()
        self._looked_at = replace(job, shown=job.digests(papers))
        self.pages.show_papers(papers)
        if not job.is_whole and len(job.case_refs) > MAX_SHOWN_CASES and not self.message.isVisible():
            self.message.notice(f"The pages of the first {MAX_SHOWN_CASES} of {len(job.case_refs)} cases are shown.")

    def _stop_preview_busy(self) -> None:
        if self.save_button.isEnabled():  # otherwise the pages of a disclosure are still being made
            self.busy.stop()

    def _job(self, at: datetime) -> PrintJob:
        """Return what the form asks for, at a time of printing."""
        form = self.form
        asked = {**form.wanted(self._as_of), "printed_at": at}
        refs, copies = form.case_refs, form.copies_of_each
        return PrintJob(session=self.session, case_refs=refs, copies=copies, asked=asked, paper=form.what)

    def _current_job(self) -> PrintJob:
        """Return the job whose pages are shown, where the form still asks for it: what leaves is what was seen."""
        seen = self._looked_at
        return seen if seen is not None and self._asks_for(seen) else self._job(self.session.clock())

    def _asks_for(self, job: PrintJob) -> bool:
        return job == replace(self._job(job.asked["printed_at"]), shown=job.shown)

    def _preview_refused(self, sentence: str) -> None:
        # In place of the pages, not in the message bar: a preview may end after printing, whose outcome must stay.
        self._stop_preview_busy()
        self.pages.show_message(sentence)
        announce(sentence, self)

    def _preview_failed(self, reference: str) -> None:
        self._preview_refused(
            f"The pages could not be made, and nothing was put on record. The reference is {reference}."
        )

    @Slot()
    def save(self) -> None:
        """Ask for the path, then build the pages, record the disclosure and write the file."""
        if self.form.validate():
            self.reviewing.go_on_once_reviewed(self._save)

    def _save(self) -> None:
        self._passphrase = ""
        if self.form.protect.value():
            protecting = ProtectFileDialog(self.session, self)
            protecting.chosen.connect(self._protect)
            protecting.open()
        else:
            self._ask_for_place()

    @Slot(str)
    def _protect(self, passphrase: str) -> None:
        self._passphrase = passphrase
        self._ask_for_place()

    def _ask_for_place(self) -> None:
        # Opened with open(), not exec(), so that no nested event loop runs; the choice arrives as a signal.
        asking = file_dialog(self, "Save as PDF" if self._is_one_paper else "Save each copy as a PDF in a folder")
        if self._is_one_paper:
            asking.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)  # which asks before a file is replaced
            asking.setNameFilter("PDF (*.pdf)")
            asking.setDefaultSuffix("pdf")
            asking.selectFile(self._job(self.session.clock()).targets_in(Path())[0].paths[0].name)
        else:
            asking.setFileMode(QFileDialog.FileMode.Directory)
            asking.setOption(QFileDialog.Option.ShowDirsOnly)
        asking.fileSelected.connect(self._target_chosen)
        asking.open()

    @property
    def _is_one_paper(self) -> bool:
        return self._job(self.session.clock()).is_one_paper

    @Slot(str)
    def _target_chosen(self, place: str) -> None:
        if self._is_one_paper:
            self.save_to([Path(place)])
            return
        job = self._current_job()
        work = partial(job.run, targets=job.targets_in(Path(place)), passphrase=self._taken_passphrase())
        self._run(job, work, partial(self._told, "Saved"))

    def save_to(self, paths: Sequence[Path]) -> None:
        """Write one file a paper, which replaces what is there; each is on record once it is there."""
        job = self._current_job()
        work = partial(job.run, targets=job.targets_at(paths), overwrite=True, passphrase=self._taken_passphrase())
        self._run(job, work, partial(self._told, "Saved"))

    def _taken_passphrase(self) -> str:
        """Return what the files are to be opened with, and keep it no longer."""
        taken, self._passphrase = self._passphrase, ""
        return taken

    def _told(self, verb: str, done: list[PrintedCase]) -> None:
        self._enable_buttons()
        words, is_strange = describe_run(done, len(self._under_way.case_refs), verb)
        (self.message.problem if is_strange else self.message.notice)(words)
        announce(words, self)
        if not is_strange and self._asks_for(self._under_way):
            self.form.mark_clean()  # what is asked for is done
        self._looked_at = None  # the next copy has a time and a code of its own
        self._timer.start()

    @Slot()
    def print_pages(self) -> None:
        """Ask for the printer, then build the pages, record the disclosure and print."""
        if self.form.validate():
            self.reviewing.go_on_once_reviewed(self._choose_printer)

    def _choose_printer(self) -> None:
        printer = ask_for_printer(self, TITLE)
        if printer is not None:
            self.print_on(printer)

    def print_on(self, printer: QPrinter) -> None:
        """Reach the printer, build the pages, record the disclosure and print."""
        sheets = PrinterSheets(self._tasks, printer, self)
        if not sheets.reach():
            self.message.problem(
                "The printer could not be reached. Nothing was printed or put on record; save a PDF, or try again."
            )
            return
        sheets.finished.connect(self._sheets_finished)
        self._sheets, self._printed, job = sheets, [], self._current_job()
        self._run(job, partial(job.run_noted, self._note, self._printed), sheets.paint)

    def _sheets_finished(self, not_whole: list[tuple[PrintOfCase, ...]]) -> None:
        self._sheets = None
        self.progress.end()
        if not_whole:
            self._record_unfinished(not_whole, "The printer stopped")
        else:
            self._note.let_go(is_settled=True)
            self._told("Sent to the printer", self._printed)
        self._printed = []

    def _record_unfinished(self, not_whole: list[tuple[PrintOfCase, ...]], why: str) -> None:
        """Put on record which copies were not made, and say so; where that is refused, say what is not on record."""
        what = describe_unfinished(self._printed, not_whole, why)
        prints = [each for of_copy in not_whole for each in of_copy]
        reason_code = self._under_way.asked["reason_code"]
        note = partial(record_unfinished_prints, self.session, prints, reason_code=reason_code)
        noted, unnoted = (partial(self._tell_unfinished, what, words) for words in (NOTED, NOT_NOTED))
        self._tasks.run(self, note, lambda _: noted(""), unnoted, lambda code: unnoted(f"The reference is {code}."))

    def _tell_unfinished(self, what: str, words: str, why: str) -> None:
        self._note.let_go(is_settled=words is NOTED)
        self._run_refused(f"{what} {words.format(why=why)}")

    def _abort_printing(self) -> None:
        if self._sheets is not None:
            self._sheets.abort()
            self._sheets = None

    @property
    @override
    def is_working(self) -> bool:
        return not self.save_button.isEnabled()  # it would be on record and not be made

    @Slot()
    def stop(self) -> None:
        """Stop after the case that is being printed; what was printed stays on record."""
        if self._running is not None:
            self._running.cancel()
        elif self._sheets is not None:
            self._sheets.stop()

    def _run(self, job: PrintJob, work: Callable[[TaskProgress], Any], then: Callable[[Any], None]) -> None:
        self._under_way = job
        for act in (self.save_button, self.print_button):
            act.setEnabled(False)
        self.message.clear()
        self.progress.begin()
        announce("Making the pages", self)
        self._running = self._tasks.run_long(
            self,
            work,
            then,
            self.progress.show_step,
            self._run_ended,
            self._run_refused,
            self._run_failed,
            then_failed=self._run_failed,
        )

    def _run_ended(self) -> None:
        was_stopped, self._running = self._running is not None and self._running.was_cancelled, None
        if self._sheets is not None and not was_stopped:
            return  # the pages are being painted
        self.progress.end()
        if was_stopped:  # before it began, so that there is no outcome
            self._abort_printing()
            self._note.let_go(is_settled=True)
            self._enable_buttons()
            self.message.caution("Stopped. Nothing was printed or put on record.")

    def _run_refused(self, sentence: str) -> None:
        self._note.let_go(is_settled=not copies_of(self._printed))
        self._abort_printing()
        self._enable_buttons()
        self.message.problem(sentence)

    def _run_failed(self, reference: str) -> None:
        if self._sheets is not None and copies_of(self._printed):
            self._abort_printing()
            why = f"It could not be finished; the reference is {reference}"
            self._record_unfinished([prints for prints, _ in copies_of(self._printed)], why)
            return
        self._run_refused(
            f"It could not be finished. What was printed is on record under Papers. The reference is {reference}."
        )

    def _enable_buttons(self) -> None:
        self.busy.stop()
        for act in (self.save_button, self.print_button):
            act.setEnabled(True)
