"""The dialogs that are open over a case, when the case is closed to its reader."""

from functools import partial

from PySide6.QtWidgets import QDialog, QWidget

from ioms_desktop.ui.dialogs.drafting_dialog import DraftingDialog
from ioms_desktop.ui.dialogs.left_words import LeftWordsDialog

WORDS_KEPT_MESSAGE = "What you had typed is kept, encrypted, under File, Unsaved entries; nothing of it was saved."


def open_dialogs(screen: QWidget) -> list[QDialog]:
    """List the dialogs that are open over a case, and over those in turn."""
    return [dialog for dialog in screen.findChildren(QDialog) if dialog.isVisible()]


def close_dialogs(screen: QWidget) -> bool:
    """Close every dialog over a case at once: each shows something of it.

    What was typed is kept on this computer; where that is not possible it is shown once more, without the case.

    Returns:
        Whether anything had been typed.
    """
    typed = False
    window = screen.window()
    for dialog in reversed(open_dialogs(screen)):
        if isinstance(dialog, DraftingDialog):
            typed = dialog.withdraw(partial(_show_words, window)) or typed
        elif not isinstance(dialog, LeftWordsDialog):
            dialog.done(QDialog.DialogCode.Rejected)
    return typed


def _show_words(window: QWidget, words: str) -> None:
    LeftWordsDialog(words, window).open()
