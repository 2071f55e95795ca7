"""Takes a file that is dropped onto a widget, or pasted into it, and gives its path."""

from collections.abc import Callable, Sequence
from typing import cast

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

ENTERING = frozenset({QEvent.Type.DragEnter, QEvent.Type.DragMove})


class DroppedFiles(QObject):
    """Watches one widget for files."""

    def __init__(self, widget: QWidget, take: Callable[[Sequence[str]], None]) -> None:
        """Watch a widget.

        Args:
            widget: Where files may be dropped; a field in it that has the keyboard pastes text as before.
            take: Called with the paths.
        """
        super().__init__(widget)
        self._take = take
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), widget).activated.connect(self.paste)

    def paste(self) -> None:
        """Take the files on the clipboard; nothing where there are none."""
        paths = paths_in(QApplication.clipboard().mimeData())
        if paths:
            self._take(paths)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in ENTERING or event.type() is QEvent.Type.Drop:
            dropped = cast("QDropEvent", event)
            paths = paths_in(dropped.mimeData())
            if not paths:
                return False
            dropped.acceptProposedAction()
            if event.type() is QEvent.Type.Drop:
                self._take(paths)
            return True
        return super().eventFilter(watched, event)


def paths_in(given: QMimeData) -> list[str]:
    """Return the paths of the files of this computer that were dropped or pasted."""
    return [url.toLocalFile() for url in given.urls() if url.isLocalFile()]
