"""A dialog as high as what it shows, within the screen, beyond which it scrolls."""

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.ui.widgets.layouts import FocusScrollArea, fit_to_screen, height_at

MARGIN_PX = 24


class ScrollingDialog(QDialog):
    """Fits its height to its words; on a screen that is too small for them, nothing is cut off.

    Attributes:
        column: What it shows, from top to bottom.
    """

    def __init__(self, width: int, parent: QWidget | None = None) -> None:
        """Create it empty.

        Args:
            width: Pixels at 100 %, where the screen is wide enough.
            parent: The window it belongs to.
        """
        super().__init__(parent)
        self._page = QWidget()
        self._page.setProperty("kind", "page")
        self.scroll_area = FocusScrollArea()
        self.column = QVBoxLayout(self._page)
        self.column.setContentsMargins(MARGIN_PX, 20, MARGIN_PX - self.scroll_area.bar_width, 20)
        self.column.setSpacing(12)
        self.scroll_area.setWidget(self._page)
        self._all = QVBoxLayout(self)
        self._all.setContentsMargins(0, 0, 0, 0)
        self._all.setSpacing(0)
        self._all.addWidget(self.scroll_area)
        self._page.installEventFilter(self)
        fit_to_screen(self, width, 0)

    def add_head(self, *parts: QWidget) -> None:
        """Put widgets above what scrolls, so that they are always in sight."""
        for number, part in enumerate(parts):
            self._all.insertWidget(number, part)
        margins = self.column.contentsMargins()
        margins.setTop(8)
        self.column.setContentsMargins(margins)

    def add_foot(self, foot: QHBoxLayout) -> None:
        """Put a row of buttons below what scrolls, so that it is always in sight."""
        foot.setContentsMargins(MARGIN_PX, 4, MARGIN_PX, 16)
        foot.setSpacing(8)
        self._all.addLayout(foot)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and watched is self._page:
            QTimer.singleShot(0, self, self._fit)
        return super().eventFilter(watched, event)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        self._fit()  # before Qt puts it in the middle of its window, for which it takes its height as it then is
        super().showEvent(event)

    @Slot()
    def _fit(self) -> None:
        if self.isVisible():
            self._all.activate()
            wanted = height_at(self.column, self.scroll_area.viewport().width())
            fit_to_screen(self, self.width(), wanted + self.height() - self.scroll_area.height())
