"""The pages of the gallery: a register, a form with problems, and the small things."""

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from ioms_desktop.ui.lists.register_view import RegisterView
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Tone
from ioms_desktop.ui.widgets.chips import Chip, ChipLabel, Shape, deadline_chip, rag_chip
from ioms_desktop.ui.widgets.widgets import (
    BusyIndicator,
    CardStrip,
    EmptyState,
    MessageBar,
    SectionHeading,
    button,
    icon_button,
    label,
)
from ui.fictional import Cabinet, ContactDialog, caseload

WAIT_MILLISECONDS = 60_000


def settle(app: QApplication, tasks: Tasks) -> None:
    """Wait until all tasks are done and everything is painted."""
    timer = QElapsedTimer()
    timer.start()
    app.processEvents()
    while tasks.is_busy and timer.elapsed() < WAIT_MILLISECONDS:
        app.processEvents()
    for _ in range(5):
        app.processEvents()


def _page(width: int, height: int) -> tuple[QWidget, QVBoxLayout]:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(24, 20, 24, 20)
    column.setSpacing(12)
    page.resize(width, height)
    return page, column


def register(tasks: Tasks) -> QWidget:
    """Show a register with a filter and a selected row."""
    page, column = _page(1080, 560)
    column.addWidget(label("Caseload", "display"))
    bar = MessageBar()
    column.addWidget(bar)
    view = RegisterView(caseload(Cabinet(1234)), tasks)
    column.addWidget(view, 1)
    page.show()
    bar.notice("Contact recorded for Jordan Ashworth.", "&Undo", print)
    settle(QApplication.instance(), tasks)  # type: ignore[arg-type]  # the application is there
    view.filters.choose("rag", frozenset({"RED", "AMBER", "BLUE"}))
    settle(QApplication.instance(), tasks)  # type: ignore[arg-type]  # as above
    page.activateWindow()
    view.table.setFocus()
    view.table.selectRow(3)
    return page


def empty(tasks: Tasks) -> QWidget:
    """Show a register without records."""
    page, column = _page(760, 360)
    view = RegisterView(caseload(Cabinet(30)), tasks)
    column.addWidget(view)
    page.show()
    view.search.setText("zzz")
    return page


def form(tasks: Tasks) -> QWidget:
    """Show a dialog with problems."""
    dialog = ContactDialog(tasks)
    dialog.came.set_value("yes")
    dialog.on.set_raw_text("24/11/26")
    dialog.minutes.set_value(45)
    dialog.note.set_value("Seen at home. Calm; asked about the mechanics course.")
    dialog.form.validate()
    dialog.show()
    dialog.show_refusal("Someone else recorded this contact. Your text is still here; compare the two.")
    return dialog


def small_things(_tasks: Tasks) -> QWidget:
    """Show message bars, chips, headings, cards and buttons."""
    page, column = _page(820, 640)
    bars = [MessageBar(), MessageBar(), MessageBar()]
    for bar in bars:
        column.addWidget(bar)
    page.show()
    bars[0].notice("Offer recorded.", "&Undo", print)
    bars[1].caution("The offer of support remains open.")
    bars[2].problem("Another computer is saving. Your entry is still here; try again in a moment.", "&Try again", print)
    chips = [rag_chip(rag) for rag in ("RED", "AMBER", "GREEN", "BLUE")]
    chips += [deadline_chip(days) for days in (-2, 0, 1, 5)] + [Chip("L2", Tone.NEUTRAL, Shape.DIAMOND)]
    row = QHBoxLayout()
    for chip in chips:
        row.addWidget(ChipLabel(chip))
    row.addStretch(1)
    column.addLayout(row)
    column.addWidget(
        CardStrip(
            [
                ("Name", "Jordan Ashworth"),
                ("Born", "3 Nov 2008 (18)"),
                ("RAG", ChipLabel(rag_chip("AMBER"))),
                ("Decision", ChipLabel(deadline_chip(0))),
                ("Navigator", "Mia Bello"),
            ]
        )
    )
    column.addWidget(
        SectionHeading("Offers and engagement", "2 open, 1 declined", button("&Offer support", kind="primary"))
    )
    buttons = QHBoxLayout()
    for press in (
        button("&Record contact", icon="calendar-plus", kind="primary"),
        button("&Print", icon="printer"),
        button("&Withdraw offer", kind="danger", icon="undo-2"),
        button("&Show all", kind="plain"),
        icon_button("settings", "Settings"),
    ):
        buttons.addWidget(press)
    off = button("Not &now", icon="lock")
    off.setEnabled(False)
    buttons.addWidget(off)
    buttons.addStretch(1)
    column.addLayout(buttons)
    busy = BusyIndicator("Reading 1,234 cases…")
    column.addWidget(busy)
    busy.start()
    column.addWidget(EmptyState("No decision is waiting.", "&Open the caseload", "scale"), 1)
    return page


PAGES: dict[str, Callable[[Tasks], QWidget]] = {
    "register": register,
    "empty": empty,
    "form": form,
    "small-things": small_things,
}
