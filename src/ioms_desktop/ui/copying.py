"""Copies text to the clipboard once that is on record."""

from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.widgets import announce


def left_out(copied: int, selected: int) -> str:
    """Say that some of the selected rows are not copied; empty where all are."""
    if copied == selected:
        return ""
    return (
        f"Copied {copied:,} of {selected:,} selected rows. What is missing has not been read, or was removed: "
        "scroll until it is shown, then copy again."
    )


def copy_once_recorded(tasks: Tasks, source: QWidget, put_on_record: Callable[[], str], missing: str = "") -> None:
    """Copy a text once that is on record; of copies from anywhere only the newest comes to the clipboard.

    Args:
        tasks: Puts it on record.
        source: What is copied from; nothing is copied once it has been destroyed.
        put_on_record: Puts it on record, off the interface thread, and gives the text.
        missing: Says what of it is not copied; shown once the rest is.
    """

    def copied(text: str) -> None:
        if isValid(source):
            QApplication.clipboard().setText(text)
            announce("Copied, and put on record", source)
            if missing:
                tasks.refused.emit(missing)

    tasks.latest(tasks, "copy", put_on_record, copied)
