"""A field for a worker: a user or somebody outside, with the names on record completed while one types."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QCompleter
from typing_extensions import Unpack, override

from ioms_desktop.domain.records.workers.names import is_same_user
from ioms_desktop.ui.forms.field import FieldOptions
from ioms_desktop.ui.forms.fields import TextField

MAX_WORKER_CHARS = 200
WORKER_PLACEHOLDER = "Rank or role, number, surname: PC 4411 ADEYEMI"


class WorkerField(TextField):
    """One line for a name. A known one is completed as it is typed; a surname stands for the one that ends in it."""

    def __init__(self, name: str, title: str, known: Sequence[str], **options: Unpack[FieldOptions[str]]) -> None:
        """Create an empty line.

        Args:
            name: The field's name.
            title: Its title, with a mnemonic.
            known: The names on record.
            options: As for every field.
        """
        super().__init__(name, title, limit=MAX_WORKER_CHARS, placeholder=WORKER_PLACEHOLDER, **options)
        self._known = tuple(known)
        # In the line, not in a list below it: a list would take the keys that send the form.
        completer = QCompleter(list(known), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setCompletionMode(QCompleter.CompletionMode.InlineCompletion)
        self.edit.setCompleter(completer)
        self.edit.editingFinished.connect(self._show_whole_name)

    @override
    def value(self) -> str | None:
        typed = super().value()
        return None if typed is None else self._whole_name(typed)

    def _whole_name(self, typed: str) -> str:
        meant = [name for name in self._known if is_same_user(name, typed)]
        return meant[0] if len(meant) == 1 else typed

    @Slot()
    def _show_whole_name(self) -> None:
        whole = self.value()
        if whole is not None and whole != self.edit.text().strip():
            self.edit.setText(whole)
