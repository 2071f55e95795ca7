"""The tabs of the window: the screen chosen in the navigation, then one tab for each open case."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QTabBar, QTabWidget, QWidget

from ioms_desktop.services.session import Outcome
from ioms_desktop.ui.widgets.widgets import icon_button

if TYPE_CHECKING:
    from ioms_desktop.ui.cases.case_screen import CaseScreen

MAX_TITLE_CHARS = 28
CLOSE_BUTTON_PX = 22


class CaseTabs(QTabWidget):
    """The screen and the open cases.

    Signals:
        screen_shown: A case was closed and the screen is shown again.
        case_loaded: A case was read and is shown; carries its reference.
        case_closed: The tab of a case was closed; carries its reference.
    """

    screen_shown = Signal()
    case_loaded = Signal(str)
    case_closed = Signal(str)

    def __init__(self, first: QWidget) -> None:
        """Put the screens in the first tab, which cannot be closed."""
        super().__init__()
        self._cases: dict[str, CaseScreen] = {}
        self.setDocumentMode(True)
        self.setTabBarAutoHide(True)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.tabBar().setAccessibleName("Open screens and cases")
        self.addTab(first, "")

    def set_screen_title(self, title: str) -> None:
        """Set the title of the first tab."""
        self.setTabText(0, title)

    def case_screen(self, case_ref: str) -> "CaseScreen | None":
        """Return the tab of a case; None if the case is not open."""
        return self._cases.get(case_ref)

    @property
    def open_cases(self) -> tuple[str, ...]:
        """The references of the open cases, in the order they were opened."""
        return tuple(self._cases)

    @property
    def current_case(self) -> str | None:
        """The reference of the case shown; None while a screen is shown."""
        shown = self.currentWidget()
        return next((ref for ref, screen in self._cases.items() if screen is shown), None)

    def add_case(self, case_ref: str, screen: "CaseScreen") -> None:
        """Show a case in a new tab."""
        self._cases[case_ref] = screen
        number = self.addTab(screen, case_ref)
        closing = icon_button("x", f"Close case {case_ref} (Ctrl+W)", lambda: self.close_case(case_ref))
        closing.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        closing.setFixedSize(CLOSE_BUTTON_PX, CLOSE_BUTTON_PX)
        self.tabBar().setTabButton(number, QTabBar.ButtonPosition.RightSide, closing)
        screen.loaded.connect(partial(self._rename, case_ref))
        screen.access_lost.connect(partial(self._clear_title, case_ref))
        self.setCurrentIndex(number)
        screen.setFocus()

    def _rename(self, case_ref: str, name: str) -> None:
        screen = self._cases.get(case_ref)
        if screen is not None:
            short = name if len(name) <= MAX_TITLE_CHARS else f"{name[: MAX_TITLE_CHARS - 1]}…"
            number = self.indexOf(screen)
            self.setTabText(number, short.replace("&", "&&"))
            self.setTabToolTip(number, f"{name}, case {case_ref}")
            self.case_loaded.emit(case_ref)

    def _clear_title(self, case_ref: str) -> None:
        """Remove the name from the tab of a case that can no longer be opened; it no longer counts as open here."""
        screen = self._cases.get(case_ref)
        if screen is not None:
            self.setTabText(self.indexOf(screen), case_ref)
            self.setTabToolTip(self.indexOf(screen), case_ref)
            self.case_closed.emit(case_ref)

    @Slot()
    def close_current(self) -> None:
        """Close the case shown; the first tab stays."""
        if self.current_case is not None:
            self.close_case(self.current_case)

    def close_case(self, case_ref: str) -> None:
        """Close the tab of a case."""
        screen = self._cases.pop(case_ref, None)
        if screen is None:
            return
        self.removeTab(self.indexOf(screen))
        screen.deleteLater()
        self.case_closed.emit(case_ref)
        if self.currentIndex() == 0:
            self.screen_shown.emit()

    def refresh_cases(self, outcome: Outcome, except_for: QWidget | None = None) -> None:
        """Refresh the open cases that an act changed, or may have changed, except the one that it was done on."""
        for ref, screen in self._cases.items():
            if screen is not except_for and (outcome.cases is None or ref in outcome.cases):
                screen.topics_changed(outcome.changed)

    def cycle(self, by: int) -> None:
        """Show the tab so many places further on, wrapping around at either end."""
        if self.count():
            self.setCurrentIndex((self.currentIndex() + by) % self.count())
            shown = self.currentWidget()
            if shown is not None:
                shown.setFocus()
