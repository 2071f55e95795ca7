"""The day as of which a case is shown, with its field at the right of the head."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.date_parsing import DateBias
from ioms_desktop.ui.widgets.widgets import label

NO_DAY_YET = "That is not today or an earlier day. The case is shown as before; type another day."


class DayChooser(QWidget):
    """Asks for a day up to today.

    Signals:
        chosen: The case is to be shown as of another day; with the day, None for today.
        refused: What was typed is no such day; with a sentence.
    """

    chosen = Signal(object)
    refused = Signal(str)

    def __init__(self, today: Callable[[], date]) -> None:
        """Begin with today, which is asked for when it is needed: a case may be shown over midnight."""
        super().__init__()
        self._today = today
        self._shown: date | None = None
        self.field = DateField("as_of", "As of", today=today, bias=DateBias.BACK)
        self.show_day(None)
        self.field.changed.connect(self._edited)
        self.field.edit.editingFinished.connect(self._choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        title = label("As of", "quiet")
        title.setBuddy(self.field.edit)
        self.field.echo.hide()
        row.addWidget(title)
        row.addWidget(self.field)

    def show_day(self, on: date | None) -> None:
        """Say which day is shown, None for today; only an edit from then on asks for another."""
        self._shown = on
        self.field.set_value(on or self._today())
        self._is_edited = False

    @Slot()
    def _edited(self) -> None:
        self._is_edited = True

    @Slot()
    def _choose(self) -> None:
        if not self._is_edited:  # passed by with Tab; after midnight what it says is no longer today
            return
        today, wanted = self._today(), self.field.value()
        if wanted is None or wanted > today:
            self.show_day(self._shown)
            self.refused.emit(NO_DAY_YET)
            return
        self.field.set_value(wanted)
        self._is_edited = False
        self.chosen.emit(None if wanted == today else wanted)
