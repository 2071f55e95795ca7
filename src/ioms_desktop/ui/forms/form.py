"""Forms. A ``Form`` holds ``Field``s; the kinds of field are in the other modules of this package.

    form = Form()
    self.on = form.add(DateField("on", "&Date", today=session.today, required=True))
    self.note = form.add(LongTextField("note", "&Note", help="What was done, in plain words."))
    if form.validate():
        entry = RecordContact(on=self.on.value(), note=self.note.value(), ...)

Each field has one row: a label with mnemonic and required mark, the control, and below it a help line and any problem.
A problem disappears when its field is changed. Hidden fields are not validated, and their values are None. What is
added without being shown is made when it is first shown.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, TypeVar

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QApplication, QGridLayout, QLabel, QWidget

from ioms_desktop.domain.text_format import pluralise, titled
from ioms_desktop.ui.forms.field import Field, FormRow
from ioms_desktop.ui.forms.key_events import MnemonicFilter
from ioms_desktop.ui.widgets.layouts import reveal
from ioms_desktop.ui.widgets.widgets import announce, label

F = TypeVar("F", bound="Field[Any]")
LABEL_WIDTH_PX = 128


class Form(QWidget):
    """Labelled fields, one below the other.

    Signals:
        changed: A field was changed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[str, FormRow] = {}
        self._lines = 0
        self._mnemonic_filter = MnemonicFilter(self)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._filter_keys)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(10)
        self._grid.setColumnMinimumWidth(0, LABEL_WIDTH_PX)
        self._grid.setColumnStretch(1, 1)

    def add(self, field: F, *, shown: bool = True) -> F:
        """Append a field and return it.

        Args:
            field: The field.
            shown: Whether it is shown. Otherwise its row is made once ``set_field_visible`` shows it.

        Raises:
            ValueError: The form already has a field of that name.
        """
        if field.name in self._rows:
            raise ValueError(field.name)
        row = self._rows[field.name] = FormRow(field, self, self._next_line(), is_shown=shown)
        field.changed.connect(self._field_changed)
        if shown:
            row.place(self._grid)
            if self.isVisible():
                self._put_in_tab_order(row)
        return field

    def _next_line(self) -> int:
        self._lines += 1
        return self._lines

    @Slot(QWidget, QWidget)
    def _filter_keys(self, _old: QWidget | None, now: QWidget | None) -> None:
        """Filter the keys of what has the focus alone: one on each control sees all events of a form that opens."""
        if now is not None and self.isAncestorOf(now):
            now.installEventFilter(self._mnemonic_filter)

    def _put_in_tab_order(self, added: FormRow) -> None:
        """Let Tab reach a row that was placed later where it stands, not after the buttons of the dialog."""
        rows = [row for row in self._rows.values() if row.is_placed]
        at = rows.index(added)
        earlier = [each for row in rows[:at] for each in row.field.focusable()]
        later = [each for row in rows[at + 1 :] for each in row.field.focusable()]
        before = earlier[-1:] or [_stop_before(each) for each in later[:1]]
        if before:
            for first, second in pairwise([*before, *added.field.focusable()]):
                QWidget.setTabOrder(first, second)

    def section(self, title: str, note: str = "") -> QLabel:
        """Start a section with a heading and an optional note below it."""
        heading = label(title, "title")
        self.place(heading)
        if note:
            self.place(label(note, "quiet", wrap=True))
        return heading

    def place(self, widget: QWidget) -> None:
        """Add a widget across the full width of the form, such as a list of evidence."""
        self._grid.addWidget(widget, self._next_line(), 0, 1, 2)

    def set_field_visible(self, name: str, shown: bool) -> None:
        """Show or hide a field; a hidden field keeps its content but is not validated, and its value is None."""
        row = self._rows[name]
        if shown and not row.is_placed:
            row.place(self._grid)
            self._put_in_tab_order(row)
        if row.is_placed and (shown != row.is_shown or self.isVisible()):
            row.set_visible(shown=shown)  # to show what is shown anyway would style it too early
        row.is_shown = shown
        if not shown and row.problem:
            row.show_problem("")

    def field(self, name: str) -> Field[Any]:
        """Return a field by its name."""
        return self._rows[name].field

    @property
    def fields(self) -> tuple[Field[Any], ...]:
        """All fields in order."""
        return tuple(row.field for row in self._rows.values())

    def values(self) -> dict[str, Any]:
        """Return the values by field name; None for a field that is empty, hidden or cannot be parsed."""
        return {name: row.field.value() if row.is_shown else None for name, row in self._rows.items()}

    def validate(self) -> bool:
        """Validate every visible field, show each problem beside its field, and focus the first one.

        Returns:
            Whether all fields are valid.
        """
        first: FormRow | None = None
        for row in self._rows.values():
            problem = row.field.problem() if row.is_shown else ""
            row.show_problem(problem)
            if problem and first is None:
                first = row
        if first is not None:
            self._go_to_problem(first)
        return first is None

    def _go_to_problem(self, row: FormRow) -> None:
        """Bring a problem into sight, put the focus where it is corrected, and have it read out."""
        row.field.setFocus(Qt.FocusReason.OtherFocusReason)
        reveal(row.field)
        reveal(row.problem_line())  # of a row that is higher than the window, what is wrong is what must be seen
        others = len(self.problems) - 1
        more = f" {pluralise(others, 'other answer')} to put right." if others else ""
        announce(f"{row.problem}{more}", row.field.control)

    @property
    def problems(self) -> dict[str, str]:
        """The problems currently shown, by field name."""
        return {name: row.problem for name, row in self._rows.items() if row.is_shown and row.problem}

    def set_problem(self, name: str, sentence: str) -> None:
        """Show a problem beside a field and bring it into sight; an empty string removes it."""
        self._rows[name].show_problem(sentence)
        self._rows[name].is_given = bool(sentence)
        if sentence:
            self._go_to_problem(self._rows[name])

    def show_problem(self, name: str, sentence: str) -> None:
        """Show a problem beside a field while one types, without moving the focus; an empty string removes it."""
        row = self._rows[name]
        if sentence or row.is_given:
            row.show_problem(sentence)
            row.is_given = bool(sentence)

    def problem_label(self, name: str) -> QLabel:
        """Return the line below a field that says what is wrong with it."""
        return self._rows[name].problem_line()

    @property
    def is_dirty(self) -> bool:
        """Whether anything has changed since the form was created or ``mark_clean`` was last called."""
        return any(row.field.raw_text() != row.clean_text for row in self._rows.values())

    def mark_clean(self) -> None:
        """Take the current content as the state that ``is_dirty`` compares with."""
        for row in self._rows.values():
            row.clean_text = row.field.raw_text()

    def kept(self) -> dict[str, str]:
        """Return the content of every field as text for a draft, including hidden fields."""
        return {name: row.field.draft_text() for name, row in self._rows.items()}

    def named_cases(self) -> tuple[str, ...]:
        """Return the cases that its fields name beside the one that it was opened on."""
        return tuple(dict.fromkeys(ref for row in self._rows.values() for ref in row.field.named_cases()))

    def describe_changes(self) -> str:
        """Describe the changed fields as text, each under its title, so that it can be read without the form."""
        changed = (row for row in self._rows.values() if row.is_shown and row.field.raw_text() != row.clean_text)
        return "\n".join(titled(row.field.plain_title, row.field.draft_text()) for row in changed)

    def restore(self, kept: Mapping[str, str]) -> None:
        """Restore the texts returned by ``draft_text``, in order; fields not named are left unchanged."""
        for name, text in kept.items():
            if name in self._rows:
                self._rows[name].field.set_raw_text(text)

    @Slot()
    def _field_changed(self) -> None:
        for row in self._rows.values():
            if row.problem and (row.field is self.sender() or not (row.is_given or row.field.problem())):
                row.show_problem("")  # changed itself, or put right by a change of the field it depended on
        self.changed.emit()


def _stop_before(widget: QWidget) -> QWidget:
    """Return what Tab leaves for a widget."""
    before = widget.previousInFocusChain()
    while before is not None and before.focusPolicy() == Qt.FocusPolicy.NoFocus:
        before = before.previousInFocusChain()
    return before or widget
