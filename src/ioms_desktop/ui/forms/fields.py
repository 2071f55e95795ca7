"""The plain fields of forms: text, long text, a number, a tick."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget
from typing_extensions import Unpack, override

from ioms_desktop.ui.forms.form import Field, FieldOptions
from ioms_desktop.ui.widgets.widgets import label

MARGIN = 18


class TextField(Field[str]):
    """One line of text; outer spaces do not count."""

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
        """Make a line.

        Args:
            name: Its key.
            title: Its label with mnemonic.
            limit: Most characters.
            placeholder: An example, shown while it is empty.
            secret: Whether what is typed is hidden.
            width: Pixels at 100 % where it is not to take all there is.
            options: As for every field.
        """
        super().__init__(name, title, **options)
        self.edit = QLineEdit()
        self.edit.setMaxLength(limit)
        self.edit.setPlaceholderText(placeholder)
        if secret:
            self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        if width is not None:
            self.edit.setFixedWidth(width)
        self.edit.textChanged.connect(self.changed)
        self.place(self.edit, stretch=width is None)

    @override
    def value(self) -> str | None:
        text = self.edit.text() if self.edit.echoMode() == QLineEdit.EchoMode.Password else self.edit.text().strip()
        return text or None

    @override
    def set_value(self, value: str | None) -> None:
        self.edit.setText(value or "")

    @override
    def typed(self) -> str:
        return self.edit.text()

    @override
    def kept(self) -> str:
        return "" if self.edit.echoMode() == QLineEdit.EchoMode.Password else self.typed()

    @override
    def retype(self, text: str) -> None:
        self.edit.setText(text)


class LongTextField(Field[str]):
    """Several lines of text with a count of what is left; Tab leaves it."""

    def __init__(
        self,
        name: str,
        title: str,
        *,
        limit: int = 100_000,
        lines: int = 4,
        **options: Unpack[FieldOptions[str]],
    ) -> None:
        """Make a box.

        Args:
            name: Its key.
            title: Its label with mnemonic.
            limit: Most characters; more can be typed, is said, and is not saved.
            lines: Lines in sight.
            options: As for every field.
        """
        super().__init__(name, title, **options)
        self._limit = limit
        self.edit = QPlainTextEdit()
        self.edit.setTabChangesFocus(True)
        self.edit.setFixedHeight(lines * self.edit.fontMetrics().lineSpacing() + MARGIN)
        self.counter = label("", "small")
        self.counter.setAlignment(Qt.AlignmentFlag.AlignRight)
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.edit)
        column.addWidget(self.counter)
        self._layout.addWidget(box, 1)
        self.control = self.edit
        self.setFocusProxy(self.edit)
        self.edit.setAccessibleName(self.plain_title)
        self.describe("")
        self.edit.textChanged.connect(self._count)
        self._count()

    @Slot()
    def _count(self) -> None:
        length = len(self.edit.toPlainText())
        self.counter.setText(f"{length:,} of {self._limit:,} characters")
        self.counter.setVisible(length > self._limit * 4 // 5)
        self.changed.emit()

    @override
    def unreadable(self) -> str:
        over = len(self.edit.toPlainText()) - self._limit
        return f"{self.plain_title} is {over:,} characters too long." if over > 0 else ""

    @override
    def value(self) -> str | None:
        return self.edit.toPlainText().strip() or None

    @override
    def set_value(self, value: str | None) -> None:
        self.edit.setPlainText(value or "")

    @override
    def typed(self) -> str:
        return self.edit.toPlainText()

    @override
    def retype(self, text: str) -> None:
        self.edit.setPlainText(text)


class NumberField(Field[int]):
    """A whole number, typed, with its unit beside it."""

    def __init__(
        self,
        name: str,
        title: str,
        *,
        least: int = 0,
        most: int = 9999,
        unit: str = "",
        **options: Unpack[FieldOptions[int]],
    ) -> None:
        """Make a field.

        Args:
            name: Its key.
            title: Its label with mnemonic.
            least: The least it may be, included.
            most: The most it may be, included.
            unit: The word after it, as "minutes".
            options: As for every field.
        """
        super().__init__(name, title, **options)
        self._least, self._most = least, most
        self.edit = QLineEdit()
        self.edit.setFixedWidth(88)
        self.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.edit.textChanged.connect(self.changed)
        self.place(self.edit, label(unit, "quiet"), stretch=False)
        if unit:
            self.edit.setAccessibleName(f"{self.plain_title}, {unit}")

    def _number(self) -> int | None:
        text = self.edit.text().strip().replace(",", "")
        digits = text.removeprefix("-")
        # isdigit() alone would let through superscripts and other scripts' figures.
        return int(text) if digits.isascii() and digits.isdigit() and len(digits) < MARGIN else None

    @override
    def unreadable(self) -> str:
        if not self.edit.text().strip():
            return ""
        number = self._number()
        if number is None:
            return f"“{self.edit.text().strip()}” is no whole number."
        if not self._least <= number <= self._most:
            return f"{self.plain_title} goes from {self._least:,} to {self._most:,}."
        return ""

    @override
    def value(self) -> int | None:
        return None if self.unreadable() else self._number()

    @override
    def set_value(self, value: int | None) -> None:
        self.edit.setText("" if value is None else str(value))

    @override
    def typed(self) -> str:
        return self.edit.text()

    @override
    def retype(self, text: str) -> None:
        self.edit.setText(text)


class TickField(Field[bool]):
    """A box to tick; never empty. ``words`` stand beside the box."""

    def __init__(self, name: str, title: str, words: str, **options: Unpack[FieldOptions[bool]]) -> None:
        """Make a box, not ticked."""
        super().__init__(name, title, **options)
        self.box = QCheckBox(words)
        self.box.toggled.connect(self.changed)
        self.place(self.box)
        self.box.setAccessibleName(words)

    @override
    def value(self) -> bool | None:
        return self.box.isChecked()

    @override
    def set_value(self, value: bool | None) -> None:
        self.box.setChecked(bool(value))

    @override
    def typed(self) -> str:
        return "yes" if self.box.isChecked() else ""

    @override
    def retype(self, text: str) -> None:
        self.box.setChecked(text == "yes")

    @override
    def own_problem(self) -> str:
        return self.needed() if self.required and not self.box.isChecked() else ""
