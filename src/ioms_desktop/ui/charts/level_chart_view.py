"""A chart of levels then and now on screen; the list beside it says the same."""

from collections.abc import Sequence

from typing_extensions import override

from ioms_desktop.charts.levels import LevelRow, layout_levels
from ioms_desktop.charts.shapes import Picture
from ioms_desktop.ui.charts.row_chart_view import MIN_WIDTH_PX, RowChartView


class LevelChartView(RowChartView):
    """Shows what became of several things that are assessed on one scale."""

    def __init__(self, name: str) -> None:
        """Make an empty chart.

        Args:
            name: Its title and accessible name.
        """
        super().__init__(name)
        self._levels: tuple[LevelRow, ...] = ()
        self._scale: tuple[str, ...] = ("", "")

    def show_levels(self, rows: Sequence[LevelRow], scale: Sequence[str]) -> None:
        """Replace the rows and the names of the levels, from the lowest."""
        self._levels, self._scale = tuple(rows), tuple(scale)
        self.show_again()

    @override
    def build_picture(self) -> Picture:
        width = float(max(self.width(), MIN_WIDTH_PX))
        return layout_levels(self.accessibleName(), self._levels, self._scale, width, metrics=self.metrics)
