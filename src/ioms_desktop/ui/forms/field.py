"""One field of a form: its control, its title, and its row.

A row that is not shown is not made, and neither is the control of its field: of many fields a form never asks. Until
then the field is empty, or a line of text that it keeps itself. What makes the control is whatever needs it: the row,
another answer that is put in, or whoever asks for it.
"""

from collections.abc import Callable
from typing import Any, Generic, TypedDict, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.domain.errors import MissingValue
from ioms_desktop.ui.widgets.flow_layout import FlowLayout
from ioms_desktop.ui.widgets.widgets import label

T = TypeVar("T")
LONG_TITLE_CHARS = 24
TOP_PX = 5
"""So that it stands at the height of what is typed beside it."""


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
    """A control with its name, help and validation rule.

    Subclasses add their control with ``add_control``: at once, or in ``make_control``, when it is first needed.

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
        self._control: QWidget | None = None
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
    def is_made(self) -> bool:
        """Whether its control has been made."""
        return self._control is not None

    @property
    def control(self) -> QWidget:
        """What takes the focus; made when it is first needed."""
        self.make()
        return self._control or self

    def make(self) -> None:
        """Make the control, unless it was made."""
        if not self.is_made:
            self.make_control()

    def make_control(self) -> None:
        """Make the control. Kinds that are never left out make it from the start."""

    def take_control(self, control: QWidget) -> None:
        """Let a control take the focus of the field."""
        self._control = control

    @override
    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        # Not by a focus proxy, to which Tab goes wherever the field, and not its control, stands in the order of Tab.
        self.control.setFocus(reason)

    def focusable(self) -> list[QWidget]:
        """Return what of it can have the focus, in order."""
        return [
            each
            for each in self.findChildren(QWidget)
            if each.focusPolicy() != Qt.FocusPolicy.NoFocus
            and each.focusProxy() is None
            and each.window() is self.window()  # not the list that drops down
        ]

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
        self.take_control(control)
        control.setAccessibleName(self.plain_title)
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


class FieldTitle(QHBoxLayout):
    """A label with mnemonic, and the mark beside it; a layout, because a form has dozens and each widget costs."""

    def __init__(self, title: str, form: QWidget, *, required: bool) -> None:
        """Make the labels.

        Args:
            title: With its mnemonic.
            form: What the labels belong to: to move a widget there later costs as much as to make it.
            required: Whether the field must be filled in.
        """
        super().__init__()
        self.setSpacing(4)
        self.label = QLabel(title, form)
        self.labels = [self.label]
        wraps = len(title) > LONG_TITLE_CHARS
        if wraps:
            _wrap(self.label)
        if required:
            mark = label("*", "required")
            mark.setToolTip("Required")
            self.labels.append(mark)
        for part in self.labels:
            part.setContentsMargins(0, TOP_PX, 0, 0)
            self.addWidget(part, 0, Qt.AlignmentFlag.AlignTop)
        if wraps:
            self.setStretchFactor(self.label, 1)
        else:
            self.addStretch(1)


def _wrap(title: QLabel) -> None:
    """Let a long title go on in further lines: its width would make every field too narrow for a small window."""
    title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    title.setWordWrap(True)  # last: it makes the height follow from the width, or the second line would be cut off


class FormRow:
    """The widgets of one field in a form."""

    def __init__(self, field: Field[Any], form: QWidget, line: int, *, is_shown: bool) -> None:
        """Keep a place for a field.

        Args:
            form: What it belongs to.
            line: The line of the form's grid.
            is_shown: Whether the form shows it; it is placed when it does.
        """
        self.field, self._form, self._line, self.is_shown = field, form, line, is_shown
        if not is_shown:
            field.hide()
            field.setParent(form)  # deleted with it
        self._title: FieldTitle | None = None
        self.problem = ""
        self._problem_line: QLabel | None = None
        self.clean_text = field.raw_text()
        self.is_given = False  # whether the problem shown is not one that the field would find itself

    @property
    def is_placed(self) -> bool:
        """Whether its widgets have been made, and stand in the form."""
        return self._title is not None

    def place(self, grid: QGridLayout) -> None:
        """Make the title and the control, and put both into the form."""
        self._title = title = FieldTitle(self.field.title, self._form, required=self.field.required)
        title.label.setBuddy(self.field.control)
        self.field.control_moved.connect(title.label.setBuddy)
        grid.addLayout(title, self._line, 0)
        # At the top, beside its title: the lines of a long one would draw the parts of the field apart.
        grid.addWidget(self.field, self._line, 1, Qt.AlignmentFlag.AlignTop)
        if self.field.help:
            self.field.add_below(label(self.field.help, "small", wrap=True))

    def set_visible(self, *, shown: bool) -> None:
        """Show or hide what was placed."""
        for part in (*(self._title.labels if self._title else ()), self.field):
            part.setVisible(shown)

    def problem_line(self) -> QLabel:
        """Return the line that says what is wrong; it is made when something is, for most rows of a form never."""
        if self._problem_line is None:
            self._problem_line = label("", "problem", wrap=True)
            self._problem_line.hide()
            self.field.add_below(self._problem_line)
        return self._problem_line

    def show_problem(self, problem: str) -> None:
        """Show a problem; an empty string removes it."""
        if not problem and not self.problem:
            return
        self.problem = problem
        self.problem_line().setText(problem)
        self.problem_line().setVisible(bool(problem))
        self.field.mark_problem(problem)
