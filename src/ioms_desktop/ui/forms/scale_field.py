"""A field for a question whose answers need a line of text each, chosen with one key."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QRadioButton, QVBoxLayout, QWidget
from typing_extensions import Unpack, override

from ioms_desktop.ui.forms.choice_fields import Choice, SingleChoiceField
from ioms_desktop.ui.forms.field import FieldOptions
from ioms_desktop.ui.forms.focus_advance import advance_focus
from ioms_desktop.ui.forms.key_events import is_shortcut
from ioms_desktop.ui.widgets.widgets import label

NOTE_INDENT_PX = 40


class ScaleField(SingleChoiceField):
    """Answers one below the other, each after its key; a key chooses an answer and moves the focus to the next field.

    Text after a colon in an answer is shown on a second line.
    """

    def __init__(self, name: str, title: str, choices: Sequence[Choice], **options: Unpack[FieldOptions[str]]) -> None:
        """Create the answers with none chosen.

        Args:
            choices: The answers; their keys must differ.
        """
        super().__init__(name, title, **options)
        self._choices = tuple(choices)
        self._codes_by_key = {choice.letter: choice.code for choice in choices}

    @override
    def make_control(self) -> None:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(2)
        for choice in self._choices:
            word, _, more = choice.label.partition(": ")
            answer = QRadioButton(f"{choice.letter.upper()}   {word}")
            answer.setProperty("kind", "plain")
            answer.setAccessibleName(f"{choice.letter.upper()}, {choice.label}")
            answer.installEventFilter(self)
            self.add_answer(choice.code, answer)
            column.addWidget(answer)
            if more:
                note = label(more, "small", wrap=True)
                note.setIndent(NOTE_INDENT_PX)
                column.addWidget(note)
        self._layout.addWidget(box, 1)
        self.finish_answers()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            code = self._codes_by_key.get(event.text().lower())
            if code is not None and not is_shortcut(event):
                if not event.isAutoRepeat():
                    self.choose(code)
                    advance_focus(self)
                return True
        return super().eventFilter(watched, event)
