"""The Case screen: one case on one page, with the buttons for everything that is done to it."""

from datetime import date, datetime
from functools import partial
from typing import ClassVar

from PySide6.QtCore import QSettings, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ioms_desktop.charts.timeline import whole_period
from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.text_format import format_day, join_words
from ioms_desktop.domain.timeline import TimelineFacts
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.reading.news import NO_NEWS, News
from ioms_desktop.services.session import TOPICS_OF_NO_CASE, Outcome, Session, Topic
from ioms_desktop.ui import labels
from ioms_desktop.ui.actions.access_actions import BREAK_GLASS
from ioms_desktop.ui.actions.casework.letter_actions import letter_offer
from ioms_desktop.ui.actions.dialog_action import DialogAction
from ioms_desktop.ui.actions.registry import case_buttons
from ioms_desktop.ui.cases.case_access_bar import (
    BreakGlassBar,
    CaseUnavailable,
    ReadCase,
    read_case,
    read_case_with_news,
)
from ioms_desktop.ui.cases.case_actions import CaseActions
from ioms_desktop.ui.cases.case_dialogs import WORDS_KEPT_MESSAGE, close_dialogs, open_dialogs
from ioms_desktop.ui.cases.case_header import UNFOLD_KEY, CaseHeader
from ioms_desktop.ui.cases.case_sections import NEWS_KEY, CaseSections
from ioms_desktop.ui.cases.section_table import SectionTable
from ioms_desktop.ui.cases.sections import SECTION_KEYS, SECTIONS
from ioms_desktop.ui.cases.trigger_panel import TriggerPanel
from ioms_desktop.ui.charts.timeline_view import TimelineView
from ioms_desktop.ui.reading.case_page import LOWEST_HEIGHT_PX, CasePage
from ioms_desktop.ui.reading.day_chooser import DayChooser
from ioms_desktop.ui.reading.reading_pane import READ_KEY
from ioms_desktop.ui.tasks import Tasks, ignore
from ioms_desktop.ui.widgets.floating import FloatingArea
from ioms_desktop.ui.widgets.layouts import reveal, reveal_top
from ioms_desktop.ui.widgets.widgets import BusyIndicator, MessageBar, button

NEWS_WORDS = "The next section with something that others changed since you last looked"
READ_WORDS = "Read the entry that is chosen in a list; Esc goes back to the list"
LOADING_PAGE, UNAVAILABLE_PAGE, CASE_PAGE = range(3)


