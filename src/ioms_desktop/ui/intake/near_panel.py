"""The list beside the form of a person: who on record may be the one that is being entered, each with the reason."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.services.intake.near_people import NearPerson
from ioms_desktop.ui.widgets.widgets import announce, button, label

PANEL_WIDTH_PX = 300
QWIDGETSIZE_MAX = 16_777_215  # the height that Qt takes for none
LINE_HEIGHT_PX, COMPACT_LINE_HEIGHT_PX = 80, 62
MAX_LINES_IN_SIGHT = 3
COMPACT_HEIGHT_PX, LOW_HEIGHT_PX = 152, 116
MARGINS_PX, LOW_MARGINS_PX = (16, 10, 16, 12), (16, 4, 16, 4)
NOTHING_TYPED = "Type a name or a number. People already on record who may be the same person are listed here."
LOOKING = "Looking…"
NOBODY = "Nobody whom you may see matches this."
OPENS = "Enter opens the person instead; what you typed is kept as an unsaved entry."


class NearPeoplePanel(QFrame):
    """Shows who may be meant.

    Signals:
        person_chosen: Somebody on record was chosen; carries the `NearPerson`.
    """

    person_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin with nobody."""
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.people: tuple[NearPerson, ...] = ()
        self._is_compact = False
        self._title = label("On record already?", "title")
        self.state = label(NOTHING_TYPED, "quiet", wrap=True)
        self.list = QListWidget()
        self.list.setAccessibleName("People on record who may be meant")
        self.list.setWordWrap(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemActivated.connect(self._choose)
        self.open_button = button("&Open this person", self._choose_current)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(*MARGINS_PX)
        column.setSpacing(6)
        column.addWidget(self._title)
        column.addWidget(self.state)
        column.addWidget(self.list)
        column.addWidget(self.open_button)
        column.addStretch(1)
        self._show_list(shown=False)

    @override
    def sizeHint(self) -> QSize:
        """Be as wide as a name with its reason needs."""
        return QSize(PANEL_WIDTH_PX, super().sizeHint().height())

    def show_state(self, sentence: str) -> None:
        """Say what is known of the search; whoever was found before stays in the list."""
        self.state.setText(sentence)

    def show_people(self, people: Sequence[NearPerson]) -> None:
        """List who was found, the nearest first; what is listed already keeps its selection."""
        found = tuple(people)
        if found != self.people:
            self.people = found
            self.list.clear()
            for each in found:
                item = QListWidgetItem(f"{each.description}\n{each.why}")
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{each.description}, {each.why}")
                self.list.addItem(item)
            if found:
                self.list.setCurrentRow(0)
            announce(f"{len(found)} on record may be the same person" if found else NOBODY, self.list)
        self.show_state(OPENS if found else NOBODY)
        self._show_list(shown=bool(found))

    def clear(self) -> None:
        """Show that nothing is typed yet."""
        self.people = ()
        self.list.clear()
        self.show_state(NOTHING_TYPED)
        self._show_list(shown=False)

    def set_compact(self, *, compact: bool, low: bool) -> None:
        """Take a height that stays the same whoever is found, so that the form below it does not move.

        Args:
            compact: Whether it stands above the form.
            low: Whether it leaves out its title.
        """
        self._is_compact = compact
        self._title.setVisible(not low)
        self._column.setContentsMargins(*(LOW_MARGINS_PX if low else MARGINS_PX))
        if compact:
            self.setFixedHeight(LOW_HEIGHT_PX if low else COMPACT_HEIGHT_PX)
        else:
            self.setMinimumHeight(0)
            self.setMaximumHeight(QWIDGETSIZE_MAX)
        self._show_list(shown=bool(self.people))

    def _show_list(self, *, shown: bool) -> None:
        lines = min(max(len(self.people), 1), MAX_LINES_IN_SIGHT)
        self.list.setFixedHeight(COMPACT_LINE_HEIGHT_PX if self._is_compact else LINE_HEIGHT_PX * lines)
        self.list.setVisible(shown)
        self.open_button.setVisible(shown and not self._is_compact)

    @Slot(QListWidgetItem)
    def _choose(self, item: QListWidgetItem) -> None:
        self.person_chosen.emit(self.people[self.list.row(item)])

    @Slot()
    def _choose_current(self) -> None:
        if self.list.currentItem() is not None:
            self._choose(self.list.currentItem())
