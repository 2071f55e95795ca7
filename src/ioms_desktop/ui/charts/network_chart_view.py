"""A network on screen, walked with the arrow keys; the list beside it says the same."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from typing_extensions import override

from ioms_desktop.charts.network import NetworkNode, layout_network, split_sides
from ioms_desktop.charts.shapes import Picture
from ioms_desktop.domain.timeline import RecordRef
from ioms_desktop.ui.charts.drawing_view import ChartView
from ioms_desktop.ui.widgets.widgets import announce

MIN_WIDTH_PX = 320
STEPS = {Qt.Key.Key_Down: (0, 1), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0)}


class NetworkChartView(ChartView):
    """Shows whom and what a person is linked to.

    Signals:
        chosen: Enter or a double click on somebody; with the record of the link.
    """

    chosen = Signal(object)

    def __init__(self, name: str) -> None:
        """Make an empty picture.

        Args:
            name: Its accessible name.
        """
        super().__init__(MIN_WIDTH_PX)
        self._centre = ""
        self._nodes: tuple[NetworkNode, ...] = ()
        self._place: tuple[int, int] | None = None
        self.setAccessibleName(name)

    def show_network(self, centre: str, nodes: Sequence[NetworkNode]) -> None:
        """Replace the person in the middle and whom they are linked to."""
        self._centre, self._nodes, self._place = centre, tuple(nodes), None
        self.setAccessibleDescription(self._rebuild_picture().description)

    @property
    def focused(self) -> RecordRef | None:
        """The record of the link that the arrow keys have reached."""
        if self._place is None:
            return None
        side, row = self._place
        return split_sides(self._nodes)[side][row].ref

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
        marked = [each for each in self.picture.targets if each.ref == self.focused]
        if self.hasFocus() and marked:
            self._paint_focus_ring(painter, marked[0].box)
        painter.end()

    def _step(self, across: int, down: int) -> None:
        """Go to the next of a side, or over to the other side; from nobody to the first."""
        sides = split_sides(self._nodes)
        if self._place is None:
            self._place = (0 if sides[0] else 1, 0)
        else:
            side, row = self._place
            if across and sides[(1 + across) // 2]:
                side = (1 + across) // 2
            self._place = (side, min(max(row + down, 0), len(sides[side]) - 1))
        said = next(node.description for node in self._nodes if node.ref == self.focused)
        self.setAccessibleDescription(said)
        announce(said, self)
        self.update()
