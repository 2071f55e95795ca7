"""The page of a case below its header: the picture, what waits for a decision, the lists, and what is read of them."""

from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from ioms_desktop.ui.reading.reading_pane import ReadingPane

SIDE_BY_SIDE_WIDTH_PX = 1120
"""From this width on there are two columns; in a narrower window what waits for a decision is above the picture."""
RIGHT_WIDTH_PX = 360
LOW_HEIGHT_PX = 560
"""In a window lower than this an entry is folded to its heading until somebody reads it, and in one column the lists
with the newest entries stand above the picture."""
LOWEST_HEIGHT_PX = 260
"""Below this height only the name, the chips and the first button are above the page; there is little room round it."""
MARGINS_PX, LOWEST_MARGINS_PX = (20, 12, 20, 20), (8, 4, 8, 8)
QT_MAX_WIDTH_PX = 16777215  # Qt's own


class CasePage(QWidget):
    """Lays the page out in one column or in two.

    The pane in which entries are read stands at the right of the lists, where that place is free; otherwise below the
    rows of the list.
    """

    def __init__(
        self,
        head: QWidget,
        picture: QWidget,
        waiting: QWidget,
        lists: QWidget,
        pane: ReadingPane,
        below: QVBoxLayout,
    ) -> None:
        """Lay it out in two columns.

        Args:
            head: What of the header is on the page in the lowest windows, where it is shown.
            picture: The timeline.
            waiting: What waits for a decision.
            lists: The sections with their rows.
            pane: Where an entry is read.
            below: The column of `lists` in which the pane stands when it is below the rows.
        """
        super().__init__()
        self.setProperty("kind", "page")
        self._waiting, self._lists, self._pane, self._below = waiting, lists, pane, below
        self._arranged: tuple[bool, bool, bool] | None = None
        self._is_low: bool | None = None
        self._card = QFrame()
        self._card.setProperty("kind", "card")
        inside = QVBoxLayout(self._card)
        inside.setContentsMargins(12, 8, 12, 8)
        inside.addWidget(picture)
        waiting.setMinimumWidth(RIGHT_WIDTH_PX - 40)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(*MARGINS_PX)
        self._grid.setSpacing(12)
        self._grid.setColumnStretch(0, 1)
        self._grid.addWidget(head, 0, 0, 1, 2)

    @staticmethod
    def is_tight(width: int, height: int) -> bool:
        """Whether a screen of a size has one column and little height: what comes first there has to be short."""
        return width < SIDE_BY_SIDE_WIDTH_PX and height < LOW_HEIGHT_PX

    def fit(self, width: int, height: int) -> None:
        """Arrange it for a screen of a size, and for what it shows now."""
        beside, tight = width >= SIDE_BY_SIDE_WIDTH_PX, self.is_tight(width, height)
        long = beside and self._waiting.sizeHint().height() > self._card.sizeHint().height()
        if (beside, long, tight) != self._arranged:
            self._arranged = (beside, long, tight)
            self._arrange(beside=beside, long=long, tight=tight)
        self._pane.set_room(height // 2)
        self._grid.setContentsMargins(*(LOWEST_MARGINS_PX if height < LOWEST_HEIGHT_PX else MARGINS_PX))
        low = height < LOW_HEIGHT_PX
        if low != self._is_low:
            self._is_low = low
            self._pane.set_folded(folded=low)

    def _arrange(self, *, beside: bool, long: bool, tight: bool) -> None:
        for part in (self._waiting, self._card, self._lists, self._pane):
            self._grid.removeWidget(part)
        self._below.removeWidget(self._pane)
        for row in range(1, 5):
            self._grid.setRowStretch(row, 0)
        self._waiting.setMaximumWidth(RIGHT_WIDTH_PX if beside else QT_MAX_WIDTH_PX)
        at_right = beside and not long
        self._pane.setMaximumWidth(RIGHT_WIDTH_PX if at_right else QT_MAX_WIDTH_PX)
        if beside:
            self._grid.addWidget(self._card, 1, 0)
            self._grid.addWidget(self._lists, 2, 0)
            self._grid.addWidget(self._waiting, 1, 1, 2 if long else 1, 1)
        else:
            below = (self._lists, self._card) if tight else (self._card, self._lists)
            for row, part in enumerate((self._waiting, *below), 1):
                self._grid.addWidget(part, row, 0)
        if at_right:
            self._grid.addWidget(self._pane, 2, 1)
        else:
            self._below.insertWidget(1, self._pane)
        self._grid.setRowStretch(2 if beside else 3, 1)
        self._pane.show()
