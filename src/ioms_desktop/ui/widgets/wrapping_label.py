"""A label that goes on in further lines where one is too short, and elides only what these cannot hold."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget
from typing_extensions import override

MIN_CHARS = 6
"""A label is never narrower than so many average characters."""


class WrappingLabel(QLabel):
    """A label of as many lines as its text takes, up to a greatest number; the full text is its tooltip."""

    def __init__(self, text: str = "", kind: str = "", *, max_lines: int = 2, parent: QWidget | None = None) -> None:
        """Create it.

        Args:
            text: Shown literally, never as markup.
            kind: As of any label.
            max_lines: The greatest number of lines; the last one is elided where the text goes on.
            parent: The widget it belongs to.
        """
        super().__init__(parent)
        self._full_text, self._max_lines = "", max_lines
        self._lines_by_width: dict[int, list[str]] = {}  # a layout asks at the same few widths again and again
        self.setTextFormat(Qt.TextFormat.PlainText)
        if kind:
            self.setProperty("kind", kind)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.show_text(text)

    @property
    def full_text(self) -> str:
        """All of its text, whether there is room for it or not."""
        return self._full_text

    def show_text(self, text: str) -> None:
        """Replace the text."""
        self._full_text = " ".join(text.split())
        self._lines_by_width.clear()
        self.setToolTip(text)
        self.setAccessibleName(text)
        self._break()
        self.updateGeometry()

    def set_max_lines(self, number: int) -> None:
        """Allow another greatest number of lines."""
        if number != self._max_lines:
            self._max_lines = number
            self._lines_by_width.clear()
            self._break()
            self.updateGeometry()

    @override
    def sizeHint(self) -> QSize:
        self.ensurePolished()
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._full_text) + 2, metrics.lineSpacing())

    @override
    def minimumSizeHint(self) -> QSize:
        self.ensurePolished()
        metrics = self.fontMetrics()
        return QSize(min(metrics.averageCharWidth() * MIN_CHARS, self.sizeHint().width()), metrics.lineSpacing())

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        self.ensurePolished()
        return max(1, len(self._lines(width))) * self.fontMetrics().lineSpacing()

    def _lines(self, width: int) -> list[str]:
        found = self._lines_by_width.get(width)
        if found is None:
            found = self._lines_by_width[width] = self._laid_out(width)
        return found

    def _laid_out(self, width: int) -> list[str]:
        layout = QTextLayout(self._full_text, self.font())
        layout.setTextOption(_wrapping())
        lines: list[str] = []
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(width, 1))
            begin = line.textStart()
            if len(lines) + 1 == self._max_lines:
                rest = self._full_text[begin:]
                lines.append(self.fontMetrics().elidedText(rest, Qt.TextElideMode.ElideRight, width))
                break
            lines.append(self._full_text[begin : begin + line.textLength()].rstrip())
        layout.endLayout()
        return lines

    def _break(self) -> None:
        self.setText("\n".join(self._lines(self.width())))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._break()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._lines_by_width.clear()
            self._break()
            self.updateGeometry()


def _wrapping() -> QTextOption:
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    return option
