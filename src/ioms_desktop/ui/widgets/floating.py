"""Messages that lie over what is below them, so that nothing moves under a click when one appears or goes."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QMoveEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

_CHANGES = frozenset({QEvent.Type.ShowToParent, QEvent.Type.HideToParent, QEvent.Type.LayoutRequest})


class FloatingArea(QWidget):
    """The place of some bars in a layout; it takes no room, and they reach down from it as far as they need."""

    def __init__(self, *bars: QWidget) -> None:
        """Create the place.

        Args:
            bars: From top to bottom; each is shown and hidden by itself.
        """
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(0)
        self._bars: list[QWidget] = []
        self._panel = QWidget(self)
        self._panel.hide()
        column = self._column = QVBoxLayout(self._panel)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        for bar in bars:
            self.add(bar)

    def add(self, bar: QWidget) -> None:
        """Show a bar below the others."""
        self._bars.append(bar)
        self._column.addWidget(bar)
        bar.installEventFilter(self)

    def give_up(self, bar: QWidget) -> None:
        """Let a bar be put elsewhere."""
        self._bars.remove(bar)
        self._column.removeWidget(bar)
        bar.removeEventFilter(self)
        self._place()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _CHANGES:
            self._place()
        return False

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._place()

    @override
    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self._place()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        around = self.parentWidget()
        if around is None:
            return
        if self._panel.parentWidget() is not around:
            self._panel.setParent(around)
        shown = any(not bar.isHidden() for bar in self._bars)
        if shown:
            self._column.activate()
            height = self._column.totalHeightForWidth(self.width())
            self._panel.setGeometry(
                self.x(), self.y(), self.width(), max(height, self._column.totalMinimumSize().height())
            )
            self._panel.raise_()
        self._panel.setVisible(shown)
