"""The form kit: a ``Form`` of ``Field``s; fields are in ``fields``, ``choice_fields``, ``dated_fields``, ``picker``.

    form = Form()
    self.on = form.add(DateField("on", "&Date", today=today, required=True))
    self.note = form.add(LongTextField("note", "&Note", help="What was done, in plain words."))
    if form.check():
        entry = RecordContact(on=self.on.value(), note=self.note.value(), ...)

Each field stands in one row: label with mnemonic and required mark, control, and below it a help line and, when there
is one, its problem. A problem goes when its field is changed. Fields not shown are neither checked nor given.
"""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypedDict, TypeVar

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ioms_desktop.domain.errors import MissingValue
from ioms_desktop.ui.widgets.widgets import announce, label

T = TypeVar("T")
F = TypeVar("F", bound="Field[Any]")
LABEL_WIDTH_PX = 128


class FieldOptions(TypedDict, Generic[T], total=False):
    """What every field may be given.

    Attributes:
        required: Whether it must be filled.
        help: One line below the control.
        rule: Given a filled value, says what is wrong with it in a sentence, or nothing.
    """

    required: bool
    help: str
    rule: Callable[[T], str] | None


class Field(QWidget, Generic[T]):
    """A control with its name, help and rules. Subclasses put their control in with ``add_control``.

    Signals:
        changed: The user or the program changed what it holds.
    """

    changed = Signal()

    def __init__(
        self,
        name: str,
        title: str,
        *,
        required: bool = False,
        help: str = "",  # noqa: A002 - the word for it
        rule: Callable[[T], str] | None = None,
    ) -> None:
        """Name a field.

        Args:
            name: Its key in ``Form.values()``.
            title: Its label, with a mnemonic ("&Date").
            required: Whether it must be filled.
            help: One line below the control.
            rule: Given a filled value, says what is wrong with it in a sentence, or nothing.
        """
        super().__init__()
        self.name = name
        self.title = title
        self.required = required
        self.help = help
        self.rule = rule
        self.control: QWidget = self
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(10)

    @property
    def plain_title(self) -> str:
        """The label without its mnemonic's mark."""
        return self.title.replace("&&", "\0").replace("&", "").replace("\0", "&")

    def value(self) -> T | None:
        """Give what is filled in; None while it is empty or cannot be read."""
        raise NotImplementedError

    def filled(self) -> T:
        """Give what is filled in, of a field that must be.

        Raises:
            MissingValue: It is empty or cannot be read.
        """
        value = self.value()
        if value is None or value in ("", ()):
            raise MissingValue(f"{self.required_message()} Your entry is kept.")
        return value

    def set_value(self, value: T | None) -> None:
        """Fill it in; None empties it."""
        raise NotImplementedError

    def raw_text(self) -> str:
        """Give what stands in it as text, for a draft; also where it cannot be read."""
        raise NotImplementedError

    def set_raw_text(self, text: str) -> None:
        """Put back what ``raw_text`` gave."""
        raise NotImplementedError

    def draft_text(self) -> str:
        """Give what is written down of it for later, so that it means the same on another day."""
        return self.raw_text()

    def parse_problem(self) -> str:
        """Say why what stands in it cannot be read, or nothing."""
        return ""

    def required_message(self) -> str:
        """Say that it must be filled; a question must be answered."""
        title = self.plain_title
        return f"Answer this question: {title}" if title.endswith("?") else f"{title} is needed."

    def problem(self) -> str:
        """Say what is wrong with it as it stands, or nothing."""
        unreadable = self.parse_problem()
        if unreadable:
            return unreadable
        value = self.value()
        if value is None or value in ("", ()):
            return self.required_message() if self.required else ""
        return self.rule(value) if self.rule is not None else ""

    def add_control(self, control: QWidget, *beside: QWidget, stretch: bool = True) -> None:
        """Put the control in, and what stands beside it.

        Args:
            control: What has the focus; it gets the field's accessible name.
            beside: Further widgets to its right.
            stretch: Whether the control takes the width there is.
        """
        self.control = control
        control.setAccessibleName(self.plain_title)
        self.setFocusProxy(control)
        self._layout.addWidget(control, 1 if stretch else 0)
        for widget in beside:
            self._layout.addWidget(widget)
        if not stretch:
            self._layout.addStretch(1)
        self.mark_problem("")

    def mark_problem(self, problem: str) -> None:
        """Mark the control wrong or right, for eye and ear."""
        said = [part for part in (problem, "Required." if self.required else "", self.help) if part]
        self.control.setAccessibleDescription(" ".join(said))
        self.control.setProperty("wrong", "true" if problem else "false")
        self.control.style().unpolish(self.control)
        self.control.style().polish(self.control)


