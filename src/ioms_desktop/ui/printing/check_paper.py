"""Is this paper genuine? By the code at its foot, or by a file; what is said stands below the question."""

from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ioms_desktop.services.printing.genuine import PaperAnswer, check_code, check_file, lines_of
from ioms_desktop.services.session import Session
from ioms_desktop.ui.dialogs.auto_height import Card
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.forms.path_field import PathField
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.floating import FloatingArea
from ioms_desktop.ui.widgets.layouts import clear_layout, reveal
from ioms_desktop.ui.widgets.scrolling_dialog import ScrollingDialog
from ioms_desktop.ui.widgets.widgets import BusyIndicator, MessageBar, announce, button, label

TITLE = "Is this paper genuine?"
INTRO = (
    "Type the print code from the foot of a page, or choose a PDF file to compare. You are told only about papers of "
    "cases that you may read, and that you asked is put on record."
)
DIALOG_WIDTH_PX = 560
NEITHER = "Type the code from the foot of the page, or choose a file."
KNOWN, NOT_THE_SAME = "This paper was printed here.", "Do not rely on this file."


class CheckPaperDialog(ScrollingDialog):
    """Asks for a code or a file and shows what the register says of it."""

    def __init__(self, session: Session, tasks: Tasks, parent: QWidget | None = None) -> None:
        """Show the question."""
        super().__init__(DIALOG_WIDTH_PX, parent)
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
        self._answer = QVBoxLayout()
        self._answer.setSpacing(8)
        self.scroll_area.setAccessibleName("What the register says")
        self._lay_out()
        self.code.setFocus()

    def _lay_out(self) -> None:
        for part in (label(TITLE, "title"), label(INTRO, "quiet", wrap=True), self.form, FloatingArea(self.message)):
            self.column.addWidget(part)
        self.column.addLayout(self._answer)
        self.column.addStretch(1)
        foot = QHBoxLayout()
        foot.addWidget(self.busy)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        foot.addWidget(self.check_button)
        self.add_foot(foot)

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
        begun = label(head, "title", wrap=True)
        self._answer.addWidget(begun)
        for sentence in answer.sentences:
            self._answer.addWidget(label(sentence, wrap=True))
        for row in answer.papers:
            self._answer.addWidget(Card("In the register", lines_of(row)))
        reveal(begun)
        said = " ".join((head, *answer.sentences))
        self.scroll_area.setAccessibleDescription(said)
        announce(said, self)

    def _refused(self, sentence: str) -> None:
        self._stop()
        words = label(sentence, wrap=True)
        self._answer.addWidget(words)
        reveal(words)
        self.scroll_area.setAccessibleDescription(sentence)
        announce(sentence, self)
        self.code.setFocus()

    def _failed(self, reference: str) -> None:
        self._refused(f"The paper could not be checked. The reference is {reference}.")

    def _stop(self) -> None:
        self.busy.stop()
        self.check_button.setEnabled(True)
        clear_layout(self._answer)
