"""The row above the tabs: the quick search, and what the window says."""

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ioms_desktop.ui.main_window.draft_banner import UnsavedBanner
from ioms_desktop.ui.widgets.floating import FloatingArea

NARROW_PX, LOW_PX = 700, 400
"""In a narrower window messages lie below the search and have its whole width; in a lower one there is less around."""


class TopRow(QVBoxLayout):
    """Lays the row out for a window of any size."""

    def __init__(self, search: QWidget, busy: QWidget, messages: QWidget, unsaved: UnsavedBanner) -> None:
        """Lay it out for a wide window."""
        super().__init__()
        self._area, self._unsaved = FloatingArea(messages, unsaved), unsaved
        self._is_narrow = False
        unsaved.shortened.connect(self._place_unsaved)
        self._row = QHBoxLayout()
        self._row.setSpacing(12)
        self._row.addWidget(search, 1)
        self._row.addWidget(busy)
        self._row.addWidget(self._area, 1, Qt.AlignmentFlag.AlignTop)
        self.setSpacing(0)
        self.addLayout(self._row)

    def fit(self, window: QSize) -> None:
        """Lay it out for a window of a size."""
        low, narrow = window.height() < LOW_PX, window.width() < NARROW_PX
        self.setContentsMargins(20, 2 if low else 8, 20, 2 if low else 4)
        if narrow == self._is_narrow:
            return
        self._is_narrow = narrow
        if narrow:
            self.addWidget(self._area)
        else:
            self._row.addWidget(self._area, 1, Qt.AlignmentFlag.AlignTop)
        self._unsaved.set_narrow(narrow=narrow)

    @Slot(bool)
    def _place_unsaved(self, is_button: bool) -> None:
        """Put what is no more than a button beside the search, and a sentence where there is room for it."""
        if is_button:
            self._area.give_up(self._unsaved)
            self._row.addWidget(self._unsaved)
        else:
            self._row.removeWidget(self._unsaved)
            self._area.add(self._unsaved)
