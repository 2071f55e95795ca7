"""The words of papers as text: read by ear or in large letters, searched, and gone through by its headings."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QMimeData, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QTextBlock, QTextCursor, QTextDocument, QTextDocumentFragment
from PySide6.QtWidgets import QFrame, QTextEdit
from typing_extensions import override

from ioms_desktop.ui.theme.active import active_theme, theme_notifier
from ioms_desktop.ui.theme.tokens import Theme
from ioms_desktop.ui.widgets.widgets import announce

MAX_STEPS = 12
"""How many times the text is made larger, each a point."""
NEXT_HEADING_KEY, BACK_HEADING_KEY = "Ctrl+PgDown", "Ctrl+PgUp"
NO_COPY = "Nothing was copied. Save the paper or print it: that is put on record."


class PaperText(QTextEdit):
    """Shows what papers say, in the colours of the program; it is read and searched, and nothing is copied out of it.

    Signals:
        copy_refused: Somebody tried to copy some of it; with what to do instead.
    """

    copy_refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._papers: tuple[str, ...] = ()
        self._steps = 0
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("The pages as text")
        self.document().setDocumentMargin(16)
        theme_notifier().changed.connect(self._write)

    def show_papers(self, papers: Sequence[str]) -> None:
        """Show papers, each as HTML without a style of its own; whoever reads stays at the line where they are."""
        if tuple(papers) != self._papers:
            self._papers = tuple(papers)
            self._write()

    def show_words(self, words: str) -> None:
        """Show a sentence in place of papers."""
        self._papers = ()
        self.setPlainText(words)

    @Slot()
    def _write(self) -> None:
        if not self._papers:
            return
        place, at = self.verticalScrollBar().value(), self.textCursor().position()
        document = self.document()
        document.setDefaultStyleSheet(_style(active_theme()))
        self.clear()
        cursor = QTextCursor(document)
        for number, paper in enumerate(self._papers):
            if number:
                cursor.insertHtml("<hr>")
            cursor.insertFragment(QTextDocumentFragment.fromHtml(paper, document))
        cursor.setPosition(min(at, document.characterCount() - 1))
        self.setTextCursor(cursor)
        self.verticalScrollBar().setValue(place)

    def find_words(self, words: str, *, back: bool = False) -> bool:
        """Select the next place of some words, round the end of the text; gives whether there is one."""
        how = QTextDocument.FindFlag.FindBackward if back else QTextDocument.FindFlag(0)
        if not words.strip():
            return False
        if self.find(words, how):
            return True
        before = self.textCursor()
        self.moveCursor(QTextCursor.MoveOperation.End if back else QTextCursor.MoveOperation.Start)
        found = self.find(words, how)
        if not found:
            self.setTextCursor(before)
        return found

    def zoom(self, steps: int) -> None:
        """Show the text larger or smaller; 0 shows it in its first size."""
        wanted = min(MAX_STEPS, max(0, self._steps + steps)) if steps else 0
        self.zoomIn(wanted - self._steps)
        self._steps = wanted

    def go_to_heading(self, *, back: bool = False) -> None:
        """Go to the next heading, or the one before."""
        here = self.textCursor().block().blockNumber()
        numbers = [each.blockNumber() for each in self._headings()]
        before, after = [each for each in numbers if each < here], [each for each in numbers if each > here]
        found = before[-1:] if back else after[:1]
        if not found:
            announce("There is no other heading.", self)
            return
        block = self.document().findBlockByNumber(found[0])
        self.setTextCursor(QTextCursor(block))
        top = self.cursorRect().top() + self.verticalScrollBar().value()
        self.verticalScrollBar().setValue(top)
        announce(block.text(), self)

    def _headings(self) -> Iterator[QTextBlock]:
        block = self.document().begin()
        while block.isValid():
            if block.blockFormat().headingLevel():
                yield block
            block = block.next()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) or event.matches(QKeySequence.StandardKey.Cut):
            self.copy_refused.emit(NO_COPY)
        else:
            super().keyPressEvent(event)

    @override
    def createMimeDataFromSelection(self) -> QMimeData:
        return QMimeData()  # nothing leaves by dragging or by the selection alone: neither is on record

    @override
    def loadResource(self, kind: int, name: QUrl | str) -> object:
        return None  # a paper has nothing that is fetched


def _style(theme: Theme) -> str:
    return (
        f"body{{color:{theme.text}}} h1,h2,h3{{color:{theme.text}}} h2{{margin-top:14px}} h3{{margin-top:8px}}"
        f"th,.quiet{{color:{theme.quiet};font-weight:normal;text-align:left}}"
        "th,td{padding:2px 14px 2px 0px} th.number,td.number{text-align:right}"
        f".urgent{{color:{theme.danger};font-weight:bold}}"
    )
