"""A list whose lines show at their end the key that chooses them, and how much of them is new.

Some of its lines may stand at its end, below one that shows or hides them.
"""

from collections.abc import Collection, Iterable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)
from typing_extensions import override

from ioms_desktop.ui.theme.active import active_theme
from ioms_desktop.ui.theme.icons import pixmap
from ioms_desktop.ui.widgets.widgets import announce

KEY_ROLE, NEWS_ROLE, MARK_ROLE = (Qt.ItemDataRole.UserRole + number for number in range(3))
PADDING_PX, GAP_PX, MARK_PX = 8, 8, 14
ROW_HEIGHT_PX = 25
TOGGLE_KEYS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space})


class KeyedList(QListWidget):
    """A list of lines, each known by its number from 0 in whichever order they stand; as high as all it shows.

    Signals:
        number_chosen: Another line was chosen; with its number. The line that shows or hides others has none.
        fold_changed: The user showed (False) or hid (True) the lines at the end.
    """

    number_chosen = Signal(int)
    fold_changed = Signal(bool)

    def __init__(self, name: str, width: int, fold_title: str) -> None:
        """Create it empty.

        Args:
            name: What a screen reader calls it.
            width: Pixels at 100 %.
            fold_title: What is said of the lines at its end.
        """
        super().__init__()
        self.setAccessibleName(name)
        self.setFixedWidth(width)
        self.setItemDelegate(_KeyedItemDelegate(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._lines: list[QListWidgetItem] = []
        self._fold_title, self._away, self._chosen = fold_title, tuple[int, ...](), -1
        self.is_folded = False
        self.fold_line = QListWidgetItem()
        self.fold_line.setSizeHint(QSize(0, ROW_HEIGHT_PX))
        self.fold_line.setToolTip("Show or hide them: Enter or a click")
        self.addItem(self.fold_line)
        self.fold_line.setHidden(True)
        self.currentItemChanged.connect(self._current_changed)
        self.itemClicked.connect(self._clicked)

    def add_lines(self, lines: Iterable[tuple[str, str]]) -> None:
        """Add lines: each with its text and its key."""
        for text, key in lines:
            item = QListWidgetItem(text)
            item.setData(KEY_ROLE, key)
            item.setSizeHint(QSize(0, ROW_HEIGHT_PX))
            self._lines.append(item)
            self.insertItem(self.row(self.fold_line), item)
        self._fit_height()

    def line(self, number: int) -> QListWidgetItem:
        """Return a line by its number."""
        return self._lines[number]

    @property
    def chosen(self) -> int:
        """The number of the line that was chosen last; -1 for none."""
        return self._chosen

    @property
    def is_at_fold(self) -> bool:
        """Whether the line that shows or hides others has the keyboard."""
        return self.currentItem() is self.fold_line

    def choose(self, number: int) -> None:
        """Choose a line; one that is hidden is shown, and the others at the end with it."""
        self.setCurrentItem(self._lines[number])

    def show_line(self, number: int, text: str, *, news: int = 0, tip: str = "") -> None:
        """Replace the text of a line, with how many entries of it are new."""
        item = self._lines[number]
        item.setText(text)
        item.setToolTip(tip)
        item.setData(NEWS_ROLE, news)
        said = f"{text}, {news} new" if news else text
        item.setData(Qt.ItemDataRole.AccessibleTextRole, said)

    def put_away(self, numbers: Collection[int]) -> None:
        """Put some lines at the end, below a line that shows or hides them.

        The chosen line stays chosen and in sight, but the keyboard on the line that hides them keeps them folded.
        """
        away = tuple(sorted(numbers))
        if away != self._away:
            self._away = away
            stay = [item for number, item in enumerate(self._lines) if number not in away]
            with QSignalBlocker(self):
                current = self.currentItem()
                for item in (*stay, self.fold_line, *(self._lines[number] for number in away)):
                    self.addItem(self.takeItem(self.row(item)))
                self.setCurrentItem(current)
        self.set_folded(folded=self.is_folded and (self.is_at_fold or self._chosen not in away))

    def set_folded(self, *, folded: bool) -> None:
        """Hide the lines at the end, or show them."""
        self.is_folded = folded
        for number, item in enumerate(self._lines):
            item.setHidden(folded and number in self._away)
        self.fold_line.setHidden(not self._away)
        words = f"{self._fold_title} ({len(self._away)})"
        self.fold_line.setText(words)
        self.fold_line.setData(MARK_ROLE, "chevron-right" if folded else "chevron-down")
        state = "folded" if folded else "unfolded"
        self.fold_line.setData(Qt.ItemDataRole.AccessibleTextRole, f"{words}, {state}")
        if folded and self._chosen in self._away and not self.is_at_fold:
            self.setCurrentItem(self.fold_line)
        self._fit_height()

    def _fit_height(self) -> None:
        shown = sum(1 for row in range(self.count()) if not self.item(row).isHidden())
        self.setFixedHeight(shown * ROW_HEIGHT_PX + 4)

    @Slot(QListWidgetItem, QListWidgetItem)
    def _current_changed(self, item: QListWidgetItem | None) -> None:
        if item is not None and self.hasFocus():
            self._bring_into_sight(item)
        if item is None or item is self.fold_line:
            return
        if item.isHidden():
            self.set_folded(folded=False)
        number = self._lines.index(item)
        if number != self._chosen:
            self._chosen = number
            self.number_chosen.emit(number)

    def _bring_into_sight(self, item: QListWidgetItem) -> None:
        """Scroll what the list stands in to a line that the arrows reached: the list shows all its lines."""
        around = self.parentWidget()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()
        page = None if around is None else around.widget()
        if around is not None and page is not None:
            at = self.viewport().mapTo(page, self.visualItemRect(item).center())
            around.ensureVisible(0, at.y(), 0, 2 * ROW_HEIGHT_PX)

    @Slot(QListWidgetItem)
    def _clicked(self, item: QListWidgetItem) -> None:
        if item is self.fold_line:
            self._toggle(folded=not self.is_folded)

    def _toggle(self, *, folded: bool) -> None:
        if folded != self.is_folded:
            self.set_folded(folded=folded)
            announce(str(self.fold_line.data(Qt.ItemDataRole.AccessibleTextRole)), self)
            self.fold_changed.emit(folded)

    @override
    def moveCursor(self, cursorAction: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        index = super().moveCursor(cursorAction, modifiers)
        while index.isValid() and self.isRowHidden(index.row()):  # End leads to the last line, hidden or not
            index = self.model().index(index.row() - 1, 0)
        return index

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if self.is_at_fold and key in TOGGLE_KEYS:
            self._toggle(folded=not self.is_folded)
        elif self.is_at_fold and key in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            self._toggle(folded=key == Qt.Key.Key_Left)
        elif key == Qt.Key.Key_Left and self._chosen in self._away:
            self.setCurrentItem(self.fold_line)
        else:
            super().keyPressEvent(event)


class _KeyedItemDelegate(QStyledItemDelegate):
    """Paints a line: its text, how much is new, and its key in a quiet colour."""

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        now = active_theme()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(option.rect, now.colour("selected"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, now.colour("hover"))
        inside = option.rect.adjusted(PADDING_PX, 0, -PADDING_PX, 0)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        mark = index.data(MARK_ROLE)
        if mark:
            self._paint_mark(painter, str(mark), inside)
        painter.setFont(now.font(size=now.sizes.small))
        painter.setPen(now.colour("selected_text" if selected else "quiet"))
        key = str(index.data(KEY_ROLE) or "")
        painter.drawText(inside, Qt.AlignmentFlag.AlignRight | middle, key)
        inside.setRight(inside.right() - QFontMetrics(painter.font()).horizontalAdvance(key) - GAP_PX)
        news = index.data(NEWS_ROLE) or 0
        painter.setFont(now.font(bold=bool(news)))
        if news:
            words = f"{news} new"
            painter.setPen(now.colour("accent"))
            painter.drawText(inside, Qt.AlignmentFlag.AlignRight | middle, words)
            inside.setRight(inside.right() - QFontMetrics(painter.font()).horizontalAdvance(words) - PADDING_PX)
        painter.setPen(now.colour("selected_text" if selected else "quiet" if mark else "text"))
        shown = QFontMetrics(painter.font()).elidedText(str(index.data()), Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside, Qt.AlignmentFlag.AlignLeft | middle, shown)

    def _paint_mark(self, painter: QPainter, mark: str, inside: QRect) -> None:
        """Paint the mark at the start of a line, and leave the rest of it for the text."""
        drawn = pixmap(mark, "quiet", MARK_PX, painter.device().devicePixelRatioF())
        top = inside.top() + (inside.height() - MARK_PX) // 2
        painter.drawPixmap(QRect(inside.left(), top, MARK_PX, MARK_PX), drawn)
        inside.setLeft(inside.left() + MARK_PX + GAP_PX)
