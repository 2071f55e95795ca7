"""The plain form fields: text, an amount, long text, a whole number, a check box."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPlainTextEdit
from typing_extensions import Unpack, override

from ioms_desktop.domain.validation.column_rules import plain_amount
from ioms_desktop.ui.forms.field import Field, FieldOptions
from ioms_desktop.ui.widgets.widgets import label

FRAME_MARGIN_PX = 18
MAX_DIGITS = 17  # most digits read as a number; every field's maximum is far smaller


class TextField(Field[str]):
    """One line of text; leading and trailing spaces are ignored."""

    def __init__(
        self,
        name: str,
        title: str,
        *,
        limit: int = 2000,
        placeholder: str = "",
        secret: bool = False,
        width: int | None = None,
        **options: Unpack[FieldOptions[str]],
    ) -> None:
        """Create an empty line.

        Args:
            limit: Maximum length in characters.
            placeholder: An example, shown while the field is empty.
            secret: Whether to hide what is typed.
            width: Width in pixels at 100 %; None to take all the space there is.
        """
        super().__init__(name, title, **options)
        self._limit, self._placeholder, self._is_secret, self._width = limit, placeholder, secret, width
        self._edit: QLineEdit
        self._text = ""  # what it holds until there is a line

    @override
    def make_control(self) -> None:
        self._edit = edit = QLineEdit()
        edit.setMaxLength(self._limit)
        edit.setText(self._text)
        edit.setPlaceholderText(self._placeholder)
        if self._is_secret:
            edit.setEchoMode(QLineEdit.EchoMode.Password)
        if self._width is not None:
            edit.setFixedWidth(self._width)
        edit.textChanged.connect(self.changed)
        self.add_control(edit, stretch=self._width is None)

    @property
    def edit(self) -> QLineEdit:
        """Where it is typed."""
        self.make()
        return self._edit

    @override
    def value(self) -> str | None:
        text = self.raw_text()
        return (text if self._is_secret else text.strip()) or None

    @override
    def set_value(self, value: str | None) -> None:
        self.set_raw_text(value or "")

    @override
    def raw_text(self) -> str:
        return self._edit.text() if self.is_made else self._text

    @override
    def draft_text(self) -> str:
        return "" if self._is_secret else self.raw_text()

    @override
    def set_raw_text(self, text: str) -> None:
        if self.is_made:
            self.edit.setText(text)
        elif (cut := text[: self._limit]) != self._text:  # as the line cuts it
            self._text = cut
            self.changed.emit()


class AmountField(TextField):
    """An amount in pounds and pence, typed as people write it: with or without the pound sign and commas."""

    @override
    def value(self) -> str | None:
        typed = super().value()
        return None if typed is None else plain_amount(typed)


class LongTextField(Field[str]):
    """Several lines of text with a count of the characters left; Tab moves to the next field."""

    def __init__(
        self,
        name: str,
        title: str,
        *,
        limit: int = 100_000,
        lines: int = 4,
        **options: Unpack[FieldOptions[str]],
    ) -> None:
        """Create an empty box.

        Args:
            limit: Maximum length in characters; more can be typed, but is marked as a problem and cannot be saved.
            lines: Number of visible lines.
        """
        super().__init__(name, title, **options)
        self._max_chars, self._lines = limit, lines
        self._counter: QLabel | None = None
        self._edit: QPlainTextEdit

    @override
    def make_control(self) -> None:
        self._edit = edit = QPlainTextEdit()
        edit.setTabChangesFocus(True)
        edit.setFixedHeight(self._lines * edit.fontMetrics().lineSpacing() + FRAME_MARGIN_PX)
        edit.setAccessibleName(self.plain_title)
        self._layout.addWidget(edit, 1)
        self.take_control(edit)
        self.mark_problem("")
        edit.textChanged.connect(self._update_counter)

    @property
    def edit(self) -> QPlainTextEdit:
        """Where it is typed."""
        self.make()
        return self._edit

    @Slot()
    def _update_counter(self) -> None:
        length = len(self.raw_text())
        is_much = length > self._max_chars * 4 // 5
        if is_much and self._counter is None:
            self._counter = label("", "small")
            self._counter.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._column.insertWidget(1, self._counter)
        if self._counter is not None:
            self._counter.setText(f"{length:,} of {self._max_chars:,} characters")
            self._counter.setVisible(is_much)
        self.changed.emit()

    @override
    def parse_problem(self) -> str:
        over = len(self.raw_text()) - self._max_chars
        return f"{self.plain_title} is {over:,} characters too long." if over > 0 else ""

    @override
    def value(self) -> str | None:
        return self.raw_text().strip() or None

    @override
    def set_value(self, value: str | None) -> None:
        self.set_raw_text(value or "")

    @override
    def raw_text(self) -> str:
        return self._edit.toPlainText() if self.is_made else ""

    @override
    def set_raw_text(self, text: str) -> None:
        if text or self.is_made:
            self.edit.setPlainText(text)


class NumberField(Field[int]):
    """A whole number with its unit."""

    def __init__(
        self,
        name: str,
        title: str,
        *,
        minimum: int = 0,
        maximum: int = 9999,
        unit: str = "",
        **options: Unpack[FieldOptions[int]],
    ) -> None:
        """Create an empty field.

        Args:
            minimum: The smallest valid number, inclusive.
            maximum: The largest valid number, inclusive.
            unit: The unit shown after the number, such as "minutes".
        """
        super().__init__(name, title, **options)
        self._minimum, self._maximum = minimum, maximum
        self.edit = QLineEdit()
        self.edit.setFixedWidth(88)
        self.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.edit.textChanged.connect(self.changed)
        self.add_control(self.edit, label(unit, "quiet"), stretch=False)
        if unit:
            self.edit.setAccessibleName(f"{self.plain_title}, {unit}")

    def _parse(self) -> int | None:
        text = self.edit.text().strip().replace(",", "")
        digits = text.removeprefix("-")
        # isdigit() alone would accept superscripts and digits of other scripts.
        return int(text) if digits.isascii() and digits.isdigit() and len(digits) <= MAX_DIGITS else None

    @override
    def parse_problem(self) -> str:
        if not self.edit.text().strip():
            return ""
        number = self._parse()
        if number is None:
            return f"“{self.edit.text().strip()}” is no whole number."
        if not self._minimum <= number <= self._maximum:
            return f"{self.plain_title} goes from {self._minimum:,} to {self._maximum:,}."
        return ""

    @override
    def value(self) -> int | None:
        return None if self.parse_problem() else self._parse()

    @override
    def set_value(self, value: int | None) -> None:
        self.edit.setText("" if value is None else str(value))

    @override
    def raw_text(self) -> str:
        return self.edit.text()

    @override
    def set_raw_text(self, text: str) -> None:
        self.edit.setText(text)


class CheckBoxField(Field[bool]):
    """A check box; it is never empty. ``box_label`` is shown beside the box."""

    def __init__(self, name: str, title: str, box_label: str, **options: Unpack[FieldOptions[bool]]) -> None:
        super().__init__(name, title, **options)
        self.box = QCheckBox(box_label)
        self.box.toggled.connect(self.changed)
        self.add_control(self.box)
        self.box.setAccessibleName(box_label)

    @override
    def value(self) -> bool | None:
        return self.box.isChecked()

    @override
    def set_value(self, value: bool | None) -> None:
        self.box.setChecked(bool(value))

    @override
    def raw_text(self) -> str:
        return "yes" if self.box.isChecked() else ""

    @override
    def set_raw_text(self, text: str) -> None:
        self.box.setChecked(text == "yes")

    @override
    def problem(self) -> str:
        return self.required_message() if self.required and not self.box.isChecked() else ""
