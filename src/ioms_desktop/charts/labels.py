"""Places labels where they do not overlap, or leaves them out."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import product

from ioms_desktop.charts.shapes import Box, ColourRole, FontMetrics, Text, text_box

ELLIPSIS = "…"
MIN_SHORTENED_CHARS = 4
GRID_COLUMN_PT, GRID_ROW_PT = 256, 32
"""A cell has few labels, which do not overlap, and most labels are in one cell."""
START = {"left": 0.0, "middle": 0.5, "right": 1.0}
"""How much of a text's width is to the left of its anchor."""


class BoxIndex:
    """A spatial index of the boxes already occupied, by labels or by marks."""

    def __init__(self) -> None:
        """Begin with no boxes."""
        self._cells: defaultdict[tuple[int, int], list[tuple[Box, bool]]] = defaultdict(list)

    def add_mark(self, box: Box) -> None:
        """Add the box of a mark."""
        for cell in _grid_cells(box):
            self._cells[cell].append((box, False))

    def add_label(self, box: Box, gap: float) -> bool:
        """Add the box of a label if it overlaps none and has a gap to the left and right to other labels.

        Returns:
            Whether it was added.
        """
        cells = _grid_cells(box, gap)
        if self._overlaps(cells, box, gap):
            return False
        for cell in cells:
            self._cells[cell].append((box, True))
        return True

    def overlaps_any(self, box: Box) -> bool:
        """Whether a box overlaps one in the index."""
        return self._overlaps(_grid_cells(box), box, 0.0)

    def _overlaps(self, cells: Iterable[tuple[int, int]], box: Box, gap: float) -> bool:
        left, top, right, bottom = box
        near, far = left - gap, right + gap
        for cell in cells:
            for (begin, high, end, low), is_label in self._cells.get(cell, ()):
                if (
                    near < end
                    and begin < far
                    and top < low
                    and high < bottom
                    and (is_label or (left < end and begin < right))
                ):
                    return True
        return False


def _grid_cells(box: Box, gap: float = 0.0) -> tuple[tuple[int, int], ...]:
    left, top, right, bottom = box
    columns = range(int(left - gap) // GRID_COLUMN_PT, int(right + gap) // GRID_COLUMN_PT + 1)
    return tuple(product(columns, range(int(top) // GRID_ROW_PT, int(bottom) // GRID_ROW_PT + 1)))


class LabelPlacer:
    """Keeps track of the space that labels and marks occupy.

    Every label of a picture is placed here, so that no two overlap.
    """

    def __init__(self, metrics: FontMetrics, width: float, height: float = float("inf")) -> None:
        """Begin with an empty picture."""
        self._metrics = metrics
        self._bounds = Box(0, 0, width, height)
        self._taken = BoxIndex()

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Measure a text."""
        return self._metrics.width(text, size, bold=bold)

    def block(self, box: Box) -> None:
        """Keep labels out of a box."""
        self._taken.add_mark(box)

    def is_free(self, box: Box) -> bool:
        """Whether a box is free of labels and marks."""
        return not self._taken.overlaps_any(box)

    def place(
        self,
        wordings: Sequence[str],
        places: Iterable[tuple[float, float]],
        size: float,
        *,
        anchor: str = "left",
        fill: ColourRole = ColourRole.TEXT,
        bold: bool = False,
        within: tuple[float, float] | None = None,
    ) -> Text | None:
        """Place a text at the first position where one of its forms fits.

        Args:
            wordings: From the longest to the shortest; every position is tried with one before the next.
            places: (x, baseline) pairs in order of preference.
            size: Letter size in points.
            anchor: Whether x is the left end, the middle or the right end.
            fill: The colour's role.
            bold: Whether it is bold.
            within: Left and right limits of the text; those of the picture for None.

        Returns:
            The placed text; None where it fits nowhere, and is left out.
        """
        spots = tuple(places)
        left_limit, right_limit = within or (self._bounds.left, self._bounds.right)
        for words in wordings:
            if not words:
                continue
            width = self._metrics.width(words, size, bold=bold)
            for x, y in spots:
                left = x - START[anchor] * width
                if left < left_limit - 0.01 or left + width > right_limit + 0.01:
                    continue
                if self._taken.add_label(text_box(left, y, size, width), size / 2):
                    return Text(left, y, words, size, width, fill, bold)
        return None

    def shorten(self, text: str, room: float, size: float, *, bold: bool = False) -> str:
        """Shorten a text to a width, with an ellipsis; empty where hardly anything would be left."""
        if self.width(text, size, bold=bold) <= room:
            return text
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            if self.width(text[:middle].rstrip() + ELLIPSIS, size, bold=bold) <= room:
                low = middle
            else:
                high = middle - 1
        return text[:low].rstrip(" ,;:") + ELLIPSIS if low >= MIN_SHORTENED_CHARS else ""
