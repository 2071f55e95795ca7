"""The Case screen: the inspector's question answered on one page, and the doors to everything one does to a case."""

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ioms_desktop.charts.timeline import whole_period
from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.domain.timeline import TimelineFacts
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.session import Desk, Outcome, Topic
from ioms_desktop.ui import labels
from ioms_desktop.ui.actions.open_dialogs import find_cases
from ioms_desktop.ui.cases.case_access_bar import GlassBar, NotShown, read_case
from ioms_desktop.ui.cases.case_actions import CaseActs
from ioms_desktop.ui.cases.case_header import CaseHeader, shows_rag
from ioms_desktop.ui.cases.section_table import SectionTable
from ioms_desktop.ui.cases.sections import SECTIONS
from ioms_desktop.ui.cases.trigger_panel import TriggerPanel
from ioms_desktop.ui.charts.timeline_view import TimelineView
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.date_parsing import Lean
from ioms_desktop.ui.recording.case_subject import FindCases
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.widgets import BusyIndicator, MessageBar, button, label

if TYPE_CHECKING:
    from ioms_desktop.ui.cases.section_rows import Line

BESIDE = 1120
"""From this width on, what waits for a decision stands beside the timeline, below it above."""
PANEL = 360
LIST = 176
ROW = 25
LOW = 600
"""Below this height the strip at the head shows one row of facts; all of them stand under About."""
NO_LIMIT = 16777215  # Qt's own
LOADING, FAILED, SHOWN = range(3)


