"""How wide a column must be for a cell of it to show everything."""

from PySide6.QtGui import QFont, QFontMetrics

from ioms_desktop.ui.lists.register import ListColumn, Row
from ioms_desktop.ui.widgets.chips import chip_size

CELL_PADDING_PX = 8
MEASURED_CHARS = 200
"""A text of more characters is wider than any column becomes."""
ROUNDING_PX = 2
"""What a text may need more, drawn at a scale where its letters are rounded to other pixels."""


def cell_width(column: ListColumn[Row], row: Row, metrics: QFontMetrics, chip_font: QFont) -> int:
    """Return the width of a column in which a row shows all of its text, or its chip."""
    chip = None if column.chip is None else column.chip(row)
    if chip is not None:
        inside = chip_size(chip, chip_font).width()
    else:
        inside = metrics.horizontalAdvance(column.text(row)[:MEASURED_CHARS])
    return inside + 2 * CELL_PADDING_PX + ROUNDING_PX
