"""A command dialog about a case: as tall as what it shows, within the screen, and growing with its questions."""

from typing import cast

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.ui.dialogs.command_dialog import DIALOG_WIDTH_PX, LEAST_FORM_HEIGHT_PX, CommandDialog
from ioms_desktop.ui.widgets.layouts import fit_to_screen, height_at, largest_size
from ioms_desktop.ui.widgets.widgets import label


class AutoHeightDialog(CommandDialog):
    """Fits its height to its form whenever the form shows more."""

    _fitted = False
    _fit_is_due = False

    @override
    def finish_layout(self) -> None:
        super().finish_layout()
        # On a screen too narrow for the form nothing may be out of reach.
        self.scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.form.changed.connect(self._schedule_fit)
        self._page.installEventFilter(self)

    @override
    def _fit_to_form(self) -> None:
        """Leave the height to what is measured when the dialog is shown."""
        fit_to_screen(self, DIALOG_WIDTH_PX, LEAST_FORM_HEIGHT_PX)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # What a part inside needs now reaches the layout round it only some turns of the event loop later.
        if event.type() == QEvent.Type.LayoutRequest and watched is self._page:
            self._schedule_fit()
        return super().eventFilter(watched, event)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        self._fit_height()  # before Qt puts it in the middle of its window, for which it takes its height as it then is
        super().showEvent(event)

    @Slot()
    def _schedule_fit(self) -> None:
        if not self._fit_is_due:  # a form that is filled in at once changes many times
            self._fit_is_due = True
            QTimer.singleShot(0, self, self._fit_height)

    @Slot()
    def _fit_height(self) -> None:
        self._fit_is_due = False
        inside = self.scroll_area.widget()
        layout, own = None if inside is None else inside.layout(), self.layout()
        if layout is None or own is None or not self.isVisible():
            return
        own.activate()
        wanted = max(height_at(layout, self.scroll_area.viewport().width()), LEAST_FORM_HEIGHT_PX)
        around = self.height() - self.scroll_area.height()
        beside = self.width() - self.scroll_area.viewport().width()
        largest = largest_size(self)
        width = min(max(self.width(), layout.totalMinimumSize().width() + beside), largest.width())
        height = min(wanted + around, largest.height())
        if width > self.width() or height > self.height() or not self._fitted:
            self.resize(width, max(height, self.height()) if self._fitted else height)
            if self._fitted:
                self._keep_on_screen()
        self._fitted = True

    def _keep_on_screen(self) -> None:
        """Move back what has grown over the lower or the right edge of the screen."""
        room, frame = self.screen().availableGeometry(), self.frameGeometry()
        over = QPoint(
            max(min(frame.right() - room.right(), frame.left() - room.left()), 0),
            max(min(frame.bottom() - room.bottom(), frame.top() - room.top()), 0),
        )
        if not over.isNull():
            self.move(self.pos() - over)

    def show_below_form(self, widget: QWidget) -> None:
        """Put a widget below the form that scrolls, so that it is always in sight."""
        column = cast("QVBoxLayout", self.layout())
        column.insertWidget(column.indexOf(self.unsaved_prompt) + 1, widget)


class Card(QFrame):
    """Words in a card: a small title over plain lines, for what a person must have read before deciding."""

    def __init__(self, title: str, lines: tuple[str, ...] = (), *, kind: str = "card") -> None:
        """Show lines; a card without any says that nothing is recorded."""
        super().__init__()
        self.setProperty("kind", kind)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 10, 16, 10)
        self.column.setSpacing(4)
        if title:
            self.column.addWidget(label(title, "small"))
        self._lines: list[QLabel] = []
        for line in lines:
            self.add_line(line)
        self.setAccessibleName(". ".join([title, *lines]) if title else " ".join(lines))

    def set_lines(self, lines: tuple[str, ...]) -> None:
        """Show other lines below the title, as many as there were."""
        for made, line in zip(self._lines, lines, strict=True):
            made.setText(line)

    def add_line(self, text: str, kind: str = "") -> QLabel:
        """Add a line that wraps and can be selected."""
        made = label(text, kind, wrap=True)
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.column.addWidget(made)
        self._lines.append(made)
        return made
