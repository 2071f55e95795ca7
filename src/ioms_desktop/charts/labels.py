"""Places labels where they do not overlap, or leaves them out."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from ioms_desktop.charts.shapes import Box, ColourRole, FontMetrics, Text

ELLIPSIS = "…"
MIN_SHORTENED_CHARS = 4
GRID_CELL_PT = 48


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
        left, top, right, bottom = box
        for cell in _grid_cells(box):
            for other in self._cells.get(cell, ()):
                if left < other[2] and other[0] < right and top < other[3] and other[1] < bottom:
                    return True
        return False


def _grid_cells(box: Box) -> Iterator[tuple[int, int]]:
    rows = range(int(box.top // GRID_CELL_PT), int(box.bottom // GRID_CELL_PT) + 1)
    for column in range(int(box.left // GRID_CELL_PT), int(box.right // GRID_CELL_PT) + 1):
        for row in rows:
            yield column, row


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
            width = self.width(words, size, bold=bold)
            for x, y in spots:
                left = x - {"left": 0.0, "middle": width / 2, "right": width}[anchor]
                text = Text(left, y, words, size, width, fill, bold)
                fits = left >= left_limit - 0.01 and left + width <= right_limit + 0.01
                if fits and self._is_clear(text):
                    self._words.add(text.box)
                    return text
        return None

    def _is_clear(self, text: Text) -> bool:
        """Whether a text overlaps no mark, and keeps a space from other labels in its line."""
        box = text.box
        if self._marks.overlaps_any(box):
            return False
        wider = Box(box.left - text.size / 2, box.top, box.right + text.size / 2, box.bottom)
        return not self._words.overlaps_any(wider)

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
