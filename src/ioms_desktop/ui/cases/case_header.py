"""The header of a case, which does not scroll: who it is about, the facts in short, and the actions."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.domain.text_format import describe_wanted
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.session import Session
from ioms_desktop.ui import labels
from ioms_desktop.ui.cases.header_facts import Fact, current_spell, essential_facts, header_facts
from ioms_desktop.ui.reading.case_page import LOWEST_HEIGHT_PX
from ioms_desktop.ui.theme.icons import set_icon
from ioms_desktop.ui.theme.tokens import Tone
from ioms_desktop.ui.widgets.chips import Chip, ChipLabel, Shape, rag_chip
from ioms_desktop.ui.widgets.flow_layout import FlowLayout
from ioms_desktop.ui.widgets.layouts import clear_layout
from ioms_desktop.ui.widgets.widgets import ElidedLabel, announce, button, label
from ioms_desktop.ui.widgets.wrapping_label import WrappingLabel

FACT_WIDTH_PX, FACT_HEIGHT_PX = 206, 39
MAX_FACTS_SHARE = 0.3
"""The share of the height of the case screen that the facts may take before they fold."""
LOW_HEIGHT_PX = 360
"""Below this height of the case screen the buttons show their icons alone, and the margins are narrow."""
CHANGED_MESSAGE = "Changed elsewhere since you opened it; refresh (F5)"
NOTHING_NEW = "Nothing new since you looked"
UNFOLD_LABEL, FOLD_LABEL = "All facts", "Fewer facts"
UNFOLD_KEY = "Ctrl+Shift+F"
ESSENTIAL_LINES = 3
"""An essential fact takes so many lines before it is elided."""
MARKERS_AFTER = 4
"""The warning markers stand after so many parts of the first line."""
QT_MAX_HEIGHT_PX = 16777215  # Qt's own


class FactsGrid(QWidget):
    """Every fact in as many columns as fit; what is essential wraps, other text that is too long is elided."""

    def __init__(self) -> None:
        super().__init__()
        self._facts: tuple[Fact, ...] = ()
        self._cells: list[QWidget] = []
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(6)

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Replace the facts; what is said as before stays, because a case is read again after each act."""
        if tuple(facts) == self._facts:
            return
        before = dict(zip(self._facts, self._cells, strict=True))
        cells = [before[fact] if fact in before else _fact_widget(fact) for fact in facts]
        for cell in self._cells:
            if cell not in cells:
                self._grid.removeWidget(cell)
                cell.hide()
                cell.deleteLater()
        self._facts, self._cells = tuple(facts), cells
        self._columns = 0
        self._arrange()

    def rows_in(self, width: int) -> int:
        """Return how many rows the facts take in a width."""
        return 1 + max((row for row, _, _ in self._places(_columns_in(width))), default=-1)

    def _places(self, columns: int) -> list[tuple[int, int, int]]:
        """Return the row, column and span of each fact."""
        places = []
        row = column = 0
        for fact in self._facts:
            span = 2 if fact.wide else 1
            if column + span > columns:
                row, column = row + 1, 0
            places.append((row, column, span))
            column += span
        return places

    def _arrange(self) -> None:
        columns = _columns_in(self.width())
        if columns == self._columns:
            return
        self._columns = columns
        for number in range(max(columns, self._grid.columnCount())):
            self._grid.setColumnStretch(number, 1 if number < columns else 0)
        for cell, (row, column, span) in zip(self._cells, self._places(columns), strict=True):
            self._grid.addWidget(cell, row, column, 1, span, Qt.AlignmentFlag.AlignTop)
            cell.show()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()


class EssentialFacts(QWidget):
    """The facts that are never left out, each on a line with its title, in as many lines as they take."""

    def __init__(self) -> None:
        super().__init__()
        self._said: tuple[tuple[Fact, ...], int] = ((), 0)
        self._row = FlowLayout(18, line_spacing=2)
        self.setLayout(self._row)

    def show_facts(self, facts: Sequence[Fact], *, low: bool, lines: int) -> None:
        """Replace the facts; some are together where the window is low, and each has so many lines."""
        essential = tuple(essential_facts(facts, grouped=low))
        if (essential, lines) == self._said:
            return
        self._said = essential, lines
        clear_layout(self._row)
        for fact in essential:
            cell = QWidget()
            inside = QHBoxLayout(cell)
            inside.setContentsMargins(0, 0, 0, 0)
            inside.setSpacing(6)
            inside.addWidget(label(fact.title, "small"), 0, Qt.AlignmentFlag.AlignTop)
            inside.addWidget(_words_of(fact, lines), 1)
            self._row.addWidget(cell)
        self.updateGeometry()


