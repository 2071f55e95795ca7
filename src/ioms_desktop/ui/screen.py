"""What a screen is, and what it may ask of the window around it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.ui.actions.launcher import DialogLauncher
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.widgets import label

SCREEN_MARGIN_PX = 20


@dataclass(frozen=True, slots=True, eq=False)
class WindowServices:
    """The window as its screens see it.

    Attributes:
        session: Who is signed in, and where.
        tasks: The one door to a thread.
        settings: Places, columns and views of this user on this machine.
        window: What dialogs belong to.
        open_case: Opens a case in a tab by its reference.
        show_screen: Shows a screen by its id.
        handle_outcome: Takes what a command answered: its notice, what it changed, what it raised.
        show_problem: Shows a sentence that says what could not be done.
        dialogs: Opens the dialogs of actions over the window.
    """

    session: Session
    tasks: Tasks
    settings: QSettings
    window: QWidget
    open_case: Callable[[str], object]
    show_screen: Callable[[str], object]
    handle_outcome: Callable[[Outcome], None]
    show_problem: Callable[[str], None]
    dialogs: DialogLauncher


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

    def __init__(self, services: WindowServices) -> None:
        """Lay out the heading; subclasses add to ``main_layout``."""
        super().__init__()
        self.services = services
        self.setProperty("kind", "page")
        self.setAccessibleName(self.title)
        self.main_layout = QVBoxLayout(self)
        self.main_layout.setContentsMargins(SCREEN_MARGIN_PX, 12, SCREEN_MARGIN_PX, 12)
        self.main_layout.setSpacing(10)
        self.heading = label(self.title, "display")

    def refresh(self) -> None:
        """Read again: records have changed."""

    def take_focus(self) -> None:
        """Put the keyboard where work on this screen begins."""
        self.setFocus()

    def save_state(self) -> None:
        """Keep what is to be kept of places and columns before the window closes."""
