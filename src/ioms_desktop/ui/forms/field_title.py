"""The title of a field in a form, with the mark of one that is required."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from ioms_desktop.ui.widgets.widgets import label

LONG_TITLE_CHARS = 24
TOP_PX = 5
"""So that it stands at the height of what is typed beside it."""


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
