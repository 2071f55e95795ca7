"""Print case summaries: recipient and reason, a preview, then paper or PDF. Every disclosure is recorded."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMarginsF, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.file_names import safe_file_name
from ioms_desktop.domain.printing.audiences import Audience, available_audiences
from ioms_desktop.domain.printing.print_facts import PaperForm
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.printing.many_summaries import save_case_summaries
from ioms_desktop.services.printing.summaries import (
    case_summary_pdf,
    record_unfinished_prints,
    require_visible_cases,
)
from ioms_desktop.services.session import Session
from ioms_desktop.ui import labels
from ioms_desktop.ui.forms.choice_fields import Choice, ChoiceField, CodeField, code_options
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.printing.pdf_preview import PdfPreview, image_of, page_count, render_page
from ioms_desktop.ui.printing.recipient_fields import RecipientFields
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.floating import FloatingArea
from ioms_desktop.ui.widgets.layouts import FocusScrollArea, fit_to_screen
from ioms_desktop.ui.widgets.widgets import BusyIndicator, MessageBar, announce, button, label

TITLE = "Print case summary"
DIALOG_WIDTH_PX, DIALOG_HEIGHT_PX = 1080, 700
FORM_WIDTH_PX = 360
PAGE_WIDTH_PX = 600
SCREEN_SHARE = 0.94  # larger than other dialogs: the form and the page are side by side
PREVIEW_DELAY_MS = 400
"""Pause in milliseconds, since the last key, before the preview is updated."""
MAX_PRINT_DPI = 300
POINTS_PER_INCH = 72
NOT_SHOWN_YET = "Choose for whom, why and who gets it; the pages are then shown here as they will be printed."
AUDIENCE_HELP = "Only the police copy has intelligence, grades, police notes and the reasons of decisions."
LENGTH_HELP = "One page has a fixed set of fields; what is to be decided is whole on both."
AGENCY_HELP = "What is on the copy depends on it; left empty, it says who it is about and whom to ask."


class PrintCasesDialog(QDialog):
    """Previews case summaries and prints or saves them."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        case_refs: tuple[str, ...],
        parent: QWidget | None = None,
        *,
        as_of: date | None = None,
    ) -> None:
        """Show the form; the preview follows once it is valid.

        Args:
            session: The session of the user who prints.
            tasks: Builds the pages.
            case_refs: The cases in printing order; at least one.
            parent: The Qt parent.
            as_of: The date of the summaries; None for today.
        """
        super().__init__(parent)
        self.session, self.case_refs, self._tasks, self._as_of = session, case_refs, tasks, as_of
        self._printing: tuple[QPrinter, QPainter] | None = None
        self.setWindowTitle(TITLE)
        self.setAccessibleName(TITLE)
        fit_to_screen(self, DIALOG_WIDTH_PX, DIALOG_HEIGHT_PX, SCREEN_SHARE)
        self.form = Form()
        self.message = MessageBar()
        self.busy = BusyIndicator("Making the pages…")
        self.pages = PdfPreview(tasks, PAGE_WIDTH_PX)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PREVIEW_DELAY_MS)
        self._timer.timeout.connect(self.preview)
        self._add_fields()
        day = "" if as_of is None else f", as of {format_day(as_of)}"
        self._lay_out(f"{labels.describe_cases(case_refs)}{day}.")
        self.form.changed.connect(self._timer.start)
        self.form.fields[0].setFocus()
        self.preview()

    def _add_fields(self) -> None:
        add, lists = self.form.add, self.session.lists
        sees = may(self.session.role, Right.READ_INTELLIGENCE)
        choices = tuple(
            Choice(each.value, each.label, each.key) for each in available_audiences(sees_intelligence=sees)
        )
        self.audience = add(ChoiceField("audience", "&For", choices, required=True, help=AUDIENCE_HELP))
        self.audience.set_value(choices[0].code if len(choices) == 1 else None)
        self.agency = add(CodeField("agency", "A&gency", code_options(lists.of("agency")), help=AGENCY_HELP))
        lengths = (
            Choice(PaperForm.FULL.value, "Everything", "e"),
            Choice(PaperForm.ONE_PAGE.value, "One page", "o"),
        )
        self.length = add(ChoiceField("form", "&Length", lengths, help=LENGTH_HELP))
        self.length.set_value(PaperForm.FULL.value)
        self.audience.changed.connect(self._show_what_is_asked)
        self._show_what_is_asked()
        reasons = labels.reason_options(lists)
        self.reason = add(CodeField("reason", "&Why", reasons, required=True))
        self.reason_text = add(TextField("reason_text", "In w&ords", limit=300, help="Printed on every page."))
        self.recipient = RecipientFields(self.session, self.form)

    @Slot()
    def _show_what_is_asked(self) -> None:
        """Ask for agency and length only where they decide what is on the copy."""
        chosen = self.audience.value()
        self.form.set_field_visible("agency", chosen == Audience.PARTNER)
        self.form.set_field_visible("form", chosen is None or not Audience(chosen).is_plain)

    def _lay_out(self, who: str) -> None:
        side = QWidget()
        side.setFixedWidth(FORM_WIDTH_PX)
        left = QVBoxLayout(side)
        left.setContentsMargins(24, 16, 16, 16)
        left.setSpacing(12)
        left.addWidget(label(TITLE, "title"))
        left.addWidget(label(who, "quiet", wrap=True))
        asked = FocusScrollArea()
        asked.setWidget(self.form)
        asked.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        left.addWidget(asked, 1)
        left.addWidget(label("Saving or printing is put on record with its reason and its reader.", "small", wrap=True))
        left.addWidget(self.busy)
        self.save_button = button("&Save as PDF…", self.save, icon="download")
        self.print_button = button("&Print…", self.print_pages, kind="primary", icon="printer")
        self.close_button = button("Close", self.reject)
        for act in (self.print_button, self.save_button, self.close_button):
            left.addWidget(act)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(FloatingArea(self.message))
        right.addWidget(self.pages, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(side)
        row.addLayout(right, 1)

    @Slot()
    def preview(self) -> None:
        """Update the preview, once recipient and reason are known."""
        if self.audience.value() is None or self.reason.value() is None or not self.recipient.is_complete:
            self.pages.show_message(NOT_SHOWN_YET)
            return
        self.busy.start("Making the pages…")
        self._tasks.latest(
            self,
            "preview",
            self._pages_builder(preview=True),
            self._show_preview,
            self._preview_refused,
            self._preview_failed,
        )

    def _show_preview(self, documents: list[bytes]) -> None:
        self._stop_preview_busy()
        self.pages.show_documents(documents)

    def _stop_preview_busy(self) -> None:
        if self.save_button.isEnabled():  # otherwise the pages of a disclosure are still being made
            self.busy.stop()

    def _wanted(self) -> dict[str, Any]:
        return {
            "audience": Audience(self.audience.value() or "partner"),
            "agency": (self.agency.value() or "") if self.audience.value() == Audience.PARTNER else "",
            "form": PaperForm(self.length.value() or PaperForm.FULL),
            "reason_code": self.reason.value() or "",
            "reason_text": self.reason_text.value() or "",
            "as_of": self._as_of,
            **self.recipient.answered(),
        }

    def _pages_builder(self, *, preview: bool) -> Callable[[], list[bytes]]:
        return partial(_build_pdfs, self.session, self.case_refs, **self._wanted(), preview=preview)

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
        if not self.form.validate():
            return
        one = len(self.case_refs) == 1
        # Opened with open(), not exec(), so that no nested event loop runs; the choice arrives as a signal.
        asking = QFileDialog(self, "Save as PDF" if one else "Save one PDF a case into a folder")
        asking.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if one:
            asking.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            asking.setNameFilter("PDF (*.pdf)")
            asking.setDefaultSuffix("pdf")
            asking.selectFile(self._file_name(self.case_refs[0]))
        else:
            asking.setFileMode(QFileDialog.FileMode.Directory)
            asking.setOption(QFileDialog.Option.ShowDirsOnly)
        asking.fileSelected.connect(self._target_chosen)
        asking.open()

    @Slot(str)
    def _target_chosen(self, place: str) -> None:
        if len(self.case_refs) == 1:
            self.save_to([Path(place)])
        else:
            self.save_to([Path(place) / self._file_name(ref) for ref in self.case_refs])

    def _file_name(self, ref: str) -> str:
        return safe_file_name(ref, f"-{self.audience.value()}.pdf")

    def save_to(self, paths: Sequence[Path]) -> None:
        """Write one file for each case; each is recorded as a disclosure once it is there."""
        targets = tuple(zip(self.case_refs, paths, strict=True))
        self._disclose(partial(_save_files, self.session, targets, self._wanted()), self._saved)

    def _saved(self, paths: Sequence[Path]) -> None:
        self._enable_buttons()
        where = str(paths[0]) if len(paths) == 1 else f"{len(paths)} files in {paths[0].parent}"
        self.message.notice(f"Saved as {where}, and put on record.")

    @Slot()
    def print_pages(self) -> None:
        """Ask for the printer, then build the pages, record the disclosure and print."""
        if not self.form.validate():
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
        printer.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Millimeter)
        printer.setDocName(TITLE)
        dialog = QPrintDialog(printer, self)
        # What is printed to a file is saved: whole or not at all, and for its owner alone.
        dialog.setOption(QPrintDialog.PrintDialogOption.PrintToFile, on=False)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.print_on(printer)

    def print_on(self, printer: QPrinter) -> None:
        """Reach the printer, build the pages, record the disclosure and print."""
        painter = QPainter()
        if not painter.begin(printer):
            self.message.problem(
                "The printer could not be reached. Nothing was printed or put on record; save a PDF, or try again."
            )
            return
        self._printing = (printer, painter)
        work = partial(_render_for_print, self._pages_builder(preview=False), min(printer.resolution(), MAX_PRINT_DPI))
        self._disclose(work, self._paint_pages)

    def _paint_pages(self, pages: list[QImage]) -> None:
        if self._printing is None:
            return
        printer, painter = self._printing
        sheet = QRectF(printer.pageLayout().fullRectPixels(printer.resolution()))
        done = True
        for number, page in enumerate(pages):
            done = done and (not number or printer.newPage())
            if done:
                painter.drawImage(sheet, page)
        self._stop_printing(abort=not done)
        self._enable_buttons()
        if done:
            self.message.notice("Sent to the printer, and put on record.")
            return
        note = partial(record_unfinished_prints, self.session, self.case_refs, reason_code=self.reason.value() or "")
        self._tasks.run(self, note, self._told_unfinished, self._disclosure_refused, self._disclosure_failed)

    def _told_unfinished(self, _done: None) -> None:
        self.message.problem("The printer stopped. It is put on record that the print was not made; try again.")

    def _stop_printing(self, *, abort: bool) -> None:
        if self._printing is not None:
            printer, painter = self._printing
            self._printing = None
            if abort:
                printer.abort()
            painter.end()

    @override
    def reject(self) -> None:
        """Close, unless something is being saved or printed: it would be on record and not be made."""
        if self.save_button.isEnabled():
            super().reject()

    def _disclose(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        for act in (self.save_button, self.print_button):
            act.setEnabled(False)
        self.busy.start("Making the pages…")
        announce("Making the pages", self)
        self._tasks.run(self, work, then, self._disclosure_refused, self._disclosure_failed)

    def _disclosure_refused(self, sentence: str) -> None:
        self._stop_printing(abort=True)
        self._enable_buttons()
        self.message.problem(sentence)

    def _disclosure_failed(self, reference: str) -> None:
        self._disclosure_refused(f"It could not be made or written; nothing was sent. The reference is {reference}.")

    def _enable_buttons(self) -> None:
        self.busy.stop()
        for act in (self.save_button, self.print_button):
            act.setEnabled(True)


def _build_pdfs(session: Session, case_refs: tuple[str, ...], **wanted: Any) -> list[bytes]:  # noqa: ANN401 - passed on unchanged
    if len(case_refs) > 1:
        require_visible_cases(session, case_refs)
    return [case_summary_pdf(session, ref, **wanted) for ref in case_refs]


def _save_files(session: Session, targets: tuple[tuple[str, Path], ...], wanted: dict[str, Any]) -> list[Path]:
    return list(save_case_summaries(session, targets, **wanted))


def _render_for_print(make: Callable[[], list[bytes]], dpi: int) -> list[QImage]:
    return [
        image_of(render_page(pdf, number, dpi / POINTS_PER_INCH)) for pdf in make() for number in range(page_count(pdf))
    ]
