"""The passphrase of a file for a recipient: typed twice, or made here and shown this once; it is kept nowhere."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.services.printing.protection import HAND_OVER, make_passphrase
from ioms_desktop.services.session import Session
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.sign_in.passphrase import NewPassphraseFields
from ioms_desktop.ui.widgets.scrolling_dialog import ScrollingDialog
from ioms_desktop.ui.widgets.widgets import announce, button, label

TITLE = "Passphrase of the file"
INTRO = "The file opens with this passphrase and with nothing else."
DIALOG_WIDTH_PX = 480


class ProtectFileDialog(ScrollingDialog):
    """Asks for a passphrase.

    Signals:
        chosen: The passphrase.
    """

    chosen = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Show empty fields."""
        super().__init__(DIALOG_WIDTH_PX, parent)
        self.setWindowTitle(TITLE)
        self.setAccessibleName(TITLE)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.form = Form()
        self.fields = NewPassphraseFields(self.form, "Several words are best.", lambda: session.user)
        self.made = label("", wrap=True)
        self.made.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.make_button = button("&Make one for me", self.make_one)
        self.primary = button("G&o on", self.accept, kind="primary")
        self.primary.setDefault(True)
        self._lay_out()
        self.fields.first.setFocus()

    def _lay_out(self) -> None:
        column = self.column
        column.addWidget(label(TITLE, "title"))
        column.addWidget(label(INTRO, "quiet", wrap=True))
        for part in (self.form, self.fields.strength, self.made, label(HAND_OVER, wrap=True)):
            column.addWidget(part)
        self.made.hide()
        column.addStretch(1)
        foot = QHBoxLayout()
        foot.addWidget(self.make_button)
        foot.addStretch(1)
        foot.addWidget(button("Cancel", self.reject))
        foot.addWidget(self.primary)
        self.add_foot(foot)

    @Slot()
    def make_one(self) -> None:
        """Make a passphrase and show it: it is the one time that it can be read."""
        made = make_passphrase()
        for field in (self.fields.first, self.fields.second):
            field.set_value(made)
        words = f"The passphrase is {made}. Write it down now; it is not shown again."
        self.made.setText(words)
        self.made.setAccessibleName(words)
        self.made.show()
        announce(words, self)
        self.primary.setFocus()

    @override
    def accept(self) -> None:
        """Give the passphrase to whoever asked, where it is strong enough and was typed twice alike."""
        if self.form.validate():
            self.chosen.emit(self.fields.value())
            super().accept()
