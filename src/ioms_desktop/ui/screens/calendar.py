"""The calendar of a worker: a day or a week, with what can be done about each appointment."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import ClassVar

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QToolButton, QWidget
from typing_extensions import override

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.appointments.diary import EVERYBODY, Diary, DiaryEntry, read_diary
from ioms_desktop.services.session import ALL_RECORD_TOPICS, Topic
from ioms_desktop.ui.actions.appointment_actions import (
    CANCEL_APPOINTMENT,
    EXPORT_CALENDAR,
    MAKE_APPOINTMENT,
    MOVE_APPOINTMENT,
    RECORD_OUTCOME,
)
from ioms_desktop.ui.actions.dialog_action import Target
from ioms_desktop.ui.actions.loaders import CHOSEN_TIME, CHOSEN_WORKER
from ioms_desktop.ui.appointments.calendar_table import CalendarTable, week_of
from ioms_desktop.ui.screen import Screen, WindowServices
from ioms_desktop.ui.widgets.drop_down import DropDown
from ioms_desktop.ui.widgets.flow_layout import FlowLayout
from ioms_desktop.ui.widgets.widgets import BusyIndicator, button, icon_button, label

EVERYBODY_LABEL = "Everybody"
EMPTY = "No appointment in these days. N makes one at the time that is chosen."
HINT = (
    "The arrows choose a time, Enter opens what is there, N makes an appointment, Page Up and Page Down turn the days."
)
NEW_LABEL, FILE_LABEL = "&Make an appointment", "&Save as a file…"
LOW_HEIGHT_PX = 380
"""A screen lower than this leaves out what only explains, and shows the icons of its buttons alone."""
NOT_READ = "The calendar could not be read. Press F5 to read it again."


class CalendarScreen(Screen):
    """A day or a week of a worker."""

    title: ClassVar[str] = "Calendar"
    explanation: ClassVar[str] = (
        "The appointments of one OM, navigator or PP, or of everybody whose cases you may see, in a week or a day; "
        "above them what has no time, and the days on which a release is expected or an order ends. What overlaps "
        "stands side by side. Cancelled appointments are not shown.\n\n"
        "Enter on an appointment opens its case, or lists them where there are several; the menu key offers its "
        "outcome, another time and its cancellation. On a free time Enter and N make an appointment then.\n\n"
        "Save as a file writes your own appointments for another calendar program, with initials in place of names; "
        "that goes on record."
    )
    topics: ClassVar[frozenset[Topic]] = ALL_RECORD_TOPICS
    keys = (
        ("N", "Make an appointment at the time that is chosen"),
        ("T", "Go to today"),
        ("W", "Show a week"),
        ("D", "Show the day that is chosen"),
        ("PgUp", "Turn to the days before"),
        ("PgDown", "Turn to the days after"),
    )

    def __init__(self, services: WindowServices) -> None:
        """Read the week of today."""
        super().__init__(services)
        session = services.session
        self.worker = session.names.of(session.user)
        self.days: tuple[date, ...] = week_of(session.today())
        self.table = CalendarTable()
        self.range_label = label("", "title")
        self.hint = label(HINT, "quiet", wrap=True)
        self.busy = BusyIndicator("Reading the calendar…")
        self.worker_list = DropDown()
        for part in (self.worker_list, self.worker_list.view()):
            part.setAccessibleName("Whose calendar")
        self.previous_button = icon_button("chevron-left", "The days before (Page Up)", partial(self.turn, -1))
        self.next_button = icon_button("chevron-right", "The days after (Page Down)", partial(self.turn, 1))
        self.today_button = button("&Today", self.go_to_today)
        self.week_button = self._mode_button("Week", self.show_week)
        self.day_button = self._mode_button("Day", self.show_day)
        self.new_button = button(NEW_LABEL, self._make_at_chosen, kind="primary", icon="plus")
        self.new_button.setToolTip("Make an appointment at the time that is chosen (N)")
        if not MAKE_APPOINTMENT.is_allowed(session):
            self.new_button.hide()
        self.file_button = button(FILE_LABEL, self._export, icon="download")
        self.file_button.setToolTip("Your own appointments for another calendar program")
        self._lay_out()
        self._connect()
        self._show_workers(())
        self.refresh()

    def _mode_button(self, words: str, shown: Callable[[], object]) -> QToolButton:
        made = QToolButton()
        made.setProperty("kind", "filter")
        made.setText(words)
        made.setCheckable(True)
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.clicked.connect(lambda _checked: shown())
        return made

    def _lay_out(self) -> None:
        head = FlowLayout(8, line_spacing=6)
        parts: tuple[QWidget, ...] = (
            self.heading,
            self.previous_button,
            self.today_button,
            self.next_button,
            self.range_label,
            self.week_button,
            self.day_button,
            self.worker_list,
            self.new_button,
            self.file_button,
            self.busy,
        )
        for part in parts:
            head.addWidget(part)
        holder = QWidget()
        holder.setLayout(head)
        self.main_layout.addWidget(holder)
        self.main_layout.addWidget(self.table, 1)
        self.main_layout.addWidget(self.hint)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        roomy = self.height() >= LOW_HEIGHT_PX
        for part in (self.heading, self.hint):
            part.setVisible(roomy)
        self.new_button.setText(f" {NEW_LABEL}" if roomy else "")
        self.file_button.setText(f" {FILE_LABEL}" if roomy else "")

    def _connect(self) -> None:
        self.table.entries_opened.connect(self._open_entries)
        self.table.case_opened.connect(self.services.open_case)
        self.table.new_requested.connect(self._make_at)
        self.table.days_turned.connect(self._turn_days)
        self.table.key_typed.connect(self._key_typed)
        self.table.customContextMenuRequested.connect(self._show_menu)
        self.worker_list.activated.connect(self._choose_worker)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    @override
    @Slot()
    def refresh(self) -> None:
        """Read the days that are shown; those read before stay until then."""
        self.busy.start()
        worker = None if self.worker == self._me else self.worker
        work = partial(read_diary, self.services.session, self.days[0], self.days[-1], worker)
        self.services.tasks.latest(self, "calendar", work, self._show_diary, self._not_read, self._not_read)

    @property
    def _me(self) -> str:
        session = self.services.session
        return session.names.of(session.user)

    def _show_diary(self, diary: Diary) -> None:
        self.busy.stop()
        self.table.show_diary(self.days, self.services.session.today(), diary)
        self.hint.setText(HINT if diary.entries or diary.marks else EMPTY)
        first, last = self.days[0], self.days[-1]
        words = format_day(first) if first == last else f"{format_day(first)} to {format_day(last)}"
        self.range_label.setText(words)
        whose = "everybody" if self.worker == EVERYBODY else self.worker
        self.table.setAccessibleName(f"Calendar of {whose}, {words}: {len(diary.entries)} appointments")
        for mode, shown in ((self.week_button, len(self.days) > 1), (self.day_button, len(self.days) == 1)):
            mode.setChecked(shown)
            mode.setProperty("active", shown)
            mode.style().unpolish(mode)
            mode.style().polish(mode)
        self._show_workers(diary.workers)

    def _not_read(self, _: str) -> None:
        self.busy.stop()
        self.hint.setText(NOT_READ)

    def _show_workers(self, workers: Sequence[str]) -> None:
        """List whose calendars there are; the one that is shown stays listed where these days have nothing of it."""
        names = [self._me, *(each for each in workers if each != self._me)]
        if self.worker not in {*names, EVERYBODY}:
            names.append(self.worker)
        self.worker_list.clear()
        for name in names:
            self.worker_list.addItem(name, name)
        self.worker_list.addItem(EVERYBODY_LABEL, EVERYBODY)
        self.worker_list.setCurrentIndex(self.worker_list.findData(self.worker))

    @Slot(int)
    def _choose_worker(self, number: int) -> None:
        self.worker = str(self.worker_list.itemData(number))
        self.refresh()

    def show_days(self, days: tuple[date, ...]) -> None:
        """Show other days."""
        self.days = days
        self.refresh()

    def turn(self, by: int) -> None:
        """Show the days before (-1) or after (1)."""
        self._turn_days(by * len(self.days))

    @Slot(int)
    def _turn_days(self, days: int) -> None:
        self.show_days(tuple(day + timedelta(days=days) for day in self.days))

    def go_to_today(self) -> None:
        """Show the days that today is in."""
        today = self.services.session.today()
        self.show_days(week_of(today) if len(self.days) > 1 else (today,))

    def show_week(self) -> None:
        """Show the week of the day that is chosen."""
        self.show_days(week_of(self._chosen_day))

    def show_day(self) -> None:
        """Show the day that is chosen alone."""
        self.show_days((self._chosen_day,))

    @property
    def _chosen_day(self) -> date:
        chosen = self.table.chosen
        return self.days[0] if chosen is None else chosen.on

    @Slot(str)
    def _key_typed(self, letter: str) -> None:
        keys: dict[str, Callable[[], object]] = {
            "N": self._make_at_chosen,
            "T": self.go_to_today,
            "W": self.show_week,
            "D": self.show_day,
        }
        keys.get(letter, self.table.setFocus)()

    def _make_at_chosen(self) -> None:
        chosen = self.table.chosen
        if chosen is not None:
            self._make_at(chosen)

    @Slot(object)
    def _make_at(self, at: DayTime) -> None:
        if MAKE_APPOINTMENT.is_allowed(self.services.session):
            worker = "" if self.worker == EVERYBODY else self.worker
            self.services.dialogs.launch(MAKE_APPOINTMENT, given={CHOSEN_TIME: at, CHOSEN_WORKER: worker})

    def _export(self) -> None:
        self.services.dialogs.launch(EXPORT_CALENDAR)

    @Slot(object)
    def _open_entries(self, entries: Sequence[DiaryEntry]) -> None:
        if len(entries) == 1:
            self.services.open_case(entries[0].appointment.case_ref)
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for each in entries:
            menu.addAction(each.words, partial(self.services.open_case, each.appointment.case_ref))
        menu.popup(self.table.menu_point())

    @Slot(QPoint)
    def _show_menu(self, _: QPoint) -> None:
        entries = self.table.entries_at(self.table.currentRow(), self.table.currentColumn())
        menu = self.entry_menu(entries)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.table.menu_point())

    def entry_menu(self, entries: Sequence[DiaryEntry]) -> QMenu:
        """Make the menu of what can be done about some appointments, and at the time that is chosen."""
        menu = QMenu(self)
        session, launch = self.services.session, self.services.dialogs.launch
        for each in entries:
            at = each.appointment
            of_one = menu if len(entries) == 1 else menu.addMenu(each.words)
            of_one.addAction("&Open case", partial(self.services.open_case, at.case_ref))
            for action in (RECORD_OUTCOME, MOVE_APPOINTMENT, CANCEL_APPOINTMENT):
                if at.is_waiting and action.is_allowed(session):
                    target = Target(case_ref=at.case_ref, about=at.appointment_ref)
                    of_one.addAction(action.title, partial(launch, action, target))
        if MAKE_APPOINTMENT.is_allowed(session):
            menu.addAction("Make an &appointment then", self._make_at_chosen)
        return menu

    @override
    def take_focus(self) -> None:
        self.table.setFocus()
