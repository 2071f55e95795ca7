"""The texts in people's own words are read one after the other before a copy leaves, and spans marked in them."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.domain.printing.texts.marks import Span, joined_spans
from ioms_desktop.domain.text_format import format_day, pluralise
from ioms_desktop.services.printing.text_review import TextToReview
from ioms_desktop.ui.theme.active import active_theme, theme_notifier
from ioms_desktop.ui.widgets.layouts import fit_to_screen
from ioms_desktop.ui.widgets.widgets import announce, button, label

TITLE = "Review texts"
DIALOG_WIDTH_PX, DIALOG_HEIGHT_PX = 720, 460
HINT = (
    "Select what this reader must not see and press Delete; Insert puts it back. [removed] is printed instead, and the "
    "record stays as it is. Anything underlined is, or may be, the name of somebody else."
)


class ReviewTextsDialog(QDialog):
    """Shows each text with its marks.

    Signals:
        reviewed: Every text was read; with the spans to be removed, by text.
        left_out: All texts are to be left out instead.
    """

    reviewed = Signal(object)
    left_out = Signal()

    def __init__(
        self,
        texts: Sequence[TextToReview],
        marks: Mapping[str, tuple[Span, ...]],
        parent: QWidget | None = None,
    ) -> None:
        """Show the first text.

        Args:
            texts: At least one.
            marks: What was decided before, by text; where nothing was, what was removed for the same reader earlier.
            parent: The Qt parent.
        """
        super().__init__(parent)
        self._texts = tuple(texts)
        self._removed = [marks.get(each.ids[0], each.earlier or ()) for each in self._texts]
        self._at = 0
        self.setWindowTitle(TITLE)
        self.setAccessibleName(TITLE)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.heading = label("", "title")
        self.where = label("", "quiet", wrap=True)
        self.text = _ReviewedText(self)
        self.state = label("", wrap=True)
        self.remove_button = button("&Remove", self.remove, icon="x")
        self.put_back_button = button("&Put back", self.put_back, icon="undo-2")
        self.names_button = button("Remove na&mes", self.remove_names, icon="users")
        self.leave_button = button("&Leave out all texts", self._leave_out)
        self.cancel_button = button("Cancel", self.reject)
        self.back_button = button("&Back", self.go_back)
        self.next_button = button("", self.go_on, kind="primary")
        self.next_button.setDefault(True)
        self._lay_out()
        fit_to_screen(self, DIALOG_WIDTH_PX, DIALOG_HEIGHT_PX)
        theme_notifier().changed.connect(self._show_marks)
        self._show_text()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(8)
        for part in (self.heading, self.where, label(HINT, "small", wrap=True)):
            column.addWidget(part)
        column.addWidget(self.text, 1)
        column.addWidget(self.state)
        acts, foot = QHBoxLayout(), QHBoxLayout()
        for act in (self.remove_button, self.put_back_button, self.names_button):
            acts.addWidget(act)
        acts.addStretch(1)
        foot.addWidget(self.leave_button)
        foot.addStretch(1)
        for act in (self.cancel_button, self.back_button, self.next_button):
            foot.addWidget(act)
        column.addLayout(acts)
        column.addLayout(foot)

    @property
    def shown(self) -> TextToReview:
        """The text that is shown."""
        return self._texts[self._at]

    @property
    def removed(self) -> tuple[Span, ...]:
        """What is removed from the text that is shown."""
        return self._removed[self._at]

    @Slot()
    def remove(self) -> None:
        """Remove what is marked; where nothing is, the word at the cursor."""
        span = self.text.marked_span(self.shown.text)
        if span is not None:
            self._set_removed(joined_spans(self.shown.text, (*self.removed, span)))

    @Slot()
    def put_back(self) -> None:
        """Put back whatever of the removed is marked, or stands at the cursor."""
        first, end = self.text.cursor_span(self.shown.text)
        self._set_removed(tuple(each for each in self.removed if each[1] < first or each[0] > end))

    @Slot()
    def remove_names(self) -> None:
        """Remove every name that is suggested."""
        self._set_removed(joined_spans(self.shown.text, (*self.removed, *self.shown.suggested)))

    @Slot()
    def go_on(self) -> None:
        """Show the next text; after the last the review is done."""
        if self._at + 1 < len(self._texts):
            self._at += 1
            self._show_text()
            return
        both = zip(self._texts, self._removed, strict=True)
        self.reviewed.emit({ref: spans for text, spans in both for ref in text.ids})
        self.accept()

    @Slot()
    def go_back(self) -> None:
        """Show the text before."""
        if self._at > 0:
            self._at -= 1
            self._show_text()

    def _leave_out(self) -> None:
        self.left_out.emit()
        self.accept()

    def _set_removed(self, spans: tuple[Span, ...]) -> None:
        self._removed[self._at] = spans
        self._show_marks()
        announce(self.state.text(), self.text)

    def _show_text(self) -> None:
        text = self.shown
        self.heading.setText(f"Text {self._at + 1} of {len(self._texts)}")
        day = "" if text.on is None else f", {format_day(text.on)}"
        several = f", in {pluralise(len(text.ids), 'record')}" if len(text.ids) > 1 else ""
        self.where.setText(f"{text.case_ref} · {text.what}{day}{several}")
        self.text.setAccessibleName(f"{self.heading.text()}, {self.where.text()}")
        self.text.show_text(text.text)
        self.back_button.setEnabled(self._at > 0)
        self.next_button.setText("&Next" if self._at + 1 < len(self._texts) else "&Done")
        self.names_button.setEnabled(bool(text.suggested))
        self._show_marks()
        self.text.setFocus()

    @Slot()
    def _show_marks(self) -> None:
        self.text.show_marks(self.shown.text, self.removed, self.shown.suggested)
        places = pluralise(len(self.removed), "place") if self.removed else "Nothing"
        self.state.setText(f"{places[:1].upper()}{places[1:]} removed.")


class _ReviewedText(QPlainTextEdit):
    """A text that is read and marked, and cannot be changed."""

    def __init__(self, dialog: ReviewTextsDialog) -> None:
        super().__init__()
        self._dialog = dialog
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)

    def show_text(self, text: str) -> None:
        """Show a text; what it is counted by stays the same."""
        self.setPlainText(text.replace("\r", " "))
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def cursor_span(self, text: str) -> Span:
        """Return what is marked, or where the cursor stands, in characters of the text."""
        cursor = self.textCursor()
        return _characters(text, cursor.selectionStart()), _characters(text, cursor.selectionEnd())

    def marked_span(self, text: str) -> Span | None:
        """Return what is marked, or the word at the cursor; None where there is neither."""
        cursor = self.textCursor()
        if not cursor.hasSelection():
            cursor.select(QTextCursor.SelectionType.WordUnderCursor)
        first, end = _characters(text, cursor.selectionStart()), _characters(text, cursor.selectionEnd())
        return (first, end) if text[first:end].strip() else None

    def show_marks(self, text: str, removed: Sequence[Span], suggested: Sequence[Span]) -> None:
        """Draw what is removed struck through on a ground of its own, and names underlined."""
        theme = active_theme()
        gone, name = QTextCharFormat(), QTextCharFormat()
        gone.setBackground(QColor(theme.danger_soft))
        gone.setForeground(QColor(theme.danger))
        gone.setFontStrikeOut(True)
        name.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
        name.setUnderlineColor(QColor(theme.accent))
        drawn = [self._drawn(text, span, name) for span in suggested]
        self.setExtraSelections([*drawn, *(self._drawn(text, span, gone) for span in removed)])

    def _drawn(self, text: str, span: Span, form: QTextCharFormat) -> QTextEdit.ExtraSelection:
        made = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.document())
        cursor.setPosition(_units(text, span[0]))
        cursor.setPosition(_units(text, span[1]), QTextCursor.MoveMode.KeepAnchor)
        made.cursor, made.format = cursor, form
        return made

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self._dialog.remove()
        elif key == Qt.Key.Key_Insert:
            self._dialog.put_back()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._dialog.go_on()
        else:
            super().keyPressEvent(event)


def _units(text: str, at: int) -> int:
    """Return where Qt counts a character, for which one beyond the first 65,536 counts twice."""
    return len(text[:at].encode("utf-16-le", "surrogatepass")) // 2


def _characters(text: str, at: int) -> int:
    """Return the character at a place that Qt counts."""
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * at].decode("utf-16-le", "ignore"))
