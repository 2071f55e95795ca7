"""A field for several codes of a list: a box to tick for each."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QSizePolicy, QWidget
from typing_extensions import Unpack, override

from ioms_desktop.ui.forms.choice_fields import Option
from ioms_desktop.ui.forms.field import Field, FieldOptions
from ioms_desktop.ui.forms.key_events import is_shortcut

MOST_IN_A_COLUMN = 12
"""A longer list stands in two columns where there is room, so that a form with one still fits a small screen."""
NARROWEST_PX = 260
"""The width that a longer label is cut down to, at the most; its box then says it in a tooltip."""
STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1}


class TickField(Field[tuple[str, ...]]):
    """Several codes of a list, a box for each. Tab reaches the first box, arrow keys and letters the others."""

    def __init__(
        self, name: str, title: str, options: Sequence[Option], **others: Unpack[FieldOptions[tuple[str, ...]]]
    ) -> None:
        """Create the boxes with none ticked.

        Args:
            options: The codes offered.
        """
        super().__init__(name, title, **others)
        self._options = tuple(options)
        self._as_sent: dict[str, str] = {}
        self._unlisted: tuple[str, ...] = ()
        self._boxes: dict[str, QCheckBox] = {}

    @override
    def make_control(self) -> None:
        area = QWidget(self)
        self._grid = QGridLayout(area)
        self._grid.setContentsMargins(0, 2, 0, 2)
        self._grid.setVerticalSpacing(4)
        for option in self._options:
            box = QCheckBox(option.label.replace("&", "&&"), area)
            box.setAccessibleName(f"{option.label}, {self.plain_title}")
            box.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            box.installEventFilter(self)
            box.toggled.connect(self.changed)
            self._boxes[option.code] = box
        self._widest = max((box.sizeHint().width() for box in self._boxes.values()), default=0)
        # The width it is given decides on its columns, not they on the width of the form.
        area.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        area.setMinimumWidth(min(self._widest, NARROWEST_PX))
        self._offered = list(self._boxes.values())
        self._columns = 0
        self.take_control(area)  # until there is a box
        self._arrange()
        self._layout.addWidget(area, 1, Qt.AlignmentFlag.AlignTop)
        self._let_tab_reach_the_first()
        self.mark_problem("")

    @property
    def boxes(self) -> dict[str, QCheckBox]:
        """The box of each code."""
        self.make()
        return self._boxes

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.is_made and self._columns_in_room() != self._columns:
            self._arrange()

    def _columns_in_room(self) -> int:
        """Return in how many columns the boxes that are offered stand."""
        room = self.width() // max(self._widest + self._grid.horizontalSpacing(), 1)
        return max(min(2 if len(self._offered) > MOST_IN_A_COLUMN else 1, room), 1)

    def _arrange(self) -> None:
        """Place the boxes that are offered, the first beside the label; the others have no place."""
        self._columns = self._columns_in_room()
        rows = -(-len(self._offered) // self._columns)
        for box in self.boxes.values():
            self._grid.removeWidget(box)
        for place, box in enumerate(self._offered):
            self._grid.addWidget(box, place % rows, place // rows)

    def set_offered(self, offered: Collection[str]) -> None:
        """Show the boxes of some codes alone; those of others are unticked."""
        for code, box in self.boxes.items():
            is_offered = code in offered
            box.setVisible(is_offered)
            if not is_offered:
                box.setChecked(False)
        self._offered = [box for code, box in self.boxes.items() if code in offered]
        self._arrange()
        self._let_tab_reach_the_first()

    def _let_tab_reach_the_first(self) -> None:
        """Make the first box that is offered the control; where none is, nothing changes: no key could reach one."""
        first = next(iter(self._offered), None)
        if first is None or first is self._control:
            return
        if isinstance(self._control, QCheckBox):
            self._control.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        first.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.take_control(first)
        self.control_moved.emit(first)

    @override
    def mark_problem(self, problem: str) -> None:
        for box in self.boxes.values():
            self.mark_control(box, problem)

    @override
    def value(self) -> tuple[str, ...] | None:
        ticked = (self._as_sent.get(code, code) for code, box in self._boxes.items() if box.isChecked())
        return (*ticked, *self._unlisted) or None

    @override
    def set_value(self, value: tuple[str, ...] | None) -> None:
        sent = value or ()
        if sent:
            self.make()
        self._as_sent = {
            option.code: part for option in self._options for part in sent if part in {option.code, *option.spellings}
        }
        # A code that is no longer offered stays with the record, though there is no box for it.
        self._unlisted = tuple(part for part in sent if part not in self._as_sent.values())
        for code, box in self._boxes.items():
            box.setChecked(code in self._as_sent)
        self.changed.emit()

    @override
    def raw_text(self) -> str:
        return ";".join(self.value() or ())

    @override
    def set_raw_text(self, text: str) -> None:
        self.set_value(tuple(part for part in text.split(";") if part))

    @override
    def draft_text(self) -> str:
        return self.raw_text()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            found = self._box_for(watched, event)
            if found is not None:
                found.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        if isinstance(watched, QCheckBox) and event.type() == QEvent.Type.Resize:
            is_cut = watched.width() < watched.sizeHint().width()
            watched.setToolTip(watched.text().replace("&&", "&") if is_cut else "")
        return super().eventFilter(watched, event)

    def _box_for(self, watched: QObject, event: QKeyEvent) -> QCheckBox | None:
        """Return the box to which a key goes: the next one for an arrow, the next that begins with it for a letter."""
        boxes = self._offered
        if not isinstance(watched, QCheckBox) or watched not in boxes:
            return None
        at = boxes.index(watched)
        step = STEPS.get(Qt.Key(event.key()))
        if step is not None:
            return boxes[(at + step) % len(boxes)]
        letter = event.text().casefold()
        if not letter.isalnum() or is_shortcut(event):
            return None
        after = (*boxes[at + 1 :], *boxes[: at + 1])
        return next((box for box in after if box.text().casefold().startswith(letter)), None)