class CaseScreen(QWidget):
    """One case.

    Signals:
        loaded: The case was read; with the name of the person, for the tab.
        outcome_received: A command was done; with its Outcome, so that other screens refresh too.
        access_lost: The user may not open the case, or no longer.
        case_requested: Another case is to be opened; with its reference.
    """

    title: ClassVar[str] = "Case"
    explanation: ClassVar[str] = (
        "One case on one page: reason for selection, where it stands, last and next contact, what is for decision.\n\n"
        "The picture shows both halves of the promise on one axis: offers, contacts and engagement above, concerns, "
        "alerts and decisions below. Ctrl with the wheel zooms; the arrow keys go from mark to mark and Enter opens "
        "one. Evidence under an alert opens in the same way.\n\n"
        "The list of sections holds all of the record; Ctrl+G and the letter beside a section show it. "
        "Those without an entry stand at its end, below a line that shows and hides them. "
        "The entry that is chosen in it is read in place (F7). A file that is dropped on the case, or pasted with "
        "Ctrl+V, becomes a document of it once you have said what it is. As of, at the right of the head, shows the "
        "whole case as it stood on a day. Nothing is decided or served automatically."
    )
    loaded = Signal(str)
    outcome_received = Signal(object)
    access_lost = Signal()
    case_requested = Signal(str)

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        case_ref: str,
        parent: QWidget | None = None,
        *,
        settings: QSettings | None = None,
    ) -> None:
        """Begin to read the case."""
        super().__init__(parent)
        self.session, self.tasks, self.case_ref = session, tasks, case_ref
        self.view: CaseView | None = None
        self._as_of: date | None = None
        self._looked: tuple[datetime | None] | None = None  # when the user last looked, once that has been read
        self.is_current = self._read_scheduled = False  # whether what is shown is what stands, as far as is known here
        self._wanted_table = ""  # whose section is shown once the case has been read
        self._read_problem = ""  # why it could not be read again, for as long as that is so
        self.message = MessageBar()
        self._not_undone, self._offers_undo = "", False
        self.as_of_bar, self._as_of_said = MessageBar(), ("", "")
        self.as_of_bar.close_button.hide()
        self.case_actions = CaseActions(self, self)
        self.day_chooser = DayChooser(self._today)
        self.as_of = self.day_chooser.field
        self._buttons_by_action = self._make_buttons()
        self.buttons = list(self._buttons_by_action.values())
        self.break_glass_bar = BreakGlassBar(self.buttons)
        self.header = CaseHeader(self.buttons, self.day_chooser)
        self.trigger_panel = TriggerPanel()
        self.timeline = TimelineView()
        self.sections = CaseSections(session, tasks, self.case_actions.row_acts, settings=settings)
        self.section_list, self.section_stack = self.sections.section_list, self.sections.section_stack
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.buttons[0] if self.buttons else self.section_list)
        self.refresh()

    def _make_buttons(self) -> dict[DialogAction, QPushButton]:
        made: dict[DialogAction, QPushButton] = {}
        for action, place in case_buttons(self.session):
            made[action] = button(
                place.label, partial(self.case_actions.launch, action), kind=place.kind, icon=place.icon
            )
            # The keys themselves are the window's, which knows which case is shown.
            words = made[action].accessibleName()
            made[action].setToolTip(f"{words} ({action.shortcut})" if action.shortcut else words)
        return made

    def _lay_out(self) -> None:
        self.busy = BusyIndicator("Reading the case…")
        waiting = QWidget()
        middle = QVBoxLayout(waiting)
        middle.addStretch(1)
        middle.addWidget(self.busy, 0, Qt.AlignmentFlag.AlignHCenter)
        middle.addStretch(2)
        self.unavailable = CaseUnavailable()
        self.scroll_area = QScrollArea()
        self.scroll_area.setWidgetResizable(True)
        self.scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        lists = (self.sections, self.sections.pane, self.sections.rows_column)
        self.page = CasePage(self.header.upper_page, self.timeline, self.trigger_panel, *lists)
        self.scroll_area.setWidget(self.page)
        self.pages = QStackedWidget()
        for page in (waiting, self.unavailable, self.scroll_area):
            self.pages.addWidget(page)
        self.pages.setMinimumHeight(1)  # in a low window the header takes what it needs
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.header, self.break_glass_bar, self.as_of_bar, FloatingArea(self.message)):
            column.addWidget(part)
        column.addWidget(self.pages, 1)
        self.header.hide()

    def _connect(self) -> None:
        self.day_chooser.chosen.connect(self.show_as_of)
        self.day_chooser.refused.connect(self.message.problem)
        self.break_glass_bar.expired.connect(self.refresh)
        QShortcut(QKeySequence.StandardKey.Undo, self).activated.connect(self._undo)
        self.unavailable.retry_requested.connect(self.refresh)
        self.unavailable.break_glass_requested.connect(partial(self.case_actions.launch, BREAK_GLASS))
        self.sections.opened.connect(self.case_actions.open_row)
        self.header.news_button.clicked.connect(self.sections.show_news)
        tip = f"What others changed since you last looked: {NEWS_KEY} goes from one to the next"
        self.header.news_button.setToolTip(tip)
        self.sections.case_requested.connect(self.open_other)
        self.sections.reached.connect(partial(reveal_top, self.scroll_area))
        self.sections.add_requested.connect(self.case_actions.launch)
        self.sections.history_requested.connect(self.case_actions.show_section_history)
        self.timeline.event_opened.connect(self.case_actions.open_item)
        self.trigger_panel.decision_requested.connect(self.case_actions.decide)
        self.trigger_panel.answer_requested.connect(self.case_actions.answer)
        self.trigger_panel.evidence_requested.connect(self.case_actions.open_item)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_page()
        self.header.fit_into(self.height())
        self._fit_as_of_bar()

    def _fit_page(self) -> None:
        self.trigger_panel.set_compact(compact=self.page.is_tight(self.width(), self.height()))
        self.sections.fit(self.width())
        self.page.fit(self.width(), self.height())

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """The keys of this screen and what they do, for its help."""
        shown = ((keys, f"Show {section.title}") for section, keys in zip(SECTIONS, SECTION_KEYS, strict=True))
        return (
            (UNFOLD_KEY, "Every fact of the header, or the essential ones"),
            (READ_KEY, READ_WORDS),
            (NEWS_KEY, NEWS_WORDS),
            *shown,
        )

    @property
    def tables(self) -> dict[int, SectionTable]:
        """The lists of the sections that were shown, by the number of the section."""
        return self.sections.tables

    @property
    def is_live(self) -> bool:
        """Whether the case is shown as of today; as of a past day nothing can be recorded."""
        return self._as_of is None

    @Slot()
    def refresh(self) -> None:
        """Read the case again, once for several calls. What is shown stays until then; earlier readings are dropped."""
        if self.view is None:
            self.pages.setCurrentIndex(LOADING_PAGE)
            self.busy.start()
        self.is_current = False
        for earlier in ("case", "check"):
            self.tasks.drop(self, earlier)
        if not self._read_scheduled:
            self._read_scheduled = True
            QTimer.singleShot(0, self, self._read)

    @Slot()
    def _read(self) -> None:
        self._read_scheduled = False
        work = partial(read_case_with_news, self.session, self.case_ref, self._as_of, self._looked)
        self.tasks.latest(self, "case", work, self._case_loaded, self._refused, self._failed)

    @Slot()
    def check(self) -> None:
        """Find out whether the case is still open to the user, and whether it has changed; show no change yet.

        For a case with a dialog over it, which a refresh would disturb. A case that was closed disappears at once.
        """
        if self.view is not None:
            work = partial(read_case, self.session, self.case_ref, self._as_of)
            self.tasks.latest(self, "check", work, self._checked, ignore, ignore)

    def _checked(self, read: tuple[CaseView, TimelineFacts] | str) -> None:
        if self.view is None:
            return
        if isinstance(read, str):
            self._show_unavailable(read)
        elif read[0].records != self.view.records:
            self.is_current = False
            self.header.show_changed()

    @property
    def has_dialogs(self) -> bool:
        """Whether a dialog is open over the case."""
        return bool(open_dialogs(self))

    def topics_changed(self, changed: frozenset[Topic]) -> None:
        """Refresh where anything that a case shows has changed."""
        if changed - TOPICS_OF_NO_CASE:
            self.refresh()

    def _case_loaded(self, read: ReadCase | str) -> None:
        if isinstance(read, str):
            self._show_unavailable(read)
            return
        view, facts, news = read
        self._looked = (news.since,)
        if self._read_problem and self.message.text_label.text() == self._read_problem:
            self.message.clear_problem()
        steps = (
            partial(self._show_head, view),
            partial(self._show_picture, view, facts),
            partial(self._show_sections, view, news if self.is_live else NO_NEWS),
            partial(self._show_whole, view),
        )
        # Nothing is seen before the last step; of a case that is shown already, it would be of two readings meanwhile.
        turns = steps if self.view is None else (lambda: [step() for step in steps],)
        self.tasks.in_steps(self, "case", turns, self._failed)

    def _show_head(self, view: CaseView) -> None:
        if self.is_live and not self.as_of.edit.hasFocus():
            self.day_chooser.show_day(view.as_of)
        self.header.show_case(self.session, view)
        self.break_glass_bar.show_access(view.break_glass_access)
        for action, its_button in self._buttons_by_action.items():
            its_button.setVisible(action.applies_to(view))

    def _show_picture(self, view: CaseView, facts: TimelineFacts) -> None:
        first, last = whole_period(facts, view.as_of)
        self.timeline.show_facts(facts, from_on=first, to_on=last, today=view.as_of)
        self.trigger_panel.show_case(self.session, view, live=self.is_live and view.break_glass_access is None)
        self._show_as_of_bar(view.as_of)

    def _show_sections(self, view: CaseView, news: News) -> None:
        self.sections.show_case(view, news)
        self.header.show_news(news.describe(self.sections.news_count, self.session.clock()))

    def _show_whole(self, view: CaseView) -> None:
        self.view = view
        self.is_current = not self._read_scheduled
        self.busy.stop()
        self.header.show()
        self._fit_page()
        self.pages.setCurrentIndex(CASE_PAGE)
        if self._wanted_table:
            self.show_section(self._wanted_table)
        self.loaded.emit(labels.formal_name(view.person))

    def _show_unavailable(self, sentence: str) -> None:
        """Replace the case by a sentence: the user may not open it, or no longer."""
        if self.view is not None and close_dialogs(self):
            sentence = f"{sentence} {WORDS_KEPT_MESSAGE}"
        self.view = None
        self.busy.stop()
        for part in (self.header, self.break_glass_bar, self.as_of_bar, self.message):
            part.hide()
        self.unavailable.show_reason(sentence, glass=may(self.session.role, Right.BREAK_GLASS))
        self.pages.setCurrentIndex(UNAVAILABLE_PAGE)
        self.access_lost.emit()

    def _refused(self, sentence: str) -> None:
        self.busy.stop()
        if self.view is None:
            self.unavailable.show_reason(sentence)
            self.pages.setCurrentIndex(UNAVAILABLE_PAGE)
        else:
            self._read_problem = sentence
            self.message.problem(sentence)

    def _failed(self, reference: str) -> None:
        self._refused(f"The case could not be read. Nothing was changed. The reference is {reference}.")

    def _today(self) -> date:
        return self.session.today()

    def show_as_of(self, on: date | None) -> None:
        """Show the case as it was at the end of a day; None for today."""
        if on == self._as_of:
            return
        self._as_of = on
        self.day_chooser.show_day(on)
        self.refresh()

    def _show_as_of_bar(self, on: date) -> None:
        if self.is_live:
            self.as_of_bar.clear()
            return
        words = (
            f"The case as it stood on {format_day(on)}, from what is on record today. Nothing later is shown, and "
            "nothing can be recorded here."
        )
        self._as_of_said = words, f"As of {format_day(on)}; nothing can be recorded."
        self.as_of_bar.caution(words, "&Back to today", lambda: self.show_as_of(None))
        self._fit_as_of_bar()

    def _fit_as_of_bar(self) -> None:
        """Say it in one line in the lowest windows; whoever hears it or points at it is told all."""
        words, in_short = self._as_of_said
        self.as_of_bar.text_label.setText(in_short if self.height() < LOWEST_HEIGHT_PX else words)
        self.as_of_bar.text_label.setToolTip(words)

    def show_section(self, table: str) -> None:
        """Go to the section that lists the records of a table, once the case has been read."""
        self._wanted_table = table if self.view is None else ""
        if self.view is not None:
            self.sections.show_table(table)
            reveal(self.section_stack)

    def show_triggers(self) -> None:
        """Go to the section of triggers."""
        self.sections.choose("Alerts")
        self.scroll_area.ensureWidgetVisible(self.section_stack)

    @Slot()
    def _undo(self) -> None:
        """Do what the notice offers, while it is shown; where it offers nothing, say why."""
        shown = self.message.isVisible() and self.message.is_transient
        if shown and self._offers_undo:
            self.message.action_button.click()
        elif shown and self._not_undone:
            self.message.notice(self._not_undone)

    def open_other(self, case_ref: str) -> None:
        """Open another case."""
        if case_ref != self.case_ref:
            self.case_requested.emit(case_ref)

    def handle_outcome(self, outcome: Outcome) -> None:
        """Show what was done, read the case again, and tell the other screens."""
        self._not_undone, self._offers_undo = outcome.not_undone, outcome.undo is not None
        undo = () if outcome.undo is None else ("&Undo", partial(self.case_actions.undo, outcome.undo))
        of_others = outcome.cases is not None and self.case_ref not in outcome.cases
        whose = f"{join_words(sorted(outcome.cases or ()))}: " if of_others and outcome.notice else ""
        self.message.notice(
            f"{whose}{outcome.notice}", *(undo or letter_offer(self.session, self.case_actions.launch, outcome))
        )
        self.refresh()
        self.outcome_received.emit(outcome)
