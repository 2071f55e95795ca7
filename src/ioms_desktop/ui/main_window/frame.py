"""The frame of the main window: navigation, quick search, one tab for the screen and one for each open case."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QByteArray, QSettings, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.drafts import WindowState
from ioms_desktop.services.drafts import can_keep_drafts, restore_tabs
from ioms_desktop.services.session import Desk, Outcome
from ioms_desktop.ui.actions.actions import Action, Commands
from ioms_desktop.ui.actions.open_dialogs import break_glass, find_cases
from ioms_desktop.ui.dialogs.autosave import write_all
from ioms_desktop.ui.main_window.case_tabs import CaseTabs
from ioms_desktop.ui.main_window.draft_banner import UnsavedStrip
from ioms_desktop.ui.main_window.navigation import Rail
from ioms_desktop.ui.main_window.quick_search import QuickSearch
from ioms_desktop.ui.main_window.screens import SCREENS, Entry
from ioms_desktop.ui.screen import Screen, Shell
from ioms_desktop.ui.sign_in import database_label
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.active import Preference
from ioms_desktop.ui.theme.apply import follow_preference
from ioms_desktop.ui.widgets.widgets import BusyIndicator, MessageBar, label

if TYPE_CHECKING:
    from ioms_desktop.ui.cases.case_screen import CaseScreen

SMALLEST = (900, 500)  # a screen of 1366 x 768 at 150 %
FIRST_SIZE = (1280, 700)
PATIENCE = 400  # milliseconds before work is called work
LAST_WRITE = 5.0  # seconds in which what is typed is written before the window closes all the same


class WindowFrame(QMainWindow):
    """Navigation, screens and open cases; ``MainWindow`` adds what can be done and what runs in the background.

    Signals:
        signed_out: The user left the database; the window has closed.
        left: The window was closed for good.
        lock_wanted: The user wants the window locked now.
        access_ended: The server lets the user in no more.
    """

    signed_out = Signal()
    left = Signal()
    lock_wanted = Signal()
    access_ended = Signal()

    def __init__(self, desk: Desk, settings: QSettings, tasks: Tasks | None = None) -> None:
        """Build the window and show the first screen.

        Args:
            desk: Who is signed in, and where.
            settings: Where places, columns and views are kept.
            tasks: The one door to a thread; its own when None.
        """
        super().__init__()
        self.desk, self.settings = desk, settings
        self.tasks = tasks or Tasks(self)
        self.leaving = False
        own_list = may(desk.role, Right.READ_ASSIGNED)
        self.shell = Shell(
            desk=desk,
            tasks=self.tasks,
            settings=settings,
            window=self,
            open_case=self.show_header if own_list else self.open_case,
            go=self.go,
            take=self.take,
            trouble=self.trouble,
        )
        self.entries = [e for e in SCREENS if may(desk.role, e.right) or (e.always and not own_list)]
        self.screens: dict[str, Screen] = {}
        # Whoever reads no case begins where there is something to read.
        useful = [entry for entry in self.entries if may(desk.role, entry.right)] or self.entries
        self.current_entry = useful[0].id
        self.messages = MessageBar()
        self.unsaved = UnsavedStrip(self.shell)
        self.busy = BusyIndicator("Working…")
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)
        self.rail = Rail(self.entries)
        self.stack = QStackedWidget()
        self.tabs = CaseTabs(self.stack)
        self.commands = Commands(self, self._actions())
        self.search = QuickSearch(desk, self.tasks, self.commands.matching)
        self._lay_out()
        self._connect()
        self._restore()
        self.go(self.current_entry)
        self._take_up()
        self._say_overdue()
        if desk.warnings:
            self.messages.caution(" ".join(desk.warnings))

    # Building -----------------------------------------------------------------------------------

    def _actions(self) -> Sequence[Action]:
        """List what can be done from anywhere in the window, in the order of the menus."""
        raise NotImplementedError

    def _lay_out(self) -> None:
        self.setWindowTitle(f"IOMS Desktop · {database_label.short_words(self.desk.store.location)}")
        self.setMinimumSize(*SMALLEST)
        self.commands.fill(self.menuBar())
        top = QHBoxLayout()
        top.setContentsMargins(20, 8, 20, 4)
        top.setSpacing(12)
        self.search.setMinimumWidth(360)
        self.search.setMaximumWidth(620)
        top.addWidget(self.search, 1)
        top.addWidget(self.busy)
        top.addStretch(1)
        page = QWidget()
        page.setProperty("kind", "page")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.messages)
        column.addWidget(self.unsaved)
        column.addWidget(self.tabs, 1)
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(page, 1)
        self.setCentralWidget(whole)
        self._say_who()

    def _say_who(self) -> None:
        role = self.desk.lists.of("role").label(self.desk.role)
        location = self.desk.store.location
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(12, 0, 12, 0)
        bar.addWidget(label(f"{self.desk.user}, {role}", "small"))
        if not can_keep_drafts(self.desk):
            bar.addWidget(label("What is typed is kept only while its window is open", "small"))
        if self.desk.checkout is not None:
            away = label(self.desk.checkout.describe(self.desk.today()), "small")
            away.setToolTip(f"Cases of {self.desk.checkout.source}. Bring the file back there when you are done.")
            bar.addPermanentWidget(away)
        where = label(
            f"{database_label.short_words(location)} · {database_label.short_protection(location)}",
            "small",
        )
        where.setToolTip(f"{database_label.database_words(location)}. {database_label.protection(location)}")
        bar.addPermanentWidget(where)

    def _say_overdue(self) -> None:
        """Say of a file of cases taken away that it should be back."""
        taken = self.desk.checkout
        if taken is not None and taken.is_overdue(self.desk.today()):
            self.messages.caution(f"{taken.describe(self.desk.today())}. Bring it back where the record is kept.")

    def _connect(self) -> None:
        self.rail.chosen.connect(self.go)
        self.search.case_wanted.connect(self.open_case)
        self.search.person_wanted.connect(self.find_person)
        self.search.glass_wanted.connect(partial(break_glass, self.shell))
        self.tabs.currentChanged.connect(self._tab_changed)
        self.tabs.emptied.connect(self._focus_screen)
        self.tasks.refusal.connect(self.trouble)
        self.tasks.busy_changed.connect(self._mark_busy)
        self._patience.timeout.connect(self.busy.start)
        for keys, by in (("Ctrl+Tab", 1), ("Ctrl+Shift+Tab", -1), ("Ctrl+PgDown", 1), ("Ctrl+PgUp", -1)):
            QShortcut(QKeySequence(keys), self).activated.connect(partial(self.tabs.step, by))
        QShortcut(QKeySequence("F6"), self).activated.connect(self._next_region)

    # Screens ------------------------------------------------------------------------------------

    @property
    def current_screen(self) -> QWidget:
        """What the user looks at: a screen, or an open case."""
        shown = self.tabs.currentWidget()
        return (self.stack.currentWidget() if shown is self.stack else shown) or self

    @Slot(str)
    def go(self, name: str) -> None:
        """Show a screen by its id, building it the first time."""
        entry = next(entry for entry in self.entries if entry.id == name)
        screen = self.screens.get(name)
        if screen is None:
            screen = self.screens[name] = self._made(entry)
            self.stack.addWidget(screen)
        self.current_entry = name
        self.stack.setCurrentWidget(screen)
        self.tabs.name_screen(entry.title)
        self.tabs.setCurrentIndex(0)
        self.rail.show_current(name)
        self.commands.refresh()
        screen.take_focus()

    def _made(self, entry: Entry) -> Screen:
        if may(self.desk.role, entry.right):
            return entry.make(self.shell)
        from ioms_desktop.ui.main_window.no_access import ClosedScreen  # noqa: PLC0415 - few roles meet it

        return ClosedScreen(self.shell, entry.title, entry.right)

    @Slot()
    def _focus_screen(self) -> None:
        screen = self.stack.currentWidget()
        if isinstance(screen, Screen):
            screen.take_focus()

    @Slot(str)
    def open_case(self, case_ref: str) -> "CaseScreen":
        """Open a case in a tab of its own, or show the tab it has already."""
        known = self.tabs.case(case_ref)
        if known is not None:
            self.tabs.setCurrentWidget(known)
            return known
        from ioms_desktop.ui.cases.case_screen import CaseScreen  # noqa: PLC0415 - imported when a case is first opened

        screen = CaseScreen(self.desk, self.tasks, case_ref, find=find_cases(self.desk), parent=self.tabs)
        screen.acted.connect(partial(self._from_case, screen))
        self.tabs.add_case(case_ref, screen)
        return screen

    @Slot(str)
    def show_header(self, case_ref: str) -> None:
        """Show what a partner may see of a case, in their own list."""
        from ioms_desktop.ui.screens.partner_cases import AssignedScreen  # noqa: PLC0415 - partners alone

        self.go("assigned")
        screen = self.screens["assigned"]
        if isinstance(screen, AssignedScreen):
            screen.show_case(case_ref)

    @Slot(str)
    def find_person(self, name: str) -> None:
        """Show a person in the list of people."""
        self.go("people")
        finder = getattr(self.screens["people"], "seek", None)
        if finder is not None:
            finder(name)

    @property
    def current_case(self) -> "CaseScreen | None":
        """The case that is shown, if one is."""
        return cast("CaseScreen", self.tabs.currentWidget()) if self.tabs.current_case is not None else None

    @Slot(int)
    def _tab_changed(self, number: int) -> None:
        self.rail.show_current(self.current_entry if number == 0 else None)
        self.commands.refresh()

    @Slot()
    def _next_region(self) -> None:
        """Go from the search box to the navigation, to the screen, and round again."""
        focused = QApplication.focusWidget()
        if focused is self.search:
            self.rail.focusNextPrevChild(True)
        elif focused is not None and self.rail.isAncestorOf(focused):
            self.current_screen.setFocus()
            self._focus_screen()
        else:
            self.search.begin()

    # What acts answer ---------------------------------------------------------------------------

    @Slot(object)
    def take(self, outcome: Outcome) -> None:
        """Say what was done, and have every screen that shows it read again."""
        if outcome.notice:
            self.messages.notice(outcome.notice)
        self._spread(outcome)

    def _from_case(self, screen: QWidget, outcome: Outcome) -> None:
        """Spread what was done on an open case, which has said so itself."""
        self._spread(outcome, but=screen)

    def _spread(self, outcome: Outcome, but: QWidget | None = None) -> None:
        for screen in self.screens.values():
            if screen.topics & outcome.changed:
                screen.refresh()
        self.tabs.spread(outcome.changed, but)

    @Slot(str)
    def trouble(self, sentence: str) -> None:
        """Say what could not be done."""
        self.messages.problem(sentence)

    @Slot(bool)
    def _mark_busy(self, busy: bool) -> None:
        # What is answered within a moment is not worth a sign that flickers.
        if busy:
            self._patience.start()
        else:
            self._patience.stop()
            self.busy.stop()

    def search_now(self) -> None:
        """Put the keyboard into quick search."""
        self.search.begin()

    @Slot()
    def refresh(self) -> None:
        """Read again what is shown."""
        shown = self.current_screen
        again = getattr(shown, "refresh", None)
        if again is not None:
            again()

    def help(self) -> None:
        """Explain the screen one is on."""
        from ioms_desktop.ui.main_window.help import HelpDialog  # noqa: PLC0415 - few ask

        shown = self.current_screen
        title = str(getattr(shown, "title", "")) or shown.accessibleName() or "This screen"
        explanation = str(getattr(shown, "explanation", "")) or _OF_A_CASE
        HelpDialog(title, explanation, self.commands.actions, self).open()

    def dress(self, preference: Preference) -> None:
        """Change the colours, and keep the choice."""
        self.settings.setValue("theme", preference.value)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            follow_preference(app, preference)

    # Coming and going ---------------------------------------------------------------------------

    def _restore(self) -> None:
        kept = self.settings.value("window/geometry")
        if not isinstance(kept, QByteArray) or not self.restoreGeometry(kept):
            room = self.screen().availableSize()
            self.resize(min(FIRST_SIZE[0], room.width()), min(FIRST_SIZE[1], room.height()))

    def _take_up(self) -> None:
        """Say what is unsaved, and open again what was open when the window was locked."""
        self.unsaved.look()
        if can_keep_drafts(self.desk):
            self.tasks.run(self, partial(restore_tabs, self.desk), self._return_to, self.trouble)

    def _return_to(self, place: WindowState | None) -> None:
        if place is None:
            return
        if place.screen in {entry.id for entry in self.entries}:
            self.go(place.screen)
        for case_ref in place.cases:
            self.open_case(case_ref)
        if place.shown:
            self.open_case(place.shown)
        else:
            self.tabs.setCurrentIndex(0)

    def sign_out(self) -> None:
        """Leave the database; the sign-in window comes back."""
        self.leaving = True
        self.close()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        write_all(self.desk, LAST_WRITE)
        self.settings.setValue("window/geometry", self.saveGeometry())
        for screen in self.screens.values():
            screen.leave()
        self.settings.sync()
        self._end_background_work()
        super().closeEvent(event)
        (self.signed_out if self.leaving else self.left).emit()

    def _end_background_work(self) -> None:
        """Stop everything that works for this window beside the interface thread."""
        self.tasks.close()


_OF_A_CASE = (
    "One case on one screen: why the person is on the programme, how things stand and why, what happened and what "
    "comes next. Opening it leaves an entry that you looked."
)
