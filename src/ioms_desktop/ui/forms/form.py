"""Forms. A ``Form`` holds ``Field``s; the kinds of field are in the other modules of this package.

    form = Form()
    self.on = form.add(DateField("on", "&Date", today=session.today, required=True))
    self.note = form.add(LongTextField("note", "&Note", help="What was done, in plain words."))
    if form.validate():
        entry = RecordContact(on=self.on.value(), note=self.note.value(), ...)

Each field has one row: a label with mnemonic and required mark, the control, and below it a help line and any problem.
A problem disappears when its field is changed. Hidden fields are not validated, and their values are None.
"""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypedDict, TypeVar

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ioms_desktop.domain.errors import MissingValue
from ioms_desktop.domain.text_format import pluralise, titled
from ioms_desktop.ui.forms.field_title import FieldTitle
from ioms_desktop.ui.forms.key_events import MnemonicFilter
from ioms_desktop.ui.widgets.flow_layout import FlowLayout
from ioms_desktop.ui.widgets.layouts import reveal
from ioms_desktop.ui.widgets.widgets import announce, label

T = TypeVar("T")
F = TypeVar("F", bound="Field[Any]")
LABEL_WIDTH_PX = 128


class FieldOptions(TypedDict, Generic[T], total=False):
    """The options common to all fields.

    Attributes:
        required: Whether the field must be filled in.
        help: One line below the control.
        rule: Checks a value and returns a sentence that describes the problem, or an empty string.
    """

    required: bool
    help: str
    rule: Callable[[T], str] | None


class Field(QWidget, Generic[T]):
    """A control with its name, help and validation rule. Subclasses add their control with ``add_control``.

    Signals:
        changed: The value was changed by the user or by the program.
        control_moved: Another control takes the focus from now on; with it.
    """

    changed = Signal()
    control_moved = Signal(QWidget)

    def __init__(
        self,
        name: str,
        title: str,
        *,
        required: bool = False,
        help: str = "",  # noqa: A002 - the usual word for it
        rule: Callable[[T], str] | None = None,
    ) -> None:
        """Initialise the field without a control.

        Args:
            name: Its key in ``Form.values()``.
            title: Its label, with a mnemonic ("&Date").
            required: As in `FieldOptions`, like the others.
        """
        super().__init__()
        self.name = name
        self.title = title
        self.required = required
        self.help = help
        self.rule = rule
        self.control: QWidget = self
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._layout = QHBoxLayout()
        self._layout.setSpacing(10)
        self._column.addLayout(self._layout)

    @property
    def plain_title(self) -> str:
        """The label without its mnemonic marker."""
        return self.title.replace("&&", "\0").replace("&", "").replace("\0", "&")

    @property
    def last_control(self) -> QWidget:
        """The last widget of the field that Tab reaches."""
        return self.control

    def value(self) -> T | None:
        """Return the value; None if the field is empty or its text cannot be parsed."""
        raise NotImplementedError

    def filled(self) -> T:
        """Return the value of a required field.

        Raises:
            MissingValue: The field is empty or its text cannot be parsed.
        """
        value = self.value()
        if value is None or value in ("", ()):
            raise MissingValue(f"{self.required_message()} Your entry is kept.")
        return value

    def set_value(self, value: T | None) -> None:
        """Set the value; None empties the field."""
        raise NotImplementedError

    def raw_text(self) -> str:
        """Return the content as typed, even if it cannot be parsed."""
        raise NotImplementedError

    def set_raw_text(self, text: str) -> None:
        """Set the content to a text returned by ``raw_text``."""
        raise NotImplementedError

    def draft_text(self) -> str:
        """Return the text to save in a draft; it must mean the same when the draft is restored on another day."""
        return self.raw_text()

    def named_cases(self) -> tuple[str, ...]:
        """Return the cases of which it says something, each in a line of its draft; none where it names no case."""
        return ()

    def parse_problem(self) -> str:
        """Explain why the content cannot be parsed; empty if it can."""
        return ""

    def required_message(self) -> str:
        """Return the message shown when the field is empty; it differs for questions."""
        title = self.plain_title
        return f"Answer this question: {title}" if title.endswith("?") else f"{title} is needed."

    def problem(self) -> str:
        """Describe what is wrong with the current content; empty if nothing is."""
        unreadable = self.parse_problem()
        if unreadable:
            return unreadable
        value = self.value()
        if value is None or value in ("", ()):
            return self.required_message() if self.required else ""
        return self.rule(value) if self.rule is not None else ""

    def add_control(self, control: QWidget, *beside: QWidget, stretch: bool = True, wraps: bool = False) -> None:
        """Add the control and any widgets beside it.

        Args:
            control: Takes the focus, and gets the field's accessible name.
            beside: Further widgets to its right.
            stretch: Whether the control takes all the available width.
            wraps: Whether the others go on below the control where there is no room beside it.
        """
        self.control = control
        control.setAccessibleName(self.plain_title)
        self.setFocusProxy(control)
        if wraps:
            row = FlowLayout(self._layout.spacing(), line_spacing=self._column.spacing())
            for widget in (control, *beside):
                row.addWidget(widget)
            self._layout.addLayout(row, 1)
        else:
            # Its title stands at the top: in a row that words beside it make higher, it would stand below that.
            self._layout.addWidget(control, 1 if stretch else 0, Qt.AlignmentFlag.AlignTop)
            for widget in beside:
                self._layout.addWidget(widget)
            if not stretch:
                self._layout.addStretch(1)
        self.mark_problem("")

    def add_below(self, words: QWidget) -> None:
        """Add words below the control and what stands below it already."""
        self._column.addWidget(words)

    def mark_problem(self, problem: str) -> None:
        """Mark the control as valid or invalid, visually and for screen readers."""
        self.mark_control(self.control, problem)

    def mark_control(self, control: QWidget, problem: str) -> None:
        """Mark one control of the field, as `mark_problem` does for its main one."""
        said = [part for part in (problem, "Required." if self.required else "", self.help) if part]
        control.setAccessibleDescription(" ".join(said))
        wrong = "true" if problem else None
        if control.property("wrong") != wrong:  # to take up another style costs much; all of a form begin without
            control.setProperty("wrong", wrong)
            control.style().unpolish(control)
            control.style().polish(control)


