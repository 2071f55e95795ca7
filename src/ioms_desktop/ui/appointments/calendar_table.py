"""The grid of a calendar: a column a day, a row each half hour, appointments that overlap side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
)
from typing_extensions import override

from ioms_desktop.domain.appointments.lanes import Lane, lanes_of
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.appointments import Span
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.appointments.diary import DayMark, Diary, DiaryEntry
from ioms_desktop.ui.theme.active import active_theme
from ioms_desktop.ui.widgets.page_area import IN_SIGHT, AnyIndex, least_height, show_row

SLOT_MINUTES, HOUR, DAY_MINUTES = 30, 60, 24 * 60
FIRST_MINUTE, LAST_MINUTE = 7 * HOUR, 20 * HOUR
"""The hours that are shown in any case; earlier and later ones where something is in them."""
CHOSEN_MINUTE = 8 * HOUR
"""What is chosen at first."""
ROW_HEIGHT_PX, ALL_DAY_HEIGHT_PX = 24, 44
GAP_PX, BAR_PX, PADDING_PX = 2, 3, 5
ALL_DAY_ROW = 0
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Block:
    """An appointment with a time, and the lane in which it stands."""

    entry: DiaryEntry
    span: Span
    lane: Lane


class CalendarTable(QTableWidget):
    """Shows some days. The arrows go from time to time, and beyond the first and the last day.

    Signals:
        entries_opened: Enter was pressed, or a double click, where there are appointments; with them.
        case_opened: The same on a day on which something else is; with its case.
        new_requested: An appointment is to be made; with the DayTime that is chosen.
        days_turned: Other days are to be shown; with how many days later.
        key_typed: A letter was typed; with it.
    """

    entries_opened = Signal(object)
    case_opened = Signal(str)
    new_requested = Signal(object)
    days_turned = Signal(int)
    key_typed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.days: tuple[date, ...] = ()
        self.today = date.min
        self.first_minute = FIRST_MINUTE
        self._wanted: DayTime | None = None  # what is chosen as soon as its day is shown
        self._blocks: dict[int, list[Block]] = {}
        self._all_day: dict[int, list[DiaryEntry | DayMark]] = {}
        self.setAccessibleName("Calendar")
        self.setItemDelegate(_SlotDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.horizontalHeader().setMinimumSectionSize(56)
        self.horizontalHeader().setHighlightSections(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setHighlightSections(False)
        self.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self.cellDoubleClicked.connect(self._open_cell)

    @override
    def minimumSizeHint(self) -> QSize:
        all_day = ALL_DAY_HEIGHT_PX - ROW_HEIGHT_PX
        return QSize(super().minimumSizeHint().width(), least_height(self) + all_day)

    @override
    def scrollTo(self, index: AnyIndex, hint: QAbstractItemView.ScrollHint = IN_SIGHT) -> None:
        super().scrollTo(index, hint)
        show_row(self, index)

    def show_diary(self, days: Sequence[date], today: date, diary: Diary) -> None:
        """Show what is on some days; the time that was chosen stays chosen."""
        wanted, self._wanted = self._wanted, None
        chosen = wanted if wanted is not None and wanted.on in days else self.chosen
        self.days, self.today = tuple(days), today
        timed = [(each, span) for each in diary.entries if (span := each.appointment.span) is not None]
        self.first_minute = min([FIRST_MINUTE, *(span.since // HOUR * HOUR for _, span in timed)])
        until = max([LAST_MINUTE, *(min(-(-span.until // HOUR) * HOUR, DAY_MINUTES) for _, span in timed)])
        self._sort_into_days(diary, timed)
        self._lay_out_rows((until - self.first_minute) // SLOT_MINUTES)
        self._choose(chosen)

    def _sort_into_days(self, diary: Diary, timed: Sequence[tuple[DiaryEntry, Span]]) -> None:
        self._blocks, self._all_day = {}, {}
        for column, day in enumerate(self.days):
            of_day = [(each, span) for each, span in timed if each.appointment.starts_at.on == day]
            lanes = lanes_of([span for _, span in of_day])
            self._blocks[column] = [Block(*each, lane) for each, lane in zip(of_day, lanes, strict=True)]
            untimed = (each for each in diary.entries if each.appointment.span is None)
            self._all_day[column] = [
                *(mark for mark in diary.marks if mark.on == day),
                *(each for each in untimed if each.appointment.starts_at.on == day),
            ]

    def _lay_out_rows(self, slots: int) -> None:
        self.setColumnCount(len(self.days))
        self.setRowCount(slots + 1)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)  # again: there may be fewer now
        self.setHorizontalHeaderLabels([f"{WEEKDAYS[day.weekday()]} {day.day}" for day in self.days])
        starts = [self.first_minute + SLOT_MINUTES * slot for slot in range(slots)]
        self.setVerticalHeaderLabels(["All day", *("" if at % HOUR else f"{at // HOUR:02}:00" for at in starts)])
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT_PX)
        self.setRowHeight(ALL_DAY_ROW, ALL_DAY_HEIGHT_PX)
        for row in range(slots + 1):
            for column in range(len(self.days)):
                item = QTableWidgetItem()
                words = self._words_of(row, column)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
                found = self._all_day[column] if row == ALL_DAY_ROW else self.entries_at(row, column)
                item.setToolTip(words if found else "")
                self.setItem(row, column, item)

    def _choose(self, chosen: DayTime | None) -> None:
        on = chosen.on if chosen is not None and chosen.on in self.days else None
        column = self.days.index(on or (self.today if self.today in self.days else self.days[0]))
        at = chosen.local_time if chosen is not None else None
        minute = CHOSEN_MINUTE if at is None else at.hour * HOUR + at.minute
        row = ALL_DAY_ROW if chosen is not None and at is None else self._row_of(minute)
        self.setCurrentCell(min(max(row, 0), self.rowCount() - 1), column)

    def _row_of(self, minute: int) -> int:
        return (minute - self.first_minute) // SLOT_MINUTES + 1

    def minute_of(self, row: int) -> int:
        """Return the minute of the day at which a row begins."""
        return self.first_minute + (row - 1) * SLOT_MINUTES

    @property
    def chosen(self) -> DayTime | None:
        """The time that is chosen; without a time of day in the row of all day, None before anything is shown."""
        row, column = self.currentRow(), self.currentColumn()
        if not 0 <= column < len(self.days) or row < 0:
            return None
        if row == ALL_DAY_ROW:
            return DayTime(self.days[column])
        hour, minute = divmod(self.minute_of(row), HOUR)
        return DayTime(self.days[column], time(hour, minute))

    def blocks_at(self, row: int, column: int) -> list[Block]:
        """Return the appointments that take some of a half hour."""
        slot = Span(self.minute_of(row), self.minute_of(row) + SLOT_MINUTES)
        return [block for block in self._blocks.get(column, ()) if row != ALL_DAY_ROW and block.span.overlaps(slot)]

    def all_day(self, column: int) -> list[DiaryEntry | DayMark]:
        """Return what is on a day and has no time."""
        return self._all_day.get(column, [])

    def entries_at(self, row: int, column: int) -> list[DiaryEntry]:
        """Return the appointments of a cell."""
        if row == ALL_DAY_ROW:
            return [each for each in self.all_day(column) if isinstance(each, DiaryEntry)]
        return [block.entry for block in self.blocks_at(row, column)]

    def _words_of(self, row: int, column: int) -> str:
        when = format_day(self.days[column])
        if row == ALL_DAY_ROW:
            said = [each.words for each in self.all_day(column)]
            return f"{when}, all day: {'; '.join(said) or 'nothing'}"
        hour, minute = divmod(self.minute_of(row), HOUR)
        said = [each.words for each in self.entries_at(row, column)]
        return f"{when}, {hour:02}:{minute:02}: {'; '.join(said) or 'free'}"

    def rect_of(self, block: Block, column: int) -> QRect:
        """Return where an appointment is drawn, in the viewport."""
        left, width = self.columnViewportPosition(column) + GAP_PX, self.columnWidth(column) - 2 * GAP_PX
        lane_width = width // block.lane.columns
        top = self.rowViewportPosition(1) + (block.span.since - self.first_minute) * ROW_HEIGHT_PX // SLOT_MINUTES
        height = max(block.span.until - block.span.since, SLOT_MINUTES // 2) * ROW_HEIGHT_PX // SLOT_MINUTES
        return QRect(left + block.lane.number * lane_width, top + 1, lane_width - 1, height - 2)

    def menu_point(self) -> QPoint:
        """Return the position of a menu of the cell that is chosen."""
        return self.viewport().mapToGlobal(self.visualItemRect(self.currentItem()).bottomLeft())

    def _open_cell(self, row: int, column: int) -> None:
        entries = self.entries_at(row, column)
        marks = [each for each in self.all_day(column) if isinstance(each, DayMark)] if row == ALL_DAY_ROW else []
        if entries:
            self.entries_opened.emit(entries)
        elif marks:
            self.case_opened.emit(marks[0].case_ref)
        elif self.chosen is not None:
            self.new_requested.emit(self.chosen)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, column = event.key(), self.currentColumn()
        plain = event.modifiers() in {Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier}
        turned = {Qt.Key.Key_PageUp: -len(self.days), Qt.Key.Key_PageDown: len(self.days)}
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and plain:
            self._open_cell(self.currentRow(), column)
        elif key in turned and plain:
            self.days_turned.emit(turned[Qt.Key(key)])
        elif key == Qt.Key.Key_Left and column == 0:
            self._turn(-1)
        elif key == Qt.Key.Key_Right and column == len(self.days) - 1:
            self._turn(1)
        elif plain and event.text().isalpha():
            self.key_typed.emit(event.text().upper())
        else:
            super().keyPressEvent(event)

    def _turn(self, by: int) -> None:
        """Go on in the days before or after, at their other end, which is the next day in that direction."""
        chosen = self.chosen
        if chosen is not None:
            self._wanted = DayTime(chosen.on + timedelta(days=by), chosen.local_time)
        self.days_turned.emit(by * len(self.days))


class _SlotDelegate(QStyledItemDelegate):
    """Paints one cell, and what of each appointment lies in it."""

    def __init__(self, table: CalendarTable) -> None:
        super().__init__(table)
        self._table = table

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        now, table = active_theme(), self._table
        room, row, column = option.rect, index.row(), index.column()
        painter.save()
        painter.setClipRect(room)
        if table.days[column] == table.today:
            painter.fillRect(room, now.colour("hover"))
        painter.setPen(QPen(now.colour("line"), 1))
        painter.drawLine(room.topRight(), room.bottomRight())
        if row <= 1 or not table.minute_of(row) % HOUR:
            painter.drawLine(room.topLeft(), room.topRight())
        if row == ALL_DAY_ROW:
            self._paint_all_day(painter, room, column)
        for block in table.blocks_at(row, column):
            self._paint_block(painter, block, table.rect_of(block, column))
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(now.colour("accent"), now.sizes.focus if table.hasFocus() else 1))
            painter.drawRect(room.adjusted(1, 1, -2, -2))
        painter.restore()

    def _paint_all_day(self, painter: QPainter, room: QRect, column: int) -> None:
        now, lines = active_theme(), self._table.all_day(column)
        painter.setFont(now.font(size=now.sizes.small))
        painter.setPen(now.colour("text"))
        said = [each.words if isinstance(each, DayMark) else f"{each.name}, {each.how}" for each in lines]
        if len(said) > 2:  # noqa: PLR2004 - the row has room for two lines
            said[1:] = [f"and {len(said) - 1} more"]
        height = painter.fontMetrics().lineSpacing()
        for number, words in enumerate(said):
            line = QRect(room.left() + PADDING_PX, room.top() + 4 + number * height, room.width() - 8, height)
            elided = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, line.width())
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine, elided)

    def _paint_block(self, painter: QPainter, block: Block, room: QRect) -> None:
        now, at = active_theme(), block.entry.appointment
        painter.fillRect(room, now.colour("accent_soft"))
        painter.fillRect(QRect(room.left(), room.top(), BAR_PX, room.height()), now.colour("accent"))
        painter.setPen(now.colour("text"))
        inside = room.adjusted(BAR_PX + PADDING_PX, 1, -2, 0)
        lines = (
            (f"{at.starts_at.clock_text} {block.entry.name}", True),
            (block.entry.how, False),
            (block.entry.state, False),
        )
        for words, bold in lines:
            painter.setFont(now.font(size=now.sizes.small, bold=bold))
            metrics = painter.fontMetrics()
            if inside.height() < metrics.ascent():
                return
            elided = metrics.elidedText(words, Qt.TextElideMode.ElideRight, inside.width())
            painter.drawText(inside, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine, elided)
            inside.setTop(inside.top() + metrics.lineSpacing())


def days_from(first: date, number: int) -> tuple[date, ...]:
    """Return some days in a row."""
    return tuple(first + timedelta(days=place) for place in range(number))


def week_of(day: date) -> tuple[date, ...]:
    """Return the week of a day, from its Monday."""
    return days_from(day - timedelta(days=day.weekday()), len(WEEKDAYS))
