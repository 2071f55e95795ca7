"""Is this paper genuine? By the code at its foot, or by a file; what is said stands below the question."""

from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ioms_desktop.services.printing.genuine import PaperAnswer, check_code, check_file, lines_of
from ioms_desktop.services.session import Session
from ioms_desktop.ui.dialogs.auto_height import Card
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.forms.path_field import PathField
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.floating import FloatingArea
from ioms_desktop.ui.widgets.layouts import FocusScrollArea, clear_layout, fit_to_screen
from ioms_desktop.ui.widgets.widgets import BusyIndicator, MessageBar, announce, button, label

TITLE = "Is this paper genuine?"
INTRO = (
    "Type the print code from the foot of a page, or choose a PDF file to compare. You are told only about papers of "
    "cases that you may read, and that you asked is put on record."
)
DIALOG_WIDTH_PX, DIALOG_HEIGHT_PX = 560, 560
NEITHER = "Type the code from the foot of the page, or choose a file."
KNOWN, NOT_THE_SAME = "This paper was printed here.", "Do not rely on this file."


class CheckPaperDialog(QDialog):
    """Asks for a code or a file and shows what the register says of it."""

    def __init__(self, session: Session, tasks: Tasks, parent: QWidget | None = None) -> None:
        """Show the question."""
        super().__init__(parent)
        self._session, self._tasks = session, tasks
        self.setWindowTitle(TITLE)
        self.setAccessibleName(TITLE)
        self.form = Form()
        self.code = self.form.add(TextField("code", "Print &code", limit=40, help="For example P-0C1D2E3F4A5B-6C."))
        self.path = self.form.add(PathField("path", "Or a &file", picks_folder=False))
        self.busy = BusyIndicator("Comparing…")
        self.message = MessageBar()
        self.check_button = button("Chec&k", self.check, kind="primary", icon="search")
        self.close_button = button("Close", self.reject)
        self.check_button.setDefault(True)
        inside = QWidget()
        self._answer = QVBoxLayout(inside)
        self._answer.setContentsMargins(0, 8, 0, 8)
        self._answer.setSpacing(8)
        self._answer.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.pane = FocusScrollArea()
        self.pane.setWidget(inside)
        self.pane.setAccessibleName("What the register says")
        self._lay_out()
        fit_to_screen(self, DIALOG_WIDTH_PX, DIALOG_HEIGHT_PX)
        self.code.setFocus()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(label(TITLE, "title"))
        column.addWidget(label(INTRO, "quiet", wrap=True))
        column.addWidget(self.form)
        column.addWidget(FloatingArea(self.message))
        column.addWidget(self.pane, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.busy)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        foot.addWidget(self.check_button)
        column.addLayout(foot)

    @Slot()
    def check(self) -> None:
        """Ask the register; a file goes before a code."""
        code, file = self.code.value(), self.path.value()
        if not code and not file:
            self.form.set_problem("code", NEITHER)
            return
        if not self.form.validate():
            return
        clear_layout(self._answer)
        self.busy.start("Comparing…")
        self.check_button.setEnabled(False)
        work = (
            partial(check_file, self._session, self.path.path())
            if file
            else partial(check_code, self._session, code or "")
        )
        self._tasks.latest(self, "check", work, self._show, self._refused, self._failed)

    def _show(self, answer: PaperAnswer) -> None:
        self._stop()
        head = NOT_THE_SAME if answer.is_same_file is False else KNOWN
        self._answer.addWidget(label(head, "title", wrap=True))
        for sentence in answer.sentences:
            self._answer.addWidget(label(sentence, wrap=True))
        for row in answer.papers:
            self._answer.addWidget(Card("In the register", lines_of(row)))
        said = " ".join((head, *answer.sentences))
        self.pane.setAccessibleDescription(said)
        announce(said, self)

    def _refused(self, sentence: str) -> None:
        self._stop()
        words = label(sentence, wrap=True)
        self._answer.addWidget(words)
        self.pane.setAccessibleDescription(sentence)
        announce(sentence, self)
        self.code.setFocus()

    def _failed(self, reference: str) -> None:
        self._refused(f"The paper could not be checked. The reference is {reference}.")

    def _stop(self) -> None:
        self.busy.stop()
        self.check_button.setEnabled(True)
        clear_layout(self._answer)
