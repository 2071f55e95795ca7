"""The declaration of a section of a case: which records it lists, in which columns and in which order."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from string import ascii_uppercase, digits
from typing import Any, Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ioms_desktop.domain.access.roles import Right, Role, may
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import (
    Column,
    ColumnKind,
    Record,
    columns_naming,
    columns_of,
    is_current,
    plural_label,
)
from ioms_desktop.domain.records.record import date_column as record_day_column
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.labels import format_value
from ioms_desktop.services.reading.news import NO_NEWS, News
from ioms_desktop.services.session import Session
from ioms_desktop.ui import labels
from ioms_desktop.ui.forms.date_parsing import format_date
from ioms_desktop.ui.lists.column_widths import DATE_WIDTH_PX
from ioms_desktop.ui.lists.register import ColumnStyle, ListColumn
from ioms_desktop.ui.theme.tokens import Tone
from ioms_desktop.ui.widgets.chips import Chip, Shape

Item = TypeVar("Item")
RecordType = TypeVar("RecordType", bound=Record)

GO_KEY = "Ctrl+G"
"""Pressed before the key of a section, it shows the section."""
COLUMN_WIDTHS_PX = {
    ColumnKind.DATE: DATE_WIDTH_PX,
    ColumnKind.DAY_TIME: 140,
    ColumnKind.YES_NO: 72,
    ColumnKind.WHOLE: 72,
    ColumnKind.NUMBER: 90,
    ColumnKind.CODE: 190,
    ColumnKind.TEXT: 160,
    ColumnKind.LONG_TEXT: 300,
}
"""The width of a column by the kind of its field, where its declaration gives none."""


CURRENT_CHIP = Chip("current", Tone.GREEN, Shape.CIRCLE)
FORMER_CHIP = Chip("former", Tone.NEUTRAL, Shape.RING)


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case as it is shown, the session that reads it, and what of it is new to the user."""

    session: Session
    view: CaseView
    news: News = NO_NEWS


@dataclass(frozen=True, slots=True)
class SectionRow(Generic[Item]):
    """One row of a section: a record, and the case around it.

    Attributes:
        id: The record's id; below zero for an item that is not stored as a record.
        news: Whether it is new or changed since the user last looked; empty for neither.
    """

    id: int
    record: Item
    case: ShownCase
    news: str = ""

    @property
    def case_ref(self) -> str:
        """The case it is about."""
        return self.case.view.case.case_ref

    @property
    def person_ref(self) -> str:
        """The person it is about."""
        return self.case.view.case.person_ref

    def label(self, code_list: str, code: str | None, on: date | None = None) -> str:
        """Return the label of a code, and what had taken its place by a day."""
        return self.case.session.lists.of(code_list).label(code, on)