class CaseScreen(QWidget):
    """One case.

    Signals:
        named: The case was read; with the person's name, for the tab.
        acted: Something was recorded; with its Outcome, so that other screens refresh too.
        lost: The case is not there for this user, or no longer.
    """

    title: ClassVar[str] = "Case"
    explanation: ClassVar[str] = (
        "One case on one page: why on, where it stands, last and next contact, what waits for a decision.\n\n"
        "The picture shows both halves of the promise on one axis: offers, contacts and engagement above, concerns, "
        "triggers and decisions below. Ctrl with the wheel zooms; the arrow keys go from mark to mark and Enter opens "
        "one. Evidence under a trigger opens in the same way.\n\n"
        "The list below the picture holds every section of the record. As of, at the right of the head, shows the "
        "whole case as it stood on a day. Nothing is decided or served automatically."
    )
    named = Signal(str)
    acted = Signal(object)
    lost = Signal()

    def __init__(
        self,
        desk: Desk,
        tasks: Tasks,
        case_ref: str,
        parent: QWidget | None = None,
        *,
        find: FindCases | None = None,
    ) -> None:
        """Begin to read a case.

        Args:
            desk: Who looks.
            tasks: Where it is read.
            case_ref: The case.
            parent: The window around it.
            find: Finds further cases for a contact of several people; the search of the desk when None.
        """
        super().__init__(parent)
        self.desk, self.tasks, self.case_ref = desk, tasks, case_ref
        self.view: CaseView | None = None
        self._as_of: date | None = None
        self._reading = False
        self.message = MessageBar()
        self.as_of_bar = MessageBar()
        self.as_of_bar.closing.hide()
        self.acts = CaseActs(self, self, find or find_cases(desk))
        self.as_of = DateField("as_of", "As of", today=desk.today(), lean=Lean.BACK)
        self.as_of.set_value(desk.today())
        self.as_of.edit.editingFinished.connect(self._change_day)
        self.buttons = self._buttons()
        self.glass = GlassBar(self.buttons)
        self.header = CaseHeader(self.buttons, self._day_chooser())
        self.triggers = TriggerPanel()
        self.timeline = TimelineView()
        self.chosen = QListWidget()
        self.sections = QStackedWidget()
        self.tables: dict[int, SectionTable] = {}
        self._lines: dict[int, tuple[Line, ...]] = {}
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.buttons[0] if self.buttons else self.chosen)
        self.refresh()

    # Layout -------------------------------------------------------------------------------------

    def _buttons(self) -> list[QPushButton]:
        may_do = partial(may, self.desk.role)
        engagement = may_do(Right.RECORD_ENGAGEMENT)
        acts = [
            (engagement, "&Record contact", "calendar-plus", "Ctrl+Shift+C", self.acts.record_contact, "primary"),
            (engagement, "&Offer", "hand-heart", "", self.acts.offer, ""),
            (may_do(Right.RECORD_CONCERN), "Co&ncern", "triangle-alert", "", self.acts.concern, ""),
            (engagement, "Ra&ting", "star", "", self.acts.rate, ""),
            (may_do(Right.SET_RAG), "RA&G", "circle", "Ctrl+Shift+R", self.acts.rag, ""),
            (may_do(Right.PRINT), "&Print…", "printer", "Ctrl+P", self.acts.print, ""),
        ]
        made: list[QPushButton] = []
        for allowed, words, icon, keys, act, kind in acts:
            if allowed:
                one = button(words, act, kind=kind, icon=icon)
                # The keys themselves are the window's, which knows which case is shown.
                one.setToolTip(keys)
                made.append(one)
        return made

    def _day_chooser(self) -> QWidget:
        box = QWidget()
        row = QBoxLayout(QBoxLayout.Direction.LeftToRight, box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        title = label("As of", "quiet")
        title.setBuddy(self.as_of.edit)
        self.as_of.echo.hide()
        row.addWidget(title)
        row.addWidget(self.as_of)
        return box

    def _lay_out(self) -> None:
        self.busy = BusyIndicator("Reading the case…")
        waiting = QWidget()
        middle = QVBoxLayout(waiting)
        middle.addStretch(1)
        middle.addWidget(self.busy, 0, Qt.AlignmentFlag.AlignHCenter)
        middle.addStretch(2)
        self.failed = NotShown()
        self.pane = QScrollArea()
        self.pane.setWidgetResizable(True)
        self.pane.setFrameShape(QFrame.Shape.NoFrame)
        self.pane.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.pane.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.pane.setWidget(self._page())
        self.pages = QStackedWidget()
        for page in (waiting, self.failed, self.pane):
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.header, self.glass, self.as_of_bar, self.message):
            column.addWidget(part)
        column.addWidget(self.pages, 1)
        self.header.hide()

    def _page(self) -> QWidget:
        page = QWidget()
        page.setProperty("kind", "page")
        drawn = QFrame()
        drawn.setProperty("kind", "card")
        inside = QVBoxLayout(drawn)
        inside.setContentsMargins(12, 8, 12, 8)
        inside.addWidget(self.timeline)
        under = QHBoxLayout()
        under.setSpacing(12)
        under.addWidget(self.chosen, 0, Qt.AlignmentFlag.AlignTop)
        under.addWidget(self.sections, 1, Qt.AlignmentFlag.AlignTop)
        main = QVBoxLayout()
        main.setSpacing(12)
        main.addWidget(drawn)
        main.addLayout(under)
        main.addStretch(1)
        self._list_sections()
        self.triggers.setMinimumWidth(PANEL - 40)
        self.top = QBoxLayout(QBoxLayout.Direction.LeftToRight, page)
        self.top.setContentsMargins(20, 12, 20, 20)
        self.top.setSpacing(16)
        self.top.addLayout(main, 1)
        self.top.addWidget(self.triggers)
        return page

    def _list_sections(self) -> None:
        self.chosen.setAccessibleName("Sections of the case")
        self.chosen.setFixedWidth(LIST)
        self.chosen.setStyleSheet("QListWidget::item { padding-left: 8px; }")
        self.chosen.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.chosen.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for section in SECTIONS:
            item = QListWidgetItem(section.title)
            item.setSizeHint(QSize(0, ROW))
            self.chosen.addItem(item)
            self.sections.addWidget(QWidget())
        self.chosen.setFixedHeight(len(SECTIONS) * ROW + 4)
        self.chosen.setCurrentRow(0)

    def _connect(self) -> None:
        self.glass.closed.connect(self.refresh)
        self.failed.again.connect(self.refresh)
        self.failed.glass_wanted.connect(self.acts.break_glass)
        self.chosen.currentRowChanged.connect(self._show_section)
        self.timeline.opened.connect(self.acts.open_item)
        self.triggers.decide.connect(self.acts.decide)
        self.triggers.answer.connect(self.acts.answer)
        self.triggers.evidence_opened.connect(self.acts.open_item)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = self.width() >= BESIDE
        direction = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.BottomToTop
        if self.top.direction() != direction:
            self.top.setDirection(direction)
        self.triggers.setMaximumWidth(PANEL if beside else NO_LIMIT)
        self.header.facts.show_first_row_only(only=self.height() < LOW)

    # Reading ------------------------------------------------------------------------------------

    @property
    def live(self) -> bool:
        """Whether the case is shown as of today, so that something may be done to it."""
        return self._as_of is None

    @Slot()
    def refresh(self) -> None:
        """Read the case again, off the interface thread; what is shown stays until the answer is here.

        Asked several times in one turn of the event loop, it is read once.
        """
        if self.view is None:
            self.pages.setCurrentIndex(LOADING)
            self.busy.start()
        if not self._reading:
            self._reading = True
            QTimer.singleShot(0, self, self._read)

    @Slot()
    def _read(self) -> None:
        self._reading = False
        work = partial(read_case, self.desk, self.case_ref, self._as_of)
        self.tasks.latest(self, "case", work, self._take, self._refused, self._broken)

    def take(self, changed: frozenset[Topic]) -> None:
        """Refresh where something that a case shows has changed elsewhere."""
        if changed - {Topic.USERS}:
            self.refresh()

    def _take(self, read: tuple[CaseView, TimelineFacts] | str) -> None:
        if isinstance(read, str):
            self._close_to_me(read)
            return
        view, facts = read
        self.view = view
        self.busy.stop()
        self.header.show_case(self.desk, view)
        self.glass.show_glass(view.break_glass_access)
        for each in self.buttons:
            if each.accessibleName() == "RAG":
                each.setVisible(shows_rag(view))
        self.header.show()
        first, last = whole_period(facts, view.as_of)
        self.timeline.show_facts(facts, from_on=first, to_on=last, today=view.as_of)
        self.triggers.show_case(self.desk, view, live=self.live and view.break_glass_access is None)
        self._say_day(view.as_of)
        for number, section in enumerate(SECTIONS):
            lines = self._lines[number] = section.lines(self.desk, view)
            self.chosen.item(number).setText(f"{section.title} ({len(lines)})" if lines else section.title)
            self.chosen.item(number).setToolTip("" if lines else section.empty)
            if number in self.tables:
                self._fill(number)
        self._show_section(self.chosen.currentRow())
        self.pages.setCurrentIndex(SHOWN)
        self.named.emit(labels.full_name(view.person))

    def _close_to_me(self, sentence: str) -> None:
        """Show nothing of a case that is not there for this user, or no longer."""
        self.view = None
        self.busy.stop()
        for part in (self.header, self.glass, self.as_of_bar, self.message):
            part.hide()
        self.failed.tell(sentence, glass=may(self.desk.role, Right.BREAK_GLASS))
        self.pages.setCurrentIndex(FAILED)
        self.lost.emit()

    def _refused(self, sentence: str) -> None:
        self.busy.stop()
        if self.view is None:
            self.failed.tell(sentence)
            self.pages.setCurrentIndex(FAILED)
        else:
            self.message.problem(sentence)

    def _broken(self, reference: str) -> None:
        self._refused(f"The case could not be read. Nothing was changed. The reference is {reference}.")

    # As of a day --------------------------------------------------------------------------------

    @Slot()
    def _change_day(self) -> None:
        today = self.desk.today()
        wanted = self.as_of.value()
        if wanted is None or wanted > today:
            self.as_of.set_value(self._as_of or today)
            self.message.problem("That is no day up to today. The case is shown as before; type another day.")
            return
        self.show_as_of(None if wanted == today else wanted)

    def show_as_of(self, on: date | None) -> None:
        """Show the case as it stood on a day; None for today."""
        if on == self._as_of:
            return
        self._as_of = on
        self.as_of.set_value(on or self.desk.today())
        self.refresh()

    def _say_day(self, on: date) -> None:
        if self.live:
            self.as_of_bar.clear()
            return
        words = (
            f"The case as it stood on {format_day(on)}, from what is on record today. Nothing later is shown, and "
            "nothing can be recorded here."
        )
        self.as_of_bar.caution(words, "&Back to today", lambda: self.show_as_of(None))

    # Sections -----------------------------------------------------------------------------------

    @Slot(int)
    def _show_section(self, number: int) -> None:
        if self.view is None or number < 0:
            return
        if number not in self.tables:
            table = SectionTable(SECTIONS[number], self.tasks)
            table.opened.connect(self._open_record)
            self.tables[number] = table
            old = self.sections.widget(number)
            if old is not None:
                self.sections.removeWidget(old)
                old.deleteLater()
            self.sections.insertWidget(number, table)
            self._fill(number)
        self.sections.setCurrentIndex(number)
        self.sections.setFixedHeight(self.tables[number].sizeHint().height())

    def _fill(self, number: int) -> None:
        self.tables[number].show_lines(self._lines[number])

    def show_triggers(self) -> None:
        """Go to the section of triggers."""
        titles = [section.title for section in SECTIONS]
        self.chosen.setCurrentRow(titles.index("Triggers"))
        self.pane.ensureWidgetVisible(self.sections)
        self.chosen.setFocus()

    @Slot(object)
    def _open_record(self, record: Record) -> None:
        self.acts.show_record(record)

    # What the acts answer -----------------------------------------------------------------------

    def done(self, outcome: Outcome) -> None:
        """Say what was done, read the case again, and tell the other screens."""
        self.message.notice(outcome.notice)
        self.refresh()
        self.acted.emit(outcome)
        if outcome.raised:
            self.acts.tell_raised(outcome.raised)

    def open_dialog(self, dialog: QDialog) -> None:
        """Open a dialog over this screen and take what it sends."""
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
