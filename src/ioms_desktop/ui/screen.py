"""The base class of screens, and the services that the window provides to them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import QSettings
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.ui.actions.dialog_action import DialogAction
from ioms_desktop.ui.actions.launcher import DialogLauncher
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.page_area import PageArea
from ioms_desktop.ui.widgets.widgets import label

LOW_SCREEN_PX = 320
"""A screen is lower than this in a window of 1366 x 768 at 200 %."""
NARROW_SCREEN_PX = 640
"""A screen is narrower than this in a window of 1366 x 768 at 200 %."""


@dataclass(frozen=True, slots=True, eq=False)
class WindowServices:
    """The services that the window provides to its screens.

    Attributes:
        settings: Sizes, columns and views of this user on this computer.
        window: The parent of dialogs.
        open_case: Opens a case in a tab by its reference.
        open_section: Opens a case, by its reference, at the section of a table.
        show_screen: Shows a screen by its id.
        handle_outcome: Shows the notice of a command and refreshes what it changed.
        show_problem: Shows a sentence that explains what could not be done.
        dialogs: Opens the dialogs of actions over the window.
    """

    session: Session
    tasks: Tasks
    settings: QSettings
    window: QWidget
    open_case: Callable[[str], object]
    open_section: Callable[[str, str], object]
    show_screen: Callable[[str], object]
    handle_outcome: Callable[[Outcome], None]
    show_problem: Callable[[str], None]
    dialogs: DialogLauncher


class Screen(QWidget):
    """One screen of the window.

    Attributes:
        title: The name shown.
        explanation: The text of F1: what the screen is for and how it is used.
        topics: The screen refreshes when one of these changes.
        keys: Keys of this screen and what they do, for its help.
    """

    title: ClassVar[str] = ""
    explanation: ClassVar[str] = ""
    topics: ClassVar[frozenset[Topic]] = frozenset()
    keys: tuple[tuple[str, str], ...] = ()

    def __init__(self, services: WindowServices) -> None:
        """Create the heading; subclasses add to ``main_layout``."""
        super().__init__()
        self.services = services
        self.setProperty("kind", "page")
        self.setAccessibleName(self.title)
        self.page_area = PageArea()
        self.main_layout = self.page_area.column
        self.main_layout.setSpacing(10)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self.page_area)
        self.heading = label(self.title, "display")

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.set_low(low=self.height() < LOW_SCREEN_PX)
        self.set_narrow(narrow=self.width() < NARROW_SCREEN_PX)

    def set_low(self, *, low: bool) -> None:
        """Make room for what is read where a window is low: the name of the screen stands in the navigation, too."""
        if self.heading.parentWidget() is not None:  # without a parent it would open as a window
            self.heading.setVisible(not low)

    def set_narrow(self, *, narrow: bool) -> None:
        """Put one below another, where a window is narrow, what else is side by side; for screens that have such."""

    def start_on_selection(self, action: DialogAction) -> bool:  # noqa: ARG002 - for screens that list cases
        """Start an action on the cases selected here, where it has a button for them; returns whether it did."""
        return False

    def refresh(self) -> None:
        """Reload after records have changed."""

    def refresh_after(self, outcome: Outcome) -> None:  # noqa: ARG002 - for screens that know the cases it names
        """Reload after the user's own act: as a whole, unless a screen can read the cases alone that it changed.

        Args:
            outcome: What the act changed.
        """
        self.refresh()

    def refresh_cases(self, keys: frozenset[str], key_of: Callable[[str], str]) -> None:  # noqa: ARG002 - for rows
        """Reload after records of a few cases have changed: as a whole, unless a screen knows them by their rows.

        Args:
            keys: The digests of the cases.
            key_of: Returns the digest of a case by its reference.
        """
        self.refresh()

    def take_focus(self) -> None:
        """Move the focus to the widget where work on this screen starts."""
        self.setFocus()

    def save_state(self) -> None:
        """Save sizes and columns before the window closes."""
