"""How wide a column must be for its cells to show everything."""

from collections.abc import Iterable

from PySide6.QtGui import QFont, QFontMetrics

from ioms_desktop.ui.lists.register import ListColumn, Row
from ioms_desktop.ui.widgets.chips import Chip, chip_size

CELL_PADDING_PX = 8
MEASURED_CHARS = 200
"""A text of more characters is wider than any column becomes."""
ROUNDING_PX = 2
"""What a text may need more, drawn at a scale where its letters are rounded to other pixels."""


def contents_width(column: ListColumn[Row], rows: Iterable[Row], metrics: QFontMetrics, chip_font: QFont) -> int:
    """Return the width of a column in which some rows show all of their text, or their chip; 0 for no rows."""
    chip_of, text_of = column.chip or (lambda _: None), column.text
    # Measured once for all rows that say the same: most columns have few answers.
    shown: set[Chip | str] = {chip_of(row) or text_of(row)[:MEASURED_CHARS] for row in rows}
    inside = (
        chip_size(each, chip_font).width() if isinstance(each, Chip) else metrics.horizontalAdvance(each)
        for each in shown
    )
    return max((width + 2 * CELL_PADDING_PX + ROUNDING_PX for width in inside), default=0)
