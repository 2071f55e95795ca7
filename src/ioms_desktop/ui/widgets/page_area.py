"""A page in a window of any height: it fills the window, and where that is too low for it, scrolls as a whole."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QTableView, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.ui.widgets.layouts import FocusScrollArea, reveal

AnyIndex = QModelIndex | QPersistentModelIndex
SIDE_PX, ABOVE_PX = 20, 12
"""Pixels that are free at either side of a page, and above and below it."""
LEAST_ROWS = 4
"""So many rows of a list can be seen at once in the lowest window."""
IN_SIGHT = QTableView.ScrollHint.EnsureVisible


def least_height(table: QTableView) -> int:
    """Return the height in which a list shows its head and the least number of its rows."""
    head = table.horizontalHeader()
    head_px = head.sizeHint().expandedTo(head.minimumSize()).boundedTo(head.maximumSize()).height()
    rows_px = LEAST_ROWS * table.verticalHeader().defaultSectionSize()
    return head_px + rows_px + table.horizontalScrollBar().sizeHint().height() + 2 * table.frameWidth()


def show_row(table: QTableView, index: AnyIndex) -> None:
    """Scroll what is around a list to a row that its keys went to; what is clicked is in sight already."""
    if table.hasFocus() and not QApplication.mouseButtons():
        place = table.visualRect(index)
        reveal(table, place.translated(table.viewport().pos()))


class PageTable(QTableView):
    """A list in a page."""

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), least_height(self))

    @override
    def scrollTo(self, index: AnyIndex, hint: QTableView.ScrollHint = IN_SIGHT) -> None:
        super().scrollTo(index, hint)
        show_row(self, index)


class _Page(QWidget):
    """What scrolls. It asks for the least height in which each of its parts is still of use, and for no width."""

    @override
    def heightForWidth(self, width: int) -> int:
        layout = self.layout()
        return -1 if layout is None else layout.totalMinimumHeightForWidth(width)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())


class PageArea(FocusScrollArea):
    """A page as high as its window, or as its parts need at least.

    The wheel over a list inside scrolls that list and, at its end, the page; what gets the focus comes into sight.

    Attributes:
        column: The parts of the page, from top to bottom.
    """

    def __init__(self) -> None:
        """Create it empty."""
        super().__init__()
        page = _Page()
        page.setProperty("kind", "page")
        self.column = QVBoxLayout(page)
        self.column.setContentsMargins(SIDE_PX, ABOVE_PX, SIDE_PX - self.bar_width, ABOVE_PX)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(page)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.keep_in_sight()
