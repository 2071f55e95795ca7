"""A list whose lines show at their end the key that chooses them, and how much of them is new."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from ioms_desktop.ui.theme.active import active_theme

KEY_ROLE, NEWS_ROLE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
PADDING_PX = 8
ROW_HEIGHT_PX = 25


class KeyedList(QListWidget):
    """A list of fixed lines, as high as all of them."""

    def __init__(self, name: str, width: int) -> None:
        """Create it empty.

        Args:
            name: What a screen reader calls it.
            width: Pixels at 100 %.
        """
        super().__init__()
        self.setAccessibleName(name)
        self.setFixedWidth(width)
        self.setItemDelegate(_KeyedItemDelegate(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def add(self, text: str, key: str) -> None:
        """Add a line with its key."""
        item = QListWidgetItem(text)
        item.setData(KEY_ROLE, key)
        item.setSizeHint(QSize(0, ROW_HEIGHT_PX))
        self.addItem(item)
        self.setFixedHeight(self.count() * ROW_HEIGHT_PX + 4)

    def show_line(self, number: int, text: str, *, news: int = 0, tip: str = "") -> None:
        """Replace the text of a line, with how many entries of it are new."""
        item = self.item(number)
        item.setText(text)
        item.setToolTip(tip)
        item.setData(NEWS_ROLE, news)
        said = f"{text}, {news} new" if news else text
        item.setData(Qt.ItemDataRole.AccessibleTextRole, said)


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
        painter.setFont(now.font(size=now.sizes.small))
        painter.setPen(now.colour("selected_text" if selected else "quiet"))
        key = str(index.data(KEY_ROLE) or "")
        painter.drawText(inside, Qt.AlignmentFlag.AlignRight | middle, key)
        inside.setRight(inside.right() - QFontMetrics(painter.font()).horizontalAdvance(key) - PADDING_PX)
        news = index.data(NEWS_ROLE) or 0
        painter.setFont(now.font(bold=bool(news)))
        painter.setPen(now.colour("selected_text" if selected else "text"))
        if news:
            words = f"{news} new"
            painter.setPen(now.colour("accent"))
            painter.drawText(inside, Qt.AlignmentFlag.AlignRight | middle, words)
            inside.setRight(inside.right() - QFontMetrics(painter.font()).horizontalAdvance(words) - PADDING_PX)
            painter.setPen(now.colour("selected_text" if selected else "text"))
        shown = QFontMetrics(painter.font()).elidedText(str(index.data()), Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside, Qt.AlignmentFlag.AlignLeft | middle, shown)
