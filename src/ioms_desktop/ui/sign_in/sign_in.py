"""The sign-in window, the first shown. It imports only what it needs; the rest is loaded while the user types."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QWidget
from typing_extensions import override

from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.services.user_paths import without_password
from ioms_desktop.ui.sign_in.card_page import CardPage
from ioms_desktop.ui.sign_in.database_label import (
    DEMO_HINT,
    DEMO_USER,
    describe_database,
    describe_protection,
)
from ioms_desktop.ui.widgets.floating import FloatingArea
from ioms_desktop.ui.widgets.widgets import BusyIndicator, MessageBar, button, label

CARD_WIDTH_PX = 460
WINDOW_SIZE_PX = (620, 520)
MESSAGE_ROOM_PX = 110
"""Room for the longest that is said, and for how to sign in to fictional data."""
OTHER_SIGN_IN_HELP = (
    "Leave the password empty where the server knows you by your Windows or network sign-in (Kerberos) or by a "
    "certificate. A phrase that guards a certificate is typed here too."
)


class SignInWindow(QWidget):
    """Asks for name and password.

    Signals:
        sign_in_requested: The user wants to sign in; carries name and password.
        other_database_requested: The user wants to open another database, or to create one.
        recovery_requested: The user has forgotten the passphrase of a local file.
        first_painted: The window was painted for the first time.
        closed: The window was closed without signing in.
    """

    sign_in_requested = Signal(str, str)
    other_database_requested = Signal()
    recovery_requested = Signal()
    first_painted = Signal()
    closed = Signal()

    def __init__(self, location: str, user: str = "", hint: str = "") -> None:
        """Show the form for a database.

        Args:
            location: The database.
            user: The user name proposed in the form.
            hint: An additional sentence, for example about fictional data.
        """
        super().__init__()
        self.location = location
        self._is_shared = is_shared(location)
        self._was_painted = False
        self.is_signing_in = False
        self.setWindowTitle("Sign in · IOMS Desktop")
        self.setProperty("kind", "page")
        self.message = MessageBar()
        self.message.close_button.hide()
        self.name = _line_edit("Name")
        self.name.setText(user)
        self.password = _line_edit("Password")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.sign_in_button = button("&Sign in", self.submit, kind="primary")
        self.sign_in_button.setDefault(True)
        self.other_database_button = button("&Other database…", self.other_database_requested.emit, kind="plain")
        self.forgotten_button = button("&Forgotten password…", self.recovery_requested.emit, kind="plain")
        self.forgotten_button.setVisible(not self._is_shared)
        self.busy = BusyIndicator("Opening…")
        self._lay_out(hint)
        (self.password if user else self.name).setFocus()

    def _lay_out(self, hint: str) -> None:
        page = CardPage(CARD_WIDTH_PX, self.message)
        column = page.column
        where = label(describe_database(self.location), wrap=True)
        where.setToolTip(without_password(self.location).rsplit("@", 1)[-1])
        column.addWidget(where)
        self.hint = label(hint, "quiet", wrap=True)
        self.hint.setVisible(bool(hint))
        grid = QGridLayout()
        grid.setVerticalSpacing(10)
        grid.setHorizontalSpacing(12)
        for row, (text, field) in enumerate((("&Name", self.name), ("&Password", self.password))):
            title = label(text)
            title.setBuddy(field)
            grid.addWidget(title, row, 0)
            grid.addWidget(field, row, 1)
        if self._is_shared:
            self.password.setPlaceholderText("Only where the server asks for one")
            self.password.setAccessibleDescription(OTHER_SIGN_IN_HELP)
            grid.addWidget(label(OTHER_SIGN_IN_HELP, "small", wrap=True), 2, 1)
        column.addLayout(grid)
        foot = QHBoxLayout()
        foot.addWidget(self.other_database_button)
        foot.addWidget(self.forgotten_button)
        foot.addStretch(1)
        foot.addWidget(self.sign_in_button)
        column.addLayout(foot)
        # Room is kept below the card for what is said, so that nothing in it moves.
        page.add_below(FloatingArea(self.hint, self.message, self.busy), MESSAGE_ROOM_PX)
        page.add_below(label(describe_protection(self.location), "small", wrap=True))
        page.fill(self, *WINDOW_SIZE_PX)

    def show_demo_hint(self) -> None:
        """Explain how to sign in to the demonstration database."""
        self.hint.setText(DEMO_HINT)
        self.hint.show()
        if not self.name.text() and not self.is_signing_in:
            self.name.setText(DEMO_USER)
            self.password.setFocus()

    @Slot(str, str)
    def show_recovered(self, name: str, sentence: str) -> None:
        """Report that a new passphrase was set for a user."""
        self.name.setText(name)
        self.password.clear()
        self.password.setFocus()
        self.message.notice(sentence)

    @Slot()
    def submit(self) -> None:
        """Request the sign-in."""
        if self.is_signing_in:
            return
        said = self._missing_input()
        if said:
            self.show_refusal(said)
            (self.password if self.name.text().strip() else self.name).setFocus()
            return
        self.message.clear()
        self._set_signing_in(True)
        self.sign_in_requested.emit(self.name.text().strip(), self.password.text())

    def _missing_input(self) -> str:
        """Describe what is missing; a server may identify a user by other means than a password."""
        if self._is_shared:
            return "" if self.name.text().strip() else "Type your name; the server asks for it."
        complete = self.name.text().strip() and self.password.text()
        return "" if complete else "Type your name and your password; both are needed."

    @Slot(str)
    def show_refusal(self, sentence: str) -> None:
        """Show why the sign-in was refused; the name is kept, and a wrong password is cleared."""
        tried, self.is_signing_in = self.is_signing_in, False
        self._set_signing_in(False)
        if tried:
            self.password.clear()
            self.password.setFocus()
        self.message.problem(sentence)
        self.message.close_button.hide()

    def _set_signing_in(self, signing_in: bool) -> None:
        self.is_signing_in = signing_in
        for part in (self.name, self.password, self.sign_in_button, self.other_database_button, self.forgotten_button):
            part.setEnabled(not signing_in)
        if signing_in:
            self.busy.start()
        else:
            self.busy.stop()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.name.hasFocus() and not self.password.text():
                self.password.setFocus()
            else:
                self.submit()
        else:
            super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.first_painted.emit)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()


def _line_edit(name: str) -> QLineEdit:
    made = QLineEdit()
    made.setAccessibleName(name)
    made.setMaxLength(200)
    return made
