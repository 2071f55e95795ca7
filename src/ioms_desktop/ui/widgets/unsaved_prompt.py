"""The question of a dialog that is closed with something typed in it."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from ioms_desktop.ui.widgets.flow_layout import FlowLayout
from ioms_desktop.ui.widgets.widgets import announce, button, label

UNSAVED_MESSAGE = "What you typed has not been saved."


class UnsavedPrompt(QFrame):
    """Asks what becomes of what was typed.

    It is asked inside the dialog, not by a second one: nothing runs a loop of its own, and nothing is covered.
    """

    def __init__(
        self,
        discard_label: str,
        *,
        discard: Callable[[], object],
        keep_for_later: Callable[[], object],
        keep_editing: Callable[[], object],
    ) -> None:
        """Create the question, hidden.

        Args:
            discard_label: On the button that closes the dialog without saving, with its mnemonic.
            discard: Closes the dialog; what was typed is lost.
            keep_for_later: Closes the dialog; what was typed is offered again.
            keep_editing: Goes back to the form.
        """
        super().__init__()
        self.setProperty("kind", "bar-caution")
        self.setAccessibleName(UNSAVED_MESSAGE)
        self.discard_button = button(discard_label, discard, kind="danger")
        self.keep_for_later_button = button("Keep it for &later", keep_for_later)
        self.keep_editing_button = button("Keep &editing", keep_editing)
        column, row, answers, acts = QVBoxLayout(self), FlowLayout(8), QWidget(), FlowLayout(8)
        column.setContentsMargins(24, 8, 24, 8)
        column.addLayout(row)
        answers.setLayout(acts)  # they go to the next line together
        row.addWidget(label(UNSAVED_MESSAGE))
        row.addWidget(answers)
        for act in (self.discard_button, self.keep_for_later_button, self.keep_editing_button):
            acts.addWidget(act)
        self.hide()

    def ask(self, *, can_keep: bool) -> None:
        """Show the question; the answer that loses nothing has the focus.

        Args:
            can_keep: Whether what was typed can be kept on this computer.
        """
        self.keep_for_later_button.setVisible(can_keep)
        self.show()
        self.keep_editing_button.setFocus()
        announce(UNSAVED_MESSAGE, self)
