"""Quick search from anywhere (Ctrl+K): people, cases and commands by typed words in any order.

The list below the box never takes the focus: arrow keys move in it, Enter opens, Escape closes it. A search is
logged once, when the user pauses or opens a result.
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
from ioms_desktop.services.session import Session
from ioms_desktop.ui import labels
from ioms_desktop.ui.actions.actions import UserAction
from ioms_desktop.ui.tasks import Tasks, ignore
from ioms_desktop.ui.theme.icons import icon, set_icon
from ioms_desktop.ui.widgets.widgets import ElidedLabel, announce, label

CASE_REFERENCE_PATTERN = re.compile(r"[A-Za-z]{2,}[-/]?[\w-]*\d[\w-]*|[A-Za-z]{2,}-[\w-]{2,}")
"""Matches text that may be a case reference, rather than a name or a date."""
SEARCH_LOG_DELAY_MS = 1500  # length of the pause, since the last key, after which a search is logged
MAX_COMMANDS = 5
PLACEHOLDER = "Find people, cases, commands (Ctrl+K)"


@dataclass(frozen=True, slots=True)
class SearchSuggestion:
    """One line of the list: its text and its action."""

    title: str
    detail: str
    icon: str
    activate: Callable[[], object]
    hit: SearchHit | None = None


class QuickSearch(QLineEdit):
    """The search box; its list is a child of the window, so that it is drawn over the other widgets.

    Signals:
        case_requested: A case was chosen; carries its reference.
        person_requested: A person without a case visible to the user was chosen; carries their name.
        new_person_requested: Nobody was found, and a new person is to be recorded; carries what was typed.
        break_glass_requested: Break-glass access was requested for a reference that was not found.
        not_possible: A command was chosen that is not available now; carries a sentence that says what it needs.
    """

    case_requested = Signal(str)
    person_requested = Signal(str)
    new_person_requested = Signal(str)
    break_glass_requested = Signal(str)
    not_possible = Signal(str)

    def __init__(self, session: Session, tasks: Tasks, find_actions: Callable[[str], Sequence[UserAction]]) -> None:
        """Start empty.

        Args:
            session: The session of the user who searches.
            tasks: Runs the search.
            find_actions: Finds actions by the typed text.
        """
        super().__init__()
        self._session, self._tasks, self._find_actions = session, tasks, find_actions
        self._suggestions: tuple[SearchSuggestion, ...] = ()
        self._hits: tuple[SearchHit, ...] = ()
        self._hits_text = ""  # the text to which the hits belong
        self._logged_text = ""
        self._opens_when_loaded = False  # Enter was pressed before the result arrived
        self.setPlaceholderText(PLACEHOLDER)
        self.setAccessibleName("Quick search")
        self.setAccessibleDescription("Names in any order, dates of birth, reference numbers, or what you want to do.")
        self.setClearButtonEnabled(True)
        glass = QAction(self)
        set_icon(glass, "search", "quiet")
        self.addAction(glass, QLineEdit.ActionPosition.LeadingPosition)
        self.panel = SuggestionPanel(self)  # the window takes it over when it is first shown
        self.panel.list.itemClicked.connect(self._clicked)
        self._log_timer = QTimer(self)
        self._log_timer.setSingleShot(True)
        self._log_timer.setInterval(SEARCH_LOG_DELAY_MS)
        self._log_timer.timeout.connect(self._log_search)
        self.textEdited.connect(self._search)
        self.textChanged.connect(self._hide_if_empty)

    @Slot(str)
    def _search(self, text: str) -> None:
        self._log_timer.stop()
        self._opens_when_loaded = False
        if not text.strip():
            self.panel.hide()
            return
        self._tasks.latest(
            self, "find", partial(find_people_and_cases, self._session, text), partial(self._hits_loaded, text)
        )

    @Slot(str)
    def _hide_if_empty(self, text: str) -> None:
        if not text.strip():
            self.panel.hide()

    def _hits_loaded(self, text: str, hits: tuple[SearchHit, ...]) -> None:
        if text != self.text() or not self.hasFocus():
            return
        self._hits, self._hits_text = hits, text
        self._suggestions = (
            *(self._suggest_hit(hit) for hit in hits),
            *(self._suggest_action(action) for action in self._find_actions(text)[:MAX_COMMANDS]),
            *(() if hits else self._suggest_break_glass(text.strip())),
            *(() if hits else self._suggest_new_person(text.strip())),
        )
        self._show_panel()
        if hits:
            self._log_timer.start()
        if self._opens_when_loaded:
            self._open_suggestion(0)

    def _suggest_hit(self, hit: SearchHit) -> SearchSuggestion:
        born = " · ".join(filter(None, (hit.match.reason, f"born {format_day(hit.born_on)}")))
        if hit.case_ref is None:
            return SearchSuggestion(
                hit.name, f"{born} · no case", "user", partial(self.person_requested.emit, hit.name), hit
            )
        programme = labels.PROGRAMME_LABELS.get(hit.programme or "", "")
        status = self._session.lists.of("case_status").label(hit.status)
        state = f"{programme} · {status}" if not hit.closed else f"{programme} · closed, {status}"
        do = partial(self.case_requested.emit, hit.case_ref)
        return SearchSuggestion(hit.name, f"{born} · {hit.case_ref} · {state}", "folder-open", do, hit)

    def _suggest_break_glass(self, text: str) -> tuple[SearchSuggestion, ...]:
        """Offer break-glass access for any possible reference that was not found, whether or not the case exists."""
        if not may(self._session.role, Right.BREAK_GLASS) or not CASE_REFERENCE_PATTERN.fullmatch(text):
            return ()
        words = f"Restricted record access to {text.upper()}…"
        do = partial(self.break_glass_requested.emit, text.upper())
        return (SearchSuggestion(words, "a case that is kept from you", "shield-check", do),)

    def _suggest_new_person(self, text: str) -> tuple[SearchSuggestion, ...]:
        """Offer to record a name that was not found; figures may be a date or a number that was mistyped."""
        if not may(self._session.role, Right.INTAKE) or any(sign.isdigit() for sign in text):
            return ()
        do = partial(self.new_person_requested.emit, text)
        return (SearchSuggestion(f"New person “{text}”…", "nobody like this is on record", "user-plus", do),)

    def _suggest_action(self, action: UserAction) -> SearchSuggestion:
        picture = action.icon or "chevron-right"
        if missing := action.what_is_missing:
            said = f"“{action.plain_title}” is not available now: {missing}."
            return SearchSuggestion(action.plain_title, missing, picture, partial(self.not_possible.emit, said))
        return SearchSuggestion(action.plain_title, action.shortcut, picture, action.callback)

    def _show_panel(self) -> None:
        self.panel.fill(self._suggestions, self.text())
        self._place_panel()
        self.panel.show()
        self.panel.raise_()
        first = self._suggestions[0] if self._suggestions else None
        said = f"{len(self._suggestions)} found. {first.title}, {first.detail}" if first else "Nothing found"
        announce(said, self)

    def _place_panel(self) -> None:
        window = self.window()
        if self.panel.parentWidget() is not window:
            self.panel.setParent(window)
        corner = self.mapTo(window, QPoint(0, self.height() + 2))
        self.panel.setFixedWidth(min(max(self.width(), 560), window.width() - corner.x() - 8))
        self.panel.move(corner)
        self.panel.fit_height(window.height() - corner.y() - 8)

    @Slot(QListWidgetItem)
    def _clicked(self, item: QListWidgetItem) -> None:
        self._open_suggestion(self.panel.list.row(item))

    def _enter_pressed(self) -> None:
        # A fast typist presses Enter before the result arrives; the case is then opened when it does.
        if self._hits_text == self.text():
            self._open_suggestion(self.panel.list.currentRow())
        else:
            self._opens_when_loaded = bool(self.text().strip())

    def _open_suggestion(self, number: int) -> None:
        if not 0 <= number < len(self._suggestions) or self._hits_text != self.text():
            return
        self._opens_when_loaded = False
        offer = self._suggestions[number]
        if offer.hit is not None:
            self._log_search()
        self.panel.hide()
        self.clear()
        offer.activate()

    @Slot()
    def _log_search(self) -> None:
        self._log_timer.stop()
        text, hits = self._hits_text, self._hits
        if hits and text != self._logged_text:
            self._logged_text = text
            # The search is logged after its results are shown, so that the user does not wait for it.
            self._tasks.run(self, partial(log_search, self._session, text, hits), ignore)

    @Slot()
    def focus_and_select(self) -> None:
        """Take the focus and select the text."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if self.panel.isVisible() and key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.panel.move_selection(1 if key == Qt.Key.Key_Down else -1)
            announce(self.panel.current_text(), self)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter_pressed()
        elif key == Qt.Key.Key_Escape and (self.panel.isVisible() or self.text()):
            self.panel.hide()
            self.clear()
        else:
            super().keyPressEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        # A click on the list arrives after the box loses the focus, so the list must stay visible for a moment.
        QTimer.singleShot(150, self.panel, self._hide_unless_focused)

    @Slot()
    def _hide_unless_focused(self) -> None:
        if not self.hasFocus():
            self.panel.hide()
            if self._log_timer.isActive():
                self._log_search()