class SectionChart(QWidget):
    """The chart of a section, which says no more than its rows.

    Signals:
        case_requested: Somebody in it has a case of their own that is to be opened; with its reference.
        height_changed: It needs another height.
    """

    case_requested = Signal(str)
    height_changed = Signal()

    def show_case(self, case: ShownCase) -> bool:
        """Draw what there is of a case; False where there is nothing to draw."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class CaseSection(Generic[Item]):
    """One section of a case.

    Attributes:
        title: Its name.
        records: Gives what it lists.
        columns: Its columns; the last one takes the remaining width.
        order: The key by which it is sorted, newest first; None keeps the order of `records`.
        record_type: The record type it lists; None for a section of other items.
        empty_message: What it says when it has no rows.
        openable: Whether a record of it may be shown in full.
        record_of: Gives the record that an item of it says something of, where the item is none itself.
        holds_intelligence: Whether rows of it may be intelligence: who may see none is not told that there are none.
        read: The right needed to see any of its rows.
        key: The key that shows it, after Ctrl+G; empty for the first that is free of the letters of its title.
        adds: The record type that its Add adds, where that is not the one it lists.
        also: Records that it shows without listing them, which may be new to the user like its rows.
        stays_listed: Whether it keeps its place among the others where it has no rows: it is part of the work on every
            case, and something is owed there from the first day.
        chart: Makes what draws its rows below them, from the name of the chart; None for no chart.
        chart_title: The name of the chart.
    """

    title: str
    records: Callable[[ShownCase], Iterable[Item]]
    columns: tuple[ListColumn[SectionRow[Item]], ...]
    order: Callable[[Item], Any] | None = None
    record_type: type[Record] | None = None
    empty_message: str = labels.NONE_RECORDED
    openable: Callable[[SectionRow[Item]], bool] | None = None
    record_of: Callable[[Item], Record] | None = None
    holds_intelligence: bool = False
    read: Right = Right.READ_CASES
    key: str = ""
    adds: type[Record] | None = None
    also: Callable[[ShownCase], Iterable[Record]] = lambda _: ()
    stays_listed: bool = False
    chart: Callable[[str], SectionChart] | None = None
    chart_title: str = ""

    @property
    def added_type(self) -> type[Record] | None:
        """The record type that its Add adds; None where it has none."""
        return self.adds or self.record_type

    def describe_empty(self, role: Role) -> str:
        """Say that it has no rows, to a user in a role: that there are none only where they may see all of them.

        Whether a record that names a second person is shown depends on who that is, so that nobody is told.
        """
        withheld = self.holds_intelligence and not may(role, Right.READ_INTELLIGENCE)
        partly_shown = withheld or not may(role, self.read) or _names_people(self.added_type)
        return labels.NONE_SHOWN if partly_shown else self.empty_message

    def rows(self, case: ShownCase) -> tuple[SectionRow[Item], ...]:
        """Return its rows for a case, in its own order."""
        items = list(self.records(case))
        if self.order is not None:
            items.sort(key=self.order, reverse=True)
        return tuple(
            SectionRow(item.id, item, case, case.news.of(item))
            if isinstance(item, Record)
            else SectionRow(-place, item, case)
            for place, item in enumerate(items, 1)
        )

    def count_news(self, case: ShownCase, rows: Sequence[SectionRow[Item]]) -> int:
        """Count what of it is new to the user: rows, what it shows beside them, and what was taken out."""
        listed = sum(1 for row in rows if row.news)
        gone = 0 if self.record_type is None else case.news.count_gone(self.record_type)
        return listed + gone + case.news.count(self.also(case))

    def record_to_open(self, row: SectionRow[Item]) -> Record | None:
        """Return the record that opens from a row; None where there is nothing more to show, or none may be shown."""
        may_open = self.openable is None or self.openable(row)
        found = row.record if self.record_of is None else self.record_of(row.record)
        return found if may_open and isinstance(found, Record) else None


def _names_people(record_type: type[Record] | None) -> bool:
    return record_type is not None and bool(columns_naming(record_type, Person.table))


def go_keys(sections: Sequence[CaseSection[Any]]) -> tuple[str, ...]:
    """Return the keys that show sections, in their order: those declared, then for each one that is still free.

    That is a letter of its title, the same with Shift, or any other letter or figure.
    """
    taken = {section.key for section in sections if section.key}
    keys: list[str] = []
    for section in sections:
        letters = [letter for letter in section.title.upper() if letter in ascii_uppercase]
        shifted = (f"Shift+{letter}" for letter in letters)
        free = (each for each in (*letters, *shifted, *ascii_uppercase, *digits) if each not in taken)
        key = section.key or next(free)
        taken.add(key)
        keys.append(f"{GO_KEY}, {key}")
    return tuple(keys)


def text_column(
    title: str,
    text: Callable[[SectionRow[Item]], str],
    width: int,
    *,
    chip: Callable[[SectionRow[Item]], Chip | None] | None = None,
    sort_value: Callable[[SectionRow[Item]], Any] | None = None,
) -> ListColumn[SectionRow[Item]]:
    """Declare a column of text.

    Args:
        title: Its heading.
        text: The text of a cell, also shown as its tooltip.
        width: Pixels at 100 %.
        chip: A chip shown in place of the text.
        sort_value: What the column is sorted by; the text when None.
    """
    return ListColumn(title, text, sort_key=title, width=width, tooltip=text, chip=chip, sort_value=sort_value)


def date_column(
    title: str, day: Callable[[SectionRow[Item]], date | None], *, missing: str = "", width: int = DATE_WIDTH_PX
) -> ListColumn[SectionRow[Item]]:
    """Declare a column of dates.

    Args:
        title: Its heading.
        day: The date of a row.
        missing: The text where there is no date.
        width: Pixels at 100 %.
    """

    def text(row: SectionRow[Item]) -> str:
        return format_date(day(row)) or missing

    def sort_value(row: SectionRow[Item]) -> date:
        return day(row) or date.max

    return ListColumn(
        title, text, sort_key=title, width=width, style=ColumnStyle.DATE, tooltip=text, sort_value=sort_value
    )


def field_column(
    record_type: type[RecordType], name: str, title: str = "", width: int = 0
) -> ListColumn[SectionRow[RecordType]]:
    """Declare a column that shows a field of a record as the record's declaration says.

    Args:
        record_type: The record type.
        name: The field.
        title: Its heading; the label of the field when empty.
        width: Pixels at 100 %; that of the field's kind when 0.

    Raises:
        KeyError: The record type has no such field.
    """
    column = {each.name: each for each in columns_of(record_type)}[name]
    title, width = title or column.label, width or COLUMN_WIDTHS_PX[column.kind]
    if column.kind is ColumnKind.DATE:
        return date_column(title, lambda row: column.value_of(row.record), width=width)

    def text(row: SectionRow[RecordType]) -> str:
        return format_value(row.case.session, column, column.value_of(row.record))

    def number(row: SectionRow[RecordType]) -> int:
        value = column.value_of(row.record)
        return -1 if value is None else int(value)

    return text_column(title, text, width, sort_value=number if column.kind is ColumnKind.WHOLE else None)


def plain_columns(record_type: type[RecordType]) -> tuple[ListColumn[SectionRow[RecordType]], ...]:
    """Derive the columns of a section from the declaration of a record type: every field but references."""
    return tuple(field_column(record_type, column.name) for column in columns_of(record_type) if _is_shown(column))


def plain_section(record_type: type[RecordType]) -> CaseSection[RecordType]:
    """Derive a section from the declaration of a plain record type."""
    columns = {column.name: column for column in columns_of(record_type)}
    dated = columns.get(record_day_column(record_type, required=False) or "")
    order = None if dated is None else lambda record: _sort_day(dated.value_of(record))
    is_dated_set = {"from_on", "to_on"} <= columns.keys()
    return CaseSection(
        plural_label(record_type),
        records=_current_first(record_type) if is_dated_set else lambda case: case.view.of(record_type),
        order=None if is_dated_set else order,
        record_type=record_type,
        columns=(*([_state_column()] if is_dated_set else []), *plain_columns(record_type)),
        holds_intelligence=record_type.rights.intelligence is not None,
        read=record_type.rights.read,
    )


def _state_column() -> ListColumn[SectionRow[Any]]:
    """Declare the column that says of an entry of a dated set whether it is current."""

    def chip(row: SectionRow[Any]) -> Chip:
        return CURRENT_CHIP if is_current(row.record, row.case.view.as_of) else FORMER_CHIP

    return text_column("Now", lambda row: chip(row).text, 96, chip=chip)


def _current_first(record_type: type[RecordType]) -> Callable[[ShownCase], list[RecordType]]:
    """List a dated set as of the day that is shown: what is current first, and of each the newest first."""

    def newness(record: Any, on: date) -> tuple[bool, str, str]:  # noqa: ANN401 - of a dated set
        current = is_current(record, on)
        return current, "" if current else _written(record.to_on), _written(record.from_on)

    def listed(case: ShownCase) -> list[RecordType]:
        return sorted(case.view.of(record_type), key=partial(newness, on=case.view.as_of), reverse=True)

    return listed


def _written(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _sort_day(day: date | DayTime | None) -> str:
    """Order days with and without a time; a record without a day comes first."""
    if day is None:
        return "9"
    return day.iso_text if isinstance(day, DayTime) else day.isoformat()


def _is_shown(column: Column) -> bool:
    return column.shown and column.kind is not ColumnKind.REF
