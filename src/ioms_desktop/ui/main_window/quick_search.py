"""Quick search: people, cases and commands by what one types, in any word order, from anywhere (Ctrl+K).

The list hangs below the box and never takes the keyboard: arrows move in it, Enter opens, Escape puts it away. What
was found is recorded once, when the user stops typing for a moment or opens something.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.search import SearchHit, find_people_and_cases, log_search
from ioms_desktop.services.session import Desk
from ioms_desktop.ui import labels
from ioms_desktop.ui.actions.actions import Action
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.icons import dress, icon
from ioms_desktop.ui.widgets.widgets import Elided, announce, label

REFERENCE = re.compile(r"[A-Za-z]{2,}[-/]?[\w-]*\d[\w-]*|[A-Za-z]{2,}-[\w-]{2,}")
"""What reads like the reference of a case, and not like a name or a date."""
SETTLES_AFTER = 1500  # milliseconds without a key
MOST_COMMANDS = 5
PLACEHOLDER = "Find people, cases, commands (Ctrl+K)"


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of the list: what it says and what it does."""

    words: str
    detail: str
    icon: str
    do: Callable[[], object]
    hit: SearchHit | None = None


class QuickSearch(QLineEdit):
    """The box; its list is a child of the window, so that it lies over everything.

    Signals:
        case_wanted: A case was chosen, by its reference.
        person_wanted: A person without a case the user may see was chosen, by their name.
        glass_wanted: A reference was not found, and its glass is to be broken.
    """

    case_wanted = Signal(str)
    person_wanted = Signal(str)
    glass_wanted = Signal(str)

    def __init__(self, desk: Desk, tasks: Tasks, commands: Callable[[str], Sequence[Action]]) -> None:
        """Begin empty.

        Args:
            desk: Who searches.
            tasks: Where it is searched.
            commands: Finds what can be done by what is typed.
        """
        super().__init__()
        self._desk, self._tasks, self._commands = desk, tasks, commands
        self._offers: tuple[Offer, ...] = ()
        self._hits: tuple[SearchHit, ...] = ()
        self._answered = ""  # the text that the hits answer
        self._recorded = ""
        self._enters = False  # Enter was pressed before the answer was there
        self.setPlaceholderText(PLACEHOLDER)
        self.setAccessibleName("Quick search")
        self.setAccessibleDescription("Names in any order, dates of birth, reference numbers, or what you want to do.")
        self.setClearButtonEnabled(True)
        glass = QAction(self)
        dress(glass, "search", "quiet")
        self.addAction(glass, QLineEdit.ActionPosition.LeadingPosition)
        self.panel = Panel()
        self.panel.list.itemClicked.connect(self._clicked)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLES_AFTER)
        self._settling.timeout.connect(self._settle)
        self.textEdited.connect(self._ask)
        self.textChanged.connect(self._emptied)

    # Asking -------------------------------------------------------------------------------------

    @Slot(str)
    def _ask(self, text: str) -> None:
        self._settling.stop()
        self._enters = False
        if not text.strip():
            self.panel.hide()
            return
        self._tasks.latest(self, "find", partial(find_people_and_cases, self._desk, text), partial(self._take, text))

    @Slot(str)
    def _emptied(self, text: str) -> None:
        if not text.strip():
            self.panel.hide()

    def _take(self, text: str, hits: tuple[SearchHit, ...]) -> None:
        if text != self.text() or not self.hasFocus():
            return
        self._hits, self._answered = hits, text
        self._offers = (
            *(self._offer(hit) for hit in hits),
            *(self._command(action) for action in self._commands(text)[:MOST_COMMANDS]),
            *(() if hits else self._glass(text.strip())),
        )
        self._show()
        if hits:
            self._settling.start()
        if self._enters:
            self._open(0)

    def _offer(self, hit: SearchHit) -> Offer:
        born = f"born {format_day(hit.born_on)}"
        if hit.case_ref is None:
            return Offer(hit.name, f"{born} · no case", "user", partial(self.person_wanted.emit, hit.name), hit)
        programme = labels.PROGRAMMES.get(hit.programme or "", "")
        status = self._desk.lists.of("case_status").label(hit.status)
        state = f"{programme} · {status}" if not hit.closed else f"{programme} · closed, {status}"
        do = partial(self.case_wanted.emit, hit.case_ref)
        return Offer(hit.name, f"{born} · {hit.case_ref} · {state}", "folder-open", do, hit)

    def _glass(self, text: str) -> tuple[Offer, ...]:
        """Offer to break the glass of whatever reads like a reference and is not found, be there such a case or not."""
        if not may(self._desk.role, Right.BREAK_GLASS) or not REFERENCE.fullmatch(text):
            return ()
        words = f"Break the glass of {text.upper()}…"
        do = partial(self.glass_wanted.emit, text.upper())
        return (Offer(words, "a case that is kept from you", "shield-check", do),)

    def _command(self, action: Action) -> Offer:
        return Offer(action.words, action.shortcut, action.icon or "chevron-right", action.callback)

    def _show(self) -> None:
        self.panel.fill(self._offers, self.text())
        self._place()
        self.panel.show()
        self.panel.raise_()
        first = self._offers[0] if self._offers else None
        said = f"{len(self._offers)} found. {first.words}, {first.detail}" if first else "Nothing found"
        announce(said, self)

    def _place(self) -> None:
        window = self.window()
        if self.panel.parentWidget() is not window:
            self.panel.setParent(window)
        corner = self.mapTo(window, QPoint(0, self.height() + 2))
        self.panel.setFixedWidth(min(max(self.width(), 560), window.width() - corner.x() - 8))
        self.panel.move(corner)
        self.panel.fit(window.height() - corner.y() - 8)

    # Opening ------------------------------------------------------------------------------------

    @Slot(QListWidgetItem)
    def _clicked(self, item: QListWidgetItem) -> None:
        self._open(self.panel.list.row(item))

    def _enter(self) -> None:
        # Whoever types fast presses Enter before the answer is there; the key is not lost, it waits for it.
        if self._answered == self.text():
            self._open(self.panel.list.currentRow())
        else:
            self._enters = bool(self.text().strip())

    def _open(self, number: int) -> None:
        if not 0 <= number < len(self._offers) or self._answered != self.text():
            return
        self._enters = False
        offer = self._offers[number]
        if offer.hit is not None:
            self._settle()
        self.panel.hide()
        self.clear()
        offer.do()

    @Slot()
    def _settle(self) -> None:
        self._settling.stop()
        text, hits = self._answered, self._hits
        if hits and text != self._recorded:
            self._recorded = text
            self._tasks.run(self, partial(log_search, self._desk, text, hits), _nothing)

    # Keys ---------------------------------------------------------------------------------------

    @Slot()
    def begin(self) -> None:
        """Take the keyboard, with what stands there selected."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if self.panel.isVisible() and key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.panel.step(1 if key == Qt.Key.Key_Down else -1)
            announce(self.panel.current_words(), self)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        elif key == Qt.Key.Key_Escape and (self.panel.isVisible() or self.text()):
            self.panel.hide()
            self.clear()
        else:
            super().keyPressEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        # A click into the list comes after the focus has left; it must still find the list.
        QTimer.singleShot(150, self.panel, self._leave)

    @Slot()
    def _leave(self) -> None:
        if not self.hasFocus():
            self.panel.hide()
            if self._settling.isActive():
                self._settle()


def _nothing(_: object) -> None:
    """Nobody waits for the entry."""


class Panel(QFrame):
    """The list below the box."""

    def __init__(self) -> None:
        """Begin hidden."""
        super().__init__()
        self.setProperty("kind", "card")
        self.hide()
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName("Found")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.viewport().installEventFilter(self)
        self.list.setMouseTracking(True)
        self.nothing = label("", "quiet", wrap=True)
        self.nothing.setContentsMargins(10, 8, 10, 8)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 2, 2, 2)
        column.setSpacing(0)
        column.addWidget(self.list)
        column.addWidget(self.nothing)

    def fill(self, offers: Sequence[Offer], text: str) -> None:
        """Show other lines; the first is chosen."""
        self.list.clear()
        for offer in offers:
            item = QListWidgetItem(icon(offer.icon, "quiet"), "")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{offer.words}, {offer.detail}")
            item.setToolTip(offer.detail)
            line = _line(offer)
            item.setSizeHint(line.sizeHint())
            self.list.addItem(item)
            self.list.setItemWidget(item, line)
        self.list.setCurrentRow(0)
        self.list.setVisible(bool(offers))
        self.nothing.setVisible(not offers)
        self.nothing.setText(
            f"Nothing found for “{text.strip()}”. Try fewer letters, a date of birth like 3/11/2008, or a reference."
        )

    def fit(self, room: int) -> None:
        """Be as tall as the lines, within the room there is."""
        rows = self.list.count()
        wanted = rows * self.list.sizeHintForRow(0) + 8 if rows else self.nothing.sizeHint().height() + 20
        self.setFixedHeight(max(40, min(wanted, room)))

    def step(self, by: int) -> None:
        """Move the choice, round and round."""
        count = self.list.count()
        if count:
            self.list.setCurrentRow((self.list.currentRow() + by) % count)

    def current_words(self) -> str:
        """Say what is chosen."""
        item = self.list.currentItem()
        return str(item.data(Qt.ItemDataRole.AccessibleTextRole)) if item is not None else ""

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseMove and watched is self.list.viewport():
            item = self.list.itemAt(self.list.viewport().mapFromGlobal(self.cursor().pos()))
            if item is not None:
                self.list.setCurrentItem(item)
        return super().eventFilter(watched, event)


def _line(offer: Offer) -> QWidget:
    line = QWidget()
    words, detail = label(offer.words), Elided(offer.detail, "small")
    for part in (line, words, detail):
        part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    row = QHBoxLayout(line)
    row.setContentsMargins(28, 5, 8, 5)
    row.setSpacing(12)
    row.addWidget(words)
    row.addWidget(detail, 1)
    return line
