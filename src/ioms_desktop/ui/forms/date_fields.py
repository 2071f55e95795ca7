"""A field for a date, typed in any usual form and repeated in words."""

from collections.abc import Callable
from datetime import date, timedelta

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit
from typing_extensions import Unpack, override

from ioms_desktop.ui.forms.date_parsing import (
    DateBias,
    format_date,
    format_long_date,
    parse_date,
)
from ioms_desktop.ui.forms.field import Field, FieldOptions
from ioms_desktop.ui.widgets.widgets import label

DATE_WIDTH_PX = 132


class DateField(Field[date]):
    """A date as typed: ``1/1/26``, ``01.01.2026``, ``today``, ``fri``. Arrows move it by a day, Page keys by a week."""

    def __init__(
        self,
        name: str,
        title: str,
        *,
        today: Callable[[], date],
        bias: DateBias = DateBias.NEAR,
        **options: Unpack[FieldOptions[date]],
    ) -> None:
        """Create an empty field.

        Args:
            today: Gives the day that "today" refers to, asked whenever the text changes: a form may be open over
                midnight, and what was typed keeps the meaning that was repeated beside it.
            bias: How to complete a weekday, or a date without a year.
        """
        super().__init__(name, title, **options)
        self._today, self._bias = today, bias
        self._reading: date | None = None
        shown = today()
        self.edit = QLineEdit()
        self.edit.setFixedWidth(DATE_WIDTH_PX)
        self.edit.setPlaceholderText(f"{shown.day}/{shown.month}/{shown.year % 100:02}, today")
        self.echo = label("", "quiet")
        self.edit.textChanged.connect(self._update_echo)
        self.edit.editingFinished.connect(self._mark_unreadable)
        self.add_control(self.edit, self.echo, stretch=False)

    @Slot()
    def _update_echo(self) -> None:
        self._reading = found = parse_date(self.edit.text(), self._today(), self._bias)
        self.echo.setText(format_long_date(found) if found is not None else "")
        self.changed.emit()

    @Slot()
    def _mark_unreadable(self) -> None:
        if self.edit.text().strip() and self.value() is None:
            self.echo.setText("not a date")

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        # What moves up and down is left to it by its line, which has no use for it.
        days = _DAYS_BY_KEY.get(Qt.Key(event.key()))
        if days is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier != _NO_MODIFIERS:
            super().keyPressEvent(event)
            return
        found = self.value()
        self.set_value(self._today() if found is None else found + timedelta(days=days))

    @override
    def parse_problem(self) -> str:
        text = self.edit.text().strip()
        if not text or self.value() is not None:
            return ""
        today = self._today()
        example = f"{today.day}/{today.month}/{today.year}"
        return f"“{text}” is not a date. Type it like {example}, or today, yesterday, fri."

    @override
    def value(self) -> date | None:
        return self._reading

    @override
    def set_value(self, value: date | None) -> None:
        self.edit.setText(format_date(value))

    @override
    def raw_text(self) -> str:
        return self.edit.text()

    @override
    def draft_text(self) -> str:
        # A draft may be restored on another day, when "today" would mean something else.
        return format_date(self.value()) or self.raw_text()

    @override
    def set_raw_text(self, text: str) -> None:
        self.edit.setText(text)


_NO_MODIFIERS = Qt.KeyboardModifier.NoModifier
_DAYS_BY_KEY = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 7, Qt.Key.Key_PageDown: -7}
