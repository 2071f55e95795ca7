"""The recovery code of a local file: shown once, and used when a passphrase is forgotten."""

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QFontDatabase, QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.opening_guard import OpeningGuard
from ioms_desktop.ui.sign_in.passphrase import NewPassphraseFields
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.floating import FloatingArea
from ioms_desktop.ui.widgets.scrolling_dialog import ScrollingDialog
from ioms_desktop.ui.widgets.widgets import BusyIndicator, MessageBar, button, label

DIALOG_WIDTH_PX = 560
FIRST_LINE_CHARS = 19
"""Number of characters on the first line of a code: four groups and their separators."""
CODE_EXPLANATION = (
    "It gives any user of this file a new password when theirs is forgotten. It is shown this once. Write it on paper "
    "and lock that away, apart from this computer: whoever has the code and the file can read everything in it."
)
WRITE_DOWN_FIRST_MESSAGE = "Write the code down first, and tick that you have; it cannot be shown again."


class RecoveryCodePage(QWidget):
    """Shows a code until the user confirms that it is written down; it can be neither copied nor printed.

    Signals:
        written_down: The user confirmed that the code is written down.
    """

    written_down = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.code = label("", "display")
        self.code.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.code.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.written_down_box = QCheckBox("I have &written it down and compared it")
        self.primary = button("&Go on", self.written_down.emit, kind="primary")
        self.primary.setEnabled(False)
        self.written_down_box.toggled.connect(self.primary.setEnabled)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(label("The recovery code", "title"))
        column.addWidget(label(CODE_EXPLANATION, wrap=True))
        column.addWidget(self.code)
        column.addWidget(self.written_down_box)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.primary)
        column.addLayout(foot)

    def show_code(self, code: str) -> None:
        """Show a code."""
        self.code.setText(f"{code[:FIRST_LINE_CHARS]}\n{code[FIRST_LINE_CHARS + 1 :]}")
        self.code.setAccessibleName(f"Recovery code {' '.join(code)}")
        self.written_down_box.setChecked(False)

    @property
    def awaits_confirmation(self) -> bool:
        """Whether a code is shown that is not yet confirmed as written down."""
        return bool(self.code.text()) and not self.written_down_box.isChecked()


class CodeConfirmationDialog(ScrollingDialog):
    """A dialog that stays open while a code is being made, or is shown and not yet confirmed as written down."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(DIALOG_WIDTH_PX, parent)
        self.is_working = False
        self.message = MessageBar()
        self.page = RecoveryCodePage()
        self.page.written_down.connect(self.accept)

    @override
    def reject(self) -> None:
        if self.is_working:
            return  # the previous code is no longer valid, so the new one must still be shown
        if self.page.awaits_confirmation:
            self.message.caution(WRITE_DOWN_FIRST_MESSAGE)
        else:
            super().reject()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        if self.is_working:
            event.ignore()
        elif self.page.awaits_confirmation:
            event.ignore()
            self.message.caution(WRITE_DOWN_FIRST_MESSAGE)
        else:
            super().closeEvent(event)


class RecoveryCodeDialog(CodeConfirmationDialog):
    """Shows the code of a newly created file; it closes once the code is confirmed as written down."""

    def __init__(self, sentence: str, code: str, parent: QWidget | None = None) -> None:
        """Show the code.

        Args:
            sentence: What was done.
            code: The code of the new file.
        """
        super().__init__(parent)
        OpeningGuard(self)
        self.setWindowTitle("The recovery code")
        self.setAccessibleName("The recovery code")
        self.page.show_code(code)
        for part in (FloatingArea(self.message), label(sentence, wrap=True), self.page):
            self.column.addWidget(part)
        self.page.written_down_box.setFocus()


class RecoverDialog(CodeConfirmationDialog):
    """Asks for the recovery code and a new passphrase, and shows the code that replaces the one used.

    Signals:
        recovered: A new passphrase was set; carries the user's name and a sentence.
    """

    recovered = Signal(str, str)

    def __init__(self, location: str, user: str, tasks: Tasks, parent: QWidget | None = None) -> None:
        """Create the form.

        Args:
            location: The file.
            user: The user proposed in the form.
            tasks: Runs the recovery.
        """
        super().__init__(parent)
        self._location, self._tasks = location, tasks
        self.setWindowTitle("Forgotten password")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.busy = BusyIndicator("Opening…")
        self.form = Form()
        self.name = self.form.add(TextField("name", "&Name", required=True))
        self.name.set_value(user)
        self.code = self.form.add(
            TextField("code", "Recovery &code", required=True, help="Seven groups of four; small letters will do.")
        )
        self.passphrase = NewPassphraseFields(
            self.form, "The new one. Several words are best.", lambda: self.name.value() or ""
        )
        self.request_page = self._build_request_page()
        self.page.hide()
        for part in (FloatingArea(self.message), self.request_page, self.page):
            self.column.addWidget(part)
        (self.code if user else self.name).setFocus()

    def _build_request_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        words = (
            "With the recovery code of this file you get a new passphrase. Without the code, ask an administrator of "
            "the file to give you one. This goes on record."
        )
        column.addWidget(label(words, "quiet", wrap=True))
        column.addWidget(self.form)
        column.addWidget(self.passphrase.strength)
        foot = QHBoxLayout()
        foot.addWidget(button("Ca&ncel", self.reject))
        foot.addStretch(1)
        foot.addWidget(self.busy)
        self.primary = button("&Set passphrase", self.submit, kind="primary")
        foot.addWidget(self.primary)
        column.addLayout(foot)
        return page

    @Slot()
    def submit(self) -> None:
        """Set the new passphrase if the form is valid."""
        if not self.form.validate():
            return
        self.message.clear()
        self._set_working(True)
        name = self.name.value() or ""
        work = partial(_recover, self._location, name, self.code.value() or "", self.passphrase.value())
        self._tasks.run(self, work, partial(self._recovered, name), self._refused, self._failed)

    def _recovered(self, name: str, answer: tuple[str, str]) -> None:
        sentence, code = answer
        self._set_working(False)
        self.request_page.hide()
        self.page.show_code(code)
        self.page.show()
        self.page.written_down_box.setFocus()
        self.message.notice(sentence)
        self.recovered.emit(name, f"{name} has a new passphrase. Sign in with it.")

    @Slot(str)
    def _refused(self, sentence: str) -> None:
        self._set_working(False)
        self.message.problem(sentence)

    @Slot(str)
    def _failed(self, reference: str) -> None:
        self._refused(f"No passphrase was set. What you typed is still here. The reference is {reference}.")

    def _set_working(self, working: bool) -> None:
        self.is_working = working
        self.request_page.setEnabled(not working)
        if working:
            self.busy.start()
        else:
            self.busy.stop()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.request_page.isVisible():
            self.submit()
        else:
            super().keyPressEvent(event)


def _recover(location: str, name: str, code: str, password: str) -> tuple[str, str]:
    from ioms_desktop.services.sign_in.password_change import recover_password  # noqa: PLC0415 - slow to import

    recovered = recover_password(location, name, code, password)
    return recovered.sentence, recovered.recovery_code
