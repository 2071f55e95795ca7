"""A network on screen, walked with the arrow keys; the list beside it says the same."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from typing_extensions import override

from ioms_desktop.charts.network import NetworkNode, layout_network, split_sides
from ioms_desktop.charts.shapes import Box, Picture
from ioms_desktop.domain.timeline import RecordRef
from ioms_desktop.ui.charts.drawing_view import ChartView, pixels_of
from ioms_desktop.ui.widgets.layouts import reveal
from ioms_desktop.ui.widgets.widgets import announce

MIN_WIDTH_PX = 320
RING_PX = 5.0  # the room of the ring around the whole
STEPS = {Qt.Key.Key_Down: (0, 1), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0)}


class NetworkChartView(ChartView):
    """Shows whom and what a person is linked to.

    Signals:
        chosen: Enter or a double click on somebody; with the record of the link.
        reached: The arrow keys have gone to somebody.
    """

    chosen = Signal(object)
    reached = Signal()

    def __init__(self, name: str) -> None:
        """Make an empty picture.

        Args:
            name: Its accessible name.
        """
        super().__init__(MIN_WIDTH_PX)
        self._centre = ""
        self._nodes: tuple[NetworkNode, ...] = ()
        self._focused: RecordRef | None = None
        self.setAccessibleName(name)

    def show_network(self, centre: str, nodes: Sequence[NetworkNode]) -> None:
        """Replace the person in the middle and whom they are linked to; the arrow keys stay where they were."""
        self._centre, self._nodes = centre, tuple(nodes)
        self._invalidate_picture()

    @override
    def _describe(self, picture: Picture) -> str:
        return next((each.description for each in self._nodes if each.ref == self.focused), picture.description)

    @property
    def focused(self) -> RecordRef | None:
        """The record of the link that the arrow keys have reached."""
        return self._focused if self._place is not None else None

    @property
    def _place(self) -> tuple[int, int] | None:
        """The side and row that the arrow keys have reached."""
        sides = enumerate(split_sides(self._nodes))
        found = ((side, row) for side, listed in sides for row, each in enumerate(listed) if each.ref == self._focused)
        return next(found, None)

    @override
    def build_picture(self) -> Picture:
        width = float(max(self.width(), MIN_WIDTH_PX))
        return layout_network(self._centre, self._nodes, width, metrics=self.metrics)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.focused is not None:
            self.chosen.emit(self.focused)
        elif key in STEPS and self._nodes:
            self._step(*STEPS[key])
        else:
            super().keyPressEvent(event)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        found = self.group_at(event.position().toPoint())
        if found is not None:
            self.chosen.emit(found.ref)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._paint_chart(painter)
        if self.hasFocus():
            self._paint_focus_ring(painter, self._box_of(self.focused))
        painter.end()

    def _step(self, across: int, down: int) -> None:
        """Go to the next of a side, or over to the other side; from nobody to the first."""
        sides = split_sides(self._nodes)
        side, row = (0 if sides[0] else 1, -down) if self._place is None else self._place
        if across and self._place is not None and sides[(1 + across) // 2]:
            side = (1 + across) // 2
        node = sides[side][min(max(row + down, 0), len(sides[side]) - 1)]
        self._focused = node.ref
        self.setAccessibleDescription(node.description)
        announce(node.description, self)
        self.reached.emit()
        reveal(self, pixels_of(self._box_of(node.ref)))
        self.update()

    def _box_of(self, ref: RecordRef | None) -> Box:
        """Return where somebody stands; without anybody, the whole of the picture inside its ring."""
        whole = Box(RING_PX, RING_PX, self.width() - RING_PX, self.height() - RING_PX)
        return next((each.box for each in self.picture.targets if ref is not None and each.ref == ref), whole)
