"""A field that finds people or cases by name while the user types."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QModelIndex, QRect, QStringListModel, Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QCompleter,
    QLineEdit,
    QListView,
    QStyle,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import Unpack, override

from ioms_desktop.ui.forms.field import Field, FieldOptions
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.icons import set_icon
from ioms_desktop.ui.widgets.flow_layout import FlowLayout
from ioms_desktop.ui.widgets.layouts import clear_layout

COLUMNS_OF_EARLIER_DRAFTS = 3
"""Without the reference, which stood at the end of the detail alone."""


@dataclass(frozen=True, slots=True)
class PickerMatch:
    """One result that a picker offers.

    Attributes:
        id: The row id, by which the picker tells results apart.
        title: The person's name.
        detail: What distinguishes people of the same name.
        ref: The reference of the case or person.
    """

    id: int
    title: str
    detail: str = ""
    ref: str = ""

    @property
    def label(self) -> str:
        """Title and detail in one line."""
        return f"{self.title} · {self.detail}" if self.detail else self.title


class PickerField(Field[tuple[int, ...]]):
    """People or cases found by typing; one, or several shown as removable tags."""

    def __init__(
        self,
        name: str,
        title: str,
        *,
        find: Callable[[str], Sequence[PickerMatch]],
        tasks: Tasks,
        many: bool = False,
        placeholder: str = "Name, date of birth or reference",
        **options: Unpack[FieldOptions[tuple[int, ...]]],
    ) -> None:
        """Create a picker with nothing chosen.

        Args:
            find: Finds records by the typed text; runs off the interface thread, several at a time, and an earlier one
                may end last: what it finds must all be in what it returns.
            many: Whether several records can be chosen.
        """
        super().__init__(name, title, **options)
        self._find, self._tasks, self._many = find, tasks, many
        self._matches: tuple[PickerMatch, ...] = ()
        self._matches_text = ""  # what they were found for
        self._chosen: dict[int, PickerMatch] = {}
        self._match_labels = QStringListModel(self)
        self.edit = QLineEdit()
        self.edit.setPlaceholderText(placeholder)
        self._completer = completer = QCompleter(self._match_labels, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._popup: QListView | None = None
        # The completer takes the keys and clicks in its list for itself; what it says was picked covers both.
        completer.activated[QModelIndex].connect(self._pick)  # type: ignore[index]  # the stub knows no overloads
        self.edit.setCompleter(completer)
        self.edit.returnPressed.connect(self._pick_only_match)
        self.edit.textEdited.connect(self._search)
        self._tags = FlowLayout(4)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(self.edit)
        column.addLayout(self._tags)
        self._layout.addLayout(column, 1)
        self.take_control(self.edit)
        self.edit.setAccessibleName(self.plain_title)
        self.mark_problem("")

    def choose(self, match: PickerMatch) -> None:
        """Choose a record as if it had been picked from the list."""
        if not self._many:
            self._chosen.clear()
        self._chosen[match.id] = match
        self.edit.setText("" if self._many else match.label)
        self._show_tags()
        self.changed.emit()

    def clear(self) -> None:
        """Take off what was chosen and typed, and what is offered with it."""
        if self._popup is not None:
            self._popup.hide()
        self.set_value(None)

    def _list_of_found(self) -> QListView:
        """Return the list of what is offered; it is made when somebody types."""
        if self._popup is None:
            self._popup = QListView()
            self._popup.setAccessibleName(f"Found for {self.plain_title}")
            self._completer.setPopup(self._popup)
        return self._popup

    @Slot(str)
    def _search(self, text: str) -> None:
        self._list_of_found()  # before the line asks for one of its own
        if not self._many and self._chosen:
            self._chosen.clear()
        self.changed.emit()
        if text.strip():
            self._tasks.latest(self, "find", lambda: tuple(self._find(text)), partial(self._show_matches, text))

    def _show_matches(self, text: str, offered: tuple[PickerMatch, ...]) -> None:
        self._matches, self._matches_text = offered, text
        self._match_labels.setStringList([found.label for found in offered])
        if offered and self.edit.hasFocus():
            self._offer()

    def _offer(self) -> None:
        """Show the list as wide as its longest line: of two people of one name a date of birth tells which."""
        popup = self._list_of_found()
        bar = popup.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        needed = popup.sizeHintForColumn(0) + bar + 2 * popup.frameWidth()
        self._completer.complete(QRect(0, 0, max(self.edit.width(), needed), self.edit.height()))

    @Slot(QModelIndex)
    def _pick(self, index: QModelIndex) -> None:
        found = self._matches[index.row()] if index.isValid() and index.row() < len(self._matches) else None
        if found is not None and found.label == index.data():
            # The line writes the text of the entry into itself after this, and would not be empty for the next one.
            QTimer.singleShot(0, self, partial(self.choose, found))

    @Slot()
    def _pick_only_match(self) -> None:
        """Choose what Enter means where one match is offered; among several an entry has to be picked."""
        if self.edit.text().strip() and len(self._matches) == 1 and self._matches_text == self.edit.text():
            self.choose(self._matches[0])

    def _show_tags(self) -> None:
        clear_layout(self._tags)
        before: QWidget = self.edit
        if not self._many:
            return
        for found in self._chosen.values():
            tag = QToolButton()
            tag.setText(found.title)
            set_icon(tag, "x", "quiet")
            tag.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            tag.setToolTip(f"Take {found.label} off")
            tag.setAccessibleName(f"Take {found.label} off")
            tag.clicked.connect(lambda _checked, record=found.id: self._remove(record))
            self._tags.addWidget(tag)
            QWidget.setTabOrder(before, tag)
            before = tag

    def _remove(self, record: int) -> None:
        self._chosen.pop(record, None)
        self.edit.setFocus()
        self._show_tags()
        self.changed.emit()

    @override
    def parse_problem(self) -> str:
        text = self.edit.text().strip()
        if text and (self._many or not self._chosen):
            return f"“{text}” has not been picked from the list. Pick an entry, or clear it."
        return ""

    @override
    def value(self) -> tuple[int, ...] | None:
        return tuple(self._chosen) or None

    @override
    def set_value(self, value: tuple[int, ...] | None) -> None:
        self._chosen = {record: self._chosen.get(record, PickerMatch(record, str(record))) for record in value or ()}
        self.edit.setText("" if self._many or not self._chosen else next(iter(self._chosen.values())).label)
        self._show_tags()
        self.changed.emit()

    @property
    def chosen(self) -> tuple[PickerMatch, ...]:
        """What was chosen, in the order in which it was."""
        return tuple(self._chosen.values())

    @override
    def raw_text(self) -> str:
        return "\n".join("\t".join((str(each.id), each.title, each.detail, each.ref)) for each in self.chosen)

    @override
    def named_cases(self) -> tuple[str, ...]:
        return tuple(each.ref for each in self.chosen)

    @override
    def set_raw_text(self, text: str) -> None:
        for line in text.splitlines():
            columns = line.split("\t")
            if len(columns) == COLUMNS_OF_EARLIER_DRAFTS:
                columns.append(columns[-1].rpartition(" · ")[2])
            if len(columns) > COLUMNS_OF_EARLIER_DRAFTS and columns[0].isdecimal():
                self._chosen[int(columns[0])] = PickerMatch(int(columns[0]), *columns[1:4])
        self.set_value(tuple(self._chosen) or None)
