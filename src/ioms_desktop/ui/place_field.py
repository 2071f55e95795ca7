"""A field for a place on this computer: typed, or chosen in the system's own dialog."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog
from typing_extensions import Unpack

from ioms_desktop.ui.fields import TextField
from ioms_desktop.ui.form import FieldOptions
from ioms_desktop.ui.widgets import button


class PlaceField(TextField):
    """A path, with a button that lets one choose it."""

    def __init__(
        self, name: str, title: str, *, folder: bool, choose: str = "C&hoose…", **options: Unpack[FieldOptions[str]]
    ) -> None:
        """Make a line with its button.

        Args:
            name: Its key.
            title: Its label with mnemonic.
            folder: Whether a folder is chosen; else a file that is there.
            choose: What stands on the button, with its mnemonic.
            options: As for every field.
        """
        super().__init__(name, title, **options)
        self._folder = folder
        self.choosing = button(choose, self.choose)
        self.choosing.setAccessibleName(f"{choose.replace('&', '').removesuffix('…')}: {self.plain_title}")
        self._layout.addWidget(self.choosing)

    def path(self) -> Path:
        """Give the place; outer spaces and a beginning that means one's own folder are understood."""
        return Path((self.value() or "").strip()).expanduser()

    def choose(self) -> None:
        """Ask for it in the system's dialog."""
        there = str(self.path()) if self.value() else ""
        if self._folder:
            chosen = QFileDialog.getExistingDirectory(self, self.plain_title, there)
        else:
            chosen, _ = QFileDialog.getOpenFileName(self, self.plain_title, there, "All files (*)")
        if chosen:
            self.set_value(chosen)
        self.control.setFocus()
