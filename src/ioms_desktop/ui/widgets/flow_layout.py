"""A row that goes on in the next line where there is no more room, as words do."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem
from typing_extensions import override


class FlowLayout(QLayout):
    """Lays its items out in one line, or in as many as the width takes."""

    def __init__(self, spacing: int) -> None:
        """Create it empty, with so many pixels between items and between lines."""
        super().__init__()
        self._items: list[QLayoutItem] = []
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

    @override
    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    @override
    def count(self) -> int:
        return len(self._items)

    @override
    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    @override
    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    @override
    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        return max((place.bottom() + 1 for place in self._places(QRect(0, 0, width, 0))), default=0)

    @override
    def setGeometry(self, area: QRect) -> None:
        super().setGeometry(area)
        for item, place in zip(self._shown(), self._places(area), strict=True):
            item.setGeometry(place)

    @override
    def sizeHint(self) -> QSize:
        sizes = [item.sizeHint() for item in self._shown()]
        gaps = self.spacing() * max(len(sizes) - 1, 0)
        return QSize(sum(size.width() for size in sizes) + gaps, max((size.height() for size in sizes), default=0))

    @override
    def minimumSize(self) -> QSize:
        sizes = [item.minimumSize() for item in self._shown()]
        return QSize(
            max((size.width() for size in sizes), default=0), max((size.height() for size in sizes), default=0)
        )

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _places(self, area: QRect) -> list[QRect]:
        """Return where each item that is shown lies in an area."""
        places: list[QRect] = []
        corner, line_height = area.topLeft(), 0
        for item in self._shown():
            size = item.sizeHint()
            if corner.x() > area.x() and corner.x() + size.width() > area.x() + area.width():
                corner, line_height = QPoint(area.x(), corner.y() + line_height + self.spacing()), 0
            places.append(QRect(corner, size.boundedTo(QSize(max(area.width(), 1), size.height()))))
            corner = QPoint(corner.x() + size.width() + self.spacing(), corner.y())
            line_height = max(line_height, size.height())
        return places