class _FormRow:
    """What a form shows for one field."""

    def __init__(self, field: Field[Any]) -> None:
        self.field = field
        self.title = QLabel(field.title)
        self.title.setBuddy(field.control)
        self.head = QWidget()
        head = QHBoxLayout(self.head)
        head.setContentsMargins(0, 5, 0, 0)
        head.setSpacing(4)
        head.addWidget(self.title)
        if field.required:
            mark = label("*", "required")
            mark.setToolTip("Required")
            head.addWidget(mark)
        head.addStretch(1)
        self.help = label(field.help, "small", wrap=True)
        self.help.setVisible(bool(field.help))
        self.problem = label("", "problem", wrap=True)
        self.problem.hide()
        self.body = QWidget()
        body = QVBoxLayout(self.body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(2)
        for part in (field, self.help, self.problem):
            body.addWidget(part)
        self.clean_text = field.raw_text()
        self.is_shown = True

    def show_problem(self, problem: str) -> None:
        """Show a problem, or none."""
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.field.mark_problem(problem)


class Form(QWidget):
    """Labelled fields under one another.

    Signals:
        changed: Any field was changed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin without fields."""
        super().__init__(parent)
        self._rows: dict[str, _FormRow] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(10)
        self._grid.setColumnMinimumWidth(0, LABEL_WIDTH_PX)
        self._grid.setColumnStretch(1, 1)

    def add(self, field: F) -> F:
        """Put a field below the others and give it back.

        Raises:
            ValueError: A field of that name is there already.
        """
        if field.name in self._rows:
            raise ValueError(field.name)
        row = self._rows[field.name] = _FormRow(field)
        line = self._grid.rowCount()
        self._grid.addWidget(row.head, line, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(row.body, line, 1)
        field.changed.connect(self._field_changed)
        return field

    def section(self, title: str, note: str = "") -> QLabel:
        """Begin a section with a heading, and quiet words below it."""
        heading = label(title, "title")
        line = self._grid.rowCount()
        self._grid.addWidget(heading, line, 0, 1, 2)
        if note:
            self._grid.addWidget(label(note, "quiet", wrap=True), line + 1, 0, 1, 2)
        return heading

    def place(self, widget: QWidget) -> None:
        """Put any widget across the form, such as a list of evidence."""
        self._grid.addWidget(widget, self._grid.rowCount(), 0, 1, 2)

    def set_field_visible(self, name: str, shown: bool) -> None:
        """Show or hide a field; what is hidden keeps its words but is neither checked nor given."""
        row = self._rows[name]
        row.is_shown = shown
        row.head.setVisible(shown)
        row.body.setVisible(shown)

    def field(self, name: str) -> Field[Any]:
        """Give a field by its name."""
        return self._rows[name].field

    @property
    def fields(self) -> tuple[Field[Any], ...]:
        """All fields in their order."""
        return tuple(row.field for row in self._rows.values())

    def values(self) -> dict[str, Any]:
        """Give what is filled in, by field name; None for what is empty, unreadable or hidden."""
        return {name: row.field.value() if row.is_shown else None for name, row in self._rows.items()}

    def validate(self) -> bool:
        """Check every field shown, say each problem beside its field, and go to the first.

        Returns:
            Whether all is well.
        """
        first: Field[Any] | None = None
        for row in self._rows.values():
            problem = row.field.problem() if row.is_shown else ""
            row.show_problem(problem)
            if problem and first is None:
                first = row.field
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)
            announce(self.problems[first.name], first.control)
        return first is None

    @property
    def problems(self) -> dict[str, str]:
        """The problems that stand beside their fields now, by field name."""
        return {name: row.problem.text() for name, row in self._rows.items() if row.is_shown and row.problem.text()}

    def set_problem(self, name: str, sentence: str) -> None:
        """Say a problem beside a field, or take it away with nothing."""
        self._rows[name].show_problem(sentence)

    @property
    def is_dirty(self) -> bool:
        """Whether anything differs from what it was at first, or at the last ``mark_clean``."""
        return any(row.field.raw_text() != row.clean_text for row in self._rows.values())

    def mark_clean(self) -> None:
        """Take what is filled in now as the state to compare with."""
        for row in self._rows.values():
            row.clean_text = row.field.raw_text()

    def kept(self) -> dict[str, str]:
        """Give what stands in every field as text, to be kept through a crash; what is hidden too."""
        return {name: row.field.draft_text() for name, row in self._rows.items()}

    def describe_changes(self) -> str:
        """Give what was changed in words, each field's under its title, for reading without the form."""
        changed = (row for row in self._rows.values() if row.is_shown and row.field.raw_text() != row.clean_text)
        return "\n".join(f"{row.field.plain_title}: {row.field.draft_text()}" for row in changed)

    def restore(self, kept: Mapping[str, str]) -> None:
        """Put back what ``draft_text`` gave, in its order; fields it does not name stay as they are."""
        for name, text in kept.items():
            if name in self._rows:
                self._rows[name].field.set_raw_text(text)

    @Slot()
    def _field_changed(self) -> None:
        for row in self._rows.values():
            if row.field is self.sender() and row.problem.text():
                row.show_problem("")
        self.changed.emit()
