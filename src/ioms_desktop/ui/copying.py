"""Copies text to the clipboard once that is on record."""

from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.widgets import announce


def copy_once_recorded(tasks: Tasks, source: QWidget, put_on_record: Callable[[], str]) -> None:
    """Copy a text once that is on record; of copies from anywhere only the newest comes to the clipboard.

    Args:
        tasks: Puts it on record.
        source: What is copied from; nothing is copied once it has been destroyed.
        put_on_record: Puts it on record, off the interface thread, and gives the text.
    """

    def copied(text: str) -> None:
        if isValid(source):
            QApplication.clipboard().setText(text)
            announce("Copied, and put on record", source)

    tasks.latest(tasks, "copy", put_on_record, copied)
