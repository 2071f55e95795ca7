"""The main window without its actions: navigation, quick search, a tab for the screen and one for each open case."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QByteArray, QSettings, QSize, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QStackedWidget, QStyle, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.drafts import WindowState
from ioms_desktop.services.drafts import can_keep_drafts, restore_tabs
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.actions.access_actions import BREAK_GLASS
from ioms_desktop.ui.actions.actions import UserAction, WindowActions
from ioms_desktop.ui.actions.casework.letter_actions import letter_offer
from ioms_desktop.ui.actions.dialog_action import DialogContext, Target
from ioms_desktop.ui.actions.launcher import DialogLauncher
from ioms_desktop.ui.dialogs.autosave import write_open_drafts
from ioms_desktop.ui.main_window.case_tabs import CaseTabs
from ioms_desktop.ui.main_window.draft_banner import UnsavedBanner
from ioms_desktop.ui.main_window.navigation import NavigationRail
from ioms_desktop.ui.main_window.quick_search import QuickSearch
from ioms_desktop.ui.main_window.screens import SCREENS, ScreenEntry
from ioms_desktop.ui.main_window.top_row import TopRow
from ioms_desktop.ui.screen import Screen, WindowServices
from ioms_desktop.ui.sign_in import database_label
from ioms_desktop.ui.sign_in.status_bar import fill_status_bar
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.active import ThemePreference
from ioms_desktop.ui.theme.apply import follow_preference
from ioms_desktop.ui.widgets.widgets import BusyIndicator, MessageBar

if TYPE_CHECKING:
    from ioms_desktop.ui.actions.dialog_action import DialogAction
    from ioms_desktop.ui.cases.case_screen import CaseScreen

MIN_WINDOW_SIZE_PX = (512, 320)  # a screen of 1024 x 640 at 200 %
DEFAULT_WINDOW_SIZE_PX = (1280, 700)
BUSY_DELAY_MS = 400  # milliseconds before the busy indicator is shown
DRAFT_WRITE_TIMEOUT_S = 5.0  # longest wait for drafts to be written; the window then closes all the same


class WindowFrame(QMainWindow):
    """Navigation, screens and open cases; ``MainWindow`` adds the actions and the background work.

    Signals:
        signed_out: The user signed out; the window has closed.
        closed: The window was closed, which ends the program.
        lock_requested: The user asked to lock the window.
        access_ended: The user's access was withdrawn on the server.
    """

    signed_out = Signal()
    closed = Signal()
    lock_requested = Signal()
    access_ended = Signal()

    def __init__(self, session: Session, settings: QSettings, tasks: Tasks | None = None) -> None:
        """Build the window and show the first screen.

        Args:
            session: The signed-in user's session.
            settings: Sizes, columns and views, kept between sessions.
            tasks: Runs background work; a new one when None.
        """
        super().__init__()
        self.session, self.settings = session, settings
        self.tasks = tasks or Tasks(self)
        self.signing_out = False
        own_list = may(session.role, Right.READ_ASSIGNED)
        open_case = self.show_assigned_case if own_list else self.open_case
        over_window = DialogContext(
            session=session,
            tasks=self.tasks,
            parent=self,
            handle_outcome=self.handle_outcome,
            show_problem=self.show_problem,
            open_case=open_case,
        )
        self.services = WindowServices(
            session=session,
            tasks=self.tasks,
            settings=settings,
            window=self,
            open_case=open_case,
            open_section=self.open_section,
            show_screen=self.show_screen,
            handle_outcome=self.handle_outcome,
            show_problem=self.show_problem,
            dialogs=DialogLauncher(over_window),
        )
        self.screen_entries = [e for e in SCREENS if may(session.role, e.right) or (e.always_listed and not own_list)]
        self.screens: dict[str, Screen] = {}
        # A role that cannot read cases starts on the first screen that it has a use for.
        useful = [entry for entry in self.screen_entries if may(session.role, entry.right)] or self.screen_entries
        self.current_entry = useful[0].id
        self.messages = MessageBar()
        self.unsaved_banner = UnsavedBanner(self.services)
        self.busy = BusyIndicator("Working…")
        self._busy_timer = QTimer(self)
        self._busy_timer.setSingleShot(True)
        self._busy_timer.setInterval(BUSY_DELAY_MS)
        self.navigation = NavigationRail(self.screen_entries)
        self.screen_stack = QStackedWidget()
        self.tabs = CaseTabs(self.screen_stack)
        self.user_actions = WindowActions(self, self._make_actions())
        self.quick_search = QuickSearch(session, self.tasks, self.user_actions.matching)
        self._lay_out()
        self._connect()
        self._restore_geometry()
        self.show_screen(self.current_entry)
        self._restore_tabs()
        self._warn_if_checkout_overdue()
        if session.warnings:
            self.messages.caution(" ".join(session.warnings))

    def _make_actions(self) -> Sequence[UserAction]:
        """Return the actions of the window, in menu order."""
        raise NotImplementedError

    def _lay_out(self) -> None:
        self.setWindowTitle(f"IOMS Desktop · {database_label.describe_database_briefly(self.session.store.location)}")
        self.setMinimumSize(*MIN_WINDOW_SIZE_PX)
        self.user_actions.fill_menus(self.menuBar())
        self.quick_search.setMinimumWidth(180)
        self.quick_search.setMaximumWidth(620)
        self.top_row = TopRow(self.quick_search, self.busy, self.messages, self.unsaved_banner)
        page = QWidget()
        page.setProperty("kind", "page")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.top_row)
        column.addWidget(self.tabs, 1)
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.navigation)
        row.addWidget(page, 1)
        self.setCentralWidget(whole)
        fill_status_bar(self.statusBar(), self.session)

    def _warn_if_checkout_overdue(self) -> None:
        """Warn that an offline file is overdue."""
        taken = self.session.checkout
        if taken is not None and taken.is_overdue(self.session.today()):
            self.messages.caution(
                f"{taken.describe(self.session.today(), self.session.names)}. Import it into the main database."
            )

    def _connect(self) -> None:
        self.navigation.screen_requested.connect(self.show_screen)
        self.quick_search.case_requested.connect(self.open_case)
        self.quick_search.person_requested.connect(self.find_person)
        self.quick_search.break_glass_requested.connect(self._break_glass)
        self.quick_search.not_possible.connect(self.messages.caution)
        self.tabs.currentChanged.connect(self._tab_changed)
        self.tabs.screen_shown.connect(self._focus_screen)
        self.tasks.refused.connect(self.show_problem)
        self.tasks.busy_changed.connect(self._mark_busy)
        self._busy_timer.timeout.connect(self.busy.start)
        for keys, by in (("Ctrl+Tab", 1), ("Ctrl+Shift+Tab", -1), ("Ctrl+PgDown", 1), ("Ctrl+PgUp", -1)):
            QShortcut(QKeySequence(keys), self).activated.connect(partial(self.tabs.cycle, by))
        QShortcut(QKeySequence("F6"), self).activated.connect(self._focus_next_region)

    @property
    def current_screen(self) -> QWidget:
        """The screen or the case shown."""
        shown = self.tabs.currentWidget()
        return (self.screen_stack.currentWidget() if shown is self.screen_stack else shown) or self

    @Slot(str)
    def show_screen(self, name: str) -> None:
        """Show a screen by its id; it is built when first shown."""
        entry = next(entry for entry in self.screen_entries if entry.id == name)
        screen = self.screens.get(name)
        if screen is None:
            screen = self.screens[name] = self._make_screen(entry)
            self.screen_stack.addWidget(screen)
        self.current_entry = name
        self.screen_stack.setCurrentWidget(screen)
        self.tabs.set_screen_title(entry.title)
        self.tabs.setCurrentIndex(0)
        self.navigation.show_current(name)
        self.user_actions.refresh()
        screen.take_focus()

    def _make_screen(self, entry: ScreenEntry) -> Screen:
        if may(self.session.role, entry.right):
            return entry.make(self.services)
        from ioms_desktop.ui.main_window.no_access import NoAccessScreen  # noqa: PLC0415 - few roles need it

        return NoAccessScreen(self.services, entry.title, entry.right)

    @Slot()
    def _focus_screen(self) -> None:
        if isinstance(screen := self.screen_stack.currentWidget(), Screen):
            screen.take_focus()

    @Slot(str)
    def open_case(self, case_ref: str) -> "CaseScreen":
        """Open a case in its own tab, or show the tab that it already has."""
        known = self.tabs.case_screen(case_ref)
        if known is not None:
            self.tabs.setCurrentWidget(known)
            return known
        from ioms_desktop.ui.cases.case_screen import CaseScreen  # noqa: PLC0415 - imported when a case is first opened

        screen = CaseScreen(self.session, self.tasks, case_ref, parent=self.tabs, settings=self.settings)
        screen.outcome_received.connect(partial(self._handle_case_outcome, screen))
        screen.case_requested.connect(self.open_case)
        screen.loaded.connect(self.user_actions.refresh)  # what a case has decides on what can be started
        self.tabs.add_case(case_ref, screen)
        return screen

    def open_section(self, case_ref: str, table: str) -> None:
        """Open a case at the section that lists the records of a table."""
        self.open_case(case_ref).show_section(table)

    @Slot(str)
    def show_assigned_case(self, case_ref: str) -> None:
        """Show a partner the summary of a case in the list of cases assigned to them."""
        from ioms_desktop.ui.screens.partner_cases import PartnerCasesScreen  # noqa: PLC0415 - for partners only

        self.show_screen("assigned")
        screen = self.screens["assigned"]
        if isinstance(screen, PartnerCasesScreen):
            screen.show_case(case_ref)

    @Slot(str)
    def find_person(self, name: str) -> None:
        """Show a person in the list of people."""
        from ioms_desktop.ui.screens.people import PeopleScreen  # noqa: PLC0415 - imported when first shown

        self.show_screen("people")
        screen = self.screens["people"]
        if isinstance(screen, PeopleScreen):
            screen.search_for(name)

    @Slot(str)
    def _break_glass(self, case_ref: str) -> None:
        self.services.dialogs.launch(BREAK_GLASS, Target(case_ref=case_ref))

    @property
    def current_case(self) -> "CaseScreen | None":
        """The case shown; None while a screen is shown."""
        return cast("CaseScreen", self.tabs.currentWidget()) if self.tabs.current_case is not None else None

    def start_on_selection(self, action: "DialogAction") -> bool:
        """Start an action on what is selected on the screen that is shown; returns whether it did."""
        shown = self._shown_screen()
        return isinstance(shown, Screen) and shown.start_on_selection(action)

    def _shown_screen(self) -> "Screen | CaseScreen | None":
        """Return the screen or the case shown."""
        screen = self.screen_stack.currentWidget()
        return self.current_case or (screen if isinstance(screen, Screen) else None)

    @Slot(int)
    def _tab_changed(self, number: int) -> None:
        self.navigation.show_current(self.current_entry if number == 0 else None)
        self.user_actions.refresh()

    @Slot()
    def _focus_next_region(self) -> None:
        """Move the focus from the search box to the navigation, to the screen, and back to the search box."""
        focused = QApplication.focusWidget()
        if focused is self.quick_search:
            self.navigation.focusNextPrevChild(True)
        elif focused is not None and self.navigation.isAncestorOf(focused):
            self.current_screen.setFocus()
            self._focus_screen()
        else:
            self.quick_search.focus_and_select()

    @Slot(object)
    def handle_outcome(self, outcome: Outcome) -> None:
        """Show the notice of a command, and refresh every screen that shows what changed."""
        self._clear_problems()
        if outcome.notice:
            offered = letter_offer(self.session, self.services.dialogs.launch, outcome)
            self.messages.notice(outcome.notice, *offered)
        self._refresh_changed(outcome)

    def _handle_case_outcome(self, screen: QWidget, outcome: Outcome) -> None:
        """Refresh the other screens after a command on an open case, which has already shown the notice itself."""
        self._clear_problems()
        self._refresh_changed(outcome, except_for=screen)

    def _clear_problems(self) -> None:
        """Take away why an earlier attempt was refused: after a save that succeeded it would look like its result."""
        for bar in self.findChildren(MessageBar):
            if bar.window() is self:
                bar.clear_problem()

    def _refresh_changed(self, outcome: Outcome, except_for: QWidget | None = None) -> None:
        for screen in self.screens.values():
            if screen.topics & outcome.changed:
                screen.refresh_after(outcome)
        self.tabs.refresh_cases(outcome, except_for)

    @Slot(str)
    def show_problem(self, sentence: str) -> None:
        """Show a sentence that explains what could not be done."""
        self.messages.problem(sentence)

    @Slot(bool)
    def _mark_busy(self, busy: bool) -> None:
        # Work that ends within a moment shows no indicator, because it would only flicker.
        if busy:
            self._busy_timer.start()
        else:
            self._busy_timer.stop()
            self.busy.stop()

    def focus_search(self) -> None:
        """Move the focus to quick search."""
        self.quick_search.focus_and_select()

    @Slot()
    def refresh(self) -> None:
        """Reload what is shown."""
        shown = self._shown_screen()
        if shown is not None:
            shown.refresh()

    def show_help(self) -> None:
        """Explain the current screen and list the shortcuts."""
        from ioms_desktop.ui.main_window.help import HelpDialog  # noqa: PLC0415 - imported when first opened

        shown = self._shown_screen()
        if shown is not None:
            title = shown.title or shown.accessibleName()
            HelpDialog(title, shown.explanation, self.user_actions.actions, self, keys=shown.keys).open()

    def apply_theme(self, preference: ThemePreference) -> None:
        """Change the theme and save the choice."""
        self.settings.setValue("theme", preference.value)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            follow_preference(app, preference)

    def _restore_geometry(self) -> None:
        kept = self.settings.value("window/geometry")
        if not isinstance(kept, QByteArray) or not self.restoreGeometry(kept):
            # Its frame is outside its size, and would push the lowest line off a screen that it fills.
            frame = self.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
            room = self.screen().availableSize() - QSize(0, frame)
            self.resize(QSize(*DEFAULT_WINDOW_SIZE_PX).boundedTo(room))

    def _restore_tabs(self) -> None:
        """Show the number of unsaved entries, and reopen the tabs that were open when the window was locked."""
        self.unsaved_banner.refresh()
        if can_keep_drafts(self.session):
            self.tasks.run(self, partial(restore_tabs, self.session), self._reopen_tabs, self.show_problem)

    def _reopen_tabs(self, place: WindowState | None) -> None:
        if place is None:
            return
        if place.screen in {entry.id for entry in self.screen_entries}:
            self.show_screen(place.screen)
        for case_ref in place.cases:
            self.open_case(case_ref)
        if place.shown:
            self.open_case(place.shown)
        else:
            self.tabs.setCurrentIndex(0)

    def sign_out(self) -> None:
        """Sign out; the sign-in window is then shown again."""
        self.signing_out = True
        self.close()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        write_open_drafts(self.session, DRAFT_WRITE_TIMEOUT_S)
        self.settings.setValue("window/geometry", self.saveGeometry())
        for screen in self.screens.values():
            screen.save_state()
        self.settings.sync()
        self._end_background_work()
        super().closeEvent(event)
        (self.signed_out if self.signing_out else self.closed).emit()

    def _end_background_work(self) -> None:
        """Stop the background work of this window."""
        self.tasks.close()
