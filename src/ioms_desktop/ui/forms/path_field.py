"""A field for a path on this computer, typed or chosen in the system's dialog."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QDir, Qt
from PySide6.QtWidgets import QFileDialog, QWidget
from typing_extensions import Unpack

from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.ui.forms.field import FieldOptions
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.widgets.widgets import button

A_NEW_PDF = "A new file, ending in .pdf."


def expand_path(text: str) -> Path:
    """Return the path with ``~`` expanded; the name of an unknown user is left as it is."""
    typed = Path(text.strip())
    try:
        return typed.expanduser()
    except RuntimeError:
        return typed


def file_dialog(parent: QWidget, title: str) -> QFileDialog:
    """Return the system's dialog, which goes where it was last, and at first to the user's own folder.

    By itself it would first show the folder in which the program was started, which is nobody's.
    """
    dialog = QFileDialog(parent, title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if dialog.directory() == QDir.current():
        dialog.setDirectory(QDir.homePath())
    return dialog


def path_problem(text: str, check: Callable[[Path], str]) -> str:
    """Apply a check to a path; describe the problem if the system denies access to the path.

    Args:
        text: The path as typed.
        check: Returns a sentence that describes the problem; empty if there is none.
    """
    try:
        return check(expand_path(text))
    except (OSError, ValueError):
        return "This place cannot be checked: its name is too long, or you have no access to it. Name another."


def new_file_problem(text: str, server_problem: str) -> str:
    """Explain why a file cannot be created at a path; existing files are never replaced.

    Args:
        text: The path as typed.
        server_problem: The sentence to return if the text is the address of a server.

    Returns:
        A sentence; empty if a file can be created there.
    """
    if is_shared(text):
        return server_problem
    taken = "There is a file of this name already. Choose another name; nothing was changed."
    return path_problem(text, lambda place: taken if place.exists() else "")


def new_pdf_problem(text: str) -> str:
    """Explain why no PDF can be created at a path; empty if one can."""
    if expand_path(text).suffix.lower() != ".pdf":
        return "This is not a PDF. Give a name that ends in .pdf."
    return new_file_problem(text, server_problem="This is the address of a server. Name a file.")


def unused_path(folder: Path, name: str) -> Path:
    """Propose a database file that does not exist yet: ``name.ioms``, else ``name-2.ioms`` and so on."""
    numbers = ("", *(f"-{number}" for number in range(2, 1000)))
    paths = [folder / f"{name}{number}.ioms" for number in numbers]
    return next((path for path in paths if not path.exists()), paths[0])


class PathField(TextField):
    """A path, with a button that opens the system's dialog."""

    def __init__(
        self,
        name: str,
        title: str,
        *,
        picks_folder: bool,
        choose: str = "C&hoose…",
        **options: Unpack[FieldOptions[str]],
    ) -> None:
        """Create an empty line with its button.

        Args:
            picks_folder: Whether the dialog chooses a folder; otherwise an existing file.
            choose: The label of the button, with its mnemonic.
        """
        super().__init__(name, title, **options)
        self._picks_folder = picks_folder
        self.make()
        self.choose_button = button(choose, self.choose)
        self.choose_button.setAccessibleName(f"{choose.replace('&', '').removesuffix('…')}: {self.plain_title}")
        self._layout.addWidget(self.choose_button)

    def path(self) -> Path:
        """Return the path without outer spaces and with ``~`` expanded."""
        return expand_path(self.value() or "")

    def choose(self) -> None:
        """Open the system's dialog to choose a path."""
        there = str(self.path()) if self.value() else ""
        if self._picks_folder:
            chosen = QFileDialog.getExistingDirectory(self, self.plain_title, there)
        else:
            chosen, _ = QFileDialog.getOpenFileName(self, self.plain_title, there, "All files (*)")
        if chosen:
            self.set_value(chosen)
        self.control.setFocus()
