"""One record in full, with the actions it allows."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFormLayout, QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ioms_desktop.domain.records.record import Record
from ioms_desktop.services.session import Session
from ioms_desktop.ui.labels import record_lines
from ioms_desktop.ui.widgets.layouts import fit_to_screen
from ioms_desktop.ui.widgets.widgets import button, label

DIALOG_WIDTH_PX, DIALOG_HEIGHT_PX = 600, 520


class RecordDetailsDialog(QDialog):
    """Shows every filled field of a record."""

    def __init__(
        self,
        session: Session,
        record: Record,
        acts: Sequence[tuple[str, Callable[[], object]]] = (),
        parent: QWidget | None = None,
    ) -> None:
        """Show a record.

        Args:
            acts: Labels of buttons and what they do; each closes the dialog first.
        """
        super().__init__(parent)
        title = record.label
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fit_to_screen(self, DIALOG_WIDTH_PX, DIALOG_HEIGHT_PX)
        inside = QWidget()
        inside.setProperty("kind", "page")
        form = QFormLayout(inside)
        form.setContentsMargins(24, 4, 24, 12)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for name, words in record_lines(session, record):
            told = label(words, wrap=True)
            told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            told.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
            form.addRow(label(name, "quiet"), told)
        pane = QScrollArea()
        pane.setWidget(inside)
        pane.setWidgetResizable(True)
        pane.setFrameShape(QFrame.Shape.NoFrame)
        pane.setAccessibleName(". ".join(f"{name}: {words}" for name, words in record_lines(session, record)))
        self.scroll_area = pane
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 16, 0, 16)
        column.setSpacing(8)
        head = label(title, "title")
        head.setContentsMargins(24, 0, 24, 0)
        column.addWidget(head)
        column.addWidget(pane, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 0, 24, 0)
        foot.setSpacing(8)
        for verb, act in acts:
            foot.addWidget(button(verb, partial(self._close_and_run, act)))
        foot.addStretch(1)
        self.close_button = button("&Close", self.accept, kind="primary")
        foot.addWidget(self.close_button)
        column.addLayout(foot)
        self.close_button.setDefault(True)
        self.close_button.setFocus()

    def _close_and_run(self, act: Callable[[], object]) -> None:
        self.accept()
        act()