class _FormRow:
    """The widgets of one field in a form."""

    def __init__(self, field: Field[Any], form: QWidget, grid: QGridLayout) -> None:
        self.field = field
        self.title = FieldTitle(field.title, form, required=field.required)
        self.title.label.setBuddy(field.control)
        line = grid.rowCount()
        grid.addLayout(self.title, line, 0)
        # At the top, beside its title: the lines of a long one would draw the parts of the field apart.
        grid.addWidget(field, line, 1, Qt.AlignmentFlag.AlignTop)
        if field.help:
            field.add_below(label(field.help, "small", wrap=True))
        self.problem = ""
        self._problem_line: QLabel | None = None
        self.clean_text = field.raw_text()
        self.is_shown = True
        self.is_given = False  # whether the problem shown is not one that the field would find itself

    def problem_line(self) -> QLabel:
        """Return the line that says what is wrong; it is made when something is, for most rows of a form never."""
        if self._problem_line is None:
            self._problem_line = label("", "problem", wrap=True)
            self._problem_line.hide()
            self.field.add_below(self._problem_line)
        return self._problem_line

    def show_problem(self, problem: str) -> None:
        """Show a problem; an empty string removes it."""
        self.problem = problem
        if problem or self._problem_line is not None:
            self.problem_line().setText(problem)
            self.problem_line().setVisible(bool(problem))
        self.field.mark_problem(problem)


class Form(QWidget):
    """Labelled fields, one below the other.

    Signals:
        changed: A field was changed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[str, _FormRow] = {}
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

    def add(self, field: F) -> F:
        """Append a field and return it.

        Raises:
            ValueError: The form already has a field of that name.
        """
        if field.name in self._rows:
            raise ValueError(field.name)
        row = self._rows[field.name] = _FormRow(field, self, self._grid)
        field.changed.connect(self._field_changed)
        field.control_moved.connect(row.title.label.setBuddy)
        self._put_in_tab_order(row)
        return field

    @Slot(QWidget, QWidget)
    def _filter_keys(self, _old: QWidget | None, now: QWidget | None) -> None:
        """Filter the keys of what has the focus alone: one on each control sees all events of a form that opens."""
        if now is not None and self.isAncestorOf(now):
            now.installEventFilter(self._mnemonic_filter)

    def _put_in_tab_order(self, added: _FormRow) -> None:
        """Let Tab reach a field that was added later where it stands, not after the buttons of the dialog."""
        before = [row for row in self._rows.values() if row is not added]
        if before and self.isVisible():
            QWidget.setTabOrder(before[-1].field.last_control, added.field.control)

    def section(self, title: str, note: str = "") -> QLabel:
        """Start a section with a heading and an optional note below it."""
        heading = label(title, "title")
        line = self._grid.rowCount()
        self._grid.addWidget(heading, line, 0, 1, 2)
        if note:
            self._grid.addWidget(label(note, "quiet", wrap=True), line + 1, 0, 1, 2)
        return heading

    def place(self, widget: QWidget) -> None:
        """Add a widget across the full width of the form, such as a list of evidence."""
        self._grid.addWidget(widget, self._grid.rowCount(), 0, 1, 2)

    def set_field_visible(self, name: str, shown: bool) -> None:
        """Show or hide a field; a hidden field keeps its content but is not validated, and its value is None."""
        row = self._rows[name]
        if shown != row.is_shown or self.isVisible():  # to show what is shown anyway would style it too early
            for part in (*row.title.labels, row.field):
                part.setVisible(shown)
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
        first: _FormRow | None = None
        for row in self._rows.values():
            problem = row.field.problem() if row.is_shown else ""
            row.show_problem(problem)
            if problem and first is None:
                first = row
        if first is not None:
            self._go_to_problem(first)
        return first is None

    def _go_to_problem(self, row: _FormRow) -> None:
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
