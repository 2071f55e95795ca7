"""A question whose answers need words: one line each, chosen by a single key."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QRadioButton, QVBoxLayout, QWidget
from typing_extensions import Unpack, override

from ioms_desktop.ui.choice_fields import Choice
from ioms_desktop.ui.form import Field, FieldOptions
from ioms_desktop.ui.widgets import label

INDENT = 40


class AnchoredField(Field[str]):
    """Answers under one another, each after its key; arrows move, a key chooses and goes on.

    What follows a colon in an answer's words stands below it.
    """

    def __init__(self, name: str, title: str, choices: Sequence[Choice], **options: Unpack[FieldOptions[str]]) -> None:
        """Make the answers, none chosen.

        Args:
            name: Its key.
            title: The question, with mnemonic.
            choices: The answers; their keys differ.
            options: As for every field.
        """
        super().__init__(name, title, **options)
        self._keys = {choice.letter: choice.code for choice in choices}
        self._buttons: dict[str, QRadioButton] = {}
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(2)
        for choice in choices:
            word, _, more = choice.word.partition(": ")
            answer = QRadioButton(f"{choice.letter.upper()}   {word}")
            answer.setProperty("kind", "plain")
            answer.setAccessibleName(f"{choice.letter.upper()}, {choice.word}")
            answer.setFocusPolicy(Qt.FocusPolicy.ClickFocus if self._buttons else Qt.FocusPolicy.StrongFocus)
            answer.toggled.connect(self._toggled)
            answer.installEventFilter(self)
            self._buttons[choice.code] = answer
            column.addWidget(answer)
            if more:
                note = label(more, "small", wrap=True)
                note.setIndent(INDENT)
                column.addWidget(note)
        self._layout.addWidget(box, 1)
        self.control = next(iter(self._buttons.values()))
        self.setFocusProxy(self.control)
        self.describe("")

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            code = self._keys.get(event.text().lower())
            if code is not None and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
                self._buttons[code].setFocus(Qt.FocusReason.OtherFocusReason)
                self._buttons[code].setChecked(True)
                self.focusNextChild()
                return True
        return super().eventFilter(watched, event)

    @Slot(bool)
    def _toggled(self, on: bool) -> None:
        if on:
            self.changed.emit()

    @override
    def value(self) -> str | None:
        return next((code for code, answer in self._buttons.items() if answer.isChecked()), None)

    @override
    def set_value(self, value: str | None) -> None:
        for answer in self._buttons.values():
            answer.setAutoExclusive(False)
        for code, answer in self._buttons.items():
            answer.setChecked(code == value)
        for answer in self._buttons.values():
            answer.setAutoExclusive(True)
        self.changed.emit()

    @override
    def typed(self) -> str:
        return self.value() or ""

    @override
    def retype(self, text: str) -> None:
        self.set_value(text or None)
