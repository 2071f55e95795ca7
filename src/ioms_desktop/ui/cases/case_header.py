"""The header of a case, which does not scroll: who it is about, the facts in short, and the actions."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.domain.policy.case_figures import describe_wanted
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.session import Session
from ioms_desktop.ui import labels
from ioms_desktop.ui.cases.header_facts import Fact, current_spell, header_facts
from ioms_desktop.ui.theme.tokens import Tone
from ioms_desktop.ui.widgets.chips import Chip, ChipLabel, Shape, rag_chip
from ioms_desktop.ui.widgets.layouts import clear_layout
from ioms_desktop.ui.widgets.widgets import ElidedLabel, label

FACT_WIDTH_PX = 206
CHANGED_MESSAGE = "Changed elsewhere since you opened it; refresh (F5)"


class FactsGrid(QWidget):
    """Facts in as many columns as fit; a text that is too long is elided, with the full text as its tooltip."""

    def __init__(self) -> None:
        super().__init__()
        self._cells: list[tuple[QWidget, int]] = []
        self._columns = 0
        self._first_row_only = False
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(6)

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Replace the facts."""
        for cell, _ in self._cells:
            self._grid.removeWidget(cell)
            cell.hide()
            cell.deleteLater()
        self._cells = [(_fact_widget(fact), 2 if fact.wide else 1) for fact in facts]
        self._columns = 0
        self._arrange()

    def show_first_row_only(self, *, only: bool) -> None:
        """Hide all rows but the first, for a low window."""
        if only != self._first_row_only:
            self._first_row_only = only
            self._columns = 0
            self._arrange()

    def _arrange(self) -> None:
        columns = max(2, self.width() // FACT_WIDTH_PX)
        if columns == self._columns:
            return
        self._columns = columns
        row = place = 0
        for number in range(self._grid.columnCount()):
            self._grid.setColumnStretch(number, 1 if number < columns else 0)
        for cell, span in self._cells:
            if place + span > columns:
                row, place = row + 1, 0
            self._grid.addWidget(cell, row, place, 1, span)
            cell.setVisible(row == 0 or not self._first_row_only)
            place += span
        for number in range(columns):
            self._grid.setColumnStretch(number, 1)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()


def _fact_widget(fact: Fact) -> QWidget:
    cell = QWidget()
    column = QVBoxLayout(cell)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(label(fact.title, "small"))
    words = ElidedLabel(fact.text)
    words.setAccessibleName(f"{fact.title}: {fact.text}")
    column.addWidget(words)
    return cell


class CaseHeader(QFrame):
    """Shows name, chips, facts and action buttons."""

    def __init__(self, acts: Sequence[QWidget], at_right: QWidget) -> None:
        """Lay out an empty header.

        Args:
            acts: The action buttons, the primary one first.
            at_right: The widget at the end of the row of buttons.
        """
        super().__init__()
        self.setProperty("kind", "card")
        self.name = label("", "display")
        self.name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.known_as = label("", "quiet")
        self.reference = label("", "quiet")
        self.viewers_label = label("", "quiet")
        self.changed_label = label(CHANGED_MESSAGE, "quiet")
        self.rag = ChipLabel()
        self.custody = ChipLabel()
        self._markers = QHBoxLayout()
        self._markers.setSpacing(6)
        self.wanted = label("", "title", wrap=True)
        self.wanted_bar = QFrame()
        self.wanted_bar.setProperty("kind", "bar-problem")
        inside = QHBoxLayout(self.wanted_bar)
        inside.setContentsMargins(12, 6, 12, 6)
        inside.addWidget(self.wanted)
        self.wanted_bar.hide()
        self.facts = FactsGrid()
        top = QHBoxLayout()
        top.setSpacing(12)
        for part in (self.name, self.known_as, self.rag, self.custody):
            top.addWidget(part)
        top.addLayout(self._markers)
        top.addStretch(1)
        for part in (self.viewers_label, self.changed_label):
            part.hide()
            top.addWidget(part)
        top.addWidget(self.reference)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for act in acts:
            buttons.addWidget(act)
        buttons.addStretch(1)
        buttons.addWidget(at_right)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 10, 20, 10)
        column.setSpacing(8)
        column.addWidget(self.wanted_bar)
        column.addLayout(top)
        column.addWidget(self.facts)
        column.addLayout(buttons)

    def show_case(self, session: Session, view: CaseView) -> None:
        """Show a case."""
        person = view.person
        self.name.setText(labels.formal_name(person))
        self.known_as.setText(f"known as {person.known_as}" if person.known_as else "")
        self.known_as.setVisible(bool(person.known_as))
        self.reference.setText(view.case.case_ref)
        self.changed_label.hide()
        rag = view.figures.rag
        self.rag.show_chip(None if rag is None else rag_chip(rag.rag))
        in_custody = current_spell(view) is not None
        self.custody.show_chip(Chip("in custody", Tone.NEUTRAL, Shape.LOCK) if in_custody else None)
        self._show_markers(person.warning_markers or "", session)
        self._show_wanted(view.wanted_since)
        self.facts.show_facts(header_facts(session, view))
        self.setAccessibleName(f"{labels.formal_name(person)}, {labels.describe_birth(person, view.age)}")

    def show_viewers(self, words: str) -> None:
        """Show who else has the case open; empty text for nobody."""
        self.viewers_label.setText(words)
        self.viewers_label.setVisible(bool(words))

    def show_changed(self) -> None:
        """Show that the case has changed since it was read; hidden when it is read again."""
        self.changed_label.show()

    def _show_wanted(self, since: date | None) -> None:
        words = "" if since is None else describe_wanted(since)
        self.wanted.setText(words)
        self.wanted_bar.setAccessibleName(words)
        self.wanted_bar.setVisible(bool(words))

    def _show_markers(self, markers: str, session: Session) -> None:
        clear_layout(self._markers)
        known = session.lists.of("warning_marker")
        for marker in filter(None, (part.strip() for part in markers.replace(",", ";").split(";"))):
            self._markers.addWidget(ChipLabel(Chip(known.label(marker), Tone.AMBER, Shape.TRIANGLE)))
