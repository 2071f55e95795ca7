"""The cases of a print: found by name or reference, in the order in which they are printed."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import Unpack, override

from ioms_desktop.domain.text_format import begin_at_left, pluralise
from ioms_desktop.ui.forms.field import Field, FieldOptions
from ioms_desktop.ui.forms.picker import PickerField
from ioms_desktop.ui.recording.case_subject import CaseFinder
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.widgets import announce, icon_button

MOST_CASES = 4
FRAME_PX = 4


class CasesField(Field[tuple[str, ...]]):
    """Cases in order, by their references; Delete takes one off, Alt with an arrow key moves it."""

    def __init__(
        self,
        name: str,
        title: str,
        *,
        find: CaseFinder,
        tasks: Tasks,
        **options: Unpack[FieldOptions[tuple[str, ...]]],
    ) -> None:
        """Create it with no case.

        Args:
            find: Finds cases by what is typed; runs off the interface thread.
            tasks: Where it runs.
        """
        super().__init__(name, title, **options)
        self._names: dict[str, str] = {}
        self._refs: list[str] = []
        self.search = PickerField(name, title, find=find, tasks=tasks, placeholder="Add by name or reference")
        self.search.changed.connect(self._take_found)
        self.list = QListWidget()
        self.list.setAccessibleName("Cases in the order of printing")
        self.list.installEventFilter(self)
        # As tall as its lines: what else there is of height belongs below the form.
        self.list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # A long name goes on in the next line: which case it is stands at its end, and must not be cut off.
        self.list.setWordWrap(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.earlier = icon_button("arrow-up", "Move up: Alt+Up", self.move_earlier)
        self.later = icon_button("arrow-down", "Move down: Alt+Down", self.move_later)
        self.take_off = icon_button("x", "Remove from the list: Delete", self.remove_current)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        for act in (self.earlier, self.later, self.take_off):
            row.addWidget(act)
        self._acts = QWidget()
        self._acts.setLayout(row)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self.search, self.list, self._acts):
            column.addWidget(part)
        self._layout.addLayout(column, 1)
        self.take_control(self.search.edit)
        self.list.currentRowChanged.connect(self._enable_acts)
        self.mark_problem("")
        self._show()

    def name_cases(self, names: Mapping[str, str]) -> None:
        """Say whose cases they are, as it becomes known."""
        self._names.update(names)
        self._show(self.list.currentRow())

    def add_case(self, case_ref: str, name: str = "") -> None:
        """Add a case at the end, as if it had been found; one that is there already is shown."""
        if name:
            self._names[case_ref] = name
        if case_ref not in self._refs:
            self._refs.append(case_ref)
        self._show(self._refs.index(case_ref))
        announce(f"{self._words(case_ref)}, {pluralise(len(self._refs), 'case')}", self.list)
        self.changed.emit()

    @Slot()
    def move_earlier(self) -> None:
        """Print the chosen case before the one before it."""
        self._move(-1)

    @Slot()
    def move_later(self) -> None:
        """Print the chosen case after the one after it."""
        self._move(1)

    @Slot()
    def remove_current(self) -> None:
        """Print the chosen case no longer."""
        at = self.list.currentRow()
        if at < 0:
            return
        del self._refs[at]
        self._show(min(at, len(self._refs) - 1))
        (self.list if self._refs else self.search.edit).setFocus()
        self.changed.emit()

    def _move(self, by: int) -> None:
        at = self.list.currentRow()
        if at < 0 or not 0 <= at + by < len(self._refs):
            return
        self._refs[at], self._refs[at + by] = self._refs[at + by], self._refs[at]
        self._show(at + by)
        self.changed.emit()

    @Slot()
    def _take_found(self) -> None:
        chosen = self.search.chosen
        if chosen:
            self.search.clear()
            self.add_case(chosen[0].ref, chosen[0].title)

    def _words(self, case_ref: str) -> str:
        name = self._names.get(case_ref, "")
        return f"{name} · {case_ref}" if name else case_ref

    def _show(self, current: int = 0) -> None:
        self.list.clear()
        for number, ref in enumerate(self._refs, 1):
            self.list.addItem(begin_at_left(f"{number}  {self._words(ref)}"))
            self.list.item(number - 1).setToolTip(self._words(ref))
        self.list.setCurrentRow(max(current, 0) if self._refs else -1)
        self.list.setVisible(bool(self._refs))
        self._fit_list()
        self._acts.setVisible(len(self._refs) > 1)
        self._enable_acts(self.list.currentRow())

    @Slot()
    def _fit_list(self) -> None:
        """Make the list as high as its first cases, each of which may take several lines."""
        self.list.doItemsLayout()
        first = (self.list.item(row) for row in range(min(len(self._refs), MOST_CASES)))
        self.list.setFixedHeight(sum(self.list.visualItemRect(item).height() for item in first) + FRAME_PX)

    @Slot(int)
    def _enable_acts(self, at: int) -> None:
        self.earlier.setEnabled(at > 0)
        self.later.setEnabled(0 <= at < len(self._refs) - 1)
        self.take_off.setEnabled(at >= 0)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.list and isinstance(event, QResizeEvent) and event.size().width() != event.oldSize().width():
            QTimer.singleShot(0, self, self._fit_list)
        if watched is self.list and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            moves = {Qt.Key.Key_Up: self.move_earlier, Qt.Key.Key_Down: self.move_later}
            key = Qt.Key(event.key())
            if key == Qt.Key.Key_Delete:
                self.remove_current()
                return True
            if key in moves and event.modifiers() & Qt.KeyboardModifier.AltModifier:
                moves[key]()
                return True
        return super().eventFilter(watched, event)

    @override
    def parse_problem(self) -> str:
        return self.search.parse_problem()

    @override
    def value(self) -> tuple[str, ...] | None:
        return tuple(self._refs) or None

    @override
    def set_value(self, value: tuple[str, ...] | None) -> None:
        self._refs = list(dict.fromkeys(value or ()))
        self._show()
        self.changed.emit()

    @override
    def raw_text(self) -> str:
        return "\n".join(self._refs)

    @override
    def named_cases(self) -> tuple[str, ...]:
        return tuple(self._refs)

    @override
    def draft_text(self) -> str:
        return "\n".join("\t".join(filter(None, (ref, self._names.get(ref, "")))) for ref in self._refs)

    @override
    def set_raw_text(self, text: str) -> None:
        kept = [line.split("\t", 1) for line in text.splitlines()]
        self._names.update({ref: name for ref, *names in kept for name in names})
        self.set_value(tuple(ref for ref, *_ in kept))