def _columns_in(width: int) -> int:
    return max(2, width // FACT_WIDTH_PX)


def _fact_widget(fact: Fact) -> QWidget:
    cell = QWidget()
    column = QVBoxLayout(cell)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(label(fact.title, "small"))
    column.addWidget(_words_of(fact))
    return cell


def _words_of(fact: Fact, max_lines: int = ESSENTIAL_LINES) -> QWidget:
    words = WrappingLabel(fact.text, max_lines=max_lines) if fact.essential else ElidedLabel(fact.text)
    words.setAccessibleName(f"{fact.title}: {fact.text}")
    return words


class CaseHeader(QFrame):
    """Shows name, chips, facts and action buttons; in a small window it folds, but for the essential facts.

    Attributes:
        upper_page: What of it stands at the top of the page and scrolls with it, in the lowest windows.
    """

    def __init__(self, acts: Sequence[QPushButton], at_right: QWidget) -> None:
        """Lay out an empty header.

        Args:
            acts: The action buttons, the primary one first.
            at_right: The widget at the end of the row of buttons.
        """
        super().__init__()
        self.setProperty("kind", "card")
        self._labels, self._at_right = [(act, act.text()) for act in acts], at_right
        self._facts: Sequence[Fact] = ()
        self._is_unfolded = self._is_low = self._is_lowest = False
        self._room_px = QT_MAX_HEIGHT_PX
        self.name = WrappingLabel("", "display")
        self.name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.known_as = WrappingLabel("", "quiet")
        self.reference = label("", "quiet")
        self.viewers_label = label("", "quiet")
        self.changed_label = label(CHANGED_MESSAGE, "quiet")
        self.news_button = button(NOTHING_NEW, kind="plain", icon="bell")
        self.news_button.hide()
        self.rag = ChipLabel()
        self.custody = ChipLabel()
        self._markers: tuple[str, ...] = ()
        self._marker_chips: list[ChipLabel] = []
        self.wanted = label("", "title", wrap=True)
        self.wanted_bar = QFrame()
        self.wanted_bar.setProperty("kind", "bar-problem")
        inside = QHBoxLayout(self.wanted_bar)
        inside.setContentsMargins(12, 6, 12, 6)
        inside.addWidget(self.wanted)
        self.wanted_bar.hide()
        self.facts, self.essentials = FactsGrid(), EssentialFacts()
        self.fold_button = button(UNFOLD_LABEL, self.turn, kind="plain", icon="chevron-down")
        self.fold_button.setToolTip(f"Every fact of the header: {UNFOLD_KEY}")
        turning = QShortcut(QKeySequence(UNFOLD_KEY), self)
        turning.activated.connect(self.fold_button.click)
        self._lay_out(acts, at_right)

    def _lay_out(self, acts: Sequence[QPushButton], at_right: QWidget) -> None:
        self._top = FlowLayout(12, line_spacing=4, last_at_right=True)
        self.viewers_label.hide()
        self.changed_label.hide()
        named = (self.name, self.known_as, self.rag, self.custody)
        for part in (*named, self.news_button, self.viewers_label, self.changed_label):
            self._top.addWidget(part)
        self._top.addWidget(self.reference)
        self._buttons = buttons = FlowLayout(8, line_spacing=6, last_at_right=True)
        for act in (*acts, self.fold_button, at_right):
            buttons.addWidget(act)
        self._below = (self.facts, self.essentials, _holding(buttons))
        self._column = QVBoxLayout(self)
        for line in (self.wanted_bar, _holding(self._top), *self._below):
            self._column.addWidget(line)
        self.upper_page = QFrame()
        self.upper_page.setProperty("kind", "card")
        inside = QVBoxLayout(self.upper_page)
        inside.setContentsMargins(12, 4, 12, 4)
        inside.setSpacing(4)
        self.upper_page.hide()
        self._set_margins()

    def _set_margins(self) -> None:
        aside, above, between = (12, 4, 4) if self._is_low else (20, 10, 8)
        self._column.setContentsMargins(aside, above, aside, above)
        self._column.setSpacing(between)

    def fit_into(self, height: int) -> None:
        """Fold or unfold, for a case screen of a height."""
        self._room_px = height
        low = height < LOW_HEIGHT_PX
        self._share_with_page(lowest=height < LOWEST_HEIGHT_PX)
        if low != self._is_low:
            self._is_low = low
            self._set_margins()
            self._show_marker_chips()
            self._buttons.setSpacing(4 if low else 8)
            for act, words in self._labels:
                act.setText("" if low else words)
        self._show_essentials()
        self._fold()

    def _show_essentials(self) -> None:
        lines = 1 if self._is_low and not self._is_lowest else ESSENTIAL_LINES  # what scrolls has room for all
        self.essentials.show_facts(self._facts, low=self._is_low, lines=lines)

    def _share_with_page(self, *, lowest: bool) -> None:
        """Give the page who else is there and all below the chips, but for the first button and the folding one."""
        page = self.upper_page.layout()
        if lowest == self._is_lowest or page is None:
            return
        self._is_lowest = lowest
        self.upper_page.setVisible(lowest)
        self.viewers_label.setWordWrap(lowest)
        if lowest:
            page.addWidget(self.viewers_label)
        else:
            self._top.insert(self._top.indexOf(self.changed_label), self.viewers_label)
        for line in self._below:
            (page if lowest else self._column).addWidget(line)
        first = [act for act, _ in self._labels[:1]]
        for place, act in enumerate((*first, self.fold_button)):
            if lowest:
                self._top.addWidget(act)
            else:
                self._buttons.insert(place * len(self._labels), act)

    @Slot()
    def turn(self) -> None:
        """Show every fact, or the essential ones alone."""
        self._is_unfolded = not self._is_unfolded
        self._fold()

    def _fold(self) -> None:
        inside = self.width() - 40
        is_tight = self.facts.rows_in(inside) * FACT_HEIGHT_PX > self._room_px * MAX_FACTS_SHARE
        is_folded = is_tight and not self._is_unfolded
        self.facts.setVisible(not is_folded)
        self.essentials.setVisible(is_folded)
        self.name.set_max_lines(1 if self._is_low else 2)
        self._at_right.setVisible(not (is_folded and self._is_low))
        self.known_as.setVisible(bool(self.known_as.full_text) and not (is_folded and self._is_low))
        self.fold_button.setVisible(is_tight)
        words = UNFOLD_LABEL if is_folded else FOLD_LABEL
        self.fold_button.setText("" if self._is_low else f" {words}")
        self.fold_button.setAccessibleName(words)
        set_icon(self.fold_button, "chevron-down" if is_folded else "chevron-up", "accent")

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()
        self._keep_height()

    @override
    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._keep_height()
        return handled

    def _keep_height(self) -> None:
        """Be at least as high as everything in it: what is below gives way."""
        self.setMinimumHeight(self._column.heightForWidth(self.width()))

    def show_case(self, session: Session, view: CaseView) -> None:
        """Show a case."""
        person = view.person
        self.name.show_text(labels.formal_name(person))
        self.known_as.show_text(f"known as {person.known_as}" if person.known_as else "")
        self.reference.setText(view.case.case_ref)
        self.changed_label.hide()
        rag = view.rag_in_force
        self.rag.show_chip(None if rag is None else rag_chip(rag.rag))
        in_custody = current_spell(view) is not None
        self.custody.show_chip(Chip("in custody", Tone.NEUTRAL, Shape.LOCK) if in_custody else None)
        self._markers = labels.warning_markers(session, person)
        self._show_marker_chips()
        self._show_wanted(view.wanted_since)
        self._facts = header_facts(session, view)
        self.facts.show_facts(self._facts)
        self._show_essentials()
        self._fold()
        self.setAccessibleName(f"{labels.formal_name(person)}, {labels.describe_birth(person, view.age)}")

    def show_viewers(self, words: str) -> None:
        """Show who else has the case open; empty text for nobody."""
        self.viewers_label.setText(words)
        self.viewers_label.setVisible(bool(words))

    def show_news(self, words: str) -> None:
        """Say how much has changed since the user last looked; empty for nothing."""
        name = words or NOTHING_NEW
        if name != self.news_button.accessibleName():
            self.news_button.setText(f" {name}")
            self.news_button.setAccessibleName(name)
            announce(words, self.news_button)
        self.news_button.setVisible(bool(words))

    def show_changed(self) -> None:
        """Show that the case has changed since it was read; hidden when it is read again."""
        self.changed_label.show()

    def _show_wanted(self, since: date | None) -> None:
        words = "" if since is None else describe_wanted(since)
        self.wanted.setText(words)
        self.wanted_bar.setAccessibleName(words)
        self.wanted_bar.setVisible(bool(words))

    def _show_marker_chips(self) -> None:
        """Show every marker; in a low window the first, and how many more there are."""
        for chip in self._marker_chips:
            self._top.removeWidget(chip)
            chip.deleteLater()
        shown = list(self._markers)
        if self._is_low and len(shown) > 1:
            shown[1:] = [f"and {len(shown) - 1} more"]
        self._marker_chips = [ChipLabel(Chip(marker, Tone.AMBER, Shape.TRIANGLE)) for marker in shown]
        for number, chip in enumerate(self._marker_chips, MARKERS_AFTER):
            chip.setToolTip("; ".join(self._markers))
            self._top.insert(number, chip)
        if self._is_low and self._marker_chips:
            self._marker_chips[-1].setAccessibleName("; ".join(self._markers))


def _holding(row: FlowLayout) -> QWidget:
    """Return a widget that is as high as a row that wraps."""
    holder = QWidget()
    holder.setLayout(row)
    return holder
