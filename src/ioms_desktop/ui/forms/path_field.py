"""A field for a place on this computer: typed, or chosen in the system's own dialog."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog
from typing_extensions import Unpack

from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.forms.form import FieldOptions
from ioms_desktop.ui.widgets.widgets import button


def expand_path(text: str) -> Path:
    """Give the place that was typed; a beginning that means nobody's folder is left as it is."""
    typed = Path(text.strip())
    try:
        return typed.expanduser()
    except RuntimeError:
        return typed


def path_problem(text: str, check: Callable[[Path], str]) -> str:
    """Give a rule's sentence on a place; another where the system does not let it be looked at.

    Args:
        text: What was typed.
        check: Looks at the place, and says what is wrong with it; empty for nothing.
    """
    try:
        return check(expand_path(text))
    except (OSError, ValueError):
        return "This place cannot be looked at: its name is too long, or it is closed to you. Name another."


def new_file_problem(text: str, server_problem: str) -> str:
    """Say why a path cannot be that of a new file; nothing is ever replaced.

    Args:
        text: What was typed.
        server_problem: The sentence for the address of a server.

    Returns:
        A sentence, empty if a file can be made there.
    """
    if is_shared(text):
        return server_problem
    taken = "There is a file of this name already. Choose another name; nothing was changed."
    return path_problem(text, lambda place: taken if place.exists() else "")


def unused_path(folder: Path, name: str) -> Path:
    """Propose a database file in a folder that does not exist yet: ``name.ioms``, else ``name-2.ioms`` and so on."""
    numbers = ("", *(f"-{number}" for number in range(2, 1000)))
    paths = [folder / f"{name}{number}.ioms" for number in numbers]
    return next((path for path in paths if not path.exists()), paths[0])


class PathField(TextField):
    """A path, with a button that lets one choose it."""

    def __init__(
        self,
        name: str,
        title: str,
        *,
        picks_folder: bool,
        choose: str = "C&hoose…",
        **options: Unpack[FieldOptions[str]],
    ) -> None:
        """Make a line with its button.

        Args:
            name: Its key.
            title: Its label with mnemonic.
            picks_folder: Whether a folder is chosen; else a file that is there.
            choose: What stands on the button, with its mnemonic.
            options: As for every field.
        """
        super().__init__(name, title, **options)
        self._picks_folder = picks_folder
        self.choose_button = button(choose, self.choose)
        self.choose_button.setAccessibleName(f"{choose.replace('&', '').removesuffix('…')}: {self.plain_title}")
        self._layout.addWidget(self.choose_button)

    def path(self) -> Path:
        """Give the place; outer spaces and a beginning that means one's own folder are understood."""
        return expand_path(self.value() or "")

    def choose(self) -> None:
        """Ask for it in the system's dialog."""
        there = str(self.path()) if self.value() else ""
        if self._picks_folder:
            chosen = QFileDialog.getExistingDirectory(self, self.plain_title, there)
        else:
            chosen, _ = QFileDialog.getOpenFileName(self, self.plain_title, there, "All files (*)")
        if chosen:
            self.set_value(chosen)
        self.control.setFocus()
