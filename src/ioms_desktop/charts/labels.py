"""Places labels where they do not overlap, or leaves them out."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from ioms_desktop.charts.shapes import Box, ColourRole, FontMetrics, Text, text_box

ELLIPSIS = "…"
MIN_SHORTENED_CHARS = 4
GRID_COLUMN_PT, GRID_ROW_PT = 256, 32
"""A cell has few labels, which do not overlap, and most labels are in one cell."""
START = {"left": 0.0, "middle": 0.5, "right": 1.0}
"""How much of a text's width is to the left of its anchor."""


class BoxIndex:
    """A spatial index of the boxes already occupied."""

    def __init__(self) -> None:
        """Begin with no boxes."""
        self._cells: defaultdict[tuple[int, int], list[Box]] = defaultdict(list)

    def add(self, box: Box) -> None:
        """Add a box."""
        for cell in _grid_cells(box):
            self._cells[cell].append(box)

    def overlaps_any(self, box: Box) -> bool:
        """Whether a box overlaps one in the index."""
        if not self._cells:
            return False
        left, top, right, bottom = box
        for cell in _grid_cells(box):
            for other in self._cells.get(cell, ()):
                if left < other[2] and other[0] < right and top < other[3] and other[1] < bottom:
                    return True
        return False


def _grid_cells(box: Box) -> list[tuple[int, int]]:
    left, top, right, bottom = box
    rows = range(int(top) // GRID_ROW_PT, int(bottom) // GRID_ROW_PT + 1)
    columns = range(int(left) // GRID_COLUMN_PT, int(right) // GRID_COLUMN_PT + 1)
    return [(column, row) for column in columns for row in rows]


class LabelPlacer:
    """Keeps track of the space that labels and marks occupy.

    Every label of a picture is placed here, so that no two overlap.
    """

    def __init__(self, metrics: FontMetrics, width: float, height: float = float("inf")) -> None:
        """Begin with an empty picture."""
        self._metrics = metrics
        self._bounds = Box(0, 0, width, height)
        self._marks = BoxIndex()
        self._words = BoxIndex()

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Measure a text."""
        return self._metrics.width(text, size, bold=bold)

    def block(self, box: Box) -> None:
        """Keep labels out of a box."""
        self._marks.add(box)

    def is_free(self, box: Box) -> bool:
        """Whether a box is free of labels and marks."""
        return not (self._marks.overlaps_any(box) or self._words.overlaps_any(box))

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
                box = text_box(left, y, size, width)
                if self._is_clear(box, size / 2):
                    self._words.add(box)
                    return Text(left, y, words, size, width, fill, bold)
        return None

    def _is_clear(self, box: Box, gap: float) -> bool:
        """Whether a text overlaps no mark, and keeps a space from other labels in its line."""
        if self._marks.overlaps_any(box):
            return False
        left, top, right, bottom = box
        return not self._words.overlaps_any(Box(left - gap, top, right + gap, bottom))

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
