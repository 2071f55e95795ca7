"""What a screen is, and what it may ask of the window around it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ioms_desktop.services.session import Desk, Outcome, Topic
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.widgets import label

MARGIN = 20


@dataclass(frozen=True, slots=True, eq=False)
class Shell:
    """The window as its screens see it.

    Attributes:
        desk: Who is signed in, and where.
        tasks: The one door to a thread.
        settings: Places, columns and views of this user on this machine.
        window: What dialogs belong to.
        open_case: Opens a case in a tab by its reference.
        go: Shows a screen by its id.
        take: Takes what a command answered: its notice, what it changed, what it raised.
        trouble: Shows a sentence that says what could not be done.
    """

    desk: Desk
    tasks: Tasks
    settings: QSettings
    window: QWidget
    open_case: Callable[[str], object]
    go: Callable[[str], object]
    take: Callable[[Outcome], None]
    trouble: Callable[[str], None]


class Screen(QWidget):
    """One screen of the window. A subclass says what it is for and what makes it refresh.

    Attributes:
        title: Its name.
        explanation: What F1 says: what it is for and how it is used.
        topics: It refreshes when one of these changed.
    """

    title: ClassVar[str] = ""
    explanation: ClassVar[str] = ""
    topics: ClassVar[frozenset[Topic]] = frozenset()

    def __init__(self, shell: Shell) -> None:
        """Lay out the heading; subclasses add to ``column``."""
        super().__init__()
        self.shell = shell
        self.setProperty("kind", "page")
        self.setAccessibleName(self.title)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(MARGIN, 12, MARGIN, 12)
        self.column.setSpacing(10)
        self.heading = label(self.title, "display")

    def refresh(self) -> None:
        """Read again: records have changed."""

    def take_focus(self) -> None:
        """Put the keyboard where work on this screen begins."""
        self.setFocus()

    def leave(self) -> None:
        """Keep what is to be kept of places and columns before the window closes."""
