"""A row that goes on in the next line where there is no more room, as words do."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget, QWidgetItem
from typing_extensions import override


class FlowLayout(QLayout):
    """Lays its items out in one line, or in as many as the width takes."""

    def __init__(
        self, spacing: int, *, line_spacing: int | None = None, last_at_right: bool = False, at_right: bool = False
    ) -> None:
        """Create it empty.

        Args:
            spacing: Pixels between items.
            line_spacing: Pixels between lines; as between items when None.
            last_at_right: Whether the last item stands at the right end of its line.
            at_right: Whether every line ends at the right.
        """
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._heights: dict[int, int] = {}
        self._shown_items: list[tuple[QLayoutItem, QSize]] | None = None
        self._line_spacing = spacing if line_spacing is None else line_spacing
        self._last_at_right, self._at_right = last_at_right, at_right
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

    @override
    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)
        self.invalidate()

    def insert(self, index: int, widget: QWidget) -> None:
        """Add a widget before the item of a number."""
        self.addChildWidget(widget)
        self._items.insert(index, QWidgetItem(widget))
        self.invalidate()

    @override
    def count(self) -> int:
        return len(self._items)

    @override
    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    @override
    def takeAt(self, index: int) -> QLayoutItem | None:
        self.invalidate()
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    @override
    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            self._heights[width] = max((p.bottom() + 1 for p in self._places(QRect(0, 0, width, 0))), default=0)
        return self._heights[width]

    @override
    def invalidate(self) -> None:
        super().invalidate()
        self._heights.clear()
        self._shown_items = None

    @override
    def setGeometry(self, area: QRect) -> None:
        super().setGeometry(area)
        for (item, _), place in zip(self._shown(), self._places(area), strict=True):
            item.setGeometry(place)

    @override
    def sizeHint(self) -> QSize:
        sizes = [size for _, size in self._measured()]
        gaps = self.spacing() * max(len(sizes) - 1, 0)
        return QSize(sum(size.width() for size in sizes) + gaps, max((size.height() for size in sizes), default=0))

    @override
    def minimumSize(self) -> QSize:
        sizes = [item.minimumSize() for item in self._items if not item.isEmpty()]
        return QSize(
            max((size.width() for size in sizes), default=0), max((size.height() for size in sizes), default=0)
        )

    def _shown(self) -> list[tuple[QLayoutItem, QSize]]:
        """Return the items that are shown, with their sizes; Qt asks many times in one layout."""
        return self._measured() if self._shown_items is None else self._shown_items

    def _measured(self) -> list[tuple[QLayoutItem, QSize]]:
        """Ask the items for their sizes again: inside another layout, Qt does not say at once that one has changed."""
        shown = [(item, item.sizeHint()) for item in self._items if not item.isEmpty()]
        if shown != self._shown_items:
            self._heights.clear()
            self._shown_items = shown
        return shown

    def _places(self, area: QRect) -> list[QRect]:
        """Return where each item that is shown lies in an area."""
        places: list[QRect] = []
        corner, line_height, line_start = area.topLeft(), 0, 0
        for item, wished in self._shown():
            size = _size_in(item, wished, max(area.width(), 1))
            if corner.x() > area.x() and corner.x() + size.width() > area.x() + area.width():
                self._end_line(places[line_start:], line_height, area)
                corner, line_height = QPoint(area.x(), corner.y() + line_height + self._line_spacing), 0
                line_start = len(places)
            places.append(QRect(corner, size))
            corner = QPoint(corner.x() + size.width() + self.spacing(), corner.y())
            line_height = max(line_height, size.height())
        self._end_line(places[line_start:], line_height, area)
        if self._last_at_right and places:
            places[-1].moveLeft(max(places[-1].x(), area.x() + area.width() - places[-1].width()))
        return places

    def _end_line(self, line: list[QRect], height: int, area: QRect) -> None:
        """Put the items of one line at its middle, and at the right of the area if that is where lines end."""
        left_over = max(area.right() - line[-1].right(), 0) if self._at_right and line else 0
        for place in line:
            place.translate(left_over, (height - place.height()) // 2)


def _size_in(item: QLayoutItem, size: QSize, width: int) -> QSize:
    """Return the size of an item in a line of a width; one that may have several lines takes as many as it needs."""
    if size.width() > width and item.hasHeightForWidth():
        return QSize(width, item.heightForWidth(width))
    return size.boundedTo(QSize(width, size.height()))