class SuggestionPanel(QFrame):
    """The list below the search box."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
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
        self.empty_label = label("", "quiet", wrap=True)
        self.empty_label.setContentsMargins(10, 8, 10, 8)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 2, 2, 2)
        column.setSpacing(0)
        column.addWidget(self.list)
        column.addWidget(self.empty_label)

    def fill(self, suggestions: Sequence[SearchSuggestion], text: str) -> None:
        """Replace the lines and select the first."""
        self.list.clear()
        for offer in suggestions:
            item = QListWidgetItem(icon(offer.icon, "quiet"), "")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{offer.title}, {offer.detail}")
            item.setToolTip(offer.detail)
            line = _suggestion_row(offer)
            item.setSizeHint(line.sizeHint())
            self.list.addItem(item)
            self.list.setItemWidget(item, line)
        self.list.setCurrentRow(0)
        self.list.setVisible(bool(suggestions))
        self.empty_label.setVisible(not suggestions)
        self.empty_label.setText(
            f"Nothing found for “{text.strip()}”. Try fewer letters, a date of birth like 3/11/2008, or a reference."
        )

    def fit_height(self, max_height: int) -> None:
        """Fit the height to the lines, up to the space available."""
        rows = self.list.count()
        wanted = rows * self.list.sizeHintForRow(0) + 8 if rows else self.empty_label.sizeHint().height() + 20
        self.setFixedHeight(max(40, min(wanted, max_height)))

    def move_selection(self, by: int) -> None:
        """Move the selection, wrapping around at either end."""
        count = self.list.count()
        if count:
            self.list.setCurrentRow((self.list.currentRow() + by) % count)

    def current_text(self) -> str:
        """Return the text of the selected line."""
        item = self.list.currentItem()
        return str(item.data(Qt.ItemDataRole.AccessibleTextRole)) if item is not None else ""

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseMove and watched is self.list.viewport():
            item = self.list.itemAt(self.list.viewport().mapFromGlobal(self.cursor().pos()))
            if item is not None:
                self.list.setCurrentItem(item)
        return super().eventFilter(watched, event)


def _suggestion_row(suggestion: SearchSuggestion) -> QWidget:
    line = QWidget()
    words, detail = label(suggestion.title), ElidedLabel(suggestion.detail, "small")
    for part in (line, words, detail):
        part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    row = QHBoxLayout(line)
    row.setContentsMargins(28, 5, 8, 5)
    row.setSpacing(12)
    row.addWidget(words)
    row.addWidget(detail, 1)
    return line
